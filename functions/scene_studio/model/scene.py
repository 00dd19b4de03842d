"""Scene: a picture that products are placed in, from stock or uploaded by the team."""

from typing import Annotated, Final, Literal

from pydantic import Field

from scene_studio.model.base import Model, Text
from scene_studio.model.identifiers import Id, IsoTime

MAX_USER_SCENES: Final = 200

SceneState = Literal["PROCESSING", "READY", "REJECTED"]


class Scene(Model):
    """A scene of the team's own.

    Attributes:
        image_url: only for a picture that lies elsewhere; those of our own have an address made from ids.
        state: absent means READY, as scenes were before uploads had states.
        deleted_at: the tombstone.
    """

    id: Id
    name: Annotated[str, Text(200, empty=True)] = ""
    image_url: Annotated[str, Field(max_length=2048)] | None = None
    state: SceneState | None = None
    deleted_at: IsoTime | None = None
