"""A plain rendered room, for when no scene picture was chosen."""

import random as randomness
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeVar

from PIL import Image, ImageChops, ImageFilter

from scene_studio.generation.drawing import (
    SHADOW,
    Colour,
    Size,
    boards,
    darken,
    dimmed,
    downwards,
    glow,
    grained,
    in_perspective,
    lit,
    mixed,
    noise,
    soft_polygon,
)
from scene_studio.model.settings import ResolvedSettings

Choice = TypeVar("Choice")


class _Floor(NamedTuple):
    colour: Colour
    boards: int
    """How many boards lie side by side at the wall; 0 for a floor in one piece."""


class _Light(NamedTuple):
    colour: Colour
    exposure: float
    """How bright the room is on the whole; 1 leaves its colours as they are."""
    pool: float
    """How much brighter the lit part of the wall is than the rest (0 to 1)."""
    window: float
    """How clearly a window's panes show on the wall (0 to 1)."""


# Settings are free text. A word of the suggestions found anywhere in one decides; anything else is neutral.
_WALLS: Final[Mapping[str, Colour]] = {
    "warm": (226, 204, 182),
    "cool": (198, 210, 217),
    "earth": (196, 178, 152),
    "pastel": (230, 209, 211),
    "mono": (206, 206, 206),
    "dark": (92, 92, 96),
    "green": (178, 190, 168),
    "blue": (176, 194, 210),
}
_NEUTRAL_WALL: Final[Colour] = (221, 215, 205)

_FLOORS: Final[Mapping[str, _Floor]] = {
    "industrial": _Floor((146, 144, 141), 0),
    "scandinavian": _Floor((216, 196, 168), 26),
    "rustic": _Floor((128, 88, 58), 18),
    "coastal": _Floor((207, 197, 182), 22),
    "mid-century": _Floor((142, 92, 60), 30),
    "minimal": _Floor((204, 200, 193), 0),
}
_MODERN_FLOOR: Final = _Floor((184, 148, 112), 24)

_LIGHTS: Final[Mapping[str, _Light]] = {
    "golden": _Light((255, 214, 158), 0.96, 0.62, 0.85),
    "soft": _Light((255, 252, 248), 1.03, 0.22, 0.0),
    "studio": _Light((255, 252, 248), 1.03, 0.22, 0.0),
    "dramatic": _Light((255, 236, 214), 0.62, 0.9, 0.25),
    "evening": _Light((255, 206, 160), 0.66, 0.7, 0.0),
    "night": _Light((196, 208, 240), 0.5, 0.6, 0.0),
    "overcast": _Light((240, 246, 255), 0.95, 0.2, 0.12),
}
_NATURAL_LIGHT: Final = _Light((255, 247, 234), 1.0, 0.4, 0.55)

_FLOOR_TOPS: Final[Mapping[str, float]] = {"low": 0.72, "high": 0.52, "top": 0.46}
_EYE_LEVEL: Final = 0.62
_HIGHEST_FLOOR_TOP: Final = 0.42
_FEW: Final = 4


def floor_top(settings: ResolvedSettings, products: int) -> float:
    """Where the rendered room's floor meets the wall, as a share of the picture's height from the top.

    A crowd of products is seen from higher up, which gives it more floor to stand on.
    """
    crowd = max(0, products - _FEW)
    return max(_HIGHEST_FLOOR_TOP, _chosen(settings.camera_angle, _FLOOR_TOPS, _EYE_LEVEL) - 0.02 * crowd)


def render_room(
    settings: ResolvedSettings, size: Size, edge: int, light_from: float, random: randomness.Random
) -> Image.Image:
    """An empty room whose colours and light follow the settings.

    Args:
        settings: style, colour scheme and lighting are looked at.
        size: of the picture, in pixels.
        edge: the row at which the floor meets the wall.
        light_from: where the light comes from, -1 (left) to 1 (right).
        random: where the grain of the floor comes from.

    Returns:
        An RGB picture.
    """
    light = _chosen(settings.lighting, _LIGHTS, _NATURAL_LIGHT)
    wall_colour = _chosen(settings.color_scheme, _WALLS, _NEUTRAL_WALL)
    floor = _chosen(settings.style, _FLOORS, _MODERN_FLOOR)
    width, height = size
    room = Image.new("RGB", size)
    room.paste(_wall((width, edge), wall_colour, light, light_from, random), (0, 0))
    ground = _floor(
        (width, height - edge),
        floor,
        wall_colour=wall_colour,
        light=light,
        light_from=light_from,
        random=random,
    )
    room.paste(ground, (0, edge))
    _meet(room, edge)
    room = _exposed(room, light)
    corners = ImageChops.invert(glow(size, (width / 2, height * 0.48), (width * 0.95, height * 0.95)))
    darken(room, corners, 0.3)
    return grained(room, 0.012, random)


