"""Small previews of pictures."""

from io import BytesIO
from typing import Final

from PIL import Image

from scene_studio.images.forms import THUMBNAIL_LONGEST_SIDE
from scene_studio.images.inspect import flattened, open_upright, shrink_to

_QUALITY: Final = 82


def thumbnail_jpeg(data: bytes) -> bytes:
    """A preview of a picture, upright and without metadata.

    Args:
        data: a file of an accepted format.

    Returns:
        A JPEG file of at most 320 pixels a side, never larger than the picture; what was transparent is
        white.

    Raises:
        ImageRejected: the file is not a picture that can be used.
    """
    return encode_thumbnail(flattened(open_upright(data, THUMBNAIL_LONGEST_SIDE)))


def thumbnail(picture: Image.Image) -> Image.Image:
    """A preview of a picture that is open already, in its mode."""
    return shrink_to(picture, THUMBNAIL_LONGEST_SIDE)


def encode_thumbnail(preview: Image.Image) -> bytes:
    """The JPEG file of an RGB preview."""
    out = BytesIO()
    preview.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
