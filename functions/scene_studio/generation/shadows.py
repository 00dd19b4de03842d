"""The shadows that make a product stand on a floor instead of floating before it."""

from typing import Final

from PIL import Image, ImageChops, ImageFilter

from scene_studio.generation.drawing import darken, downwards, glow
from scene_studio.generation.layout import Placement

_CONTACT: Final = 0.75
_AMBIENT: Final = 0.5
_THROWN: Final = 0.42
_FEET: Final = 0.12
"""The lowest part of a product in which its feet are looked for, as a share of its height."""


def lay_shadow(
    picture: Image.Image, alpha: Image.Image, place: Placement, floor_top: int, light_from: float
) -> None:
    """Darken the floor below and behind a product.

    Three shadows are laid over each other: the product's outline thrown backwards on the floor, away from
    the light; a broad soft pool between its feet, where it keeps the room's light off the floor; and a dark
    line of contact under each foot.

    Args:
        picture: what to darken, RGB, changed in place.
        alpha: the product's outline, as large as its placement.
        place: where the product will stand.
        floor_top: the row at which the floor begins; no shadow is thrown above it.
        light_from: where the light comes from, -1 (left) to 1 (right).
    """
    _throw(picture, alpha, place, floor_top, light_from)
    rows = max(3, round(place.height * _FEET))
    feet = alpha.crop((0, place.height - rows, place.width, place.height))
    _pool(picture, feet, place)
    _touch(picture, feet, place)


def _pool(picture: Image.Image, feet: Image.Image, place: Placement) -> None:
    """The floor between the feet, seen as a flat ellipse that reaches a little beyond them."""
    left, _, right, _ = feet.getbbox() or (0, 0, place.width, 1)
    across = (right - left) / 2
    middle = (place.left + (left + right) / 2, place.bottom - across * 0.12)
    darken(picture, glow(picture.size, middle, (across * 1.45, max(4.0, across * 0.42))), _AMBIENT)


def _touch(picture: Image.Image, feet: Image.Image, place: Placement) -> None:
    """The undersides of the feet, wherever they end, spread a little downwards."""
    reach = min(place.width, place.height)
    deep = max(2, round(reach * 0.02))
    blur = max(1.0, reach * 0.009)
    edge = round(blur * 3) + deep
    mask = Image.new("L", (feet.width + 2 * edge, feet.height + 2 * edge))
    mask.paste(feet, (edge, edge))
    undersides = ImageChops.subtract(mask, ImageChops.offset(mask, 0, -deep))
    undersides = ImageChops.offset(undersides, 0, round(deep * 0.6)).filter(ImageFilter.GaussianBlur(blur))
    corner = (place.left - edge, place.bottom - feet.height - edge)
    _lay(picture, undersides.point([min(255, round(level * 1.4)) for level in range(256)]), corner, _CONTACT)


def _throw(
    picture: Image.Image, alpha: Image.Image, place: Placement, floor_top: int, light_from: float
) -> None:
    """The outline laid down on the floor behind the product."""
    room = max(0, place.bottom - floor_top)
    long = round(min(place.height * 0.3, room * 0.75))
    if long < 4:
        return
    lean = -light_from * 1.5
    edge = round(long * (abs(lean) + 0.3)) + 4
    width, height = place.width + 2 * edge, long + 2 * edge
    flat = Image.new("L", (width, height))
    flat.paste(alpha.resize((place.width, long), Image.Resampling.BOX), (edge, edge))
    foot = edge + long
    # Each row moves sideways in proportion to its distance from the feet.
    mask = flat.transform(
        flat.size, Image.Transform.AFFINE, (1, lean, -lean * foot, 0, 1, 0), Image.Resampling.BILINEAR
    )
    fading = Image.new("L", mask.size)
    fading.paste(downwards((width, long), 0.1, 1.0), (0, edge))
    mask = ImageChops.multiply(mask, fading).filter(ImageFilter.GaussianBlur(2 + long * 0.05))
    _lay(picture, mask, (place.left - edge, place.bottom - foot), _THROWN)


def _lay(picture: Image.Image, mask: Image.Image, corner: tuple[int, int], strength: float) -> None:
    whole = Image.new("L", picture.size)
    whole.paste(mask, corner)
    darken(picture, whole, strength)
