"""Output slots: add, edit, delete, undelete, and the history of each."""

from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.entity_tags import entity_tag
from scene_studio.http.pictures import Download, Size, redirect_to, redirect_to_first
from scene_studio.http.requests import (
    AllClients,
    AllStudios,
    ChangeOf,
    ClientId,
    Cursor,
    IfMatch,
    ImageId,
    Limit,
    Objects,
    SlotId,
    StudioId,
)
from scene_studio.http.saving import Saving
from scene_studio.http.views import list_view, revision_view, slot_view
from scene_studio.model import addresses
from scene_studio.model.edits import SlotEdit
from scene_studio.model.errors import NotFound
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.studio import Studio, add_slot, delete_slot, new_slot, undelete_slot
from scene_studio.store import keys
from scene_studio.store.commit import Commit
from slots_api.history import read_history
from slots_api.messages import NewSlot

app = Api()
lambda_handler = entry_point(app)

_SLOTS = "/api/clients/<clientId>/scene-studio/<studioId>/slots"
_SLOT = f"{_SLOTS}/<slotId>"


@app.post(_SLOTS)
def create_slot(
    client_id: ClientId,
    studio_id: StudioId,
    body: Annotated[NewSlot, Body()],
    clients: AllClients,
    studios: AllStudios,
    condition: IfMatch,
    change: ChangeOf,
) -> Response[Any]:
    """Add a slot at the end of the studio."""
    clients.products(client_id, dict.fromkeys(body.product_ids, "/productIds"))
    slot_id = body.id or change.new_id("slot")
    slot = new_slot(slot_id, body.product_ids, body.settings and _cleared(body.settings))
    saving = Saving(studios, clients, client_id, studio_id)
    commit = saving.operation(lambda studio: add_slot(studio, slot, change.now), condition, change)
    location = {"location": addresses.slot(client_id, studio_id, slot_id)}
    return _answer(commit, slot_id, HTTPStatus.CREATED, location)


@app.patch(_SLOT)
def edit_slot(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    body: Annotated[SlotEdit, Body()],
    clients: AllClients,
    studios: AllStudios,
    condition: IfMatch,
    change: ChangeOf,
) -> Response[Any]:
    """Change some of what people own in the slot."""
    saved = Saving(studios, clients, client_id, studio_id).slot(slot_id, body, condition, change)
    return _answer(saved.commit, slot_id)


@app.delete(_SLOT)
def remove_slot(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    clients: AllClients,
    studios: AllStudios,
    condition: IfMatch,
    change: ChangeOf,
) -> Response[Any]:
    """Delete the slot; it keeps everything and can be restored for 30 days."""
    saving = Saving(studios, clients, client_id, studio_id)
    saving.operation(lambda studio: delete_slot(studio, slot_id, change.now), condition, change)
    return Response(int(HTTPStatus.NO_CONTENT), content_type=None, body="")


@app.post(f"{_SLOT}/undelete")
def restore_deleted_slot(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    clients: AllClients,
    studios: AllStudios,
    condition: IfMatch,
    change: ChangeOf,
) -> Response[Any]:
    """Bring a deleted slot back; nothing happens to one that is not deleted."""
    saving = Saving(studios, clients, client_id, studio_id)
    commit = saving.operation(lambda studio: undelete_slot(studio, slot_id, change.now), condition, change)
    return _answer(commit, slot_id)


@app.get(f"{_SLOT}/history")
def list_history(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    studios: AllStudios,
    limit: Limit = 40,
    cursor: Cursor = "",
) -> Response[Any]:
    """The slot's revisions, newest first, through all pages."""
    studio = studios.read(client_id, studio_id).document
    slot = studio.slot(slot_id)
    revisions, following = read_history(studios, studio, slot, limit, cursor)
    items = [revision_view(studio, slot_id, revision) for revision in revisions]
    return json_answer({**list_view(items, following), "total": slot.history_count})


@app.get(f"{_SLOT}/history/<imageId>")
def read_revision(
    client_id: ClientId, studio_id: StudioId, slot_id: SlotId, image_id: ImageId, studios: AllStudios
) -> Response[Any]:
    """One revision."""
    studio = studios.read(client_id, studio_id).document
    revision = studios.find_revision(studio, studio.slot(slot_id), image_id)
    if revision is None:
        raise NotFound("revision", image_id)
    return json_answer(revision_view(studio, slot_id, revision))


@app.get(f"{_SLOT}/history/<imageId>/image")
def read_image(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    image_id: ImageId,
    studios: AllStudios,
    objects: Objects,
    size: Size = "full",
    download: Download = False,
) -> Response[Any]:
    """The revision's picture, by a redirect to a short-lived signed address."""
    studio = studios.read(client_id, studio_id).document
    slot = studio.slot(slot_id)
    place = (client_id, studio_id, slot_id, image_id)
    wanted = [keys.revision(*place)]
    if size == "thumb":
        wanted.insert(0, keys.revision_thumbnail(*place))
    stored = redirect_to_first(objects, wanted, download=download, filename=f"{slot_id}-{image_id}.jpg")
    if stored is not None:
        return stored
    revision = studios.find_revision(studio, slot, image_id)
    if revision is None:
        raise NotFound("revision", image_id)
    if revision.url is None:
        raise NotFound("picture of revision", image_id)
    return redirect_to(revision.url, cached=False)


def _cleared(settings: SceneGenerationSettings) -> SceneGenerationSettings:
    return SceneGenerationSettings.model_validate(settings.to_json())


def _answer(
    commit: Commit[Studio],
    slot_id: str,
    status: HTTPStatus = HTTPStatus.OK,
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    tag = entity_tag(commit.current.version.version_id)
    slot = commit.current.document.find_slot(slot_id)
    if slot is None:
        raise NotFound("slot", slot_id)
    view = slot_view(commit.current, slot)
    return json_answer(view, status, {**(headers or {}), "etag": tag})
