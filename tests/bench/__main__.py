"""`python -m tests.bench [NAME ...]`: measure what everything costs, or some of it, and say whether it may.

A table goes to standard output, progress to standard error, and all figures into `results.json` beside the
plots. That file is kept with the code, because the README quotes it, and is made to quote it rightly. It holds
what each benchmark gave when it last ran, and on what kind of machine that was, so that running one leaves the
figures of the others. The exit status is 1 if a goal was missed.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from tests.bench.figures import Benchmark, Figure
from tests.bench.quoting import requoted
from tests.bench.report import entry, figures_of, table
from tests.support.environment import keep_apart

BENCHMARKS: Final = ("operations", "edits", "drain", "speed", "peers", "pictures", "cold_starts", "page")
"""Modules of this package that offer a `BENCHMARK`; they are imported only when they run."""
RESULTS: Final = Path(__file__).with_name("results.json")
README: Final = Path(__file__).parents[2] / "README.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments name, all by default; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure what everything costs.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; all by default"
    )
    names = parser.parse_args(arguments).names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    keep_apart()
    began = time.monotonic()
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    figures: list[Figure] = []
    for name in names:
        found = run(name, began)
        figures += found
        kept[name] = entry(found)
        ordered = {one: kept[one] for one in BENCHMARKS if one in kept}
        RESULTS.write_text(json.dumps(ordered, indent=1) + "\n")
    sys.stdout.writelines(f"{line}\n" for line in table(figures))
    README.write_text(requoted(README.read_text(), figures_of(kept)))
    missed = [figure for figure in figures if figure.goal is not None and not figure.goal.met_by(figure.value)]
    return 1 if missed else 0


def run(name: str, began: float) -> list[Figure]:
    """Run a benchmark, telling what it is at and how long all has taken since it began."""

    def say(what: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:6.1f} s  {name}: {what}\n")
        sys.stderr.flush()

    benchmark: Benchmark = import_module(f"tests.bench.{name}").BENCHMARK
    return list(benchmark(say))


if __name__ == "__main__":
    sys.exit(main())
