"""The rules of generation: asking, folding results in, failing, cancelling, retrying.

Pure functions from studio to studio; None means that there is nothing to do. People ask, cancel and retry;
machines fold, give up and queue again.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from scene_studio.model.costs import with_cost
from scene_studio.model.errors import GenerationLimit, NotFound
from scene_studio.model.identifiers import iso_time
from scene_studio.model.intent import Intent, Result
from scene_studio.model.studio import OutputSlot, SlotStatus, Studio, add_revisions, check_slot_limit

MAX_INTENTS: Final = 200
"""How many pictures of a studio may be under way, or failed where somebody sees it or a late one may come."""

LATE_MILLISECONDS: Final = 3_600_000
"""How long after its deadline a picture may still come, generously."""


def ask(studio: Studio, asked: Sequence[tuple[OutputSlot, Sequence[Intent]]], now: int) -> Studio | None:
    """The studio with pictures asked for.

    Pictures that the slot has already, wanted or made, are left out. Failures of earlier pictures in these
    slots are dismissed, because whoever asks again has seen them.

    Args:
        studio: the current document.
        asked: slots, and what is asked for each. One that the studio does not have is added as given here.
        now: milliseconds since the Unix epoch.

    Raises:
        Deleted: a slot is deleted.
        GenerationLimit: too many would be under way.
        InvalidRequest: the studio would have more slots than it may have.
    """
    rev = studio.rev + 1
    changed = studio
    for given, intents in asked:
        known = studio.find_slot(given.id)
        slot = given if known is None else studio.slot(given.id)
        have = {intent.id for intent in slot.intents} | {revision.id for revision in slot.history}
        new = [intent.replace(asked_rev=rev) for intent in intents if intent.id not in have]
        if not new:
            continue
        before = [_dismissed(intent) for intent in slot.intents if not _is_spent(slot, intent, now)]
        changed = changed.with_slot(_settled(slot.replace(intents=(*before, *new), asked_rev=rev)))
    if changed is studio:
        return None
    counted = [one for slot in changed.output_slots for one in slot.intents if not _is_spent(slot, one, now)]
    if len(counted) > MAX_INTENTS:
        raise GenerationLimit(
            f"A studio may have {MAX_INTENTS} pictures under way or failed; wait for some, or cancel some, and "
            "ask for fewer at once."
        )
    return check_slot_limit(changed.replace(updated_at=iso_time(now)))


def fold(studio: Studio, results: Iterable[Result], now: int) -> Studio | None:
    """The studio with all these results in it.

    A picture is taken by an open or a failed intent, a failure only by an open one of the same attempt; what
    no intent can take is left out. In each slot the pictures go to the head of the history, the one asked
    for last first, and that one becomes the `outputImage` unless a person picked one since it was asked for.
    Deleted slots take results like any other.
    """
    by_slot: dict[str, dict[str, Result]] = {}
    for result in results:
        if takes(studio, result):
            ended = by_slot.setdefault(result.slot_id, {})
            if result.revision is not None or result.id not in ended:
                ended[result.id] = result
    changed = studio
    for slot_id, ended in by_slot.items():
        changed = _folded(changed, slot_id, ended, now)
    return None if changed is studio else changed.replace(updated_at=iso_time(now))


def takes(studio: Studio, result: Result) -> bool:
    """Whether the studio has an intent that can take this result."""
    intent = find_intent(studio, result.slot_id, result.id)
    if intent is None:
        return False
    return result.revision is not None or (intent.is_open and intent.attempt == result.attempt)


def find_intent(studio: Studio, slot_id: str, image_id: str) -> Intent | None:
    """The intent of this picture, open or failed."""
    slot = studio.find_slot(slot_id)
    return next((intent for intent in slot.intents if intent.id == image_id), None) if slot else None


def cancel(
    studio: Studio, slot_id: str, image_id: str | None, now: int, begun: Collection[str] = ()
) -> Studio | None:
    """The studio without this intent of a slot, or without any; a picture that still comes is dropped.

    Args:
        studio: the current document.
        slot_id: the slot.
        image_id: which of its pictures; None for all.
        now: milliseconds since the Unix epoch.
        begun: those that a worker is at. What they may cost is taken for spent: nobody will tell.

    Raises:
        NotFound: there never was such a slot, or it has no such picture under way and none lately made.
    """
    slot = _slot(studio, slot_id)
    if image_id is not None and find_intent(studio, slot_id, image_id) is None:
        if slot.inline_revision(image_id) is None:
            raise NotFound("picture under way", image_id)
        return None
    kept = () if image_id is None else tuple(one for one in slot.intents if one.id != image_id)
    changed = _with_intents(studio, slot, kept, now)
    lost = [one for one in slot.intents if one.is_open and one.id in begun and one not in kept]
    return changed and _paid(changed, now, sum(one.price_micros for one in lost))


def retry(
    studio: Studio, slot_id: str, image_ids: Collection[str] | None, deadline: int, now: int
) -> Studio | None:
    """The studio with failed pictures of a slot asked for once more, as they were.

    They keep their ids, so a picture of the earlier attempt that comes late after all is the one.

    Args:
        studio: the current document.
        slot_id: the slot.
        image_ids: which of its failed pictures; None for all that failed and were not dismissed.
        deadline: the new deadline, in milliseconds since the Unix epoch.
        now: likewise.

    Raises:
        NotFound: there is no such slot.
        Deleted: it is deleted.
    """
    slot = studio.slot(slot_id)
    rev = studio.rev + 1

    def again(intent: Intent) -> Intent:
        wanted = intent.has_failed if image_ids is None else intent.id in image_ids
        if intent.is_open or not wanted:
            return intent
        return intent.replace(
            attempt=intent.attempt + 1,
            asked_at=now,
            asked_rev=rev,
            queued_at=now,
            deadline=deadline,
            error=None,
            dismissed=False,
        )

    changed = _with_intents(studio, slot, tuple(map(again, slot.intents)), now)
    return changed and changed.with_slot(changed.slot(slot_id).replace(asked_rev=rev))


def queue_again(studio: Studio, images: Collection[tuple[str, str]], queued_at: int) -> Studio | None:
    """The studio with a note that these pictures, by slot and id, are queued again now."""
    changed = studio
    for slot in studio.output_slots:
        intents = tuple(
            one.replace(queued_at=queued_at) if (slot.id, one.id) in images else one for one in slot.intents
        )
        if intents != slot.intents:
            changed = changed.with_slot(slot.replace(intents=intents))
    return None if changed is studio else changed


def _folded(studio: Studio, slot_id: str, ended: dict[str, Result], now: int) -> Studio:
    slot = _slot(studio, slot_id)
    finished: list[tuple[Intent, Result]] = []
    left = []
    for intent in slot.intents:
        result = ended.get(intent.id)
        if result is None:
            left.append(intent)
        elif result.revision is not None:
            finished.append((intent, result))
        else:
            left.append(intent.replace(error=result.error or "It failed for a reason that is not known."))
    studio = studio.with_slot(slot.replace(intents=tuple(left)))
    for result in ended.values():
        if result.revision is not None:
            studio = _paid(studio, result.revision.timestamp, result.revision.cost_micros or 0)
        else:
            studio = _paid(studio, now, result.cost_micros)
    newest_first = sorted(finished, key=lambda one: one[0].asked_rev)[::-1]
    revisions = [result.revision for _, result in newest_first if result.revision is not None]
    if revisions:
        studio = (
            add_revisions(studio, slot_id, revisions, newest_first[0][0].asked_rev, iso_time(now)) or studio
        )
    return studio.with_slot(_settled(_slot(studio, slot_id)))


def _paid(studio: Studio, when: int, micros: int) -> Studio:
    return studio.replace(costs=with_cost(studio.costs, when, micros)) if micros else studio


def _with_intents(studio: Studio, slot: OutputSlot, intents: tuple[Intent, ...], now: int) -> Studio | None:
    if intents == slot.intents:
        return None
    return studio.with_slot(_settled(slot.replace(intents=intents))).replace(updated_at=iso_time(now))


def _settled(slot: OutputSlot) -> OutputSlot:
    """The slot with the status, and the error, that follow from its intents and its history."""
    failed = [intent for intent in slot.intents if intent.has_failed]
    if any(intent.is_open for intent in slot.intents):
        return slot.replace(status=SlotStatus.GENERATING, error=None)
    if failed:
        return slot.replace(status=SlotStatus.ERROR, error=failed[-1].error)
    return slot.replace(status=SlotStatus.COMPLETED if slot.history_count else SlotStatus.EMPTY, error=None)


def _dismissed(intent: Intent) -> Intent:
    return intent.replace(dismissed=True) if intent.has_failed else intent


def _is_spent(slot: OutputSlot, intent: Intent, now: int) -> bool:
    """Whether it failed where nobody sees it, so long ago that no machine can still be at work on it."""
    unseen = intent.dismissed or (not intent.is_open and slot.deleted_at is not None)
    return unseen and now > intent.deadline + LATE_MILLISECONDS


def _slot(studio: Studio, slot_id: str) -> OutputSlot:
    slot = studio.find_slot(slot_id)
    if slot is None:
        raise NotFound("slot", slot_id)
    return slot
