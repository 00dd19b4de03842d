"""Short times for workers, so that leases, deadlines and lost messages all matter within one schedule."""

from dataclasses import dataclass
from typing import Final

from scene_studio.generation.timing import Timing

_LATEST_SECONDS: Final = 50
"""More than the longest after which a write that was given up takes effect."""


@dataclass(frozen=True, slots=True)
class ShortTiming(Timing):
    """As in the product, but for how long people and the janitor wait.

    Attributes:
        lives: how many time limits of a worker a picture may take.
    """

    lives: int

    @property
    def deadline(self) -> int:
        """See `Timing`; still more than twice the lease."""
        return self.worker_seconds * 1000 * self.lives

    @property
    def reminder(self) -> int:
        """See `Timing`; longer than a picture, or a commit that asks for one, can be late."""
        last_picture = self.deadline + self.worker_seconds * 1000
        return max(last_picture, _LATEST_SECONDS * 1000) + _LATEST_SECONDS * 1000
