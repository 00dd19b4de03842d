"""Whether a picture file holds a picture and nothing else."""

import struct
from typing import Final

from scene_studio.images.containers import PictureFormat, jpeg_segments

_JPEG_PIECES: Final = frozenset({0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9})
"""Beginning, JFIF header, tables, frame, scan and end: all that is needed, and all that Pillow writes."""
_JFIF: Final = b"\x00\x10JFIF\x00\x01\x01"
_PNG_PIECES: Final = frozenset({b"IHDR", b"IDAT", b"IEND"})
_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


def is_bare(data: bytes, picture_format: PictureFormat) -> bool:
    """Whether this is a file as we write them: with no comment, no metadata, and nothing behind its end.

    Args:
        data: a file of any kind.
        picture_format: JPEG or PNG, what it has to be.
    """
    try:
        return _is_bare_jpeg(data) if picture_format == "JPEG" else _is_bare_png(data)
    except struct.error:
        return False


def _is_bare_jpeg(data: bytes) -> bool:
    if not data.startswith(b"\xff\xd8\xff\xe0" + _JFIF):
        return False
    segments = list(jpeg_segments(data))
    markers = [marker for marker, _ in segments]
    return markers.count(0xE0) == 1 and set(markers) <= _JPEG_PIECES and segments[-1] == (0xD9, len(data))


def _is_bare_png(data: bytes) -> bool:
    if not data.startswith(_PNG_SIGNATURE):
        return False
    position = len(_PNG_SIGNATURE)
    kind = b""
    while position < len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        position += 12 + length
        if kind not in _PNG_PIECES:
            return False
    return kind == b"IEND" and position == len(data)
