"""Windows with what is seen through them, and curtains."""

import math
from typing import Final

from PIL import Image, ImageFilter

from scene_studio.generation.rendering.drawing import (
    SHADOW,
    WHITE,
    Colour,
    Size,
    clouds,
    darken,
    dimmed,
    downwards,
    gradient,
    mixed,
    rounded,
    seeded,
    tinted,
)
from scene_studio.generation.rendering.stage import Stage

_NIGHT: Final[Colour] = (26, 34, 54)


def garden(size: Size, day: float, blur: float) -> Image.Image:
    """Greenery out of focus under a bright sky, or in the dark with far lights.

    Args:
        size: in pixels.
        day: how bright the sky is (0 to 1).
        blur: how far out of focus it is, in pixels.
    """
    random = seeded("garden")
    width, height = size
    view = gradient(size, (226, 236, 244), (246, 244, 232))
    for cell, low, tone in (
        (0.3, 0.25, (150, 168, 128)),
        (0.16, 0.42, (98, 124, 78)),
        (0.09, 0.62, (58, 82, 50)),
    ):
        crowns = clouds(size, (max(3.0, width * cell), max(3.0, height * cell)), random, 3)
        rising = downwards(size, -low, 1.5 - low)
        mask = Image.blend(crowns, rising, 0.55).point([max(0, min(255, (v - 122) * 7)) for v in range(256)])
        leaves = clouds(size, (max(2.0, width * 0.03), max(2.0, width * 0.03)), random, 2)
        foliage = tinted(leaves, mixed(tone, SHADOW, 0.5), tone, mixed(tone, (236, 240, 190), 0.6))
        view.paste(foliage, (0, 0), mask)
    view = view.filter(ImageFilter.GaussianBlur(max(1.0, blur)))
    for _ in range(46):
        radius = max(2.0, blur * random.uniform(0.5, 1.5))
        centre = (random.random() * width, height * random.uniform(0.25, 0.95))
        _bokeh(view, centre, radius, (255, 250, 222), random.uniform(0.06, 0.3))
    darken(view, Image.new("L", size, 255), (1 - day) * 0.86, _NIGHT)
    if day < 0.3:
        for _ in range(16):
            centre = (random.random() * width, height * random.uniform(0.35, 0.9))
            _bokeh(
                view,
                centre,
                max(2.0, blur * random.uniform(0.6, 1.3)),
                (255, 196, 116),
                random.uniform(0.3, 0.8),
            )
    return view


def _bokeh(
    picture: Image.Image, centre: tuple[float, float], radius: float, colour: Colour, strength: float
) -> None:
    """A point of light out of focus: a disc."""
    side = max(4, round(radius * 2.4))
    disc = rounded((side, side), side / 2)
    picture.paste(colour, (round(centre[0] - side / 2), round(centre[1] - side / 2)), dimmed(disc, strength))


def window(
    stage: Stage, x: float, y: float, z: float, width: float, height: float, *, dark_frame: bool = False
) -> None:
    """A window in the wall, given its lower left corner."""
    frame: Colour = (52, 50, 50) if dark_frame else (246, 244, 240)
    box = stage.frame(x - 0.06, y - 0.06, z, width + 0.12, height + 0.12)
    stage.shade_behind(box, stage.pixels(0.03, z), 0.25)
    stage.panel(box, frame, 0.1)
    glass = stage.frame(x, y, z, width, height)
    view = garden((glass[2] - glass[0], glass[3] - glass[1]), stage.light.day, stage.pixels(0.03, z))
    stage.picture.paste(view, glass[:2])
    bar = 0.022 if dark_frame else 0.04
    columns, rows = (3, 4) if dark_frame else (2, 2)
    for index in range(1, columns):
        stage.panel(stage.frame(x + width * index / columns - bar / 2, y, z, bar, height), frame, 0.2)
    for index in range(1, rows):
        stage.panel(stage.frame(x, y + height * index / rows - bar / 2, z, width, bar), frame, 0.2)
    stage.block(x - 0.1, y - 0.1, z - 0.08, width + 0.2, 0.04, 0.08, frame)
    if stage.light.day > 0.5:
        middle = ((glass[0] + glass[2]) / 2, (glass[1] + glass[3]) / 2)
        reach = ((glass[2] - glass[0]) * 1.3, (glass[3] - glass[1]) * 1.0)
        stage.shine(middle, reach, (255, 250, 238), 0.34 * stage.light.day)


def curtain(stage: Stage, x: float, z: float, width: float, top: float, colour: Colour) -> None:
    """A curtain that hangs to the floor, given its left edge."""
    box = stage.frame(x, 0.02, z, width, top)
    size = (box[2] - box[0], box[3] - box[1])
    folds = Image.new("L", (size[0], 1))
    waves = max(3.0, width / 0.07)
    phase = stage.random.uniform(0, 6)
    folds.putdata(
        [
            round(
                134
                + 66 * math.sin(math.tau * waves * (column / size[0]) + phase)
                + 30 * math.sin(math.tau * waves * 0.37 * (column / size[0]))
            )
            for column in range(size[0])
        ]
    )
    cloth = tinted(folds.resize(size), mixed(colour, SHADOW, 0.42), colour, mixed(colour, WHITE, 0.6))
    darken(cloth, downwards(size, -0.5, 1), 0.2)
    stage.shade_behind(box, stage.pixels(0.04, z), 0.3)
    stage.picture.paste(cloth, box[:2])
