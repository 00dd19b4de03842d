"""Both fuzzers, one after the other: `python -m tests.fuzz --minutes 5`.

Half of the time goes into damaged pictures, half into calls of the API. The seed is printed; given again, it
repeats the run, as far as what is answered does not depend on the time.
"""

import argparse
import secrets
import subprocess
import sys
from typing import Final

_FUZZERS: Final = ("tests.images.fuzz", "tests.contract.fuzz")


def main() -> int:
    """Run both. Gives the exit status: 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = secrets.randbelow(2**31) if options.seed is None else options.seed
    minutes = options.minutes / len(_FUZZERS)
    print(f"seed {seed}; {minutes:g} minutes for each of {', '.join(_FUZZERS)}", flush=True)
    codes = [
        subprocess.run(
            [sys.executable, "-m", fuzzer, "--minutes", str(minutes), "--seed", str(seed)], check=False
        ).returncode
        for fuzzer in _FUZZERS
    ]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
