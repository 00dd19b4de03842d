"""House plants and cut branches, as cut-outs."""

import math
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from scene_studio.generation.rendering.drawing import (
    SHADOW,
    Colour,
    Point,
    Size,
    darken,
    downwards,
    mixed,
    rightwards,
)
from scene_studio.generation.rendering.pottery import BOTTLE, CYLINDER, JUG, POT, Profile, turned

_FINER: Final = 2
"""Leaves are drawn this much larger, then shrunk, for smooth edges."""
_DEEP: Final[Colour] = (34, 52, 34)
_LEAF: Final[Colour] = (74, 102, 62)
_SUNLIT: Final[Colour] = (150, 168, 102)

_Draw = ImageDraw.ImageDraw


def _leaf(draw: _Draw, start: Point, angle: float, length: float, width: float, colour: Colour) -> None:
    """A leaf that bends down a little, its two halves catching the light differently."""
    ax, ay = math.cos(angle), math.sin(angle)
    spine, left, right = [], [], []
    for step in range(11):
        t = step / 10
        half = width * length * math.sin(math.pi * t**0.82) * (1 - 0.25 * t)
        x = start[0] + ax * length * t
        y = start[1] + ay * length * t + 0.16 * length * t * t
        spine.append((x, y))
        left.append((x - ay * half, y + ax * half))
        right.append((x + ay * half, y - ax * half))
    lighter, darker = mixed(colour, _SUNLIT, 0.28), mixed(colour, _DEEP, 0.3)
    draw.polygon([*spine, *reversed(left)], fill=(*(lighter if ax < 0 else darker), 255))
    draw.polygon([*spine, *reversed(right)], fill=(*(darker if ax < 0 else lighter), 255))
    if length > 24:
        draw.line(spine[:9], fill=(*mixed(colour, _SUNLIT, 0.55), 255), width=max(1, round(length / 60)))


def _depth_toned(random: Random, depth: float) -> Colour:
    """The colour of a leaf: dark deep in the crown (depth 0), light in front (1)."""
    base = mixed(_DEEP, _LEAF, min(1.0, depth * 1.4))
    return mixed(base, _SUNLIT, max(0.0, depth - 0.4) * random.uniform(0.2, 0.9))


