"""Mutants of what an edit comes to: the merge, restores, tombstones, and imports."""

from dataclasses import replace
from typing import Any, Final

import studios_api.handler as studios_routes
from intake_api import importing
from scene_studio.model import merge
from scene_studio.model.edits import restored
from scene_studio.model.owned import with_owned
from scene_studio.model.studio import Studio, import_into_studio
from scene_studio.store import saving
from scene_studio.store.saving import Saving, _NoBase, _Outcome

_BASE: Final = Saving._base
_MERGED: Final = saving._merged
_BUILT: Final = importing.Import._built
_ORDER: Final = merge._Merging.order
_VALUE: Final = merge._Merging.value
_DELETION: Final = merge._Merging.deletion
_SAVE: Final = Saving.save


def _mine_alone(wanted: Any, base: Studio, theirs: Studio) -> _Outcome:
    """What others did to slots that I have is overwritten."""
    return _Outcome(wanted.owned, (), wanted.ignored)


def _no_base(self: Any, version: str | None) -> Any:
    return _NoBase.LATEST


def _gone_is_latest(self: Any, version: str | None) -> Any:
    found = _BASE(self, version)
    return _NoBase.LATEST if found is _NoBase.GONE else found


def _unreported(wanted: Any, base: Studio, theirs: Studio) -> _Outcome:
    return _MERGED(wanted, base, theirs)._replace(conflicts=())


def _lenient(self: Any, plan: Any, edit: Any) -> Any:
    return _SAVE(self, plan, replace(edit, strict=False))


def _nobody_asked(*_: Any) -> frozenset[str]:
    return frozenset()


def _theirs_wins(merging: Any, slot_id: Any, path: Any, base: Any, mine: Any, theirs: Any) -> Any:
    value = _VALUE(merging, slot_id, path, base, mine, theirs)
    return value if theirs == base else theirs


def _my_marks(base: Any, mine: Any, theirs: Any) -> Any:
    return tuple(mine)


def _my_order(merging: Any, base: Any, mine: Any, theirs: Any, merged: Any) -> Any:
    return merge.weave(list(mine.slots), list(theirs.slots))


def _their_order(merging: Any, base: Any, mine: Any, theirs: Any, merged: Any) -> Any:
    return merge.weave(list(theirs.slots), list(mine.slots))


def _unseen_at_the_end(merging: Any, base: Any, mine: Any, theirs: Any, merged: Any) -> Any:
    order = list(_ORDER(merging, base, mine, theirs, merged))
    unseen = [one for one in order if one not in mine.slots]
    return [one for one in order if one in mine.slots] + unseen


def _deletion_wins(merging: Any, slot_id: str, base: Any, mine: Any, theirs: Any, *, asked: bool) -> bool:
    return bool(mine.deleted or theirs.deleted)


def _deletion_unseen(merging: Any, slot_id: str, base: Any, mine: Any, theirs: Any, *, asked: bool) -> Any:
    """Who never saw that a slot was deleted brings it back."""
    if base is None:
        return False
    return _DELETION(merging, slot_id, base, mine, theirs, asked=asked)


def _removed(studio: Studio, owned: Any, picked: Any, now: str) -> Studio | None:
    done = with_owned(studio, owned, picked, now)
    return done and done.replace(output_slots=done.live_slots())


def _no_picks(studio: Studio, owned: Any, _: Any, now: str) -> Studio | None:
    return with_owned(studio, owned, frozenset(), now)


def _history_of_base() -> list[tuple[Any, str, Any]]:
    """Rows bring their histories along, as old as the rows."""
    made_from: list[Studio] = []

    def merged(wanted: Any, base: Studio, theirs: Studio) -> _Outcome:
        made_from[:] = [base]
        return _MERGED(wanted, base, theirs)

    def put_back(studio: Studio, owned: Any, picked: Any, now: str) -> Studio | None:
        done = with_owned(studio, owned, picked, now)
        return done and _with_histories(done, made_from[0])

    return [(saving, "_merged", merged), (saving, "with_owned", put_back)]


def _with_histories(studio: Studio, old: Studio) -> Studio:
    for slot in studio.output_slots:
        was = old.find_slot(slot.id)
        if was is not None:
            studio = studio.with_slot(slot.with_revisions(was.revisions()))
    return studio


