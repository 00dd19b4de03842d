"""What became of pictures that were asked for."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Any, Final, NamedTuple

from scene_studio.generation.claims import Claims
from scene_studio.generation.image_model import Capabilities
from scene_studio.http.views import revision_view
from scene_studio.model.errors import Busy, InvalidRequest, NotFound, OutcomeUnknown
from scene_studio.model.generation import find_intent
from scene_studio.model.identifiers import ID_PATTERN, iso_time
from scene_studio.model.intent import Intent
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.studio import Studio
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.studios import Studios

_TYPICAL_OF: Final = 20
_FRESH: Final = 500
_ID: Final = ID_PATTERN.strip("^$")
_NAME: Final = re.compile(rf"({_ID})\.({_ID})")


class PictureName(NamedTuple):
    """A picture that was asked for."""

    slot_id: str
    image_id: str


class State(StrEnum):
    """What became of a picture."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Progress(NamedTuple):
    """What became of one picture.

    Attributes:
        intent: as it was asked for, while it has not ended well.
        revision: the finished picture.
        since: when work on it began, in milliseconds since the Unix epoch, while it is running.
    """

    name: PictureName
    state: State
    intent: Intent | None = None
    revision: GeneratedSceneImage | None = None
    since: int | None = None


def under_way(studio: Studio) -> list[PictureName]:
    """The pictures of a studio that were asked for and have not ended, or have failed."""
    return [
        PictureName(slot.id, intent.id)
        for slot in studio.live_slots()
        for intent in slot.intents
        if not intent.dismissed
    ]


def any_open(studio: Studio, names: Iterable[PictureName]) -> bool:
    """Whether one of these pictures has neither come nor failed."""
    intents = [find_intent(studio, *name) for name in names]
    return any(intent is not None and intent.is_open for intent in intents)


@dataclass(frozen=True, slots=True)
class ProgressReader:
    """Tells what became of pictures.

    Attributes:
        studios: all studios.
        objects: the object store.
        claims: the claims of workers.
        model: what the image model can do.
        clock: milliseconds since the Unix epoch.
    """

    studios: Studios
    objects: ObjectStore
    claims: Claims
    model: Capabilities
    clock: Callable[[], int]

    def read(self, studio: Studio, names: Sequence[PictureName]) -> list[Progress]:
        """What became of each of these pictures.

        Raises:
            Busy: the store could not be read.
        """
        intents = {name: find_intent(studio, *name) for name in names}
        now = self.clock()
        # A picture that was asked for only just now is queued; nobody needs to look for its claim.
        waiting = [one.id for one in intents.values() if one and one.is_open and now > one.asked_at + _FRESH]
        with unavailable_is_busy():
            since = self.claims.since(studio.client_id, studio.id, waiting, now) if waiting else {}
        revisions = self._revisions(studio, [name for name, intent in intents.items() if intent is None])
        return [
            _of_intent(name, intent, since.get(name.image_id))
            if intent
            else _of_none(name, revisions.get(name))
            for name, intent in intents.items()
        ]

    def view(self, studio: Studio, names: Sequence[PictureName]) -> dict[str, Any]:
        """The state of each of these pictures, and how long such pictures usually take, if that is known.

        Raises:
            Busy: the store could not be read.
        """
        view: dict[str, Any] = {"generation": [_view(studio, one) for one in self.read(studio, names)]}
        typical = typical_milliseconds(studio, self.model.name)
        return view if typical is None else {**view, "typicalMilliseconds": typical}

    def view_of_asked(self, studio: Studio, names: Sequence[PictureName]) -> dict[str, Any]:
        """The view of pictures that this very request asked for, which an answer of `busy` would deny.

        Raises:
            OutcomeUnknown: the store could not be read; the pictures were asked for all the same.
        """
        try:
            return self.view(studio, names)
        except (Busy, NotFound) as error:
            raise OutcomeUnknown(
                "The pictures were asked for, but the store did not answer in time to tell what became of "
                "them; look at the studio, or repeat the request with the same Idempotency-Key in a moment."
            ) from error

    def begun(self, studio: Studio, slot_id: str) -> frozenset[str]:
        """The pictures of a slot that cost something and that a worker is at.

        Raises:
            Busy: the store could not be read.
        """
        slot = studio.find_slot(slot_id)
        priced = [one.id for one in slot.intents if one.is_open and one.price_micros] if slot else []
        if not priced:
            return frozenset()
        with unavailable_is_busy():
            return frozenset(self.claims.since(studio.client_id, studio.id, priced, self.clock()))

    def _revisions(
        self, studio: Studio, names: Sequence[PictureName]
    ) -> Mapping[PictureName, GeneratedSceneImage]:
        """Those of these pictures that are revisions; old ones are sought only if there is such a picture."""
        found = {}
        elsewhere = []
        for name in names:
            slot = studio.find_slot(name.slot_id)
            inline = slot.inline_revision(name.image_id) if slot else None
            if inline is not None:
                found[name] = inline
            elif slot is not None and slot.older_history is not None:
                elsewhere.append((name, slot))
        if elsewhere:
            place = studio.client_id, studio.id
            with unavailable_is_busy():
                stored = self.objects.heads([keys.revision(*place, *name) for name, _ in elsewhere])
            there = {name for (name, _), head in zip(elsewhere, stored, strict=True) if head is not None}
            for slot in {slot.id: slot for _, slot in elsewhere}.values():
                wanted = {name.image_id for name in there if name.slot_id == slot.id}
                older = self.studios.find_revisions(studio, slot, wanted)
                found |= {PictureName(slot.id, image_id): one for image_id, one in older.items()}
        return found


