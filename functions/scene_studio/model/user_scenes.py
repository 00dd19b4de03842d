"""The scenes of a studio's own, and the rules that change them. None for a studio: nothing to do."""

from collections.abc import Collection, Iterable

from scene_studio.model.client import RESTORABLE_DAYS
from scene_studio.model.errors import AlreadyExists, Deleted, NotFound
from scene_studio.model.identifiers import days_after, iso_time
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio, check_scene_limit
from scene_studio.model.upload import AwaitedUpload, Picture, Upload, UploadResult


def find_scene(studio: Studio, scene_id: str) -> Scene | None:
    """The scene with this id, deleted or not."""
    return next((scene for scene in studio.user_scenes if scene.id == scene_id), None)


def user_scene(studio: Studio, scene_id: str) -> Scene:
    """The scene with this id.

    Raises:
        NotFound: there never was one.
        Deleted: it is deleted and can be restored.
    """
    scene = find_scene(studio, scene_id)
    if scene is None:
        raise NotFound("scene", scene_id)
    if scene.deleted_at is not None:
        until = days_after(scene.deleted_at, RESTORABLE_DAYS)
        raise Deleted("scene", scene_id, scene.deleted_at, until)
    return scene


def add_scene(studio: Studio, scene: Scene, now: str) -> Studio:
    """The studio with one more scene.

    Raises:
        AlreadyExists: the id is taken, by a scene or by the picture of one.
        Deleted: the id belongs to a deleted scene, which can be restored.
        InvalidRequest: the studio has all the scenes that it may have.
    """
    if find_scene(studio, scene.id) is not None:
        raise AlreadyExists("scene", user_scene(studio, scene.id).id)
    if scene.id in _picture_ids(studio):
        raise AlreadyExists("picture of a scene", scene.id)
    return check_scene_limit(studio.replace(user_scenes=(*studio.user_scenes, scene), updated_at=now))


def rename_scene(studio: Studio, scene_id: str, name: str, now: str) -> Studio | None:
    """The studio with this scene renamed.

    Raises:
        NotFound: there is no such scene.
        Deleted: it is deleted.
    """
    return _with_scene(studio, user_scene(studio, scene_id).replace(name=name), now)


def await_picture(studio: Studio, scene_id: str, upload: Upload, now: str) -> Studio | None:
    """The studio with this upload for the scene's next picture; one that was awaited before is dropped.

    The picture it has stays until the new one is there. None when this very upload was awaited before.

    Raises:
        NotFound: there is no such scene.
        Deleted: it is deleted.
    """
    scene = user_scene(studio, scene_id)
    picture_id = scene.picture_id
    if upload.id == picture_id or (scene.upload is not None and scene.upload.id == upload.id):
        return None
    if scene.picture is None and picture_id is not None:
        scene = scene.replace(picture=Picture(id=picture_id))
    return _with_scene(studio, scene.replace(upload=upload), now)


def delete_scene(studio: Studio, scene_id: str, now: str) -> Studio | None:
    """The studio with this scene's tombstone set; None when it is set already.

    Slots that show products in it keep it: its picture stays until the studio is purged.

    Raises:
        NotFound: there is no such scene.
    """
    scene = find_scene(studio, scene_id)
    if scene is None:
        raise NotFound("scene", scene_id)
    return None if scene.deleted_at is not None else _with_scene(studio, scene.replace(deleted_at=now), now)


def undelete_scene(studio: Studio, scene_id: str, now: str) -> Studio | None:
    """The studio with this scene's tombstone lifted; None when it is not deleted.

    Raises:
        NotFound: there is no such scene.
        InvalidRequest: the studio has all the scenes that it may have.
    """
    scene = find_scene(studio, scene_id)
    if scene is None:
        raise NotFound("scene", scene_id)
    if scene.deleted_at is None:
        return None
    changed = _with_scene(studio, scene.replace(deleted_at=None), now)
    return None if changed is None else check_scene_limit(changed)


def awaited_uploads(studio: Studio) -> list[AwaitedUpload]:
    """The uploads that scenes wait for, deleted ones among them."""
    scenes = studio.user_scenes
    return [AwaitedUpload("scene", scene.id, scene.upload) for scene in scenes if scene.upload is not None]


def takes_upload(studio: Studio, result: UploadResult) -> bool:
    """Whether a scene, deleted or not, waits for this upload."""
    return _awaiting(studio, result) is not None


def fold_uploads(studio: Studio, results: Iterable[UploadResult], now: int) -> Studio | None:
    """The studio with these uploads ended: their scenes have a picture, or a reason why not.

    A picture is taken even after the upload was given up. What no scene waits for is left out.
    """
    changed = studio
    for result in results:
        scene = _awaiting(changed, result)
        if scene is not None:
            changed = _with_scene(changed, _ended(scene, result), iso_time(now)) or changed
    return None if changed is studio else changed


def uploads_queued(studio: Studio, upload_ids: Collection[str], now: int) -> Studio | None:
    """The studio with a note that events about these uploads were sent now."""
    changed = studio
    for scene in studio.user_scenes:
        if scene.upload is not None and scene.upload.id in upload_ids:
            noted = scene.replace(upload=scene.upload.replace(queued_at=now))
            changed = _with_scene(changed, noted, studio.updated_at) or changed
    return None if changed is studio else changed


def _awaiting(studio: Studio, result: UploadResult) -> Scene | None:
    scene = find_scene(studio, result.owner_id) if result.owner == "scene" else None
    return scene if scene is not None and scene.upload is not None and scene.upload.takes(result) else None


def _ended(scene: Scene, result: UploadResult) -> Scene:
    if result.picture is not None:
        return scene.replace(picture=result.picture, upload=None, image_url=None)
    return scene.replace(upload=scene.upload and scene.upload.rejected(result))


def _picture_ids(studio: Studio) -> set[str]:
    pictures = {scene.picture.id for scene in studio.user_scenes if scene.picture is not None}
    return pictures | {scene.upload.id for scene in studio.user_scenes if scene.upload is not None}


def _with_scene(studio: Studio, scene: Scene, now: str) -> Studio | None:
    if find_scene(studio, scene.id) == scene:
        return None
    scenes = tuple(scene if old.id == scene.id else old for old in studio.user_scenes)
    return studio.replace(user_scenes=scenes, updated_at=now)
