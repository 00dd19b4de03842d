"""Things turned on a wheel: pots, bowls, vases, candles and lamp feet, as cut-outs."""

import math
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from scene_studio.generation.rendering.drawing import (
    SHADOW,
    WHITE,
    Colour,
    clouds,
    mixed,
    scaled,
    seeded,
    stretched,
    tinted,
)

Profile = Sequence[tuple[float, float]]
"""How far down (0 to 1) and the radius there, as a share of the height; the points are joined smoothly."""

POT: Final[Profile] = ((0.0, 0.5), (0.08, 0.5), (0.6, 0.44), (1.0, 0.36))
CYLINDER: Final[Profile] = ((0.0, 0.4), (1.0, 0.4))
BOWL: Final[Profile] = ((0.0, 1.2), (0.3, 1.1), (0.7, 0.74), (0.9, 0.46), (1.0, 0.44))
BOTTLE: Final[Profile] = (
    *((0.0, 0.08), (0.24, 0.075), (0.36, 0.12), (0.5, 0.24), (0.72, 0.28)),
    *((0.92, 0.24), (1.0, 0.2)),
)
JUG: Final[Profile] = ((0.0, 0.22), (0.12, 0.2), (0.3, 0.26), (0.6, 0.38), (0.85, 0.34), (1.0, 0.26))
LAMP_FOOT: Final[Profile] = ((0.0, 0.06), (0.2, 0.07), (0.4, 0.3), (0.65, 0.42), (0.9, 0.34), (1.0, 0.26))

_TILT: Final = 0.11
"""Height of the ellipse that a ring appears as, divided by its width."""
_STEPS: Final = 64
_FINER: Final = 2
"""Drawn this much larger, then shrunk, for smooth edges."""


def turned(
    height: int, profile: Profile, colour: Colour, gloss: float = 0.3, *, hollow: bool = True
) -> Image.Image:
    """A turned thing, lit from the left: an RGBA cut-out of about this height.

    Args:
        height: in pixels.
        profile: its outline.
        colour: of its glaze.
        gloss: how bright its highlight is (0 to 1).
        hollow: whether one looks into it from above.
    """
    return _turned(height * _FINER, profile, colour, gloss, hollow=hollow).reduce(_FINER)


def _turned(height: int, profile: Profile, colour: Colour, gloss: float, *, hollow: bool) -> Image.Image:
    widest = max(radius for _, radius in profile) * height
    rim, foot = profile[0][1] * height * _TILT, profile[-1][1] * height * _TILT
    size = (2 * math.ceil(widest) + 4, height)
    levels, alpha = Image.new("L", size), Image.new("L", size)
    middle = size[0] / 2
    strip = Image.frombytes("L", (_STEPS, 1), _around(gloss))
    body = max(1.0, height - rim - foot)
    for row in range(int(rim), height):
        share = (row - rim) / body
        radius = radius_at(profile, min(1.0, share)) * height
        if share > 1:
            # Below the foot's middle line its front edge curves towards the viewer.
            radius *= math.sqrt(max(0.0, 1 - ((row - rim - body) / max(foot, 0.5)) ** 2))
        width = max(1, round(radius * 2))
        left = round(middle - radius)
        levels.paste(strip.resize((width + 2, 1), Image.Resampling.BILINEAR), (left - 1, row))
        alpha.paste(255, (left, row, left + width, row + 1))
    mottled = clouds(size, (height * 0.3, height * 0.2), seeded("glaze"), 3)
    levels = ImageChops.overlay(levels, stretched(mottled, 0.3 * gloss))
    thing = tinted(levels, scaled(colour, 0.22), colour, mixed(colour, WHITE, 0.85))
    if hollow and rim >= 1:
        _open(thing, alpha, (middle, rim), profile[0][1] * height, colour)
    thing.putalpha(alpha)
    return thing


def _open(
    thing: Image.Image, alpha: Image.Image, centre: tuple[float, float], radius: float, colour: Colour
) -> None:
    draw, outline = ImageDraw.Draw(thing), ImageDraw.Draw(alpha)
    for share, shade in ((1.0, mixed(colour, WHITE, 0.35)), (0.88, mixed(colour, SHADOW, 0.72))):
        box = (
            centre[0] - radius * share,
            centre[1] - radius * share * _TILT,
            centre[0] + radius * share,
            centre[1] + radius * share * _TILT,
        )
        draw.ellipse(box, fill=shade)
        outline.ellipse(box, fill=255)


def radius_at(profile: Profile, share: float) -> float:
    """The radius at a share of the height: a smooth curve through the points of the profile."""
    last = len(profile) - 1
    index = next((i for i in range(last) if share <= profile[i + 1][0]), last - 1)
    (above, first), (below, second) = profile[index], profile[index + 1]
    span = below - above
    leaving, arriving = _slope(profile, index) * span, _slope(profile, index + 1) * span
    t = (share - above) / span
    return (
        (2 * t**3 - 3 * t**2 + 1) * first
        + (t**3 - 2 * t**2 + t) * leaving
        + (3 * t**2 - 2 * t**3) * second
        + (t**3 - t**2) * arriving
    )


def _slope(profile: Profile, index: int) -> float:
    """How fast the radius changes at a point of the profile, from the points beside it."""
    above, below = profile[max(0, index - 1)], profile[min(len(profile) - 1, index + 1)]
    return (below[1] - above[1]) / (below[0] - above[0])


def _around(gloss: float) -> bytes:
    """Light across one ring, from its left edge to its right."""
    levels = bytearray()
    for step in range(_STEPS):
        across = max(-0.995, min(0.995, (step + 0.5) / (_STEPS / 2) - 1))
        facing = math.sqrt(1 - across * across)
        diffuse = max(0.0, -0.62 * across + 0.6 * facing)
        bounce = 0.16 * max(0.0, across) ** 4
        shine = gloss * math.exp(-(((across + 0.48) / 0.1) ** 2))
        levels.append(min(255, round(255 * (0.1 + 0.52 * diffuse + bounce + 0.55 * shine))))
    return bytes(levels)
