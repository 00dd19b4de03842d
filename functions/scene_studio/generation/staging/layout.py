"""Where products stand in a picture: a pure calculation on rectangles.

Products share the picture in up to a few rows, the taller ones behind. No product covers another, so every
one of them can be judged in the finished picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

_MOST_ROWS: Final = 5
_BACK_ROW_SCALE: Final = 0.88
_GAP: Final = 0.18
"""Between neighbours, as a share of the mean width in their row."""
_MARGIN: Final = 0.06
"""At the sides, as a share of the picture's width."""
_ROW_GAP: Final = 0.03
"""Between rows, as a share of the picture's height; also the room for moving products back and forth."""
_HEADROOM: Final = 0.1
_TALLEST: Final = 0.6
_WIDEST: Final = 0.62
_ANOTHER_ROW_GAIN: Final = 1.08
_LEAST_RATIO: Final = 0.36
"""No product is shown smaller than this share of the largest, so that each can be judged."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A product before it is placed, in metres.

    Attributes:
        index: which of the products.
        width: of what is seen of it.
        height: likewise.
        lift: the height of the stand below it; 0 where it stands on the ground itself.
        stand: the width of that stand.
    """

    index: int
    width: float
    height: float
    lift: float = 0.0
    stand: float = 0.0

    @property
    def whole_width(self) -> float:
        """The product's or the stand's width, whichever is larger."""
        return max(self.width, self.stand)

    @property
    def whole_height(self) -> float:
        """From the ground to the product's top."""
        return self.height + self.lift


