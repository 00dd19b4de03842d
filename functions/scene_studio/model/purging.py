"""Purging: when a deleted studio is to go for good, and the mark that says that it goes."""

from collections.abc import Collection
from typing import Final

from scene_studio.model.client import RESTORABLE_DAYS, Client, PurgedStudio
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


def purge_name(studio_id: str, purging_at: str) -> str:
    """What tells the purge of a studio from those of others that had its id."""
    return f"{studio_id}@{purging_at}"


def with_purged(client: Client, studio: Studio, months: Collection[str]) -> Client | None:
    """The client with what a marked studio cost; None if it is kept already, or cost nothing.

    Args:
        client: the studio's client.
        studio: the studio.
        months: those of which the costs are told; what is older is forgotten.
    """
    name = purge_name(studio.id, studio.purging_at or "")
    costs = {month: studio.costs[month] for month in sorted(months) if studio.costs.get(month)}
    if not costs or name in client.purged_studios:
        return None
    told = {name: one for name, one in client.purged_studios.items() if not one.costs.keys().isdisjoint(months)}
    purged = PurgedStudio(id=studio.id, name=studio.name, costs=costs)
    return client.replace(purged_studios={**told, name: purged})
