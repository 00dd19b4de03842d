"""What is made of an uploaded file: everything that is stored of it, from decoding it once."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from scene_studio.images.colours import dominant_colours
from scene_studio.images.cutout import product_alone
from scene_studio.images.inspect import flattened, open_upright
from scene_studio.images.normalise import (
    PHOTO_LONGEST_SIDE,
    PRODUCT_LONGEST_SIDE,
    encode_photo,
    encode_png,
)
from scene_studio.images.thumbnail import encode_thumbnail, thumbnail

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


def take_in(data: bytes, purpose: Purpose, *, cut_out: bool = True) -> TakenIn:
    """Everything that is stored of an uploaded file; the same bytes for the same file.

    This decodes in this process. What comes from anybody belongs into `scene_studio.images.sandbox`.

    Args:
        data: the file.
        purpose: what the picture is uploaded as.
        cut_out: whether a product is to be told from its background, which takes most of the time.

    Raises:
        ImageRejected: the file is not a picture that can be used.
    """
    return _scene(data) if purpose == "scene" else _product(data, cut_out=cut_out)


def sha256_of(picture: bytes) -> str:
    """The name that a picture's bytes have."""
    return hashlib.sha256(picture).hexdigest()


def _scene(data: bytes) -> TakenIn:
    photo = flattened(open_upright(data, PHOTO_LONGEST_SIDE))
    preview = thumbnail(photo)
    picture = encode_photo(photo)
    return TakenIn(
        picture=picture,
        thumbnail=encode_thumbnail(preview),
        cutout=None,
        width=photo.width,
        height=photo.height,
        colors=dominant_colours(preview),
        sha256=sha256_of(picture),
    )


def _product(data: bytes, *, cut_out: bool) -> TakenIn:
    product = open_upright(data, PRODUCT_LONGEST_SIDE)
    alone = product_alone(product) if cut_out else None
    picture = encode_png(product)
    return TakenIn(
        picture=picture,
        thumbnail=encode_png(thumbnail(product)),
        cutout=None if alone is None else encode_png(alone),
        width=product.width,
        height=product.height,
        colors=dominant_colours(thumbnail(alone or product)),
        sha256=sha256_of(picture),
    )
