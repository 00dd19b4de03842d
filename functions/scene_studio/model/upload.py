"""Upload: a file that somebody was given a ticket for; Picture: what it became; UploadResult: how it ended.

A scene or product stands in its document from the commit that asked for its file until the file is a
picture or was rejected, so nothing depends on an event that may be lost.
"""

from typing import Annotated, Final, Literal, NamedTuple

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
_NO_REASON: Final = "It was rejected for a reason that is not known."

Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]

UploadState = Literal["PROCESSING", "READY", "REJECTED"]
UploadOwner = Literal["scene", "product"]


class Upload(Model):
    """A file that has not become a picture.

    Attributes:
        id: of the picture that it will be.
        asked_at: when the ticket was given.
        queued_at: when an event about it was sent last, if only by us.
        deadline: when it is given up.
        passed_over: whether a person has chosen since which picture is shown; this one is kept and not shown.
        reason: why it was rejected, for people to read; absent while it may still come.
    """

    id: Id
    asked_at: Milliseconds
    queued_at: Milliseconds
    deadline: Milliseconds
    passed_over: bool = False
    reason: Reason | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has neither become a picture nor been rejected."""
        return self.reason is None

    def takes(self, result: "UploadResult") -> bool:
        """Whether this result can end it: a rejection only while it is open, a picture however late."""
        return self.id == result.id and (self.is_open or result.picture is not None)

    def rejected(self, result: "UploadResult") -> "Upload":
        """This upload, ended by a result without a picture."""
        return self.replace(reason=result.reason or _NO_REASON)


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
        kind: tells it from the other results that wait in an inbox.
        owner: what the picture belongs to.
        owner_id: the scene's or the product's.
        id: the upload's.
        picture: the stored picture.
        reason: why there is none.
    """

    kind: Literal["upload"] = "upload"
    owner: UploadOwner
    owner_id: Id
    id: Id
    picture: Picture | None = None
    reason: Reason | None = None


class AwaitedUpload(NamedTuple):
    """An upload with whatever waits for it.

    Attributes:
        owner: what the picture is for.
        owner_id: the scene's or the product's.
        upload: open, or rejected: of a rejected one a picture may come late.
    """

    owner: UploadOwner
    owner_id: str
    upload: Upload


def new_upload(upload_id: str, now: int) -> Upload:
    """An upload asked for now."""
    return Upload(id=upload_id, asked_at=now, queued_at=now, deadline=now + UPLOAD_MILLISECONDS)
