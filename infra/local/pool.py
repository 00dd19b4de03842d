"""A pool of worker processes, in the place of Lambda: each runs one invocation at a time."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from typing import Any, Final, Self

from infra.local.turns import Turns
from infra.local.worker import FRAME_HEADER, decode_frame, encode_frame

LIMIT_SECONDS: Final = 29.0
"""How long an invocation may take; handlers must end before the gateway's 30 s."""

_STOP_SECONDS: Final = 2.0
_TURN_SECONDS: Final = 0.1
_FIRST_TURN_SECONDS: Final = 1.0
"""How long a turn lasts where the function is still to be imported, which keeps a core busy too."""
_FEWEST_LANES: Final = 2


class InvocationFailedError(Exception):
    """The function raised an exception, or its process died."""


class InvocationTimedOutError(Exception):
    """The function ran past its limit, or none of the processes came free in that time."""


class _Worker:
    """One process and the two pipes to it.

    Attributes:
        lane: in which it served last.
        knows: the functions that it has run.
    """

    lane: int | None = None

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("a worker needs both pipes")
        self.knows: set[str] = set()
        self._process = process
        self._requests = process.stdin
        self._answers = process.stdout

    @classmethod
    async def start(cls, environment: Mapping[str, str]) -> Self:
        """Start a process with this environment and no other variables."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "infra.local.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=dict(environment),
        )
        return cls(process)

    @property
    def alive(self) -> bool:
        """Whether the process is not known to have ended."""
        return self._process.returncode is None

    async def call(self, invocation: Mapping[str, Any]) -> dict[str, Any]:
        """Send an invocation and wait for its answer.

        Raises:
            InvocationFailedError: the process ended before it answered.
        """
        try:
            self._requests.write(encode_frame(invocation, "event"))
            await self._requests.drain()
            sizes = FRAME_HEADER.unpack(await self._answers.readexactly(FRAME_HEADER.size))
            payload, text = [await self._answers.readexactly(size) for size in sizes]
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise InvocationFailedError("the worker process ended") from error
        return decode_frame(payload, text, "answer")

    async def stop(self) -> None:
        """End the input, which ends an idle process; kill it if it does not go."""
        self._requests.close()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """Kill the process and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        self._requests.close()


class Pool:
    """Worker processes that grow in number with the invocations under way, and queue beyond the most.

    Invocations begin by turns, as many at once as the machine has cores: one ends its turn when it is answered,
    or when it has run so long that it is likely to wait for something. So a crowd of short ones is served one
    after the other by a few warm processes, which is faster than by many that push each other aside, and long
    ones hold up nobody.

    Attributes:
        limit_seconds: how long an invocation may run, and how long it may wait for a process.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        minimum: int = 2,
        maximum: int = 16,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        self.limit_seconds = limit_seconds
        self._environment = environment
        self._minimum = minimum
        self._places = asyncio.Semaphore(maximum)
        self._turns = Turns(max(_FEWEST_LANES, os.cpu_count() or 1))
        self._idle: list[_Worker] = []
        self._workers: set[_Worker] = set()

    @property
    def size(self) -> int:
        """How many processes there are."""
        return len(self._workers)

    async def start(self) -> None:
        """Start the fewest processes."""
        for _ in range(self._minimum):
            self._idle.append(await self._spawn())

    async def stop(self) -> None:
        """End all processes; invocations under way fail."""
        idle, self._idle = self._idle, []
        busy = self._workers.difference(idle)
        self._workers.clear()
        await asyncio.gather(*(worker.stop() for worker in idle), *(worker.kill() for worker in busy))

    async def invoke(self, function: str, event: Mapping[str, Any], request_id: str) -> object:
        """Run a function and return what its handler returned.

        Args:
            function: the function's folder, or the dotted name of a module with a `lambda_handler`.
            event: the event.
            request_id: the invocation's id, for the context.

        Raises:
            InvocationFailedError: the handler raised, or the process died.
            InvocationTimedOutError: the limit passed; the process was killed.
        """
        invocation = {
            "function": function,
            "event": event,
            "requestId": request_id,
            "limitSeconds": self.limit_seconds,
        }
        with contextlib.ExitStack() as place, contextlib.ExitStack() as turn:
            try:
                async with asyncio.timeout(self.limit_seconds):
                    lane = await self._turns.begin(_about(event))
                    turn.callback(self._turns.end, lane)
                    await self._places.acquire()
                    place.callback(self._places.release)
            except TimeoutError as error:
                raise InvocationTimedOutError("every worker stayed busy") from error
            worker = await self._take(lane)
            seconds = _TURN_SECONDS if function in worker.knows else _FIRST_TURN_SECONDS
            end_of_turn = asyncio.get_running_loop().call_later(seconds, turn.close)
            turn.callback(end_of_turn.cancel)
            answer = await self._run(worker, invocation)
            worker.knows.add(function)
        if "answer" not in answer:
            raise InvocationFailedError(f"{function} raised an exception")
        return answer["answer"]

    async def _run(self, worker: _Worker, invocation: Mapping[str, Any]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self.limit_seconds):
                answer = await worker.call(invocation)
        except BaseException as error:
            # Its answer may still come, and would be taken for the answer to the next invocation.
            self._workers.discard(worker)
            await worker.kill()
            if isinstance(error, TimeoutError):
                raise InvocationTimedOutError(f"{invocation['function']} ran too long") from error
            raise
        if worker in self._workers:
            self._idle.append(worker)
        return answer

    async def _take(self, lane: int) -> _Worker:
        """An idle process, or a new one; the places bound how many that makes.

        The one that served this lane last is taken, or else the one that has been idle longest.
        """
        while self._idle:
            served = [at for at, worker in enumerate(self._idle) if worker.lane == lane]
            worker = self._idle.pop(served[-1] if served else 0)
            if worker.alive:
                worker.lane = lane
                return worker
            self._workers.discard(worker)
        worker = await self._spawn()
        worker.lane = lane
        return worker

    async def _spawn(self) -> _Worker:
        worker = await _Worker.start(self._environment)
        self._workers.add(worker)
        return worker


def _about(event: Mapping[str, Any]) -> str:
    """The document that an HTTP request is about, as far as its address tells."""
    named = event.get("pathParameters") or {}
    return "/".join(named[name] for name in ("clientId", "studioId") if name in named)
