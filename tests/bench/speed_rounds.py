"""Two things measured in turn, so that whatever else the machine does at the time slows both."""

import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tests.bench.figures import Figure, Goal

Cost = Callable[[], float]
"""Does something once, and tells what it cost."""


class Ratio(NamedTuple):
    """What one thing costs of another: the median of all rounds, and their extremes."""

    median: float
    lowest: float
    highest: float


def ratio_of(rounds: Sequence[float]) -> Ratio:
    """The ratio that so many rounds gave."""
    return Ratio(statistics.median(rounds), min(rounds), max(rounds))


def side_by_side(one: Cost, other: Cost, *, rounds: int, times: int = 1) -> Ratio:
    """What one thing costs of another.

    Args:
        one: the one.
        other: the one that it is compared with.
        rounds: how many ratios are taken.
        times: how often each is done in a round; every second time the other comes first.
    """
    ratios = []
    for _ in range(rounds):
        mine = theirs = 0.0
        for number in range(times):
            if number % 2:
                theirs += other()
                mine += one()
            else:
                mine += one()
                theirs += other()
        ratios.append(mine / theirs)
    return ratio_of(ratios)


def told(name: str, ratio: Ratio, unit: str, goal: Goal | None = None) -> Iterator[Figure]:
    """A ratio as figures of one name: what it is, and how far the rounds lie apart."""
    yield Figure(name, ratio.median, unit, goal)
    yield Figure(name, ratio.lowest, "in the lowest round")
    yield Figure(name, ratio.highest, "in the highest")


def busy() -> str:
    """What else the machine does, in words."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
