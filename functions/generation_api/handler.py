"""Execute: make pictures for a slot."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from generation_api.messages import Generate
from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.requests import (
    AllClients,
    AllStudios,
    ChangeOf,
    ClientId,
    Model,
    Objects,
    StudioId,
)
from scene_studio.http.views import revision_view

app = Api()
lambda_handler = entry_point(app)


@app.post("/api/clients/<clientId>/scene-studio/<studioId>/generate")
def execute(
    client_id: ClientId,
    studio_id: StudioId,
    body: Annotated[Generate, Body()],
    clients: AllClients,
    studios: AllStudios,
    objects: Objects,
    model: Model,
    change: ChangeOf,
) -> Response[Any]:
    """Make pictures and put them at the head of the slot's history."""
    from generation_api.generate import generate  # Pillow comes with it

    studio, revisions = generate(client_id, studio_id, body, clients, studios, objects, model, change)
    images = [revision_view(studio, body.slot_id, revision) for revision in revisions]
    first = images[0]
    return json_answer({"imageUrl": first["url"], "promptUsed": first.get("debugPrompt", ""), "images": images})
