"""Scene: a picture that products are placed in, from stock or uploaded by the team."""

from typing import Annotated, Final

from pydantic import Field

from scene_studio.model.base import Model, Text
from scene_studio.model.identifiers import Id, IsoTime
from scene_studio.model.upload import Picture, Upload, UploadState

MAX_USER_SCENES: Final = 200

SceneName = Annotated[str, Text(200, empty=True)]


class Scene(Model):
    """A scene of the team's own.

    Attributes:
        image_url: only for a picture that lies elsewhere; those of our own have an address made from ids.
        picture: the picture in our store; absent while there is none, and for scenes that were imported,
            whose picture has the scene's own id.
        upload: the file that is to be its picture, or its next one.
        deleted_at: the tombstone.
    """

    id: Id
    name: SceneName = ""
    image_url: Annotated[str, Field(max_length=2048)] | None = None
    picture: Picture | None = None
    upload: Upload | None = None
    deleted_at: IsoTime | None = None

    @property
    def state(self) -> UploadState:
        """What became of the newest file; a scene whose new file was rejected keeps the picture it had."""
        if self.upload is None:
            return "READY"
        return "PROCESSING" if self.upload.is_open else "REJECTED"

    @property
    def picture_id(self) -> str | None:
        """The id of its picture in our store; None if there is none yet, or if it lies elsewhere."""
        if self.picture is not None:
            return self.picture.id
        return None if self.upload is not None or self.image_url is not None else self.id
