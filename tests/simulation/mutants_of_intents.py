"""Mutants of what becomes of intents: asking, folding, failing, cancelling, retrying, and the inbox."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import generation_api.handler as generation_routes
from generation_api import generating
from generation_api.generating import Generating
from scene_studio.generation.work import Outcome, Worker
from scene_studio.model import generation
from scene_studio.model.errors import Busy, OutcomeUnknown
from scene_studio.model.generation import ask, cancel, find_intent, fold, retry
from scene_studio.model.intent import Intent, Result
from scene_studio.model.results import fold_into_studio
from scene_studio.model.studio import Studio, add_revisions
from scene_studio.store import keys
from scene_studio.store.inbox import Inbox

_FOLDED: Final = generation._folded
_TAKES: Final = generation.takes
_COMMIT_RESULTS: Final = Inbox._commit
_ASK: Final = Generating._ask


def _never_picked(studio: Studio, slot_id: str, revisions: Any, _: int, now: str) -> Studio | None:
    return add_revisions(studio, slot_id, revisions, 10**9, now)


def _oldest_first(studio: Studio, slot_id: str, revisions: Sequence[Any], *rest: Any) -> Studio | None:
    return add_revisions(studio, slot_id, revisions[::-1], *rest)


def _failed_removed(studio: Studio, slot_id: str, ended: dict[str, Result], now: int) -> Studio:
    done = _FOLDED(studio, slot_id, ended, now)
    slot = generation._slot(done, slot_id)
    left = tuple(intent for intent in slot.intents if intent.id not in ended)
    return done.with_slot(generation._settled(slot.replace(intents=left)))


def _failures_dropped(studio: Studio, asked: Any, now: int) -> Studio | None:
    done = ask(studio, asked, now)
    for slot in done.output_slots if done is not None else ():
        left = tuple(intent for intent in slot.intents if not intent.dismissed)
        done = done and done.with_slot(slot.replace(intents=left))
    return done


def _any_attempt(studio: Studio, result: Result) -> bool:
    intent = find_intent(studio, result.slot_id, result.id)
    return intent is not None and (result.revision is not None or intent.is_open)


def _only_open(studio: Studio, result: Result) -> bool:
    intent = find_intent(studio, result.slot_id, result.id)
    return intent is not None and intent.is_open and _TAKES(studio, result)


def _only_live(studio: Studio, result: Result) -> bool:
    slot = studio.find_slot(result.slot_id)
    return slot is not None and slot.deleted_at is None and _TAKES(studio, result)


def _not_cancelled(studio: Studio, slot_id: str, image_id: str | None, now: int) -> None:
    cancel(studio, slot_id, image_id, now)


def _all_cancelled(studio: Studio, slot_id: str, _: str | None, now: int) -> Studio | None:
    return cancel(studio, slot_id, None, now)


def _retried(change: Any) -> Any:
    def again(studio: Studio, slot_id: str, *given: Any) -> Studio | None:
        done = retry(studio, slot_id, *given)
        if done is None:
            return None
        slot = done.slot(slot_id)
        before = {intent.id: intent for intent in studio.slot(slot_id).intents}
        intents = tuple(one if before[one.id] == one else change(one) for one in slot.intents)
        return done.with_slot(slot.replace(intents=intents))

    return again


def _renamed(intent: Intent) -> Intent:
    return intent.replace(id=f"{intent.id[:40]}-{intent.attempt}")


def _same_attempt(intent: Intent) -> Intent:
    return intent.replace(attempt=intent.attempt - 1)


def _asked_without_key(asking: Any, studio: Any, asked: Any, pictures: Any, made: Any, change: Any) -> Any:
    nameless = replace(change)
    nameless.__dict__["request"] = None
    return _ASK(asking, studio, asked, pictures, made, nameless)


def _emptied_first(box: Any, client_id: str, studio_id: str, *given: Any) -> None:
    names = box._objects.list_names(keys.inbox(client_id, studio_id)).names
    box._objects.delete_all(names)
    _COMMIT_RESULTS(box, client_id, studio_id, *given)


def _emptied_in_doubt(*given: Any) -> None:
    try:
        _COMMIT_RESULTS(*given)
    except OutcomeUnknown:
        return


def _stale_kept(box: Any, client_id: str, studio_id: str, results: Any, now: int, pacing: Any) -> None:
    """Results that no intent takes stay where they are."""
    studio = box._folders.folder(client_id, studio_id).read()
    if studio is not None and fold_into_studio(studio, results, now) is None:
        raise Busy("they stay")
    _COMMIT_RESULTS(box, client_id, studio_id, results, now, pacing)


def _folded_at_once(worker: Any, wanted: Any, result: Result) -> Outcome:
    """A result goes into the studio by itself, and nowhere else before."""
    worker.studios.commit(
        wanted.client_id,
        wanted.studio_id,
        lambda current: fold(current.document, [result], worker.clock()),
        None,
        worker.pacing(),
    )
    return Outcome.DELIVERED


MUTANTS: Final = {
    "picks ignored": (
        "what a person picked is not replaced by what was asked for before",
        "executing",
        lambda: [(generation, "add_revisions", _never_picked)],
    ),
    "oldest first": (
        "of several pictures the one asked for last comes first",
        "executing",
        lambda: [(generation, "add_revisions", _oldest_first)],
    ),
    "failed intents removed": (
        "a failed intent stays",
        "executing, failing",
        lambda: [(generation, "_folded", _failed_removed)],
    ),
    "failed intents forgotten": (
        "a failed intent is forgotten only when no picture can come any more",
        "executing, failing",
        lambda: [(generating, "ask", _failures_dropped)],
    ),
    "failure of any attempt": (
        "a failure speaks of its own attempt alone",
        "executing, failing",
        lambda: [(generation, "takes", _any_attempt)],
    ),
    "no pictures for failed intents": (
        "a picture is kept though its intent has failed",
        "executing, slow",
        lambda: [(generation, "takes", _only_open)],
    ),
    "no results for deleted slots": (
        "a deleted slot takes results like any other",
        "executing",
        lambda: [(generation, "takes", _only_live)],
    ),
    "not cancelled": (
        "cancelling removes the intent",
        "executing",
        lambda: [(generation_routes, "cancel", _not_cancelled)],
    ),
    "all cancelled": (
        "cancelling one picture leaves the others",
        "executing",
        lambda: [(generation_routes, "cancel", _all_cancelled)],
    ),
    "retried under another id": (
        "a picture that is retried keeps its id",
        "executing, failing",
        lambda: [(generating, "retry", _retried(_renamed))],
    ),
    "retried as the same attempt": (
        "a retry is an attempt of its own",
        "executing, failing",
        lambda: [(generating, "retry", _retried(_same_attempt))],
    ),
    "asked without a key": (
        "a request for pictures is remembered like an edit",
        "executing, deaf",
        lambda: [(Generating, "_ask", _asked_without_key)],
    ),
    "inbox emptied first": (
        "a result is deleted only when it is in the document",
        "executing",
        lambda: [(Inbox, "_commit", _emptied_first)],
    ),
    "inbox emptied in doubt": (
        "a result is deleted only when it is in the document for certain",
        "executing, dying",
        lambda: [(Inbox, "_commit", _emptied_in_doubt)],
    ),
    "stale results stay": (
        "what no intent can take is deleted",
        "executing, failing",
        lambda: [(Inbox, "_commit", _stale_kept)],
    ),
    "folded without the inbox": (
        "a result is in the inbox before it is folded in",
        "executing",
        lambda: [(Worker, "_deliver", _folded_at_once)],
    ),
}
"""Name, then rule, profile, and what is replaced."""
