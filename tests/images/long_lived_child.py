"""A child that takes in one file after the other, since starting one for each takes too long for thousands.

Run as a program it is the child; tests use `LongLivedChild`.
"""

import resource
import struct
import subprocess
import sys
from types import TracebackType
from typing import Final, Self, get_args

from PIL import AvifImagePlugin

from scene_studio.images.forms import Purpose, TakenIn
from scene_studio.images.intake import take_in
from scene_studio.images.sandbox import _environment
from scene_studio.images.sandbox_child import MOST_MEMORY
from scene_studio.images.sandbox_messages import say_picture, say_rejection, understand
from scene_studio.model.errors import ImageRejected

PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)
_LENGTH: Final = struct.Struct(">I")


class Died(Exception):
    """The child did: the file made it crash, or raised something else than a rejection."""


class LongLivedChild:
    """Takes in files, in another process with the memory of a sandbox, one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-S", "-P", "-B", "-m", __name__],
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def take_in(self, data: bytes, purpose: Purpose) -> TakenIn | str:
        """What becomes of a file: the picture, or the reason why it is none.

        Raises:
            Died: neither.
            ValueError: the picture is not in the form in which we write pictures.
        """
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        try:
            stdin.write(bytes([PURPOSES.index(purpose)]) + _LENGTH.pack(len(data)) + data)
            stdin.flush()
            (length,) = _LENGTH.unpack(stdout.read(_LENGTH.size))
            return understand(stdout.read(length), purpose)
        except (BrokenPipeError, struct.error):
            status = self._process.wait(60)
            raise Died(f"status {status}: {stderr.read()[-2000:].decode(errors='replace')}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._process:
            self._process.kill()


def main() -> None:
    """Take in files until there are no more."""
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    while purpose := sys.stdin.buffer.read(1):
        (length,) = _LENGTH.unpack(sys.stdin.buffer.read(_LENGTH.size))
        data = sys.stdin.buffer.read(length)
        try:
            message = say_picture(take_in(data, PURPOSES[purpose[0]]))
        except ImageRejected as rejected:
            message = say_rejection(rejected.detail)
        sys.stdout.buffer.write(_LENGTH.pack(len(message)) + message)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
