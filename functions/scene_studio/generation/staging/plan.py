"""Where the camera stands and where the products do: pure calculation, before a pixel is drawn."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from scene_studio.generation.rendering.backdrop import View
from scene_studio.generation.rendering.camera import Camera
from scene_studio.generation.rendering.decor import chosen
from scene_studio.generation.rendering.drawing import Size, seeded
from scene_studio.generation.staging.layout import Figure, Spot, arrange, comparable, moved
from scene_studio.generation.staging.sizes import real_size
from scene_studio.model.settings import Placement, ResolvedSettings

_MOST_VARIETY: Final = 10
_SCENE_FLOOR_TOP: Final = 0.66
"""Where the floor of a scene picture is taken to begin: in nearly all of them it fills the lowest third."""

_FOCAL: Final = 1.7
"""Distance from lens to picture, by the side of a square picture of the same area: a portrait lens."""
_FEW: Final = 4
_STAND: Final = 0.46
_LARGE: Final = 0.75
"""What is this high, in metres, needs no stand beside furniture."""
_DEPTH: Final = 0.5
"""How much floor there is behind products, as a share of their distance; never less than a few steps."""
_CROWD_DEPTH: Final = 0.75
_APERTURE: Final = 0.03
_FRAME: Final = 0.6
"""How much of a picture without products is a metre, as a share of its side."""


class _Angle(NamedTuple):
    horizon: float
    """The row of the horizon, as a share of the height."""
    ground: float
    """The row on which the foremost products stand, likewise."""


_ANGLES: Final[Mapping[str, _Angle | None]] = {
    "top": None,
    "overhead": None,
    "flat lay": None,
    "bird": None,
    "low": _Angle(0.75, 0.87),
    "high": _Angle(-0.16, 0.82),
    "straight": _Angle(0.54, 0.84),
    "front": _Angle(0.54, 0.84),
}
_EYE_LEVEL: Final = _Angle(0.36, 0.86)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything is.

    Attributes:
        view: what the camera sees, or None where it looks straight down.
        spots: where products stand, those at the back first.
        figures: the products in metres, in the order of the request.
        on_table: whether they stand on a table.
        scale: pixels a metre where the foremost product stands.
    """

    view: View | None
    spots: tuple[Spot, ...]
    figures: tuple[Figure, ...]
    on_table: bool
    scale: float


def looseness(settings: ResolvedSettings) -> float:
    """How far a seed may move things (0 not at all, to 1)."""
    return settings.variety_level / _MOST_VARIETY


def plan(
    settings: ResolvedSettings,
    names: Sequence[str],
    shapes: Sequence[float],
    size: Size,
    *,
    seed: int,
    in_scene: bool,
    table_height: float,
) -> Plan:
    """Where camera and products are in the picture that these settings ask for.

    Args:
        settings: camera angle, variety level and placement decide.
        names: of the products.
        shapes: the width of each cut-out divided by its height.
        size: of the picture, in pixels.
        seed: of what varies.
        in_scene: whether the background is a picture that was given.
        table_height: how high a table is in this room, in metres; 0 for a room without one.
    """
    loose = looseness(settings)
    angle = chosen(settings.camera_angle, _ANGLES, _EYE_LEVEL)
    figures, on_table = staged(names, shapes, stands=angle is not None and not in_scene)
    random = seeded(f"{seed} places")
    if in_scene:
        camera = _scene_camera(size)
        spots = arrange(figures, size, (_SCENE_FLOOR_TOP + 0.06, 0.9), loose, random)
        return _placed(settings.placement, spots, figures, size, camera, wall=9.0, table=0.0, on_table=False)
    if angle is None:
        spots = _centred(arrange(figures, size, (0.05, 0.9), loose, random), size)
        scale = spots[0].scale if spots else _FRAME * min(size)
        return Plan(None, _moved(settings.placement, spots, size), figures, on_table, scale)
    crowd = max(0, len(figures) - _FEW)
    horizon = angle.horizon - 0.05 * crowd + loose * random.uniform(-0.02, 0.02)
    if crowd:
        horizon = min(horizon, 0.3 - 0.04 * crowd)
    behind = _CROWD_DEPTH if crowd else _DEPTH
    ground_top = horizon + (angle.ground - horizon) / (1 + behind) + 0.02
    spots = arrange(figures, size, (ground_top, angle.ground), loose, random)
    scale = max((spot.scale for spot in spots), default=_FRAME * math.sqrt(size[0] * size[1]))
    focal = _FOCAL * math.sqrt(size[0] * size[1])
    eye = (angle.ground - horizon) * size[1] / scale
    camera = Camera(size, focal, size[0] / 2, horizon * size[1], eye)
    table = table_height if on_table else 0.0
    wall = focal / scale + (2.2 if table else max(1.7, behind * focal / scale))
    return _placed(settings.placement, spots, figures, size, camera, wall=wall, table=table, on_table=on_table)


