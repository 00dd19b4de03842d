"""TIFF files: what the first directory says of the first page."""

import struct
from collections.abc import Mapping
from typing import Final, NamedTuple

_SUBFILE: Final = 254
_WIDTH: Final = 256
_HEIGHT: Final = 257
_DNG_VERSION: Final = 50706
_STRIPS: Final = (273, 279)
_TILES: Final = (324, 325)
_WANTED: Final = frozenset({_SUBFILE, _WIDTH, _HEIGHT, _DNG_VERSION, *_STRIPS, *_TILES})
_MOST_VALUES: Final = 1 << 18
"""The most strips or tiles: as many as a picture of four planes and 65,535 rows may have."""


class _Layout(NamedTuple):
    """How a kind of TIFF spells its directory."""

    first: int
    """Where the offset of the first directory stands."""
    offset: str
    entries: str
    entry: str
    room: int
    """The bytes that a value may have to stand in the entry itself."""


_LAYOUTS: Final = {42: _Layout(4, "I", "H", "HHI", 4), 43: _Layout(8, "Q", "Q", "HHQ", 8)}
_TYPES: Final = {1: "B", 3: "H", 4: "I", 16: "Q"}


def is_tiff(data: bytes) -> bool:
    """Whether the file begins as TIFF or BigTIFF files do."""
    return data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"))


def tags(data: bytes) -> Mapping[int, tuple[int, ...]]:
    """Those whole numbers of the first directory that matter here.

    Args:
        data: a file of which `is_tiff` holds.

    Raises:
        struct.error: the file breaks off, or has more of them than any picture needs.
    """
    order = "<" if data.startswith(b"II") else ">"
    (version,) = _numbers(order + "H", data, 2)
    layout = _LAYOUTS[version]
    (position,) = _numbers(order + layout.offset, data, layout.first)
    (entries,) = _numbers(order + layout.entries, data, position)
    position += struct.calcsize(order + layout.entries)
    found = {}
    for _ in range(entries):
        tag, kind, count = _numbers(order + layout.entry, data, position)
        position += struct.calcsize(order + layout.entry)
        if tag in _WANTED and kind in _TYPES:
            if count > _MOST_VALUES:
                raise struct.error(f"tag {tag} has {count} values")
            form = f"{order}{count}{_TYPES[kind]}"
            at = position
            if struct.calcsize(form) > layout.room:
                (at,) = _numbers(order + layout.offset, data, position)
            found[tag] = _numbers(form, data, at)
        position += layout.room
    return found


def _numbers(form: str, data: bytes, position: int) -> tuple[int, ...]:
    if position > len(data):  # perhaps so far behind the end that it is no index any more
        raise struct.error("the file breaks off")
    return struct.unpack_from(form, data, position)


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height of the first page, before any orientation is applied."""
    found = tags(data)
    try:
        return found[_WIDTH][0], found[_HEIGHT][0]
    except (KeyError, IndexError):
        return None


def is_complete(data: bytes) -> bool:
    """Whether all strips or tiles of the first page lie inside the file."""
    found = tags(data)
    for offsets, lengths in (_STRIPS, _TILES):
        if offsets in found:
            ends = zip(found[offsets], found.get(lengths, (1,) * len(found[offsets])), strict=False)
            return all(offset + length <= len(data) for offset, length in ends)
    return False


def is_camera_raw(data: bytes) -> bool:
    """Whether this is the raw file of a camera, of which the first page is a preview at most."""
    if data[8:10] == b"CR":
        return True
    try:
        found = tags(data)
    except struct.error:
        return False
    return _DNG_VERSION in found or found.get(_SUBFILE) == (1,)
