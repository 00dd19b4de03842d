"""The forms in which uploaded pictures are stored: upright, sRGB, without metadata, of bounded size."""

from io import BytesIO
from typing import Final

from PIL import Image

from scene_studio.images.forms import PHOTO_LONGEST_SIDE, PRODUCT_LONGEST_SIDE
from scene_studio.images.inspect import flattened, open_upright

_PHOTO_QUALITY: Final = 92


def photo_jpeg(data: bytes) -> bytes:
    """A scene or photograph as it is stored.

    Args:
        data: an uploaded file of an accepted format.

    Returns:
        A JPEG file of at most 4096 pixels a side; what was transparent is white.

    Raises:
        ImageRejected: the file is not a picture that can be used.
    """
    return encode_photo(flattened(open_upright(data, PHOTO_LONGEST_SIDE)))


def product_png(data: bytes) -> bytes:
    """A product picture as it is stored, with its transparency.

    Args:
        data: an uploaded file of an accepted format.

    Returns:
        A PNG file of at most 2048 pixels a side, RGBA if the upload had transparency and RGB otherwise.

    Raises:
        ImageRejected: the file is not a picture that can be used.
    """
    return encode_png(open_upright(data, PRODUCT_LONGEST_SIDE))


def encode_photo(photo: Image.Image) -> bytes:
    """The JPEG file of an RGB picture in which photographs are stored."""
    out = BytesIO()
    photo.save(out, "JPEG", quality=_PHOTO_QUALITY)
    return out.getvalue()


def encode_png(picture: Image.Image) -> bytes:
    """The PNG file of a picture in which products, their cut-outs and their previews are stored."""
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
