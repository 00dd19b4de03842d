"""Furniture, each piece given where the middle of its front stands."""

from scene_studio.generation.rendering.drawing import WHITE, Colour, darken, mixed, rightwards, scaled
from scene_studio.generation.rendering.objects import upright_books
from scene_studio.generation.rendering.plants import plant
from scene_studio.generation.rendering.pottery import JUG, turned
from scene_studio.generation.rendering.stage import Stage


def sofa(stage: Stage, x: float, z: float, width: float = 2.0, *, cushions: bool = True) -> None:
    """A sofa of two seats."""
    fabric, left = stage.decor.fabric, x - width / 2
    stage.floor_shade(x, z + 0.35, width * 1.05, 1.0, 0.75)
    for foot in (left + 0.1, left + width - 0.15):
        stage.block(foot, 0, z + 0.04, 0.05, 0.14, 0.05, scaled(stage.decor.timber, 0.7))
    stage.cushion(left + 0.06, 0.3, z + 0.6, width - 0.12, 0.52, scaled(fabric, 0.88), 0.1)
    seat = (width - 0.36) / 2
    for index in (0, 1):
        stage.cushion(left + 0.18 + index * seat, 0.36, z + 0.46, seat, 0.46, fabric, 0.1)
    stage.cushion(left + 0.04, 0.12, z + 0.02, width - 0.08, 0.2, scaled(fabric, 0.8), 0.04)
    for index in (0, 1):
        stage.cushion(left + 0.17 + index * seat, 0.27, z, seat, 0.19, mixed(fabric, WHITE, 0.1), 0.07)
    for arm in (left, left + width - 0.2):
        stage.cushion(arm, 0.1, z - 0.02, 0.2, 0.5, mixed(fabric, WHITE, 0.03), 0.08)
    if cushions:
        stage.cushion(left + 0.24, 0.4, z + 0.2, 0.42, 0.4, stage.decor.accents[0], 0.12)
        stage.cushion(left + width - 0.68, 0.4, z + 0.2, 0.42, 0.38, stage.decor.accents[1], 0.12)


def armchair(stage: Stage, x: float, z: float) -> None:
    """An upholstered chair with arms."""
    fabric = mixed(stage.decor.accents[1], stage.decor.fabric, 0.35)
    stage.floor_shade(x, z + 0.3, 0.85, 0.8, 0.7)
    for foot in (x - 0.32, x + 0.27):
        stage.block(foot, 0, z + 0.04, 0.05, 0.2, 0.05, stage.decor.timber)
    stage.cushion(x - 0.36, 0.34, z + 0.5, 0.72, 0.5, scaled(fabric, 0.92), 0.14)
    stage.cushion(x - 0.34, 0.18, z, 0.68, 0.26, fabric, 0.07)
    for arm in (x - 0.42, x + 0.28):
        stage.cushion(arm, 0.18, z - 0.02, 0.14, 0.42, scaled(fabric, 0.97), 0.06)


def bed(stage: Stage, x: float, z: float, width: float = 1.7) -> None:
    """A bed, seen from its foot end, with a tall headboard."""
    left, linen = x - width / 2, (238, 234, 226)
    stage.floor_shade(x, z + 0.6, width * 1.1, 1.6, 0.7)
    head = stage.block(left - 0.06, 0.1, z + 1.9, width + 0.12, 1.1, 0.06, stage.decor.timber)
    stage.shade_behind(head, 4, 0.2)
    for pillow, colour in ((left + 0.12, linen), (left + width - 0.78, linen)):
        stage.cushion(pillow, 0.52, z + 1.6, 0.66, 0.42, colour, 0.16)
    for pillow, colour in ((left + 0.3, stage.decor.accents[1]), (left + width - 0.76, stage.decor.accents[0])):
        stage.cushion(pillow, 0.52, z + 1.4, 0.46, 0.34, colour, 0.14)
    stage.block(left, 0.05, z + 0.02, width, 0.28, 1.9, scaled(stage.decor.timber, 0.8))
    top = [
        (left, 0.56, z + 0.05),
        (left + width, 0.56, z + 0.05),
        (left + width, 0.56, z + 1.7),
        (left, 0.56, z + 1.7),
    ]
    stage.polygon(top, linen)
    stage.cushion(left - 0.02, 0.24, z, width + 0.04, 0.36, linen, 0.08)
    stage.cushion(left - 0.03, 0.3, z - 0.01, width + 0.06, 0.31, stage.decor.fabric, 0.06)


