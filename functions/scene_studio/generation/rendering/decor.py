"""Styles and colour schemes: what a room is made of and in which colours.

Settings are free text. A word of the suggestions found anywhere in one decides; anything else is neutral.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeVar

from scene_studio.generation.rendering.drawing import Colour, mixed
from scene_studio.model.settings import ResolvedSettings

Choice = TypeVar("Choice")

_SHORT: Final = 3
"""Words of so few letters begin too many others."""


class Surface(NamedTuple):
    """A material in a colour."""

    material: str
    """One of `MATERIALS`."""
    colour: Colour
    gloss: float = 0.1
    """How clearly it mirrors what stands on it (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Decor:
    """What a room is made of.

    Attributes:
        wall: the wall behind everything.
        floor: what furniture stands on.
        table: the table tops.
        timber: the wood of furniture.
        metal: of lamps and frames.
        fabric: of sofas and bedding.
        accents: of cushions, books and pictures, the strongest first.
        pottery: of pots and bowls.
    """

    wall: Surface
    floor: Surface
    table: Surface
    timber: Colour
    metal: Colour
    fabric: Colour
    accents: tuple[Colour, Colour, Colour]
    pottery: Colour


class _Scheme(NamedTuple):
    wall: Colour
    fabric: Colour
    accents: tuple[Colour, Colour, Colour]


_MODERN: Final = Decor(
    wall=Surface("paint", (226, 219, 208)),
    floor=Surface("planks", (190, 152, 112), 0.16),
    table=Surface("table boards", (178, 134, 90), 0.12),
    timber=(160, 118, 80),
    metal=(52, 50, 50),
    fabric=(196, 187, 172),
    accents=((176, 104, 72), (112, 126, 104), (214, 178, 120)),
    pottery=(232, 226, 216),
)

_STYLES: Final[Mapping[str, Decor]] = {
    "industrial": replace(
        _MODERN,
        wall=Surface("brick", (152, 92, 72)),
        floor=Surface("concrete", (138, 135, 130), 0.22),
        table=Surface("table boards", (112, 78, 52), 0.08),
        timber=(104, 74, 52),
        fabric=(116, 84, 62),
        accents=((64, 78, 88), (168, 112, 60), (140, 134, 124)),
        pottery=(108, 106, 104),
    ),
    "scandinavian": replace(
        _MODERN,
        wall=Surface("paint", (236, 234, 229)),
        floor=Surface("planks", (219, 194, 160), 0.12),
        table=Surface("table boards", (214, 184, 144), 0.1),
        timber=(206, 176, 136),
        metal=(70, 70, 70),
        fabric=(206, 206, 200),
        accents=((130, 146, 150), (196, 170, 134), (86, 100, 96)),
        pottery=(240, 238, 232),
    ),
    "rustic": replace(
        _MODERN,
        wall=Surface("plaster", (216, 202, 180)),
        floor=Surface("wide planks", (122, 86, 58), 0.06),
        table=Surface("table boards", (126, 86, 54), 0.06),
        timber=(112, 76, 48),
        fabric=(188, 172, 146),
        accents=((142, 70, 50), (108, 108, 74), (190, 150, 96)),
        pottery=(178, 116, 82),
    ),
    "coastal": replace(
        _MODERN,
        wall=Surface("panelling", (230, 234, 233)),
        floor=Surface("planks", (208, 192, 168), 0.1),
        table=Surface("table boards", (208, 192, 166), 0.08),
        timber=(200, 182, 154),
        metal=(176, 160, 128),
        fabric=(232, 228, 218),
        accents=((84, 126, 150), (150, 186, 194), (206, 186, 150)),
        pottery=(238, 240, 238),
    ),
    "mid-century": replace(
        _MODERN,
        wall=Surface("paint", (222, 208, 184)),
        floor=Surface("herringbone", (158, 108, 68), 0.18),
        table=Surface("table boards", (132, 82, 48), 0.16),
        timber=(122, 74, 44),
        metal=(176, 138, 74),
        fabric=(108, 118, 96),
        accents=((200, 136, 48), (44, 98, 100), (176, 84, 52)),
        pottery=(206, 150, 84),
    ),
    "minimal": replace(
        _MODERN,
        wall=Surface("plaster", (228, 224, 217)),
        floor=Surface("concrete", (204, 199, 191), 0.16),
        table=Surface("concrete", (214, 209, 201), 0.14),
        timber=(196, 180, 158),
        metal=(120, 116, 110),
        fabric=(220, 215, 206),
        accents=((186, 176, 162), (140, 132, 122), (206, 198, 186)),
        pottery=(226, 221, 212),
    ),
}

_SCHEMES: Final[Mapping[str, _Scheme]] = {
    "warm": _Scheme((228, 196, 166), (206, 170, 138), ((188, 92, 58), (222, 160, 88), (150, 78, 62))),
    "cool": _Scheme((186, 202, 211), (158, 174, 186), ((62, 98, 128), (128, 160, 172), (206, 214, 216))),
    "earth": _Scheme((194, 174, 144), (150, 128, 100), ((120, 92, 62), (112, 116, 78), (172, 104, 68))),
    "pastel": _Scheme((232, 210, 208), (222, 206, 212), ((222, 168, 168), (168, 200, 188), (240, 214, 164))),
    "mono": _Scheme((204, 204, 204), (142, 142, 142), ((44, 44, 44), (110, 110, 110), (232, 232, 232))),
    "dark": _Scheme((82, 82, 86), (70, 70, 76), ((150, 110, 70), (96, 104, 92), (190, 180, 160))),
    "green": _Scheme((172, 186, 162), (140, 156, 130), ((74, 100, 72), (186, 176, 126), (216, 210, 190))),
    "blue": _Scheme((166, 188, 208), (132, 154, 178), ((46, 84, 130), (214, 200, 160), (190, 204, 214))),
}


def decor_of(settings: ResolvedSettings) -> Decor:
    """What a room in these settings is made of.

    The colour scheme goes over the style's own colours where the settings ask for a colour theme.
    """
    decor = chosen(settings.style, _STYLES, _MODERN)
    scheme = chosen(settings.color_scheme, _SCHEMES, None)
    if scheme is None or not settings.color_theme:
        return decor
    plain = decor.wall.material != "brick"
    return replace(
        decor,
        wall=decor.wall._replace(colour=mixed(decor.wall.colour, scheme.wall, 0.85 if plain else 0.35)),
        fabric=mixed(decor.fabric, scheme.fabric, 0.8),
        accents=scheme.accents,
        pottery=mixed(decor.pottery, scheme.accents[2], 0.3),
    )


def chosen(text: str, table: Mapping[str, Choice], otherwise: Choice) -> Choice:
    """What the table has for the first of its words that occurs in the text.

    A word may go on in the text, as `minimal` does in Minimalist, unless it is very short.
    """
    lowered = text.lower()
    for word, value in table.items():
        end = r"\b" if len(word) <= _SHORT else ""
        if re.search(rf"\b{re.escape(word)}{end}", lowered):
            return value
    return otherwise
