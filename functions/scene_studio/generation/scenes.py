"""The scene that a slot's products are placed in: where its picture is."""

from typing import Final

from scene_studio.model import addresses
from scene_studio.model.errors import InvalidRequest
from scene_studio.model.scene import Scene
from scene_studio.model.settings import SceneReference
from scene_studio.stock_scenes import stock_picture, stock_scene_at
from scene_studio.store import keys
from scene_studio.store.object_store import ObjectStore, StoredObject

_FIELD: Final = "/settings/scene/imageUrl"


def own_scene(scene: SceneReference, client_id: str, studio_id: str) -> str | None:
    """The id of the studio's own scene that this names; None for a scene of any other kind."""
    return addresses.named_scene(scene.image_url or "", client_id, studio_id)


def scene_picture(
    scene: SceneReference | None,
    client_id: str,
    studio_id: str,
    objects: ObjectStore,
    picture_id: str | None = None,
) -> bytes | None:
    """The encoded picture of a scene, or None if none was chosen.

    Args:
        scene: the scene.
        client_id: whose studio.
        studio_id: the studio.
        objects: where pictures are.
        picture_id: which picture, if it is a scene of the studio's own; without it the scene's first, which
            has the scene's id.

    Raises:
        InvalidRequest: it is not here.
        Unavailable: the store could not be read.
    """
    if scene is None or not scene.image_url:
        return None
    stock = stock_scene_at(scene.image_url)
    if stock is not None:
        return stock_picture(stock)
    scene_id = own_scene(scene, client_id, studio_id)
    if scene_id is not None:
        stored = objects.get(keys.user_scene(client_id, studio_id, picture_id or scene_id))
        if isinstance(stored, StoredObject):
            return stored.body
    raise no_such_scene()


def no_picture_yet(scene: Scene) -> InvalidRequest:
    """The error about settings with a scene of the studio's own that has no picture."""
    reason = scene.upload.reason if scene.upload is not None else None
    if reason is None:
        told = "this scene's picture is still being processed; execute again when it is ready"
    else:
        told = f"this scene has no picture. {reason} Upload another file for it"
    return InvalidRequest.of(_FIELD, f"{told}, or choose another scene")


def no_such_scene() -> InvalidRequest:
    """The error about settings with a scene whose picture is not here."""
    return InvalidRequest.of(
        _FIELD,
        "this scene's picture is not here; choose one of GET /api/scenes or of this studio's own scenes, "
        "or clear the scene to have a room rendered",
    )
