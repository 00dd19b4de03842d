"""Share: a guest link to a studio, who may come in by it, and the marks that guests leave.

A link's secret is kept nowhere: the document holds its SHA-256. A repeated request has to tell the same
secret all the same, so it is not random but follows from two things that only the two sides have: a random
salt, which makes it beyond guessing whatever the caller sent, and the caller's idempotency key, which is in
no document and keeps it from whoever can read one. (That it does as well as the key is random; a document
tells by its ring whether a guess of the key is right.)
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, NamedTuple

from pydantic import Field

from scene_studio.model.base import Model, Text
from scene_studio.model.errors import AlreadyExists, InvalidRequest, LinkInvalid, NotFound
from scene_studio.model.identifiers import Id, IsoTime
from scene_studio.model.revision import Sha256

MAX_SHARES: Final = 50
"""How many links of a studio may be live at once."""
MAX_MARKS: Final = 100
"""How many pictures may be marked by way of one link."""
MAX_DAYS: Final = 90
DEFAULT_DAYS: Final = 14

ShareName = Annotated[str, Text(200)]


class Mark(NamedTuple):
    """A picture that a guest may mark."""

    slot_id: str
    image_id: str


class Share(Model):
    """A guest link. Everybody who has it is the same guest.

    Attributes:
        name: for the team, to tell their links apart.
        expires_at: from when on nobody comes in by it, spelled as `created_at` is.
        salt: what the secret is derived from, beside the idempotency key that the link was asked for with.
        secret_sha256: of the secret.
        favorites: the marked pictures of each slot, in the order in which they were marked.
    """

    id: Id
    name: ShareName | None = None
    created_at: IsoTime
    expires_at: IsoTime
    salt: str
    secret_sha256: Sha256
    favorites: dict[Id, tuple[Id, ...]] = Field(default_factory=dict)

    def is_live(self, now: str) -> bool:
        """Whether it has not expired."""
        return now < self.expires_at

    def marks(self) -> tuple[Mark, ...]:
        """What is marked by way of it."""
        return tuple(Mark(slot, image) for slot, images in self.favorites.items() for image in images)


def derived_secret(salt: str, key: str) -> str:
    """The secret of a link, as 43 characters that may stand in an address."""
    raw = hmac.digest(salt.encode(), key.encode(), "sha256")
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def fingerprint(secret: str) -> str:
    """The SHA-256 of a secret, which is all that is kept of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def with_share(shares: Sequence[Share], share: Share, now: str) -> tuple[Share, ...]:
    """These links and one more, without those that have expired.

    Raises:
        AlreadyExists: the id is taken.
        InvalidRequest: there are as many as there may be.
    """
    live = tuple(one for one in shares if one.is_live(now))
    if any(one.id == share.id for one in live):
        raise AlreadyExists("share", share.id)
    if len(live) >= MAX_SHARES:
        raise InvalidRequest.of("/shares", f"a studio has at most {MAX_SHARES} guest links; withdraw one first")
    return (*live, share)


def without_share(shares: Sequence[Share], share_id: str) -> tuple[Share, ...]:
    """These links without one of them.

    Raises:
        NotFound: it is not among them.
    """
    rest = tuple(one for one in shares if one.id != share_id)
    if len(rest) == len(shares):
        raise NotFound("share", share_id)
    return rest


def admitted(shares: Sequence[Share], share_id: str, secret: str, now: str) -> Share:
    """The link by which a guest with this secret comes in.

    Raises:
        LinkInvalid: there is none, it has expired, or its secret is another.
    """
    share = next((one for one in shares if one.id == share_id), None)
    if share is None or not hmac.compare_digest(share.secret_sha256, fingerprint(secret)):
        raise LinkInvalid
    if not share.is_live(now):
        raise LinkInvalid
    return share


def with_marks(share: Share, wanted: Mapping[Mark, bool]) -> Share:
    """The link with these marks set (True) or taken away (False), and all others as they were.

    Raises:
        InvalidRequest: it would have more marks than it may have.
    """
    marks = dict.fromkeys(share.marks())
    for mark, is_set in wanted.items():
        if is_set:
            marks[mark] = None
        else:
            marks.pop(mark, None)
    if len(marks) > MAX_MARKS:
        raise InvalidRequest.of("/favorites", f"a guest marks at most {MAX_MARKS} pictures; unmark some first")
    favorites: dict[str, tuple[str, ...]] = {}
    for slot_id, image_id in marks:
        favorites[slot_id] = (*favorites.get(slot_id, ()), image_id)
    return share.replace(favorites=favorites)
