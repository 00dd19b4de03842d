"""What intents may become from one version to the next."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from tests.simulation.generations import (
    Members,
    after_asking,
    after_cancelling,
    after_retrying,
    intent_fault,
    settled,
)
from tests.simulation.histories import Histories
from tests.simulation.pictures import Pictures
from tests.simulation.requests import Request, Run
from tests.simulation.runs import MachineRun
from tests.simulation.state import State
from tests.simulation.tabs import DEFAULTS
from tests.simulation.world import Violation

_HISTORY: Final = frozenset({"history", "historyCount", "olderHistory"})
_OF_GENERATION: Final = frozenset({"intents", "askedRev", "status", "error"})


class Intents:
    """Follows intents from version to version."""

    def __init__(self, pictures: Pictures, histories: Histories, states: Sequence[State], late: int) -> None:
        """Begin.

        Args:
            pictures: what is known of each picture.
            histories: what is known of each revision.
            states: all versions, as they come.
            late: how long after its deadline a dismissed failure is kept, in milliseconds.
        """
        self._pictures = pictures
        self._histories = histories
        self._states = states
        self._late = late

    # People --------------------------------------------------------------------------------------------

    def check(self, run: Run, before: State, after: State) -> None:
        """Somebody asked for pictures, cancelled some, or retried some.

        Raises:
            Violation: not just what they wanted was done.
        """
        request = run.request
        for slot_id, members in after.machines.items():
            had, old = before.intents(slot_id), before.machines.get(slot_id, {})
            if slot_id not in request.wish.slots:
                wanted: Members = old
            else:
                intents = self._wanted(run, slot_id, had, after)
                asked = old.get("askedRev", 0) if request.kind == "cancel" else after.rev
                wanted = _generated(old, intents, asked)
            _compare(slot_id, wanted, members, request, {*wanted, *members} if old else _OF_GENERATION)
        if all(before.intents(one) == after.intents(one) for one in request.wish.slots):
            raise Violation(f"a commit without effect by {request}")

    def _wanted(self, run: Run, slot_id: str, had: Sequence[Members], after: State) -> list[Members]:
        request, ids = run.request, run.request.wish.image_ids
        if request.kind == "cancel":
            kept = after_cancelling(had, ids)
            for intent in had:
                if intent not in kept:
                    self._pictures.dropped(intent["id"])
            return kept
        if request.kind == "retry":
            deadline = run.now + self._pictures.timing.deadline
            return after_retrying(had, ids, after.rev, run.now, deadline)
        kept = after_asking(had, run.now, self._late)
        for image_id in {intent["id"] for intent in had} - {intent["id"] for intent in kept}:
            self._pictures.dropped(image_id)
        have = {intent["id"] for intent in had}
        new = [intent for intent in after.intents(slot_id) if intent["id"] not in have]
        self._asked(run, slot_id, new, after.rev)
        return [*kept, *new]

    def _asked(self, run: Run, slot_id: str, new: Sequence[Members], rev: int) -> None:
        wish = run.request.wish
        if len(new) != wish.count:
            raise Violation(f"{len(new)} pictures of slot {slot_id} are asked for by {run.request}")
        for number, intent in enumerate(new):
            self._pictures.asked(run.request, slot_id, intent["id"])
            faults = {
                intent_fault(intent, settings, wish.products, rev, run.now)
                for settings in self._settings(run, slot_id)
            }
            if wish.seed is not None and intent["seed"] != wish.seed + number:
                faults = {"has another seed"}
            if intent["deadline"] != run.now + self._pictures.timing.deadline or intent["queuedAt"] != run.now:
                faults = {"has other times"}
            if None not in faults:
                raise Violation(f"intent {intent['id']} {faults}: {run.request}")

    def _settings(self, run: Run, slot_id: str) -> list[Mapping[str, Any]]:
        """The settings that pictures may have: those of the slot at some time while the request ran."""
        possible: list[Mapping[str, Any]] = []
        for state in self._states[max(0, run.started - 1) :]:
            slot = state.people.slots.get(slot_id, DEFAULTS)
            settings = {path[1]: value for path, value in slot.fields.items() if path[0] == "settings"}
            possible.append({**settings, "style": run.request.wish.style})
        return possible

    # Machines ------------------------------------------------------------------------------------------

    def check_machine(
        self, run: MachineRun, before: State, after: State, made: Mapping[str, Sequence[str]]
    ) -> None:
        """A machine folded results in, gave up, or queued again.

        Args:
            run: the machine's run.
            before: the version that it replaced.
            after: the new one.
            made: the revisions that are new in it, by slot.

        Raises:
            Violation: it did something else, or did it without a cause.
        """
        for slot_id, old in before.machines.items():
            members = after.machines[slot_id]
            if old == members:
                continue
            left = {intent["id"]: intent for intent in after.intents(slot_id)}
            for intent in before.intents(slot_id):
                now = left.get(intent["id"])
                if now is None and intent["id"] not in made.get(slot_id, ()):
                    raise Violation(f"intent {intent['id']} has vanished")
                if now is None:
                    self._pictures.finished(intent, self._histories.revision(slot_id, intent["id"]))
                elif now != intent:
                    self._touched(run, intent, now)
            ids = [intent["id"] for intent in before.intents(slot_id) if intent["id"] in left]
            if ids != list(left):
                raise Violation(f"intents of slot {slot_id} are {list(left)} and should be {ids} after {run}")
            intents = [left[image_id] for image_id in ids]
            wanted = _generated({**old, "historyCount": members["historyCount"]}, intents, old["askedRev"])
            _compare(slot_id, wanted, members, run, {*wanted, *members} - _HISTORY)

    def _touched(self, run: MachineRun, intent: Members, now: Members) -> None:
        if "error" not in intent and now == {**intent, "error": now.get("error")}:
            self._pictures.failed(run, intent, now["error"])
        elif not run.is_janitor or now != {**intent, "queuedAt": run.began}:
            raise Violation(f"intent {intent} was made {now} by {run}")


def _generated(old: Members, intents: Sequence[Members], asked: int) -> Members:
    """A slot's members with these intents."""
    rest = {name: value for name, value in old.items() if name not in {"status", "error"}}
    return {**rest, **settled(intents, old.get("historyCount", 0)), "intents": intents, "askedRev": asked}


def _compare(
    slot_id: str, wanted: Members, got: Members, request: Request | MachineRun, names: Collection[str]
) -> None:
    for name in sorted(names):
        if wanted.get(name) != got.get(name):
            raise Violation(
                f"{name} of slot {slot_id} is {got.get(name)} and should be {wanted.get(name)} after {request}"
            )
