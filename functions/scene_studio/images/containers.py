"""What the bytes of a picture file say about themselves, read without decoding a pixel.

Only what is needed to decide whether decoding is worth it: which format this is, how large the picture
will be in memory, and whether the file reaches its own end. Decoders forgive files that break off near
the end and fill the rest with grey, so completeness is decided here.
"""

import re
import struct
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple

from scene_studio.images import isobmff, tiff

PictureFormat = Literal["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"]

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_BEGINNINGS: Final[dict[PictureFormat, tuple[bytes, ...]]] = {
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (_PNG_SIGNATURE,),
    "GIF": (b"GIF87a", b"GIF89a"),
}

# A JPEG marker that starts a segment: not a stuffed zero, not a fill byte, not a restart marker, all of
# which occur inside the compressed data.
_JPEG_MARKER: Final = re.compile(rb"\xff([\x02-\xcf\xd8-\xfe])")
_JPEG_START_OF_IMAGE: Final = 0xD8
_JPEG_END_OF_IMAGE: Final = 0xD9
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})


def recognise(data: bytes) -> PictureFormat | None:
    """The format that the first bytes claim, or None for a file of any other kind."""
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if isobmff.brands(data) & {b"avif", b"avis"}:
        return "AVIF"
    if tiff.is_tiff(data):
        return "TIFF"
    return next((name for name, beginnings in _BEGINNINGS.items() if data.startswith(beginnings)), None)


def dimensions(data: bytes, picture_format: PictureFormat) -> tuple[int, int] | None:
    """Width and height in pixels as the header declares them, or None when there is no such header."""
    try:
        return _READERS[picture_format].dimensions(data)
    except _BREAKS_OFF:
        return None


def is_complete(data: bytes, picture_format: PictureFormat) -> bool:
    """Whether the file holds everything up to its end mark; bytes after that are allowed."""
    try:
        return _READERS[picture_format].is_complete(data)
    except _BREAKS_OFF:
        return False


class JpegFrame(NamedTuple):
    """What the frame header of a JPEG file says of the picture."""

    width: int
    height: int
    components: int
    progressive: bool
    """Whether it is refined in several scans: then all coefficients are held until the last of them."""


def jpeg_frame(data: bytes) -> JpegFrame | None:
    """The frame header of a JPEG file, or None when there is no such header.

    Raises:
        struct.error: the file breaks off in it.
    """
    for marker, position in jpeg_segments(data):
        if marker in _JPEG_FRAMES:
            height, width, components = struct.unpack_from(">HHB", data, position + 3)
            return JpegFrame(width, height, components, marker in _JPEG_PROGRESSIVE)
    return None


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Each marker of a JPEG file with the offset of what follows it, skipping the contents of every segment."""
    position = 0
    while found := _JPEG_MARKER.search(data, position):
        marker, position = found[1][0], found.end()
        yield marker, position
        if marker not in (_JPEG_START_OF_IMAGE, _JPEG_END_OF_IMAGE):
            position += struct.unpack_from(">H", data, position)[0]


def _jpeg_dimensions(data: bytes) -> tuple[int, int] | None:
    frame = jpeg_frame(data)
    return frame and (frame.width, frame.height)


def _jpeg_is_complete(data: bytes) -> bool:
    return any(marker == _JPEG_END_OF_IMAGE for marker, _ in jpeg_segments(data))


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


_BREAKS_OFF: Final = (struct.error, IndexError)

_READERS: Final[dict[PictureFormat, _Reader]] = {
    "JPEG": _Reader(_jpeg_dimensions, _jpeg_is_complete),
    "PNG": _Reader(_png_dimensions, _png_is_complete),
    "GIF": _Reader(_gif_dimensions, _gif_is_complete),
    "WEBP": _Reader(_webp_dimensions, _webp_is_complete),
    "AVIF": _Reader(isobmff.dimensions, isobmff.is_complete),
    "TIFF": _Reader(tiff.dimensions, tiff.is_complete),
}
