"""What the child that decodes says to its parent, as bytes.

The child may have been taken over by the file that it decodes, so what it says is believed of nothing:
lengths are bounded, every picture must be one of ours in form, and there is no type that could be another.
"""

import struct
from collections.abc import Iterator
from typing import Final

from scene_studio.images.bare import is_bare
from scene_studio.images.containers import PictureFormat, dimensions
from scene_studio.images.forms import (
    PHOTO_LONGEST_SIDE,
    PRODUCT_LONGEST_SIDE,
    THUMBNAIL_LONGEST_SIDE,
    Purpose,
    TakenIn,
    sha256_of,
)

READY: Final = b"\x01"
"""The child's first word: it has imported what it needs and confined itself, and waits for the file."""

_PICTURE: Final = b"P"
_REJECTION: Final = b"R"
_HEADER: Final = struct.Struct(">IIIB")
"""The lengths of the picture, its preview and its cut-out, and the number of colours."""

MOST_BYTES: Final = 64 * 1024 * 1024
"""More than the largest pictures of random pixels take in the sizes that are stored."""
_MOST_COLOURS: Final = 5
_LONGEST_REASON: Final = 500


def say_picture(taken: TakenIn) -> bytes:
    """The message that the picture could be used."""
    files = (taken.picture, taken.thumbnail, taken.cutout or b"")
    header = _HEADER.pack(*map(len, files), len(taken.colors))
    colours = (bytes.fromhex(colour.removeprefix("#")) for colour in taken.colors)
    return b"".join([_PICTURE, header, *colours, *files])


def say_rejection(reason: str) -> bytes:
    """The message that it could not, and why."""
    return _REJECTION + reason.encode()


def understand(message: bytes | memoryview, purpose: Purpose) -> TakenIn | str:
    """What a message says, as far as that can be true.

    Args:
        message: the whole of it, without `READY`.
        purpose: what the picture was to be taken in as.

    Returns:
        The picture, or the reason why it cannot be used.

    Raises:
        ValueError: it is no message that an honest child would send.
    """
    kind, rest = bytes(message[:1]), memoryview(message)[1:]
    if kind == _PICTURE:
        return _picture(rest, purpose)
    if kind == _REJECTION and len(rest) <= _LONGEST_REASON:
        reason = bytes(rest).decode()
        if reason and reason.isprintable():
            return reason
    raise ValueError("this is neither a picture nor a reason")


def _picture(rest: memoryview, purpose: Purpose) -> TakenIn:
    try:
        *lengths, colours = _HEADER.unpack_from(rest)
    except struct.error as error:
        raise ValueError("the message breaks off in its header") from error
    if colours > _MOST_COLOURS or len(rest) != _HEADER.size + 3 * colours + sum(lengths):
        raise ValueError("the message is not as long as it says")
    pieces = _cut(rest[_HEADER.size :], [*[3] * colours, *lengths])
    colors = tuple("#" + next(pieces).hex() for _ in range(colours))
    picture, thumbnail, cutout = pieces
    stored_as: PictureFormat = "JPEG" if purpose == "scene" else "PNG"
    longest = PHOTO_LONGEST_SIDE if purpose == "scene" else PRODUCT_LONGEST_SIDE
    width, height = _size(picture, stored_as, longest)
    _size(thumbnail, stored_as, THUMBNAIL_LONGEST_SIDE)
    if cutout:
        _size(cutout, "PNG", longest if purpose == "product" else 0)
    return TakenIn(picture, thumbnail, cutout or None, width, height, colors, sha256_of(picture))


def _cut(content: memoryview, lengths: list[int]) -> Iterator[bytes]:
    position = 0
    for length in lengths:
        yield bytes(content[position : position + length])
        position += length


def _size(picture: bytes, stored_as: PictureFormat, longest_side: int) -> tuple[int, int]:
    size = dimensions(picture, stored_as) if is_bare(picture, stored_as) else None
    if size is None or not all(1 <= side <= longest_side for side in size):
        raise ValueError(f"this is no {stored_as} file of at most {longest_side} pixels a side")
    return size
