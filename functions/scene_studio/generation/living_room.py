"""The stock scene: a modern living room in daylight, with free floor in front for products."""

import math
from collections.abc import Sequence
from random import Random
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scene_studio.generation.drawing import (
    SHADOW,
    Colour,
    Point,
    Size,
    boards,
    darken,
    dimmed,
    downwards,
    glow,
    gradient,
    grained,
    in_perspective,
    lit,
    mixed,
    noise,
    rightwards,
    soft_polygon,
)

_SIZE: Final[Size] = (1536, 1024)
_FLOOR: Final = 628
_DAYLIGHT: Final[Colour] = (255, 246, 230)
_WALL: Final[Colour] = (234, 229, 219)
_OAK: Final[Colour] = (204, 168, 128)
_LINEN: Final[Colour] = (192, 182, 166)
_SAGE: Final[Colour] = (122, 138, 118)
_RUST: Final[Colour] = (186, 112, 78)

Box = tuple[float, float, float, float]


def draw_living_room() -> Image.Image:
    """The living room as an RGB picture, 1536 x 1024 pixels, the same on every call."""
    random = Random(5)  # noqa: S311 - drawing, not secrets
    room = Image.new("RGB", _SIZE)
    room.paste(_wall(random), (0, 0))
    room.paste(_floor(random), (0, _FLOOR))
    room = _window(room, random)
    _art(room)
    _rug(room, random)
    _lamp(room)
    _sofa(room, random)
    _plant(room, random)
    # A touch of blur tells the eye that the room is farther away than the products.
    room = room.filter(ImageFilter.GaussianBlur(0.9))
    room = lit(room, glow(_SIZE, (300, 330), (1300, 1000)), _DAYLIGHT, 0.3)
    darken(room, ImageChops.invert(glow(_SIZE, (720, 480), (1700, 1450))), 0.3)
    return grained(room, 0.01, random)


def _wall(random: Random) -> Image.Image:
    size = (_SIZE[0], _FLOOR)
    wall = Image.new("RGB", size, _WALL)
    darken(wall, rightwards(size), 0.14)
    darken(wall, noise((256, 105), random).resize(size, Image.Resampling.BICUBIC), 0.015)
    wall.paste(mixed(_WALL, (255, 255, 255), 0.4), (0, _FLOOR - 26, _SIZE[0], _FLOOR))
    line = Image.new("L", size)
    line.paste(255, (0, _FLOOR - 28, _SIZE[0], _FLOOR - 26))
    darken(wall, line.filter(ImageFilter.GaussianBlur(1)), 0.4)
    darken(wall, rightwards(size, 0, 0.8), 0.1)
    return wall


def _floor(random: Random) -> Image.Image:
    size = (_SIZE[0], _SIZE[1] - _FLOOR)
    floor = in_perspective(boards((_SIZE[0] * 2, 760), _OAK, 34, random), size, size[1] * 0.75)
    darken(floor, downwards(size, 1, 0), 0.3, (236, 226, 210))
    darken(floor, rightwards(size), 0.14)
    # Sunlight through the two halves of the window, fading with its length.
    fading = downwards(size, 1, 0.25)
    for left in (150, 318):
        patch = [(left, 40), (left + 140, 40), (left + 330, 280), (left + 150, 280)]
        sunlight = ImageChops.multiply(soft_polygon(size, patch, 6), fading)
        floor = lit(floor, sunlight, _DAYLIGHT, 0.5)
    corner = Image.new("L", size)
    corner.paste(downwards((size[0], 40), 1, 0), (0, 0))
    darken(floor, corner, 0.35)
    return floor


def _window(room: Image.Image, random: Random) -> Image.Image:
    left, top, right, bottom = 118, 70, 470, 540
    view = gradient((right - left, bottom - top), (214, 232, 246), (244, 246, 238))
    leaves = Image.new("RGB", view.size, (126, 150, 104))
    crowns = noise((9, 11), random).resize(view.size, Image.Resampling.BICUBIC)
    crowns = crowns.point([max(0, min(255, (level - 105) * 5)) for level in range(256)])
    crowns = ImageChops.multiply(crowns, downwards(view.size, -0.1, 1.1))
    view.paste(leaves, (0, 0), dimmed(crowns.filter(ImageFilter.GaussianBlur(9)), 0.6))
    room.paste(view, (left, top))
    draw = ImageDraw.Draw(room)
    frame, shade = (250, 249, 246), (206, 202, 194)
    draw.rectangle((left - 14, top - 14, right + 14, bottom + 14), outline=frame, width=16)
    x = (left + right) // 2
    draw.rectangle((x - 7, top, x + 7, bottom), fill=frame)
    draw.line((x + 7, top, x + 7, bottom), fill=shade, width=2)
    draw.rectangle((left, 218, right, 228), fill=frame)
    draw.line((left, 229, right, 229), fill=shade, width=2)
    draw.rectangle((left - 26, bottom + 14, right + 26, bottom + 28), fill=(244, 241, 235))
    sill = Image.new("L", _SIZE)
    sill.paste(255, (left - 20, bottom + 28, right + 24, bottom + 38))
    darken(room, sill.filter(ImageFilter.GaussianBlur(5)), 0.4)
    room = lit(room, glow(_SIZE, (294, 300), (420, 420)), (255, 252, 244), 0.35)
    draw = ImageDraw.Draw(room)
    draw.line((44, 40, 546, 40), fill=(92, 84, 76), width=7)
    for start, width in ((52, 96), (442, 96)):
        _curtain(room, start, width, random)
    return room


