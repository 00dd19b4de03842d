"""What is made of an uploaded file: everything that is stored of it, from decoding it once."""

from scene_studio.images.cutout import product_alone
from scene_studio.images.forms import (
    PHOTO_LONGEST_SIDE,
    PRODUCT_LONGEST_SIDE,
    Purpose,
    TakenIn,
    sha256_of,
)
from scene_studio.images.inspect import flattened, open_upright
from scene_studio.images.normalise import encode_photo, encode_png
from scene_studio.images.palette import dominant_colours
from scene_studio.images.thumbnail import encode_thumbnail, thumbnail


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
    preview = thumbnail(product)
    picture = encode_png(product)
    return TakenIn(
        picture=picture,
        thumbnail=encode_png(preview),
        cutout=None if alone is None else encode_png(alone),
        width=product.width,
        height=product.height,
        colors=dominant_colours(preview if alone is None else thumbnail(alone)),
        sha256=sha256_of(picture),
    )
