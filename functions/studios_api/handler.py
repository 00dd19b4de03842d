"""Studios: create, list, read, edit, delete, undelete, duplicate."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import Field

from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.edits import (
    check_condition,
    checked,
    edit_request,
    kept,
    known_revisions,
    knows_none,
    saved_answer,
    studio_answer,
)
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
    OnlyDeleted,
    Prefer,
    StudioId,
)
from scene_studio.http.views import list_view, studio_view, summary_view
from scene_studio.model import addresses
from scene_studio.model.compare import compare
from scene_studio.model.edits import KnowsRevision, StudioEdit, chosen_products, edited_studio, restored
from scene_studio.model.errors import AlreadyExists, NotFound, PreconditionFailed
from scene_studio.model.studio import Studio, delete_studio, existing, new_studio, undelete_studio
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import Commit
from scene_studio.store.saving import Saving
from scene_studio.store.studios import Studios
from studios_api.duplicate import duplicate_studio
from studios_api.messages import Duplicate, NamedStudio, NewStudio, Restore
from studios_api.versions import read_version, version_view

app = Api()
lambda_handler = entry_point(app)

_STUDIOS = "/api/clients/<clientId>/scene-studio"
_STUDIO = f"{_STUDIOS}/<studioId>"

Version = Annotated[str, Query(max_length=1100), Field(default="")]
NamedVersion = Annotated[str, Path(max_length=1100)]


@app.get(_STUDIOS)
def list_studios(
    client_id: ClientId,
    clients: AllClients,
    studios: AllStudios,
    limit: Limit = 24,
    cursor: Cursor = "",
    deleted: OnlyDeleted = False,
) -> Response[Any]:
    """Summaries of the client's studios, in the order of their ids; with `deleted`, of those that were deleted.

    `limit` is how many studios are looked at, so a part of the list may be shorter, or empty, before its end.
    """
    clients.read(client_id)
    summaries, following = studios.summaries(client_id, after=cursor, limit=limit)
    shown = [
        summary_view(client_id, summary)
        for summary in summaries
        if (summary.deleted_at is not None) == deleted and summary.purging_at is None
    ]
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
            current, "There is a studio at this address already; `current` is that studio."
        )

    return _created(studios.commit(client_id, studio_id, create, change.request, change.pacing))


@app.get(_STUDIO)
def read_studio(
    client_id: ClientId,
    studio_id: StudioId,
    studios: AllStudios,
    condition: IfNoneMatch,
    version: Version = "",
) -> Response[Any]:
    """The studio, with the newest revisions of each slot; 304 if the caller has it already.

    With `version`, the studio as it was then.
    """
    entry = studios.read(client_id, studio_id)
    if version:
        entry = read_version(studios, client_id, studio_id, version)
    tag = {"etag": entity_tag(entry)}
    if condition is not None and condition.weakly_matches(entry):
        return Response(int(HTTPStatus.NOT_MODIFIED), content_type=None, headers=tag, body="")
    return json_answer(studio_view(entry), headers=tag)


@app.patch(_STUDIO)
def edit_studio(
    client_id: ClientId,
    studio_id: StudioId,
    body: Annotated[StudioEdit, Body()],
    clients: AllClients,
    studios: AllStudios,
    condition: IfMatch,
    prefer: Prefer,
    change: ChangeOf,
) -> Response[Any]:
    """Rename the studio, or save all of its rows."""
    rows = body.output_slots
    edit = edit_request(change, condition, prefer, [row.etag for row in rows or () if row.etag])
    if rows is not None and edit.version is None:
        edit = replace(edit, from_nothing=True)

    def check(studio: Studio, *, fresh: bool) -> KnowsRevision:
        clients.products(client_id, chosen_products(studio, body))
        chosen = ((row.id, row.output_image) for row in rows or ())
        return known_revisions(studios, studio, chosen, fresh=fresh)

    knows = checked(studios, client_id, studio_id, check) if rows else knows_none
    saved = Saving(studios, client_id, studio_id).save(lambda base: edited_studio(base, body, knows()), edit)
    return saved_answer(saved, prefer, studio_view, whole=True)


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
    return studio_answer(commit)


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


@app.post(f"{_STUDIO}/restore")
def restore_version(
    client_id: ClientId,
    studio_id: StudioId,
    body: Annotated[Restore, Body()],
    studios: AllStudios,
    condition: IfMatch,
    prefer: Prefer,
    change: ChangeOf,
) -> Response[Any]:
    """Put back what people owned in an old version, of the studio or of one slot; newer revisions stay."""
    old = kept(lambda: read_version(studios, client_id, studio_id, body.version))
    saved = Saving(studios, client_id, studio_id).save(
        lambda base: restored(base, old().document, body.slot_id), edit_request(change, condition, prefer)
    )
    return saved_answer(saved, prefer, studio_view, whole=True, foreseen=False)


@app.get(f"{_STUDIO}/versions")
def list_versions(
    client_id: ClientId, studio_id: StudioId, studios: AllStudios, limit: Limit = 50, cursor: Version = ""
) -> Response[Any]:
    """The kept versions of the studio, newest first."""
    studios.read(client_id, studio_id)
    versions, following = studios.versions(client_id, studio_id, before=cursor, limit=limit)
    return json_answer(list_view([version_view(version) for version in versions], following))


@app.get(f"{_STUDIO}/versions/<before>/compare/<after>")
def compare_versions(
    client_id: ClientId, studio_id: StudioId, before: NamedVersion, after: NamedVersion, studios: AllStudios
) -> Response[Any]:
    """What changed between two versions, by slot and field, in words."""
    studios.read(client_id, studio_id)
    old = read_version(studios, client_id, studio_id, before)
    new = read_version(studios, client_id, studio_id, after)
    changes = [
        {
            "slotId": difference.slot_id,
            "field": difference.field,
            "before": difference.before,
            "after": difference.after,
            "words": difference.words,
        }
        for difference in compare(old.document, new.document)
    ]
    return json_answer({"before": entity_tag(old), "after": entity_tag(new), "changes": changes})


def _commit_any(
    studios: Studios,
    client_id: str,
    studio_id: str,
    rule: Callable[[Studio], Studio | None],
    condition: TagCondition | None,
    change: Change,
) -> Commit[Studio]:
    """Commit a rule about a studio that may be deleted."""

    def apply(current: Versioned[Studio] | None) -> Studio | None:
        if current is None:
            raise NotFound("studio", studio_id)
        check_condition(current, condition)
        return rule(current.document)

    return studios.commit(client_id, studio_id, apply, change.request, change.pacing)


def _created(commit: Commit[Studio]) -> Response[Any]:
    studio = commit.current.document
    location = {"location": addresses.studio(studio.client_id, studio.id)}
    return studio_answer(commit, HTTPStatus.CREATED, location)
