"""The only place that spells a key.

Every argument is an `Id`, a page name, or made from one: nothing that a caller could bend.
"""

from typing import Final, NamedTuple

from scene_studio.model.identifiers import is_id
from scene_studio.model.upload import UploadOwner
from scene_studio.store.object_store import UPLOADS


def client(client_id: str) -> str:
    """The client document."""
    return f"clients/{client_id}/client.json"


def clients() -> str:
    """The prefix under which each client has a folder."""
    return "clients/"


def client_folder(client_id: str) -> str:
    """The prefix of all that is a client's, its studios among it."""
    return f"{clients()}{client_id}/"


def studio(client_id: str, studio_id: str) -> str:
    """The studio document."""
    return f"{studio_folder(client_id, studio_id)}config.json"


def studios(client_id: str) -> str:
    """The prefix under which each studio of a client has a folder."""
    return f"clients/{client_id}/scene-studios/"


def studio_folder(client_id: str, studio_id: str) -> str:
    """The prefix of all that is a studio's own."""
    return f"{studios(client_id)}{studio_id}/"


def history_page(client_id: str, studio_id: str, slot_id: str, name: str) -> str:
    """A page of a slot's older revisions."""
    return f"{_slot(client_id, studio_id, slot_id)}/history/{name}.json"


def revision(client_id: str, studio_id: str, slot_id: str, image_id: str) -> str:
    """A generated picture."""
    return f"{revisions(client_id, studio_id, slot_id)}{image_id}.jpg"


def revision_thumbnail(client_id: str, studio_id: str, slot_id: str, image_id: str) -> str:
    """A small version of a generated picture."""
    return f"{revisions(client_id, studio_id, slot_id)}{image_id}.thumb.jpg"


def revisions(client_id: str, studio_id: str, slot_id: str) -> str:
    """The prefix of a slot's generated pictures."""
    return f"{_slot(client_id, studio_id, slot_id)}/revisions/"


def user_scene(client_id: str, studio_id: str, picture_id: str) -> str:
    """The picture of a scene of the team's own; a scene's first picture has the scene's id."""
    return f"{user_scenes(client_id, studio_id)}{picture_id}.jpg"


def user_scene_thumbnail(client_id: str, studio_id: str, picture_id: str) -> str:
    """A small version of the picture of a scene."""
    return f"{user_scenes(client_id, studio_id)}{picture_id}.thumb.jpg"


def user_scenes(client_id: str, studio_id: str) -> str:
    """The prefix of a studio's scene pictures."""
    return f"{studio_folder(client_id, studio_id)}user-scenes/"


def inbox(client_id: str, studio_id: str) -> str:
    """The prefix of the results that wait to be folded into a studio, or for `LIBRARY` into the client."""
    return f"{inboxes()}{client_id}/{studio_id}/"


def inboxes() -> str:
    """The prefix of all results that wait."""
    return "inbox/"


def result(client_id: str, studio_id: str, image_id: str, unique: str) -> str:
    """A result that waits to be folded in; `unique` is used for no other."""
    return f"{inbox(client_id, studio_id)}{image_id}.{unique}.json"


def claim(client_id: str, studio_id: str, image_id: str) -> str:
    """The claim of the worker that makes a picture."""
    return f"{claims(client_id, studio_id)}{image_id}"


def claims(client_id: str, studio_id: str) -> str:
    """The prefix of the claims on pictures of a studio."""
    return f"claims/{client_id}/{studio_id}/"


def reminders() -> str:
    """The prefix of all reminders."""
    return "reminders/"


def reminders_of(client_id: str, studio_id: str) -> str:
    """The prefix of the reminders that a studio, or for `LIBRARY` the client, has pictures under way."""
    return f"{reminders()}{client_id}/{studio_id}/"


def reminder(client_id: str, studio_id: str, milliseconds: int, unique: str) -> str:
    """A reminder that a studio, or a library, has pictures under way, with the time they were asked for."""
    return f"{reminders_of(client_id, studio_id)}{milliseconds:013d}.{unique}"


def purge_round() -> str:
    """How far the janitor has come in looking for studios to be purged."""
    return "janitor/purge-round.json"


def share(share_id: str, fingerprint: str) -> str:
    """What a guest link leads to; only who has the link's secret can name this key."""
    return f"shares/{share_id}/{fingerprint}.json"


def product_image(client_id: str, product_id: str, image_id: str) -> str:
    """A product's picture."""
    return f"clients/{client_id}/products/{product_id}/{image_id}.png"


def product_thumbnail(client_id: str, product_id: str, image_id: str) -> str:
    """A small version of a product's picture."""
    return f"clients/{client_id}/products/{product_id}/{image_id}.thumb.png"


def product_cutout(client_id: str, product_id: str, image_id: str) -> str:
    """The product alone, without the background of its picture."""
    return f"clients/{client_id}/products/{product_id}/{image_id}.cutout.png"


LIBRARY: Final = "_library"
"""Stands where a studio's id does, for what belongs to the client itself; no id begins with `_`."""


class UploadPlace(NamedTuple):
    """Whose file an upload is.

    Attributes:
        client_id: the client's.
        studio_id: the studio's; `LIBRARY` for a product's picture.
        owner: what the picture is for.
        owner_id: the scene's or the product's.
        upload_id: the upload's.
    """

    client_id: str
    studio_id: str
    owner: UploadOwner
    owner_id: str
    upload_id: str


def upload(place: UploadPlace) -> str:
    """A file as it was sent."""
    return UPLOADS + "/".join(place)


def uploads(client_id: str, studio_id: str) -> str:
    """The prefix of the files that were sent to a studio."""
    return f"{UPLOADS}{client_id}/{studio_id}/"


def upload_place(key: str) -> UploadPlace | None:
    """Whose file the object of this key is; None for a key that `upload` never spells."""
    parts = key.removeprefix(UPLOADS).split("/")
    if not key.startswith(UPLOADS) or len(parts) != len(UploadPlace._fields):
        return None
    client_id, studio_id, owner, owner_id, upload_id = parts
    if owner == "scene":
        place = UploadPlace(client_id, studio_id, "scene", owner_id, upload_id)
        ids = [client_id, studio_id, owner_id, upload_id]
    elif owner == "product" and studio_id == LIBRARY:
        place = UploadPlace(client_id, studio_id, "product", owner_id, upload_id)
        ids = [client_id, owner_id, upload_id]
    else:
        return None
    return place if all(map(is_id, ids)) else None


def uploaded_picture(place: UploadPlace) -> str:
    """The picture that becomes of an upload."""
    if place.owner == "scene":
        return user_scene(place.client_id, place.studio_id, place.upload_id)
    return product_image(place.client_id, place.owner_id, place.upload_id)


def uploaded_thumbnail(place: UploadPlace) -> str:
    """A small version of the picture that becomes of an upload."""
    if place.owner == "scene":
        return user_scene_thumbnail(place.client_id, place.studio_id, place.upload_id)
    return product_thumbnail(place.client_id, place.owner_id, place.upload_id)


def _slot(client_id: str, studio_id: str, slot_id: str) -> str:
    return f"{studio_folder(client_id, studio_id)}slots/{slot_id}"
