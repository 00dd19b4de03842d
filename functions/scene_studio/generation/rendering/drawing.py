"""Masks, gradients, noise and light: what every rendered picture is made of.

Everything here is deterministic; what looks random comes from the `Random` that is handed in.
"""

import math
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]
Size = tuple[int, int]

SHADOW: Final[Colour] = (24, 19, 16)
"""Shadows in rooms are never quite black: light comes back from the floor."""
WHITE: Final[Colour] = (255, 255, 255)

_SUPERSAMPLING: Final = 3
_BICUBIC: Final = Image.Resampling.BICUBIC


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """The colour that lies this share (0 to 1) of the way from the first to the second."""
    return (
        round(first[0] + (second[0] - first[0]) * share),
        round(first[1] + (second[1] - first[1]) * share),
        round(first[2] + (second[2] - first[2]) * share),
    )


def scaled(colour: Colour, factor: float) -> Colour:
    """The colour this much brighter or darker."""
    red, green, blue = (min(255, max(0, round(level * factor))) for level in colour)
    return red, green, blue


def seeded(seed: int | str) -> Random:
    """A source of variation that gives the same every time."""
    return Random(seed)  # noqa: S311 - pictures have to be repeatable


def dimmed(mask: Image.Image, strength: float) -> Image.Image:
    """A mask at this strength (0 to 1, or more to saturate it)."""
    return mask.point([min(255, round(level * strength)) for level in range(256)])


def downwards(size: Size, start: float = 0.0, end: float = 1.0) -> Image.Image:
    """A mask that rises evenly from the top (`start`, 0 to 1) to the bottom (`end`)."""
    ramp = Image.linear_gradient("L").point(
        [min(255, max(0, round(255 * (start + (end - start) * level / 255)))) for level in range(256)]
    )
    return ramp.resize((max(1, size[0]), max(1, size[1])), Image.Resampling.BILINEAR)


def rightwards(size: Size, start: float = 0.0, end: float = 1.0) -> Image.Image:
    """A mask that rises evenly from the left (`start`, 0 to 1) to the right (`end`)."""
    return downwards((size[1], size[0]), start, end).transpose(Image.Transpose.TRANSPOSE)


def between(size: Size, start: float, end: float) -> Image.Image:
    """A mask that is 0 above the row `start`, 255 below the row `end`, and rises smoothly between."""
    height = size[1]
    span = (end - start) or 1e-6
    column = bytearray()
    for row in range(height):
        share = min(1.0, max(0.0, (row + 0.5 - start) / span))
        column.append(round(255 * share * share * (3 - 2 * share)))
    return Image.frombytes("L", (1, height), bytes(column)).resize(size)


def gradient(size: Size, top: Colour, bottom: Colour) -> Image.Image:
    """An RGB picture that changes evenly from top to bottom."""
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), downwards(size))


@cache
def _spot() -> Image.Image:
    # Pillow's gradient reaches 255 in the corners; this one ends on the circle, and softly at both ends.
    shares = [max(0.0, 1 - level * math.sqrt(2) / 255) for level in range(256)]
    return Image.radial_gradient("L").point([round(255 * share**2 * (3 - 2 * share)) for share in shares])


def glow(size: Size, centre: Point, radii: Point) -> Image.Image:
    """A mask that falls from 255 at the centre to 0 at the edge of an ellipse.

    Args:
        size: of the mask, in pixels.
        centre: in pixels from the top left; it may lie outside.
        radii: across and down, in pixels.
    """
    # Drawn small and enlarged, since nothing in it is sharp.
    shrink = max(1.0, max(size) / 256)
    small = (math.ceil(size[0] / shrink), math.ceil(size[1] / shrink))
    wide, high = (max(2, round(radius * 2 / shrink)) for radius in radii)
    mask = Image.new("L", small)
    corner = (round((centre[0] - radii[0]) / shrink), round((centre[1] - radii[1]) / shrink))
    # Only what is seen is drawn: some lights are far larger than the picture.
    left, top = max(0, -corner[0]), max(0, -corner[1])
    right, bottom = min(wide, small[0] - corner[0]), min(high, small[1] - corner[1])
    if right <= left or bottom <= top:
        return Image.new("L", size)
    box = (left * 256 / wide, top * 256 / high, right * 256 / wide, bottom * 256 / high)
    mask.paste(_spot().resize((right - left, bottom - top), _BICUBIC, box), (corner[0] + left, corner[1] + top))
    return mask if shrink == 1 else mask.resize(size, _BICUBIC)


