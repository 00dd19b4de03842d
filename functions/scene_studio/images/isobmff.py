"""AVIF files: what the boxes of their container (ISO/IEC 14496-12 and 23008-12) say of the picture.

HEIC files have the same container; all that is told of them is what they are.
"""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

_HEADER: Final = struct.Struct(">I4s")
_FULL_BOX: Final = 4
"""The bytes of version and flags at the beginning of some boxes."""


class Box(NamedTuple):
    """One box of the container."""

    kind: bytes
    begin: int
    """Where its contents begin."""
    end: int
    """Where its contents end, perhaps behind the end of what is there."""


def brands(data: bytes) -> frozenset[bytes]:
    """The brands that a file declares in its first box; none if it is no such file."""
    if data[4:8] != b"ftyp":
        return frozenset()
    first = next(_boxes(data, 0, len(data)), None)
    if first is None or not 8 <= first.end - first.begin <= 1024:
        return frozenset()
    named = data[first.begin : first.begin + 4] + data[first.begin + 8 : first.end]
    return frozenset(named[at : at + 4] for at in range(0, len(named), 4))


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height of the picture that the file is about, before it is turned or cropped."""
    meta = _contents(data, 0, len(data), b"meta", _FULL_BOX)
    properties = meta and _contents(data, *meta, b"iprp")
    primary = meta and _contents(data, *meta, b"pitm")
    container = properties and _contents(data, *properties, b"ipco")
    associations = properties and _contents(data, *properties, b"ipma")
    if not (primary and container and associations):
        return None
    long = data[primary[0]]
    (item,) = struct.unpack_from(">I" if long else ">H", data, primary[0] + _FULL_BOX)
    wanted = _properties_of(data, associations[0], item)
    for number, box in enumerate(_boxes(data, *container), 1):
        if box.kind == b"ispe" and number in wanted:
            width, height = struct.unpack_from(">II", data, box.begin + _FULL_BOX)
            return width, height
    return None


def is_complete(data: bytes) -> bool:
    """Whether the boxes with the description and the picture end inside the file."""
    found: set[bytes] = set()
    for kind, begin, end in _boxes(data, 0, len(data)):
        if end > len(data):
            # Bytes behind the last box look like the beginning of another.
            return kind not in {b"meta", b"mdat", b"moov"} and found == {b"meta", b"mdat"}
        if kind == b"mdat":
            found.add(kind)
        elif kind == b"meta":
            found.add(kind)
            if _contents(data, begin + _FULL_BOX, end, b"idat"):
                found.add(b"mdat")
    return found == {b"meta", b"mdat"}


def _boxes(data: bytes, position: int, end: int) -> Iterator[Box]:
    while position + _HEADER.size <= end:
        size, kind = _HEADER.unpack_from(data, position)
        begin = position + _HEADER.size
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, begin)
            begin += 8
        following = end if size == 0 else position + size
        if following < begin:
            return
        yield Box(kind, begin, following)
        position = following


def _contents(data: bytes, position: int, end: int, kind: bytes, skipped: int = 0) -> tuple[int, int] | None:
    """Where the contents of the first box of a kind lie, without so many bytes at their beginning."""
    for box in _boxes(data, position, end):
        if box.kind == kind:
            return box.begin + skipped, min(box.end, end)
    return None


def _properties_of(data: bytes, position: int, wanted: int) -> set[int]:
    """The numbers of the properties that an item has, by the `ipma` box whose contents begin here."""
    version, wide = data[position], data[position + 3] & 1
    (entries,) = struct.unpack_from(">I", data, position + _FULL_BOX)
    position += _FULL_BOX + 4
    for _ in range(entries):
        (item,) = struct.unpack_from(">I" if version else ">H", data, position)
        position += 4 if version else 2
        count = data[position]
        numbers = struct.unpack_from(f">{count}{'H' if wide else 'B'}", data, position + 1)
        if item == wanted:
            # The highest bit says whether readers must understand the property.
            return {number & (0x7FFF if wide else 0x7F) for number in numbers}
        position += 1 + count * (2 if wide else 1)
    return set()
