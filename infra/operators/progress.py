"""Telling how far a long run has come, now and then."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TextIO

_SECONDS: Final = 2.0


@dataclass(slots=True)
class Progress:
    """Counts objects, and says every two seconds how many there were.

    Attributes:
        doing: what is done with them, as in "checked".
        objects: how many there were.
        size: how large they were together, in bytes.
        monotonic: seconds on a clock that never jumps.
        out: where it says so; stderr.
    """

    doing: str
    objects: int = 0
    size: int = 0
    monotonic: Callable[[], float] = time.monotonic
    out: TextIO | None = None
    _next: float | None = None

    def add(self, size: int) -> None:
        """Count an object of this size."""
        self.objects += 1
        self.size += size
        now = self.monotonic()
        if self._next is None:
            self._next = now + _SECONDS
        elif now >= self._next:
            print(f"{self} so far", file=self.out or sys.stderr, flush=True)
            self._next = now + _SECONDS

    def __str__(self) -> str:
        return f"{self.doing} {self.objects:,} objects, {self.size / 1_000_000:,.1f} MB"
