"""The scenes of a studio's own: add, list, rename, delete, undelete, and their pictures."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Body

from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.entity_tags import TagCondition
from scene_studio.http.pictures import Chosen, Download, Size, redirect_to, redirect_to_first
from scene_studio.http.requests import (
    AllStudios,
    ChangeOf,
    ClientId,
    Cursor,
    IfMatch,
    Limit,
    Objects,
    OnlyDeleted,
    SceneId,
    StudioId,
    UniqueName,
    Uploads,
)
from scene_studio.http.uploads import WantedUpload, no_picture
from scene_studio.http.views import list_view, part_of, scene_view
from scene_studio.model import addresses
from scene_studio.model.errors import NotFound
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio
from scene_studio.model.user_scenes import delete_scene, find_scene, rename_scene, undelete_scene, user_scene
from scene_studio.store import keys
from user_scenes_api.asking import Asked, Asking
from user_scenes_api.editing import Edited, Editing, scene_after
from user_scenes_api.messages import NewScene, SceneEdit

app = Api()
lambda_handler = entry_point(app)

_SCENES: Final = "/api/clients/<clientId>/scene-studio/<studioId>/user-scenes"
_SCENE: Final = f"{_SCENES}/<sceneId>"


def asking(
    studios: AllStudios, objects: Uploads, unique: UniqueName, change: ChangeOf
) -> Callable[[str, str], Asking]:
    """What asks for pictures of scenes, given the client's id and the studio's."""
    return lambda client_id, studio_id: Asking(client_id, studio_id, studios, objects, unique, change)


AskingOf = Annotated[Callable[[str, str], Asking], Depends(asking)]


def editing(studios: AllStudios, change: ChangeOf, condition: IfMatch) -> Callable[[str, str], Editing]:
    """What edits scenes, given the client's id and the studio's."""
    return lambda client_id, studio_id: Editing(client_id, studio_id, studios, change, condition)


EditingOf = Annotated[Callable[[str, str], Editing], Depends(editing)]


@app.post(_SCENES)
def create_scene(
    client_id: ClientId,
    studio_id: StudioId,
    body: Annotated[NewScene, Body()],
    asking: AskingOf,
    condition: IfMatch,
) -> Response[Any]:
    """Add a scene: of a file that is then sent with the ticket of this answer, or of a picture named here."""
    asked = asking(client_id, studio_id).add(body)
    return _asked_answer(asked, condition, addresses.scene(client_id, studio_id, asked.scene_id))


@app.get(_SCENES)
def list_scenes(
    client_id: ClientId,
    studio_id: StudioId,
    studios: AllStudios,
    limit: Limit = 100,
    cursor: Cursor = "",
    deleted: OnlyDeleted = False,
) -> Response[Any]:
    """The studio's scenes in the order they were added; with `deleted`, those that can be brought back."""
    studio = studios.read(client_id, studio_id).document
    shown, following = part_of(
        studio.user_scenes, lambda scene: (scene.deleted_at is not None) == deleted, limit, cursor
    )
    return json_answer(list_view([scene_view(studio, scene) for scene in shown], following))


@app.get(_SCENE)
def read_scene(
    client_id: ClientId, studio_id: StudioId, scene_id: SceneId, studios: AllStudios
) -> Response[Any]:
    """One scene."""
    studio = studios.read(client_id, studio_id).document
    return json_answer(scene_view(studio, user_scene(studio, scene_id)))


@app.patch(_SCENE)
def edit_scene(
    client_id: ClientId,
    studio_id: StudioId,
    scene_id: SceneId,
    body: Annotated[SceneEdit, Body()],
    editing: EditingOf,
    change: ChangeOf,
) -> Response[Any]:
    """Rename the scene."""

    def rename(studio: Studio) -> Studio | None:
        name = (body.name or "") if "name" in body.model_fields_set else user_scene(studio, scene_id).name
        return rename_scene(studio, scene_id, name, change.now)

    return _edited_answer(editing(client_id, studio_id).edit(scene_id, rename))


@app.delete(_SCENE)
def remove_scene(
    client_id: ClientId, studio_id: StudioId, scene_id: SceneId, editing: EditingOf, change: ChangeOf
) -> Response[Any]:
    """Delete the scene; it can be restored for 30 days, and slots that show it keep it."""
    edited = editing(client_id, studio_id).edit(
        scene_id, lambda studio: delete_scene(studio, scene_id, change.now)
    )
    return Response(int(HTTPStatus.NO_CONTENT), content_type=None, headers=edited.headers, body="")


@app.post(f"{_SCENE}/undelete")
def restore_deleted_scene(
    client_id: ClientId, studio_id: StudioId, scene_id: SceneId, editing: EditingOf, change: ChangeOf
) -> Response[Any]:
    """Bring a deleted scene back; nothing happens to one that is not deleted."""
    edited = editing(client_id, studio_id).edit(
        scene_id, lambda studio: undelete_scene(studio, scene_id, change.now)
    )
    return _edited_answer(edited)


@app.post(f"{_SCENE}/image")
def replace_scene_image(
    client_id: ClientId,
    studio_id: StudioId,
    scene_id: SceneId,
    body: Annotated[WantedUpload, Body()],
    asking: AskingOf,
    condition: IfMatch,
) -> Response[Any]:
    """Give out a ticket for another picture of the scene; the one it has stays until the new one is there."""
    asked = asking(client_id, studio_id).replace(scene_id, body)
    return _asked_answer(asked, condition, addresses.scene_image(client_id, studio_id, scene_id))


@app.get(f"{_SCENE}/image")
def read_scene_image(
    client_id: ClientId,
    studio_id: StudioId,
    scene_id: SceneId,
    studios: AllStudios,
    objects: Objects,
    image: Chosen = None,
    size: Size = "full",
    download: Download = False,
) -> Response[Any]:
    """The scene's picture, by a redirect to a short-lived signed address.

    Settings may name a picture whose scene is not listed, or is deleted, so the picture itself decides. With
    `image` it is that picture or none, and the redirect may be cached.
    """
    studio = studios.read(client_id, studio_id).document
    scene = find_scene(studio, scene_id)
    picture_id = scene.picture_id if scene else scene_id
    if picture_id is not None and image in {None, picture_id}:
        wanted = [keys.user_scene(client_id, studio_id, picture_id)]
        if size == "thumb":
            wanted.insert(0, keys.user_scene_thumbnail(client_id, studio_id, picture_id))
        stored = redirect_to_first(
            objects, wanted, download=download, filename=f"{scene_id}.jpg", cached=image is not None
        )
        if stored is not None:
            return stored
    if scene is None or image is not None:
        raise NotFound("picture of scene", scene_id)
    return _picture_elsewhere(user_scene(studio, scene_id))


def _picture_elsewhere(scene: Scene) -> Response[Any]:
    if scene.image_url is not None and not scene.image_url.startswith("/"):
        return redirect_to(scene.image_url, cached=False)
    if scene.upload is not None:
        raise no_picture("picture of scene", scene.id, scene.upload)
    raise NotFound("picture of scene", scene.id)


def _edited_answer(edited: Edited) -> Response[Any]:
    return json_answer(scene_view(edited.studio, edited.scene), headers=edited.headers)


def _asked_answer(asked: Asked, condition: TagCondition | None, location: str) -> Response[Any]:
    made = scene_after(asked.commit, asked.scene_id, condition)
    view = {"scene": scene_view(made.studio, made.scene)}
    if asked.ticket is not None:
        view["upload"] = asked.ticket
    return json_answer(view, HTTPStatus.CREATED, {"location": location, **made.headers})
