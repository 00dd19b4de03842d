"""The forms in which pictures are stored; without Pillow, for functions that never open a picture."""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

PHOTO_LONGEST_SIDE: Final = 4096
PRODUCT_LONGEST_SIDE: Final = 2048
THUMBNAIL_LONGEST_SIDE: Final = 320

Purpose = Literal["scene", "product"]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """An uploaded picture in the forms in which it is stored.

    Attributes:
        picture: a JPEG file for a scene; a PNG file for a product, with its transparency.
        thumbnail: a preview of the same kind.
        cutout: the product alone, as a PNG file; None for scenes, and if it cannot be told from its background
            or was not to be.
        width: of `picture`, in pixels.
        height: of `picture`, in pixels.
        colors: up to five as "#rrggbb", the most common first; of the cut-out alone where there is one.
        sha256: of `picture`, in hexadecimal.
    """

    picture: bytes
    thumbnail: bytes
    cutout: bytes | None
    width: int
    height: int
    colors: tuple[str, ...]
    sha256: str


def sha256_of(picture: bytes) -> str:
    """The name that a picture's bytes have."""
    return hashlib.sha256(picture).hexdigest()
