"""From a person's edit to a commit: what it was made from, merged with what others made of that since.

Nothing is refused before the commit loop has looked for the request's own key: an edit that was applied is
answered as applied, whatever has become of its products, its slot or its base since.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, NamedTuple

from scene_studio.model.document import RequestKey
from scene_studio.model.edits import Wanted
from scene_studio.model.errors import (
    Busy,
    EditConflict,
    FieldError,
    OutcomeUnknown,
    PreconditionRequired,
    SceneStudioError,
    VersionGone,
)
from scene_studio.model.merge import Conflict, merge, touched
from scene_studio.model.owned import Owned, births, owned_by_people, with_owned
from scene_studio.model.studio import OutputSlot, Studio, existing, new_slot
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import Commit, Effect
from scene_studio.store.pacing import Pacing
from scene_studio.store.studios import Studios

Plan = Callable[[Studio], Wanted]
"""What people own once an edit is made of this version; pure, and raises to refuse."""

_NOTHING: Final = Owned("", {})


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRequest:
    """How an edit is to be made.

    Attributes:
        request: how the document remembers it.
        now: when it came, as documents spell it.
        pacing: how long it may try.
        version: the version that it was made from; None means whatever version is the latest.
        from_nothing: that it was made from no version at all: by a browser that made all its rows itself and
            never read them back. What others made is left alone then, and nothing is deleted.
        slot_id: the one slot that it is about. If that was made since `version`, the edit was made from the
            slot as it was made.
        strict: whether a conflict refuses it.
    """

    request: RequestKey
    now: str
    pacing: Pacing
    version: str | None = None
    from_nothing: bool = False
    slot_id: str | None = None
    strict: bool = False


class Saved(NamedTuple):
    """A saved edit.

    Attributes:
        commit: what came of it.
        conflicts: the fields that others had changed too, to other values; the edit's stand.
        ignored: parts of it that could not be taken, and why.
        merged: whether the document may hold changes of others that the caller has not seen: those since the
            edit's base, or any at all if it named none.
    """

    commit: Commit[Studio]
    conflicts: Sequence[Conflict] = ()
    ignored: Sequence[FieldError] = ()
    merged: bool = False


class _NoBase(Enum):
    LATEST = auto()
    NOTHING = auto()
    GONE = auto()


class _Outcome(NamedTuple):
    owned: Owned = _NOTHING
    conflicts: Sequence[Conflict] = ()
    ignored: Sequence[FieldError] = ()


class Saving:
    """Saves people's edits of one studio."""

    def __init__(self, studios: Studios, client_id: str, studio_id: str) -> None:
        self._studios = studios
        self._client_id = client_id
        self._studio_id = studio_id

    def save(self, plan: Plan, edit: EditRequest) -> Saved:
        """Make an edit of its base, merge it with the current document, and commit.

        Raises:
            NotFound: there is no such studio.
            Deleted: the studio is deleted.
            EditConflict: others changed the same fields, and the edit is strict; nothing was written.
            PreconditionRequired: it was made from nothing, but is about slots that others made.
            VersionGone: the store no longer has a version that the edit was made from.
            SceneStudioError: as the plan and the commit raise.
        """
        base = _NoBase.NOTHING if edit.from_nothing else self._base(edit.version)
        outcome = _Outcome()

        def apply(current: Versioned[Studio] | None) -> Studio | None:
            nonlocal outcome
            studio = existing(current.document if current else None, self._studio_id)
            if base is _NoBase.GONE:
                raise VersionGone(current)
            made_from = _made_from(base, studio, edit.slot_id)
            wanted = plan(made_from)
            if base is _NoBase.NOTHING:
                _check_rows_are_own(current, studio, wanted)
            outcome = _merged(wanted, made_from, studio)
            if edit.strict and outcome.conflicts:
                raise EditConflict(current, outcome.conflicts)
            return with_owned(studio, outcome.owned, wanted.picked, edit.now)

        commit = self._studios.commit(self._client_id, self._studio_id, apply, edit.request, edit.pacing)
        if commit.effect is Effect.REPEATED:
            outcome = self._outcome_before(plan, base, commit, edit.slot_id)
        before = commit.replaced or commit.current.version.version_id
        # Since an edit that is repeated was made, others may have made theirs: `current` shows them too.
        repeated = commit.effect is Effect.REPEATED
        merged = repeated or isinstance(base, _NoBase) or base.version.version_id != before
        return Saved(commit, outcome.conflicts, outcome.ignored, merged)

    def _base(self, version: str | None) -> Versioned[Studio] | _NoBase:
        if version is None:
            return _NoBase.LATEST
        return self._studios.version(self._client_id, self._studio_id, version) or _NoBase.GONE

    def _outcome_before(
        self, plan: Plan, base: Versioned[Studio] | _NoBase, commit: Commit[Studio], slot_id: str | None
    ) -> _Outcome:
        """What an edit came to when it was applied: the same merge with the version that it replaced.

        If that version has expired, every field that the edit touched is listed. If the edit cannot even be
        made again, for want of its base or of what it names, that is every field that anybody touched since
        its base.

        Raises:
            OutcomeUnknown: the store could not be read; the edit was applied all the same.
        """
        if base is _NoBase.LATEST:
            return _Outcome()
        current = commit.current.document
        try:
            theirs = self._studios.version(self._client_id, self._studio_id, commit.replaced)
        except Busy as error:
            raise OutcomeUnknown(
                "The change was made, but the store did not answer in time to tell how it went; repeat the "
                "request with the same Idempotency-Key in a moment to find out."
            ) from error
        try:
            if theirs is None or base is _NoBase.GONE:
                made_from = _made_from(base, current, slot_id)
                wanted = plan(made_from)
                owned = _NOTHING if base is _NoBase.GONE else owned_by_people(made_from)
                return _Outcome(wanted.owned, touched(owned, wanted.owned), wanted.ignored)
            made_from = _made_from(base, theirs.document, slot_id)
            return _merged(plan(made_from), made_from, theirs.document)
        except SceneStudioError:
            known = base.document if isinstance(base, Versioned) else None
            return _Outcome(conflicts=_all_touched(known, theirs.document if theirs else None, current))


