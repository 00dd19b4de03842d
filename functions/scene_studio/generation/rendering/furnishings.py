"""The furniture of each kind of room.

A room is furnished along its back wall. What the picture shows of the wall depends on its shape, so places
are given as shares of what is seen.
"""

import math
from dataclasses import dataclass
from typing import Final

from scene_studio.generation.rendering import furniture, objects
from scene_studio.generation.rendering.drawing import mixed, scaled
from scene_studio.generation.rendering.openings import curtain, window
from scene_studio.generation.rendering.plants import plant
from scene_studio.generation.rendering.stage import Stage

NONE: Final = 0
"""Nothing stands about but the products."""
MINIMAL: Final = 1
MODERATE: Final = 2
RICH: Final = 3


@dataclass(frozen=True, slots=True)
class Wall:
    """The back wall while it is furnished.

    Attributes:
        stage: what is painted on.
        z: how far away the wall is.
        left: the leftmost point of it that is seen, in metres.
        right: the rightmost.
        richness: how much stands before it.
        props: the chosen ones, in lower case.
    """

    stage: Stage
    z: float
    left: float
    right: float
    richness: int
    props: frozenset[str]

    def at(self, share: float) -> float:
        """A place along the wall: 0 at the left edge of the picture, 1 at the right."""
        return self.left + (self.right - self.left) * share

    def wants(self, prop: str, least: int) -> bool:
        """Whether a thing belongs here: it was chosen, or the room is furnished at least so richly."""
        return prop in self.props or self.richness >= least


def _daylight_window(wall: Wall, share: float = 0.16, *, curtains: bool = True) -> None:
    """A window at the side that the light comes from."""
    width = 1.15
    x = wall.at(share) - width / 2
    industrial = wall.stage.decor.wall.material == "brick"
    window(wall.stage, x, 0.75 if not industrial else 0.6, wall.z, width, 1.5, dark_frame=industrial)
    if curtains and not industrial:
        cloth = mixed(wall.stage.decor.fabric, (248, 244, 236), 0.65)
        for left in (x - 0.36, x + width - 0.02):
            curtain(wall.stage, left, wall.z - 0.1, 0.4, 2.5, cloth)


def _pictures(wall: Wall, share: float, bottom: float = 1.2) -> None:
    middle = wall.at(share)
    for left, height in ((middle - 0.5, 0.68), (middle + 0.06, 0.68)):
        objects.picture_frame(wall.stage, left, bottom, wall.z, 0.46, height)


def _greenery(wall: Wall, kind: str, share: float, height: float, before: float = 0.45) -> None:
    z = wall.z - before
    sprite = plant(kind, wall.stage.pixels(height, z), wall.stage.decor.pottery, wall.stage.random)
    wall.stage.stand(sprite, wall.at(share) * z / wall.z, 0, z)


def living_room(wall: Wall) -> None:
    """A living room."""
    if wall.richness >= MODERATE:
        _daylight_window(wall, 0.1)
    if wall.wants("artwork", MODERATE):
        _pictures(wall, 0.68)
    if wall.richness >= RICH:
        furniture.bookcase(wall.stage, wall.at(0.97), wall.z - 0.4, 0.9)
    if wall.wants("lamp", RICH):
        objects.floor_lamp(wall.stage, wall.at(0.36), wall.z - 0.5)
    if wall.richness >= MINIMAL:
        furniture.sofa(wall.stage, wall.at(0.68), wall.z - 1.05, cushions=wall.wants("cushions", MODERATE))
    if "throw" in wall.props and wall.richness >= MINIMAL:
        _throw(wall, wall.at(0.68) - 1.0, wall.z - 1.08)
    if wall.richness >= MODERATE:
        _greenery(wall, "fig", 0.27, 1.35, 0.6)


def _throw(wall: Wall, x: float, z: float) -> None:
    colour = wall.stage.decor.accents[2]
    objects.draped_cloth(wall.stage, x + 0.3, 0.22, z, (0.4, 0.32), colour)


def bedroom(wall: Wall) -> None:
    """A bedroom."""
    if wall.richness >= MODERATE:
        _daylight_window(wall, 0.05)
    if wall.wants("artwork", MODERATE):
        _pictures(wall, 0.62, 1.38)
    if wall.richness >= MINIMAL:
        furniture.bed(wall.stage, wall.at(0.64), wall.z - 2.0)
    if wall.wants("lamp", MODERATE):
        x = wall.at(0.64) - 1.22
        furniture.cabinet(wall.stage, x, wall.z - 0.5, 0.5, 0.5, doors=1)
        objects.table_lamp(wall.stage, x, 0.5, wall.z - 0.4)
    if wall.richness >= RICH:
        _greenery(wall, "palm", 0.98, 1.5)
    if "throw" in wall.props and wall.richness >= MINIMAL:
        objects.draped_cloth(
            wall.stage, wall.at(0.64) - 0.5, 0.3, wall.z - 2.03, (1.0, 0.32), wall.stage.decor.accents[2]
        )