def typical_milliseconds(studio: Studio, model: str) -> int | None:
    """How long pictures of this model took lately in this studio; None if that is not known."""
    made = [revision for slot in studio.output_slots for revision in slot.history if revision.model == model]
    newest = sorted(made, key=lambda revision: revision.timestamp)[-_TYPICAL_OF:]
    took = [one.took_milliseconds for one in newest if one.took_milliseconds is not None]
    return round(median(took)) if took else None


def encode_names(names: Iterable[PictureName]) -> str:
    """The names of pictures as the `images` parameter takes them."""
    return ",".join(f"{name.slot_id}.{name.image_id}" for name in names)


def decode_names(value: str, most: int) -> list[PictureName]:
    """The pictures that the `images` parameter names.

    Raises:
        InvalidRequest: it is not such a list, or too long.
    """
    parts = value.split(",")
    found = [match for match in map(_NAME.fullmatch, parts) if match]
    if len(found) < len(parts) or len(parts) > most:
        raise InvalidRequest.of("images", f"must be up to {most} names of the form slotId.imageId, with commas")
    return [PictureName(match[1], match[2]) for match in found]


def _of_intent(name: PictureName, intent: Intent, since: int | None) -> Progress:
    if not intent.is_open:
        return Progress(name, State.FAILED, intent)
    return Progress(name, State.QUEUED if since is None else State.RUNNING, intent, since=since)


def _of_none(name: PictureName, revision: GeneratedSceneImage | None) -> Progress:
    return Progress(name, State.DONE if revision else State.CANCELLED, revision=revision)


def _view(studio: Studio, one: Progress) -> dict[str, Any]:
    view: dict[str, Any] = {"id": one.name.image_id, "slotId": one.name.slot_id, "state": one.state}
    if one.intent is not None:
        view |= {"askedAt": iso_time(one.intent.asked_at), "deadline": iso_time(one.intent.deadline)}
    if one.intent is not None and one.intent.error is not None:
        view["reason"] = one.intent.error
    if one.since is not None:
        view["startedAt"] = iso_time(one.since)
    if one.revision is not None:
        view["image"] = revision_view(studio, one.name.slot_id, one.revision)
    return view
