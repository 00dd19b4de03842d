"""Looking after pictures that were asked for: what was lost is sent again, what is hopeless is given up.

A studio with pictures under way has a reminder, written before the commit that asked for them, so one
listing finds all such studios. Running twice, or twice at once, does no harm.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from scene_studio.generation.message import WantedPicture, encode_messages
from scene_studio.generation.timing import Timing
from scene_studio.model.errors import NotFound
from scene_studio.model.generation import fold, queue_again
from scene_studio.model.intent import Intent, Result
from scene_studio.model.studio import Studio
from scene_studio.queues.queue import Queue
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.inbox import Inbox
from scene_studio.store.object_store import ObjectStore, all_names
from scene_studio.store.pacing import Pacing
from scene_studio.store.studios import Studios

GIVEN_UP: Final = "There was no picture in the time it may take. Retry it; if that fails too, report it."


class Place(NamedTuple):
    """A studio."""

    client_id: str
    studio_id: str


@dataclass(slots=True)
class Care:
    """What was done for a studio.

    Attributes:
        folded: how many results were folded in.
        unreadable: the keys of objects in its inbox that are no results.
        given_up: how many pictures were given up.
        queued_again: how many pictures had their message sent once more.
    """

    folded: int = 0
    unreadable: Sequence[str] = ()
    given_up: int = 0
    queued_again: int = 0


class _Waiting(NamedTuple):
    slot_id: str
    intent: Intent


@dataclass(frozen=True, slots=True)
class Sweep:
    """One run of the janitor.

    Attributes:
        objects: the object store.
        studios: the studios in it.
        inbox: their inboxes.
        queue: where messages about wanted pictures go.
        timing: how long pictures may take.
        pacing: how long to try to commit to a studio, from now on.
        now: milliseconds since the Unix epoch.
        reminders: the keys of the reminders of each studio, once `places` has found them.
    """

    objects: ObjectStore
    studios: Studios
    inbox: Inbox
    queue: Queue
    timing: Timing
    pacing: Callable[[], Pacing]
    now: int
    reminders: dict[Place, list[str]] = field(default_factory=dict)

    def places(self) -> list[Place]:
        """The studios to look after: those with reminders, and those with results that wait.

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

    def look_after(self, place: Place) -> Care:
        """Do for a studio what has to be done.

        Raises:
            SceneStudioError: the store was out of reach, or the outcome of a commit is not known.
            QueueUnavailable: messages could not be sent.
        """
        care = Care()
        care.folded, care.unreadable = self.inbox.fold(*place, self.now, self.pacing())
        try:
            studio = self.studios.read_any(*place).document
        except NotFound:
            self._forget(place)
            return care
        waiting = [_Waiting(slot.id, intent) for slot in studio.output_slots for intent in slot.intents]
        late = [one for one in waiting if not one.intent.is_open or self.now >= one.intent.deadline]
        stored = self._stored(place, late)
        hopeless = [one for one in late if one.intent.is_open and one not in stored]
        care.given_up = self._give_up(place, hopeless)
        lost = [one for one in waiting if (one not in late or one in stored) and self._is_due(one.intent)]
        care.queued_again = self._queue_again(place, lost)
        if not stored and not any(one.intent.is_open for one in waiting):
            self._forget(place)
        return care

    def _is_due(self, intent: Intent) -> bool:
        return self.now >= intent.queued_at + self.timing.queue_again

    def _stored(self, place: Place, late: Sequence[_Waiting]) -> list[_Waiting]:
        """Those whose picture is there, so that a worker has only to deliver it."""
        wanted = [keys.revision(*place, one.slot_id, one.intent.id) for one in late]
        with unavailable_is_busy():
            heads = self.objects.heads(wanted) if wanted else []
        return [one for one, head in zip(late, heads, strict=True) if head is not None]

    def _give_up(self, place: Place, hopeless: Sequence[_Waiting]) -> int:
        results = [
            Result(slot_id=one.slot_id, id=one.intent.id, attempt=one.intent.attempt, error=GIVEN_UP)
            for one in hopeless
        ]
        if results:
            self._commit(place, lambda studio: fold(studio, results, self.now))
        return len(results)

    def _queue_again(self, place: Place, lost: Sequence[_Waiting]) -> int:
        """Note first that they are queued, then send: a queue that is only slow must not be flooded."""
        if lost:
            images = {(one.slot_id, one.intent.id) for one in lost}
            self._commit(place, lambda studio: queue_again(studio, images, self.now))
            self.queue.send(
                encode_messages(
                    WantedPicture(
                        client_id=place.client_id,
                        studio_id=place.studio_id,
                        slot_id=one.slot_id,
                        image_id=one.intent.id,
                    )
                    for one in lost
                )
            )
        return len(lost)

    def _commit(self, place: Place, change: Callable[[Studio], Studio | None]) -> None:
        def apply(current: Versioned[Studio] | None) -> Studio | None:
            if current is None:
                raise NotFound("studio", place.studio_id)
            return change(current.document)

        self.studios.commit(*place, apply, None, self.pacing())

    def _forget(self, place: Place) -> None:
        """Delete reminders that are so old that no commit they were written for can still come."""
        old = [key for key in self.reminders.get(place, ()) if self.now >= _when(key) + self.timing.reminder]
        if old:
            with unavailable_is_busy():
                self.objects.delete_all(old)


def _place(key: str) -> Place | None:
    """The studio that a reminder or a result is about; None for what somebody else has put there."""
    parts = key.split("/")
    return Place(parts[1], parts[2]) if len(parts) == 4 else None


def _when(reminder: str) -> int:
    """When a reminder was written, in milliseconds since the Unix epoch."""
    return int(reminder.rpartition("/")[2].partition(".")[0])
