"""Run the simulator at length: `python -m tests.simulation.run --seeds N [--start S] [--mutant NAME]`.

A violation prints its seed and the whole story of its schedule, and the exit status is 1. To see one again,
run its seed alone: `--start SEED --seeds 1`.
"""

import argparse
import gc
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from functools import reduce
from multiprocessing import get_context
from typing import Final, NamedTuple

from tests.simulation.containers import light_answers
from tests.simulation.files import Tally as FileTally
from tests.simulation.mutants import MUTANTS
from tests.simulation.pictures import Counts
from tests.simulation.profiles import DEAR, PROFILES, USUAL
from tests.simulation.schedule import Outcome, run_schedule

_CHUNK: Final = 50
_WIDTH: Final = 40
_SHOWN: Final = 3


class Part(NamedTuple):
    """Some seeds to run.

    Attributes:
        mutant: the rule to switch off; empty for none.
        profile: the company; empty for every one in turn.
    """

    seeds: range
    mutant: str
    profile: str


class Tally(NamedTuple):
    """What came of some seeds."""

    schedules: int = 0
    acknowledged: int = 0
    commits: int = 0
    pictures: Counts = Counts()
    files: FileTally = FileTally()
    violations: tuple[Outcome, ...] = ()

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.schedules + other.schedules,
            self.acknowledged + other.acknowledged,
            self.commits + other.commits,
            self.pictures.plus(other.pictures),
            self.files.plus(other.files),
            self.violations + other.violations,
        )


def run_part(part: Part) -> Tally:
    """Run some seeds."""
    names = (
        [part.profile] if part.profile else ["usual", "usual", *(one for one in PROFILES if one not in DEAR)]
    )
    outcomes = []
    gc.disable()  # in the midst of a schedule it would only cost time
    with ExitStack() as stack:
        stack.enter_context(light_answers())
        if part.mutant:
            stack.enter_context(MUTANTS[part.mutant].switched_off())
        for seed in part.seeds:
            profile = PROFILES.get(names[seed % len(names)], USUAL)
            outcomes.append(run_schedule(seed, profile))
    gc.enable()
    gc.collect()
    return Tally(
        len(outcomes),
        sum(outcome.acknowledged for outcome in outcomes),
        sum(outcome.commits for outcome in outcomes),
        reduce(Counts.plus, (outcome.pictures for outcome in outcomes), Counts()),
        reduce(FileTally.plus, (outcome.files for outcome in outcomes), FileTally()),
        tuple(outcome for outcome in outcomes if outcome.violation is not None),
    )


def parts_of(seeds: range, mutant: str = "", profile: str = "") -> list[Part]:
    """Seeds in parts that several processes can share."""
    starts = seeds[::_CHUNK]
    return [Part(range(first, min(first + _CHUNK, seeds.stop)), mutant, profile) for first in starts]


def tallies(parts: Sequence[Part], jobs: int) -> Iterator[Tally]:
    """What comes of each part, as so many processes come to it."""
    if jobs == 1:
        yield from map(run_part, parts)
        return
    # New processes, not forks of this one, whose other threads may hold locks; and none is ended by a signal.
    with ProcessPoolExecutor(jobs, get_context("spawn")) as processes:
        for done in as_completed([processes.submit(run_part, part) for part in parts]):
            yield done.result()


def _progress(done: int, total: int, violations: int, seconds: float) -> None:
    filled = _WIDTH * done // total
    left = seconds * (total - done) / max(done, 1)
    sys.stderr.write(
        f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {done:,}/{total:,} schedules, {violations} violations, "
        f"{done / seconds:.0f}/s, {left:.0f} s left  "
    )
    sys.stderr.flush()


def _tell(outcome: Outcome) -> None:
    print(f"\nseed {outcome.seed}: {outcome.violation}")
    for line in outcome.story:
        print("   ", *line)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and say what came of it."""
    parser = argparse.ArgumentParser(description="Simulate people who change one studio at once.")
    parser.add_argument("--seeds", type=int, default=2000, help="how many schedules")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes")
    parser.add_argument("--mutant", default="", choices=["", *MUTANTS], help="a rule to switch off")
    parser.add_argument("--profile", default="", choices=["", "usual", *PROFILES], help="who is there")
    given = parser.parse_args(arguments)
    profile = given.profile or (MUTANTS[given.mutant].profile if given.mutant else "")
    parts = parts_of(range(given.start, given.start + given.seeds), given.mutant, profile)
    began = time.monotonic()
    total = Tally()
    for tally in tallies(parts, min(given.jobs, len(parts))):
        total = total.plus(tally)
        for outcome in tally.violations[:_SHOWN] if len(total.violations) <= _SHOWN else ():
            sys.stderr.write(f"\nseed {outcome.seed}: {outcome.violation}\n")
        _progress(total.schedules, given.seeds, len(total.violations), time.monotonic() - began)
    sys.stderr.write("\n")
    for outcome in sorted(total.violations, key=lambda outcome: outcome.seed)[:_SHOWN]:
        _tell(outcome)
    pictures, files, seconds = total.pictures, total.files, time.monotonic() - began
    print(
        f"{total.schedules:,} schedules, {total.acknowledged:,} acknowledged operations, {total.commits:,} "
        f"commits, {pictures.asked:,} pictures asked for, {pictures.revisions:,} revisions, "
        f"{pictures.failures:,} failures, {pictures.cancellations:,} cancellations, "
        f"{pictures.calls:,} calls of the image model, {files.asked:,} files asked for, {files.pictures:,} "
        f"taken in, {files.rejected:,} rejected, {len(total.violations):,} violations, {seconds:.0f} s"
    )
    return 1 if total.violations else 0


if __name__ == "__main__":
    sys.exit(main())
