"""The forms in which uploaded pictures are stored: upright, sRGB, without metadata, of bounded size."""

from io import BytesIO
from typing import Final

from scene_studio.images.inspect import flattened, open_upright, shrink_to

PHOTO_LONGEST_SIDE: Final = 4096
PRODUCT_LONGEST_SIDE: Final = 2048
_PHOTO_QUALITY: Final = 92


def photo_jpeg(data: bytes) -> bytes:
    """A scene or photograph as it is stored.

    Args:
        data: an uploaded JPEG, PNG, WEBP or GIF file.

    Returns:
        A JPEG file of at most 4096 pixels a side; what was transparent is white.

    Raises:
        ImageRejected: the file is not a picture that can be used.
    """
    photo = flattened(shrink_to(open_upright(data, PHOTO_LONGEST_SIDE), PHOTO_LONGEST_SIDE))
    out = BytesIO()
    photo.save(out, "JPEG", quality=_PHOTO_QUALITY)
    return out.getvalue()


def product_png(data: bytes) -> bytes:
    """A product picture as it is stored, with its transparency.

    Args:
        data: an uploaded JPEG, PNG, WEBP or GIF file.

    Returns:
        A PNG file of at most 2048 pixels a side, RGBA if the upload had transparency and RGB otherwise.

    Raises:
        ImageRejected: the file is not a picture that can be used.
    """
    product = shrink_to(open_upright(data, PRODUCT_LONGEST_SIDE), PRODUCT_LONGEST_SIDE)
    out = BytesIO()
    product.save(out, "PNG")
    return out.getvalue()
