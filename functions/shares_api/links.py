"""Where a guest link leads: a small object, written before the studio that knows the link.

A guest's request names neither client nor studio, and nothing is listed to find them. The object's key holds
the fingerprint of the secret, so a guess costs one read of nothing and learns nothing: whoever has not the
secret comes no further, whether there is such a link or not. The object itself grants nothing; the studio's
document decides. It is never changed, and useless once its link has expired.
"""

from pydantic_core import to_json

from scene_studio.model.base import Model
from scene_studio.model.identifiers import Id
from scene_studio.model.share import Share, fingerprint
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore, StoredObject


class Destination(Model):
    """The studio that a link leads to."""

    client_id: Id
    studio_id: Id

    def place(self) -> tuple[str, str]:
        """The ids of the client and of the studio."""
        return self.client_id, self.studio_id


def store_link(objects: ObjectStore, share: Share, destination: Destination) -> None:
    """Let the link lead to this studio.

    Raises:
        Busy: the store could not be reached.
    """
    with unavailable_is_busy():
        objects.put_once(
            keys.share(share.id, share.secret_sha256),
            to_json(destination, by_alias=True),
            content_type="application/json",
        )


def find_destination(objects: ObjectStore, share_id: str, secret: str) -> Destination | None:
    """Where the link with this secret leads or once led; None if there never was one.

    Raises:
        Busy: the store could not be read.
    """
    with unavailable_is_busy():
        found = objects.get(keys.share(share_id, fingerprint(secret)))
    return Destination.model_validate_json(found.body) if isinstance(found, StoredObject) else None
