"""Small previews of pictures."""

from io import BytesIO
from typing import Final

from scene_studio.images.inspect import flattened, open_upright, shrink_to

LONGEST_SIDE: Final = 320
_QUALITY: Final = 82


def thumbnail_jpeg(data: bytes) -> bytes:
    """A preview of a picture, upright and without metadata.

    Args:
        data: a JPEG, PNG, WEBP or GIF file.

    Returns:
        A JPEG file of at most 320 pixels a side, never larger than the picture; what was transparent is
        white.

    Raises:
        ImageRejected: the file is not a picture that can be used.
    """
    preview = flattened(shrink_to(open_upright(data, LONGEST_SIDE), LONGEST_SIDE))
    out = BytesIO()
    preview.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
