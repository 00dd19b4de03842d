"""What stands beside the products: the props and accessories that were chosen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageFilter

from scene_studio.generation.rendering import objects
from scene_studio.generation.rendering.drawing import mixed
from scene_studio.generation.rendering.plants import plant
from scene_studio.generation.rendering.pottery import BOWL, JUG, turned
from scene_studio.generation.rendering.shadows import LEFT, Lighting, lay_shadow
from scene_studio.generation.rendering.stage import Stage


@dataclass(frozen=True, slots=True)
class Beside:
    """The free ground on one side of the products.

    Attributes:
        stage: what is painted on; its heights count from the surface the products stand on.
        x: where the middle of a thing should be, in metres.
        z: how far away the products stand.
        unit: the size of what is seen there: the smaller side of the picture, in metres.
        on_table: whether the products stand on a table.
        free: how wide the free ground is, in metres.
        blur: of a thing this far behind the products, in pixels.
    """

    stage: Stage
    x: float
    z: float
    unit: float
    on_table: bool
    free: float
    blur: Callable[[float], float]


def _stand(beside: Beside, sprite: Image.Image, behind: float, shift: float = 0.0) -> None:
    z = beside.z + behind
    x = (beside.x + shift) * z / beside.z
    radius = beside.blur(z)
    if radius > 0.5:
        pad = round(radius * 2)
        padded = Image.new("RGBA", (sprite.width + 2 * pad, sprite.height + pad))
        padded.paste(sprite, (pad, pad))
        sprite = padded.convert("RGBa").filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")
    _cast(beside, sprite.getchannel("A"), x, z)
    beside.stage.stand(sprite, x, 0, z)


def _cast(beside: Beside, outline: Image.Image, x: float, z: float) -> None:
    """The shadow of a thing, whose middle stands at a point of the ground."""
    stage = beside.stage
    column, row = stage.camera.point(x, 0, z)
    corner = (round(column - outline.width / 2), round(row - outline.height))
    lay_shadow(stage.picture, outline, corner, stage.camera, Lighting(stage.light, LEFT))


def _plants(beside: Beside) -> None:
    stage = beside.stage
    kinds: tuple[str, ...] = ("fig", "palm", "olive")
    height, behind = min(1.7, max(0.8, beside.unit * 0.72)), beside.unit * 0.4
    if beside.on_table:
        kinds, height = ("eucalyptus", "grasses"), beside.unit * 0.62
    sprite = plant(
        stage.random.choice(kinds), stage.pixels(height, beside.z + behind), stage.decor.pottery, stage.random
    )
    _stand(beside, sprite, behind)


def _books(beside: Beside) -> None:
    count, z = 3 if beside.on_table else 4, beside.z + beside.unit * 0.06
    size = (beside.stage.pixels(0.22, z), beside.stage.pixels(0.028 * count, z))
    _cast(beside, Image.new("L", size, 255), beside.x, z + 0.05)
    objects.books(beside.stage, beside.x, 0, z, count)


def _candles(beside: Beside) -> None:
    stage, z = beside.stage, beside.z + beside.unit * 0.08
    factor = min(1.0, beside.free / 0.34) if beside.on_table else 1.0
    for offset, deeper, tall in objects.CANDLES:
        size = (stage.pixels(0.07 * factor, z), stage.pixels(tall * factor, z + deeper))
        _cast(beside, Image.new("L", size, 255), beside.x + offset * factor, z + deeper)
    objects.candles(stage, beside.x, 0, z, factor)


def _throw(beside: Beside) -> None:
    width = min(0.44, beside.unit * 0.42)
    z = beside.z + beside.unit * 0.1
    objects.folded_cloth(beside.stage, beside.x, 0, z, beside.stage.decor.accents[2], width)


def _lamp(beside: Beside) -> None:
    if beside.on_table:
        z = beside.z + beside.unit * 0.34
        objects.table_lamp(beside.stage, beside.x * z / beside.z, 0, z, min(0.5, beside.unit * 0.8))
    else:
        z = beside.z + beside.unit * 0.45
        objects.floor_lamp(beside.stage, beside.x * z / beside.z, z)


def _cushions(beside: Beside) -> None:
    stage, z = beside.stage, beside.z + 0.12
    stage.floor_shade(beside.x, z + 0.1, 0.56, 0.4, 0.5)
    for lift, colour in (
        (0.0, stage.decor.accents[0]),
        (0.13, mixed(stage.decor.accents[1], stage.decor.fabric, 0.3)),
    ):
        stage.cushion(beside.x - 0.26 + lift * 0.1, lift, z, 0.52, 0.15, colour, 0.07)


def _accessories(beside: Beside) -> None:
    stage, behind = beside.stage, beside.unit * 0.06
    height, profile = (0.075, BOWL) if beside.on_table else (0.34, JUG)
    _stand(beside, turned(stage.pixels(height, beside.z + behind), profile, stage.decor.accents[1]), behind)


_PROPS: Final = {
    "plants": _plants,
    "lamp": _lamp,
    "throw": _throw,
    "books": _books,
    "candles": _candles,
    "cushions": _cushions,
    "accessories": _accessories,
}
"""What can stand beside products, what is far behind first."""


def dress(
    stage: Stage,
    props: frozenset[str],
    group: tuple[float, float],
    z: float,
    *,
    on_table: bool,
    blur: Callable[[float], float],
) -> None:
    """Put the chosen props beside the products.

    Args:
        stage: what is painted on, with the camera of the products' surface.
        props: in lower case; those nobody knows are left out.
        group: the leftmost and rightmost point of the products, in metres.
        z: how far away they stand.
        on_table: whether on a table.
        blur: of a thing at a distance, in pixels.
    """
    left, right = stage.camera.reach(z)
    unit = min(right - left, stage.camera.size[1] / stage.camera.scale(z))
    free = {-1: max(0.0, group[0] - left), 1: max(0.0, right - group[1])}
    used = {-1: 0, 1: 0}
    wanted = [prop for prop in _PROPS if prop in props and not (prop == "cushions" and on_table)]
    for prop in wanted:
        # Each next thing goes where more is free, and nearer to the products the more stands there already.
        side = max((-1, 1), key=lambda each: free[each] / (used[each] + 1))
        share = (0.55, 0.3, 0.8, 0.15)[min(used[side], 3)]
        x = group[1] + free[1] * share if side > 0 else group[0] - free[-1] * share
        used[side] += 1
        _PROPS[prop](Beside(stage, x, z, unit, on_table, free[side], blur))
