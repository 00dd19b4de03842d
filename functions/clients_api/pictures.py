"""Pictures that come inside JSON: stored under keys of their own, before anything names them."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from scene_studio.images.data_url import decode_data_url, is_data_url
from scene_studio.images.inspect import inspect, open_upright
from scene_studio.images.normalise import photo_jpeg, product_png
from scene_studio.images.thumbnail import thumbnail_jpeg
from scene_studio.model import addresses
from scene_studio.model.client import Product
from scene_studio.model.errors import ImageRejected, InvalidRequest
from scene_studio.model.identifiers import derive
from scene_studio.model.upload import Picture
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore

MAX_URL: Final = 2048


class _Stored(NamedTuple):
    """An object to be stored."""

    key: str
    body: bytes
    content_type: str


class Pictures:
    """Takes in the pictures of one client: all are checked first, and stored together.

    A request that is refused half-way then leaves nothing under a key that a later picture wants.
    """

    def __init__(self, objects: ObjectStore, client_id: str) -> None:
        self._objects = objects
        self._client_id = client_id
        self._taken: list[_Stored] = []

    def store(self) -> int:
        """Store what was taken in, before anything names it.

        Returns:
            How many pictures there were.

        Raises:
            Busy: the store could not be reached; some may be stored.
        """
        with unavailable_is_busy():
            for key, body, content_type in self._taken:
                self._objects.put_once(key, body, content_type=content_type)
        return sum(not taken.key.endswith(".thumb.jpg") for taken in self._taken)

    def in_product(self, members: Mapping[str, Any], field: str) -> Product:
        """The product of these JSON members, its picture taken in if it brings one.

        Raises:
            InvalidRequest: the picture is none, or its address is not one of the web.
        """
        url = members.get("imageUrl")
        picture = None if url is None else self._product(members["id"], url, field)
        product = Product.model_validate({**members, "imageId": None, "imageUrl": None})
        if picture is None:
            return product.replace(image_url=url)
        return product.replace(image_id=picture.id, pictures=(picture,))

    def _product(self, product_id: str, url: str, field: str) -> Picture | None:
        """The picture that a product brings; None if that lies and stays elsewhere."""
        if self._stays_elsewhere(url, "", field):
            return None
        data = self._decoded(url, field)
        image_id = derive("product-picture", data.hex())
        png = self._converted(data, field, as_product=True)
        self._take(keys.product_image(self._client_id, product_id, image_id), png, "image/png")
        size = inspect(png)
        sha256 = hashlib.sha256(png).hexdigest()
        return Picture(id=image_id, width=size.width, height=size.height, sha256=sha256)

    def revision(self, studio_id: str, slot_id: str, image_id: str, url: str, field: str) -> bool:
        """Take in a revision's picture, to the byte if it is a JPEG.

        Returns:
            Whether it will be in the store; False if it lies elsewhere and its address is to be kept.

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
        self._take(keys.revision_thumbnail(*place), thumbnail_jpeg(jpeg), "image/jpeg")
        self._take(keys.revision(*place), jpeg, "image/jpeg")
        return True

    def scene(self, studio_id: str, scene_id: str | None, url: str, field: str) -> str | None:
        """Take in a scene's picture, under the scene's id or, without one, under one made from the picture.

        Returns:
            The address it has then; None if it lies elsewhere and its address is to be kept.

        Raises:
            InvalidRequest: it is no picture, or the address is not one of the web or of a stock scene.
        """
        if (url.startswith("/") and len(url) <= MAX_URL) or self._stays_elsewhere(url, "", field):
            return None
        data = self._decoded(url, field)
        scene_id = scene_id or derive("scene-picture", data.hex())
        jpeg = self._converted(data, field, as_product=False)
        place = (self._client_id, studio_id, scene_id)
        self._take(keys.user_scene_thumbnail(*place), thumbnail_jpeg(jpeg), "image/jpeg")
        self._take(keys.user_scene(*place), jpeg, "image/jpeg")
        return addresses.scene_image(*place)

    def _stays_elsewhere(self, url: str, own: str, field: str) -> bool:
        if is_data_url(url):
            return False
        if addresses.is_elsewhere(url) and len(url) <= MAX_URL:
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

    def _take(self, key: str, body: bytes, content_type: str) -> None:
        self._taken.append(_Stored(key, body, content_type))
