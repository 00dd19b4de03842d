"""Pictures that come inside JSON: stored under keys of their own, before anything names them."""

from collections.abc import Mapping
from typing import Any

from scene_studio.images.data_url import decode_data_url, is_data_url
from scene_studio.images.inspect import inspect, open_upright
from scene_studio.images.normalise import photo_jpeg, product_png
from scene_studio.images.thumbnail import thumbnail_jpeg
from scene_studio.model import addresses
from scene_studio.model.client import Product
from scene_studio.model.errors import ImageRejected, InvalidRequest
from scene_studio.model.identifiers import derive
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore


class Pictures:
    """Takes in the pictures of one client.

    Attributes:
        stored: how many pictures this request stored or found stored already.
    """

    def __init__(self, objects: ObjectStore, client_id: str) -> None:
        self._objects = objects
        self._client_id = client_id
        self.stored = 0

    def in_product(self, members: Mapping[str, Any], field: str) -> Product:
        """The product of these JSON members, its picture stored if it brings one.

        Raises:
            InvalidRequest: the picture is none, or its address is not one of the web.
        """
        url = members.get("imageUrl")
        image_id = None if url is None else self._product(members["id"], url, field)
        picture = {"imageId": image_id, "imageUrl": url if image_id is None else None}
        return Product.model_validate({**members, **picture, "deletedAt": None})

    def _product(self, product_id: str, url: str, field: str) -> str | None:
        """The id of a product's stored picture; None if it lies elsewhere and its address is to be kept."""
        if self._stays_elsewhere(url, "", field):
            return None
        data = self._decoded(url, field)
        image_id = derive("product-picture", data.hex())
        png = self._converted(data, field, as_product=True)
        self._put(keys.product_image(self._client_id, product_id, image_id), png, "image/png")
        return image_id

    def revision(self, studio_id: str, slot_id: str, image_id: str, url: str, field: str) -> bool:
        """Store a revision's picture, to the byte if it is a JPEG.

        Returns:
            Whether it is in the store; False if it lies elsewhere and its address is to be kept.

        Raises:
            InvalidRequest: it is no picture, or the address is not one of the web.
        """
        place = (self._client_id, studio_id, slot_id, image_id)
        own = addresses.revision_image(*place)
        if url == own:
            return True
        if self._stays_elsewhere(url, own, field):
            return False
        data = self._decoded(url, field)
        jpeg = self._converted(data, field, as_product=False)
        self._put(keys.revision_thumbnail(*place), thumbnail_jpeg(jpeg), "image/jpeg")
        self._put(keys.revision(*place), jpeg, "image/jpeg")
        return True

    def scene(self, studio_id: str, scene_id: str | None, url: str, field: str) -> str | None:
        """Store a scene's picture, under the scene's id or, without one, under one made from the picture.

        Returns:
            The address it has then; None if it lies elsewhere and its address is to be kept.

        Raises:
            InvalidRequest: it is no picture, or the address is not one of the web or of a stock scene.
        """
        if url.startswith("/") or self._stays_elsewhere(url, "", field):
            return None
        data = self._decoded(url, field)
        scene_id = scene_id or derive("scene-picture", data.hex())
        jpeg = self._converted(data, field, as_product=False)
        place = (self._client_id, studio_id, scene_id)
        self._put(keys.user_scene_thumbnail(*place), thumbnail_jpeg(jpeg), "image/jpeg")
        self._put(keys.user_scene(*place), jpeg, "image/jpeg")
        return addresses.scene_image(*place)

    def _stays_elsewhere(self, url: str, own: str, field: str) -> bool:
        if is_data_url(url):
            return False
        if addresses.is_elsewhere(url) and len(url) <= 2048:
            return True
        raise InvalidRequest.of(
            field, f"must be a data URL with the picture, or an http(s) address{f', or {own}' if own else ''}"
        )

    def _decoded(self, url: str, field: str) -> bytes:
        try:
            return decode_data_url(url)
        except ImageRejected as error:
            raise InvalidRequest.of(field, error.detail) from error

    def _converted(self, data: bytes, field: str, *, as_product: bool) -> bytes:
        try:
            if as_product:
                return product_png(data)
            if inspect(data).format == "JPEG":
                open_upright(data)  # a JPEG is kept to the byte, but only one that can be read to its end
                return data
            return photo_jpeg(data)
        except ImageRejected as error:
            raise InvalidRequest.of(field, error.detail) from error

    def _put(self, key: str, body: bytes, content_type: str) -> None:
        with unavailable_is_busy():
            self._objects.put_once(key, body, content_type=content_type)
        self.stored += 1
