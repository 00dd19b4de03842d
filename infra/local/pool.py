"""A pool of worker processes, in the place of Lambda: each runs one invocation at a time."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from typing import Any, Final, Self

from infra.local.worker import FRAME_HEADER, encode_frame

LIMIT_SECONDS: Final = 29.0
"""How long an invocation may take; handlers must end before the gateway's 30 s."""

_STOP_SECONDS: Final = 2.0


class InvocationFailedError(Exception):
    """The function raised an exception, or its process died."""


class InvocationTimedOutError(Exception):
    """The function ran past its limit, or none of the processes came free in that time."""


class _Worker:
    """One process and the two pipes to it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("a worker needs both pipes")
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
            self._requests.write(encode_frame(invocation))
            await self._requests.drain()
            (size,) = FRAME_HEADER.unpack(await self._answers.readexactly(FRAME_HEADER.size))
            answer: dict[str, Any] = json.loads(await self._answers.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise InvocationFailedError("the worker process ended") from error
        return answer

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

    The process that was used last is used next, so that a quiet server keeps one warm, as Lambda does.

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
        try:
            async with asyncio.timeout(self.limit_seconds):
                await self._places.acquire()
        except TimeoutError as error:
            raise InvocationTimedOutError("every worker stayed busy") from error
        try:
            answer = await self._run(
                {
                    "function": function,
                    "event": event,
                    "requestId": request_id,
                    "limitSeconds": self.limit_seconds,
                }
            )
        finally:
            self._places.release()
        if "answer" not in answer:
            raise InvocationFailedError(f"{function} raised an exception")
        return answer["answer"]

    async def _run(self, invocation: Mapping[str, Any]) -> dict[str, Any]:
        worker = await self._take()
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

    async def _take(self) -> _Worker:
        """An idle process, or a new one; the places bound how many that makes."""
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            self._workers.discard(worker)
        return await self._spawn()

    async def _spawn(self) -> _Worker:
        worker = await _Worker.start(self._environment)
        self._workers.add(worker)
        return worker
