"""Deciding whether bytes are a picture we can use, and opening those that are.

Pictures come from anybody. The cheap checks come first (size of the file, magic bytes, pixels declared in
the header, the end mark), so that nothing is decoded that could exhaust memory.
"""

import math
import struct
import warnings
from io import BytesIO
from typing import Final, NamedTuple

from PIL import Image, ImageCms

from scene_studio.images.containers import PictureFormat, dimensions, is_complete, recognise
from scene_studio.model.errors import ImageRejected

MAX_BYTES: Final = 25 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000

_BROKEN: Final = "This picture is damaged or incomplete. Save it again as JPEG or PNG and upload that file."
_EXIF_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class ImageInfo(NamedTuple):
    """What a picture file says about itself."""

    format: PictureFormat
    """JPEG, PNG, WEBP or GIF, by its magic bytes."""
    width: int
    """In pixels as stored, before any EXIF orientation is applied."""
    height: int
    """In pixels as stored, before any EXIF orientation is applied."""


def inspect(data: bytes) -> ImageInfo:
    """What kind of picture these bytes are and how large, without decoding it.

    Raises:
        ImageRejected: not a JPEG, PNG, WEBP or GIF file, over 25 MiB, over 50 megapixels, without pixels,
            or cut off before its end.
    """
    if not data:
        raise ImageRejected("The file is empty. Choose a JPEG, PNG, WEBP or GIF picture.")
    if len(data) > MAX_BYTES:
        raise ImageRejected(
            f"The file has {len(data) / 1024 / 1024:.1f} MiB and at most {MAX_BYTES // 1024 // 1024} MiB are "
            "accepted. Save the picture smaller or with more compression."
        )
    picture_format = recognise(data)
    if picture_format is None:
        raise ImageRejected("This is not a JPEG, PNG, WEBP or GIF picture. Save it as one of these.")
    size = dimensions(data, picture_format)
    if size is None or 0 in size:
        raise ImageRejected(_BROKEN)
    _refuse_too_many_pixels(size)
    if not is_complete(data, picture_format):
        raise ImageRejected(
            "The file breaks off before its end, so a part of the picture is missing. Upload it again."
        )
    return ImageInfo(picture_format, *size)


def open_upright(data: bytes, longest_side: int | None = None) -> Image.Image:
    """The picture as a person sees it: upright, in sRGB, fully loaded, without metadata.

    Of a moving picture this is the first frame.

    Args:
        data: the file.
        longest_side: in pixels; a picture that is only needed this large may be decoded at a lower
            resolution, never below it. This saves time and memory with large JPEG files.

    Returns:
        An RGBA picture if the file has transparency, an RGB picture otherwise.

    Raises:
        ImageRejected: for every reason of `inspect`, or the contents cannot be decoded.
    """
    info = inspect(data)
    try:
        # Pillow warns about oddities that it copes with; they are no reason to refuse a picture.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=[info.format]) as opened:
                # A GIF frame may be larger than the screen its header declares.
                _refuse_too_many_pixels(opened.size)
                if longest_side is not None:
                    opened.draft(None, _shrunk(opened.size, longest_side))
                opened.load()
                turn = _TURNS.get(_orientation(opened))
                picture = _srgb(opened)
    except ImageRejected:
        raise
    except Exception as error:
        # Decoders fail in many ways on bytes made to break them; to the person they all mean the same.
        raise ImageRejected(_BROKEN) from error
    if turn is not None:
        picture = picture.transpose(turn)
    picture.info = {}
    return picture


def flattened(picture: Image.Image) -> Image.Image:
    """The picture in RGB, on white where it was transparent."""
    if picture.mode == "RGB":
        return picture
    layer = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def shrink_to(picture: Image.Image, longest_side: int) -> Image.Image:
    """The picture with at most this many pixels on its longest side; never enlarged."""
    if max(picture.size) <= longest_side:
        return picture
    return picture.resize(_shrunk(picture.size, longest_side), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _shrunk(size: tuple[int, int], longest_side: int) -> tuple[int, int]:
    scale = min(1.0, longest_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _refuse_too_many_pixels(size: tuple[int, int]) -> None:
    if math.prod(size) > MAX_PIXELS:
        raise ImageRejected(
            f"The picture has {size[0]} x {size[1]} pixels and at most {MAX_PIXELS // 1_000_000} megapixels "
            "are accepted. Scale it down and upload it again."
        )


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_EXIF_ORIENTATION, 1))
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        OSError,
        SyntaxError,
        TypeError,
        ValueError,
        struct.error,
    ):
        # A camera's broken notes say nothing about its picture.
        return 1


def _srgb(picture: Image.Image) -> Image.Image:
    sixteen_bit = picture.mode.startswith("I")
    transparent = picture.has_transparency_data and not sixteen_bit
    alpha = picture.convert("RGBA").getchannel("A") if transparent else None
    if sixteen_bit:
        colour = _eight_bit(picture)
    elif picture.mode in {"1", "L", "LA"}:
        colour = picture.convert("L")
    elif picture.mode == "CMYK":
        colour = picture
    else:
        colour = picture.convert("RGB")
    srgb = _through_profile(colour, picture.info.get("icc_profile"))
    if alpha is not None:
        srgb.putalpha(alpha)
    return srgb


def _eight_bit(picture: Image.Image) -> Image.Image:
    wide = picture.convert("I")
    return wide.point(lambda value: value * (1 / 256)).convert("L")


def _through_profile(colour: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours in sRGB RGB, by the embedded profile where there is one that fits them."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if not (source.profile.profile_description or "").startswith("sRGB"):
                target = ImageCms.createProfile("sRGB")
                converted = ImageCms.profileToProfile(colour, source, target, outputMode="RGB")
                if converted is not None:
                    return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            # A profile that cannot be read, or is for another colour space, is as good as none.
            return colour.convert("RGB")
    return colour.convert("RGB")
