"""What the benchmarks report: figures, each a count or a ratio taken side by side in one run, with its goal."""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

Bound = Literal["at most", "at least", "exactly"]

_HOLDS: Final[dict[Bound, Callable[[float, float], bool]]] = {
    "at most": operator.le,
    "at least": operator.ge,
    "exactly": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should be, such as at most 1.1."""

    bound: Bound
    value: float

    def met_by(self, value: float) -> bool:
        """Whether a figure is as it should be."""
        return _HOLDS[self.bound](value, self.value)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Attributes:
        name: what was measured, in words, such as `requests to S3 of a warm edit`.
        value: the figure.
        unit: what it counts, such as `requests`, `bytes` or `times`, and for a ratio what it is a ratio to.
        goal: what it should be; None for one that is only told.
    """

    name: str
    value: float
    unit: str
    goal: Goal | None = None


Say = Callable[[str], None]
"""Tells whoever waits what is being measured."""

Benchmark = Callable[[Say], Iterator[Figure]]
"""Measures, and gives figures as they are known."""
