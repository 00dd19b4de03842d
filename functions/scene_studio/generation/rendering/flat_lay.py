"""A surface seen from straight above, with what lies on it along the edges."""

import math
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from scene_studio.generation.rendering.decor import Surface
from scene_studio.generation.rendering.drawing import (
    SHADOW,
    WHITE,
    Colour,
    Point,
    Size,
    darken,
    dimmed,
    glow,
    lit,
    mixed,
    rightwards,
    rounded,
    scaled,
    seeded,
)
from scene_studio.generation.rendering.interior import Interior
from scene_studio.generation.rendering.light import drawn_light, light_levels, relit
from scene_studio.generation.rendering.materials import MATERIALS, linen, rug
from scene_studio.generation.rendering.objects import woven
from scene_studio.generation.rendering.plants import spray

_CORNERS: Final[tuple[Point, ...]] = ((0.1, 0.12), (0.9, 0.86), (0.88, 0.12), (0.1, 0.88), (0.5, 0.04))


def render_flat(size: Size, scale: float, interior: Interior, *, on_floor: bool) -> Image.Image:
    """A floor or a table top from above: an RGB picture.

    Args:
        size: in pixels.
        scale: pixels a metre.
        interior: what the room is made of.
        on_floor: whether it is the floor.
    """
    decor, random = interior.decor, seeded(f"{interior.seed} flat")
    surface = decor.floor if on_floor else decor.table
    if interior.room.paper:
        surface = Surface("paint", decor.wall.colour)
    picture = MATERIALS[surface.material](size, scale, surface.colour, seeded(f"{interior.seed} ground"))
    if "rug" in interior.props:
        _corner_cloth(picture, rug(size, scale, mixed(decor.fabric, (232, 222, 204), 0.5), random), 0.3)
    if "throw" in interior.props:
        _corner_cloth(picture, woven(size, decor.accents[2], random), -0.35)
    elif interior.richness >= 2:
        _corner_cloth(picture, linen(size, scale, mixed(decor.fabric, WHITE, 0.3), random), -0.35)
    # Things have their real size, but no more than leaves room for the products.
    unit = min(0.85 * scale, *size)
    things = [
        thing for thing in ("plants", "books", "candles", "accessories", "cushions") if thing in interior.props
    ]
    if interior.richness >= 3 and "plants" not in things:
        things.insert(0, "plants")
    for thing, corner in zip(things, _CORNERS, strict=False):
        _lay(picture, thing, (size[0] * corner[0], size[1] * corner[1]), unit, interior)
    if interior.light.drawn:
        focus = (size[0] * 0.5, size[1] * 0.45)
        mask = drawn_light(size, interior.light, unit * 1.1, focus)
        darken(picture, mask.point([255 - level for level in range(256)]), 0.3 * interior.light.drawn)
        picture = lit(picture, mask, scaled(interior.light.key, 1.4), 0.3 * interior.light.drawn)
    return relit(picture, light_levels(size, interior.light, (0.3, 0.3), (1.1, 1.1)))


def _corner_cloth(picture: Image.Image, cloth: Image.Image, slope: float) -> None:
    """Cloth that covers one corner of the surface, with its shadow."""
    width, height = picture.size
    start = height * (0.78 if slope < 0 else 0.7)
    outline = [(0.0, start), (width, start + slope * width * 0.9), (width, height), (0, height)]
    if slope > 0:
        outline = [
            (0.0, start - slope * width * 0.2),
            (width, start + slope * width),
            (width, height),
            (0, height),
        ]
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    shade = mask.filter(ImageFilter.GaussianBlur(width * 0.012))
    darken(picture, shade, 0.5)
    picture.paste(cloth, (0, 0), mask.filter(ImageFilter.GaussianBlur(1)))


