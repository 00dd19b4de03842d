"""What the first request of a new container takes, import and all, against that of a reference.

The reference is a handler of one route that reads one object with the same libraries. `make cold-starts`
prints the same figures with what each bundle weighs.
"""

from collections.abc import Collection, Iterator
from typing import Final

from infra.functions import FUNCTIONS
from tests.aws.cold_starts import GOAL, ROUNDS, cold_starts
from tests.bench.figures import Benchmark, Figure, Goal, Say
from tests.bench.speed_rounds import busy, ratio_of, told


def first_requests(
    say: Say, *, rounds: int = ROUNDS, functions: Collection[str] = FUNCTIONS
) -> Iterator[Figure]:
    """Measure some functions, or all."""
    say(f"making bundles and starting each {rounds} times; {busy()}")
    starts = cold_starts(functions, rounds)
    for name, runs in starts.functions.items():
        ratios = [
            own.seconds / reference.seconds for own, reference in zip(runs, starts.reference, strict=True)
        ]
        named = f"first request and import, {name}"
        yield from told(named, ratio_of(ratios), "times the reference", Goal("at most", GOAL))


BENCHMARK: Final[Benchmark] = first_requests
