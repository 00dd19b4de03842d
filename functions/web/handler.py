"""What is not about a client: liveness, stock scenes, and the answer to what has no address."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.views import list_view
from scene_studio.model.errors import NotFound
from scene_studio.stock_scenes import STOCK_SCENES, stock_picture, stock_scene_at

app = Api()
lambda_handler = entry_point(app)


@app.get("/api/health")
def health() -> Response[Any]:
    """Whether functions answer; nothing else is asked."""
    return json_answer({"status": "ok"})


@app.get("/api/scenes")
def list_stock_scenes() -> Response[Any]:
    """The stock scenes."""
    scenes = [{"id": scene.id, "name": scene.name, "imageUrl": scene.image_url} for scene in STOCK_SCENES]
    return json_answer(list_view(scenes, None))


@app.get("/scenes/<file>", enable_validation=False)  # validation knows only answers in JSON
def stock_scene_picture(file: str) -> Response[Any]:
    """The picture of a stock scene."""
    scene = stock_scene_at(f"/scenes/{file}")
    if scene is None:
        raise NotFound("stock scene", file)
    return Response(
        status_code=200,
        content_type="image/jpeg",
        headers={"cache-control": "public, max-age=86400"},
        body=stock_picture(scene),
    )
