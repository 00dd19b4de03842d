"""Making pictures smaller while little more than the picture itself is in memory."""

from collections.abc import Callable
from typing import Final

from PIL import Image

_BAND: Final = 256
"""The rows that are prepared at a time."""
_PREMULTIPLIED: Final = {"LA": "La", "RGBA": "RGBa"}


def shrunk(size: tuple[int, int], longest_side: int) -> tuple[int, int]:
    """This size with at most so many pixels on its longest side, in the same proportions; never larger."""
    scale = min(1.0, longest_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shrink(
    picture: Image.Image, prepare: Callable[[Image.Image], Image.Image], size: tuple[int, int]
) -> Image.Image:
    """What `prepare` makes of the picture, resampled to a size.

    The result is that of preparing and resampling the whole, but for rounding: what resampling along the
    rows makes of one row does not depend on the others. But it takes no second picture of the full size.

    Args:
        picture: of any mode.
        prepare: gives any part of the picture in a mode that can be resampled, always the same.
        size: no larger than the picture.
    """
    if size == picture.size:
        return prepare(picture)
    mode = prepare(picture.crop((0, 0, 1, 1))).mode
    # Colours of transparent pixels must not count where they are mixed with others.
    mixable = _PREMULTIPLIED.get(mode, mode)
    narrow = Image.new(mixable, (size[0], picture.height))
    for top in range(0, picture.height, _BAND):
        bottom = min(top + _BAND, picture.height)
        band = prepare(picture.crop((0, top, picture.width, bottom))).convert(mixable)
        narrow.paste(band.resize((size[0], bottom - top), Image.Resampling.LANCZOS), (0, top))
    result = narrow.resize(size, Image.Resampling.LANCZOS)
    del narrow
    return result if mode == mixable else result.convert(mode)