def _restoring(what: str) -> list[tuple[Any, str, Any]]:
    """A restore takes along what machines own, or the memory of requests."""
    old_versions: list[Studio] = []

    def plan(base: Studio, old: Studio, slot_id: str | None = None) -> Any:
        old_versions[:] = [old]
        return restored(base, old, slot_id)

    def put_back(studio: Studio, owned: Any, picked: Any, now: str) -> Studio | None:
        done = with_owned(studio, owned, picked, now)
        old = old_versions.pop() if old_versions else None
        if done is None or old is None:
            return done
        return done.replace(applied=old.applied) if what == "ring" else _with_histories(done, old)

    return [(studios_routes, "restored", plan), (saving, "with_owned", put_back)]


def _imported_over(studio: Studio | None, imported: Studio, now: str) -> Studio | None:
    if studio is None:
        return import_into_studio(studio, imported, now)
    gone = {slot.id for slot in studio.output_slots if slot.deleted_at is not None}
    back = [slot for slot in imported.output_slots if slot.id in gone]
    done = import_into_studio(studio, imported, now) or (studio if back else None)
    for slot in back:
        done = done and done.with_slot(slot)
    return done


def _built_whole(self: Any, client: Any, asked: Any, field: str, pictures: Any, *_: Any) -> Any:
    return _BUILT(self, client, asked, field, pictures, set(), set())


MUTANTS: Final = {
    "no three-way merge": (
        "an edit is merged with what others did",
        "stale tabs",
        lambda: [(saving, "_merged", _mine_alone)],
    ),
    "base ignored": (
        "an edit is compared with the version that it was made from",
        "stale tabs",
        lambda: [(Saving, "_base", _no_base)],
    ),
    "a base that is gone does not matter": (
        "an edit whose base is gone is refused",
        "forgetful",
        lambda: [(Saving, "_base", _gone_is_latest)],
    ),
    "theirs wins": ("the later edit wins", "stale tabs", lambda: [(merge._Merging, "value", _theirs_wins)]),
    "conflicts unreported": (
        "every conflict is reported",
        "stale tabs",
        lambda: [(saving, "_merged", _unreported)],
    ),
    "strict is lenient": ("strict edits are refused", "stale tabs", lambda: [(Saving, "save", _lenient)]),
    "favourites overwritten": (
        "favourites are merged as sets",
        "stale tabs",
        lambda: [(merge, "_merged_sets", _my_marks)],
    ),
    "my order always": (
        "an order that I did not change is theirs",
        "stale tabs",
        lambda: [(merge._Merging, "order", _my_order)],
    ),
    "their order always": (
        "an order that I changed is mine",
        "stale tabs",
        lambda: [(merge._Merging, "order", _their_order)],
    ),
    "unseen slots at the end": (
        "slots that I never saw keep their place",
        "stale tabs",
        lambda: [(merge._Merging, "order", _unseen_at_the_end)],
    ),
    "asking is no edit": (
        "a slot that was asked to generate is not deleted unseen",
        "pictures",
        lambda: [(saving, "_asked", _nobody_asked)],
    ),
    "deletion wins": (
        "a slot that one side edits and the other deletes stays",
        "come and go",
        lambda: [(merge._Merging, "deletion", _deletion_wins)],
    ),
    "unseen deletion undone": (
        "a deleted slot is not added again by who has not seen the deletion",
        "namesakes",
        lambda: [(merge._Merging, "deletion", _deletion_unseen)],
    ),
    "slots removed": (
        "deleted slots stay as tombstones",
        "come and go",
        lambda: [(saving, "with_owned", _removed)],
    ),
    "picks unmarked": (
        "a document knows when a person picked a picture",
        "pictures",
        lambda: [(saving, "with_owned", _no_picks)],
    ),
    "rows bring their history": ("rows cannot touch a history", "pictures", _history_of_base),
    "restore takes the old history": (
        "a restore keeps the current history",
        "pictures",
        lambda: _restoring("history"),
    ),
    "restore takes the old ring": (
        "a restore keeps the memory of requests",
        "hasty",
        lambda: _restoring("ring"),
    ),
    "import over tombstones": (
        "for imports, a tombstone counts as there",
        "come and go",
        lambda: [(importing, "import_into_studio", _imported_over), (importing.Import, "_built", _built_whole)],
    ),
}
"""Name, then rule, profile, and what is replaced."""