def _lay(picture: Image.Image, thing: str, middle: Point, unit: float, interior: Interior) -> None:
    random = seeded(f"{interior.seed} {thing}")
    accents = interior.decor.accents
    if thing == "plants":
        sprite = spray(round(unit * 0.62), random)
        sprite = sprite.rotate(
            random.uniform(20, 70) + (180 if middle[1] > picture.height / 2 else 0), expand=True
        )
    elif thing == "books":
        sprite = _book((round(unit * 0.3), round(unit * 0.4)), accents[0]).rotate(
            random.uniform(-18, 18), Image.Resampling.BICUBIC, expand=True
        )
    elif thing == "candles":
        sprite = _rings(
            round(unit * 0.15), ((1.0, (214, 204, 184)), (0.86, (244, 236, 216)), (0.05, (70, 60, 50)))
        )
    elif thing == "cushions":
        sprite = _pillow(round(unit * 0.4), accents[1])
    else:
        clay = interior.decor.pottery
        sprite = _rings(round(unit * 0.26), ((1.0, clay), (0.9, scaled(clay, 0.8)), (0.6, scaled(clay, 0.9))))
    corner = (round(middle[0] - sprite.width / 2), round(middle[1] - sprite.height / 2))
    away = max(2, round(unit * 0.014))
    shade = Image.new("L", (sprite.width + 8 * away, sprite.height + 8 * away))
    shade.paste(sprite.getchannel("A"), (4 * away, 4 * away))
    shade = shade.filter(ImageFilter.GaussianBlur(away))
    picture.paste(SHADOW, (corner[0] - 3 * away, corner[1] - 3 * away), dimmed(shade, 0.5))
    picture.paste(sprite, corner, sprite.getchannel("A"))


def _book(size: Size, colour: Colour) -> Image.Image:
    cover = Image.new("RGB", size, colour)
    darken(cover, rightwards(size), 0.16)
    edge = Image.new("L", size)
    edge.paste(255, (round(size[0] * 0.05), 0, round(size[0] * 0.065), size[1]))
    darken(cover, edge.filter(ImageFilter.GaussianBlur(1)), 0.5)
    title = (round(size[0] * 0.3), round(size[1] * 0.22), round(size[0] * 0.74), round(size[1] * 0.25))
    cover.paste(mixed(colour, WHITE, 0.6), title)
    cover.putalpha(rounded(size, 4))
    return cover


def _rings(diameter: int, rings: tuple[tuple[float, Colour], ...]) -> Image.Image:
    """A round thing from above, as rings of colour from the outside inwards."""
    side = diameter * 2
    picture = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(picture)
    for share, colour in rings:
        inset = side * (1 - share) / 2
        draw.ellipse((inset, inset, side - inset - 1, side - inset - 1), fill=(*colour, 255))
    colours = picture.convert("RGB")
    darken(colours, glow((side, side), (side * 0.75, side * 0.75), (side * 0.8, side * 0.8)), 0.25)
    darken(colours, glow((side, side), (side * 0.3, side * 0.3), (side * 0.5, side * 0.5)), 0.25, WHITE)
    colours.putalpha(picture.getchannel("A"))
    return colours.reduce(2)


def _pillow(side: int, colour: Colour) -> Image.Image:
    size = (side, side)
    cloth = Image.new("RGB", size, colour)
    darken(cloth, glow(size, (side * 0.4, side * 0.4), (side * 0.7, side * 0.7)), 0.3, WHITE)
    darken(cloth, rightwards(size, -0.5, 1), 0.3)
    points = []
    for step in range(80):
        turn = math.tau * step / 80
        c, s = math.cos(turn), math.sin(turn)
        reach = side * 0.49 / max(abs(c), abs(s)) ** 0.8
        points.append((side / 2 + reach * c * 0.92, side / 2 + reach * s * 0.92))
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).polygon(points, fill=255)
    cloth.putalpha(mask.filter(ImageFilter.GaussianBlur(1.2)))
    return cloth.rotate(14, Image.Resampling.BICUBIC, expand=True)
