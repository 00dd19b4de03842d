"""Damages pictures in every way that comes to mind, for as long as wanted: `python -m tests.images.fuzz`.

Every file ends in a correct picture or a reason. One that makes the decoder crash is taken in again by the
real sandbox, which has to turn that into a reason too. What goes wrong is kept in a folder, and can be had
again from the seed and the number that are printed.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Final

from scene_studio.images.forms import Purpose, TakenIn
from scene_studio.images.sandbox import RejectedInSandbox, take_in_safely
from tests.images.long_lived_child import PURPOSES, Died, LongLivedChild
from tests.images.test_hostile import is_sound
from tests.support.hostile_pictures import mended, whole_pictures, with_flipped_bits

SLOW: Final = 5.0
_EXTREMES: Final = (
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\0\0\0\1",
    b"\xff\xff\0\0",
    b"\1\0\0\0",
)

Damage = Callable[[bytes, Random], bytes]


def _flipped(data: bytes, random: Random) -> bytes:
    return with_flipped_bits(data, random.getrandbits(64))


def _cut(data: bytes, random: Random) -> bytes:
    return mended(data[: random.randrange(len(data))])


def _overwritten(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    other = random.choice([*_EXTREMES, random.randbytes(random.randrange(1, 40))])
    return data[:at] + other + data[at + len(other) :]


def _without(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at + random.randrange(1, 60) :]


def _repeated(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    piece = data[at : at + random.randrange(1, 200)]
    return data[:at] + piece * random.choice([2, 2, 3, 500]) + data[at:]


def _spliced(data: bytes, random: Random) -> bytes:
    _, other = random.choice(_WHOLE)
    return data[: random.randrange(len(data))] + other[random.randrange(len(other)) :]


_WHOLE: Final = list(whole_pictures())
_DAMAGES: Final[tuple[Damage, ...]] = (
    _flipped,
    _flipped,
    _cut,
    _overwritten,
    _overwritten,
    _without,
    _repeated,
    _spliced,
)


def damaged(seed: int, number: int) -> tuple[str, bytes, Purpose]:
    """The file of this number: what was done to what, its bytes, and what it is to be."""
    random = Random(f"{seed} {number}")
    name, data = random.choice(_WHOLE)
    for _ in range(random.choice([1, 1, 2, 3])):
        damage = random.choice(_DAMAGES)
        data = damage(data, random) or b"\0"
        name += f", {damage.__name__.strip('_')}"
    return name, data, random.choice(PURPOSES)


class Fuzzing:
    """One run: what became of the files so far."""

    def __init__(self, seed: int, kept: Path) -> None:
        self.ends: Counter[str] = Counter()
        self.wrong = 0
        self._seed = seed
        self._kept = kept
        self._child = LongLivedChild()

    def try_number(self, number: int) -> None:
        """Take in the file of this number, and keep it if something is wrong."""
        name, data, purpose = damaged(self._seed, number)
        began = time.monotonic()
        try:
            outcome = self._child.take_in(data, purpose)
            if not is_sound(outcome, purpose):
                self._keep("unsound", name, number, data)
        except Died as death:
            self.ends["crashed"] += 1
            print(f"{name} ({number}): {death}", flush=True)
            self._child = LongLivedChild()
            outcome = self._in_sandbox(name, number, data, purpose)
        except ValueError as error:
            self._keep(f"unsound: {error}", name, number, data)
            return
        self.ends["ready" if isinstance(outcome, TakenIn) else "rejected"] += 1
        if time.monotonic() - began > SLOW:
            self.ends["slow"] += 1
            print(f"{name} ({number}): {time.monotonic() - began:.1f} s", flush=True)

    def _in_sandbox(self, name: str, number: int, data: bytes, purpose: Purpose) -> TakenIn | str:
        try:
            return take_in_safely(data, purpose)
        except RejectedInSandbox as rejection:
            return rejection.detail
        except Exception as error:  # noqa: BLE001 - that there is none is what is tried
            self._keep(f"not contained: {error!r}", name, number, data)
            return repr(error)

    def _keep(self, what: str, name: str, number: int, data: bytes) -> None:
        self.wrong += 1
        path = self._kept / f"{self._seed}-{number}"
        path.write_bytes(data)
        print(f"WRONG: {what}: {name} ({number}), kept as {path}", flush=True)


def main() -> int:
    """Run for so many minutes. Gives the exit status: 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.images.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, help="only the file of this number")
    options = parser.parse_args()
    fuzzing = Fuzzing(options.seed, Path(mkdtemp(prefix="fuzz-")))
    if options.number is not None:
        fuzzing.try_number(options.number)
        numbers = 1
    else:
        numbers = 0
        until = time.monotonic() + 60 * options.minutes
        while time.monotonic() < until:
            fuzzing.try_number(numbers)
            numbers += 1
    counts = ", ".join(f"{count} {end}" for end, count in sorted(fuzzing.ends.items()))
    print(f"seed {options.seed}: {numbers} files: {counts}; {fuzzing.wrong} wrong")
    return 1 if fuzzing.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