@dataclass(frozen=True, slots=True)
class Spot:
    """The rectangle that one product fills, in pixels from the picture's top left.

    Attributes:
        index: which of the products.
        ground: the row at which it, or the stand below it, meets the ground.
        scale: pixels a metre where it stands.
    """

    index: int
    left: int
    top: int
    width: int
    height: int
    ground: int
    scale: float

    @property
    def bottom(self) -> int:
        """The row on which the product stands."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """The first column right of the product."""
        return self.left + self.width

    @property
    def middle(self) -> float:
        """The column of its middle."""
        return self.left + self.width / 2


def comparable(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """The figures, those that would be too small beside the largest one enlarged."""
    largest = max((max(figure.width, figure.height) for figure in figures), default=0.0)
    return tuple(
        replace(figure, width=figure.width * factor, height=figure.height * factor)
        for figure in figures
        for factor in [max(1.0, _LEAST_RATIO * largest / max(figure.width, figure.height))]
    )


def arrange(
    figures: Sequence[Figure],
    canvas: tuple[int, int],
    ground: tuple[float, float],
    looseness: float,
    random: Random,
) -> tuple[Spot, ...]:
    """Stand products on the ground, without overlap and as large as they can be.

    Args:
        figures: what is to be placed.
        canvas: width and height of the picture in pixels.
        ground: the rows between which products may stand, as shares of the height from the top.
        looseness: how far `random` moves things (0 not at all, to 1).
        random: where the variation comes from.

    Returns:
        One spot for each product, those at the back first.
    """
    rows, scale = _best_rows(figures, canvas, ground)
    scale *= 1 - 0.08 * looseness * random.random()
    spots: list[Spot] = []
    baseline = ground[1] * canvas[1]
    for behind, row in enumerate(reversed(rows)):
        row_scale = scale * _BACK_ROW_SCALE**behind
        spots = [*_place_row(row, row_scale, canvas, baseline, looseness=looseness, random=random), *spots]
        baseline -= max(figure.whole_height for figure in row) * row_scale + _ROW_GAP * canvas[1]
    return tuple(spots)


def _best_rows(
    figures: Sequence[Figure], canvas: tuple[int, int], ground: tuple[float, float]
) -> tuple[list[list[Figure]], float]:
    """The rows, rear one first, that let products be largest, and that size in pixels a metre."""
    by_height = sorted(figures, key=lambda figure: -figure.whole_height)
    best: tuple[list[list[Figure]], float] = ([], 0.0)
    for count in range(1, min(_MOST_ROWS, len(figures)) + 1):
        rows = _split(by_height, count)
        scale = _largest_scale(rows, canvas, ground)
        if scale > best[1] * _ANOTHER_ROW_GAIN:
            best = rows, scale
    return best


def _split(figures: Sequence[Figure], count: int) -> list[list[Figure]]:
    each, more = divmod(len(figures), count)
    rows, start = [], 0
    for row in range(count):
        end = start + each + (row < more)
        rows.append(sorted(figures[start:end], key=lambda figure: figure.index))
        start = end
    return rows


def _largest_scale(rows: list[list[Figure]], canvas: tuple[int, int], ground: tuple[float, float]) -> float:
    width, height = canvas
    scales = [_BACK_ROW_SCALE ** (len(rows) - 1 - index) for index in range(len(rows))]
    heights = [max(f.whole_height for f in row) * scale for row, scale in zip(rows, scales, strict=True)]
    gaps = _ROW_GAP * height * len(rows)
    standing = ground[1] * height
    limits = [(standing - gaps - _HEADROOM * height) / sum(heights), _TALLEST * height / max(heights)]
    if len(rows) > 1:
        limits.append((standing - gaps - ground[0] * height) / sum(heights[1:]))
    for row, scale in zip(rows, scales, strict=True):
        limits.append((1 - 2 * _MARGIN) * width / (scale * _row_width(row)))
        limits.append(_WIDEST * width / (scale * max(figure.whole_width for figure in row)))
    return max(1e-3, min(limits))


def _row_width(row: Sequence[Figure]) -> float:
    return sum(figure.whole_width for figure in row) * (1 + _GAP * (len(row) - 1) / len(row))


def _place_row(
    row: Sequence[Figure],
    scale: float,
    canvas: tuple[int, int],
    baseline: float,
    *,
    looseness: float,
    random: Random,
) -> list[Spot]:
    width, height = canvas
    filled = sum(figure.whole_width for figure in row) * scale
    least_gap = _GAP * filled / len(row)
    spare = (1 - 2 * _MARGIN) * width - filled - least_gap * (len(row) - 1)
    # A little of what is left opens the gaps, so that few products still stand as one group.
    opened = spare / (7 * len(row))
    gaps = [least_gap + opened * (1 + looseness * random.uniform(-1, 1)) for _ in row[1:]]
    free = width - filled - sum(gaps)
    sway = max(0.0, free / 2 - _MARGIN * width) * 0.5
    left = free / 2 + looseness * sway * random.uniform(-1, 1)
    placed = []
    for figure, gap in zip(row, [*gaps, 0.0], strict=True):
        step_back = _ROW_GAP * 0.8 * height * looseness * random.random()
        ground = round(baseline - step_back)
        wide, tall = max(1, round(figure.width * scale)), max(1, round(figure.height * scale))
        inset = (figure.whole_width - figure.width) * scale / 2
        top = ground - round(figure.lift * scale) - tall
        placed.append(Spot(figure.index, round(left + inset), top, wide, tall, ground, scale))
        left += figure.whole_width * scale + gap
    return placed


def moved(spots: Sequence[Spot], x: float | None, y: float | None, scale: float | None) -> tuple[Spot, ...]:
    """The spots as one group, scaled about the middle of its foot and moved there.

    Args:
        spots: of all products.
        x: the column of the group's middle, or None to leave it.
        y: the row on which the group stands, or None to leave it.
        scale: 1 leaves its size.
    """
    if not spots:
        return ()
    left, right = min(spot.left for spot in spots), max(spot.right for spot in spots)
    middle, foot, factor = (left + right) / 2, max(spot.ground for spot in spots), scale or 1.0
    to_x, to_y = middle if x is None else x, foot if y is None else y
    placed = []
    for spot in spots:
        ground = to_y + (spot.ground - foot) * factor
        bottom = to_y + (spot.bottom - foot) * factor
        wide, tall = max(1, round(spot.width * factor)), max(1, round(spot.height * factor))
        corner = (to_x + (spot.left - middle) * factor, bottom - tall)
        placed.append(
            Spot(spot.index, round(corner[0]), round(corner[1]), wide, tall, round(ground), spot.scale * factor)
        )
    return tuple(placed)
