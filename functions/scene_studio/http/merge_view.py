"""Conflicts as callers see them: a JSON pointer into the document that the answer brings, and three values."""

from collections.abc import Sequence
from typing import Any

from scene_studio.model import addresses
from scene_studio.model.merge import DELETED, ORDER, Conflict
from scene_studio.model.studio import Studio


def conflicts_view(studio: Studio, conflicts: Sequence[Conflict]) -> list[dict[str, Any]]:
    """The conflicts of an edit, by pointers (RFC 6901) into this studio as it is answered.

    `base`, `mine` and `theirs` are null where the field had no value, or where it is not known any more.
    """
    return [_conflict(studio, conflict) for conflict in conflicts]


def _conflict(studio: Studio, conflict: Conflict) -> dict[str, Any]:
    values = {"base": conflict.base, "mine": conflict.mine, "theirs": conflict.theirs}
    if conflict.slot_id is None:
        if conflict.field == ORDER:
            live = {slot.id for slot in studio.live_slots()}
            values = {side: [one for one in ids or () if one in live] for side, ids in values.items()}
        return {"pointer": f"/{conflict.field[0]}", **values}
    if conflict.field == ("outputImage",):
        place = (studio.client_id, studio.id, conflict.slot_id)
        values = {side: one and addresses.revision_image(*place, one) for side, one in values.items()}
    path = () if conflict.field == DELETED else conflict.field
    steps = "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in path)
    return {
        "pointer": f"{_slot_pointer(studio, conflict.slot_id)}{steps}",
        "slotId": conflict.slot_id,
        "field": ".".join(conflict.field),
        **values,
    }


def _slot_pointer(studio: Studio, slot_id: str) -> str:
    live = [slot.id for slot in studio.live_slots()]
    if slot_id in live:
        return f"/outputSlots/{live.index(slot_id)}"
    deleted = [slot.id for slot in studio.output_slots if slot.deleted_at is not None]
    return f"/deletedSlots/{deleted.index(slot_id)}" if slot_id in deleted else "/outputSlots"
