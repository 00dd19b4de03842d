"""Studios: create, list, read, edit, delete, undelete, duplicate."""

from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.entity_tags import TagCondition, entity_tag
from scene_studio.http.requests import (
    AllClients,
    AllStudios,
    Change,
    ChangeOf,
    ClientId,
    Cursor,
    IfMatch,
    IfNoneMatch,
    Limit,
    Objects,
    StudioId,
)
from scene_studio.http.saving import Saving, check_condition
from scene_studio.http.views import list_view, studio_view, summary_view
from scene_studio.model import addresses
from scene_studio.model.edits import StudioEdit
from scene_studio.model.errors import AlreadyExists, NotFound, PreconditionFailed
from scene_studio.model.studio import Studio, delete_studio, existing, new_studio, undelete_studio
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import Commit
from scene_studio.store.studios import Studios
from studios_api.duplicate import duplicate_studio
from studios_api.messages import Duplicate, NamedStudio, NewStudio

app = Api()
lambda_handler = entry_point(app)

_STUDIOS = "/api/clients/<clientId>/scene-studio"
_STUDIO = f"{_STUDIOS}/<studioId>"


@app.get(_STUDIOS)
def list_studios(
    client_id: ClientId, clients: AllClients, studios: AllStudios, limit: Limit = 24, cursor: Cursor = ""
) -> Response[Any]:
    """Summaries of the client's studios, in the order of their ids."""
    clients.read(client_id)
    summaries, following = studios.summaries(client_id, after=cursor, limit=limit)
    shown = [summary_view(client_id, summary) for summary in summaries if summary.deleted_at is None]
    return json_answer(list_view(shown, following))


@app.post(_STUDIOS)
def create_studio(
    client_id: ClientId,
    body: Annotated[NewStudio, Body()],
    clients: AllClients,
    studios: AllStudios,
    change: ChangeOf,
) -> Response[Any]:
    """Create a studio, under an id of the caller's or a new one."""
    clients.read(client_id)
    studio_id = body.id or change.new_id("studio")

    def create(current: Versioned[Studio] | None) -> Studio:
        if current is not None:
            existing(current.document, studio_id)
            raise AlreadyExists("studio", studio_id)
        return new_studio(client_id, studio_id, body.name, change.now)

    return _created(studios.commit(client_id, studio_id, create, change.request, change.pacing))


@app.put(_STUDIO)
def put_studio(
    client_id: ClientId,
    studio_id: StudioId,
    body: Annotated[NamedStudio, Body()],
    clients: AllClients,
    studios: AllStudios,
    condition: IfNoneMatch,
    change: ChangeOf,
) -> Response[Any]:
    """Create the studio of this address if there is none; a browser's first visit does so."""
    clients.read(client_id)

    def create(current: Versioned[Studio] | None) -> Studio:
        if current is None:
            return new_studio(client_id, studio_id, body.name, change.now)
        studio = existing(current.document, studio_id)
        if condition is None:
            raise AlreadyExists("studio", studio.id)
        raise PreconditionFailed(
            "There is a studio at this address already; read it with GET.",
            {"etag": entity_tag(current.version.version_id), "current": studio_view(current)},
        )

    return _created(studios.commit(client_id, studio_id, create, change.request, change.pacing))


@app.get(_STUDIO)
def read_studio(
    client_id: ClientId, studio_id: StudioId, studios: AllStudios, condition: IfNoneMatch
) -> Response[Any]:
    """The studio, with the newest revisions of each slot; 304 if the caller has it already."""
    entry = studios.read(client_id, studio_id)
    tag = entity_tag(entry.version.version_id)
    if condition is not None and condition.weakly_matches(entry.version.version_id):
        return Response(int(HTTPStatus.NOT_MODIFIED), content_type=None, headers={"etag": tag}, body="")
    return json_answer(studio_view(entry), headers={"etag": tag})


@app.patch(_STUDIO)
def edit_studio(
    client_id: ClientId,
    studio_id: StudioId,
    body: Annotated[StudioEdit, Body()],
    clients: AllClients,
    studios: AllStudios,
    condition: IfMatch,
    change: ChangeOf,
) -> Response[Any]:
    """Rename the studio, or save all of its rows."""
    saved = Saving(studios, clients, client_id, studio_id).studio(body, condition, change)
    ignored = [error._asdict() for error in saved.ignored]
    return _answer(saved.commit, merge={"conflicts": [], "ignored": ignored} if ignored else None)


@app.delete(_STUDIO)
def remove_studio(
    client_id: ClientId, studio_id: StudioId, studios: AllStudios, condition: IfMatch, change: ChangeOf
) -> Response[Any]:
    """Delete the studio; it can be restored for 30 days."""
    _commit_any(
        studios, client_id, studio_id, lambda studio: delete_studio(studio, change.now), condition, change
    )
    return Response(int(HTTPStatus.NO_CONTENT), content_type=None, body="")


@app.post(f"{_STUDIO}/undelete")
def restore_deleted_studio(
    client_id: ClientId, studio_id: StudioId, studios: AllStudios, condition: IfMatch, change: ChangeOf
) -> Response[Any]:
    """Bring a deleted studio back; nothing happens to one that is not deleted."""
    commit = _commit_any(
        studios, client_id, studio_id, lambda studio: undelete_studio(studio, change.now), condition, change
    )
    return _answer(commit)


@app.post(f"{_STUDIO}/duplicate")
def copy_studio(
    client_id: ClientId,
    studio_id: StudioId,
    body: Annotated[Duplicate, Body()],
    studios: AllStudios,
    objects: Objects,
    change: ChangeOf,
) -> Response[Any]:
    """Make a copy of the studio, with or without its revisions."""
    return _created(duplicate_studio(studios, objects, client_id, studio_id, body, change))


def _commit_any(
    studios: Studios,
    client_id: str,
    studio_id: str,
    rule: Any,
    condition: TagCondition | None,
    change: Change,
) -> Commit[Studio]:
    """Commit a rule about a studio that may be deleted."""

    def apply(current: Versioned[Studio] | None) -> Studio | None:
        if current is None:
            raise NotFound("studio", studio_id)
        check_condition(current, condition)
        wanted: Studio | None = rule(current.document)
        return wanted

    return studios.commit(client_id, studio_id, apply, change.request, change.pacing)


def _created(commit: Commit[Studio]) -> Response[Any]:
    studio = commit.current.document
    return _answer(commit, HTTPStatus.CREATED, {"location": addresses.studio(studio.client_id, studio.id)})


def _answer(
    commit: Commit[Studio],
    status: HTTPStatus = HTTPStatus.OK,
    headers: dict[str, str] | None = None,
    merge: Any = None,
) -> Response[Any]:
    tag = entity_tag(commit.current.version.version_id)
    view = studio_view(commit.current) | ({"merge": merge} if merge else {})
    return json_answer(view, status, {**(headers or {}), "etag": tag})
