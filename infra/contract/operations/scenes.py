"""The scenes of a studio's own."""

from typing import Final

from infra.contract.answers.scenes import AskedScene, UserScene, UserSceneList
from infra.contract.operation import (
    ETAG,
    LOCATION,
    Operation,
    Operations,
    Success,
    found,
    picture_elsewhere,
)
from scene_studio.model.errors import (
    AlreadyExists,
    Deleted,
    NotFound,
    PreconditionFailed,
    StudioFull,
    VersionGone,
)

_SCENES: Final = "User scenes"
_LOOKED_UP: Final = (NotFound, Deleted)
_EDITED: Final = (NotFound, Deleted, PreconditionFailed, VersionGone, StudioFull)
_SCENE: Final = Success(200, "The scene as it is now.", UserScene, may_have=(ETAG,))

OPERATIONS: Final[Operations] = {
    "create_scene": Operation(
        _SCENES,
        (Success(201, "The scene was added.", AskedScene, (LOCATION,), (ETAG,)),),
        (NotFound, Deleted, AlreadyExists, StudioFull),
        {"id": "loft", "name": "Our loft", "contentType": "image/jpeg", "size": 2_048_576},
    ),
    "list_scenes": Operation(_SCENES, (found(UserSceneList, "Some of the scenes."),), _LOOKED_UP),
    "read_scene": Operation(_SCENES, (found(UserScene, "The scene."),), _LOOKED_UP),
    "edit_scene": Operation(_SCENES, (_SCENE,), _EDITED, {"name": "Our loft at noon"}),
    "remove_scene": Operation(_SCENES, (Success(204, "The scene is deleted.", may_have=(ETAG,)),), _EDITED),
    "restore_deleted_scene": Operation(_SCENES, (_SCENE,), _EDITED),
    "replace_scene_image": Operation(
        _SCENES,
        (Success(201, "A picture is awaited.", AskedScene, (LOCATION,), (ETAG,)),),
        (NotFound, Deleted, StudioFull),
        {"contentType": "image/jpeg", "size": 2_048_576},
    ),
    "read_scene_image": Operation(_SCENES, (picture_elsewhere("Where the picture is."),), _LOOKED_UP),
}
