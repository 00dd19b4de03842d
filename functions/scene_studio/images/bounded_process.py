"""Running a program that may do anything: within a time, with bounded output, and nothing left behind."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import IO, Final, Literal, NamedTuple

_CHUNK: Final = 1 << 16
_MOST_ERRORS: Final = 4096


Cause = Literal["done", "too slow", "too much output"]


class Bounds(NamedTuple):
    """What a program may take.

    Attributes:
        seconds_to_start: until the first byte of its output.
        seconds: from then until the end of its output.
        output: in bytes.
    """

    seconds_to_start: float
    seconds: float
    output: int


class Ending(NamedTuple):
    """How a program ended.

    Attributes:
        cause: whether it closed its output by itself, or had to be stopped and why.
        status: its exit status, or the negative number of the signal that ended it.
        output: what it wrote to its standard output.
        errors: the beginning of what it wrote to its standard error.
    """

    cause: Cause
    status: int
    output: bytes
    errors: bytes


def run(command: Sequence[str], environment: Mapping[str, str], given: bytes, bounds: Bounds) -> Ending:
    """Run a program in a process group of its own, of which nothing is alive afterwards.

    Args:
        command: the program and its arguments.
        environment: all of its environment.
        given: its standard input. It need not read it.
        bounds: what it may take; memory is for the program to limit.

    Raises:
        OSError: the program could not be started.
    """
    with subprocess.Popen(  # noqa: S603 - the caller's own program
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=dict(environment),
        cwd="/",
        start_new_session=True,
    ) as process:
        conversation = _Conversation(process, given, bounds)
        try:
            cause = conversation.hold()
        finally:
            # It has not been waited for yet, so its number is still its own, and that of its group.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return Ending(cause, process.returncode, bytes(conversation.output), bytes(conversation.errors))


class _Conversation:
    """Giving and taking at the same time, so that neither side waits for the other with full pipes."""

    def __init__(self, process: subprocess.Popen[bytes], given: bytes, bounds: Bounds) -> None:
        self.output = bytearray()
        self.errors = bytearray()
        self._unsent = memoryview(given)
        self._bounds = bounds
        self._deadline = time.monotonic() + bounds.seconds_to_start
        self._cause: Cause | None = None
        self._selector = selectors.DefaultSelector()
        for pipe, event, step in (
            (process.stdin, selectors.EVENT_WRITE, self._give),
            (process.stdout, selectors.EVENT_READ, self._take),
            (process.stderr, selectors.EVENT_READ, self._note),
        ):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                self._selector.register(pipe, event, step)

    def hold(self) -> Cause:
        """Until the program has said all, or has to be stopped."""
        with self._selector:
            while self._cause is None:
                left = self._deadline - time.monotonic()
                if left <= 0:
                    return "too slow"
                for key, _ in self._selector.select(left):
                    key.data(key.fileobj)
        return self._cause

    def _give(self, pipe: IO[bytes]) -> None:
        try:
            self._unsent = self._unsent[os.write(pipe.fileno(), self._unsent[:_CHUNK]) :]
        except BrokenPipeError:  # it wants no more
            self._unsent = self._unsent[:0]
        if not self._unsent:
            self._selector.unregister(pipe)
            pipe.close()

    def _take(self, pipe: IO[bytes]) -> None:
        chunk = os.read(pipe.fileno(), _CHUNK)
        if chunk and not self.output:
            self._deadline = time.monotonic() + self._bounds.seconds
        self.output += chunk
        if not chunk:
            self._cause = "done"
        elif len(self.output) > self._bounds.output:
            self._cause = "too much output"

    def _note(self, pipe: IO[bytes]) -> None:
        chunk = os.read(pipe.fileno(), _CHUNK)
        self.errors += chunk[: _MOST_ERRORS - len(self.errors)]
        if not chunk:
            self._selector.unregister(pipe)
