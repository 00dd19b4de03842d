"""How long to keep trying, and how long to wait between attempts."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

MAX_ATTEMPTS: Final = 30
_BASE_SECONDS: Final = 0.05
_CAP_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Pacing:
    """A budget of attempts and of time, with full jitter between attempts.

    The source of the jitter rule is the AWS Architecture Blog, "Exponential Backoff And Jitter".

    Attributes:
        until: the moment, on `monotonic`'s scale, after which no attempt begins.
        attempts: the most attempts.
        monotonic: seconds on a clock that never jumps.
        sleep: waits for so many seconds.
        uniform: a random number between two bounds.
    """

    until: float
    attempts: int = MAX_ATTEMPTS
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = field(default=random.SystemRandom().uniform)

    def attempt(self, at_once: Callable[[], bool] = lambda: False) -> Iterator[int]:
        """Count the attempts from 0, waiting before each but the first, until the budget is spent.

        Args:
            at_once: whether the second need not wait, now that the first has failed.
        """
        for number in range(self.attempts):
            if number:
                bound = min(_CAP_SECONDS, _BASE_SECONDS * 2 ** min(number, 10))
                pause = 0.0 if number == 1 and at_once() else self.uniform(0, bound)
                if self.monotonic() + pause >= self.until:
                    return
                self.sleep(pause)
            yield number


def within(seconds: float) -> Pacing:
    """The usual pacing, for so many seconds from now."""
    return Pacing(until=time.monotonic() + seconds)
