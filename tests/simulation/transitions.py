"""What one version may differ in from the one before: only in what the request was to come to."""

from collections.abc import Mapping
from dataclasses import replace

from tests.simulation.oracle import Intent, expected, order_fault
from tests.simulation.requests import Request, Run
from tests.simulation.state import OUTPUT, People, State, peoples_slot
from tests.simulation.world import Violation


class Transitions:
    """Follows the studio from version to version."""

    def __init__(self, states: Mapping[str, State]) -> None:
        """Begin.

        Args:
            states: all versions by their ids, as they come.
        """
        self._states = states
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
        for name in ("id", "clientId", "createdAt", "userScenes", "schema"):
            if before.raw.get(name) != after.raw.get(name):
                raise Violation(f"{name} was changed by {request}")
        if made and request.kind not in {"generate", "import"}:
            raise Violation(f"revisions {made} appear with {request}")
        if before.deleted != after.deleted and request.kind not in {"delete", "undelete"}:
            raise Violation(f"the studio's tombstone was changed by {request}")
        if request.kind == "edit":
            self._edited(request, before, after)
        elif request.kind == "generate":
            self._generated(run, before, after, made)
        elif request.kind == "import":
            self._imported(request, before, after)
        elif request.kind == "create":
            raise Violation(f"created over what there is: {request}")
        else:
            compare(before.people, after.people, request)
            _unchanged_machines(before, after, request)
            if after.deleted != (request.kind == "delete"):
                raise Violation(f"a commit without effect by {request}")

    def _edited(self, request: Request, before: State, after: State) -> None:
        base = base_of(request.intent, before, self._states)
        request.expected = result = expected(request.intent, base, before)
        if request.strict and result.conflicts:
            raise Violation(f"a strict edit was written over conflicts {sorted(map(str, result.conflicts))}")
        compare(result.people, after.people, request)
        _unchanged_machines(before, after, request)
        fault = order_fault(request.intent, base, before, after)
        if fault is not None:
            raise Violation(f"{fault}: {list(before.people.slots)} to {list(after.people.slots)} by {request}")
        for slot_id in result.picked:
            self._picked[slot_id] = after.rev

    def _generated(self, run: Run, before: State, after: State, made: dict[str, list[str]]) -> None:
        request = run.request
        slot_id = request.slot_id or ""
        if list(made) != [slot_id]:
            raise Violation(f"revisions appear in {list(made)} with {request}")
        slot = before.people.slots.get(slot_id) or request.intent.defaults
        picked = self._picked.get(slot_id, 0) > (run.asked_at or 0)
        shown = slot.fields.get(OUTPUT) if picked else made[slot_id][0]
        fields = {**slot.fields, OUTPUT: shown}
        if shown is None:
            del fields[OUTPUT]
        wanted = type(slot)(fields, slot.favorites, slot.deleted)
        compare(before.people.with_slot(slot_id, wanted), after.people, request)
        _unchanged_machines(before, after, request, but=slot_id)

    def _imported(self, request: Request, before: State, after: State) -> None:
        people = before.people
        for slot_id, slot in request.imported.items():
            if slot_id not in people.slots:
                people = people.with_slot(slot_id, peoples_slot(slot))
        compare(people, after.people, request)
        _unchanged_machines(before, after, request)


def base_of(intent: Intent, current: State, states: Mapping[str, State]) -> State:
    """The version that somebody looked at; the current one if they name none."""
    if intent.from_nothing:
        return replace(current, people=People(current.people.name, {}), machines={})
    return states[intent.base] if intent.base else current


def compare(wanted: People, got: People, request: Request) -> None:
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


def _unchanged_machines(before: State, after: State, request: Request, but: str | None = None) -> None:
    for slot_id, members in before.machines.items():
        if slot_id != but and after.machines[slot_id] != members:
            raise Violation(f"what machines own in slot {slot_id} was changed by {request}")
