"""Studios: create, read, edit, delete, and the versions of each."""

from typing import Final

from infra.contract.answers.saving import MergeAlone, SavedStudio
from infra.contract.answers.studios import Studio, StudioList
from infra.contract.answers.versions import Comparison, VersionList
from infra.contract.operation import (
    ETAG,
    LOCATION,
    PREFERENCE_APPLIED,
    Operation,
    Operations,
    Success,
    found,
)
from scene_studio.model.errors import (
    AlreadyExists,
    Deleted,
    EditConflict,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    StudioFull,
    VersionGone,
)

_STUDIOS: Final = "Studios"
_VERSIONS: Final = "Versions"
_CREATED: Final = Success(201, "The studio was created.", Studio, (ETAG, LOCATION))
_MERGED: Final = (NotFound, Deleted, EditConflict, VersionGone, StudioFull)
_EITHER_WAY: Final = (
    Success(
        200,
        "The studio as it is now; with `return=minimal`, only what the save has to tell beside that.",
        SavedStudio | MergeAlone,
        may_have=(ETAG, PREFERENCE_APPLIED),
    ),
    Success(204, "Saved, and `return=minimal` was asked for.", may_have=(ETAG, PREFERENCE_APPLIED)),
)

OPERATIONS: Final[Operations] = {
    "list_studios": Operation(_STUDIOS, (found(StudioList, "Some of the studios."),), (NotFound,)),
    "create_studio": Operation(
        _STUDIOS,
        (_CREATED,),
        (NotFound, AlreadyExists, Deleted, StudioFull),
        {"id": "summer", "name": "Summer Campaign"},
    ),
    "put_studio": Operation(
        _STUDIOS,
        (_CREATED,),
        (NotFound, AlreadyExists, Deleted, PreconditionFailed, StudioFull),
        {"name": "Summer Campaign"},
    ),
    "read_studio": Operation(
        _STUDIOS,
        (
            found(Studio, "The studio.", ETAG),
            Success(304, "The caller has the studio as it is.", None, (ETAG,)),
        ),
        (NotFound, Deleted),
    ),
    "edit_studio": Operation(
        _STUDIOS,
        _EITHER_WAY,
        (*_MERGED, PreconditionRequired),
        {
            "outputSlots": [
                {
                    "id": "slot-1",
                    "etag": '"7:12"',
                    "productIds": ["product-a", "product-b"],
                    "settings": {"roomType": "Living Room", "style": "Industrial"},
                }
            ]
        },
    ),
    "remove_studio": Operation(
        _STUDIOS, (Success(204, "The studio is deleted."),), (NotFound, PreconditionFailed, StudioFull)
    ),
    "restore_deleted_studio": Operation(
        _STUDIOS, (found(Studio, "The studio.", ETAG),), (NotFound, PreconditionFailed, StudioFull)
    ),
    "copy_studio": Operation(
        _STUDIOS,
        (Success(201, "The copy was made.", Studio, (ETAG, LOCATION)),),
        (NotFound, AlreadyExists, Deleted, StudioFull),
        {"id": "autumn", "name": "Autumn Campaign", "withHistory": False},
    ),
    "restore_version": Operation(_VERSIONS, _EITHER_WAY, _MERGED, {"version": "12", "slotId": "slot-1"}),
    "list_versions": Operation(_VERSIONS, (found(VersionList, "Some of the versions."),), (NotFound, Deleted)),
    "compare_versions": Operation(_VERSIONS, (found(Comparison, "What changed."),), (NotFound, Deleted)),
}
