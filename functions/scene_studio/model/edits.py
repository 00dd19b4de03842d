"""People's edits: what a request body may ask for, and what people own after it.

A member that is absent stays as it is, and null clears it. Members that machines own are accepted, because
browsers send whole rows back, and are ignored.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from scene_studio.model import addresses
from scene_studio.model.base import Items
from scene_studio.model.errors import AlreadyExists, FieldError, InvalidRequest, NotFound
from scene_studio.model.identifiers import Id
from scene_studio.model.merge import weave
from scene_studio.model.owned import Owned, OwnedSlot, owned_by_people, owned_slot
from scene_studio.model.settings import SceneGenerationSettings, patched
from scene_studio.model.studio import Favorites, Name, OutputSlot, ProductIds, Studio, new_slot

MAX_ROWS: Final = 200
"""More rows than a studio may have slots, so that the studio's own rule speaks and not the body's."""

KnowsRevision = Callable[[str, str], bool]
"""Whether a slot (first) has a revision (second) among those that are no longer inline."""


class Request(BaseModel):
    """A part of a request body: camelCase, unknown members ignored, no coercion between types."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore", allow_inf_nan=False
    )

    def __repr__(self) -> str:
        """Its kind alone: the resolver spells out what a handler is given for a log line that nobody reads."""
        return f"{type(self).__name__}(...)"


class SlotEdit(Request):
    """Some of what people own in a slot.

    Attributes:
        output_image: the id or the address of one of the slot's revisions.
    """

    product_ids: ProductIds | None = None
    settings: SceneGenerationSettings | None = None
    favorites: Favorites | None = None
    output_image: Annotated[str, Field(max_length=2048)] | None = None


class SlotRow(SlotEdit):
    """A slot in a save of all rows.

    Attributes:
        etag: the version that the row was read at.
    """

    id: Id
    etag: Annotated[str, Field(max_length=1100)] | None = None


class StudioEdit(Request):
    """A partial update of a studio.

    Attributes:
        output_slots: all rows, in order; a slot that is not among them is deleted.
    """

    name: Name | None = None
    output_slots: Annotated[tuple[SlotRow, ...], Items(MAX_ROWS, all_told=True)] | None = None


class Wanted(NamedTuple):
    """What people own after an edit.

    Attributes:
        owned: all of it.
        picked: the slots whose `outputImage` was chosen in this edit.
        ignored: parts of a save of all rows that could not be taken, and why.
    """

    owned: Owned
    picked: frozenset[str] = frozenset()
    ignored: tuple[FieldError, ...] = ()


def edited_slot(base: Studio, slot_id: str, edit: SlotEdit, knows: KnowsRevision) -> Wanted:
    """What people own once one slot of `base` is edited.

    Raises:
        NotFound: there is no such slot.
        Deleted: it is deleted.
        InvalidRequest: `outputImage` names no revision of this slot.
    """
    slot = base.slot(slot_id)
    change = _edit(base, slot, owned_slot(slot), edit, knows)
    if change.problem is not None:
        raise InvalidRequest([change.problem])
    picked = frozenset({slot_id}) if edit.output_image is not None else frozenset[str]()
    return Wanted(_with_slot(base, slot_id, change.owned), picked)


def added_slot(base: Studio, slot: OutputSlot) -> Wanted:
    """What people own once this slot is added at the end of `base`.

    Raises:
        AlreadyExists: the id is taken.
        Deleted: the id belongs to a deleted slot, which can be restored.
    """
    if base.find_slot(slot.id) is not None:
        raise AlreadyExists("slot", base.slot(slot.id).id)
    return Wanted(_with_slot(base, slot.id, owned_slot(slot)))


def deleted_slot(base: Studio, slot_id: str, *, deleted: bool = True) -> Wanted:
    """What people own once a slot of `base` is deleted, or brought back.

    Raises:
        NotFound: there never was such a slot.
    """
    slot = base.find_slot(slot_id)
    if slot is None:
        raise NotFound("slot", slot_id)
    return Wanted(_with_slot(base, slot_id, owned_slot(slot)._replace(deleted=deleted)))


def restored(base: Studio, old: Studio, slot_id: str | None = None) -> Wanted:
    """What people own once an old version, or one slot of it, is put back over `base`.

    Slots that the old version did not have are deleted, and can be restored like any other.

    Raises:
        NotFound: the old version has no such slot.
    """
    was = owned_by_people(old)
    owned = owned_by_people(base)
    if slot_id is not None:
        if slot_id not in was.slots:
            raise NotFound("slot in that version", slot_id)
        wanted = owned._replace(slots={**owned.slots, slot_id: was.slots[slot_id]})
    else:
        order = weave(list(was.slots), list(owned.slots))
        gone = {one: slot._replace(deleted=True) for one, slot in owned.slots.items()}
        wanted = Owned(was.name, {one: was.slots.get(one) or gone[one] for one in order})
    picked = {
        one
        for one, slot in wanted.slots.items()
        if one in owned.slots and slot.output_image != owned.slots[one].output_image
    }
    return Wanted(wanted, frozenset(picked))


