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

EPOCH_MILLISECONDS: Final = 1_700_000_000_000
_MAX_STEPS: Final = 200_000


class Violation(BaseException):
    """Something happened that must never happen; not an `Exception`, which the product may catch."""


class Crashed(BaseException):
    """The process died; nothing may catch this but whoever waits for it, and hears nothing."""


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
        self._stops = 0
        self._steps = 0
        self._actors: list[greenlet] = []
        self._hub = getcurrent()

    def monotonic(self) -> float:
        """The clock that waits are measured on."""
        return self.now

    def milliseconds(self) -> int:
        """The clock on the wall."""
        return EPOCH_MILLISECONDS + int(self.now * 1000)

    def spawn(self, body: Callable[[], None], delay: float) -> None:
        """Have an actor begin after a while."""
        actor = greenlet(body, parent=self._hub)
        self._actors.append(actor)
        self._push(delay, actor)

    def stop_after(self, seconds: float, still_runs: Callable[[], bool]) -> None:
        """Have the running actor die where it stands after so many seconds, if it is not done by then."""
        actor = getcurrent()

        def stop() -> None:
            self._stops -= 1
            if still_runs():
                actor.throw(Crashed)

        self._stops += 1
        self._push(seconds, stop)

    def is_idle(self) -> bool:
        """Whether nothing is to happen but what the running actor does, and the end of what has ended."""
        return len(self._queue) == self._stops

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
                if not isinstance(following, greenlet):
                    following()
                elif not following.dead:
                    following.switch()
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
