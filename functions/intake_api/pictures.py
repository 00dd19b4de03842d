"""Pictures that come inside JSON: stored under keys of their own, before anything names them."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from intake_api.urls import MAX_URL, stays_elsewhere
from scene_studio.images.data_url import decode_data_url
from scene_studio.images.forms import PRODUCT_LONGEST_SIDE, TakenIn
from scene_studio.images.inspect import inspect, open_upright
from scene_studio.images.intake import take_in
from scene_studio.images.normalise import photo_jpeg
from scene_studio.images.thumbnail import thumbnail_jpeg
from scene_studio.model import addresses
from scene_studio.model.client import Product
from scene_studio.model.errors import FieldError, ImageRejected, InvalidRequest
from scene_studio.model.identifiers import derive
from scene_studio.model.upload import Picture
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore, all_names

_CLOSELY_PIXELS: Final = 20_000_000
"""So many pixels of products are looked at closely in one request, for their outlines and colours, which takes
about a second of the processor for each three million; an import of a large library has to end in time."""


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
        self._named: dict[str, dict[str, str]] = {}
        self._pictures = 0
        self._closely = _CLOSELY_PIXELS

    def store(self) -> int:
        """Store what was taken in, before anything names it.

        Returns:
            How many pictures there were.

        Raises:
            InvalidRequest: a picture that is named by its address here is not here; nothing was stored.
            Busy: the store could not be reached; some may be stored.
        """
        with unavailable_is_busy():
            self._check_named()
            for key, body, content_type in self._taken:
                self._objects.put_once(key, body, content_type=content_type)
        return self._pictures

    def _check_named(self) -> None:
        # By listings: a whole history costs one of them, and this function may look at no picture.
        missing = []
        for folder, fields in self._named.items():
            there = set(all_names(self._objects, folder))
            missing += [field for key, field in fields.items() if key not in there]
        if missing:
            advice = "this picture is not here; send it as a data URL, or move the client by `make export`"
            raise InvalidRequest([FieldError(field, advice) for field in missing])

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
        if stays_elsewhere(url, field):
            return None
        data = self._decoded(url, field)
        image_id = derive("product-picture", data.hex())
        taken = self._product_taken_in(data, field)
        place = (self._client_id, product_id, image_id)
        beside = {keys.product_thumbnail(*place): taken.thumbnail}
        if taken.cutout is not None:
            beside[keys.product_cutout(*place)] = taken.cutout
        self._take(keys.product_image(*place), taken.picture, "image/png", beside)
        return Picture(
            id=image_id,
            width=taken.width,
            height=taken.height,
            colors=taken.colors,
            sha256=taken.sha256,
            cutout=taken.cutout is not None,
        )

    def _product_taken_in(self, data: bytes, field: str) -> TakenIn:
        try:
            size = inspect(data)
            pixels = min(size.width * size.height, PRODUCT_LONGEST_SIDE**2)
            closely = pixels <= self._closely
            self._closely -= pixels if closely else 0
            return take_in(data, "product", cut_out=closely)
        except ImageRejected as error:
            raise InvalidRequest.of(field, error.detail) from error

    def revision(self, studio_id: str, slot_id: str, image_id: str, url: str, field: str) -> bool:
        """Take in a revision's picture, to the byte if it is a JPEG.

        Returns:
            Whether it will be in the store, or is to be there already; False if it lies elsewhere and its
            address is to be kept.

        Raises:
            InvalidRequest: it is no picture, or the address is not one of the web.
        """
        place = (self._client_id, studio_id, slot_id, image_id)
        own = addresses.revision_image(*place)
        if url == own:
            self._expect(keys.revisions(*place[:3]), keys.revision(*place), field)
            return True
        if stays_elsewhere(url, field, own):
            return False
        data = self._decoded(url, field)
        jpeg = self._jpeg(data, field)
        beside = {keys.revision_thumbnail(*place): thumbnail_jpeg(jpeg)}
        self._take(keys.revision(*place), jpeg, "image/jpeg", beside)
        return True

    def scene(self, studio_id: str, scene_id: str | None, url: str, field: str) -> str | None:
        """Take in a scene's picture, under the scene's id or, without one, under one made from the picture.

        Returns:
            The address it has then; None if it lies elsewhere and its address is to be kept.

        Raises:
            InvalidRequest: it is no picture, or the address is not one of the web or of a stock scene.
        """
        if scene_id is not None and url == addresses.scene_image(self._client_id, studio_id, scene_id):
            place = (self._client_id, studio_id)
            self._expect(keys.user_scenes(*place), keys.user_scene(*place, scene_id), field)
        if (url.startswith("/") and len(url) <= MAX_URL) or stays_elsewhere(url, field):
            return None
        data = self._decoded(url, field)
        scene_id = scene_id or derive("scene-picture", data.hex())
        jpeg = self._jpeg(data, field)
        own = (self._client_id, studio_id, scene_id)
        beside = {keys.user_scene_thumbnail(*own): thumbnail_jpeg(jpeg)}
        self._take(keys.user_scene(*own), jpeg, "image/jpeg", beside)
        return addresses.scene_image(*own)

    def _expect(self, folder: str, key: str, field: str) -> None:
        """Have it checked that a picture is in the store, with the others of its folder."""
        self._named.setdefault(folder, {})[key] = field

    def _decoded(self, url: str, field: str) -> bytes:
        try:
            return decode_data_url(url)
        except ImageRejected as error:
            raise InvalidRequest.of(field, error.detail) from error

    def _jpeg(self, data: bytes, field: str) -> bytes:
        try:
            if inspect(data).format == "JPEG":
                open_upright(data)  # a JPEG is kept to the byte, but only one that can be read to its end
                return data
            return photo_jpeg(data)
        except ImageRejected as error:
            raise InvalidRequest.of(field, error.detail) from error

    def _take(self, key: str, body: bytes, content_type: str, beside: Mapping[str, bytes]) -> None:
        """Have a picture stored, after what is made of it."""
        for name, made in {**beside, key: body}.items():
            self._taken.append(_Stored(name, made, content_type))
        self._pictures += 1
