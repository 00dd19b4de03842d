"""What people own in a studio, apart from what machines own.

An edit is never applied to the document itself but to this, and the outcome is put back. That is why no
save, however stale or wrong, can touch a history, a status or a count.
"""

from collections.abc import Mapping
from operator import is_
from typing import Any, NamedTuple

from pydantic_core import to_json

from scene_studio.model.errors import InvalidRequest
from scene_studio.model.settings import settings_of
from scene_studio.model.studio import MAX_FAVORITES, OutputSlot, Studio, check_slot_limit, new_slot


class OwnedSlot(NamedTuple):
    """A slot as people own it; `settings` are JSON members."""

    product_ids: tuple[str, ...]
    settings: Mapping[str, Any]
    favorites: tuple[str, ...]
    output_image: str | None
    deleted: bool


class Owned(NamedTuple):
    """A studio as people own it. `slots` holds deleted slots too, and its order is the order of the rows."""

    name: str
    slots: Mapping[str, OwnedSlot]


def owned_by_people(studio: Studio) -> Owned:
    """What people own in this studio."""
    return Owned(studio.name, {slot.id: owned_slot(slot) for slot in studio.output_slots})


def with_owned(studio: Studio, owned: Owned, picked: frozenset[str], now: str) -> Studio | None:
    """The studio with people's part replaced, or None when that changes nothing.

    Args:
        studio: the current document; all that machines own is taken from it.
        owned: what people want. A slot that the studio does not have is made, one that `owned` does not
            have stays.
        picked: the slots whose `outputImage` a person chose in this edit, even if it stood there already.
        now: the time of the edit.

    Raises:
        InvalidRequest: the studio would have more slots, or a slot more favourites or settings of other names,
            than it may have; two edits that each keep to the limit may break it together.
    """
    rev = studio.rev + 1
    there = studio.slots_by_id()
    slots = []
    for slot_id, wanted in owned.slots.items():
        current = there.get(slot_id) or _made(slot_id, wanted)
        slots.append(_with_owned_slot(current, wanted, rev if slot_id in picked else None, now))
    slots.extend(slot for slot in studio.output_slots if slot.id not in owned.slots)
    # By identity: to Python, true equals 1, and an edit from one to the other would be lost.
    same_slots = len(slots) == len(studio.output_slots) and all(map(is_, slots, studio.output_slots))
    if same_slots and owned.name == studio.name:
        return None
    changed = studio.replace(name=owned.name, output_slots=tuple(slots), updated_at=now)
    return check_slot_limit(changed)


def owned_slot(slot: OutputSlot) -> OwnedSlot:
    """What people own in this slot."""
    return OwnedSlot(
        product_ids=slot.product_ids,
        settings=slot.settings.to_json(),
        favorites=slot.favorites,
        output_image=slot.output_image,
        deleted=slot.deleted_at is not None,
    )


def births(studio: Studio) -> dict[str, OwnedSlot]:
    """What people owned in each slot when it was made, for the slots of which that is known."""
    return {
        slot.id: OwnedSlot(slot.born.product_ids, slot.born.settings.to_json(), (), None, deleted=False)
        for slot in studio.output_slots
        if slot.born is not None
    }


def _made(slot_id: str, wanted: OwnedSlot) -> OutputSlot:
    settings = settings_of(wanted.settings)
    return new_slot(slot_id, wanted.product_ids, settings)


def _with_owned_slot(slot: OutputSlot, wanted: OwnedSlot, picked_rev: int | None, now: str) -> OutputSlot:
    changes: dict[str, Any] = {}
    if wanted.product_ids != slot.product_ids:
        changes["product_ids"] = wanted.product_ids
    if to_json(wanted.settings) != to_json(slot.settings, by_alias=True, exclude_none=True):
        changes["settings"] = settings_of(wanted.settings)
    if len(wanted.favorites) > MAX_FAVORITES:
        raise InvalidRequest.of("/favorites", f"a slot has at most {MAX_FAVORITES} favourites; unmark some")
    if wanted.favorites != slot.favorites:
        changes["favorites"] = wanted.favorites
    if wanted.output_image != slot.output_image:
        changes["output_image"] = wanted.output_image
    if picked_rev is not None:
        changes["picked_rev"] = picked_rev
    if wanted.deleted != (slot.deleted_at is not None):
        changes["deleted_at"] = now if wanted.deleted else None
    return slot.replace(**changes) if changes else slot
