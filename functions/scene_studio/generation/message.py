"""The message that travels through the queue: which picture is wanted. Everything else is in the document."""

from collections.abc import Iterable

from scene_studio.model.base import Model
from scene_studio.model.identifiers import Id


class WantedPicture(Model):
    """A picture that was asked for; the message is a hint, and may come late, twice, or for nothing."""

    client_id: Id
    studio_id: Id
    slot_id: Id
    image_id: Id


def encode_messages(pictures: Iterable[WantedPicture]) -> list[str]:
    """The bodies of the messages about these pictures."""
    return [picture.model_dump_json(by_alias=True) for picture in pictures]