def _all_touched(base: Studio | None, theirs: Studio | None, current: Studio) -> list[Conflict]:
    """Every field that was touched from the base on, in the form of conflicts with the values that are known.

    What an edit was in conflict with is among what others touched between its base and the version that it
    replaced; what it changed itself is among what was touched from there on.
    """
    before = owned_by_people(base) if base else _NOTHING
    replaced = owned_by_people(theirs) if theirs else before
    others = [change._replace(mine=None, theirs=change.mine) for change in touched(before, replaced)]
    since = touched(replaced, owned_by_people(current))
    named = {(change.slot_id, change.field) for change in others}
    return [*others, *(change for change in since if (change.slot_id, change.field) not in named)]


def _made_from(base: Versioned[Studio] | _NoBase, theirs: Studio, slot_id: str | None) -> Studio:
    if base is _NoBase.NOTHING:
        return theirs.replace(output_slots=())
    if isinstance(base, _NoBase):
        return theirs
    newer = theirs.find_slot(slot_id) if slot_id is not None else None
    return base.document if newer is None else _with_newer_slot(base.document, newer)


def _with_newer_slot(base: Studio, slot: OutputSlot) -> Studio:
    """A version with a slot that was made since, as its maker saw it, who never had a tag that names it."""
    if base.find_slot(slot.id) is not None:
        return base
    if slot.born is not None and slot.deleted_at is None:
        slot = new_slot(slot.id, slot.born.product_ids, slot.born.settings)
    return base.with_slot(slot)


def _check_rows_are_own(current: Versioned[Studio] | None, studio: Studio, wanted: Wanted) -> None:
    """Refuse rows without a base where they might undo what others did."""
    named = [studio.find_slot(slot_id) for slot_id in wanted.owned.slots]
    if any(slot is not None and slot.born is None for slot in named) or (not named and studio.live_slots()):
        raise PreconditionRequired(current)


def _merged(wanted: Wanted, base: Studio, theirs: Studio) -> _Outcome:
    if base is theirs:
        return _Outcome(wanted.owned, (), wanted.ignored)
    merged = merge(
        owned_by_people(base), wanted.owned, owned_by_people(theirs), _asked(base, theirs), births(theirs)
    )
    return _Outcome(merged.owned, merged.conflicts, wanted.ignored)


def _asked(base: Studio, theirs: Studio) -> frozenset[str]:
    """The slots that were asked to generate between two versions."""
    return frozenset(slot.id for slot in theirs.output_slots if slot.asked_rev > base.rev)
