"""What floors, walls and table tops are made of, seen straight on.

Each material is drawn at a scale of so many pixels a metre, so that boards and tiles have their real size
in every picture.
"""

import math
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scene_studio.generation.rendering.drawing import (
    SHADOW,
    WHITE,
    Colour,
    Size,
    clouds,
    darken,
    mixed,
    noise,
    scaled,
    stretched,
    tinted,
)
from scene_studio.generation.rendering.wood import herringbone, planks, table_boards, wide_planks

Material = Callable[[Size, float, Colour, Random], Image.Image]
"""Draws a surface: its size in pixels, pixels a metre, its colour on the whole, and the source of variation."""

_BICUBIC: Final = Image.Resampling.BICUBIC


def tiles(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """Large square floor tiles with narrow joints."""
    return _tiled(size, colour, random, (round(0.6 * scale), round(0.6 * scale)), max(1, round(0.004 * scale)))


def wall_tiles(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """Glazed upright tiles, as in kitchens and bathrooms."""
    return _tiled(
        size,
        colour,
        random,
        (round(0.075 * scale), round(0.2 * scale)),
        max(1, round(0.004 * scale)),
        glaze=0.5,
    )


def slabs(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """Stone slabs with broad joints, for outdoors."""
    stone = _tiled(size, colour, random, (round(0.8 * scale), round(0.5 * scale)), max(2, round(0.012 * scale)))
    darken(stone, stretched(clouds(size, (0.05 * scale, 0.05 * scale), random, 2), 1.4), 0.16)
    return stone


def _tiled(
    size: Size, colour: Colour, random: Random, tile: Size, joint: int, glaze: float = 0.15
) -> Image.Image:
    wide, high = max(6, tile[0]), max(6, tile[1])
    tones = Image.new("L", size, 128)
    joints = Image.new("L", size)
    draw, lines = ImageDraw.Draw(tones), ImageDraw.Draw(joints)
    for row, top in enumerate(range(0, size[1], high)):
        start = -(row % 2) * (wide // 2) if wide != high else 0
        for left in range(start, size[0], wide):
            level = round(random.gauss(128, 14 + 22 * glaze))
            draw.rectangle((left, top, left + wide, top + high), fill=level)
            lines.rectangle((left, top, left + wide, top + high), outline=255, width=joint)
    mottled = clouds(size, (wide * 0.7, high * 0.7), random, 3)
    surface = tinted(
        Image.blend(tones, mottled, 0.35),
        scaled(colour, 0.74),
        colour,
        mixed(colour, WHITE, 0.4 + 0.3 * glaze),
    )
    darken(surface, joints.filter(ImageFilter.GaussianBlur(0.7)), 0.45, scaled(colour, 0.6))
    shine = ImageChops.subtract(ImageChops.offset(joints, joint, joint), joints)
    darken(surface, shine.filter(ImageFilter.GaussianBlur(0.6)), 0.1 + 0.3 * glaze, WHITE)
    return surface


def concrete(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """Poured concrete, clouded and finely pitted."""
    levels = stretched(clouds(size, (0.7 * scale, 0.7 * scale), random, 4), 0.9)
    fine = noise((size[0] // 2, size[1] // 2), random).resize(size, _BICUBIC)
    surface = tinted(Image.blend(levels, fine, 0.16), scaled(colour, 0.72), colour, mixed(colour, WHITE, 0.35))
    pits = noise((size[0] // 2, size[1] // 2), random).point([0] * 253 + [150] * 3).resize(size, _BICUBIC)
    darken(surface, pits, 0.3)
    return surface


def plaster(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """Lime plaster, laid on in broad strokes."""
    broad = clouds(size, (0.5 * scale, 0.35 * scale), random, 4)
    strokes = clouds(size, (0.16 * scale, 0.05 * scale), random, 3)
    return tinted(Image.blend(broad, strokes, 0.35), scaled(colour, 0.86), colour, mixed(colour, WHITE, 0.32))


def paint(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """A painted wall: even, but for what a roller leaves."""
    levels = clouds(size, (0.9 * scale, 0.7 * scale), random, 2)
    return tinted(levels, scaled(colour, 0.965), colour, mixed(colour, WHITE, 0.1))


def brick(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """Bricks in running bond."""
    wide, high, joint = max(8, round(0.25 * scale)), max(4, round(0.083 * scale)), max(1, round(0.012 * scale))
    surface = concrete(size, scale, mixed(colour, (190, 184, 176), 0.75), random)
    tones = Image.new("L", size)
    draw = ImageDraw.Draw(tones)
    for row, top in enumerate(range(0, size[1], high)):
        for left in range(-(row % 2) * (wide // 2), size[0], wide):
            level = round(min(255, max(40, random.gauss(140, 30))))
            draw.rectangle((left + joint, top + joint, left + wide - 1, top + high - 1), fill=level)
    faces = tones.point([0] + [255] * 255)
    rough = Image.blend(tones, clouds(size, (0.06 * scale, 0.04 * scale), random, 3), 0.4)
    bricks = tinted(rough, scaled(colour, 0.5), colour, mixed(colour, (246, 214, 190), 0.45))
    surface.paste(bricks, (0, 0), faces)
    under = ImageChops.subtract(ImageChops.offset(faces, joint // 2 + 1, joint // 2 + 1), faces)
    darken(surface, under.filter(ImageFilter.GaussianBlur(0.7)), 0.45)
    return surface


def panelling(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """Upright painted boards with grooves."""
    surface = paint(size, scale, colour, random)
    step = max(6, round(0.14 * scale))
    groove = max(1, round(0.008 * scale))
    dark, bright = Image.new("L", size), Image.new("L", size)
    for left in range(step // 2, size[0], step):
        dark.paste(255, (left, 0, left + groove, size[1]))
        bright.paste(255, (left + groove, 0, left + 2 * groove, size[1]))
    darken(surface, dark.filter(ImageFilter.GaussianBlur(0.6)), 0.3)
    darken(surface, bright, 0.25, WHITE)
    return surface


def marble(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """Polished stone with veins."""
    surface = tinted(
        clouds(size, (0.4 * scale, 0.3 * scale), random, 4),
        scaled(colour, 0.9),
        colour,
        mixed(colour, WHITE, 0.5),
    )
    for width, strength, cell in ((5, 0.2, 0.55), (2, 0.3, 0.8), (9, 0.1, 0.3)):
        field = clouds(size, (cell * scale, cell * 0.6 * scale), random, 5)
        veins = field.point([max(0, 255 - abs(level - 128) * 255 // width) for level in range(256)])
        darken(surface, veins.filter(ImageFilter.GaussianBlur(0.8)), strength, mixed(colour, (92, 92, 96), 0.8))
    return surface


def linen(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """Woven cloth with soft creases."""
    across = noise((size[0] // 2, max(2, size[1] // 24)), random).resize(size, _BICUBIC)
    down = noise((max(2, size[0] // 24), size[1] // 2), random).resize(size, _BICUBIC)
    creases = clouds(size, (0.3 * scale, 0.14 * scale), random, 3)
    weave = Image.blend(Image.blend(across, down, 0.5), creases, 0.62)
    return tinted(weave, scaled(colour, 0.8), colour, mixed(colour, WHITE, 0.3))


def rug(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """A woven rug with a border and ribs."""
    width, height = size
    rib = max(3, round(0.018 * scale))
    tile = Image.new("L", (1, rib))
    tile.putdata([round(128 + 70 * math.sin(math.tau * row / rib)) for row in range(rib)])
    ribs = Image.new("L", size)
    column = Image.new("L", (1, height))
    for top in range(0, height, rib):
        column.paste(tile, (0, top))
    ribs.paste(column.resize(size), (0, 0))
    yarn = noise((width // 3 + 2, height // 2 + 2), random).resize(size, _BICUBIC)
    mottled = clouds(size, (0.3 * scale, 0.3 * scale), random, 3)
    levels = Image.blend(Image.blend(ribs, yarn, 0.55), mottled, 0.3)
    cloth = tinted(levels, scaled(colour, 0.66), colour, mixed(colour, WHITE, 0.38))
    border = Image.new("L", size)
    draw = ImageDraw.Draw(border)
    for inset in (0.12, 0.17):
        edge = round(inset * scale)
        if 2 * edge < min(size) - 4:
            line = max(2, round(0.02 * scale))
            draw.rectangle((edge, edge, width - edge - 1, height - edge - 1), outline=255, width=line)
    darken(cloth, border, 0.5, mixed(colour, SHADOW, 0.45))
    return cloth


MATERIALS: Final[Mapping[str, Material]] = {
    "planks": planks,
    "wide planks": wide_planks,
    "herringbone": herringbone,
    "tiles": tiles,
    "wall tiles": wall_tiles,
    "slabs": slabs,
    "concrete": concrete,
    "plaster": plaster,
    "paint": paint,
    "brick": brick,
    "panelling": panelling,
    "marble": marble,
    "linen": linen,
    "table boards": table_boards,
}
"""The materials by the names that styles and rooms use."""
