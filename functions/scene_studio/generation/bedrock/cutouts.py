"""Product pictures and their cut-outs: what has one already, and what an answer's alpha makes of the others."""

from io import BytesIO
from typing import Final

from PIL import Image

from scene_studio.generation.bedrock.operations import Picture
from scene_studio.images.cutout import cut_out
from scene_studio.images.inspect import flattened, open_upright, shrink_to
from scene_studio.model.errors import GenerationRefused

_LONGEST_SIDE: Final = 2048
_SENT_LONGEST_SIDE: Final = 1536
"""A picture of this size comes back with its alpha as PNG in less than Bedrock returns at most."""
_LIMITS: Final = Picture()
_LEAST_SHARE: Final = 0.004
"""The least share of the picture that a product is taken to fill."""


def opened(data: bytes) -> Image.Image:
    """A product picture, as large as it is needed.

    Raises:
        ImageRejected: it is not a picture that can be used.
    """
    return shrink_to(open_upright(data, _LONGEST_SIDE), _LONGEST_SIDE)


def sendable(picture: Image.Image) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """A picture in a form whose background Bedrock will remove.

    Returns:
        The picture within the service's limits, on a wider sheet of its own colours if it is too long a
        shape; and the box in it that the picture fills.
    """
    sent = shrink_to(flattened(picture), _SENT_LONGEST_SIDE)
    enlarged = _LIMITS.least_side / min(sent.size)
    if enlarged > 1:
        size = round(sent.width * enlarged), round(sent.height * enlarged)
        sent = shrink_to(sent.resize(size, Image.Resampling.LANCZOS), _SENT_LONGEST_SIDE)
    shortest = max(_LIMITS.least_side, -(-max(sent.size) * 10 // round(_LIMITS.most_ratio * 10)))
    width, height = max(sent.width, shortest), max(sent.height, shortest)
    left, top = (width - sent.width) // 2, (height - sent.height) // 2
    sheet = sent.resize((1, 1), Image.Resampling.BOX).resize((width, height))
    sheet.paste(sent, (left, top))
    return sheet, (left, top, left + sent.width, top + sent.height)


def cut_by(
    picture: Image.Image, found: Image.Image, sheet: tuple[int, int], box: tuple[int, int, int, int]
) -> Image.Image:
    """The product, cut out of our own picture by the alpha of an answer, whose colours are not looked at.

    Args:
        picture: the product's picture.
        found: the picture that came back.
        sheet: the size of what was sent.
        box: where the picture was in it.

    Raises:
        GenerationRefused: no product was found in the picture.
    """
    product = flattened(picture).convert("RGBA")
    if found.mode == "RGBA":
        alpha = found.getchannel("A").resize(sheet, Image.Resampling.LANCZOS).crop(box)
        product.putalpha(alpha.resize(picture.size, Image.Resampling.LANCZOS))
    levels = product.getchannel("A").histogram()
    if found.mode != "RGBA" or not _LEAST_SHARE <= sum(levels[128:]) / sum(levels) < 1:
        raise GenerationRefused(
            "No product could be told from its background in one of the pictures. Upload that product on a "
            "plain or transparent background, and execute again."
        )
    return cut_out(product)


def png(picture: Image.Image) -> bytes:
    """The picture as a PNG file."""
    out = BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def jpeg(picture: Image.Image, quality: int) -> bytes:
    """The picture as a JPEG file."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
