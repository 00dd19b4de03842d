"""Whether a refusal has a reason."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from scene_studio.model.errors import (
    AlreadyExists,
    Deleted,
    EditConflict,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Purged,
    SceneStudioError,
    VersionGone,
)
from tests.simulation.oracle import expected
from tests.simulation.requests import Request
from tests.simulation.state import ORDER, State


class Refused(NamedTuple):
    """A refused request.

    Attributes:
        request: what was refused.
        refusal: the answer.
        states: the versions that were current while the request ran.
        bases: what the request was made from, for each of them.
        gone: whether the store has dropped a version.
        existed: whether there was a studio when it began to run, and ever since.
    """

    request: Request
    refusal: SceneStudioError
    states: Sequence[State]
    bases: Sequence[State]
    gone: Callable[[str], bool]
    existed: bool


def justified(refused: Refused) -> bool:
    """Whether what the refusal says was so at some time while the request ran."""
    reason = _REASONS.get(type(refused.refusal))
    return reason is not None and reason(refused)


def _not_found(refused: Refused) -> bool:
    kind, old = refused.refusal.members["kind"], refused.request.intent.restore
    if kind == "studio":
        return not refused.existed
    if kind == "version":
        return old is not None and refused.gone(old[0].version_id)
    if kind == "picture under way":
        return any(_nothing_to_cancel(refused.request, state) for state in refused.states)
    return kind == "slot" and any(_slot_is_so(refused, base) for base in refused.bases)


def _nothing_to_cancel(request: Request, state: State) -> bool:
    wanted = request.wish.image_ids or ()
    intents = [intent["id"] for slot_id in request.wish.slots for intent in state.intents(slot_id)]
    return request.kind == "cancel" and bool(wanted) and not set(wanted) & set(intents)


def _deleted(refused: Refused) -> bool:
    if refused.refusal.members["kind"] == "studio":
        return any(state.deleted for state in refused.states)
    return any(_slot_is_so(refused, base) for base in refused.bases)


def _purged(refused: Refused) -> bool:
    return any(state.purging for state in refused.states)


def _slot_exists(refused: Refused) -> bool:
    return any(_slot_is_so(refused, base) for base in refused.bases)


def _slot_is_so(refused: Refused, base: State) -> bool:
    request = refused.request
    slots = [base.people.slots.get(one) for one in request.wish.slots or (request.slot_id or "",)]
    if isinstance(refused.refusal, NotFound):
        return None in slots and not request.adds
    if isinstance(refused.refusal, Deleted):
        return any(slot is not None and slot.deleted for slot in slots) and not request.revives
    return (
        any(slot is not None and not slot.deleted for slot in slots) and request.adds and not request.wish.slots
    )


def _condition_fails(refused: Refused) -> bool:
    if refused.request.kind == "create":
        return bool(refused.states)
    return any(state.tag != refused.request.tag for state in refused.states)


def _touches_others(refused: Refused) -> bool:
    """Whether rows without any base name slots of which nobody knows how they were made."""
    intent = refused.request.intent
    return intent.from_nothing and any(
        one in state.machines and "born" not in state.machines[one]
        for state in refused.states
        for one in intent.fields
    )


def _base_is_gone(refused: Refused) -> bool:
    base = refused.request.intent.base
    return base is not None and refused.gone(base)


def _conflicts(refused: Refused) -> bool:
    """Whether there are the conflicts that are listed, with a version current while the request ran.

    Two may have added a slot, each in another place; only the product knows of such conflicts.
    """
    refusal = refused.refusal
    assert isinstance(refusal, EditConflict)
    listed = {(one.slot_id, one.field) for one in refusal.conflicts}
    if not listed or not refused.request.strict:
        return False
    for state, base in zip(refused.states, refused.bases, strict=True):
        if state.version_id == refusal.current.version.version_id:
            there = expected(refused.request.intent, base, state).conflicts
            return listed - {(None, ORDER)} == there - {(None, ORDER)}
    return False


_REASONS: Final[Mapping[type[SceneStudioError], Callable[[Refused], bool]]] = {
    NotFound: _not_found,
    Deleted: _deleted,
    Purged: _purged,
    AlreadyExists: _slot_exists,
    PreconditionFailed: _condition_fails,
    PreconditionRequired: _touches_others,
    VersionGone: _base_is_gone,
    EditConflict: _conflicts,
}
