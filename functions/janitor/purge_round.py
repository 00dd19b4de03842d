"""The daily round through all studios, for those whose time to be purged has come.

Nothing is written when a studio is deleted, so nothing can be lost on the way: the tombstones in the summaries
of the studios say it. Every run goes a little further, and an object says how far the round has come.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pydantic_core import to_json

from janitor.places import Place
from scene_studio.model.base import Model
from scene_studio.model.identifiers import iso_time
from scene_studio.model.purging import is_due
from scene_studio.store import keys
from scene_studio.store.clients import Clients
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ABSENT, Conflict, ObjectStore, StoredObject, WriteUnsettled
from scene_studio.store.studios import Studios, StudioSummary

EVERY_MILLISECONDS: Final = 24 * 3_600_000
"""From the end of a round to the beginning of the next."""
LISTINGS: Final = 10
"""How many a run may make, so that it ends in time."""
STUDIOS_LISTED: Final = 100
"""In each of them."""


class Progress(Model):
    """How far the round has come.

    Attributes:
        client_id: whose studios come next; empty for those of the first client.
        studio_id: the studio of that client after which to go on; empty to begin.
        begins_at: when the next round begins, once one is over; milliseconds since the Unix epoch.
    """

    client_id: str = ""
    studio_id: str = ""
    begins_at: int = 0


@dataclass(frozen=True, slots=True)
class PurgeRound:
    """The round, in one run of the janitor.

    Attributes:
        objects: the object store.
        clients: the clients in it.
        studios: their studios.
        unique: makes names that were never used before.
        now: milliseconds since the Unix epoch.
    """

    objects: ObjectStore
    clients: Clients
    studios: Studios
    unique: Callable[[], str]
    now: int

    def go_on(self) -> None:
        """Look at the next studios, and leave reminders about those that are to be purged.

        Raises:
            Busy: the store was out of reach; the next run looks at the same studios.
        """
        with unavailable_is_busy():
            found = self.objects.get(keys.purge_round())
        stored = found if isinstance(found, StoredObject) else None
        progress = Progress.model_validate_json(stored.body) if stored else Progress()
        # A clock that was wrong for a while must not put the next round off for longer than a day.
        if self.now < progress.begins_at <= self.now + EVERY_MILLISECONDS:
            return
        further = self._go(progress)
        with unavailable_is_busy():
            try:
                self.objects.put(
                    keys.purge_round(),
                    to_json(further, by_alias=True),
                    expected=stored.version.etag if stored else ABSENT,
                    content_type="application/json",
                )
            except (Conflict, WriteUnsettled):
                return  # another run is at it; at worst some studios are looked at twice

    def _go(self, progress: Progress) -> Progress:
        client_id, after = progress.client_id or self.clients.id_after(""), progress.studio_id
        for _ in range(LISTINGS):
            if client_id is None:
                break
            summaries, following = self.studios.summaries(client_id, after=after, limit=STUDIOS_LISTED)
            for summary in summaries:
                if self._is_due(summary):
                    self._remind(Place(client_id, summary.id))
            after = following or ""
            if following is None:
                client_id = self.clients.id_after(client_id)
        if client_id is None:
            return Progress(begins_at=self.now + EVERY_MILLISECONDS)
        return Progress(client_id=client_id, studio_id=after)

    def _is_due(self, summary: StudioSummary) -> bool:
        return summary.deleted_at is not None and is_due(summary.deleted_at, iso_time(self.now))

    def _remind(self, place: Place) -> None:
        with unavailable_is_busy():
            self.objects.put_once(
                keys.reminder(*place, self.now, self.unique()), b"", content_type="text/plain"
            )