def _curtain(room: Image.Image, left: int, width: int, random: Random) -> None:
    height = _FLOOR + 8 - 40
    folds = Image.new("L", (width, 1))
    phase = random.uniform(0, 6)
    for x in range(width):
        folds.putpixel((x, 0), round(128 + 90 * math.sin(x * 0.36 + phase) + 30 * math.sin(x * 0.83)))
    folds = folds.resize((width, height))
    cloth = Image.composite(
        Image.new("RGB", folds.size, (240, 235, 225)), Image.new("RGB", folds.size, (196, 188, 174)), folds
    )
    shadow = Image.new("L", _SIZE)
    shadow.paste(200, (left + 10, 50, left + width + 14, 40 + height))
    darken(room, shadow.filter(ImageFilter.GaussianBlur(10)), 0.22)
    room.paste(cloth, (left, 40), Image.new("L", cloth.size, 240))


def _art(room: Image.Image) -> None:
    for left, shapes in (
        (846, ((_RUST, 60, 110, 46), (_SAGE, 86, 150, 54))),
        (1046, ((_SAGE, 70, 90, 54), ((224, 190, 140), 104, 168, 44))),
    ):
        box = (left, 112, left + 164, 340)
        _drop_shadow(room, box, 12, 0.34)
        draw = ImageDraw.Draw(room)
        draw.rectangle(box, fill=(150, 116, 82))
        draw.rectangle((left + 7, 119, left + 157, 333), fill=(246, 243, 236))
        paper = room.crop((left + 7, 119, left + 157, 333))
        for colour, x, y, radius in shapes:
            circle = [
                (x + radius * math.cos(math.tau * step / 60), y + radius * math.sin(math.tau * step / 60))
                for step in range(60)
            ]
            darken(paper, soft_polygon(paper.size, circle), 0.85, colour)
        room.paste(paper, (left + 7, 119))


def _rug(room: Image.Image, random: Random) -> None:
    outline = [(560, 726), (1420, 726), (1560, 872), (470, 872)]
    mask = soft_polygon(_SIZE, outline, 1)
    darken(room, soft_polygon(_SIZE, [(x, y + 5) for x, y in outline], 5), 0.35)
    weave = gradient(_SIZE, (214, 206, 192), (232, 226, 214))
    darken(weave, noise((768, 512), random).resize(_SIZE), 0.08)
    inner = soft_polygon(_SIZE, [(588, 740), (1394, 740), (1512, 856), (508, 856)])
    inmost = soft_polygon(_SIZE, [(600, 746), (1384, 746), (1492, 848), (526, 848)])
    darken(weave, ImageChops.subtract(inner, inmost), 0.5, (150, 128, 104))
    room.paste(weave, (0, 0), mask)


def _lamp(room: Image.Image) -> None:
    _floor_shadow(room, (596, 690), (70, 12), 0.5)
    draw = ImageDraw.Draw(room)
    draw.ellipse((552, 676, 640, 698), fill=(58, 54, 52))
    draw.rectangle((593, 250, 599, 688), fill=(70, 66, 63))
    shade = [(556, 160), (636, 160), (660, 262), (532, 262)]
    cover = gradient(_SIZE, (240, 230, 210), (240, 230, 210))
    cover = lit(cover, glow(_SIZE, (590, 216), (70, 80)), (255, 240, 206), 0.6)
    darken(cover, rightwards(_SIZE), 0.2)
    room.paste(cover, (0, 0), soft_polygon(_SIZE, shade))