def _chosen(text: str, table: Mapping[str, Choice], otherwise: Choice) -> Choice:
    lowered = text.lower()
    return next((value for word, value in table.items() if word in lowered), otherwise)


def _wall(
    size: Size, colour: Colour, light: _Light, light_from: float, random: randomness.Random
) -> Image.Image:
    width, height = size
    bright = Image.new("RGB", size, mixed(colour, light.colour, 0.45))
    dim = Image.new("RGB", size, mixed(colour, SHADOW, 0.08 + 0.4 * light.pool))
    centre = (width * (0.5 + 0.33 * light_from), height * 0.42)
    reach = max(width, height)
    wall = Image.composite(bright, dim, glow(size, centre, (reach * 1.15, reach * 1.0)))
    plaster = noise((width // 6, height // 6), random).resize(size, Image.Resampling.BICUBIC)
    darken(wall, plaster, 0.018)
    if light.window:
        wall = lit(wall, _window_light(size, light_from), light.colour, 0.46 * light.window)
    skirting = max(6, round(height * 0.034))
    board = (0, height - skirting, width, height)
    wall.paste(mixed(colour, (255, 253, 250), 0.5), board, dimmed(wall.crop(board).convert("L"), 0.8))
    lip = Image.new("L", size)
    lip.paste(255, (0, height - skirting - 2, width, height - skirting))
    darken(wall, lip.filter(ImageFilter.GaussianBlur(1.2)), 0.35)
    return wall


def _window_light(size: Size, light_from: float) -> Image.Image:
    """The light of a window with six panes, falling slantwise on the wall."""
    width, height = size
    unit = min(width, height * 1.4)
    slant = 0.34 if light_from <= 0 else -0.34
    middle = width * (0.5 + 0.22 * light_from)
    panes = Image.new("L", size)
    for column in (-1, 0):
        for row in (0, 1, 2):
            left = middle + column * unit * 0.19 + unit * 0.008
            right = left + unit * 0.174
            top = height * 0.1 + row * unit * 0.172
            bottom = top + unit * 0.156
            corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
            fallen = [(x + slant * (y - height * 0.35), y + 0.16 * slant * (x - middle)) for x, y in corners]
            panes = ImageChops.lighter(panes, soft_polygon(size, fallen))
    return panes.filter(ImageFilter.GaussianBlur(unit * 0.011))


def _floor(
    size: Size,
    kind: _Floor,
    *,
    wall_colour: Colour,
    light: _Light,
    light_from: float,
    random: randomness.Random,
) -> Image.Image:
    width, height = size
    if kind.boards:
        across = max(6, round(kind.boards * width / 1024))
        floor = in_perspective(boards((width * 2, 700), kind.colour, across, random), size, height * 0.75)
    else:
        floor = Image.new("RGB", size, kind.colour)
        for grain in (9, 40):
            cloud = noise((max(2, width // grain), max(2, height // (grain * 3))), random)
            darken(floor, cloud.resize(size, Image.Resampling.BICUBIC), 0.05)
    # The wall's colour comes back from the far part of the floor, which is seen at a flat angle.
    darken(floor, downwards(size, 1, 0), 0.26, mixed(wall_colour, light.colour, 0.3))
    pool = glow(size, (width * (0.5 + 0.3 * light_from), height * 0.3), (width * 0.75, height * 0.9))
    floor = lit(floor, pool, light.colour, 0.2 + 0.12 * light.pool)
    darken(floor, downwards(size), 0.2)
    return floor


def _meet(room: Image.Image, edge: int) -> None:
    """Darken the corner where wall and floor meet, as every corner is darker than the planes beside it."""
    width, height = room.size
    corner = Image.new("L", room.size)
    deep = max(2, round(height * 0.05))
    corner.paste(downwards((width, deep), 1, 0), (0, edge))
    corner.paste(downwards((width, deep)), (0, edge - deep))
    darken(room, corner, 0.16)
    seam = Image.new("L", room.size)
    seam.paste(255, (0, edge - 1, width, edge + 3))
    darken(room, seam.filter(ImageFilter.GaussianBlur(2)), 0.55)


def _exposed(room: Image.Image, light: _Light) -> Image.Image:
    """The room at the light's brightness, everything tinted with its colour."""
    tint = mixed((255, 255, 255), light.colour, 0.6)
    curve = [
        min(255, round(level * light.exposure * channel / 255)) for channel in tint for level in range(256)
    ]
    return room.point(curve)
