"""Making and withdrawing guest links."""

from typing import NamedTuple

from scene_studio.http.requests import Change
from scene_studio.model.errors import NotFound
from scene_studio.model.identifiers import days_after
from scene_studio.model.share import Share, derived_secret, fingerprint, with_share, without_share
from scene_studio.model.studio import Studio, existing
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import Commit
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.studios import Studios
from shares_api.links import Destination, store_link
from shares_api.messages import NewShare


class Shared(NamedTuple):
    """A guest link and its secret, which only the answer to who made it tells."""

    share: Share
    secret: str


def share_studio(
    studios: Studios,
    objects: ObjectStore,
    destination: Destination,
    asked: NewShare,
    salt: str,
    change: Change,
) -> Shared:
    """Make a guest link. A request that is repeated under its key is told the same link and secret.

    Raises:
        NotFound: there is no such studio, or the link was withdrawn since a first such request.
        Deleted: the studio is deleted.
        InvalidRequest: the studio has as many links as it may have.
    """
    share = Share(
        id=change.new_id("share"),
        name=asked.name,
        created_at=change.now,
        expires_at=days_after(change.now, asked.expires_in_days),
        salt=salt,
        secret_sha256=fingerprint(derived_secret(salt, change.key)),
    )

    def add(current: Versioned[Studio] | None) -> Studio:
        studio = existing(current.document if current else None, destination.studio_id)
        return studio.replace(shares=with_share(studio.shares, share, change.now), updated_at=change.now)

    commit = _made_before(studios, destination, change)
    if commit is None:
        add(studios.read(*destination.place()))  # what is refused leaves no object behind
        store_link(objects, share, destination)
        commit = studios.commit(*destination.place(), add, change.request, change.pacing)
    return _shared(commit.current.document, share.id, change.key)


def withdraw_share(studios: Studios, destination: Destination, share_id: str, change: Change) -> None:
    """Let nobody in by this link any more; the marks that guests left through it go with it.

    Raises:
        NotFound: there is no such studio or link.
        Deleted: the studio is deleted.
    """

    def remove(current: Versioned[Studio] | None) -> Studio:
        studio = existing(current.document if current else None, destination.studio_id)
        return studio.replace(shares=without_share(studio.shares, share_id), updated_at=change.now)

    studios.commit(*destination.place(), remove, change.request, change.pacing)


def _made_before(studios: Studios, destination: Destination, change: Change) -> Commit[Studio] | None:
    return studios.repeated(*destination.place(), change.request) if change.has_own_key else None


def _shared(studio: Studio, share_id: str, key: str) -> Shared:
    """The link as it stands: a repeated request finds that of the first, with the salt of the first."""
    share = next((share for share in studio.shares if share.id == share_id), None)
    if share is None:
        raise NotFound("share", share_id)
    return Shared(share, derived_secret(share.salt, key))
