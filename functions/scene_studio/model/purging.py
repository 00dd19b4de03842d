"""Purging: when a deleted studio is to go for good, and the mark that says that it goes."""

from typing import Final

from scene_studio.model.client import RESTORABLE_DAYS
from scene_studio.model.identifiers import days_after
from scene_studio.model.studio import Studio

MARGIN_DAYS: Final = 1
"""For how long a deleted studio is kept beyond the promise.

The tombstone was written by one clock and is judged by another, and the two together may be off by this much.
It is also why a purge never lessens what the running month has cost: no month has more than 31 days.
"""


def is_due(deleted_at: str, now: str) -> bool:
    """Whether what was deleted then is to go for good.

    Args:
        deleted_at: the tombstone.
        now: the time, as `iso_time` writes it.
    """
    return now >= days_after(deleted_at, RESTORABLE_DAYS + MARGIN_DAYS)


def marked_as_purging(studio: Studio, stands_since: str, now: str) -> Studio | None:
    """The studio with the mark that it is being cleared away; None if it has the mark, or is not to go yet.

    Args:
        studio: the studio.
        stands_since: when the version that holds the tombstone was written, by the store's clock. A studio
            that came back with a backup can be restored for as long as one that was deleted on that day.
        now: the time, as `iso_time` writes it.
    """
    if studio.deleted_at is None or studio.purging_at is not None:
        return None
    if not is_due(studio.deleted_at, now) or not is_due(stands_since, now):
        return None
    return studio.replace(purging_at=now)
