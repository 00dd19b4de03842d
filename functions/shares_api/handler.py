"""Guest links: the team makes, lists and withdraws them; guests look, and mark what they like."""

import secrets
from http import HTTPStatus
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query

from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.requests import (
    AllClients,
    AllStudios,
    ChangeOf,
    ClientId,
    Clock,
    Cursor,
    Objects,
    StudioId,
)
from scene_studio.http.views import list_view
from scene_studio.model.errors import InvalidRequest
from scene_studio.model.identifiers import Id, iso_time
from scene_studio.model.studio import OutputSlot, Studio
from shares_api.guests import ShareToken, come_in, mark
from shares_api.links import Destination
from shares_api.messages import GuestFavorites, NewShare
from shares_api.sharing import share_studio, withdraw_share
from shares_api.views import GuestView, favorites_view, share_view

app = Api()
lambda_handler = entry_point(app)

_SHARES: Final = "/api/clients/<clientId>/scene-studio/<studioId>/shares"
_GUEST: Final = "/api/shares/<shareId>"
_NOT_KEPT: Final = {"cache-control": "no-store"}
"""For answers with a secret or signed addresses in them."""

ShareId = Annotated[Id, Path(alias="shareId")]
SlotLimit = Annotated[int, Query(ge=1, le=24)]
"""Of a slot up to 40 revisions are shown, each with two signed addresses, and an answer may have 5 MB."""


def new_salt() -> str:
    """32 random bytes, as text."""
    return secrets.token_urlsafe(32)


Salt = Annotated[str, Depends(new_salt)]


@app.post(_SHARES)
def create_share(
    client_id: ClientId,
    studio_id: StudioId,
    body: Annotated[NewShare, Body()],
    studios: AllStudios,
    objects: Objects,
    salt: Salt,
    change: ChangeOf,
) -> Response[Any]:
    """Make a guest link. Its secret is told here and nowhere else, and again if the request is repeated."""
    destination = Destination(client_id=client_id, studio_id=studio_id)
    shared = share_studio(studios, objects, destination, body, salt, change)
    share = shared.share
    answer = {
        "share": share_view(share),
        "secret": shared.secret,
        # A browser keeps what follows the # to itself, so the secret is in no log and no referrer.
        "url": f"/shared/{share.id}#{shared.secret}",
    }
    return json_answer(answer, HTTPStatus.CREATED, {"location": f"/api/shares/{share.id}", **_NOT_KEPT})


@app.get(_SHARES)
def list_shares(client_id: ClientId, studio_id: StudioId, studios: AllStudios) -> Response[Any]:
    """The studio's guest links, oldest first, each with the pictures that were marked through it.

    Links that have expired are among them until another one is made.
    """
    shares = studios.read(client_id, studio_id).document.shares
    items = [{**share_view(share), "favorites": favorites_view(share)} for share in shares]
    return json_answer(list_view(items, None))


@app.delete(f"{_SHARES}/<shareId>")
def remove_share(
    client_id: ClientId, studio_id: StudioId, share_id: ShareId, studios: AllStudios, change: ChangeOf
) -> Response[Any]:
    """Withdraw a guest link, with the marks that were left through it; it cannot be brought back."""
    withdraw_share(studios, Destination(client_id=client_id, studio_id=studio_id), share_id, change)
    return Response(int(HTTPStatus.NO_CONTENT), content_type=None, body="")


@app.get(_GUEST)
def read_share(
    share_id: ShareId,
    secret: ShareToken,
    clients: AllClients,
    studios: AllStudios,
    objects: Objects,
    clock: Clock,
    limit: SlotLimit = 12,
    cursor: Cursor = "",
) -> Response[Any]:
    """The studio that a link shares, as a guest sees it: up to `limit` slots, with their newest revisions."""
    guest = come_in(studios, objects, share_id, secret, iso_time(clock()))
    client = clients.read(guest.studio.client_id).document
    slots, following = _some_slots(guest.studio, limit, cursor)
    view = GuestView(studios, objects, client, guest.studio, guest.share).of(slots)
    if following is not None:
        view["nextCursor"] = following
    return json_answer(view, headers=_NOT_KEPT)


@app.put(f"{_GUEST}/favorites")
def put_favorites(
    share_id: ShareId,
    secret: ShareToken,
    body: Annotated[GuestFavorites, Body()],
    studios: AllStudios,
    objects: Objects,
    change: ChangeOf,
) -> Response[Any]:
    """Mark pictures, or take marks away; marks that are not named stay. Answers all marks of this link."""
    guest = come_in(studios, objects, share_id, secret, change.now)
    share = mark(studios, objects, guest, secret, body.favorites, change.now, change.pacing)
    return json_answer({"favorites": favorites_view(share)}, headers=_NOT_KEPT)


def _some_slots(studio: Studio, limit: int, cursor: str) -> tuple[list[OutputSlot], str | None]:
    """Some of the live slots, in order, and the cursor of those that follow them, or None at the end."""
    ids = [slot.id for slot in studio.output_slots]
    if cursor and cursor not in ids:
        raise InvalidRequest.of("cursor", "must be a nextCursor of this link, or absent to begin")
    # The place is that among all slots: the one at the cursor may be deleted by now.
    start = ids.index(cursor) + 1 if cursor else 0
    live = [slot for slot in studio.output_slots[start:] if slot.deleted_at is None]
    return live[:limit], live[limit - 1].id if len(live) > limit else None
