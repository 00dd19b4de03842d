"""Rendering a whole room: wall, floor or table top, furniture, light, and the focus of the lens."""

import math
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from PIL import Image, ImageChops, ImageFilter

from scene_studio.generation.rendering.camera import Camera
from scene_studio.generation.rendering.decor import Surface
from scene_studio.generation.rendering.drawing import (
    SHADOW,
    WHITE,
    Colour,
    between,
    darken,
    downwards,
    lit,
    mixed,
    scaled,
    seeded,
)
from scene_studio.generation.rendering.foreground import dress
from scene_studio.generation.rendering.furnishings import Wall
from scene_studio.generation.rendering.interior import Interior
from scene_studio.generation.rendering.light import Light, drawn_light, light_levels, relit
from scene_studio.generation.rendering.materials import MATERIALS, rug
from scene_studio.generation.rendering.openings import garden
from scene_studio.generation.rendering.stage import Stage

_FAR_SCALE: Final = 0.5
"""The far part of the room is out of focus, so half the resolution is enough for it."""
_MOST_TEXTURE: Final = 1_500_000
_SKIRTING: Final = 0.09
_CEILING: Final = 2.75
_PAPER_CURVE: Final = 0.9
"""How far before the wall a studio's paper begins to rise, in metres."""


@dataclass(frozen=True, slots=True)
class View:
    """What is seen of a room.

    Attributes:
        camera: its heights count from the surface on which the products stand.
        focus: how far away the products stand, in metres.
        wall: how far away the back wall is.
        table: how high the table is on which the products stand; 0 where they stand on the floor.
        edge: how far away the table's far edge is.
        small: whether the products are things for a table, wherever they stand.
        aperture: of the lens, in metres; the wider, the less of the room is sharp.
        group: the leftmost and the rightmost point of the products, in metres.
    """

    camera: Camera
    focus: float
    wall: float
    table: float
    edge: float
    small: bool
    aperture: float
    group: tuple[float, float] = (0.0, 0.0)

    def blur(self, distance: float) -> float:
        """How far out of focus things at this distance are: the radius of a blur in pixels."""
        return self.aperture * self.camera.focal * abs(distance - self.focus) / (self.focus * distance) / 2

    def mirrored(self) -> "View":
        """The same view in a mirror."""
        return replace(self, group=(-self.group[1], -self.group[0]))


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


def render(view: View, interior: Interior) -> Image.Image:
    """The room without the products: an RGB picture."""
    near = _sunlit(view, interior.light, _ground(view, interior))
    far = _far(view, interior, near)
    room = _focused(view, near, far)
    random = seeded(f"{interior.seed} props")
    stage = Stage(room, view.camera, interior.light, interior.decor, random)
    props = interior.props - {"lamp"} if interior.room.own_lamp and not view.small else interior.props
    dress(stage, props, view.group, view.focus, on_table=view.small, blur=view.blur)
    return _lit_room(room, interior.light)


def _focused(view: View, near: Image.Image, far: Image.Image) -> Image.Image:
    """Near and far as the lens sees them: sharp where the products stand."""
    size = view.camera.size
    blurred = far.filter(ImageFilter.GaussianBlur(max(0.8, view.blur(view.wall) * _FAR_SCALE)))
    room = blurred.resize(size, Image.Resampling.BICUBIC)
    if view.table:
        ground = _unsharp_ends(view, near)
        edge = view.camera.row(view.edge)
        soft = max(1.0, view.blur(view.edge))
        return Image.composite(ground, room, between(size, edge - soft, edge + soft))
    furniture_front = max(view.focus + 0.25, view.wall - 1.5)
    start, end = view.camera.row(furniture_front), view.camera.row(view.focus + 0.15)
    return Image.composite(_unsharp_ends(view, near), room, between(size, start, max(start + 2, end)))


def _unsharp_ends(view: View, ground: Image.Image) -> Image.Image:
    """The ground, losing its sharpness towards the viewer and into the room."""
    height = view.camera.size[1]
    last = view.edge if view.table else view.wall
    radii = [
        view.blur(min(last, view.camera.distance(row))) if row > view.camera.horizon else 0.0
        for row in range(height)
    ]
    most = max(radii)
    if most < 1:
        return ground
    column = bytes(round(255 * min(1.0, max(0.0, (radius - 0.6) / (most * 0.8)))) for radius in radii)
    mask = Image.frombytes("L", (1, height), column).resize(ground.size)
    return Image.composite(ground.filter(ImageFilter.GaussianBlur(most * 0.8)), ground, mask)


