"""Whether what was answered as done is done, and whether its conflicts are those that were reported."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.simulation.generations import after_cancelling, after_retrying
from tests.simulation.oracle import Expected, expected, order_fault
from tests.simulation.requests import Answer, Request, Run
from tests.simulation.state import ORDER, State
from tests.simulation.transitions import base_of, compare
from tests.simulation.world import Violation


class Answers:
    """Holds acknowledgements to the versions that there were."""

    def __init__(
        self, states: Sequence[State], by_id: Mapping[str, State], gone: Callable[[str], bool]
    ) -> None:
        """Begin.

        Args:
            states: all versions, the oldest first, as they come.
            by_id: the same by their ids.
            gone: whether the store has dropped a version.
        """
        self._states = states
        self._by_id = by_id
        self._gone = gone

    def reported(self, run: Run, answer: Answer) -> None:
        """An edit was answered as done.

        Raises:
            Violation: it is not, or its conflicts are not those that were reported.
        """
        request = run.request
        reported = {(one.slot_id, one.field) for one in answer.saved.conflicts} if answer.saved else set()
        if answer.saved is not None and answer.saved.ignored:
            raise Violation(f"a part was ignored {answer.saved.ignored}: {request}")
        if request.writes and request.expected is None:
            raise Violation(f"an edit made the studio: {request}")
        if request.writes:
            assert request.expected is not None
            self._conflicts(reported, request.expected, request, self._states[request.writes[0] - 1])
            return
        possible: Sequence[State] = since(self._states, run)
        if answer.entry is not None:
            possible = [self._by_id[answer.entry.version.version_id]]
        if not any(self._is_done(request, state, reported) for state in possible):
            raise Violation(f"acknowledged with {sorted(map(str, reported))} and not done: {request}")

    def _conflicts(self, reported: set[Any], result: Expected, request: Request, replaced: State) -> None:
        missing = result.conflicts - reported
        excess = reported - result.conflicts - {(None, ORDER)}
        base = request.intent.base
        known = not self._gone(replaced.version_id) and (base is None or not self._gone(base))
        old = request.intent.restore
        if self._states[-1].deleted or (old is not None and self._gone(old[0].version_id)):
            known = False  # the edit cannot be made again, and all is listed
        if not known:
            # Then what the edit touched is listed, but not that it kept a slot which others had deleted, nor
            # what it emptied: those cannot be told without its base. The slot is named all the same.
            slots = {slot_id for slot_id, _ in reported}
            missing = frozenset(one for one in missing if one[0] not in slots)
        if missing or (excess and known):
            raise Violation(
                f"conflicts not reported {sorted(map(str, missing))}, reported without being "
                f"{sorted(map(str, excess))}: {request}"
            )

    def _is_done(self, request: Request, state: State, reported: set[Any]) -> bool:
        base = base_of(request, state, self._by_id)
        result = expected(request.intent, base, state)
        if result.picked or (request.strict and result.conflicts):
            return False
        if result.conflicts != reported - {(None, ORDER)} | (result.conflicts & {(None, ORDER)}):
            return False
        try:
            compare(result.people, state.people, request)
        except Violation:
            return False
        return order_fault(request.intent, base, state, state) is None

    def needless(self, run: Run) -> None:
        """Something was answered as done for which nothing was written.

        Raises:
            Violation: there was something to do all the while.
        """
        request = run.request
        for state in since(self._states, run):
            if request.wish.slots:
                done = _is_wished(request, state)
            elif request.kind == "await":
                break  # nobody asks for what is awaited already
            elif request.kind == "import":
                done = set(request.imported) <= set(state.people.slots) or state.deleted
            else:
                done = request.kind != "create" and state.deleted == (request.kind == "delete")
            if done:
                return
        raise Violation(f"acknowledged and not done: {request}")


def since(states: Sequence[State], run: Run) -> Sequence[State]:
    """The versions that were current at some time while a request ran."""
    return states[max(0, run.started - 1) :]


def _is_wished(request: Request, state: State) -> bool:
    """Whether there is nothing left to cancel, or to retry."""
    (slot_id,), ids = request.wish.slots, request.wish.image_ids
    intents = state.intents(slot_id)
    if request.kind == "cancel":
        return after_cancelling(intents, ids) == list(intents)
    return after_retrying(intents, ids, 0, 0, 0) == list(intents)
