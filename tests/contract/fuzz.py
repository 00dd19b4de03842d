"""Calls the local server as the contract allows and as it forbids, for as long as wanted.

`python -m tests.contract.fuzz --minutes 5`. The seed is printed, and gives the same run again as far as answers
do not depend on the time.
"""

import argparse
import secrets
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from tests.contract.flat_pictures import service_of_flat_pictures
from tests.contract.program import Run, run

_AFTERWARDS: Final = 120.0
"""How many seconds the program may take beyond its time, to end what it began and to shrink what failed."""


def fuzz(minutes: float, seed: int) -> Run:
    """Run for so many minutes against a fresh server."""
    folder = Path(mkdtemp(prefix="fuzz-contract-"))
    service = service_of_flat_pictures(folder).start()
    seconds = max(2, round(60 * minutes))
    try:
        return run(
            folder,
            service.address,
            *("--phases", "examples,fuzzing,stateful", "--seed", str(seed)),
            *("--max-time", str(seconds)),
            seconds=seconds + _AFTERWARDS,
            tokens=False,
        )
    finally:
        service.kill()


def main() -> int:
    """Run, and tell what came of it. Gives the exit status: 1 if anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = secrets.randbelow(2**31) if options.seed is None else options.seed
    print(f"calls by the contract, seed {seed}", flush=True)
    done = fuzz(options.minutes, seed)
    if done.failures:
        print(done.output)
    print(f"seed {seed}: {done.summary()}")
    return 1 if done.failures else 0


if __name__ == "__main__":
    sys.exit(main())
