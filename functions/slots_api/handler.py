"""Output slots: add, edit, delete, undelete, and the history of each."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.edits import checked, edit_request, kept, known_revisions, knows_none, saved_answer
from scene_studio.http.pictures import SIGNED_SECONDS, Download, Size, redirect_to, redirect_to_first
from scene_studio.http.preferences import Preferences
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
    Prefer,
    SlotId,
    StudioId,
)
from scene_studio.http.views import list_view, revision_view, slot_view
from scene_studio.model import addresses
from scene_studio.model.edits import (
    KnowsRevision,
    SlotEdit,
    Wanted,
    added_slot,
    deleted_slot,
    edited_slot,
    new_products,
)
from scene_studio.model.errors import NotFound
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.studio import Studio, new_slot
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.saving import Saved, Saving
from slots_api.history import read_history
from slots_api.inputs import are_known, inputs_changed, library_of
from slots_api.messages import NewSlot

app = Api()
lambda_handler = entry_point(app)

_SLOTS = "/api/clients/<clientId>/scene-studio/<studioId>/slots"
_SLOT = f"{_SLOTS}/<slotId>"

Signed = Annotated[Literal["thumb", "full"] | None, Query()]


@app.post(_SLOTS)
def create_slot(
    client_id: ClientId,
    studio_id: StudioId,
    body: Annotated[NewSlot, Body()],
    clients: AllClients,
    studios: AllStudios,
    condition: IfMatch,
    prefer: Prefer,
    change: ChangeOf,
) -> Response[Any]:
    """Add a slot at the end of the studio."""
    slot_id = body.id or change.new_id("slot")
    settings = body.settings and SceneGenerationSettings.model_validate(body.settings.to_json())
    slot = new_slot(slot_id, body.product_ids, settings)
    fields = dict.fromkeys(body.product_ids, "/productIds")
    known = kept(lambda: clients.products(client_id, fields))

    def plan(base: Studio) -> Wanted:
        known()
        return added_slot(base, slot)

    saved = Saving(studios, client_id, studio_id).save(plan, edit_request(change, condition, prefer))
    location = {"location": addresses.slot(client_id, studio_id, slot_id)}
    return _answer(saved, slot_id, prefer, status=HTTPStatus.CREATED, headers=location)


@app.patch(_SLOT)
def edit_slot(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    body: Annotated[SlotEdit, Body()],
    clients: AllClients,
    studios: AllStudios,
    condition: IfMatch,
    prefer: Prefer,
    change: ChangeOf,
) -> Response[Any]:
    """Change some of what people own in the slot."""

    def check(studio: Studio, *, fresh: bool) -> KnowsRevision:
        added = new_products(studio.find_slot(slot_id), body.product_ids)
        clients.products(client_id, dict.fromkeys(added, "/productIds"))
        return known_revisions(studios, studio, ((slot_id, body.output_image),), fresh=fresh)

    needed = body.product_ids or body.output_image
    knows = checked(studios, client_id, studio_id, check) if needed else knows_none
    saved = Saving(studios, client_id, studio_id).save(
        lambda base: edited_slot(base, slot_id, body, knows()),
        edit_request(change, condition, prefer, slot_id=slot_id),
    )
    return _answer(saved, slot_id, prefer)


@app.delete(_SLOT)
def remove_slot(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    studios: AllStudios,
    condition: IfMatch,
    prefer: Prefer,
    change: ChangeOf,
) -> Response[Any]:
    """Delete the slot; it keeps everything and can be restored for 30 days.

    If others changed it since the version that If-Match names, it stays, and the answer says so.
    """
    saved = Saving(studios, client_id, studio_id).save(
        lambda base: deleted_slot(base, slot_id), edit_request(change, condition, prefer, slot_id=slot_id)
    )
    if saved.conflicts:
        return _answer(saved, slot_id, prefer)
    return Response(int(HTTPStatus.NO_CONTENT), content_type=None, headers=dict(prefer.applied()), body="")


@app.post(f"{_SLOT}/undelete")
def restore_deleted_slot(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    studios: AllStudios,
    condition: IfMatch,
    prefer: Prefer,
    change: ChangeOf,
) -> Response[Any]:
    """Bring a deleted slot back; nothing happens to one that is not deleted."""
    saved = Saving(studios, client_id, studio_id).save(
        lambda base: deleted_slot(base, slot_id, deleted=False),
        edit_request(change, condition, prefer, slot_id=slot_id),
    )
    return _answer(saved, slot_id, prefer, foreseen=False)


@app.get(f"{_SLOT}/history")
def list_history(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    clients: AllClients,
    studios: AllStudios,
    objects: Objects,
    limit: Limit = 40,
    cursor: Cursor = "",
    sign: Signed = None,
) -> Response[Any]:
    """The slot's revisions, newest first, through all pages.

    The `inputsChanged` of each says whether a product or scene picture that it was made from has been replaced
    or deleted since; it is absent where that is not known. With `sign`, each has a short-lived `signedUrl` of
    its picture or thumbnail, for pages that show many.
    """
    studio = studios.read(client_id, studio_id).document
    slot = studio.slot(slot_id)
    revisions, following = read_history(studios, studio, slot, limit, cursor)
    items = _revision_views(clients, studio, slot_id, revisions)
    if sign is not None:
        key_of = keys.revision_thumbnail if sign == "thumb" else keys.revision
        for revision, item in zip(revisions, items, strict=True):
            if revision.url is None:
                key = key_of(client_id, studio_id, slot_id, revision.id)
                item["signedUrl"] = objects.presigned_url(key, seconds=SIGNED_SECONDS)
    return json_answer({**list_view(items, following), "total": slot.history_count})


@app.get(f"{_SLOT}/history/<imageId>")
def read_revision(
    client_id: ClientId,
    studio_id: StudioId,
    slot_id: SlotId,
    image_id: ImageId,
    clients: AllClients,
    studios: AllStudios,
) -> Response[Any]:
    """One revision, with `inputsChanged` as in the list."""
    studio = studios.read(client_id, studio_id).document
    revision = studios.find_revision(studio, studio.slot(slot_id), image_id)
    if revision is None:
        raise NotFound("revision", image_id)
    (view,) = _revision_views(clients, studio, slot_id, [revision])
    return json_answer(view)


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


def _revision_views(
    clients: Clients, studio: Studio, slot_id: str, revisions: Sequence[GeneratedSceneImage]
) -> list[dict[str, Any]]:
    """Revisions, each of which says, if it is known, whether what it was made of has changed."""
    views = [revision_view(studio, slot_id, revision) for revision in revisions]
    if any(map(are_known, revisions)):
        library = library_of(clients.read(studio.client_id).document)
        for revision, view in zip(revisions, views, strict=True):
            if are_known(revision):
                view["inputsChanged"] = inputs_changed(revision, studio, library)
    return views


def _answer(
    saved: Saved,
    slot_id: str,
    prefer: Preferences,
    *,
    foreseen: bool = True,
    status: HTTPStatus = HTTPStatus.OK,
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    def view(current: Versioned[Studio]) -> dict[str, Any]:
        slot = current.document.find_slot(slot_id)
        if slot is None:
            raise NotFound("slot", slot_id)
        shown = slot_view(current, slot)
        if saved.merged:
            # The row is new and the others that the caller holds may not be: as a base, its tag would say
            # that the caller had seen, and now dropped, slots that others added.
            shown.pop("etag", None)
        return shown

    return saved_answer(saved, prefer, view, whole=False, foreseen=foreseen, status=status, headers=headers)
