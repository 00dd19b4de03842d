"""Where products stand in a picture: a pure calculation on rectangles.

Products share the picture in up to a few rows on the floor, the taller ones behind. No product covers
another, so every one of them can be judged in the finished picture.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

_MOST_ROWS: Final = 5
_BACK_ROW_SCALE: Final = 0.88
_GAP: Final = 0.22
"""Between neighbours, as a share of the mean width in their row."""
_MARGIN: Final = 0.05
"""At the sides, as a share of the picture's width."""
_ROW_GAP: Final = 0.03
"""Between rows, as a share of the picture's height; also the room for moving products back and forth."""
_HEADROOM: Final = 0.08
_TALLEST: Final = 0.56
_WIDEST: Final = 0.62
_WALL_DISTANCE: Final = 0.06
_ANOTHER_ROW_GAIN: Final = 1.08


@dataclass(frozen=True, slots=True)
class Placement:
    """The rectangle that one product fills, in pixels from the picture's top left.

    Attributes:
        index: which of the products.
    """

    index: int
    left: int
    top: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        """The line on which the product stands."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """The first column right of the product."""
        return self.left + self.width


@dataclass(frozen=True, slots=True)
class _Figure:
    index: int
    width: float
    height: float


def arrange(
    shapes: Sequence[float], canvas: tuple[int, int], floor_top: float, looseness: float, random: Random
) -> tuple[Placement, ...]:
    """Stand products on the floor, without overlap and as large as they can be.

    Products are given about equal areas, since nothing is known of their real sizes.

    Args:
        shapes: each product's width divided by its height.
        canvas: width and height of the picture in pixels.
        floor_top: where the floor begins, as a share of the height from the top.
        looseness: how far `random` moves things (0 not at all, to 1).
        random: where the variation comes from.

    Returns:
        One placement for each product, those at the back first.
    """
    figures = [_Figure(index, math.sqrt(shape), 1 / math.sqrt(shape)) for index, shape in enumerate(shapes)]
    if not figures:
        return ()
    rows, scale = _best_rows(figures, canvas, floor_top)
    scale *= 1 - 0.08 * looseness * random.random()
    placements: list[Placement] = []
    baseline = _front_baseline(len(rows)) * canvas[1]
    for behind, row in enumerate(reversed(rows)):
        row_scale = scale * _BACK_ROW_SCALE**behind
        placements = [
            *_place_row(row, row_scale, canvas, baseline, looseness=looseness, random=random),
            *placements,
        ]
        baseline -= max(figure.height for figure in row) * row_scale + _ROW_GAP * canvas[1]
    return tuple(placements)


def _best_rows(
    figures: Sequence[_Figure], canvas: tuple[int, int], floor_top: float
) -> tuple[list[list[_Figure]], float]:
    """The rows, rear one first, that let products be largest, and that size in pixels per unit."""
    by_height = sorted(figures, key=lambda figure: -figure.height)
    best: tuple[list[list[_Figure]], float] = ([], 0.0)
    for count in range(1, min(_MOST_ROWS, len(figures)) + 1):
        rows = _split(by_height, count)
        scale = _largest_scale(rows, canvas, floor_top)
        if scale > best[1] * _ANOTHER_ROW_GAIN:
            best = rows, scale
    return best


def _split(figures: Sequence[_Figure], count: int) -> list[list[_Figure]]:
    each, more = divmod(len(figures), count)
    rows, start = [], 0
    for row in range(count):
        end = start + each + (row < more)
        rows.append(sorted(figures[start:end], key=lambda figure: figure.index))
        start = end
    return rows


def _largest_scale(rows: list[list[_Figure]], canvas: tuple[int, int], floor_top: float) -> float:
    width, height = canvas
    scales = [_BACK_ROW_SCALE ** (len(rows) - 1 - index) for index in range(len(rows))]
    heights = [max(f.height for f in row) * scale for row, scale in zip(rows, scales, strict=True)]
    gaps = _ROW_GAP * height * len(rows)
    standing = _front_baseline(len(rows)) * height
    limits = [(standing - gaps - _HEADROOM * height) / sum(heights), _TALLEST * height / max(heights)]
    if len(rows) > 1:
        limits.append((standing - gaps - (floor_top + _WALL_DISTANCE) * height) / sum(heights[1:]))
    for row, scale in zip(rows, scales, strict=True):
        limits.append((1 - 2 * _MARGIN) * width / (scale * _row_width(row)))
        limits.append(_WIDEST * width / (scale * max(figure.width for figure in row)))
    return min(limits)


def _row_width(row: Sequence[_Figure]) -> float:
    return sum(figure.width for figure in row) * (1 + _GAP * (len(row) - 1) / len(row))


def _front_baseline(rows: int) -> float:
    return 0.9 if rows == 1 else 0.955


def _place_row(
    row: Sequence[_Figure],
    scale: float,
    canvas: tuple[int, int],
    baseline: float,
    *,
    looseness: float,
    random: Random,
) -> list[Placement]:
    width, height = canvas
    filled = sum(figure.width for figure in row) * scale
    least_gap = _GAP * filled / len(row)
    spare = (1 - 2 * _MARGIN) * width - filled - least_gap * (len(row) - 1)
    # A third of what is left opens the gaps, so that few products still stand as one group.
    opened = spare / (3 * len(row))
    gaps = [least_gap + opened * (1 + looseness * random.uniform(-1, 1)) for _ in row[1:]]
    free = width - filled - sum(gaps)
    sway = (free / 2 - _MARGIN * width) * 0.5
    left = free / 2 + looseness * sway * random.uniform(-1, 1)
    placed = []
    for figure, gap in zip(row, [*gaps, 0.0], strict=True):
        step_back = _ROW_GAP * 0.8 * height * looseness * random.random()
        tall = max(1, round(figure.height * scale))
        wide = max(1, round(figure.width * scale))
        placed.append(Placement(figure.index, round(left), round(baseline - step_back) - tall, wide, tall))
        left += figure.width * scale + gap
    return placed