def _ground(view: View, interior: Interior) -> Image.Image:
    """The floor or table top in perspective, on a picture that is black above its far edge."""
    surface = interior.decor.table if view.table else interior.decor.floor
    if interior.room.paper:
        surface = Surface("paint", interior.decor.wall.colour, 0.05)
    ground = Ground(surface, view.edge if view.table else view.wall, view.focus)
    if "rug" in interior.props and not view.small:
        ground = ground._replace(rug=mixed(interior.decor.fabric, (232, 222, 204), 0.5), group=view.group)
    return ground_plane(view.camera, ground, interior.seed)


def _sunlit(view: View, light: Light, ground: Image.Image) -> Image.Image:
    """The ground with what the light draws on it."""
    if not light.drawn:
        return ground
    camera, side = view.camera, 256
    # The same window that shows on the wall, laid on the ground behind the products.
    seen = camera.size[0] / camera.scale(view.focus)
    step = 1.5 * seen / side
    mask = drawn_light((side, side), light, side * 0.72, (side / 2, side / 2))
    left, far = -0.95 * seen, view.focus + 0.95 * seen
    data = camera.plane((left, 0.0, far), (step, 0.0, 0.0), (step * 0.12, 0.0, -step))
    fallen = mask.transform(camera.size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BILINEAR)
    darken(ground, ImageChops.invert(fallen), 0.16 * light.drawn)
    return lit(ground, fallen, scaled(light.key, 1.45), 0.34 * light.drawn)


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


def _far(view: View, interior: Interior, ground: Image.Image) -> Image.Image:
    """What is behind the products, at half the size: wall, floor and furniture."""
    camera = view.camera.shrunk(_FAR_SCALE).lowered(view.table)
    if view.table:
        picture = Image.new("RGB", camera.size, scaled(interior.decor.floor.colour, 0.8))
    else:
        picture = ground.resize(camera.size, Image.Resampling.BILINEAR)
    stage = Stage(picture, camera, interior.light, interior.decor, seeded(f"{interior.seed} room"))
    edge = round(camera.row(view.wall))
    _wall(stage, interior, view.wall, edge)
    if not interior.room.paper:
        _mirror(picture, edge, interior.decor.floor.gloss)
    left, right = camera.reach(view.wall)
    interior.room.furnish(Wall(stage, view.wall, left, right, interior.richness, interior.props))
    return picture


def _wall(stage: Stage, interior: Interior, z: float, edge: int) -> None:
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
        return
    picture.paste(wall, (0, 0))
    if surface.material in {"paint", "plaster", "panelling"}:
        high = max(2, round(_SKIRTING * scale))
        board = (0, edge - high, width, edge)
        stage.panel(board, mixed(surface.colour, WHITE, 0.45), 0.08)
        picture.paste(scaled(surface.colour, 0.72), (0, edge - high - 1, width, edge - high))
    # The corner between wall and floor is darker than the planes beside it.
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


def _mirror(picture: Image.Image, edge: int, gloss: float) -> None:
    """The wall, mirrored in the floor before it."""
    width, height = picture.size
    depth = min(height - edge, edge)
    if depth < 4 or not gloss:
        return
    image = picture.crop((0, edge - depth, width, edge)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    image = image.resize((width // 4, max(2, depth // 12))).resize((width, depth), Image.Resampling.BICUBIC)
    mask = downwards((width, depth), 1, 0.1).point(
        [round(level * min(0.6, gloss * 2.4)) for level in range(256)]
    )
    picture.paste(image, (0, edge), mask)


def _lit_room(room: Image.Image, light: Light) -> Image.Image:
    levels = light_levels(room.size, light, (0.36, 0.42), (0.95, 0.9))
    room = relit(room, levels)
    foot = downwards(room.size, -1.2, 0.8)
    darken(room, foot, 0.16, mixed(SHADOW, light.shade, 0.5))
    return room
