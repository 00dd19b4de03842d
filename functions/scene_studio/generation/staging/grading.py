"""Making a room and a product look like one photograph, by changing the room alone.

The product keeps every pixel. What its picture tells of the light it was taken in decides from where the room
is lit, how warm it is and how bright; then the room is developed like a photograph.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from PIL import Image, ImageChops, ImageStat

from scene_studio.generation.rendering.drawing import darken, glow, grained
from scene_studio.generation.rendering.shadows import LEFT, RIGHT

_SAMPLE: Final = 64
"""Products are measured on a picture this large."""
_LEANING: Final = 5.0
"""How much brighter one side must be, in levels, for the light to come from there."""
_GREYISH: Final = 60
"""The most saturation (0 to 255) of pixels that are taken to show the colour of the light."""
_LEAST_GREYISH: Final = 0.06
_FURTHEST_TINT: Final = 0.05
_CONTRAST: Final = 0.06
_GRAIN: Final = 0.012


@dataclass(frozen=True, slots=True)
class ProductLight:
    """The light that a product was photographed in.

    Attributes:
        side: where it came from, `LEFT` or `RIGHT`, or None if the picture does not tell.
        tint: its colour, as a gain for red, green and blue.
        exposure: how bright the picture is, as a gain.
    """

    side: float | None
    tint: tuple[float, float, float]
    exposure: float


def light_on(products: Sequence[Image.Image]) -> ProductLight:
    """What the pictures of products (RGBA cut-outs) tell of their light."""
    leaning, tints, exposures = 0.0, [(1.0, 1.0, 1.0)], [1.0]
    for product in products:
        small = product.resize((_SAMPLE, _SAMPLE), Image.Resampling.BOX, reducing_gap=2.0)
        solid = small.getchannel("A").point([0] * 250 + [255] * 6)
        if solid.getbbox() is None:
            continue
        colours = small.convert("RGB")
        leaning += _leaning(colours.convert("L"), solid) / len(products)
        tints.append(_tint(colours, solid))
        bright = _bright(colours.convert("L").histogram(solid))
        exposures.append(min(1.06, max(0.95, (bright / 215) ** 0.3)))
    side = None if abs(leaning) < _LEANING else LEFT if leaning > 0 else RIGHT
    count = len(tints) - 1 or 1
    red, green, blue = (1 + sum(tint[channel] - 1 for tint in tints) / count for channel in range(3))
    return ProductLight(side, (red, green, blue), 1 + sum(exposure - 1 for exposure in exposures) / count)


def brighter_side(scene: Image.Image) -> float | None:
    """The side from which a scene (RGB) is lit, or None if it does not tell."""
    small = scene.convert("L").resize((_SAMPLE, _SAMPLE), Image.Resampling.BOX, reducing_gap=2.0)
    leaning = _leaning(small, Image.new("L", small.size, 255))
    return None if abs(leaning) < _LEANING else LEFT if leaning > 0 else RIGHT


def _leaning(grey: Image.Image, solid: Image.Image) -> float:
    """How much brighter the left half is than the right one."""
    half = _SAMPLE // 2
    sides = []
    for box in ((0, 0, half, _SAMPLE), (half, 0, _SAMPLE, _SAMPLE)):
        mask = solid.crop(box)
        if mask.getbbox() is None:
            return 0.0
        sides.append(ImageStat.Stat(grey.crop(box), mask).mean[0])
    return sides[0] - sides[1]


def _tint(colours: Image.Image, solid: Image.Image) -> tuple[float, float, float]:
    """The colour of what is nearly grey, which is that of the light, within narrow bounds."""
    saturation = colours.convert("HSV").getchannel("S")
    greyish = ImageChops.darker(solid, saturation.point([255] * _GREYISH + [0] * (256 - _GREYISH)))
    if greyish.histogram()[255] < _LEAST_GREYISH * _SAMPLE * _SAMPLE:
        return 1.0, 1.0, 1.0
    mean = ImageStat.Stat(colours, greyish).mean
    middle = sum(mean) / 3 or 1.0
    red, green, blue = (
        1 + max(-_FURTHEST_TINT, min(_FURTHEST_TINT, (level / middle - 1) * 0.5)) for level in mean
    )
    return red, green, blue


def _bright(counts: Sequence[int]) -> int:
    """The level above which the brightest twentieth of the pixels lies."""
    wanted, so_far = 0.05 * sum(counts), 0
    for level in range(255, 0, -1):
        so_far += counts[level]
        if so_far >= wanted:
            return level
    return 1


def matched(room: Image.Image, light: ProductLight, brightness: float = 1.0) -> Image.Image:
    """The room in the product's light.

    Args:
        room: RGB.
        light: the product's.
        brightness: a further gain, 1 leaves it.
    """
    curve = [
        min(255, max(0, round(255 * _developed(level / 255) * gain * light.exposure * brightness)))
        for gain in light.tint
        for level in range(256)
    ]
    return room.point(curve)


def _developed(level: float) -> float:
    """A print's curve: a little more contrast in the middle, soft ends."""
    return level - _CONTRAST * math.sin(math.tau * level)


def finished(room: Image.Image, vignette: float, random: Random) -> Image.Image:
    """The room with darker corners and the grain of film.

    Args:
        room: RGB.
        vignette: how dark the corners are (0 to 1).
        random: where the grain comes from.
    """
    width, height = room.size
    corners = ImageChops.invert(glow(room.size, (width / 2, height * 0.5), (width * 1.05, height * 1.05)))
    shaded = room.copy()
    darken(shaded, corners, vignette)
    return grained(shaded, _GRAIN, random)
