"""Light and texture for rendered pictures: gradients, glows, soft shapes, grain, and boards in perspective.

Everything here is deterministic; what looks random comes from the `Random` that is handed in.
"""

import math
import random as randomness
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]
Size = tuple[int, int]

SHADOW: Final[Colour] = (26, 20, 16)
"""Shadows in rooms are never quite black: light comes back from the floor."""

_SUPERSAMPLING: Final = 3


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """The colour that lies this share (0 to 1) of the way from the first to the second."""
    return (
        round(first[0] + (second[0] - first[0]) * share),
        round(first[1] + (second[1] - first[1]) * share),
        round(first[2] + (second[2] - first[2]) * share),
    )


def dimmed(mask: Image.Image, strength: float) -> Image.Image:
    """A mask at this strength (0 to 1)."""
    return mask.point([round(level * strength) for level in range(256)])


def downwards(size: Size, start: float = 0.0, end: float = 1.0) -> Image.Image:
    """A mask that rises evenly from the top (`start`, 0 to 1) to the bottom (`end`)."""
    ramp = Image.linear_gradient("L").point(
        [round(255 * (start + (end - start) * level / 255)) for level in range(256)]
    )
    return ramp.resize(size, Image.Resampling.BILINEAR)


def rightwards(size: Size, start: float = 0.0, end: float = 1.0) -> Image.Image:
    """A mask that rises evenly from the left (`start`, 0 to 1) to the right (`end`)."""
    return downwards((size[1], size[0]), start, end).transpose(Image.Transpose.TRANSPOSE)


def gradient(size: Size, top: Colour, bottom: Colour) -> Image.Image:
    """An RGB picture that changes evenly from top to bottom."""
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), downwards(size))


def glow(size: Size, centre: Point, radii: Point) -> Image.Image:
    """A mask that falls from 255 at the centre to 0 at the edge of an ellipse.

    Args:
        size: of the mask, in pixels.
        centre: in pixels from the top left; it may lie outside.
        radii: across and down, in pixels.
    """
    # Pillow's gradient reaches 255 in the corners; this one ends on the circle, and softly at both ends.
    shares = [max(0.0, 1 - level * math.sqrt(2) / 255) for level in range(256)]
    spot = Image.radial_gradient("L").point([round(255 * share**2 * (3 - 2 * share)) for share in shares])
    spot = spot.resize((max(2, round(radii[0] * 2)), max(2, round(radii[1] * 2))), Image.Resampling.BICUBIC)
    mask = Image.new("L", size)
    mask.paste(spot, (round(centre[0] - radii[0]), round(centre[1] - radii[1])))
    return mask


