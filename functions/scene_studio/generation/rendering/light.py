"""Kinds of light: how it falls, how hard and how warm it is, and what it draws on the wall.

Rooms are rendered with the light coming from the left; for light from the right they are mirrored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scene_studio.generation.rendering.decor import chosen
from scene_studio.generation.rendering.drawing import (
    Colour,
    Point,
    Size,
    dimmed,
    glow,
    rightwards,
    seeded,
    soft_polygon,
)


@dataclass(frozen=True, slots=True)
class Light:
    """How a room is lit.

    Attributes:
        key: the colour of what the light falls on; 128 a channel leaves a surface as it is.
        ambient: the same for what it does not reach.
        pool: how far lit and unlit parts of the room differ (0 to 1).
        pattern: what the light draws on the wall: `panes`, `leaves`, `spot` or nothing.
        drawn: how clearly (0 to 1).
        run: how far a shadow falls to the side, divided by the height of what throws it.
        back: how far it falls to the back, likewise; to the front if it is below 0.
        softness: how blurred the shadows are, 1 for a broad grey sky.
        shadow: how dark they are where they are darkest (0 to 1).
        shade: the colour of shadows.
        lamps: whether lamps and candles burn.
        day: how bright the sky is outside (0 to 1).
    """

    key: Colour
    ambient: Colour
    pool: float
    pattern: str
    drawn: float
    run: float
    back: float
    softness: float
    shadow: float
    shade: Colour
    lamps: bool
    day: float


DAYLIGHT: Final = Light(
    key=(182, 176, 164),
    ambient=(108, 111, 116),
    pool=0.75,
    pattern="panes",
    drawn=0.5,
    run=0.62,
    back=0.5,
    softness=0.45,
    shadow=0.5,
    shade=(30, 26, 26),
    lamps=False,
    day=1.0,
)

_LIGHTS: Final[Mapping[str, Light]] = {
    "golden": replace(
        DAYLIGHT,
        key=(196, 172, 140),
        ambient=(102, 95, 95),
        pool=0.95,
        pattern="leaves",
        drawn=0.9,
        run=1.15,
        back=0.5,
        softness=0.3,
        shadow=0.58,
        shade=(52, 26, 20),
        day=0.85,
    ),
    "soft": replace(
        DAYLIGHT,
        key=(190, 188, 184),
        ambient=(130, 130, 131),
        pool=0.55,
        pattern="",
        drawn=0.0,
        run=0.2,
        back=0.3,
        softness=0.85,
        shadow=0.42,
        shade=(34, 30, 30),
    ),
    "dramatic": replace(
        DAYLIGHT,
        key=(156, 146, 132),
        ambient=(46, 45, 50),
        pool=1.0,
        pattern="spot",
        drawn=0.75,
        run=0.85,
        back=0.55,
        softness=0.16,
        shadow=0.82,
        shade=(8, 6, 8),
        lamps=True,
        day=0.12,
    ),
    "evening": replace(
        DAYLIGHT,
        key=(158, 132, 106),
        ambient=(82, 76, 82),
        pool=1.0,
        pattern="spot",
        drawn=0.4,
        run=0.6,
        back=0.5,
        softness=0.55,
        shadow=0.62,
        shade=(22, 12, 14),
        lamps=True,
        day=0.16,
    ),
    "overcast": replace(
        DAYLIGHT,
        key=(150, 152, 155),
        ambient=(116, 120, 125),
        pool=0.6,
        pattern="",
        drawn=0.0,
        run=0.1,
        back=0.16,
        softness=1.0,
        shadow=0.36,
        shade=(32, 34, 40),
        day=0.75,
    ),
}
_LIGHTS_BY_WORD: Final[Mapping[str, Light]] = {
    "golden": _LIGHTS["golden"],
    "sunset": _LIGHTS["golden"],
    "soft": _LIGHTS["soft"],
    "studio": _LIGHTS["soft"],
    "dramatic": _LIGHTS["dramatic"],
    "moody": _LIGHTS["dramatic"],
    "evening": _LIGHTS["evening"],
    "night": _LIGHTS["evening"],
    "candle": _LIGHTS["evening"],
    "overcast": _LIGHTS["overcast"],
    "cloud": _LIGHTS["overcast"],
}


def light_of(lighting: str) -> Light:
    """The light that this setting names; daylight from a window for any other text."""
    return chosen(lighting, _LIGHTS_BY_WORD, DAYLIGHT)


def relit(picture: Image.Image, levels: Image.Image) -> Image.Image:
    """The picture under light: 128 leaves it as it is, less darkens, more brightens, softly towards white."""
    return ImageChops.hard_light(picture, levels)


def light_levels(size: Size, light: Light, centre: Point, reach: Point) -> Image.Image:
    """The light that fills a room, brightest around a point and least on the side away from it.

    Args:
        size: in pixels.
        light: its colours.
        centre: where it falls, as shares of width and height.
        reach: how far, likewise.
    """
    width, height = size
    small = (max(2, width // 8), max(2, height // 8))
    pool = glow(
        small,
        (small[0] * centre[0], small[1] * centre[1]),
        (small[0] * reach[0], small[1] * reach[1]),
    )
    reached = Image.blend(pool, rightwards(small, 1, 0.1), 0.35)
    base = Image.composite(
        Image.new("RGB", small, light.key),
        Image.new("RGB", small, light.ambient),
        reached.point(
            [round(255 * (1 - light.pool) * 0.5 + level * (1 + light.pool) / 2) for level in range(256)]
        ),
    )
    return base.resize(size, Image.Resampling.BICUBIC)


def drawn_light(size: Size, light: Light, unit: float, focus: Point) -> Image.Image:
    """What the light draws on a wall: a mask.

    Args:
        size: of the wall, in pixels.
        light: its pattern.
        unit: the height of a window's light, in pixels.
        focus: where its middle falls, in pixels.
    """
    if light.pattern == "spot":
        return glow(size, focus, (unit * 0.95, unit * 1.0))
    panes = _panes(size, unit, focus)
    if light.pattern == "leaves":
        return ImageChops.subtract(panes, _leaf_shadows(size, unit, focus))
    return panes


def _panes(size: Size, unit: float, focus: Point) -> Image.Image:
    """The light of a window with six panes, falling slantwise."""
    mask = Image.new("L", size)
    slant = 0.5
    for column in (-1, 0):
        for row in (-1.5, -0.5, 0.5):
            left, top = column * 0.36, row * 0.34
            corners = ((left, top), (left + 0.335, top), (left + 0.335, top + 0.315), (left, top + 0.315))
            fallen = [
                (
                    focus[0] + unit * (x + 0.18 - slant * 0.5 * y),
                    focus[1] + unit * (y - slant * 0.42 * (x + 0.18)),
                )
                for x, y in corners
            ]
            mask = ImageChops.lighter(mask, soft_polygon(size, fallen))
    return mask.filter(ImageFilter.GaussianBlur(max(1.0, unit * 0.016)))


def _leaf_shadows(size: Size, unit: float, focus: Point) -> Image.Image:
    """The shadows of a branch before the window."""
    random = seeded("branch")
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    for _ in range(58):
        x = focus[0] + unit * random.uniform(-0.75, 0.75)
        y = focus[1] + unit * random.uniform(-0.7, 0.6)
        long, wide = unit * random.uniform(0.05, 0.13), unit * random.uniform(0.012, 0.035)
        lean = random.uniform(0.3, 1.2)
        dx, dy = long * lean, long * (1.3 - lean)
        draw.polygon(
            [(x - dx, y - dy), (x - wide, y + wide), (x + dx, y + dy), (x + wide, y - wide)],
            fill=random.randint(140, 230),
        )
    return dimmed(mask.filter(ImageFilter.GaussianBlur(max(1.0, unit * 0.012))), 0.9)
