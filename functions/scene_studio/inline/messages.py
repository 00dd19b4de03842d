"""What is said between a function that is sent pictures inside JSON and the one that opens them.

Lambda takes 6 MiB with an invocation. A body of 4 MiB holds less than that of pictures, in base 64 too, and
`MAX_PICTURES` places fit beside them.
"""

import base64
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from scene_studio.inline.pictures import MAX_PICTURES, InlinePicture, InlinePictureRejected, Kind
from scene_studio.model.base import Model
from scene_studio.model.identifiers import Id
from scene_studio.model.upload import Picture


class Given(Model):
    """An `InlinePicture`, its file in base 64."""

    kind: Kind
    ids: tuple[Id, ...]
    data: str


class TakeIn(Model):
    """Open these pictures of a client, and store them.

    Attributes:
        client_id: whose they are.
        pictures: the pictures.
        request_id: that of the request that brought them, for the log.
    """

    client_id: Id
    pictures: Annotated[tuple[Given, ...], Field(max_length=MAX_PICTURES)]
    request_id: str = ""

    @classmethod
    def of(cls, client_id: str, pictures: Sequence[InlinePicture], request_id: str = "") -> "TakeIn":
        """The message that asks for this."""
        given = [
            Given(kind=picture.kind, ids=picture.ids, data=base64.b64encode(picture.data).decode())
            for picture in pictures
        ]
        return cls(client_id=client_id, pictures=tuple(given), request_id=request_id)

    def inline_pictures(self) -> list[InlinePicture]:
        """The pictures that it speaks of."""
        return [
            InlinePicture(given.kind, given.ids, base64.b64decode(given.data, validate=True))
            for given in self.pictures
        ]


class Rejected(Model):
    """One of the pictures cannot be used, and nothing was stored.

    Attributes:
        at: its place among those that were given.
        detail: why, and what to do.
    """

    at: int
    detail: str


class Outcome(Model):
    """What came of it.

    Attributes:
        pictures: what is known of each picture that was given; None where that is nothing.
        rejected: what keeps all from being stored.
    """

    pictures: tuple[Picture | None, ...] = ()
    rejected: Rejected | None = None

    @classmethod
    def of(cls, rejection: InlinePictureRejected) -> "Outcome":
        """The outcome that one was rejected."""
        return cls(rejected=Rejected(at=rejection.at, detail=rejection.detail))

    def facts(self) -> Sequence[Picture | None]:
        """What is known of the pictures.

        Raises:
            InlinePictureRejected: one cannot be used.
        """
        if self.rejected is not None:
            raise InlinePictureRejected(self.rejected.at, self.rejected.detail)
        return self.pictures
