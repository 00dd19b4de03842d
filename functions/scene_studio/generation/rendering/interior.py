"""How a room is to look, from the settings."""

from dataclasses import dataclass, replace

from scene_studio.generation.rendering.decor import Decor, decor_of
from scene_studio.generation.rendering.light import Light
from scene_studio.generation.rendering.rooms import RoomType, built, richness_of, room_of
from scene_studio.model.settings import ResolvedSettings


@dataclass(frozen=True, slots=True)
class Interior:
    """How a room is to look.

    Attributes:
        room: its kind.
        decor: its materials and colours.
        light: how it is lit, from the left.
        richness: how much stands about.
        props: the chosen ones, in lower case; accessories are one of them.
        seed: of all that varies; another one gives another arrangement of boards and leaves.
    """

    room: RoomType
    decor: Decor
    light: Light
    richness: int
    props: frozenset[str]
    seed: str


def interior_of(settings: ResolvedSettings, light: Light, seed: int) -> Interior:
    """The room that these settings ask for, in this light; the seed counts from variety level 1 on."""
    room = room_of(settings.room_type)
    props = {prop.strip().lower() for prop in settings.props}
    decor = built(room, decor_of(settings))
    if "rug" in props:
        decor = replace(decor, floor=decor.floor._replace(gloss=0.0))
    return Interior(
        room=room,
        decor=decor,
        light=light,
        richness=richness_of(settings.surroundings),
        props=frozenset(props | {"accessories"} if settings.accessories else props),
        seed=str(seed) if settings.variety_level else "",
    )