def kitchen(wall: Wall) -> None:
    """A kitchen."""
    stage = wall.stage
    if wall.richness >= MODERATE:
        _daylight_window(wall, 0.14, curtains=False)
    if wall.richness >= MINIMAL:
        for tier in (1.42, 1.82)[: wall.richness]:
            furniture.shelf(stage, wall.at(0.72), tier, wall.z, 1.3, books=wall.wants("books", RICH))
        furniture.kitchen_run(stage, wall.z, (wall.left, wall.right), (226, 222, 214))
    if wall.richness >= MODERATE:
        z = wall.z - 0.4
        for share, colour in ((0.3, stage.decor.accents[0]), (0.42, stage.decor.pottery)):
            objects.jug(stage, wall.at(share), 0.9, z, colour, 0.24)
        objects.bowl(stage, wall.at(0.62), 0.9, z, stage.decor.accents[2])
    if wall.richness >= RICH:
        sprite = plant("eucalyptus", stage.pixels(0.5, wall.z - 0.4), stage.decor.pottery, stage.random)
        stage.stand(sprite, wall.at(0.9), 0.9, wall.z - 0.4)
    if wall.wants("lamp", RICH):
        for share in (0.4, 0.66):
            objects.pendant(stage, wall.at(share), 1.62, wall.z - 0.9, stage.decor.metal, 0.34)


def dining_room(wall: Wall) -> None:
    """A dining room."""
    stage = wall.stage
    if wall.richness >= MODERATE:
        _daylight_window(wall, 0.1)
    if wall.wants("artwork", RICH):
        _pictures(wall, 0.7, 1.25)
    if wall.richness >= MINIMAL:
        x, z = wall.at(0.64), wall.z - 1.3
        for offset in (-0.52, 0.12, 0.72):
            furniture.dining_chair(stage, x + offset, z + 0.75, stage.decor.timber)
        furniture.table(stage, x, z, 1.8, 0.74, 0.85)
        for offset in (-0.45, 0.4):
            furniture.dining_chair(stage, x + offset, z - 0.34, scaled(stage.decor.timber, 0.85))
        objects.jug(stage, x - 0.1, 0.74, z + 0.3, stage.decor.pottery, 0.26)
        objects.bowl(stage, x + 0.34, 0.74, z + 0.25, stage.decor.accents[0])
    if wall.wants("lamp", MODERATE):
        objects.pendant(stage, wall.at(0.64), 1.5, wall.z - 1.0, stage.decor.accents[1], 0.6)
    if wall.wants("plants", RICH):
        _greenery(wall, "olive", 0.33, 1.6)


def office(wall: Wall) -> None:
    """An office."""
    stage = wall.stage
    if wall.richness >= MODERATE:
        _daylight_window(wall, 0.08, curtains=False)
        furniture.shelf(stage, wall.at(0.66), 1.45, wall.z, 1.3)
    if wall.richness >= MINIMAL:
        x, z = wall.at(0.66), wall.z - 0.75
        furniture.table(stage, x, z, 1.5, 0.74, 0.7)
        screen = stage.frame(x - 0.3, 0.86, z + 0.4, 0.6, 0.36)
        stage.panel(stage.frame(x - 0.03, 0.74, z + 0.4, 0.06, 0.14), (60, 60, 62), 0.2)
        stage.panel(screen, (34, 36, 40), 0.2)
        objects.books(stage, x + 0.52, 0.74, z + 0.2, 4)
    if wall.wants("lamp", MODERATE):
        objects.table_lamp(stage, wall.at(0.66) - 0.58, 0.74, wall.z - 0.4, 0.44)
    if wall.richness >= MINIMAL:
        furniture.armchair(stage, wall.at(0.62), wall.z - 1.35)
    if wall.richness >= RICH:
        furniture.bookcase(stage, wall.at(0.98), wall.z - 0.4, 0.9)
    if wall.richness >= MODERATE:
        _greenery(wall, "snake", 0.3, 0.85)


