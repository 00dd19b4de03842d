"""Small things that stand about: books, candles, lamps, frames, folded cloth, bowls."""

import math
from random import Random
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scene_studio.generation.rendering.drawing import (
    WHITE,
    Colour,
    clouds,
    darken,
    downwards,
    glow,
    mixed,
    rightwards,
    rounded,
    scaled,
    soft_polygon,
)
from scene_studio.generation.rendering.pottery import BOWL, JUG, LAMP_FOOT, turned
from scene_studio.generation.rendering.stage import Stage

_PAPER: Final[Colour] = (240, 234, 220)
_WAX: Final[Colour] = (240, 230, 208)
_FLAME: Final[Colour] = (255, 196, 110)
LAMPLIGHT: Final[Colour] = (255, 206, 140)


def books(stage: Stage, x: float, y: float, z: float, count: int = 3) -> None:
    """A pile of books, their backs to the viewer."""
    palette = (*stage.decor.accents, _PAPER, stage.decor.fabric)
    stage.shade_at(x, y, z + 0.08, 0.3, 0.2, 0.6)
    for index in range(count):
        width = stage.random.uniform(0.19, 0.26)
        thick = stage.random.uniform(0.02, 0.036)
        left = x - width / 2 + stage.random.uniform(-0.012, 0.012)
        colour = stage.tone(palette[(index + stage.random.randrange(2)) % len(palette)], 0.2)
        box = stage.block(left, y, z, width, thick, 0.15, colour)
        title = stage.frame(left + width * 0.3, y + thick * 0.36, z, width * 0.34, thick * 0.24)
        stage.panel(title, mixed(colour, _PAPER, 0.6), 0.1)
        stage.picture.paste(scaled(colour, 0.45), (box[0], box[3] - 1, box[2], box[3]))
        y += thick


def upright_books(stage: Stage, x: float, y: float, z: float, width: float) -> None:
    """A row of books on a shelf, filling this width to the right of x."""
    palette = (*stage.decor.accents, _PAPER, stage.decor.fabric, stage.decor.timber, _PAPER)
    end = x + width
    while x < end - 0.02:
        thick = min(stage.random.uniform(0.018, 0.045), end - x)
        tall = stage.random.uniform(0.19, 0.27)
        colour = stage.tone(palette[stage.random.randrange(len(palette))], 0.25)
        stage.panel(stage.frame(x, y, z, thick * 0.94, tall), colour, 0.5)
        x += thick


CANDLES: Final = ((-0.1, 0.02, 0.12), (0.0, 0.06, 0.19), (0.09, 0.0, 0.085))
"""Of each of three candles: how far it stands to the right, how far back, and its height, in metres."""


def candles(stage: Stage, x: float, y: float, z: float, factor: float = 1.0) -> None:
    """Three candles of different heights, this much smaller than usual; they burn where lamps do."""
    for offset, deeper, tall in ((shift * factor, back, high * factor) for shift, back, high in CANDLES):
        radius = 0.035 * factor / tall
        wax = turned(stage.pixels(tall, z + deeper), ((0.0, radius), (1.0, radius)), _WAX, 0.08, hollow=False)
        stage.stand(wax, x + offset, y, z + deeper)
        tip = stage.camera.point(x + offset, y + tall * 0.985, z + deeper)
        scale = stage.camera.scale(z + deeper)
        wick = (round(tip[0] - scale * 0.0015), round(tip[1] - scale * 0.012))
        size = (max(1, round(scale * 0.003)), max(2, round(scale * 0.014)))
        stage.picture.paste((60, 50, 44), (*wick, wick[0] + size[0], wick[1] + size[1]))
        if stage.light.lamps:
            middle = (tip[0], tip[1] - scale * 0.022 * factor)
            stage.shine(middle, (scale * 0.13 * factor, scale * 0.13 * factor), LAMPLIGHT, 0.34)
            stage.shine(middle, (scale * 0.014 * factor, scale * 0.034 * factor), _FLAME, 1.0)
            stage.shine(middle, (scale * 0.008 * factor, scale * 0.022 * factor), WHITE, 1.0)


def bowl(stage: Stage, x: float, y: float, z: float, colour: Colour) -> None:
    """A low bowl."""
    stage.stand(turned(stage.pixels(0.075, z), BOWL, colour, 0.3), x, y, z)


