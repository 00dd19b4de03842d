"""The kinds of room, and how much stands about in them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from scene_studio.generation.rendering import furnishings
from scene_studio.generation.rendering.decor import Decor, Surface, chosen
from scene_studio.generation.rendering.drawing import Colour, mixed

_SURROUNDINGS: Final[Mapping[str, int]] = {
    "none": furnishings.NONE,
    "empty": furnishings.NONE,
    "minimal": furnishings.MINIMAL,
    "moderate": furnishings.MODERATE,
    "rich": furnishings.RICH,
    "lush": furnishings.RICH,
}


Furnish = Callable[[furnishings.Wall], None]


class RoomType(NamedTuple):
    """What is special about a kind of room."""

    furnish: Furnish
    table_height: float = 0.74
    """How high the table or worktop is on which small products stand; 0 where there is none."""
    own_lamp: bool = True
    """Whether a lamp that was chosen stands or hangs with the furniture."""
    outdoors: bool = False
    paper: bool = False
    """Whether this is a photographer's studio with a roll of paper for a wall."""
    wall: Surface | None = None
    floor: Surface | None = None
    table: Surface | None = None


def richness_of(surroundings: str) -> int:
    """How much this setting asks for; a moderate amount for any other text."""
    return chosen(surroundings, _SURROUNDINGS, furnishings.MODERATE)


_TILED: Final[Colour] = (222, 226, 222)

_ROOMS: Final[Mapping[str, RoomType]] = {
    "bedroom": RoomType(furnishings.bedroom, 0.62),
    "kitchen": RoomType(furnishings.kitchen, 0.9, wall=Surface("wall tiles", (226, 226, 220))),
    "dining": RoomType(furnishings.dining_room),
    "office": RoomType(furnishings.office),
    "bathroom": RoomType(
        furnishings.bathroom,
        0.84,
        own_lamp=False,
        wall=Surface("wall tiles", _TILED),
        floor=Surface("tiles", (196, 194, 188), 0.3),
        table=Surface("marble", (232, 230, 226), 0.3),
    ),
    "patio": RoomType(furnishings.patio, outdoors=True, floor=Surface("slabs", (178, 170, 158), 0.04)),
    "studio": RoomType(furnishings.studio, 0.0, own_lamp=False, paper=True),
    "living": RoomType(furnishings.living_room, 0.5),
}
_NAMES: Final[Mapping[str, str]] = {
    **{word: word for word in _ROOMS},
    "bath": "bathroom",
    "shower": "bathroom",
    "spa": "bathroom",
    "nursery": "bedroom",
    "sleep": "bedroom",
    "work": "office",
    "study": "office",
    "library": "office",
    "garden": "patio",
    "terrace": "patio",
    "balcony": "patio",
    "outdoor": "patio",
    "lounge": "living",
    "sitting": "living",
    "family": "living",
    "cafe": "dining",
    "restaurant": "dining",
    "pantry": "kitchen",
}
_NEUTRAL: Final = RoomType(furnishings.neutral)


def room_of(room_type: str) -> RoomType:
    """The kind of room that this setting names, by its words; a neutral interior for any other text."""
    name = chosen(room_type, _NAMES, None)
    return _ROOMS[name] if name is not None else _NEUTRAL


def built(room: RoomType, decor: Decor) -> Decor:
    """The decor as this kind of room has it: a bathroom is tiled in any style.

    A surface that is special to the room keeps its material and takes up something of the wall's colour.
    """
    wall, floor = decor.wall, decor.floor
    if room.wall is not None:
        wall = room.wall._replace(colour=mixed(room.wall.colour, wall.colour, 0.5))
    if room.floor is not None:
        floor = room.floor._replace(colour=mixed(room.floor.colour, floor.colour, 0.3))
    return replace(decor, wall=wall, floor=floor, table=room.table or decor.table)