def _fig(draw: _Draw, size: Size, random: Random) -> None:
    """A fiddle-leaf fig: a bare stem and a crown of broad leaves."""
    width, height = size
    foot, crown = (width / 2, height), height * 0.46
    top = (width * 0.52, height * 0.24)
    draw.line([foot, (width * 0.48, height * 0.6), top], fill=(86, 68, 50, 255), width=max(2, width // 46))
    count = 44
    for index in range(count):
        depth = index / count
        angle = random.uniform(math.pi * 1.02, math.pi * 1.98) if index % 3 else random.uniform(-0.3, 3.4)
        away = random.uniform(0.0, 0.15) * width
        start = (
            width / 2 + math.cos(angle) * away,
            crown + math.sin(angle) * away * 0.7 + random.uniform(-0.14, 0.2) * height,
        )
        _leaf(draw, start, angle, random.uniform(0.2, 0.26) * width, 0.3, _depth_toned(random, depth))


def _palm(draw: _Draw, size: Size, random: Random) -> None:
    """An areca palm: arching fronds of narrow leaves."""
    width, height = size
    for index in range(15):
        depth = index / 14
        lean = random.uniform(-1, 1)
        reach, rise = lean * width * 0.34, height * random.uniform(0.6, 0.88) * (1 - 0.28 * abs(lean))
        spine = []
        for step in range(15):
            t = step / 14
            spine.append(
                (width / 2 + reach * t**1.6, height - rise * (1 - (1 - t) ** 1.9) + 0.18 * height * t**4)
            )
        colour = _depth_toned(random, depth)
        draw.line(spine, fill=(*mixed(colour, _SUNLIT, 0.2), 255), width=max(2, width // 90))
        for step in range(4, 15):
            (x, y), (px, py) = spine[step], spine[step - 1]
            along = math.atan2(y - py, x - px)
            long = width * 0.165 * (1.15 - 0.6 * abs(step / 14 - 0.55))
            for side in (-0.75, 0.75):
                _leaf(draw, (x, y), along + side, long, 0.045, mixed(colour, (96, 104, 84), 0.25))


def _snake(draw: _Draw, size: Size, random: Random) -> None:
    """A snake plant: stiff upright blades."""
    width, height = size
    for index in range(12):
        depth = index / 11
        x = width * random.uniform(0.34, 0.66)
        tip = (
            x + (x - width / 2) * 0.9 + random.uniform(-0.04, 0.04) * width,
            height * random.uniform(0.02, 0.4),
        )
        wide = width * 0.055
        colour = _depth_toned(random, depth)
        bend = (x + (tip[0] - x) * 0.3, height * 0.55)
        blade = [
            (x - wide * 0.6, height),
            (bend[0] - wide, bend[1]),
            tip,
            (bend[0] + wide, bend[1]),
            (x + wide * 0.6, height),
        ]
        draw.polygon(blade, fill=(*colour, 255))
        draw.polygon(
            [(x, height), (bend[0], bend[1]), tip, (bend[0] + wide, bend[1]), (x + wide * 0.6, height)],
            fill=(*mixed(colour, _DEEP, 0.4), 255),
        )


def _olive(draw: _Draw, size: Size, random: Random) -> None:
    """A small olive tree: thin branches with many narrow leaves."""
    width, height = size
    draw.line(
        [(width * 0.5, height), (width * 0.47, height * 0.7), (width * 0.51, height * 0.4)],
        fill=(98, 84, 68, 255),
        width=max(2, width // 40),
    )
    for index in range(34):
        angle = random.uniform(math.pi * 0.95, math.pi * 2.05)
        start = (width * 0.5, height * random.uniform(0.36, 0.6))
        long = min(width * random.uniform(0.18, 0.38), start[1] * 0.76)
        _branch(draw, start, angle, long, random, depth=index / 33, leaf=0.075 * width, width=0.17)


def _branch(
    draw: _Draw,
    start: Point,
    angle: float,
    long: float,
    random: Random,
    *,
    depth: float,
    leaf: float,
    width: float,
    tone: Colour | None = None,
) -> None:
    end = (start[0] + math.cos(angle) * long, start[1] + math.sin(angle) * long)
    draw.line([start, end], fill=(96, 84, 62, 255), width=max(1, round(long / 70)))
    for step in range(3, 15):
        t = step / 14
        at = (start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t)
        turn = angle + (0.8 if step % 2 else -0.8) + random.uniform(-0.3, 0.3)
        colour = _depth_toned(random, depth)
        if tone is not None:
            colour = mixed(mixed(tone, _DEEP, 0.5 * (1 - depth)), _SUNLIT, 0.2 * random.random())
        _leaf(draw, at, turn, leaf * random.uniform(0.8, 1.25), width, colour)


def _eucalyptus(draw: _Draw, size: Size, random: Random) -> None:
    """Cut branches of eucalyptus: round grey-green leaves."""
    width, height = size
    for index in range(7):
        lean = (index - 3) / 3 + random.uniform(-0.15, 0.15)
        angle = -math.pi / 2 + 0.46 * lean
        long = height * random.uniform(0.66, 0.84) * (1 - 0.16 * abs(lean))
        _branch(
            draw,
            (width / 2, height),
            angle,
            long,
            random,
            depth=random.random(),
            leaf=0.15 * width,
            width=0.34,
            tone=(120, 140, 122),
        )


def _grasses(draw: _Draw, size: Size, random: Random) -> None:
    """Dried grasses with soft plumes."""
    width, height = size
    for _ in range(9):
        lean = random.uniform(-1, 1)
        tip = (width / 2 + lean * width * 0.36, height * random.uniform(0.06, 0.22))
        straw = mixed((198, 172, 130), (232, 214, 180), random.random())
        neck = (width / 2 + lean * width * 0.16, height * 0.5)
        draw.line([(width / 2, height), neck, tip], fill=(*mixed(straw, SHADOW, 0.2), 255), width=2)
        for _ in range(70):
            t = random.random()
            x = neck[0] + (tip[0] - neck[0]) * t
            y = neck[1] + (tip[1] - neck[1]) * t
            out = width * 0.06 * math.sin(math.pi * (0.15 + 0.85 * t)) * random.uniform(-1, 1)
            shade = mixed(straw, (150, 120, 84), random.random() * 0.5)
            draw.line([(x, y), (x + out, y - height * 0.03)], fill=(*shade, 255), width=2)


_Grow = Callable[[_Draw, Size, Random], None]

_KINDS: Final[Mapping[str, tuple[_Grow, Profile, float, float]]] = {
    "fig": (_fig, POT, 0.2, 0.78),
    "palm": (_palm, CYLINDER, 0.2, 1.1),
    "snake": (_snake, CYLINDER, 0.3, 0.62),
    "olive": (_olive, JUG, 0.22, 0.8),
    "eucalyptus": (_eucalyptus, BOTTLE, 0.42, 0.8),
    "grasses": (_grasses, JUG, 0.36, 0.72),
}
"""How each grows, in what, the pot's share of the whole height, and the width of the whole by its height."""


def plant(kind: str, height: int, pot: Colour, random: Random) -> Image.Image:
    """A plant in its pot, or branches in their vase, lit from the left.

    Args:
        kind: fig, palm, snake, olive, eucalyptus or grasses.
        height: in pixels, with the pot.
        pot: the pot's colour.
        random: how it grew.

    Returns:
        An RGBA cut-out; the pot stands in the middle of its lower edge.
    """
    grow, profile, pot_share, breadth = _KINDS[kind]
    size = (max(8, round(height * breadth)), max(8, height))
    pot_height = max(4, round(height * pot_share))
    above = height - pot_height + round(pot_height * 0.1)
    fine = Image.new("RGBA", (size[0] * _FINER, above * _FINER))
    grow(ImageDraw.Draw(fine), fine.size, random)
    leaves = fine.reduce(_FINER)
    whole = Image.new("RGBA", size)
    vessel = turned(pot_height, profile, pot, 0.16)
    whole.paste(vessel, ((size[0] - vessel.width) // 2, height - pot_height), vessel.getchannel("A"))
    whole.alpha_composite(leaves)
    colours = whole.convert("RGB")
    darken(colours, rightwards(size, -0.2, 1), 0.3)
    darken(colours, ImageChops.multiply(downwards(size, -0.3, 1), _leaves_only(size, leaves)), 0.4)
    colours.putalpha(whole.getchannel("A"))
    return colours


def _leaves_only(size: Size, leaves: Image.Image) -> Image.Image:
    """The outline of the leaves, in a mask of the whole plant."""
    mask = Image.new("L", size)
    mask.paste(leaves.getchannel("A"), (0, 0))
    return mask


def spray(length: int, random: Random) -> Image.Image:
    """A cut branch lying on a table: an RGBA cut-out of this height."""
    size = (round(length * 0.62), length)
    fine = Image.new("RGBA", (size[0] * _FINER, size[1] * _FINER))
    draw = ImageDraw.Draw(fine)
    foot = (fine.width * 0.5, fine.height * 0.98)
    for angle, share, depth in ((-1.95, 0.6, 0.4), (-1.2, 0.62, 0.7), (-1.58, 0.96, 1.0)):
        _branch(
            draw,
            foot,
            angle,
            fine.height * share,
            random,
            depth=depth,
            leaf=0.13 * fine.width,
            width=0.32,
            tone=(112, 134, 112),
        )
    return fine.reduce(_FINER)