def edited_studio(base: Studio, edit: StudioEdit, knows: KnowsRevision) -> Wanted:
    """What people own once a studio's name or all of its rows are saved over `base`.

    Raises:
        InvalidRequest: two rows have the same id.
    """
    owned = owned_by_people(base)
    if edit.name is not None:
        owned = owned._replace(name=edit.name)
    if edit.output_slots is None:
        return Wanted(owned)
    _check_rows_differ(edit.output_slots)
    there = base.slots_by_id()
    slots: dict[str, OwnedSlot] = {}
    picked = set()
    ignored = []
    for index, row in enumerate(edit.output_slots):
        slot = there.get(row.id) or new_slot(row.id)
        change = _edit(base, slot, owned.slots.get(row.id) or owned_slot(slot), row, knows)
        slots[row.id] = change.owned._replace(deleted=False)
        if change.owned.output_image != slot.output_image:
            picked.add(row.id)
        if change.problem is not None:
            field = f"/outputSlots/{index}{change.problem.field}"
            ignored.append(change.problem._replace(field=field))
    for slot_id, absent in owned.slots.items():
        slots.setdefault(slot_id, absent._replace(deleted=True))
    order = weave([row.id for row in edit.output_slots], list(owned.slots))
    in_order = {slot_id: slots[slot_id] for slot_id in order}
    return Wanted(owned._replace(slots=in_order), frozenset(picked), tuple(ignored))


def _with_slot(base: Studio, slot_id: str, slot: OwnedSlot) -> Owned:
    owned = owned_by_people(base)
    return owned._replace(slots={**owned.slots, slot_id: slot})


class _Change(NamedTuple):
    owned: OwnedSlot
    problem: FieldError | None


def _edit(base: Studio, slot: OutputSlot, owned: OwnedSlot, edit: SlotEdit, knows: KnowsRevision) -> _Change:
    given = edit.model_fields_set
    changes: dict[str, Any] = {}
    problem = None
    if "product_ids" in given:
        changes["product_ids"] = edit.product_ids or ()
    if "favorites" in given:
        changes["favorites"] = tuple(dict.fromkeys(edit.favorites or ()))
    if "settings" in given:
        changes["settings"] = patched(owned.settings, edit.settings)
    if "output_image" in given:
        named = edit.output_image
        image_id = None if named is None else _named_revision(base, slot, named, knows)
        if named is not None and image_id is None:
            message = "must be the id or the address of a revision of this slot; its history lists them"
            problem = FieldError("/outputImage", message)
        else:
            changes["output_image"] = image_id
    return _Change(owned._replace(**changes), problem)


def _named_revision(base: Studio, slot: OutputSlot, reference: str, knows: KnowsRevision) -> str | None:
    image_id = addresses.named_revision(reference, base.client_id, base.id, slot.id) or reference
    if slot.output_image == image_id or slot.inline_revision(image_id) is not None:
        return image_id
    elsewhere = next((revision.id for revision in slot.history if revision.url == reference), None)
    if elsewhere is not None:
        return elsewhere
    return image_id if knows(slot.id, image_id) else None


def _check_rows_differ(rows: Sequence[SlotRow]) -> None:
    seen: set[str] = set()
    for index, row in enumerate(rows):
        if row.id in seen:
            raise InvalidRequest.of(f"/outputSlots/{index}/id", "another row has this id; give each its own")
        seen.add(row.id)


def chosen_products(base: Studio, edit: StudioEdit) -> dict[str, str]:
    """The products that a save of all rows puts where they were not, each with the field that names it."""
    there = base.slots_by_id()
    chosen: dict[str, str] = {}
    for index, row in enumerate(edit.output_slots or ()):
        for product_id in new_products(there.get(row.id), row.product_ids):
            chosen.setdefault(product_id, f"/outputSlots/{index}/productIds")
    return chosen


def new_products(slot: OutputSlot | None, product_ids: Sequence[str] | None) -> tuple[str, ...]:
    """Those of the products that the slot does not hold yet; only they must still be in the library."""
    held = frozenset(slot.product_ids) if slot else frozenset[str]()
    return tuple(product_id for product_id in product_ids or () if product_id not in held)
