"""Slots: add, edit, delete, and the history of each."""

from typing import Final

from infra.contract.answers.revisions import HistoryRevision, RevisionList
from infra.contract.answers.saving import MergeAlone, SavedSlot
from infra.contract.operation import (
    ETAG,
    LOCATION,
    PREFERENCE_APPLIED,
    Operation,
    Operations,
    Success,
    found,
    picture_elsewhere,
)
from scene_studio.model.errors import (
    AlreadyExists,
    Deleted,
    EditConflict,
    NotFound,
    StudioFull,
    VersionGone,
)

_SLOTS: Final = "Slots"
_HISTORY: Final = "Revisions"
_LOOKED_UP: Final = (NotFound, Deleted)
_MERGED: Final = (NotFound, Deleted, EditConflict, VersionGone, StudioFull)
_MAY_HAVE: Final = (ETAG, PREFERENCE_APPLIED)
_SAVED: Final = Success(
    200,
    "The slot as it is now; with `return=minimal`, only what the save has to tell beside that.",
    SavedSlot | MergeAlone,
    may_have=_MAY_HAVE,
)
_MINIMAL: Final = Success(204, "Saved, and `return=minimal` was asked for.", may_have=_MAY_HAVE)

OPERATIONS: Final[Operations] = {
    "create_slot": Operation(
        _SLOTS,
        (Success(201, "The slot was added.", SavedSlot, (LOCATION,), _MAY_HAVE),),
        (*_MERGED, AlreadyExists),
        {"id": "slot-1", "productIds": ["product-a", "product-b"], "settings": {"style": "Industrial"}},
    ),
    "edit_slot": Operation(
        _SLOTS,
        (_SAVED, _MINIMAL),
        _MERGED,
        {"settings": {"lighting": "Golden Hour", "roomType": None}, "favorites": ["img-1"]},
    ),
    "remove_slot": Operation(
        _SLOTS,
        (
            Success(
                200,
                "Others changed the slot, so it stays; what was in conflict is listed.",
                SavedSlot | MergeAlone,
                may_have=_MAY_HAVE,
            ),
            Success(204, "The slot is deleted.", may_have=(PREFERENCE_APPLIED,)),
        ),
        _MERGED,
    ),
    "restore_deleted_slot": Operation(_SLOTS, (_SAVED, _MINIMAL), _MERGED),
    "list_history": Operation(_HISTORY, (found(RevisionList, "Some of the revisions."),), _LOOKED_UP),
    "read_revision": Operation(_HISTORY, (found(HistoryRevision, "The revision."),), _LOOKED_UP),
    "read_image": Operation(_HISTORY, (picture_elsewhere("Where the picture is."),), _LOOKED_UP),
}
