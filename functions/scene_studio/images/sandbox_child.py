"""The process in which one file from anybody is decoded: `python -m scene_studio.images.sandbox_child`.

It confines itself before it reads the first byte of the file. A decoder that the file takes over finds no
credentials in the environment, can open no file and no connection, start no process (unless it runs as root),
and take no more memory and time than it was given. All it can do is say something, and
`scene_studio.images.sandbox_messages` reads that with distrust.
"""

import math
import resource
import sys
from typing import Final, cast

# Once confined, this process opens no file any more, so all that may be wanted is brought in before.
from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from scene_studio.images.forms import Purpose
from scene_studio.images.intake import take_in
from scene_studio.images.sandbox_messages import READY, say_picture, say_rejection
from scene_studio.model.errors import ImageRejected

MOST_MEMORY: Final = 600_000_000
"""Address space in bytes, all programs and libraries included, so that what is resident is always less."""

# Named, so that the imports above are seen to be wanted.
_DECODERS: Final = (
    AvifImagePlugin,
    GifImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)


def main(purpose: Purpose, seconds: float) -> None:
    """Take in the picture on the standard input, and say on the standard output what became of it."""
    Image.preinit()  # Pillow does this at the first file otherwise
    # One thread needs less memory than several, and a small function has no more processors.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    confine(seconds)
    _say(READY)
    data = sys.stdin.buffer.read()
    try:
        message = say_picture(take_in(data, purpose))
    except ImageRejected as rejected:
        if rejected.__cause__ is not None:
            sys.stderr.write(repr(rejected.__cause__))
        message = say_rejection(rejected.detail)
    _say(message)


def confine(seconds: float) -> None:
    """Limit what this process may still do; nothing lifts these limits again.

    Args:
        seconds: of processor time.
    """
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, MOST_MEMORY),
    ):
        resource.setrlimit(limit, (most, most))
    # At the first limit comes a signal that tells why, at the second one the end.
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), math.ceil(seconds) + 1))


def _say(message: bytes) -> None:
    sys.stdout.buffer.write(message)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(cast("Purpose", sys.argv[1]), float(sys.argv[2]))
