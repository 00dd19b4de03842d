"""What is at the back of a room: a wall, a garden, or a studio's paper."""

from typing import Final

from PIL import Image, ImageChops

from scene_studio.generation.rendering.camera import Camera
from scene_studio.generation.rendering.decor import Surface
from scene_studio.generation.rendering.drawing import (
    WHITE,
    between,
    darken,
    downwards,
    lit,
    mixed,
    scaled,
    seeded,
)
from scene_studio.generation.rendering.interior import Interior
from scene_studio.generation.rendering.light import drawn_light
from scene_studio.generation.rendering.materials import MATERIALS
from scene_studio.generation.rendering.openings import garden
from scene_studio.generation.rendering.stage import Stage

_SKIRTING: Final = 0.09
_PAPER_CURVE: Final = 0.9
"""How far before the wall a studio's paper begins to rise, in metres."""


def paint_wall(stage: Stage, interior: Interior, z: float) -> None:
    """Paint what is at the back of a room: its wall, a garden, or a studio's paper.

    Args:
        stage: what is painted on; the floor is there already.
        interior: what the room is made of.
        z: how far away the wall is.
    """
    edge = round(stage.camera.row(z))
    picture, light = stage.picture, interior.light
    width = picture.width
    size = (width, max(2, min(edge, picture.height)))
    scale = stage.camera.scale(z)
    if interior.room.outdoors:
        view = garden(size, light.day, 0.05 * scale)
        picture.paste(view, (0, 0))
        return
    surface = interior.decor.wall
    if interior.room.paper:
        surface = Surface("paint", interior.decor.wall.colour)
    wall = MATERIALS[surface.material](size, scale, surface.colour, seeded(f"{interior.seed} wall"))
    unit = 1.5 * scale
    focus = (width * 0.56, edge - 1.35 * scale)
    if light.drawn:
        mask = drawn_light(size, light, unit, focus)
        dark = Image.new("L", size, 255)
        darken(wall, ImageChops.subtract(dark, mask), 0.22 * light.drawn)
        wall = lit(wall, mask, scaled(light.key, 1.5), 0.3 * light.drawn)
    darken(wall, downwards(size, 0.5, 0), 0.12)
    if interior.room.paper:
        _sweep(picture, wall, stage.camera, z)
    else:
        picture.paste(wall, (0, 0))
        _foot(stage, surface, edge, scale)


def _foot(stage: Stage, surface: Surface, edge: int, scale: float) -> None:
    """The skirting board, and the corner between wall and floor, darker than the planes beside it."""
    picture, width = stage.picture, stage.picture.width
    if surface.material in {"paint", "plaster", "panelling"}:
        high = max(2, round(_SKIRTING * scale))
        board = (0, edge - high, width, edge)
        stage.panel(board, mixed(surface.colour, WHITE, 0.45), 0.08)
        picture.paste(scaled(surface.colour, 0.72), (0, edge - high - 1, width, edge - high))
    deep = max(3, round(0.3 * scale))
    corner = Image.new("L", picture.size)
    corner.paste(downwards((width, deep), 0, 1), (0, edge - deep))
    corner.paste(downwards((width, deep), 1, 0), (0, edge))
    darken(picture, corner, 0.2)


def _sweep(picture: Image.Image, wall: Image.Image, camera: Camera, z: float) -> None:
    """Paper that hangs down the wall and runs out over the floor in one curve, without an edge."""
    start, end = camera.row(z) + 2, camera.row(z - _PAPER_CURVE)
    tall = wall.resize(picture.size, Image.Resampling.BICUBIC)
    picture.paste(tall, (0, 0), ImageChops.invert(between(picture.size, start, max(start + 2, end))))


def mirror(floor: Image.Image, edge: int, room: Image.Image, gloss: float) -> None:
    """Mirror the wall in the floor before it.

    Args:
        floor: RGB, changed in place.
        edge: the row at which the floor begins.
        room: a picture of the same view, of any size, that shows the wall.
        gloss: how clearly (0 to 1).
    """
    width, height = floor.size
    depth = min(height - edge, edge)
    if depth < 4 or not gloss:
        return
    factor = room.height / height
    wall = room.crop((0, round((edge - depth) * factor), room.width, round(edge * factor)))
    image = wall.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((64, 24), Image.Resampling.BOX)
    image = image.resize((width, depth), Image.Resampling.BICUBIC)
    strength = min(0.6, gloss * 2.4)
    mask = downwards((width, depth), 1, 0.1).point([round(level * strength) for level in range(256)])
    floor.paste(image, (0, edge), mask)
