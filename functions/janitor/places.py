"""Where there is something to look after, and what was done there."""

from dataclasses import dataclass, field
from typing import NamedTuple

from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore, all_names


class Place(NamedTuple):
    """A studio, or for `keys.LIBRARY` in place of its id the products of the client."""

    client_id: str
    studio_id: str


class Care(NamedTuple):
    """What was done about pictures of one kind in a place.

    Attributes:
        given_up: how many were given up.
        queued_again: of how many another message was sent.
        under_way: whether there are any that may still come.
    """

    given_up: int = 0
    queued_again: int = 0
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """The places that somebody has left word about.

    A place with pictures under way has a reminder, written before the commit that asked for them, so one
    listing finds all such places.

    Attributes:
        objects: the object store.
        kept: how long a reminder is kept at least, in milliseconds.
        reminders: the keys of the reminders of each place, once `find` has found them.
    """

    objects: ObjectStore
    kept: int
    reminders: dict[Place, list[str]] = field(default_factory=dict)

    def find(self) -> list[Place]:
        """The places to look after: those with reminders, and those with results that wait.

        Raises:
            Busy: the store could not be read.
        """
        with unavailable_is_busy():
            waiting = all_names(self.objects, keys.inboxes())
            reminders = all_names(self.objects, keys.reminders())
        places = dict.fromkeys(place for place in map(_place, waiting) if place)
        for key in reminders:
            if place := _place(key):
                self.reminders.setdefault(place, []).append(key)
        return list(places | dict.fromkeys(self.reminders))

    def forget(self, place: Place, now: int) -> None:
        """Delete reminders that are so old that no commit they were written for can still come.

        Raises:
            Busy: they are not known to be gone.
        """
        old = [key for key in self.reminders.get(place, ()) if now >= _when(key) + self.kept]
        if old:
            with unavailable_is_busy():
                self.objects.delete_all(old)


def _place(key: str) -> Place | None:
    """The place that a reminder or a result is about; None for what somebody else has put there."""
    parts = key.split("/")
    return Place(parts[1], parts[2]) if len(parts) == 4 else None


def _when(reminder: str) -> int:
    """When a reminder was written, in milliseconds since the Unix epoch."""
    return int(reminder.rpartition("/")[2].partition(".")[0])
