"""Deciding whether bytes are a picture we can use, and opening those that are.

Pictures come from anybody. The cheap checks come first (size of the file, magic bytes, pixels declared in
the header, the end mark), so that nothing is decoded that could exhaust memory.
"""

import math
import struct
import warnings
from io import BytesIO
from typing import Final, NamedTuple

from PIL import Image

from scene_studio.images.colour import Reading, reading, to_srgb
from scene_studio.images.containers import PictureFormat, dimensions, is_complete, jpeg_frame, recognise
from scene_studio.images.scaling import shrink, shrunk
from scene_studio.images.strangers import ACCEPTED, identify
from scene_studio.model.errors import ImageRejected

MAX_BYTES: Final = 25 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
MAX_PIXELS_HELD_OFTEN: Final = 30_000_000
"""For what takes several times the memory of the picture to decode."""
_HELD_OFTEN: Final = frozenset({"WEBP", "AVIF", "TIFF"})
"""Formats whose decoders do. Progressive JPEG files of four channels are like them."""

_BROKEN: Final = (
    "This picture is damaged, incomplete or of an unusual kind. Save it again as JPEG or PNG and upload that."
)
_NO_MEMORY: Final = (
    "Decoding this picture takes more memory than there is for it. Scale it down, or save it again as JPEG, "
    "and upload that."
)
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
    """By its magic bytes."""
    width: int
    """In pixels as stored, before any EXIF orientation is applied."""
    height: int
    """In pixels as stored, before any EXIF orientation is applied."""


def inspect(data: bytes) -> ImageInfo:
    """What kind of picture these bytes are and how large, without decoding it.

    Raises:
        ImageRejected: not a file of an accepted format, over 25 MiB, over 50 megapixels (fewer in formats
            that take more memory), without pixels, or cut off before its end.
    """
    if not data:
        raise ImageRejected(f"The file is empty. Choose a {ACCEPTED} picture.")
    if len(data) > MAX_BYTES:
        raise ImageRejected(
            f"The file has {len(data) / 1024 / 1024:.1f} MiB and at most {MAX_BYTES // 1024 // 1024} MiB are "
            "accepted. Save the picture smaller or with more compression."
        )
    if stranger := identify(data):
        raise ImageRejected(f"This is {stranger.name}, not a {ACCEPTED} picture. {stranger.advice}".rstrip())
    picture_format = recognise(data)
    if picture_format is None:
        raise ImageRejected(f"This is not a {ACCEPTED} picture. Save it as one of these.")
    size = dimensions(data, picture_format)
    if size is None or 0 in size:
        raise ImageRejected(_BROKEN)
    _refuse_too_many_pixels(size, _max_pixels(data, picture_format))
    if not is_complete(data, picture_format):
        raise ImageRejected(
            "The file breaks off before its end, so a part of the picture is missing. Upload it again."
        )
    return ImageInfo(picture_format, *size)


def open_upright(data: bytes, longest_side: int | None = None) -> Image.Image:
    """The picture as a person sees it: upright, in sRGB, fully loaded, without metadata.

    Of a moving picture this is the first frame, of a document with pages the first page.

    Args:
        data: the file.
        longest_side: in pixels; a larger picture comes scaled down to it. This takes less time and memory
            than doing so afterwards.

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
            pixels, read, profile, turn = _decoded(data, info, longest_side)
            size = pixels.size if longest_side is None else shrunk(pixels.size, longest_side)
            picture = to_srgb(shrink(pixels, read, size), profile)
            if turn is not None:
                picture = picture.transpose(turn)
    except ImageRejected:
        raise
    except MemoryError as error:
        raise ImageRejected(_NO_MEMORY) from error
    except Exception as error:
        # Decoders fail in many ways on bytes made to break them; to the person they all mean the same.
        raise ImageRejected(_BROKEN) from error
    picture.info = {}
    return picture


class _Decoded(NamedTuple):
    """The pixels of a file, and what the file says about them."""

    pixels: Image.Image
    read: Reading
    profile: bytes | None
    turn: Image.Transpose | None


def _decoded(data: bytes, info: ImageInfo, longest_side: int | None) -> _Decoded:
    with Image.open(BytesIO(data), formats=[info.format]) as opened:
        # A GIF frame may be larger than the screen its header declares.
        _refuse_too_many_pixels(opened.size, _max_pixels(data, info.format))
        if longest_side is not None:
            opened.draft(None, shrunk(opened.size, longest_side))
        # Pillow itself turns TIFF pages upright as it loads them, and takes the tag away.
        opened.load()
        # Some decoders keep what they made as long as they live. Without them there is room for what follows.
        pixels = opened.copy() if info.format in _HELD_OFTEN else opened
        return _Decoded(
            pixels, reading(opened), opened.info.get("icc_profile"), _TURNS.get(_orientation(opened))
        )


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
    return shrink(picture, lambda part: part, shrunk(picture.size, longest_side))


def _max_pixels(data: bytes, picture_format: PictureFormat) -> int:
    frame = jpeg_frame(data) if picture_format == "JPEG" else None
    all_coefficients = frame is not None and frame.progressive and frame.components > 3
    return MAX_PIXELS_HELD_OFTEN if all_coefficients or picture_format in _HELD_OFTEN else MAX_PIXELS


def _refuse_too_many_pixels(size: tuple[int, int], most: int) -> None:
    if math.prod(size) > most:
        raise ImageRejected(
            f"The picture has {size[0]} x {size[1]} pixels and at most {most // 1_000_000} megapixels are "
            f"accepted{'' if most == MAX_PIXELS else ' of its kind'}. Scale it down and upload it again."
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
