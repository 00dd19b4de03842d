"""Wood: single boards, table tops, and floors of planks and parquet, seen straight on."""

import math
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final, NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scene_studio.generation.rendering.drawing import (
    WHITE,
    Colour,
    Size,
    clouds,
    darken,
    mixed,
    noise,
    scaled,
    stretched,
    tinted,
)

_BICUBIC: Final = Image.Resampling.BICUBIC
_HERRINGBONE: Final = 6
"""The length of a board of herringbone parquet, divided by its width."""


class _Board(NamedTuple):
    """Where a board lies, in pixels."""

    left: int
    top: int
    right: int
    bottom: int


def wood_levels(size: Size, scale: float, random: Random, rings: float = 5.0) -> Image.Image:
    """The figure of wood around 128, its grain running from top to bottom."""
    # Wood is cut from rings: contour lines of a smooth field that changes slowly along the grain.
    field = clouds(size, (0.09 * scale, 1.1 * scale), random, 2)
    figure = field.point([round(128 + 100 * math.sin(math.tau * rings * level / 255)) for level in range(256)])
    fibres = noise((size[0] // 2, round(size[1] / max(6.0, 0.12 * scale))), random).resize(size, _BICUBIC)
    broad = clouds(size, (0.03 * scale, 0.7 * scale), random, 2)
    levels = Image.blend(Image.blend(figure, broad, 0.55), fibres, 0.3)
    pores = noise((size[0] // 2, round(size[1] / max(4.0, 0.03 * scale))), random).resize(size, _BICUBIC)
    return ImageChops.subtract(levels, pores.point([0] * 196 + [min(60, level) for level in range(60)]))


def _coloured_wood(levels: Image.Image, colour: Colour) -> Image.Image:
    dark = mixed(scaled(colour, 0.52), (70, 34, 10), 0.22)
    return tinted(levels, dark, colour, mixed(colour, (255, 240, 214), 0.42))


def wood(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """One broad board, its grain running from top to bottom."""
    return _coloured_wood(stretched(wood_levels(size, scale, random), 0.55), colour)


def table_boards(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """A table top of glued boards, their grain running from left to right."""
    turned = (size[1], size[0])
    boards = _boards(turned, scale, (0.13, 3.0), random)
    top = _coloured_wood(stretched(_laid(turned, scale, boards, random, tones=26), 0.6), colour)
    darken(top, _seams(turned, boards, width=1), 0.28)
    return top.transpose(Image.Transpose.TRANSPOSE)


def planks(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """A floor of boards that run from top to bottom, with staggered joints."""
    return _plank_floor(size, scale, colour, random, board=(0.16, 1.7))


def wide_planks(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """Old broad boards of uneven shade with open gaps."""
    return _plank_floor(size, scale, colour, random, board=(0.24, 2.4), tones=52, gap=0.007)


def _plank_floor(
    size: Size,
    scale: float,
    colour: Colour,
    random: Random,
    *,
    board: tuple[float, float],
    tones: int = 34,
    gap: float = 0.003,
) -> Image.Image:
    boards = _boards(size, scale, board, random)
    floor = _coloured_wood(stretched(_laid(size, scale, boards, random, tones=tones), 0.48), colour)
    seams = _seams(size, boards, width=max(1, round(gap * scale)))
    darken(floor, seams.filter(ImageFilter.GaussianBlur(0.6)), 0.72)
    # The edges of boards are rounded a little: beside each gap one side catches the light.
    catch = ImageChops.offset(seams, max(1, round(0.004 * scale)), 0)
    darken(floor, ImageChops.subtract(catch, seams), 0.13, WHITE)
    return floor


def _boards(size: Size, scale: float, board: tuple[float, float], random: Random) -> list[_Board]:
    """Boards of this width and length in metres that cover a surface side by side, with staggered joints."""
    across, along = max(4, round(board[0] * scale)), max(8, round(board[1] * scale))
    boards = []
    for left in range(0, size[0], across):
        top = -round(random.random() * along)
        while top < size[1]:
            bottom = top + round(along * random.uniform(0.7, 1.0))
            if bottom > 0:
                boards.append(_Board(left, max(0, top), left + across, min(size[1], bottom)))
            top = bottom
    return boards


def _laid(size: Size, scale: float, boards: Sequence[_Board], random: Random, *, tones: int) -> Image.Image:
    """Boards, each a piece of the same wood from another place and of another shade."""
    widest = max(board.right - board.left for board in boards)
    longest = max(board.bottom - board.top for board in boards)
    stock = wood_levels((widest * 7, longest + longest // 2), scale, random)
    laid = Image.new("L", size, 128)
    for left, top, right, bottom in boards:
        x = random.randrange(stock.width - widest)
        y = random.randrange(stock.height - (bottom - top))
        piece = stock.crop((x, y, x + right - left, y + bottom - top))
        if random.random() < 0.5:
            piece = piece.transpose(Image.Transpose.ROTATE_180)
        laid.paste(_shaded(piece, random.gauss(0, tones / 2)), (left, top))
    return laid


def _shaded(piece: Image.Image, shift: float) -> Image.Image:
    return piece.point([min(255, max(0, round(level + shift))) for level in range(256)])


def _seams(size: Size, boards: Sequence[_Board], *, width: int) -> Image.Image:
    seams = Image.new("L", size)
    draw = ImageDraw.Draw(seams)
    for left, top, right, bottom in boards:
        draw.line((left, top, left, bottom), fill=255, width=width)
        draw.line((left, bottom, right, bottom), fill=190, width=width)
    return seams


def herringbone(size: Size, scale: float, colour: Colour, random: Random) -> Image.Image:
    """Parquet of short boards laid at right angles to one another."""
    short = max(5, round(0.085 * scale))
    long = short * _HERRINGBONE
    stock = wood_levels((short * 6, long * 3), scale, random)
    # Drawn square to the boards on a larger sheet, then turned by 45 degrees.
    side = math.ceil((size[0] + size[1]) * 0.72) + 2 * long
    sheet = Image.new("L", (side, side), 128)
    seams = Image.new("L", (side, side))
    draw = ImageDraw.Draw(seams)
    for corner, upright in _herringbone_corners(side // short + 1):
        x, y = random.randrange(stock.width - short), random.randrange(stock.height - long)
        piece = stock.crop((x, y, x + short, y + long))
        if not upright:
            piece = piece.transpose(Image.Transpose.ROTATE_90)
        left, top = corner[0] * short, corner[1] * short
        sheet.paste(_shaded(piece, random.gauss(0, 17)), (left, top))
        draw.rectangle((left, top, left + piece.width, top + piece.height), outline=255)
    turned = sheet.rotate(45, Image.Resampling.BICUBIC)
    edge = ((side - size[0]) // 2, (side - size[1]) // 2)
    box = (*edge, edge[0] + size[0], edge[1] + size[1])
    floor = _coloured_wood(stretched(turned.crop(box), 0.5), colour)
    darken(floor, seams.rotate(45, Image.Resampling.BICUBIC).crop(box), 0.42)
    return floor


def _herringbone_corners(cells: int) -> Iterator[tuple[tuple[int, int], bool]]:
    """Where boards begin on a grid as wide as a board, and whether each stands upright."""
    period = 2 * _HERRINGBONE
    for line in range(cells):
        for start in range(line % period - period, cells, period):
            yield (start, line), False
        for start in range((line + 1) % period - period, cells, period):
            yield (line, start), True