def _sofa(room: Image.Image, random: Random) -> None:
    _floor_shadow(room, (1000, 752), (420, 40), 0.75)
    _floor_shadow(room, (1000, 744), (360, 20), 0.6)
    draw = ImageDraw.Draw(room)
    for x in (690, 1298):
        draw.polygon([(x, 728), (x + 16, 728), (x + 13, 768), (x + 3, 768)], fill=(112, 78, 52))
    _cushion(room, (664, 446, 1336, 700), 34, mixed(_LINEN, SHADOW, 0.16), random)
    for left in (712, 1002):
        _cushion(room, (left, 432, left + 286, 632), 40, _LINEN, random)
    _cushion(room, (672, 660, 1328, 742), 18, mixed(_LINEN, SHADOW, 0.22), random)
    for left in (706, 1000):
        _cushion(room, (left, 606, left + 292, 690), 26, mixed(_LINEN, (255, 255, 255), 0.12), random)
    for left in (640, 1270):
        _cushion(room, (left, 532, left + 92, 746), 34, mixed(_LINEN, SHADOW, 0.05), random)
    _cushion(room, (744, 508, 862, 622), 30, _RUST, random)
    _cushion(room, (1144, 502, 1266, 622), 30, _SAGE, random)


def _cushion(room: Image.Image, box: Box, radius: int, colour: Colour, random: Random) -> None:
    """Something upholstered: a rounded block, lit from above left, with a shadow around it."""
    _drop_shadow(room, box, 10, 0.32)
    width, height = round(box[2] - box[0]), round(box[3] - box[1])
    size = (width, height)
    cloth = Image.new("RGB", size, colour)
    darken(cloth, noise((width, height), random), 0.05)
    cloth = lit(cloth, glow(size, (width * 0.38, height * 0.2), (width * 0.8, height * 0.75)), _DAYLIGHT, 0.2)
    darken(cloth, downwards(size, -0.6, 1), 0.34)
    darken(cloth, rightwards(size, -1.2, 1), 0.2)
    mask = Image.new("L", (width * 3, height * 3))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width * 3 - 1, height * 3 - 1), radius * 3, fill=255)
    mask = mask.resize(size, Image.Resampling.BOX)
    rim = ImageChops.subtract(mask, mask.filter(ImageFilter.GaussianBlur(7)))
    darken(cloth, rim, 0.5)
    room.paste(cloth, (round(box[0]), round(box[1])), mask)


def _plant(room: Image.Image, random: Random) -> None:
    _floor_shadow(room, (1446, 764), (110, 22), 0.7)
    pot = [(1392, 640), (1500, 640), (1484, 762), (1408, 762)]
    clay = Image.new("RGB", _SIZE, (232, 226, 216))
    band = Image.new("L", _SIZE)
    band.paste(rightwards((120, 140), -0.2, 1), (1386, 632))
    darken(clay, band, 0.55)
    room.paste(clay, (0, 0), soft_polygon(_SIZE, pot))
    draw = ImageDraw.Draw(room)
    draw.ellipse((1392, 630, 1500, 652), fill=(206, 198, 186))
    draw.ellipse((1400, 633, 1492, 650), fill=(70, 54, 42))
    draw.line([(1446, 642), (1440, 500), (1450, 330)], fill=(104, 80, 58), width=7)
    for step in range(46):
        along = step / 45
        angle = random.uniform(-2.7, -0.4) if along > 0.25 else random.uniform(-3.3, 0.2)
        start = (1444 + random.uniform(-6, 6), 580 - 270 * along)
        length = random.uniform(64, 104) * (1.05 - 0.3 * along)
        tone = mixed((52, 78, 50), (128, 150, 96), random.random() * 0.6 + 0.3 * (math.cos(angle) < 0))
        _leaf(room, start, angle, length, tone)


def _leaf(room: Image.Image, start: Point, angle: float, length: float, colour: Colour) -> None:
    along = (math.cos(angle), math.sin(angle))
    outline: list[Point] = []
    for side in (1, -1):
        steps: Sequence[int] = range(13) if side == 1 else range(12, -1, -1)
        for step in steps:
            t = step / 12
            half = side * length * 0.27 * math.sin(math.pi * t**0.8)
            outline.append(
                (
                    start[0] + along[0] * length * t - along[1] * half,
                    start[1] + along[1] * length * t + along[0] * half + 10 * t * t,
                )
            )
    darken(room, soft_polygon(_SIZE, [(x + 4, y + 7) for x, y in outline], 4), 0.22)
    room.paste(colour, (0, 0), soft_polygon(_SIZE, outline))
    tip = (start[0] + along[0] * length * 0.94, start[1] + along[1] * length * 0.94 + 8)
    ImageDraw.Draw(room).line([start, tip], fill=mixed(colour, (214, 222, 170), 0.3), width=2)


def _drop_shadow(room: Image.Image, box: Box, blur: float, strength: float) -> None:
    left, top, right, bottom = (round(value) for value in box)
    mask = Image.new("L", _SIZE)
    mask.paste(255, (left + 5, top + 8, right + 5, bottom + 6))
    darken(room, mask.filter(ImageFilter.GaussianBlur(blur)), strength)


def _floor_shadow(room: Image.Image, centre: Point, radii: Point, strength: float) -> None:
    darken(room, glow(_SIZE, centre, (radii[0] * 1.3, radii[1] * 1.6)), strength)
