"""What is sent to be painted and what is made of the answer: sizes, masks, and the picture put together.

In every mask white is what the model paints and black what it keeps. Whatever it was told to keep comes back
changed a little, since it paints at a size of its own; so a finished picture takes from the answer only what
was to be painted, and product cut-outs are laid over it again as they were.
"""

import math
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from scene_studio.generation.bedrock.operations import ASPECT_RATIOS
from scene_studio.generation.bedrock.placing import PlacedCutout, Size
from scene_studio.model.settings import AspectRatio

CANVAS_PIXELS: Final = 2_097_152
"""Two megapixels: half of what inpainting answers with, so that its answer is only ever scaled down."""
NEUTRAL: Final = (176, 174, 170)
"""What stands behind products before a place is painted around them."""

_SCENE_CROP: Final = (0.5, 0.85)
"""Which part of a scene is kept when it is cropped: the middle, and rather its floor than its top."""
_KEPT_BACK: Final = 2
"""How far the painted part reaches into a product, in pixels, so that no seam shows under its soft edge."""
_RING: Final = 0.07
"""The width of the ring that is painted around a product, as a share of the picture's mean side."""


def canvas_size(ratio: AspectRatio, pixels: int = CANVAS_PIXELS) -> Size:
    """Width and height with about so many pixels, both divisible by 8."""
    across, down = (int(part) for part in ratio.split(":"))
    unit = math.sqrt(pixels / (across * down)) / 8
    return max(8, round(across * unit) * 8), max(8, round(down * unit) * 8)


def nearest_ratio(ratio: AspectRatio) -> str:
    """The aspect ratio closest to this one that the models take by name."""

    def shape(name: str) -> float:
        across, down = name.split(":")
        return math.log(int(across) / int(down))

    return min(ASPECT_RATIOS, key=lambda offered: abs(shape(offered) - shape(ratio)))


def neutral(size: Size) -> Image.Image:
    """A canvas with nothing on it."""
    return Image.new("RGB", size, NEUTRAL)


def fitted(scene: Image.Image, size: Size) -> Image.Image:
    """A scene cropped and scaled to this size."""
    return ImageOps.fit(scene, size, Image.Resampling.LANCZOS, centering=_SCENE_CROP)


def laid(picture: Image.Image, cutouts: Sequence[PlacedCutout]) -> Image.Image:
    """A copy of the picture with cut-outs on it; where these are opaque it has exactly their colours."""
    result = picture.copy()
    for cutout in cutouts:
        result.paste(cutout.image, (cutout.left, cutout.top), cutout.alpha)
    return result


def around_mask(size: Size, cutouts: Sequence[PlacedCutout]) -> Image.Image:
    """A mask by which everything but the products is painted."""
    return ImageChops.invert(_kept(size, cutouts))


def ring_mask(size: Size, cutouts: Sequence[PlacedCutout], *, shadows: bool) -> Image.Image:
    """A mask by which only what lies close around the products is painted, fading out.

    Args:
        size: of the picture.
        cutouts: the products.
        shadows: whether the floor is painted too on which they throw their shadows. These fall to the right,
            as the prompt says.
    """
    reach = max(2, round(math.sqrt(size[0] * size[1]) * _RING))
    outline = _union(size, cutouts).point([0] * 128 + [255] * 128)
    wide = outline.filter(ImageFilter.BoxBlur(reach / 2)).point([0] + [255] * 255)
    if shadows:
        draw = ImageDraw.Draw(wide)
        for cutout in cutouts:
            left, _, right, bottom = cutout.box
            width, deep = right - left, min(right - left, cutout.image.height) * 0.22
            draw.ellipse((left - width * 0.25, bottom - deep, right + width * 0.6, bottom + deep), fill=255)
    soft = wide.filter(ImageFilter.GaussianBlur(reach / 4))
    return ImageChops.darker(soft, around_mask(size, cutouts))


def painted_over(
    canvas: Image.Image, answer: Image.Image, mask: Image.Image, cutouts: Sequence[PlacedCutout]
) -> Image.Image:
    """The finished picture: the answer where the mask is white, the canvas elsewhere, and the products on top.

    Args:
        canvas: what was sent.
        answer: what came back, at any size.
        mask: what was to be painted.
        cutouts: the products.
    """
    painted = answer.resize(canvas.size, Image.Resampling.LANCZOS)
    return laid(Image.composite(painted, canvas, mask), cutouts)


def _union(size: Size, cutouts: Sequence[PlacedCutout]) -> Image.Image:
    union = Image.new("L", size)
    for cutout in cutouts:
        layer = Image.new("L", size)
        layer.paste(cutout.alpha, (cutout.left, cutout.top))
        union = ImageChops.lighter(union, layer)
    return union


def _kept(size: Size, cutouts: Sequence[PlacedCutout]) -> Image.Image:
    """The products without their soft edges and the pixels next to these."""
    opaque = _union(size, cutouts).point([0] * 250 + [255] * 6)
    return opaque.filter(ImageFilter.BoxBlur(_KEPT_BACK)).point([0] * 255 + [255])