def cabinet(
    stage: Stage,
    x: float,
    z: float,
    width: float,
    height: float = 0.7,
    *,
    doors: int = 3,
    colour: Colour | None = None,
) -> None:
    """A sideboard on legs, with doors."""
    timber = colour or stage.decor.timber
    left, legs = x - width / 2, 0.14
    stage.floor_shade(x, z + 0.2, width * 1.03, 0.6, 0.7)
    for foot in (left + 0.08, left + width - 0.12):
        stage.block(foot, 0, z + 0.04, 0.04, legs, 0.04, scaled(timber, 0.6))
    stage.block(left, legs, z, width, height - legs, 0.42, timber)
    _doors(stage, left, legs, z, width, height - legs, doors, timber)


def _doors(
    stage: Stage, left: float, y: float, z: float, width: float, height: float, doors: int, colour: Colour
) -> None:
    each = width / doors
    for index in range(doors):
        box = stage.frame(left + index * each + 0.008, y + 0.012, z, each - 0.016, height - 0.024)
        size = (box[2] - box[0], box[3] - box[1])
        stage.panel(box, stage.tone(colour, 0.06), 0.18)
        seam = (box[2], box[1], box[2] + max(1, size[0] // 40), box[3])
        stage.picture.paste(scaled(colour, 0.45), seam)
        knob = stage.frame(left + (index + 0.86) * each, y + height * 0.62, z, 0.014, 0.09)
        stage.panel(knob, stage.decor.metal, 0.3)


def table(stage: Stage, x: float, z: float, width: float, height: float = 0.74, depth: float = 0.8) -> None:
    """A table on four legs."""
    timber, left = stage.decor.timber, x - width / 2
    stage.floor_shade(x, z + depth / 2, width, depth, 0.5)
    for back in (depth - 0.1, 0.04):
        for foot in (left + 0.06, left + width - 0.12):
            stage.block(
                foot, 0, z + back, 0.06, height - 0.03, 0.06, scaled(timber, 0.85 if back < 0.1 else 0.6)
            )
    stage.block(left, height - 0.04, z, width, 0.04, depth, timber)


def dining_chair(stage: Stage, x: float, z: float, colour: Colour) -> None:
    """A simple chair, seen from behind or in front."""
    stage.floor_shade(x, z + 0.2, 0.46, 0.44, 0.5)
    for back in (0.38, 0.02):
        for foot in (x - 0.2, x + 0.17):
            stage.block(foot, 0, z + back, 0.035, 0.45, 0.035, scaled(colour, 0.9 if back < 0.1 else 0.65))
    for post in (x - 0.2, x + 0.17):
        stage.block(post, 0.45, z + 0.4, 0.032, 0.4, 0.03, colour)
    stage.cushion(x - 0.2, 0.6, z + 0.4, 0.4, 0.24, colour, 0.04)
    stage.block(x - 0.22, 0.43, z, 0.44, 0.045, 0.42, colour)


def shelf(stage: Stage, x: float, y: float, z: float, width: float, *, books: bool = True) -> None:
    """A board on the wall with books and pottery on it."""
    left = x - width / 2
    box = stage.block(left, y, z - 0.22, width, 0.035, 0.22, stage.decor.timber)
    stage.shade_behind((box[0], box[3], box[2], box[3] + stage.pixels(0.05, z)), 4, 0.3)
    stage.block(left, y, z - 0.22, width, 0.035, 0.22, stage.decor.timber)
    top, front = y + 0.035, z - 0.12
    if books:
        upright_books(stage, left + 0.06, top, front, width * 0.4)
    pot = turned(stage.pixels(0.2, front), JUG, stage.decor.pottery, 0.3)
    stage.stand(pot, left + width * 0.62, top, front)
    green = plant("eucalyptus", stage.pixels(0.36, front), stage.decor.accents[2], stage.random)
    stage.stand(green, left + width * 0.84, top, front)


def bookcase(stage: Stage, x: float, z: float, width: float = 1.0, height: float = 2.0) -> None:
    """An open case full of books."""
    left, timber = x - width / 2, stage.decor.timber
    stage.floor_shade(x, z + 0.15, width, 0.5, 0.7)
    stage.block(left, 0, z, width, height, 0.32, timber)
    tiers = 5
    each = (height - 0.05) / tiers
    for tier in range(tiers):
        y = 0.05 + tier * each
        hollow = stage.frame(left + 0.035, y, z, width - 0.07, each - 0.04)
        stage.panel(hollow, scaled(timber, 0.42), 0.3)
        start = left + 0.05 + 0.25 * stage.random.random()
        upright_books(stage, start, y, z, (left + width - 0.08 - start) * stage.random.uniform(0.5, 0.95))


def kitchen_run(stage: Stage, z: float, reach: tuple[float, float], worktop: Colour) -> None:
    """Base units along the whole wall with a worktop, and wall units at the right."""
    left, right = reach[0] - 0.2, reach[1] + 0.2
    colour = mixed(stage.decor.fabric, stage.decor.accents[1], 0.45)
    stage.block(left, 0, z - 0.56, right - left, 0.1, 0.5, (54, 50, 48))
    stage.block(left, 0.1, z - 0.6, right - left, 0.76, 0.6, colour)
    count = max(2, round((right - left) / 0.6))
    _doors(stage, left, 0.1, z - 0.6, right - left, 0.76, count, colour)
    stage.block(left, 0.86, z - 0.63, right - left, 0.04, 0.63, worktop)


def bathtub(stage: Stage, x: float, z: float, width: float = 1.7) -> None:
    """A free-standing bath."""
    white = (244, 243, 240)
    stage.floor_shade(x, z + 0.3, width, 0.8, 0.7)
    inside = [(x - width / 2, 0.58, z + 0.1), (x + width / 2, 0.58, z + 0.1), (x + width / 2, 0.58, z + 0.7)]
    stage.polygon([*inside, (x - width / 2, 0.58, z + 0.7)], (206, 206, 204))
    stage.cushion(x - width / 2, 0.02, z, width, 0.58, white, 0.26)
    rim = stage.frame(x - width / 2 - 0.02, 0.56, z, width + 0.04, 0.035)
    stage.panel(rim, (252, 251, 249), 0.1)


def vanity(stage: Stage, x: float, z: float, width: float = 1.0) -> None:
    """A washstand with a basin and a round-cornered mirror above it."""
    left = x - width / 2
    stage.block(left, 0.3, z - 0.45, width, 0.5, 0.45, stage.decor.timber)
    _doors(stage, left, 0.3, z - 0.45, width, 0.5, 2, stage.decor.timber)
    stage.block(left - 0.02, 0.8, z - 0.47, width + 0.04, 0.03, 0.47, (236, 234, 230))
    stage.cushion(x - 0.24, 0.83, z - 0.36, 0.48, 0.14, (248, 247, 244), 0.06)
    glass = stage.frame(left + 0.1, 1.12, z, width - 0.2, 0.9)
    stage.shade_behind(glass, 5, 0.35)
    stage.panel(glass, (214, 220, 222), 0.25)
    shine = (glass[2] - glass[0], glass[3] - glass[1])
    surface = stage.picture.crop(glass)
    darken(surface, rightwards(shine, 1, 0), 0.45, WHITE)
    stage.picture.paste(surface, glass[:2])
    tap = stage.frame(x - 0.012, 0.95, z - 0.1, 0.024, 0.16)
    stage.panel(tap, stage.decor.metal, 0.3)
