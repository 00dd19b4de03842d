"""Looking after pictures to be generated: a lost message is sent again, a hopeless picture is given up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from janitor.places import Care, Place
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
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.pacing import Pacing
from scene_studio.store.studios import Studios

GIVEN_UP: Final = "There was no picture in the time it may take. Retry it; if that fails too, report it."


class _Waiting(NamedTuple):
    slot_id: str
    intent: Intent


@dataclass(frozen=True, slots=True)
class Generation:
    """The care for generated pictures, in one run of the janitor.

    Attributes:
        objects: the object store.
        studios: the studios in it.
        queue: where messages about wanted pictures go.
        timing: how long pictures may take.
        pacing: how long to try to commit, from now on.
        now: milliseconds since the Unix epoch.
    """

    objects: ObjectStore
    studios: Studios
    queue: Queue
    timing: Timing
    pacing: Callable[[], Pacing]
    now: int

    def look_after(self, place: Place) -> Care:
        """Do for a studio what has to be done.

        Raises:
            SceneStudioError: the store was out of reach, or the outcome of a commit is not known.
            QueueUnavailable: messages could not be sent.
        """
        try:
            studio = self.studios.read_any(*place).document
        except NotFound:
            return Care()
        waiting = [_Waiting(slot.id, intent) for slot in studio.output_slots for intent in slot.intents]
        late = [one for one in waiting if not one.intent.is_open or self.now >= one.intent.deadline]
        stored = self._stored(place, late)
        hopeless = [one for one in late if one.intent.is_open and one not in stored]
        self._give_up(place, hopeless)
        lost = [one for one in waiting if (one not in late or one in stored) and self._is_due(one.intent)]
        self._queue_again(place, lost)
        under_way = bool(stored) or any(one.intent.is_open for one in waiting)
        return Care(len(hopeless), len(lost), under_way)

    def _is_due(self, intent: Intent) -> bool:
        return self.now >= intent.queued_at + self.timing.queue_again

    def _stored(self, place: Place, late: Sequence[_Waiting]) -> list[_Waiting]:
        """Those whose picture is there, so that a worker has only to deliver it."""
        wanted = [keys.revision(*place, one.slot_id, one.intent.id) for one in late]
        with unavailable_is_busy():
            heads = self.objects.heads(wanted) if wanted else []
        return [one for one, head in zip(late, heads, strict=True) if head is not None]

    def _give_up(self, place: Place, hopeless: Sequence[_Waiting]) -> None:
        results = [
            Result(slot_id=one.slot_id, id=one.intent.id, attempt=one.intent.attempt, error=GIVEN_UP)
            for one in hopeless
        ]
        if results:
            self._commit(place, lambda studio: fold(studio, results, self.now))

    def _queue_again(self, place: Place, lost: Sequence[_Waiting]) -> None:
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

    def _commit(self, place: Place, change: Callable[[Studio], Studio | None]) -> None:
        def apply(current: Versioned[Studio] | None) -> Studio | None:
            if current is None:
                raise NotFound("studio", place.studio_id)
            return change(current.document)

        self.studios.commit(*place, apply, None, self.pacing())