def jug(stage: Stage, x: float, y: float, z: float, colour: Colour, height: float = 0.2) -> None:
    """A small jug."""
    stage.stand(turned(stage.pixels(height, z), JUG, colour, 0.35), x, y, z)


def table_lamp(stage: Stage, x: float, y: float, z: float, height: float = 0.46) -> None:
    """A lamp with a turned foot and a cloth shade."""
    foot = turned(stage.pixels(height * 0.55, z), LAMP_FOOT, stage.decor.pottery, 0.35, hollow=False)
    stage.stand(foot, x, y, z)
    _lampshade(stage, x, y + height * 0.52, z, height * 0.48)


def floor_lamp(stage: Stage, x: float, z: float, height: float = 1.55) -> None:
    """A lamp on a thin pole."""
    stage.floor_shade(x, z, 0.34, 0.34, 0.6)
    stage.block(x - 0.14, 0, z - 0.02, 0.28, 0.02, 0.2, stage.decor.metal)
    stage.panel(stage.frame(x - 0.011, 0, z, 0.022, height - 0.2), stage.decor.metal, 0.4)
    _lampshade(stage, x, height - 0.3, z, 0.3)


def _lampshade(stage: Stage, x: float, y: float, z: float, height: float) -> None:
    left, top = stage.camera.point(x - height * 0.72, y + height, z)
    right, bottom = stage.camera.point(x + height * 0.72, y, z)
    size = (max(4, round(right - left)), max(4, round(bottom - top)))
    burning = stage.light.lamps
    cloth = mixed(stage.decor.fabric, (250, 240, 222), 0.75)
    shade = Image.new("RGB", size, (244, 206, 150) if burning else cloth)
    if burning:
        darken(
            shade,
            glow(size, (size[0] / 2, size[1] * 0.62), (size[0] * 0.6, size[1] * 0.9)),
            0.75,
            (255, 244, 214),
        )
    else:
        darken(shade, rightwards(size, -0.4, 1), 0.4)
        darken(shade, glow(size, (size[0] * 0.32, size[1] / 2), (size[0] * 0.4, size[1])), 0.4, WHITE)
    outline = [(size[0] * 0.16, 0), (size[0] * 0.84, 0), (size[0], size[1]), (0, size[1])]
    stage.picture.paste(shade, (round(left), round(top)), soft_polygon(size, outline))
    if burning:
        scale = stage.camera.scale(z)
        middle = ((left + right) / 2, (top + bottom) / 2)
        stage.shine(middle, (scale * 0.8, scale * 0.7), LAMPLIGHT, 0.26)


def pendant(stage: Stage, x: float, y: float, z: float, colour: Colour, width: float = 0.42) -> None:
    """A lamp that hangs from the ceiling, its lower edge at this height."""
    tall = width * 0.5
    stage.panel(stage.frame(x - 0.005, y + tall, z, 0.01, 2.2), (40, 38, 38), 0)
    left, top = stage.camera.point(x - width / 2, y + tall, z)
    right, bottom = stage.camera.point(x + width / 2, y, z)
    size = (max(4, round(right - left)), max(4, round(bottom - top)))
    outline = [
        (size[0] * (0.5 - 0.5 * math.cos(math.pi * step / 24)), size[1] * (1 - math.sin(math.pi * step / 24)))
        for step in range(25)
    ]
    dome = Image.new("RGB", size, colour)
    darken(dome, rightwards(size, -0.5, 1), 0.5)
    darken(dome, glow(size, (size[0] * 0.3, size[1] * 0.5), (size[0] * 0.26, size[1] * 0.6)), 0.4, WHITE)
    stage.picture.paste(dome, (round(left), round(top)), soft_polygon(size, outline))
    if stage.light.lamps:
        scale = stage.camera.scale(z)
        middle = ((left + right) / 2, bottom)
        stage.shine(middle, (scale * 0.8, scale * 0.7), LAMPLIGHT, 0.5)
        stage.shine(middle, (size[0] * 0.5, size[1] * 0.2), (255, 240, 208), 0.9)


def picture_frame(stage: Stage, x: float, y: float, z: float, width: float, height: float) -> None:
    """A framed print on the wall, given its lower left corner."""
    box = stage.frame(x, y, z, width, height)
    scale = stage.camera.scale(z)
    stage.shade_behind(box, 0.02 * scale, 0.45)
    stage.panel(box, stage.decor.timber, 0.3)
    edge = max(1, round(0.016 * scale))
    sheet = (box[0] + edge, box[1] + edge, box[2] - edge, box[3] - edge)
    if sheet[2] - sheet[0] > 4 and sheet[3] - sheet[1] > 4:
        stage.picture.paste(print_of((sheet[2] - sheet[0], sheet[3] - sheet[1]), stage), sheet[:2])


