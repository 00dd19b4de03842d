"""From whatever samples a file holds to eight bits a channel, and from its colours to sRGB."""

from collections.abc import Callable
from io import BytesIO
from typing import Final

from PIL import Image, ImageChops, ImageCms, ImageMath

from scene_studio.model.errors import ImageRejected

_SIXTEEN_BIT: Final = frozenset({"I;16", "I;16B", "I;16L", "I;16N"})
_TOO_DEEP: Final = frozenset({"I", "F"})
_TIFF_BITS: Final = 258
_TIFF_PHOTOMETRIC: Final = 262

Reading = Callable[[Image.Image], Image.Image]


def reading(picture: Image.Image) -> Reading:
    """How any part of this picture becomes one whose channels have eight bits.

    Args:
        picture: as opened from its file, with its mode and what the file says of its samples.

    Returns:
        A function that takes parts of the picture, and gives them as L, LA, RGB, RGBA or CMYK. What they
        show is not changed but for bits that eight cannot hold.

    Raises:
        ImageRejected: the samples have no agreed black and white.
    """
    if picture.mode in _SIXTEEN_BIT:
        return _sixteen_bit(picture)
    if picture.mode in _TOO_DEEP:
        raise ImageRejected(
            "The picture has more than 16 bits a sample, or floating-point numbers, so nothing says what is "
            "black and what is white in it. Save it with 8 or 16 bits and upload it again."
        )
    if picture.mode == "CMYK":
        # Pillow takes it for granted that inks in JPEG files are stored as their negatives, as Adobe does.
        straight = picture.format == "JPEG" and "adobe" not in picture.info
        return ImageChops.invert if straight else lambda part: part
    gray = picture.mode in {"1", "L", "LA", "La"}
    target = "LA" if gray else "RGBA"
    if not picture.has_transparency_data:
        target = target.removesuffix("A")
    key = picture.info.get("transparency")
    if isinstance(key, tuple) and max(key) > 255:
        # The key of a picture with 16 bits a sample, of which only the upper eight were decoded.
        key = tuple(value >> 8 for value in key)

    def convert(part: Image.Image) -> Image.Image:
        if part.mode == target:
            return part
        if key is not None:
            part.info["transparency"] = key
        return part.convert(target)

    return convert


def to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB, as RGB or RGBA.

    Args:
        picture: as one of `reading`'s functions gives it.
        profile: the ICC profile of the file, if it has one. One that cannot be read, or that is for another
            kind of colours, is as good as none.
    """
    if picture.mode in {"RGBA", "LA"}:
        colours = to_srgb(picture.convert(picture.mode.removesuffix("A")), profile)
        colours.putalpha(picture.getchannel("A"))
        return colours
    if profile:
        try:
            return _through_profile(picture, ImageCms.ImageCmsProfile(BytesIO(profile)))
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return picture.convert("RGB")


def _through_profile(picture: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    if (source.profile.profile_description or "").startswith("sRGB"):
        return picture.convert("RGB")
    if picture.mode == "L" and source.profile.xcolor_space.strip() == "RGB":
        picture = picture.convert("RGB")
    converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return converted or picture.convert("RGB")


def _sixteen_bit(picture: Image.Image) -> Reading:
    tags = getattr(picture, "tag_v2", {})
    (bits,) = tags.get(_TIFF_BITS, (16,))
    inverted = tags.get(_TIFF_PHOTOMETRIC) == 0
    key = picture.info.get("transparency")

    def convert(part: Image.Image) -> Image.Image:
        wide = part.convert("I")
        gray = wide.point(lambda value: value * (255 / (2**bits - 1)) + 0.5).convert("L")
        if inverted:
            gray = ImageChops.invert(gray)
        if key is not None:
            alpha = ImageMath.lambda_eval(lambda of: of["convert"]((of["wide"] != key) * 255, "L"), wide=wide)
            gray.putalpha(alpha)
        return gray

    return convert
