"""Connected regions of a mask.

Pillow's own flood fill visits single pixels in Python, which takes many seconds for a photograph. Here the
unit is the run: a horizontal stretch of set pixels, of which a mask has thousands instead of millions.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from PIL import Image

_RUN: Final = re.compile(rb"\xff+")


@dataclass(slots=True)
class Region:
    """Set pixels that hang together by their sides.

    Attributes:
        runs: row, first column and the column after the last, of each stretch.
        touches_border: whether any of its pixels lies on the picture's border.
        area: in pixels.
    """

    runs: list[tuple[int, int, int]] = field(default_factory=list)
    touches_border: bool = False
    area: int = 0


def regions(mask: Image.Image) -> list[Region]:
    """The connected regions of the pixels that are 255.

    Args:
        mask: an L picture of 0 and 255.
    """
    runs = _runs(mask)
    parents = _linked(runs)
    width, height = mask.size
    found: dict[int, Region] = {}
    for index, (row, start, end) in enumerate(runs):
        region = found.setdefault(_root(parents, index), Region())
        region.runs.append((row, start, end))
        region.area += end - start
        if row in {0, height - 1} or start == 0 or end == width:
            region.touches_border = True
    return list(found.values())


def paint(size: tuple[int, int], chosen: Iterable[Region]) -> Image.Image:
    """A mask of this size that is 255 in these regions and 0 elsewhere."""
    width, height = size
    pixels = bytearray(width * height)
    for region in chosen:
        for row, start, end in region.runs:
            pixels[row * width + start : row * width + end] = b"\xff" * (end - start)
    return Image.frombytes("L", size, bytes(pixels))


def _runs(mask: Image.Image) -> list[tuple[int, int, int]]:
    width, height = mask.size
    pixels = mask.tobytes()
    return [
        (row, run.start(), run.end())
        for row in range(height)
        for run in _RUN.finditer(pixels[row * width : (row + 1) * width])
    ]


def _linked(runs: list[tuple[int, int, int]]) -> list[int]:
    """For each run the index of another of its region, or its own; following these ends at one root."""
    parents = list(range(len(runs)))
    above = 0
    for index, (row, start, end) in enumerate(runs):
        # Runs are in reading order, so those of the row above that end left of this one are done with.
        while runs[above][0] < row - 1 or (runs[above][0] == row - 1 and runs[above][2] <= start):
            above += 1
        candidate = above
        while runs[candidate][0] == row - 1 and runs[candidate][1] < end:
            parents[_root(parents, candidate)] = _root(parents, index)
            candidate += 1
    return parents


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index
