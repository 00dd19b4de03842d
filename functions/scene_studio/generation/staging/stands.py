"""Drums and plinths for products that are too small for the floor."""

import math
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from scene_studio.generation.rendering.camera import Camera
from scene_studio.generation.rendering.decor import Decor
from scene_studio.generation.rendering.drawing import WHITE, Colour, darken, mixed, pool, scaled, seeded, tinted
from scene_studio.generation.rendering.wood import wood
from scene_studio.generation.staging.layout import Figure, Spot

_FINER: Final = 2
"""Drawn this much larger, then shrunk, for smooth edges."""
_LEAST_SLANT: Final = 0.05


def draw_stand(
    picture: Image.Image, spot: Spot, figure: Figure, camera: Camera, side: float, decor: Decor
) -> None:
    """Draw the round stand of a product, of wood where the room has wood.

    Args:
        picture: RGB, changed in place.
        spot: where the product is.
        figure: how high and how wide its stand is.
        camera: of the ground that the stand is on.
        side: where the light comes from, -1 (left) or 1 (right).
        decor: the materials of the room.
    """
    wide, slant = round(figure.stand * spot.scale), _slant(spot, camera, figure.lift)
    tall = spot.ground - spot.bottom
    drum = _drum((wide, tall), slant, decor.timber if decor.table.material == "table boards" else None, decor)
    if side > 0:
        drum = drum.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    corner = (round(spot.middle - wide / 2), spot.bottom - round(wide * slant[0] / 2))
    deep = wide * slant[1]
    pool(picture, (spot.middle - side * wide * 0.05, spot.ground), (wide * 0.62, deep * 0.85), 0.75)
    picture.paste(drum, corner, drum.getchannel("A"))


def with_stand(outline: Image.Image, figure: Figure, spot: Spot) -> Image.Image:
    """The outline of a product together with that of the stand below it, for their shadow."""
    wide, tall = round(figure.stand * spot.scale), spot.ground - spot.bottom
    whole = Image.new("L", (max(outline.width, wide), outline.height + tall))
    whole.paste(outline, ((whole.width - outline.width) // 2, 0))
    left = (whole.width - wide) // 2
    ImageDraw.Draw(whole).rectangle((left, outline.height, left + wide, whole.height), fill=255)
    return whole


def _slant(spot: Spot, camera: Camera, lift: float) -> tuple[float, float]:
    """Height by width of the circles that the stand's top and foot appear as."""
    z = camera.distance(max(spot.ground, camera.horizon + 8))
    factor = spot.scale / camera.scale(z)
    top, foot = (camera.eye - lift * factor) / z, camera.eye / z
    return min(1.0, max(0.0, top)), min(1.0, max(_LEAST_SLANT, foot))


def _drum(
    size: tuple[int, int], slant: tuple[float, float], timber: Colour | None, decor: Decor
) -> Image.Image:
    """A cylinder lit from the left: an RGBA picture of its front with its top above it."""
    wide, tall = size[0] * _FINER, size[1] * _FINER
    top, foot = wide * slant[0], wide * slant[1]
    whole = (wide, round(tall + top / 2 + foot / 2))
    if timber is None:
        surface = Image.new("RGB", whole, mixed(decor.wall.colour, WHITE, 0.35))
    else:
        surface = wood(whole, wide / 0.45, timber, seeded("stand"))
    levels = bytes(_round_light(2 * (step + 0.5) / 128 - 1) for step in range(128))
    around = Image.frombytes("L", (128, 1), levels).resize(whole, Image.Resampling.BICUBIC)
    # What is painted white throws light on itself, so its dark side is less dark.
    shade = (40, 34, 32) if timber is not None else (150, 145, 141)
    front = ImageChops.multiply(surface, tinted(around, shade, mixed(shade, WHITE, 0.55), WHITE))
    outline = Image.new("L", whole)
    draw = ImageDraw.Draw(outline)
    draw.rectangle((0, top / 2, wide, whole[1] - foot / 2), fill=255)
    draw.ellipse((0, whole[1] - foot, wide - 1, whole[1] - 1), fill=255)
    lid = Image.new("L", whole)
    if top >= 2:
        ImageDraw.Draw(lid).ellipse((0, 0, wide - 1, top), fill=255)
        board = surface.transpose(Image.Transpose.ROTATE_90).resize(whole)
        darken(board, Image.new("L", whole, 255), 0.16, WHITE)
        rim = ImageChops.subtract(ImageChops.offset(lid, 0, max(1, round(tall * 0.012))), lid)
        front.paste(
            scaled(mixed(decor.wall.colour if timber is None else timber, WHITE, 0.3), 0.9), (0, 0), rim
        )
        front.paste(board, (0, 0), lid)
    front.putalpha(ImageChops.lighter(outline, lid))
    return front.reduce(_FINER)


def _round_light(across: float) -> int:
    """Light on a cylinder: brightest towards the left, with a little light from behind on the right."""
    facing = math.sqrt(max(0.0, 1 - across * across))
    diffuse = max(0.0, -0.6 * across + 0.62 * facing)
    return min(255, round(255 * (0.14 + 0.78 * diffuse + 0.18 * max(0.0, across) ** 4)))
