"""What the bytes of a picture file say about themselves, read without decoding a pixel.

Only what is needed to decide whether decoding is worth it: which format this is, how large the picture
will be in memory, and whether the file reaches its own end. Decoders forgive files that break off near
the end and fill the rest with grey, so completeness is decided here.
"""

import re
import struct
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple

PictureFormat = Literal["JPEG", "PNG", "WEBP", "GIF"]

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

# A JPEG marker that starts a segment: not a stuffed zero, not a fill byte, not a restart marker, all of
# which occur inside the compressed data.
_JPEG_MARKER: Final = re.compile(rb"\xff([\x02-\xcf\xd8-\xfe])")
_JPEG_START_OF_IMAGE: Final = 0xD8
_JPEG_END_OF_IMAGE: Final = 0xD9
_JPEG_NOT_FRAMES: Final = frozenset({0xC4, 0xC8, 0xCC})


def recognise(data: bytes) -> PictureFormat | None:
    """The format that the first bytes claim, or None for a file of any other kind."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(_PNG_SIGNATURE):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    return None


def dimensions(data: bytes, picture_format: PictureFormat) -> tuple[int, int] | None:
    """Width and height in pixels as the header declares them, or None when there is no such header."""
    try:
        return _READERS[picture_format].dimensions(data)
    except (struct.error, IndexError):
        return None


def is_complete(data: bytes, picture_format: PictureFormat) -> bool:
    """Whether the file holds everything up to its end mark; bytes after that are allowed."""
    try:
        return _READERS[picture_format].is_complete(data)
    except (struct.error, IndexError):
        return False


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Each marker with the offset of what follows it, skipping the contents of every segment."""
    position = 0
    while found := _JPEG_MARKER.search(data, position):
        marker, position = found[1][0], found.end()
        yield marker, position
        if marker not in (_JPEG_START_OF_IMAGE, _JPEG_END_OF_IMAGE):
            position += struct.unpack_from(">H", data, position)[0]


def _jpeg_dimensions(data: bytes) -> tuple[int, int] | None:
    for marker, position in _jpeg_segments(data):
        if 0xC0 <= marker <= 0xCF and marker not in _JPEG_NOT_FRAMES:
            height, width = struct.unpack_from(">HH", data, position + 3)
            return width, height
    return None


def _jpeg_is_complete(data: bytes) -> bool:
    return any(marker == _JPEG_END_OF_IMAGE for marker, _ in _jpeg_segments(data))


def _png_dimensions(data: bytes) -> tuple[int, int] | None:
    if data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _png_is_complete(data: bytes) -> bool:
    position = len(_PNG_SIGNATURE)
    while True:
        length, kind = struct.unpack_from(">I4s", data, position)
        position += 12 + length
        if kind == b"IEND":
            return bool(position <= len(data))


def _gif_dimensions(data: bytes) -> tuple[int, int] | None:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _gif_table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_is_complete(data: bytes) -> bool:
    position = 13 + _gif_table(data[10])
    while True:
        block = data[position]
        if block == 0x3B:
            return True
        if block == 0x21:
            position += 2
        elif block == 0x2C:
            position += 11 + _gif_table(data[position + 9])
        else:
            return False
        while size := data[position]:
            position += 1 + size
        position += 1


def _webp_dimensions(data: bytes) -> tuple[int, int] | None:
    chunk = data[12:16]
    if chunk == b"VP8X":
        width, height = data[24:27], data[27:30]
        if len(height) < 3:
            return None
        return 1 + int.from_bytes(width, "little"), 1 + int.from_bytes(height, "little")
    if chunk == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width_bits, height_bits = struct.unpack_from("<HH", data, 26)
        return width_bits & 0x3FFF, height_bits & 0x3FFF
    return None


def _webp_is_complete(data: bytes) -> bool:
    (size,) = struct.unpack_from("<I", data, 4)
    return bool(len(data) >= 8 + size)


class _Reader(NamedTuple):
    dimensions: Callable[[bytes], tuple[int, int] | None]
    is_complete: Callable[[bytes], bool]


_READERS: Final[dict[PictureFormat, _Reader]] = {
    "JPEG": _Reader(_jpeg_dimensions, _jpeg_is_complete),
    "PNG": _Reader(_png_dimensions, _png_is_complete),
    "GIF": _Reader(_gif_dimensions, _gif_is_complete),
    "WEBP": _Reader(_webp_dimensions, _webp_is_complete),
}
