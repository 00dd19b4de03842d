"""What the routes of scenes take in their bodies."""

from typing import Annotated

from pydantic import Field

from scene_studio.http.admission import MAX_BODY_BYTES
from scene_studio.http.uploads import ContentType, FileSize
from scene_studio.model.edits import Request
from scene_studio.model.errors import InvalidRequest
from scene_studio.model.identifiers import Id
from scene_studio.model.scene import SceneName

PictureUrl = Annotated[str, Field(max_length=MAX_BODY_BYTES)]
"""A data URL, a web address of another place, or that of a stock scene; as long as a body may be."""


class Source(Request):
    """A picture that is here already: `stock`, or `slotId` and `imageId`, or `studioId` and `sceneId`.

    Attributes:
        stock: the id of a stock scene.
        slot_id: a slot of this studio.
        image_id: one of its revisions.
        studio_id: a studio of the same client, perhaps this one.
        scene_id: one of its scenes.
    """

    stock: Annotated[str, Field(max_length=64)] | None = None
    slot_id: Id | None = None
    image_id: Id | None = None
    studio_id: Id | None = None
    scene_id: Id | None = None


class NewScene(Request):
    """A scene to add; without an id it is given one. Its picture is told in one of three ways.

    Attributes:
        content_type: the type of a file that will be sent; `size` goes with it.
        size: that of the file in bytes.
        source: where the picture is already.
        image_url: the picture itself as a data URL, or its address.
    """

    id: Id | None = None
    name: SceneName = ""
    content_type: ContentType | None = None
    size: FileSize | None = None
    source: Annotated[Source | None, Field(alias="from")] = None
    image_url: PictureUrl | None = None

    def check(self) -> None:
        """Refuse a scene whose picture is told in no way, or in several.

        Raises:
            InvalidRequest: it is.
        """
        ways = {"/contentType": self.content_type, "/from": self.source, "/imageUrl": self.image_url}
        told = [field for field, value in ways.items() if value is not None]
        if len(told) > 1:
            raise InvalidRequest.of(told[1], f"leave this out, or {told[0]}; a scene has one picture")
        if not told:
            raise InvalidRequest.of(
                "/contentType",
                "say what the picture is: contentType and size of a file, or `from` where it is copied, or its "
                "imageUrl",
            )
        if self.content_type is not None and self.size is None:
            raise InvalidRequest.of("/size", "is required: the size of the file in bytes")


class SceneEdit(Request):
    """What people own in a scene.

    Attributes:
        name: null for none.
    """

    name: SceneName | None = None