def print_of(size: tuple[int, int], stage: Stage) -> Image.Image:
    """An abstract print in the accents of the room: a sun over hills, with a margin of paper."""
    width, height = size
    paper = Image.new("RGB", size, (246, 242, 232))
    margin = max(1, round(min(size) * 0.12))
    inner = (max(2, width - 2 * margin), max(2, height - 2 * margin))
    scene = Image.new("RGB", inner, mixed(stage.decor.accents[2], (250, 244, 232), 0.72))
    radius = inner[0] * 0.2
    middle = (inner[0] * stage.random.uniform(0.34, 0.66), inner[1] * 0.34)
    ImageDraw.Draw(scene).ellipse(
        (middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius),
        fill=stage.decor.accents[0],
    )
    hills = ((0.52, mixed(stage.decor.accents[2], stage.decor.accents[1], 0.4)), (0.68, stage.decor.accents[1]))
    for level, colour in hills:
        phase = stage.random.uniform(0, 6)
        ridge = [
            (inner[0] * step / 16, inner[1] * (level + 0.07 * math.sin(phase + step * 0.4)))
            for step in range(17)
        ]
        scene.paste(colour, (0, 0), soft_polygon(inner, [*ridge, (inner[0], inner[1] + 2), (0, inner[1] + 2)]))
    paper.paste(scene, (margin, margin))
    darken(paper, clouds(size, (9, 9), stage.random, 2), 0.05)
    return paper


def folded_cloth(stage: Stage, x: float, y: float, z: float, colour: Colour, width: float = 0.42) -> None:
    """A throw, folded in layers and laid down."""
    stage.shade_at(x, y, z + 0.1, width * 1.1, 0.3, 0.6)
    for index in range(4):
        wide = width * (1 - 0.03 * index)
        _fold(stage, x - wide / 2 + 0.01 * (index % 2), y + index * 0.034, z, wide, colour)


def _fold(stage: Stage, x: float, y: float, z: float, width: float, colour: Colour) -> None:
    box = stage.frame(x, y, z, width, 0.042)
    size = (box[2] - box[0], box[3] - box[1])
    cloth = woven(size, colour, stage.random)
    darken(cloth, downwards(size, -0.5, 1.2), 0.6)
    darken(cloth, rightwards(size, -0.6, 1), 0.3)
    stage.picture.paste(cloth, box[:2], rounded(size, size[1] / 2))


def woven(size: tuple[int, int], colour: Colour, random: Random) -> Image.Image:
    """Coarse knitted cloth."""
    cloth = Image.new("RGB", size, colour)
    darken(cloth, clouds(size, (4, 3), random, 2), 0.22)
    darken(cloth, clouds(size, (size[0] / 3 + 2, size[1] / 2 + 2), random, 2), 0.16, WHITE)
    return cloth


def draped_cloth(stage: Stage, x: float, y: float, z: float, size: tuple[float, float], colour: Colour) -> None:
    """A throw that hangs over an edge, given its lower left corner, its width and its height."""
    box = stage.frame(x, y, z, *size)
    pixels = (box[2] - box[0], box[3] - box[1])
    cloth = woven(pixels, colour, stage.random)
    folds = clouds(pixels, (max(2.0, pixels[0] * 0.22), pixels[1] * 2.0), stage.random, 2)
    darken(cloth, folds, 0.4)
    darken(cloth, downwards(pixels, -0.4, 1), 0.3)
    stage.shade_behind(box, 0.02 * stage.camera.scale(z), 0.4)
    mask = rounded(pixels, min(pixels) * 0.06)
    fringe = clouds(pixels, (3, pixels[1]), stage.random, 1)
    ragged = Image.new("L", pixels, 255)
    edge = max(1, round(pixels[1] * 0.06))
    ragged.paste(fringe.crop((0, 0, pixels[0], edge)).point([0] * 118 + [255] * 138), (0, pixels[1] - edge))
    stage.picture.paste(cloth, box[:2], ImageChops.multiply(mask, ragged).filter(ImageFilter.GaussianBlur(0.5)))
