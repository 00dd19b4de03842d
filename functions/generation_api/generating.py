"""Execute: one commit that asks for pictures, a message for each, and perhaps a wait for what comes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generation_api.asking import PictureIds, picture_ids, plan
from generation_api.messages import Generate
from generation_api.pricing import Accounts, check_budget
from generation_api.progress import PictureName, any_open
from scene_studio import runtime
from scene_studio.generation.image_model import Capabilities
from scene_studio.generation.message import WantedPicture, encode_messages
from scene_studio.generation.timing import Timing
from scene_studio.http.requests import Change
from scene_studio.model.errors import Busy, NotFound, SceneStudioError
from scene_studio.model.generation import ask, find_intent, retry
from scene_studio.model.intent import Intent
from scene_studio.model.studio import OutputSlot, Studio, existing
from scene_studio.queues.queue import Queue, QueueUnavailable
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.commit import Effect, unavailable_is_busy
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.pacing import Pacing
from scene_studio.store.studios import Studios

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 1.0
_PAUSE_GROWTH = 1.3


@dataclass(frozen=True, slots=True)
class Generating:
    """Asks for pictures of one studio.

    Attributes:
        client_id: whose studio.
        studio_id: the studio.
        clients: all clients.
        studios: all studios.
        objects: the object store.
        queue: where messages about wanted pictures go.
        capabilities: what the image model can do.
        timing: how long pictures may take.
        unique: makes names that were never used before.
    """

    client_id: str
    studio_id: str
    clients: Clients
    studios: Studios
    objects: ObjectStore
    queue: Queue
    capabilities: Capabilities
    timing: Timing
    unique: Callable[[], str]

    def generate(self, asked: Generate, change: Change) -> tuple[Studio, list[PictureName]]:
        """Ask for pictures; those that this request asked for before are not asked for again.

        Returns:
            The studio that holds the intents, or what became of them, and the names of the pictures.

        Raises:
            SceneStudioError: as `plan` and the commit raise; nothing was asked for then.
        """
        pictures = picture_ids(asked, change)
        names = [PictureName(of.slot_id, image_id) for of in pictures for image_id in of.image_ids]
        studio = self.studios.read_any(self.client_id, self.studio_id).document
        if studio.repeated_request(change.request) is not None:
            self._send(studio, names)
            return studio, names
        made = self._made_before(studio, pictures, change)
        if len(made) == len(names):
            return studio, names
        return self._ask(studio, asked, pictures, made, change), names

    def retry(self, slot_id: str, image_ids: Sequence[str] | None, change: Change) -> Studio:
        """Ask once more for pictures of a slot that failed.

        Raises:
            NotFound: there is no such studio or slot.
            Deleted: it is deleted.
            Busy: nothing was asked for.
            OutcomeUnknown: it may have been.
        """
        now = change.milliseconds

        def again(current: Versioned[Studio] | None) -> Studio | None:
            studio = existing(current.document if current else None, self.studio_id)
            return retry(studio, slot_id, image_ids, now + self.timing.deadline, now)

        current = self.studios.read_any(self.client_id, self.studio_id)
        if current.document.repeated_request(change.request) is None:
            wanted = again(current)
            client = self.clients.read(self.client_id).document
            check_budget(client, Accounts(self.studios, self.client_id), current.document, wanted, now)
            self._remind(now)
        commit = self.studios.commit(self.client_id, self.studio_id, again, change.request, change.pacing)
        studio = commit.current.document
        slot = studio.find_slot(slot_id)
        self._send(studio, [PictureName(slot_id, intent.id) for intent in slot.intents] if slot else ())
        return studio

    def wait(self, studio: Studio, names: Sequence[PictureName], patience: Pacing) -> Studio:
        """Wait until all these pictures have ended, or there is no more time.

        Returns:
            The studio as it was read last.
        """
        pause = _FIRST_PAUSE_SECONDS
        while any_open(studio, names) and patience.monotonic() + pause < patience.until:
            patience.sleep(pause)
            pause = min(_LONGEST_PAUSE_SECONDS, pause * _PAUSE_GROWTH)
            try:
                studio = self.studios.read_any(self.client_id, self.studio_id).document
            except (Busy, NotFound):
                break  # the pictures were asked for all the same, and the caller can look later
        return studio

    def _ask(
        self,
        studio: Studio,
        asked: Generate,
        pictures: Sequence[PictureIds],
        made: frozenset[str],
        change: Change,
    ) -> Studio:
        planned: list[tuple[OutputSlot, list[Intent]]] = []
        refusal: SceneStudioError | None = None
        now = change.milliseconds
        try:
            # A picture must not show a product, nor a budget, as this process knew them once.
            client = self.clients.read(self.client_id).document
            wanted = plan(
                existing(studio, self.studio_id),
                asked,
                pictures,
                self.clients,
                self.objects,
                self.capabilities,
                self.timing,
                now,
            )
            planned = [(slot, [one for one in intents if one.id not in made]) for slot, intents in wanted]
            # Refuses here what it would refuse in the commit.
            check_budget(client, Accounts(self.studios, self.client_id), studio, ask(studio, planned, now), now)
            self._remind(now)
        except Busy:
            raise
        except SceneStudioError as error:
            refusal = error  # kept until the commit loop has looked whether the request was applied already

        def apply(current: Versioned[Studio] | None) -> Studio | None:
            there = existing(current.document if current else None, self.studio_id)
            if refusal is not None:
                raise refusal
            return ask(there, planned, now)

        commit = self.studios.commit(self.client_id, self.studio_id, apply, change.request, change.pacing)
        names = [PictureName(of.slot_id, image_id) for of in pictures for image_id in of.image_ids]
        if commit.effect is not Effect.NOTHING_TO_DO:
            self._send(commit.current.document, names)
        return commit.current.document

    def _made_before(self, studio: Studio, pictures: Sequence[PictureIds], change: Change) -> frozenset[str]:
        """Those of the pictures that are revisions already, because the request was answered long ago.

        The ring of keys knows the last hundred requests. Of older ones the picture is still there, and the
        history tells whether it was committed or only stored.
        """
        if not change.has_own_key:
            return frozenset()
        made: set[str] = set()
        for of in pictures:
            slot = studio.find_slot(of.slot_id)
            if slot is None or not slot.history_count:
                continue
            with unavailable_is_busy():
                stored = self.objects.heads(
                    [keys.revision(self.client_id, self.studio_id, slot.id, one) for one in of.image_ids]
                )
            there = {one for one, head in zip(of.image_ids, stored, strict=True) if head is not None}
            made |= self.studios.find_revisions(studio, slot, there).keys()
        return frozenset(made)

    def _remind(self, now: int) -> None:
        """Leave word that this studio has pictures under way, before it has: the janitor looks after them."""
        key = keys.reminder(self.client_id, self.studio_id, now, self.unique())
        with unavailable_is_busy():
            self.objects.put_once(key, b"", content_type="text/plain")

    def _send(self, studio: Studio, names: Sequence[PictureName]) -> None:
        intents = [(name, find_intent(studio, *name)) for name in names]
        wanted = [
            WantedPicture(client_id=self.client_id, studio_id=self.studio_id, **name._asdict())
            for name, intent in intents
            if intent is not None and intent.is_open
        ]
        try:
            self.queue.send(encode_messages(wanted))
        except QueueUnavailable as error:
            # The intents stand; the janitor sends the messages that are missing.
            runtime.logger.warning("messages were not sent", pictures=len(wanted), reason=str(error))
