"""Every picture that was asked for, from its intent to its end, and every object that machines keep for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pydantic_core import from_json

from janitor.generation import GIVEN_UP
from scene_studio.generation.timing import Timing
from scene_studio.store import keys
from tests.simulation.calls import Calls
from tests.simulation.containers import CLIENT, STUDIO
from tests.simulation.generations import Members, revision_fault
from tests.simulation.painter import Call, thumbnail
from tests.simulation.requests import Request, Run
from tests.simulation.runs import MachineRun
from tests.simulation.state import State
from tests.simulation.store import MemoryStore, Version
from tests.simulation.world import EPOCH_MILLISECONDS, Violation, World

_INBOX: Final = f"inbox/{CLIENT}/{STUDIO}/"
_CLAIMS: Final = f"claims/{CLIENT}/{STUDIO}/"
_REMINDERS: Final = f"reminders/{CLIENT}/{STUDIO}/"
_SLOTS: Final = f"clients/{CLIENT}/scene-studios/{STUDIO}/slots/"


@dataclass(slots=True, eq=False)
class Picture:
    """A picture that was asked for.

    Attributes:
        request: who asked for it.
        results: what workers put into the inbox about it.
        dropped: whether somebody cancelled it, or it failed so long ago that it was forgotten.
    """

    slot_id: str
    request: Request
    results: list[Members]
    dropped: bool = False


class Counts(NamedTuple):
    """What became of the pictures of some schedules."""

    asked: int = 0
    revisions: int = 0
    failures: int = 0
    cancellations: int = 0
    calls: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(*map(sum, zip(self, other, strict=True)))


class Pictures:
    """Knows every picture.

    Attributes:
        timing: how long pictures may take.
        calls: what the image model was asked.
    """

    def __init__(self, world: World, store: MemoryStore, timing: Timing) -> None:
        self.timing = timing
        self.calls = Calls(store, lambda run: _jpeg_key(run.slot_id, run.image_id))
        self._world = world
        self._store = store
        self._known: dict[str, Picture] = {}
        self._reminded: set[Request] = set()
        self._calm_from: int | None = None
        self._current: State | None = None

    # Objects -------------------------------------------------------------------------------------------

    def stored(self, version: Version) -> None:
        """An object was written that is neither a document nor a page.

        Raises:
            Violation: it must not be.
        """
        key, run = version.key, version.sender
        if run is None:
            return
        if key.startswith(_REMINDERS) and isinstance(run, Run):
            self._reminded.add(run.request)
        elif not isinstance(run, MachineRun) or run.is_janitor:
            raise Violation(f"{key} is written by {run}")
        elif key == f"{_CLAIMS}{run.image_id}":
            run.claimed_at = run.claimed_at or self._world.milliseconds()
        elif key.startswith(f"{_INBOX}{run.image_id}."):
            self._ended(run, from_json(version.body))
        elif key == _jpeg_key(run.slot_id, run.image_id):
            if not self.calls.is_picture(run, version.body):
                raise Violation(f"{run} stores what the model did not make for it")
        elif key != _jpeg_key(run.slot_id, run.image_id, ".thumb"):
            raise Violation(f"{key} is written by {run}")

    def removed(self, key: str) -> None:
        """An object was deleted.

        Raises:
            Violation: it must not be.
        """
        if key.startswith(_INBOX):
            result = from_json(self._store.lineage(key)[-1].body)
            intent = self._intent(result["slotId"], result["id"])
            if intent is not None and _takes(intent, result):
                raise Violation(f"a result about {result['id']} is deleted before it is folded in")
        elif not key.startswith(keys.reminders()):
            raise Violation(f"{key} is deleted")
        self._is_reminded()

    def _ended(self, run: MachineRun, result: Members) -> None:
        """A worker puts a result into the inbox."""
        if (result["slotId"], result["id"]) != (run.slot_id, run.image_id):
            raise Violation(f"{run} puts a result of another picture into the inbox")
        call: Call | None = self.calls.last_of(run)
        if "revision" in result:
            if self._jpeg(run.slot_id, run.image_id) is None:
                raise Violation(f"{run} delivers a picture that is not stored")
        elif call is None or not (call.failure == "refused" or (call.failure and run.last)):
            raise Violation(f"{run} has no reason to say {result['error']}")
        self._known[run.image_id].results.append(result)

    # Versions ------------------------------------------------------------------------------------------

    def asked(self, request: Request, slot_id: str, image_id: str) -> None:
        """A picture is asked for.

        Raises:
            Violation: it was before.
        """
        if image_id in self._known:
            raise Violation(f"{image_id} is asked for twice, by {request}")
        self._known[image_id] = Picture(slot_id, request, [])

    def dropped(self, image_id: str) -> None:
        """A picture is cancelled, or forgotten."""
        self._known[image_id].dropped = True

    def failed(self, run: MachineRun, intent: Members, reason: str) -> None:
        """An intent fails.

        Raises:
            Violation: there is no cause.
        """
        image_id, attempt = intent["id"], intent["attempt"]
        if any(one.get("error") == reason and one["attempt"] == attempt for one in self._results(image_id)):
            return
        jpeg = self._jpeg(self._known[image_id].slot_id, image_id)
        if not run.is_janitor or reason != GIVEN_UP or run.began < intent["deadline"]:
            raise Violation(f"{image_id} fails without a cause: {reason}")
        if jpeg is not None and EPOCH_MILLISECONDS + jpeg.written * 1000 < run.began:
            raise Violation(f"{image_id} is given up though its picture is stored")
        if self._calm_from is not None and intent["deadline"] > self._calm_from + self._grace():
            raise Violation(f"{image_id} is given up though nothing has gone wrong for long")

    def finished(self, intent: Members, revision: Members) -> None:
        """An intent becomes a revision.

        Raises:
            Violation: it is not that of the intent, or not what the inbox holds.
        """
        image_id, slot_id = intent["id"], self._known[intent["id"]].slot_id
        if revision not in [one.get("revision") for one in self._results(image_id)]:
            raise Violation(f"revision {image_id} never was in the inbox")
        jpeg = self._jpeg(slot_id, image_id)
        fault = revision_fault(revision, intent, jpeg.body) if jpeg is not None else "has no picture"
        if fault is not None:
            raise Violation(f"revision {image_id} {fault}")
        small = self._store.current(_jpeg_key(slot_id, image_id, ".thumb"))
        if jpeg is None or small is None or small.body != thumbnail(jpeg.body):
            raise Violation(f"revision {image_id} has the thumbnail of another picture, or none")

    def is_now(self, state: State, request: Request | None) -> None:
        """There is a new version of the studio.

        Args:
            state: it.
            request: the request that asked for pictures in it, if one did.

        Raises:
            Violation: nobody is reminded of what it asks for.
        """
        if request is not None and request not in self._reminded:
            raise Violation(f"pictures are asked for without a reminder, by {request}")
        self._current = state
        self._is_reminded()

    def _is_reminded(self) -> None:
        if self._open() and not self._store.names(_REMINDERS):
            raise Violation("pictures are under way and nobody is reminded of them")

    # Answers -------------------------------------------------------------------------------------------

    def acknowledged(self, request: Request, images: tuple[tuple[str, str], ...]) -> None:
        """Somebody is told that these pictures, by slot and id, were asked for.

        Raises:
            Violation: they were not, or others were.
        """
        asked = [(one.slot_id, image_id) for image_id, one in self._known.items() if one.request is request]
        if sorted(images) != sorted(asked) or len(asked) != len(request.wish.slots) * request.wish.count:
            raise Violation(f"{images} are acknowledged, and {asked} were asked for by {request}")

    # The end -------------------------------------------------------------------------------------------

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        self._calm_from = self._world.milliseconds()

    def rested(self) -> bool:
        """Whether machines have nothing left to do.

        A picture that is stored after it was given up is delivered for as long as there are reminders.
        """
        if self._open() or self._store.names("inbox/"):
            return False
        slots = self._current.machines if self._current is not None else {}
        stored = (
            self._jpeg(slot_id, intent["id"]) is not None
            for slot_id, members in slots.items()
            for intent in members.get("intents", ())
        )
        return not any(stored) or not self._store.names(_REMINDERS)

    def check_end(self, histories: Mapping[str, tuple[str, ...]]) -> Counts:
        """Hold what there is, when all have gone home, to what was asked for.

        Args:
            histories: the ids of each slot's revisions.

        Raises:
            Violation: something is missing.
        """
        if self._store.names("inbox/") or self._store.names("reminders/"):
            raise Violation("something is left in the inbox, or reminds of nothing")
        for slot_id, members in self._current.machines.items() if self._current else ():
            if members["status"] == "GENERATING":
                raise Violation(f"slot {slot_id} is still generating")
        counts = Counts(asked=len(self._known), calls=self.calls.made)
        for image_id, picture in self._known.items():
            here = image_id in histories.get(picture.slot_id, ())
            intent = self._intent(picture.slot_id, image_id)
            stored = self._jpeg(picture.slot_id, image_id) is not None
            if not here and not picture.dropped and (intent is None or stored):
                raise Violation(f"{image_id}, asked for by {picture.request}, has vanished, stored: {stored}")
            ends = here, not here and intent is not None, picture.dropped
            counts = counts.plus(Counts(0, *map(int, ends)))
        return counts

    # Common --------------------------------------------------------------------------------------------

    def _grace(self) -> int:
        """Within how many milliseconds a picture must come when nothing goes wrong any more."""
        timing = self.timing
        return timing.visibility + timing.queue_again + 6000 * timing.worker_seconds

    def _results(self, image_id: str) -> list[Members]:
        known = self._known.get(image_id)
        return known.results if known is not None else []

    def _open(self) -> bool:
        slots: Any = self._current.machines.values() if self._current else ()
        return any("error" not in intent for members in slots for intent in members.get("intents", ()))

    def _intent(self, slot_id: str, image_id: str) -> Members | None:
        intents = self._current.intents(slot_id) if self._current is not None else ()
        return next((intent for intent in intents if intent["id"] == image_id), None)

    def _jpeg(self, slot_id: str, image_id: str) -> Version | None:
        return self._store.current(_jpeg_key(slot_id, image_id))


def _takes(intent: Members, result: Members) -> bool:
    return "revision" in result or ("error" not in intent and intent["attempt"] == result["attempt"])


def _jpeg_key(slot_id: str, image_id: str, kind: str = "") -> str:
    return f"{_SLOTS}{slot_id}/revisions/{image_id}{kind}.jpg"
