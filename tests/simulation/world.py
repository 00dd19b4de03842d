"""One seed, one world: virtual clocks, randomness, and a scheduler of greenlets.

Everything that could differ between two runs comes from here, so a seed gives the same run to the letter.
Actors are greenlets that give way at every call of the store; which of them goes on, and how much time has
passed by then, follows from the seed.
"""

import hashlib
import heapq
import random
from collections.abc import Callable
from typing import Any, Final

from greenlet import GreenletExit, getcurrent, greenlet  # type: ignore[import-untyped]

_EPOCH_MILLISECONDS: Final = 1_700_000_000_000
_MAX_STEPS: Final = 200_000


class Violation(AssertionError):
    """Something happened that must never happen."""


class Crashed(BaseException):
    """The process that handled a request died; nothing may catch this but the client, who hears nothing."""


class World:
    """Clocks, randomness, and what happens next.

    Attributes:
        random: the only source of randomness.
        now: seconds on a clock that never jumps.
        story: everything that happened, in order.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = 0.0
        self.story: list[tuple[Any, ...]] = []
        self._queue: list[tuple[float, int, greenlet | Callable[[], None]]] = []
        self._number = 0
        self._steps = 0
        self._actors: list[greenlet] = []
        self._hub = getcurrent()

    def monotonic(self) -> float:
        """The clock that waits are measured on."""
        return self.now

    def milliseconds(self) -> int:
        """The clock on the wall."""
        return _EPOCH_MILLISECONDS + int(self.now * 1000)

    def spawn(self, body: Callable[[], None], delay: float) -> None:
        """Have an actor begin after a while."""
        actor = greenlet(body, parent=self._hub)
        self._actors.append(actor)
        self._push(delay, actor)

    def later(self, delay: float, action: Callable[[], None]) -> None:
        """Have something happen after a while, on nobody's behalf."""
        self._push(delay, action)

    def pause(self, seconds: float) -> None:
        """Let time pass for the running actor, and others run meanwhile."""
        if not self._queue or self._queue[0][0] > self.now + seconds:
            self.now += seconds
            return
        self._push(seconds, getcurrent())
        self._hub.switch()

    def running(self) -> object:
        """Whoever is running now."""
        actor: object = getcurrent()
        return actor

    def note(self, *what: Any) -> None:
        """Write down what happened."""
        self.story.append((round(self.now, 3), *what))

    def run(self) -> None:
        """Run until nothing is left to happen.

        Raises:
            Violation: an actor or the checker found one, or the world does not come to rest.
        """
        try:
            while self._queue:
                self._steps += 1
                if self._steps > _MAX_STEPS:
                    raise Violation("the world does not come to rest")
                when, _, following = heapq.heappop(self._queue)
                self.now = max(self.now, when)
                if isinstance(following, greenlet):
                    following.switch()
                else:
                    following()
        finally:
            for actor in self._actors:
                if actor and not actor.dead:
                    actor.throw(GreenletExit)

    def digest(self) -> str:
        """A digest of everything that happened."""
        return hashlib.sha256(repr(self.story).encode()).hexdigest()

    def _push(self, delay: float, following: greenlet | Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._queue, (self.now + delay, self._number, following))
