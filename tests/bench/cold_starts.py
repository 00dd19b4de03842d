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
    say(f"making the bundles; {busy()}")
    for start in cold_starts(functions, rounds):
        say(f"{start.function}; {busy()}")
        name = f"first request and import, {start.function}"
        yield from told(name, ratio_of(start.to_reference), "times the reference", Goal("at most", GOAL))


BENCHMARK: Final[Benchmark] = first_requests
