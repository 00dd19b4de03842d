"""Purging a studio: first a mark that nobody can undo, then all that is the studio's own, and last the mark.

What its pictures cost is kept with the client, as long as anybody can ask for it.

Whatever a run leaves is done by the next. A run that comes late, when the purge has ended and people have begun
a new studio under the id, does no harm: versions are named before the mark is seen to stand, and exactly those
are deleted, so nothing of a new studio is ever among them.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from janitor.places import Place
from scene_studio.model.client import Client
from scene_studio.model.costs import last_months
from scene_studio.model.errors import NotFound
from scene_studio.model.identifiers import iso_time
from scene_studio.model.purging import is_due, with_purged
from scene_studio.model.studio import Studio
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore, VersionName
from scene_studio.store.pacing import Pacing
from scene_studio.store.studios import SUMMARY_MONTHS, Studios


class Purged(NamedTuple):
    """What was purged in a place.

    Attributes:
        versions: how many versions of objects were deleted for good.
        under_way: whether there is more to delete.
    """

    versions: int = 0
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class Purge:
    """The purging of studios, in one run of the janitor.

    Attributes:
        objects: the object store.
        studios: the studios in it.
        clients: their clients, which keep what a purged studio cost.
        pacing: how long to go on with one studio, from now on.
        now: milliseconds since the Unix epoch.
    """

    objects: ObjectStore
    studios: Studios
    clients: Clients
    pacing: Callable[[], Pacing]
    now: int

    def look_after(self, place: Place) -> Purged:
        """Purge a studio, or go on with that, if it was deleted long enough ago.

        Raises:
            SceneStudioError: the store was out of reach, or the outcome of the mark is not known.
        """
        pacing = self.pacing()
        marked = self._marked(place, pacing)
        return self._clear(place, marked, pacing) if marked is not None else Purged()

    def _marked(self, place: Place, pacing: Pacing) -> Versioned[Studio] | None:
        """The studio with its mark; None if it is not to go, or not yet."""
        stored = self.studios.read_stored(*place)
        if stored is None or stored.document.deleted_at is None:
            return None
        if stored.document.purging_at is not None:
            return stored
        now = iso_time(self.now)
        if not is_due(stored.document.deleted_at, now):
            return None
        with unavailable_is_busy():
            newest = self.objects.list_versions(keys.studio(*place), limit=1)
        stands_since = iso_time(int(newest[0].written * 1000)) if newest else now
        return self.studios.mark_as_purging(*place, stands_since, now, pacing)

    def _clear(self, place: Place, marked: Versioned[Studio], pacing: Pacing) -> Purged:
        self._keep_costs(place, marked.document, pacing)
        mark = VersionName(keys.studio(*place), marked.version.version_id)
        deleted = 0
        with unavailable_is_busy():
            for doomed in self._doomed(place, marked.document, mark):
                if pacing.monotonic() >= pacing.until:
                    return Purged(deleted, under_way=True)
                if not self._stands(mark):
                    return Purged(deleted)
                self.objects.delete_versions(doomed)
                deleted += len(doomed)
            self.objects.delete_versions([mark])
        return Purged(deleted + 1)

    def _keep_costs(self, place: Place, studio: Studio, pacing: Pacing) -> None:
        """What was paid for stays paid for."""
        months = last_months(self.now, SUMMARY_MONTHS)

        def keep(current: Versioned[Client] | None) -> Client | None:
            if current is None:
                raise NotFound("client", place.client_id)
            return with_purged(current.document, studio, months)

        if studio.costs:
            with suppress(NotFound):
                self.clients.commit(place.client_id, keep, None, pacing)

    def _doomed(self, place: Place, studio: Studio, mark: VersionName) -> Iterator[list[VersionName]]:
        """All versions but the mark, some at a time; gives others once those are gone.

        Were the mark deleted before an older version of the document, that would be the current one, and the
        studio would be back.
        """
        links = [keys.share(share.id, share.secret_sha256) for share in studio.shares]
        for prefix in (
            *links,
            keys.inbox(*place),
            keys.claims(*place),
            keys.uploads(*place),
            keys.studio_folder(*place),
        ):
            while found := [one for one in self.objects.list_all_versions(prefix) if one != mark]:
                yield found

    def _stands(self, mark: VersionName) -> bool:
        """Whether the marked document is the current one, so that there is no new studio yet."""
        (head,) = self.objects.heads([mark.key])
        return head is not None and head.version.version_id == mark.version_id
