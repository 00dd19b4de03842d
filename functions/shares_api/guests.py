"""Guests: who comes in by a link, and the pictures that they mark.

A guest's commits carry no idempotency key, so they never push those of the team out of the document's ring.
They need none: a mark is there or not, whoever set it last.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple

from aws_lambda_powertools.event_handler import Request
from aws_lambda_powertools.event_handler.depends import Depends

from scene_studio.model.errors import Deleted, FieldError, InvalidRequest, LinkInvalid, NotFound
from scene_studio.model.share import Mark, Share, admitted, with_marks
from scene_studio.model.studio import Studio
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.pacing import Pacing
from scene_studio.store.studios import Studios
from shares_api.links import Destination, find_destination
from shares_api.messages import GuestFavorite

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Guest(NamedTuple):
    """Somebody who came in by a link."""

    share: Share
    studio: Studio
    destination: Destination


def share_token(request: Request) -> str:
    """The X-Share-Token header: the secret of the link by which a guest comes; empty if it is missing."""
    return next((value for name, value in request.headers.items() if name.lower() == "x-share-token"), "")


ShareToken = Annotated[str, Depends(share_token)]


def come_in(studios: Studios, objects: ObjectStore, share_id: str, secret: str, now: str) -> Guest:
    """Let a guest in.

    Raises:
        LinkInvalid: there is no such link or studio any more, or never was, or its secret is another.
        Busy: the store could not be read.
    """
    destination = find_destination(objects, share_id, secret) if _SECRET.fullmatch(secret) else None
    if destination is None:
        raise LinkInvalid
    try:
        studio = studios.read(*destination.place()).document
    except (NotFound, Deleted) as error:
        raise LinkInvalid from error
    return Guest(admitted(studio.shares, share_id, secret, now), studio, destination)


def mark(
    studios: Studios,
    objects: ObjectStore,
    guest: Guest,
    secret: str,
    favorites: Sequence[GuestFavorite],
    now: str,
    pacing: Pacing,
) -> Share:
    """Set a guest's marks or take them away; all others stay.

    Raises:
        InvalidRequest: a mark is on no picture of the studio, or there are too many.
        LinkInvalid: the link was withdrawn or the studio deleted meanwhile.
    """
    _check_pictures(objects, guest, favorites)
    wanted = {Mark(one.slot_id, one.image_id): one.favorite for one in favorites}

    def apply(current: Versioned[Studio] | None) -> Studio | None:
        if current is None or current.document.deleted_at is not None:
            raise LinkInvalid
        studio = current.document
        share = admitted(studio.shares, guest.share.id, secret, now)
        marked = with_marks(share, wanted)
        if marked == share:
            return None
        return studio.replace(shares=tuple(marked if one is share else one for one in studio.shares))

    commit = studios.commit(*guest.destination.place(), apply, None, pacing)
    return admitted(commit.current.document.shares, guest.share.id, secret, now)


def _check_pictures(objects: ObjectStore, guest: Guest, favorites: Sequence[GuestFavorite]) -> None:
    """Refuse marks on what is no picture of the studio.

    One that has gone into a page since the guest saw it is looked for in the store rather than in the pages,
    of which a guest could make us read thousands.
    """
    errors: list[FieldError] = []
    unseen: dict[str, str] = {}
    marked = frozenset(guest.share.marks())
    for at, one in enumerate(favorites):
        slot = guest.studio.find_slot(one.slot_id)
        if not one.favorite or (one.slot_id, one.image_id) in marked:
            continue
        if slot is None or slot.deleted_at is not None:
            errors.append(FieldError(f"/favorites/{at}/slotId", "must be a slot that this link shows"))
        elif slot.output_image != one.image_id and slot.inline_revision(one.image_id) is None:
            key = keys.revision(*guest.destination.place(), slot.id, one.image_id)
            unseen[f"/favorites/{at}/imageId"] = key
    with unavailable_is_busy():
        heads = objects.heads(list(unseen.values()))
    errors.extend(
        FieldError(field, "must be a picture of this slot; read the link again")
        for field, head in zip(unseen, heads, strict=True)
        if head is None
    )
    if errors:
        raise InvalidRequest(errors)
