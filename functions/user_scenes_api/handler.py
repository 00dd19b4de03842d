"""The scenes of a studio's own: their facts and their pictures."""

from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.pictures import Download, Size, redirect_to, redirect_to_first
from scene_studio.http.requests import AllStudios, ClientId, Objects, SceneId, StudioId
from scene_studio.http.views import scene_view
from scene_studio.model.errors import NotFound
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio
from scene_studio.store import keys

app = Api()
lambda_handler = entry_point(app)

_SCENE: Final = "/api/clients/<clientId>/scene-studio/<studioId>/user-scenes/<sceneId>"


@app.get(_SCENE)
def read_scene(
    client_id: ClientId, studio_id: StudioId, scene_id: SceneId, studios: AllStudios
) -> Response[Any]:
    """One scene."""
    studio = studios.read(client_id, studio_id).document
    scene = _find(studio, scene_id)
    if scene is None:
        raise NotFound("scene", scene_id)
    return json_answer(scene_view(studio, scene))


@app.get(f"{_SCENE}/image")
def read_scene_image(
    client_id: ClientId,
    studio_id: StudioId,
    scene_id: SceneId,
    studios: AllStudios,
    objects: Objects,
    size: Size = "full",
    download: Download = False,
) -> Response[Any]:
    """The scene's picture, by a redirect to a short-lived signed address.

    Settings may name a picture whose scene is not listed, so the picture itself decides.
    """
    studio = studios.read(client_id, studio_id).document
    wanted = [keys.user_scene(client_id, studio_id, scene_id)]
    if size == "thumb":
        wanted.insert(0, keys.user_scene_thumbnail(client_id, studio_id, scene_id))
    stored = redirect_to_first(objects, wanted, download=download, filename=f"{scene_id}.jpg")
    if stored is not None:
        return stored
    scene = _find(studio, scene_id)
    if scene is None or scene.image_url is None or scene.image_url.startswith("/"):
        raise NotFound("picture of scene", scene_id)
    return redirect_to(scene.image_url, cached=False)


def _find(studio: Studio, scene_id: str) -> Scene | None:
    scenes = (scene for scene in studio.user_scenes if scene.deleted_at is None)
    return next((scene for scene in scenes if scene.id == scene_id), None)