def soft_polygon(size: Size, points: Sequence[Point], blur: float = 0.0) -> Image.Image:
    """A mask of a polygon with smooth edges, blurred by a radius in pixels."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    left, top = int(min(xs)) - 1, int(min(ys)) - 1
    width, height = int(max(xs)) - left + 2, int(max(ys)) - top + 2
    large = Image.new("L", (width * _SUPERSAMPLING, height * _SUPERSAMPLING))
    ImageDraw.Draw(large).polygon(
        [((x - left) * _SUPERSAMPLING, (y - top) * _SUPERSAMPLING) for x, y in points], fill=255
    )
    mask = Image.new("L", size)
    mask.paste(large.resize((width, height), Image.Resampling.BOX), (left, top))
    return mask.filter(ImageFilter.GaussianBlur(blur)) if blur else mask


def darken(picture: Image.Image, mask: Image.Image, strength: float, colour: Colour = SHADOW) -> None:
    """Lay a shadow (or any other colour) over the picture where the mask is, at this strength (0 to 1)."""
    picture.paste(colour, (0, 0), dimmed(mask, strength))


def lit(picture: Image.Image, mask: Image.Image, colour: Colour, strength: float) -> Image.Image:
    """The picture with light of this colour added where the mask is, at this strength (0 to 1)."""
    light = Image.new("RGB", picture.size)
    light.paste(colour, (0, 0), dimmed(mask, strength))
    return ImageChops.screen(picture, light)


def noise(size: Size, random: randomness.Random) -> Image.Image:
    """A mask of independent random levels."""
    return Image.frombytes("L", size, random.randbytes(size[0] * size[1]))


def grained(picture: Image.Image, strength: float, random: randomness.Random) -> Image.Image:
    """The picture with fine grain, which hides the steps of gradients.

    Args:
        picture: RGB.
        strength: the furthest any pixel moves, as a share of the full range.
        random: where the grain comes from.
    """
    tile = noise((256, 256), random)
    levels = tile.point([round(128 + (level - 127.5) * strength * 2) for level in range(256)])
    grain = Image.new("L", picture.size)
    for left in range(0, picture.width, 256):
        for top in range(0, picture.height, 256):
            grain.paste(levels, (left, top))
    return ImageChops.add(picture, Image.merge("RGB", (grain, grain, grain)), 1, -128)


def wood(size: Size, colour: Colour, strength: float, random: randomness.Random) -> Image.Image:
    """A board with its grain running from top to bottom.

    Args:
        size: in pixels.
        colour: of the wood on the whole.
        strength: how far the grain goes towards light and dark (0 to 1).
        random: where the grain comes from.
    """
    width, height = size
    fine = noise((max(2, width // 2), max(2, height // 60)), random).resize(size, Image.Resampling.BICUBIC)
    broad = noise((max(2, width // 14), max(2, height // 160)), random).resize(size, Image.Resampling.BICUBIC)
    grain = Image.blend(fine, broad, 0.5)
    dark, light = mixed(colour, SHADOW, strength), mixed(colour, (255, 246, 228), strength * 0.7)
    return Image.composite(Image.new("RGB", size, light), Image.new("RGB", size, dark), grain)


def boards(size: Size, colour: Colour, across: int, random: randomness.Random) -> Image.Image:
    """A floor of boards seen from above, running from top to bottom with staggered joints.

    Args:
        size: in pixels.
        colour: of the wood on the whole.
        across: how many boards lie side by side.
        random: where shades, joints and grain come from.
    """
    floor = wood(size, colour, 0.16, random)
    tones, seams = Image.new("L", size, 128), Image.new("L", size)
    draw, lines = ImageDraw.Draw(tones), ImageDraw.Draw(seams)
    width, height = size
    for board in range(across):
        left, right = round(board * width / across), round((board + 1) * width / across)
        top = -random.uniform(0, 0.5) * height
        while top < height:
            bottom = top + random.uniform(0.4, 0.7) * height
            draw.rectangle((left, top, right, bottom), fill=random.randint(96, 160))
            lines.line((left, bottom, right, bottom), fill=150, width=2)
            top = bottom
        lines.line((left, 0, left, height), fill=170, width=2)
    floor = ImageChops.soft_light(floor, Image.merge("RGB", (tones, tones, tones)))
    darken(floor, seams.filter(ImageFilter.GaussianBlur(0.8)), 0.6)
    return floor


def in_perspective(texture: Image.Image, size: Size, horizon: float) -> Image.Image:
    """A texture laid on the floor and seen from a standing height.

    Args:
        texture: the floor from above, its far edge at the top; wider than the result by the factor by which
            the far edge is to look smaller.
        size: of the result, which is all floor.
        horizon: how far above the result's top edge the eye's horizon lies, in pixels.
    """
    width, height = size
    zoom = texture.width / width
    depth = texture.height * (1 + height / horizon) / height
    return texture.transform(
        size,
        Image.Transform.PERSPECTIVE,
        (
            *(zoom, texture.width / (2 * horizon), texture.width / 2 - zoom * width / 2),
            *(0.0, depth, 0.0),
            *(0.0, 1 / horizon),
        ),
        Image.Resampling.BICUBIC,
    )