def soft_polygon(size: Size, points: Sequence[Point], blur: float = 0.0) -> Image.Image:
    """A mask of a polygon with smooth edges, blurred by a radius in pixels."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    left, top = max(-2, int(min(xs)) - 1), max(-2, int(min(ys)) - 1)
    width, height = min(size[0] + 2, int(max(xs)) + 1) - left, min(size[1] + 2, int(max(ys)) + 1) - top
    mask = Image.new("L", size)
    if width > 0 and height > 0:
        large = Image.new("L", (width * _SUPERSAMPLING, height * _SUPERSAMPLING))
        ImageDraw.Draw(large).polygon(
            [((x - left) * _SUPERSAMPLING, (y - top) * _SUPERSAMPLING) for x, y in points], fill=255
        )
        mask.paste(large.resize((width, height), Image.Resampling.BOX), (left, top))
    return mask.filter(ImageFilter.GaussianBlur(blur)) if blur else mask


def rounded(size: Size, radius: float) -> Image.Image:
    """A mask of a rectangle with round corners that fills its picture."""
    width, height = size
    large = Image.new("L", (width * _SUPERSAMPLING, height * _SUPERSAMPLING))
    ImageDraw.Draw(large).rounded_rectangle(
        (0, 0, large.width - 1, large.height - 1), radius * _SUPERSAMPLING, fill=255
    )
    return large.resize(size, Image.Resampling.BOX)


def darken(picture: Image.Image, mask: Image.Image, strength: float, colour: Colour = SHADOW) -> None:
    """Lay a shadow (or any other colour) over the picture where the mask is, at this strength (0 to 1)."""
    box = mask.getbbox()
    if box is not None:
        picture.paste(colour, box[:2], dimmed(mask.crop(box), strength))


def pool(picture: Image.Image, centre: Point, radii: Point, strength: float, colour: Colour = SHADOW) -> None:
    """Lay a shadow over an ellipse of the picture, darkest in its middle.

    Args:
        picture: RGB, changed in place.
        centre: in pixels from the top left.
        radii: across and down, in pixels.
        strength: in the middle (0 to 1).
        colour: of the shadow.
    """
    size = (max(2, round(radii[0] * 2)), max(2, round(radii[1] * 2)))
    mask = dimmed(glow(size, (size[0] / 2, size[1] / 2), (size[0] / 2, size[1] / 2)), strength)
    picture.paste(colour, (round(centre[0] - size[0] / 2), round(centre[1] - size[1] / 2)), mask)


def lit(picture: Image.Image, mask: Image.Image, colour: Colour, strength: float) -> Image.Image:
    """The picture with light of this colour added where the mask is, at this strength (0 to 1)."""
    light = Image.new("RGB", picture.size)
    light.paste(colour, (0, 0), dimmed(mask, strength))
    return ImageChops.screen(picture, light)


def noise(size: Size, random: Random) -> Image.Image:
    """A mask of independent random levels."""
    width, height = max(2, size[0]), max(2, size[1])
    return Image.frombytes("L", (width, height), random.randbytes(width * height))


def clouds(size: Size, cell: Point, random: Random, octaves: int = 3) -> Image.Image:
    """Smooth random levels, as in clouds or stone, around 128.

    Args:
        size: in pixels.
        cell: how far apart the largest features lie across and down, in pixels.
        random: where they come from.
        octaves: how many times finer features, half as large and half as strong, are added.
    """
    levels = Image.new("L", size, 128)
    for octave in range(octaves):
        across, down = (
            math.ceil(length * 2**octave / each) + 2 for length, each in zip(size, cell, strict=True)
        )
        coarse = noise((min(across, size[0]), min(down, size[1])), random)
        layer = coarse.resize(size, _BICUBIC)
        # Each finer octave counts half as much as the one before.
        levels = Image.blend(levels, layer, 1.0 if octave == 0 else 1 / (2 ** (octave + 1) - 1))
    return levels


def stretched(levels: Image.Image, contrast: float, middle: float = 128) -> Image.Image:
    """Levels drawn apart (contrast above 1) or together around 128, the middle going there."""
    return levels.point([min(255, max(0, round(128 + (level - middle) * contrast))) for level in range(256)])


def tinted(levels: Image.Image, dark: Colour, middle: Colour, light: Colour) -> Image.Image:
    """Levels turned into colours: 0 becomes the dark one, 128 the middle, 255 the light one."""
    curves = [
        [round(low + (mid - low) * step / 128) for step in range(128)]
        + [round(mid + (high - mid) * step / 127) for step in range(128)]
        for low, mid, high in zip(dark, middle, light, strict=True)
    ]
    return Image.merge("RGB", [levels.point(curve) for curve in curves])


def grained(picture: Image.Image, strength: float, random: Random) -> Image.Image:
    """The picture with fine grain, as film has it, which also hides the steps of gradients.

    Args:
        picture: RGB.
        strength: the furthest any pixel moves, as a share of the full range.
        random: where the grain comes from.
    """
    tile = noise((256, 256), random).filter(ImageFilter.BoxBlur(0.4))
    levels = tile.point([round(128 + (level - 127.5) * strength * 2) for level in range(256)])
    grain = Image.new("L", picture.size)
    for left in range(0, picture.width, 256):
        for top in range(0, picture.height, 256):
            grain.paste(levels, (left, top))
    return ImageChops.add(picture, Image.merge("RGB", (grain, grain, grain)), 1, -128)
