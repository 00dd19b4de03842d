"""Rendering a whole room: wall, floor or table top, furniture, light, and the focus of the lens."""

from dataclasses import dataclass, replace
from typing import Final

from PIL import Image, ImageChops, ImageFilter

from scene_studio.generation.rendering.camera import Camera
from scene_studio.generation.rendering.decor import Surface
from scene_studio.generation.rendering.drawing import (
    SHADOW,
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
from scene_studio.generation.rendering.ground import Ground, ground_plane
from scene_studio.generation.rendering.interior import Interior
from scene_studio.generation.rendering.light import Light, drawn_light, light_levels, relit
from scene_studio.generation.rendering.stage import Stage
from scene_studio.generation.rendering.walls import mirror, paint_wall

_FAR_SCALE: Final = 0.5
"""The far part of the room is out of focus, so half the resolution is enough for it."""


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


def render(view: View, interior: Interior) -> Image.Image:
    """The room without the products: an RGB picture."""
    near = _sunlit(view, interior.light, _ground(view, interior))
    far = _far(view, interior, near)
    paint_wall(far, interior, view.wall)
    if not view.table and not interior.room.paper:
        # Both pictures show the same floor, of which the one is shown sharp and the other is not.
        for floor, camera in ((near, view.camera), (far.picture, far.camera)):
            mirror(floor, round(camera.row(view.wall)), far.picture, interior.decor.floor.gloss)
    left, right = far.camera.reach(view.wall)
    interior.room.furnish(Wall(far, view.wall, left, right, interior.richness, interior.props))
    room = _focused(view, near, far.picture)
    stage = Stage(room, view.camera, interior.light, interior.decor, seeded(f"{interior.seed} props"))
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


def _far(view: View, interior: Interior, ground: Image.Image) -> Stage:
    """What the part of the room behind the products is painted on, at half the size."""
    camera = view.camera.shrunk(_FAR_SCALE).lowered(view.table)
    if view.table:
        picture = Image.new("RGB", camera.size, scaled(interior.decor.floor.colour, 0.8))
    else:
        picture = ground.resize(camera.size, Image.Resampling.BILINEAR)
    return Stage(picture, camera, interior.light, interior.decor, seeded(f"{interior.seed} room"))


def _lit_room(room: Image.Image, light: Light) -> Image.Image:
    levels = light_levels(room.size, light, (0.36, 0.42), (0.95, 0.9))
    room = relit(room, levels)
    foot = downwards(room.size, -1.2, 0.8)
    darken(room, foot, 0.16, mixed(SHADOW, light.shade, 0.5))
    return room
