"""Mutants of what is answered: fresh documents, remembered requests, and writes in doubt."""

from dataclasses import replace
from typing import Any, Final

import studios_api.handler as studios_routes
from scene_studio.model.document import Document
from scene_studio.model.errors import Busy, OutcomeUnknown
from scene_studio.store import commit
from scene_studio.store.commit import Documents, Effect, Encoded
from scene_studio.store.object_store import Unavailable
from scene_studio.store.saving import Saved, Saving, _NoBase, _Outcome

_READ: Final = Documents._read
_DECIDED: Final = Documents._decided
_APPLIED: Final = Document.applied_request
_SAVE: Final = Saving.save
_OUTCOME_BEFORE: Final = Saving._outcome_before
_COMMIT_ANY: Final = studios_routes._commit_any
_DECIDE: Final = Documents._decide


def _decided_on_what_is_known(documents: Any, key: str, operation: Any, request: Any, *, first: bool) -> Any:
    known = documents._cache.get(key) if first else None
    if known is not None:
        return known, documents._decide(known, operation, request)
    return _DECIDED(documents, key, operation, request, first=first)


def _never_revalidated(documents: Any, key: str) -> Any:
    return documents._cache.get(key) or _READ(documents, key)


def _cache_in_need(documents: Any, key: str) -> Any:
    try:
        return _READ(documents, key)
    except Unavailable:
        known = documents._cache.get(key)
        if known is None:
            raise
        return known


def _nothing_applied(*_: Any) -> None:
    return None


def _only_last_applied(document: Document, key: str) -> Any:
    found = _APPLIED(document, key)
    return found if found is not None and document.applied[-1] == found else None


def _saved_without_key(saving: Any, plan: Any, edit: Any) -> Any:
    return _SAVE(saving, plan, replace(edit, request=None))


def _without_key(studios: Any, client_id: str, studio_id: str, rule: Any, condition: Any, change: Any) -> Any:
    nameless = replace(change)
    nameless.__dict__["request"] = None
    return _COMMIT_ANY(studios, client_id, studio_id, rule, condition, nameless)


def _sought_after_deciding(documents: Any, current: Any, operation: Any, request: Any) -> Any:
    """Refusals and "nothing to do" come first, and only what is left looks for its key."""
    decision = _DECIDE(documents, current, operation, None)
    return _DECIDE(documents, current, operation, request) if isinstance(decision, Encoded) else decision


def _always_settled(*_: Any) -> bool:
    return True


_GAVE_UP: Final = commit._gave_up


def _failed(*, in_doubt: bool) -> Any:
    del in_doubt
    return _GAVE_UP(in_doubt=False)


def _forgotten_outcome(*_: Any) -> _Outcome:
    return _Outcome()


def _tag_for_all(saving: Any, plan: Any, edit: Any) -> Saved:
    saved: Saved = _SAVE(saving, plan, edit)
    return saved._replace(merged=False)


def _tag_for_repeats(saving: Any, plan: Any, edit: Any) -> Saved:
    """A repeated edit is answered with the tag of what there is now, as if it had just been made."""
    saved: Saved = _SAVE(saving, plan, edit)
    if saved.commit.effect is Effect.REPEATED and edit.version is not None:
        return saved._replace(merged=edit.version != saved.commit.replaced)
    return saved


def _busy_though_applied(*given: Any) -> Any:
    try:
        return _OUTCOME_BEFORE(*given)
    except OutcomeUnknown as error:
        raise Busy(error.detail) from error


def _refused_though_applied(saving: Any, plan: Any, base: Any, done: Any, slot_id: Any) -> Any:
    if base is _NoBase.GONE:
        plan(done.current.document)
    return _OUTCOME_BEFORE(saving, plan, base, done, slot_id)


MUTANTS: Final = {
    "decided on a cached document": (
        "every outcome but a write is decided on a document read in this request",
        "",
        lambda: [(Documents, "_decided", _decided_on_what_is_known)],
    ),
    "no revalidation": (
        "a document that is kept is compared with the store before it is given",
        "",
        lambda: [(Documents, "_read", _never_revalidated)],
    ),
    "cache served in need": (
        "what cannot be compared with the store is not given",
        "forgetful",
        lambda: [(Documents, "_read", _cache_in_need)],
    ),
    "ring never consulted": (
        "a request looks for its own key first",
        "hasty",
        lambda: [(Document, "applied_request", _nothing_applied)],
    ),
    "ring one entry long": (
        "a document remembers many requests",
        "hasty",
        lambda: [(Document, "applied_request", _only_last_applied)],
    ),
    "edits without keys": (
        "edits are remembered like all changes",
        "hasty",
        lambda: [(Saving, "save", _saved_without_key)],
    ),
    "deletions without keys": (
        "deletions of a studio are remembered like edits",
        "come and go",
        lambda: [(studios_routes, "_commit_any", _without_key)],
    ),
    "key sought last": (
        "a request looks for its own key before it is refused or found needless",
        "hasty",
        lambda: [(Documents, "_decide", _sought_after_deciding)],
    ),
    "doubt taken for failure": (
        "a write without an answer is never reported as failed",
        "hasty",
        lambda: [(commit, "_gave_up", _failed)],
    ),
    "doubt forgotten": (
        "nothing is refused or given up for good while a write is in doubt",
        "hasty",
        lambda: [(commit._Doubt, "is_settled_by", _always_settled)],
    ),
    "repeat without its conflicts": (
        "a repeated request is answered with its list of conflicts",
        "hasty",
        lambda: [(Saving, "_outcome_before", _forgotten_outcome)],
    ),
    "repeat tagged as new": (
        "a repeated edit is answered with a tag only together with its document",
        "stale tabs, deaf",
        lambda: [(Saving, "save", _tag_for_repeats)],
    ),
    "busy though applied": (
        "who asks again for what was applied is not told that nothing was",
        "hasty",
        lambda: [(Saving, "_outcome_before", _busy_though_applied)],
    ),
    "repeat made again": (
        "what was applied is not refused when it is repeated, even if it could not be made again",
        "expiring",
        lambda: [(Saving, "_outcome_before", _refused_though_applied)],
    ),
    "tag without its document": (
        "an entity tag is given only with the document that it names",
        "stale tabs",
        lambda: [(Saving, "save", _tag_for_all)],
    ),
}
"""Name, then rule, profile, and what is replaced."""
