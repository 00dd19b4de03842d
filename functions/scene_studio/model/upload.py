"""Upload: a file that somebody was given a ticket for; Picture: what it became; UploadResult: how it ended.

A scene or product stands in its document from the commit that asked for its file until the file is a
picture or was rejected, so nothing depends on an event that may be lost (design §8).
"""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from scene_studio.model.base import Model
from scene_studio.model.identifiers import Id
from scene_studio.model.intent import Reason
from scene_studio.model.revision import Milliseconds, Sha256

MAX_UPLOAD_BYTES: Final = 25 * 1024 * 1024
TICKET_MILLISECONDS: Final = 15 * 60_000
"""How long a ticket is good for: a large file over a slow line, begun at the last moment, may take longer."""
UPLOAD_MILLISECONDS: Final = 60 * 60_000
"""How long a file may take to come and to be dealt with; then it is given up."""
UPLOAD_QUEUE_AGAIN: Final = 3 * 60_000
"""After how many milliseconds a file that came, but of which no event did, is sent for."""

NEVER_CAME: Final = "No file came in the time that its ticket was good for. Choose the file again."
NOT_DEALT_WITH: Final = "The file came but could not be dealt with in time. Upload it again."

Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]

UploadState = Literal["PROCESSING", "READY", "REJECTED"]


class Upload(Model):
    """A file that has not become a picture.

    Attributes:
        id: of the picture that it will be.
        asked_at: when the ticket was given.
        queued_at: when an event about it was sent last, if only by us.
        deadline: when it is given up.
        reason: why it was rejected, for people to read; absent while it may still come.
    """

    id: Id
    asked_at: Milliseconds
    queued_at: Milliseconds
    deadline: Milliseconds
    reason: Reason | None = None

    @property
    def is_open(self) -> bool:
        """Whether the file may still become a picture."""
        return self.reason is None


class Picture(Model):
    """A stored picture. Facts are absent where nobody looked: pictures that were imported, say.

    Attributes:
        id: names its objects; no other picture ever has it.
        width: in pixels, as stored.
        height: likewise.
        colors: the most common colours, the most common first.
        sha256: of the picture as stored.
        cutout: whether there is a picture of the product alone beside it.
    """

    id: Id
    width: int | None = None
    height: int | None = None
    colors: Annotated[tuple[Color, ...], Field(max_length=8)] = ()
    sha256: Sha256 | None = None
    cutout: bool = False


class UploadResult(Model):
    """How an upload ended, as the machine that ended it writes it down.

    Attributes:
        owner: what the picture belongs to.
        owner_id: the scene's or the product's.
        id: the upload's.
        picture: the stored picture.
        reason: why there is none.
    """

    owner: Literal["scene", "product"]
    owner_id: Id
    id: Id
    picture: Picture | None = None
    reason: Reason | None = None


def new_upload(upload_id: str, now: int) -> Upload:
    """An upload asked for now."""
    return Upload(id=upload_id, asked_at=now, queued_at=now, deadline=now + UPLOAD_MILLISECONDS)
