"""Taking in pictures that come from anybody, in a process of their own that may come to any end."""

import os
import signal
import sys
from pathlib import Path
from typing import Final

from scene_studio.images.bounded_process import Bounds, Ending, run
from scene_studio.images.forms import Purpose, TakenIn
from scene_studio.images.sandbox_messages import MOST_BYTES, READY, understand
from scene_studio.model.errors import ImageRejected

_CHILD: Final = "scene_studio.images.sandbox_child"
_SECONDS_TO_START: Final = 4.0

_TOO_SLOW: Final = (
    "Reading this picture takes too long. Scale it down, or save it again as JPEG or PNG, and upload that."
)
_TOO_LARGE: Final = (
    "Reading this picture takes more memory than there is for it. Scale it down, or save it again as JPEG, and "
    "upload that."
)
_UNREADABLE: Final = (
    "This picture makes the program that reads it fail. Save it again as JPEG or PNG and upload that."
)


class RejectedInSandbox(ImageRejected):
    """The file is not a picture that can be used.

    Attributes:
        log: how the child ended and what it wrote to its standard error, bounded. For the log alone: a file
            that took the decoder over may have written it.
    """

    def __init__(self, detail: str, log: str) -> None:
        super().__init__(detail)
        self.log = log


class SandboxUnavailable(Exception):
    """The child did not get so far as to read the file, which says nothing about the file."""


def take_in_safely(data: bytes, purpose: Purpose, *, seconds: float = 15.0) -> TakenIn:
    """As `scene_studio.images.intake.take_in`, whatever the file does to the decoder.

    Args:
        data: the file.
        purpose: what the picture is uploaded as.
        seconds: how long it may take from when the child is ready.

    Raises:
        RejectedInSandbox: the file is not a picture that can be used; or decoding it took too much time or
            memory, or made the decoder fail.
        SandboxUnavailable: the child could not be started. The same file may be taken in later.
    """
    bounds = Bounds(_SECONDS_TO_START, seconds, len(READY) + MOST_BYTES)
    try:
        ending = run(_command(purpose, seconds), _environment(), data, bounds)
    except OSError as error:
        raise SandboxUnavailable(f"the child cannot be started: {error}") from error
    if not ending.output.startswith(READY):
        raise SandboxUnavailable(f"the child did not start: {_told(ending)}")
    if reason := _why_it_was_ended(ending):
        raise RejectedInSandbox(reason, _told(ending))
    try:
        outcome = understand(memoryview(ending.output)[len(READY) :], purpose)
    except ValueError as error:
        raise RejectedInSandbox(_UNREADABLE, f"{error}; {_told(ending)}") from error
    if isinstance(outcome, str):
        raise RejectedInSandbox(outcome, _told(ending))
    return outcome


def _why_it_was_ended(ending: Ending) -> str | None:
    """What to tell the person if the child did not end by itself; None if it did."""
    if ending.cause == "too slow" or ending.status == -signal.SIGXCPU:
        return _TOO_SLOW
    if ending.cause == "done" and ending.status == -signal.SIGKILL:
        # Nobody here killed it, so it was the system, which does that when memory runs out.
        return _TOO_LARGE
    return None if ending.cause == "done" and ending.status == 0 else _UNREADABLE


def _told(ending: Ending) -> str:
    errors = ending.errors.decode("ascii", "backslashreplace")
    return f"cause {ending.cause!r}, status {ending.status}, {len(ending.output)} bytes said, errors {errors!r}"


def _command(purpose: Purpose, seconds: float) -> list[str]:
    # Without site packages' own start-up code, without looking into the current folder, writing no bytecode.
    return [sys.executable, "-s", "-S", "-P", "-B", "-m", _CHILD, purpose, str(seconds)]


def _environment() -> dict[str, str]:
    """All that the child gets: where its modules are, and settings of the C library. No credentials."""
    environment = {
        "PYTHONPATH": os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path),
        # Memory goes back to the system as soon as it is free, so that it can be used for something else.
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_MMAP_THRESHOLD_": "1000000",
    }
    if libraries := os.environ.get("LD_LIBRARY_PATH"):
        environment["LD_LIBRARY_PATH"] = libraries
    return environment
