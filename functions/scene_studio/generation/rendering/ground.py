"""The floor or table top under the products, in perspective."""

import math
from typing import Final, NamedTuple

from PIL import Image, ImageFilter

from scene_studio.generation.rendering.camera import Camera
from scene_studio.generation.rendering.decor import Surface
from scene_studio.generation.rendering.drawing import Colour, darken, seeded
from scene_studio.generation.rendering.materials import MATERIALS, rug

_MOST_TEXTURE: Final = 1_500_000
"""No surface is drawn with more pixels than this, however much of it is seen."""


class Ground(NamedTuple):
    """A level surface under the products."""

    surface: Surface
    far: float
    """How far away it ends, in metres."""
    focus: float
    """How far away the products stand; there its texture is sharp."""
    rug: Colour | None = None
    """The colour of a rug under the products, or None for none."""
    group: tuple[float, float] = (0.0, 0.0)
    """The leftmost and the rightmost point of the products."""


def ground_plane(camera: Camera, ground: Ground, seed: str) -> Image.Image:
    """A level surface as the camera sees it, black beyond its far end."""
    near = camera.distance(camera.size[1] + 2)
    left, right = camera.reach(ground.far)
    area = (right - left) * max(0.05, ground.far - near)
    scale = min(camera.scale(ground.focus) * 1.05, math.sqrt(_MOST_TEXTURE / area))
    size = (max(8, round((right - left) * scale)), max(8, round((ground.far - near) * scale)))
    surface = ground.surface
    texture = MATERIALS[surface.material](size, scale, surface.colour, seeded(f"{seed} ground"))
    if ground.rug is not None:
        middle = ((sum(ground.group) / 2 - left) * scale, (ground.far - ground.focus) * scale)
        wide = max(2.4, 1.3 * (ground.group[1] - ground.group[0]))
        _lay_rug(texture, scale, middle, wide, ground.rug, seed)
    step = 1 / scale
    data = camera.plane((left, 0.0, ground.far), (step, 0.0, 0.0), (0.0, 0.0, -step))
    return texture.transform(camera.size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)


def _lay_rug(
    texture: Image.Image, scale: float, middle: tuple[float, float], wide: float, colour: Colour, seed: str
) -> None:
    size = (round(min(wide * scale, texture.width * 0.8)), round(1.5 * scale))
    cloth = rug(size, scale, colour, seeded(f"{seed} rug"))
    corner = (round(middle[0] - size[0] / 2), round(middle[1] - size[1] * 0.55))
    shade = Image.new("L", texture.size)
    shade.paste(255, (corner[0] - 2, corner[1] - 2, corner[0] + size[0] + 4, corner[1] + size[1] + 6))
    darken(texture, shade.filter(ImageFilter.GaussianBlur(max(1.0, 0.012 * scale))), 0.5)
    texture.paste(cloth, corner)
