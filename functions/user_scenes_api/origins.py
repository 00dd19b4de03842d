"""Where the picture of a new scene comes from, when no file of it is to be sent."""

from typing import NamedTuple

from scene_studio.images.data_url import decode_data_url, is_data_url
from scene_studio.model import addresses
from scene_studio.model.errors import Deleted, ImageRejected, InvalidRequest, NotFound
from scene_studio.model.studio import Studio
from scene_studio.model.user_scenes import user_scene
from scene_studio.stock_scenes import STOCK_SCENES, StockScene, stock_picture, stock_scene_at
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.studios import Studios
from user_scenes_api.messages import Source

_MAX_URL = 2048


class Elsewhere(NamedTuple):
    """A picture that lies and stays in another place."""

    url: str


class Given(NamedTuple):
    """A picture that is in hand."""

    body: bytes


class Kept(NamedTuple):
    """A picture that is the object of this key."""

    key: str


Origin = Elsewhere | Given | Kept


def origin_of_url(url: str) -> Origin:
    """The picture that an `imageUrl` gives or names.

    Raises:
        InvalidRequest: it does neither.
    """
    if is_data_url(url):
        try:
            body = decode_data_url(url)
        except ImageRejected as error:
            raise InvalidRequest.of("/imageUrl", error.detail) from error
        if not body:
            raise InvalidRequest.of("/imageUrl", "holds no picture; put the file into it in base 64")
        return Given(body)
    stock = stock_scene_at(url)
    if stock is not None:
        return Given(stock_picture(stock))
    if addresses.is_elsewhere(url) and len(url) <= _MAX_URL:
        return Elsewhere(url)
    raise InvalidRequest.of(
        "/imageUrl",
        "must be a data URL with the picture, an http(s) address, or the address of a stock scene; to copy "
        "another picture that is here, say `from` where",
    )


class Origins:
    """Finds pictures that are here already, for a studio that is to have a copy."""

    def __init__(self, studios: Studios, objects: ObjectStore) -> None:
        self._studios = studios
        self._objects = objects

    def find(self, studio: Studio, source: Source) -> Origin:
        """The picture that a source names.

        Raises:
            InvalidRequest: there is none, or the source names several or half of one.
            Busy: the store could not be read.
        """
        named = source.model_dump(exclude_none=True)
        if named.keys() == {"stock"}:
            return Given(stock_picture(_stock_scene(named["stock"])))
        if named.keys() == {"slot_id", "image_id"}:
            return self._stored(self._revision(studio, **named), "/from/imageId")
        if named.keys() == {"studio_id", "scene_id"}:
            return self._stored(self._scene(studio.client_id, **named), "/from/sceneId")
        raise InvalidRequest.of(
            "/from", "must have `stock`, or `slotId` and `imageId`, or `studioId` and `sceneId`, and no more"
        )

    def _revision(self, studio: Studio, slot_id: str, image_id: str) -> str:
        """The key of a revision's picture."""
        slot = studio.find_slot(slot_id)
        if slot is None or slot.deleted_at is not None:
            raise InvalidRequest.of(
                "/from/slotId", f"this studio has no slot {slot_id!r}, or it is deleted; name another"
            )
        revision = self._studios.find_revision(studio, slot, image_id)
        if revision is None:
            raise InvalidRequest.of(
                "/from/imageId", f"the slot has no revision {image_id!r}; its history lists what there is"
            )
        if revision.url is not None:
            raise InvalidRequest.of(
                "/from/imageId", "this revision's picture lies elsewhere; download it and send it as a file"
            )
        return keys.revision(studio.client_id, studio.id, slot_id, image_id)

    def _scene(self, client_id: str, studio_id: str, scene_id: str) -> str:
        """The key of a scene's picture."""
        try:
            scene = user_scene(self._studios.read(client_id, studio_id).document, scene_id)
        except (NotFound, Deleted) as error:
            field = "/from/studioId" if error.members["kind"] == "studio" else "/from/sceneId"
            raise InvalidRequest.of(field, error.detail) from error
        if scene.picture_id is None:
            raise InvalidRequest.of(
                "/from/sceneId",
                "this scene has no picture here: it lies elsewhere, or is PROCESSING, or was REJECTED; "
                "choose one that is READY",
            )
        return keys.user_scene(client_id, studio_id, scene.picture_id)

    def _stored(self, key: str, field: str) -> Kept:
        with unavailable_is_busy():
            if self._objects.heads([key]) == [None]:
                raise InvalidRequest.of(field, "its picture is not here; choose another")
        return Kept(key)


def _stock_scene(name: str) -> StockScene:
    found = next((scene for scene in STOCK_SCENES if scene.id == name), None)
    if found is None:
        raise InvalidRequest.of("/from/stock", "must be the id of a stock scene; GET /api/scenes lists them")
    return found
