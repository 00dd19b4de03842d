"""Scenes, pictures and upload tickets as they are answered."""

from typing import Annotated

from pydantic import Field

from infra.contract.answers.base import Address, Answer, Cursor, OpenAnswer, OwnAddress, Pixels, Reason
from scene_studio.model.identifiers import Id, IsoTime
from scene_studio.model.scene import SceneName
from scene_studio.model.upload import Color, UploadState

Colors = Annotated[list[Color], Field(max_length=8)]


class UserScene(OpenAnswer):
    """A scene of the team's own; members of other names are those that it was imported with.

    Attributes:
        id: names it within its studio.
        name: for people; empty for none.
        state: what became of its newest file.
        reason: why that was rejected, for people to read.
        image_url: where its picture is: a stable path, or a web address.
        thumbnail_url: where a small one is.
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        colors: its most common colours, the most common first.
        deleted_at: when it was deleted.
        restorable_until: until when it can be brought back.
    """

    id: Id
    name: SceneName
    state: UploadState
    reason: Reason | None = None
    image_url: Address | None = None
    thumbnail_url: OwnAddress | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    colors: Colors | None = None
    deleted_at: IsoTime | None = None
    restorable_until: IsoTime | None = None


class UserSceneList(Answer):
    """Some of a studio's scenes, in the order in which they were added.

    Attributes:
        items: the scenes.
        next_cursor: asks for those that follow; absent at the end.
    """

    items: Annotated[list[UserScene], Field(max_length=100)]
    next_cursor: Cursor | None = None


class UploadTicket(Answer):
    """A form with which one file can be sent, as `multipart/form-data`: the fields, and last `file`.

    Attributes:
        url: where the form is posted.
        fields: its fields, to be sent as they are.
        expires_at: until when it is good.
    """

    url: Annotated[str, Field(max_length=2048, pattern=r"^(/|https?://)[^\s]+$")]
    fields: Annotated[dict[str, Annotated[str, Field(max_length=16_384)]], Field(max_length=32)]
    expires_at: IsoTime


class AskedScene(Answer):
    """A scene, and the ticket for its file if one is awaited.

    Attributes:
        scene: the scene.
        upload: the form to send its file with; absent where no file is awaited.
    """

    scene: UserScene
    upload: UploadTicket | None = None


class StockScene(Answer):
    """A scene that every client has.

    Attributes:
        id: its id.
        name: for people.
        image_url: where its picture is.
    """

    id: Id
    name: SceneName
    image_url: OwnAddress


class StockSceneList(Answer):
    """The stock scenes.

    Attributes:
        items: all of them.
    """

    items: Annotated[list[StockScene], Field(max_length=100)]