def staged(names: Sequence[str], shapes: Sequence[float], *, stands: bool) -> tuple[tuple[Figure, ...], bool]:
    """The products at sizes that go together, and whether a table is what they stand on.

    Beside furniture small things get a stand of their own.

    Args:
        names: of the products.
        shapes: the width of each cut-out divided by its height.
        stands: whether stands can be put up.
    """
    sizes = [real_size(name, shape) for name, shape in zip(names, shapes, strict=True)]
    on_table = bool(sizes) and not any(size.on_floor for size in sizes)
    figures = comparable([Figure(index, size.width, size.height) for index, size in enumerate(sizes)])
    if on_table or not stands or len(figures) > _FEW:
        return figures, on_table
    return (
        tuple(
            figure
            if size.on_floor or figure.height > _LARGE
            else Figure(figure.index, figure.width, figure.height, _STAND, max(0.3, figure.width * 1.2))
            for figure, size in zip(figures, sizes, strict=True)
        ),
        False,
    )


def _placed(
    placement: Placement | None,
    spots: tuple[Spot, ...],
    figures: tuple[Figure, ...],
    size: Size,
    camera: Camera,
    *,
    wall: float,
    table: float,
    on_table: bool,
) -> Plan:
    spots = _moved(placement, spots, size)
    scale = max((spot.scale for spot in spots), default=_FRAME * math.sqrt(size[0] * size[1]))
    foremost = max((spot.ground for spot in spots), default=round(0.86 * size[1]))
    focus = min(wall * 0.8, camera.distance(max(foremost, camera.horizon + 8)))
    reach = (
        (
            (min(spot.left for spot in spots) - camera.centre) * focus / camera.focal,
            (max(spot.right for spot in spots) - camera.centre) * focus / camera.focal,
        )
        if spots
        else (-0.2, 0.2)
    )
    deep = 0.4 if len(figures) <= _FEW else 0.75
    aperture = min(_APERTURE, _APERTURE * focus / 1.3)
    view = View(camera, focus, wall, table, focus * (1 + deep), on_table, aperture, reach)
    return Plan(view, spots, figures, on_table, scale)


def _moved(placement: Placement | None, spots: tuple[Spot, ...], size: Size) -> tuple[Spot, ...]:
    if placement is None:
        return spots
    x = None if placement.x is None else placement.x * size[0]
    y = None if placement.y is None else placement.y * size[1]
    return moved(spots, x, y, placement.scale)


def _centred(spots: tuple[Spot, ...], size: Size) -> tuple[Spot, ...]:
    """The spots as one group in the middle of the picture's height."""
    if not spots:
        return ()
    top, bottom = min(spot.top for spot in spots), max(spot.ground for spot in spots)
    return moved(spots, None, bottom + (size[1] - top - bottom) / 2, None)


def _scene_camera(size: Size) -> Camera:
    """The camera that a scene picture is taken to be made with."""
    horizon = 0.4 * size[1]
    focal = _FOCAL * math.sqrt(size[0] * size[1])
    return Camera(size, focal, size[0] / 2, horizon, 1.1)
