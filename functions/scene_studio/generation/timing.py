"""How long each step of making a picture may take; everything follows from the worker's time limit."""

from dataclasses import dataclass
from typing import Final

DELIVERIES: Final = 5
"""How often a message is given to workers before it goes to the dead letters."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Times in milliseconds, for a worker that is stopped after so many seconds.

    Attributes:
        worker_seconds: the time limit of the worker function.
    """

    worker_seconds: int

    @property
    def lease(self) -> int:
        """How long a claim holds: longer than any worker lives, with room for clocks that differ."""
        return self.worker_seconds * 1250

    @property
    def visibility(self) -> int:
        """How long a message stays invisible once it is given out: until the claim has run out.

        The claim begins later than that, by a cold start and a read or two.
        """
        return self.lease + self.worker_seconds * 250

    @property
    def queue_again(self) -> int:
        """After how long a picture that has not come has its message sent once more."""
        return self.worker_seconds * 3000

    @property
    def deadline(self) -> int:
        """After how long a picture is given up; more than twice the lease, and long enough for a full queue."""
        return self.worker_seconds * 15000

    @property
    def reminder(self) -> int:
        """How long a reminder is kept at least: a commit that it was written for has long ended by then."""
        return self.deadline + 3_600_000
