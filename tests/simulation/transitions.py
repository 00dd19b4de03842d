"""What one version may differ in from the one before: only in what the request was to come to."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from tests.simulation.generations import newest_first
from tests.simulation.intents import Intents
from tests.simulation.oracle import expected, order_fault
from tests.simulation.requests import Request, Run
from tests.simulation.runs import MachineRun
from tests.simulation.state import OUTPUT, People, State, peoples_slot
from tests.simulation.world import Violation

_OF_NOBODY: Final = ("id", "clientId", "createdAt", "schema")
_OF_PEOPLE: Final = (*_OF_NOBODY, "name", "deletedAt", "applied")


class Transitions:
    """Follows the studio from version to version."""

    def __init__(self, states: Mapping[str, State], intents: Intents) -> None:
        """Begin.

        Args:
            states: all versions by their ids, as they come.
            intents: follows what was asked for.
        """
        self._states = states
        self._intents = intents
        self._picked: dict[str, int] = {}

    def check(self, run: Run, before: State, after: State, made: dict[str, list[str]]) -> None:
        """A run of a request wrote a version.

        Args:
            run: that run.
            before: the version that it replaced.
            after: the new one.
            made: the revisions that are new in it, by slot.

        Raises:
            Violation: it is not what the request was to come to.
        """
        request = run.request
        _same(before, after, _OF_NOBODY, request)
        if made and request.kind != "import":
            raise Violation(f"revisions {made} appear with {request}")
        if before.deleted != after.deleted and request.kind not in {"delete", "undelete"}:
            raise Violation(f"the studio's tombstone was changed by {request}")
        if request.kind == "edit":
            self._edited(request, before, after)
        elif request.kind == "import":
            self._imported(request, before, after)
        elif request.wish.slots:
            self._wished(run, before, after)
        elif request.kind == "await":
            compare(before.people, after.people, request)
        elif request.kind == "create":
            raise Violation(f"created over what there is: {request}")
        else:
            compare(before.people, after.people, request)
            if after.deleted != (request.kind == "delete"):
                raise Violation(f"a commit without effect by {request}")
        if not request.wish.slots:
            _unchanged_machines(before, after, request)

    def check_machine(self, run: MachineRun, before: State, after: State, made: dict[str, list[str]]) -> None:
        """A run of a machine wrote a version.

        Args:
            run: that run.
            before: the version that it replaced.
            after: the new one.
            made: the revisions that are new in it, by slot.

        Raises:
            Violation: it touched what it must not, or did what nobody asked for.
        """
        _same(before, after, _OF_PEOPLE, run)
        people = before.people
        for slot_id, image_ids in made.items():
            asked = {intent["id"]: intent for intent in before.intents(slot_id)}
            if not set(image_ids) <= set(asked):
                raise Violation(f"revisions {image_ids} that nobody asked for appear with {run}")
            if image_ids != newest_first(before.intents(slot_id), image_ids):
                raise Violation(f"revisions {image_ids} are not in the order in which they were asked for")
            if self._picked.get(slot_id, 0) <= asked[image_ids[0]]["askedRev"]:
                slot = people.slots[slot_id]
                fields = {**slot.fields, OUTPUT: image_ids[0]}
                people = people.with_slot(slot_id, replace(slot, fields=fields))
        compare(people, after.people, run)
        if list(before.people.slots) != list(after.people.slots):
            raise Violation(f"the order of the slots was changed by {run}")
        self._intents.check_machine(run, before, after, made)

    def _wished(self, run: Run, before: State, after: State) -> None:
        """Somebody asked for pictures, or cancelled some; slots that were not there may be there now."""
        people = before.people
        for slot_id in run.request.wish.slots:
            if run.request.kind == "generate" and slot_id not in people.slots:
                people = people.with_slot(slot_id, run.request.intent.defaults)
        compare(people, after.people, run.request)
        self._intents.check(run, before, after)

    def _edited(self, request: Request, before: State, after: State) -> None:
        base = base_of(request, before, self._states)
        request.expected = result = expected(request.intent, base, before)
        if request.strict and result.conflicts:
            raise Violation(f"a strict edit was written over conflicts {sorted(map(str, result.conflicts))}")
        compare(result.people, after.people, request)
        fault = order_fault(request.intent, base, before, after)
        if fault is not None:
            raise Violation(f"{fault}: {list(before.people.slots)} to {list(after.people.slots)} by {request}")
        for slot_id in result.picked:
            self._picked[slot_id] = after.rev

    def _imported(self, request: Request, before: State, after: State) -> None:
        people = before.people
        for slot_id, slot in request.imported.items():
            if slot_id not in people.slots:
                people = people.with_slot(slot_id, peoples_slot(slot))
        compare(people, after.people, request)


def base_of(request: Request, current: State, states: Mapping[str, State]) -> State:
    """The version that somebody looked at; the current one if they name none.

    A slot that was made since, and that the request is about, they saw as it was made.
    """
    intent, slot_id = request.intent, request.slot_id
    if intent.from_nothing:
        return replace(current, people=People(current.people.name, {}), machines={})
    if not intent.base:
        return current
    base = states[intent.base]
    if request.adds or slot_id is None or slot_id in base.people.slots or slot_id not in current.people.slots:
        return base
    newer, born = current.people.slots[slot_id], current.machines[slot_id].get("born")
    seen = peoples_slot(born) if born and not newer.deleted else newer
    return replace(base, people=base.people.with_slot(slot_id, seen))


def compare(wanted: People, got: People, request: Request | MachineRun) -> None:
    """Compare what people own with what they should own; the order of the slots aside.

    Raises:
        Violation: something is not as it should be.
    """
    if wanted.name != got.name:
        raise Violation(f"the name is {got.name!r} and should be {wanted.name!r} after {request}")
    if set(wanted.slots) != set(got.slots):
        raise Violation(f"slots {sorted(got.slots)} should be {sorted(wanted.slots)} after {request}")
    for slot_id, slot in wanted.slots.items():
        other = got.slots[slot_id]
        if slot.deleted != other.deleted or set(slot.favorites) != set(other.favorites):
            raise Violation(f"slot {slot_id} should be {slot} and is {other} after {request}")
        if slot.fields != other.fields:
            paths = {**slot.fields, **other.fields}
            odd = {
                ".".join(path): (slot.fields.get(path), other.fields.get(path))
                for path in paths
                if slot.fields.get(path) != other.fields.get(path)
            }
            raise Violation(f"slot {slot_id} is not as it should be (should be, is): {odd} after {request}")


def _same(before: State, after: State, names: Iterable[str], request: Request | MachineRun) -> None:
    for name in names:
        if before.raw.get(name) != after.raw.get(name):
            raise Violation(f"{name} was changed by {request}")


def _unchanged_machines(before: State, after: State, request: Request) -> None:
    for slot_id, members in after.machines.items():
        if before.machines.get(slot_id, members) != members:
            raise Violation(f"what machines own in slot {slot_id} was changed by {request}")
        if slot_id not in before.machines and (members["intents"] or members["askedRev"]):
            raise Violation(f"slot {slot_id} is new and has intents, by {request}")