def bathroom(wall: Wall) -> None:
    """A bathroom."""
    stage = wall.stage
    if wall.richness >= MODERATE:
        _daylight_window(wall, 0.12, curtains=False)
        furniture.vanity(stage, wall.at(0.8), wall.z)
    if wall.richness >= MINIMAL:
        furniture.bathtub(stage, wall.at(0.38), wall.z - 1.0)
    if wall.richness >= RICH:
        furniture.shelf(stage, wall.at(0.46), 1.4, wall.z, 0.9, books=False)
    if wall.wants("plants", MODERATE):
        _greenery(wall, "palm", 0.64, 1.25, 0.5)
    if "throw" in wall.props:
        objects.draped_cloth(stage, wall.at(0.3), 0.2, wall.z - 1.03, (0.5, 0.4), stage.decor.accents[1])


def patio(wall: Wall) -> None:
    """A patio with a low wall."""
    stage = wall.stage
    if wall.richness >= MINIMAL:
        stage.block(wall.left - 0.5, 0, wall.z - 0.35, wall.right - wall.left + 1, 0.42, 0.35, (206, 198, 184))
    if wall.richness >= MODERATE:
        furniture.sofa(stage, wall.at(0.74), wall.z - 1.35, 1.8, cushions=wall.wants("cushions", MODERATE))
        _greenery(wall, "olive", 0.2, 1.75, 0.6)
    if wall.richness >= RICH:
        _greenery(wall, "palm", 0.42, 1.1, 0.8)
        _greenery(wall, "fig", 1.0, 1.4, 0.9)
    if wall.wants("lamp", RICH):
        for share in (0.04, 0.2, 0.36, 0.52, 0.68, 0.84, 1.0):
            x = wall.at(share)
            sag = 2.05 + 0.5 * (share - 0.5) ** 2
            centre = stage.camera.point(x, sag, wall.z - 0.5)
            radius = stage.pixels(0.05, wall.z)
            stage.shine(centre, (radius * 4, radius * 4), objects.LAMPLIGHT, 0.4)
            stage.shine(centre, (radius, radius), (255, 240, 200), 1.0)


def studio(wall: Wall) -> None:
    """A photographer's studio: shapes to set things off."""
    stage = wall.stage
    colour = mixed(stage.decor.wall.colour, (255, 255, 255), 0.12)
    # Shapes are built for the picture: small things get small ones.
    unit, x, z = min(1.0, (wall.right - wall.left) / 2.6), wall.at(0.72), wall.z - 0.6
    if wall.richness >= MODERATE:
        stage.board(_arch(wall, 0.3, 0.8 * unit, 1.35 * unit), mixed(colour, stage.decor.accents[2], 0.3))
    if wall.richness >= MINIMAL:
        stage.block(x, 0, z, 0.5 * unit, 0.66 * unit, 0.4 * unit, colour)
    if wall.wants("plants", RICH):
        lift = 0.66 * unit if wall.richness >= MINIMAL else 0.0
        sprite = plant("grasses", stage.pixels(0.8 * unit, z), stage.decor.pottery, stage.random)
        stage.stand(sprite, x + 0.22 * unit, lift, z + 0.15 * unit)
    if wall.richness >= MODERATE:
        front = z - 0.15 * unit
        stage.block(x + 0.42 * unit, 0, front, 0.42 * unit, 0.34 * unit, 0.4 * unit, scaled(colour, 0.96))


def _arch(wall: Wall, share: float, width: float, height: float) -> list[tuple[float, float, float]]:
    middle, radius = wall.at(share), width / 2
    rising = height - radius
    bow = [
        (
            middle + radius * math.cos(math.pi * step / 24),
            rising + radius * math.sin(math.pi * step / 24),
            wall.z - 0.3,
        )
        for step in range(25)
    ]
    return [(middle + radius, 0, wall.z - 0.3), *bow, (middle - radius, 0, wall.z - 0.3)]


def neutral(wall: Wall) -> None:
    """A room of no particular kind."""
    if wall.richness >= MODERATE:
        _daylight_window(wall, 0.12)
        _greenery(wall, "fig", 0.34, 1.4)
    if wall.wants("artwork", RICH):
        _pictures(wall, 0.7)
    if wall.richness >= MINIMAL:
        furniture.cabinet(wall.stage, wall.at(0.7), wall.z - 0.5, 1.5, 0.72)
    if wall.wants("lamp", RICH):
        objects.table_lamp(wall.stage, wall.at(0.7) + 0.5, 0.72, wall.z - 0.3)
