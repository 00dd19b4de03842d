"""Pictures that come inside JSON: gathered from the whole request, and taken in before anything names them."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from intake_api.urls import MAX_URL, stays_elsewhere
from scene_studio.http.requests import PictureOpener
from scene_studio.images.data_url import decode_data_url
from scene_studio.inline.pictures import MAX_PICTURES, InlinePicture, InlinePictureRejected, Kind
from scene_studio.model import addresses
from scene_studio.model.client import Product
from scene_studio.model.errors import FieldError, ImageRejected, InvalidRequest
from scene_studio.model.identifiers import derive
from scene_studio.model.upload import Picture
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore, all_names

_TOO_MANY: Final = (
    f"more than {MAX_PICTURES} pictures came inside this request; send them in several, each of which adds "
    "what is not there yet"
)


class _Gathered(NamedTuple):
    """A picture, and where it stands in the request."""

    picture: InlinePicture
    field: str


class Pictures:
    """The pictures that one request brings: gathered one by one, then all taken in or none."""

    def __init__(self, objects: ObjectStore, opener: PictureOpener, client_id: str) -> None:
        self._objects = objects
        self._opener = opener
        self._client_id = client_id
        self._gathered: dict[tuple[Kind, tuple[str, ...]], _Gathered] = {}
        self._named: dict[str, dict[str, str]] = {}
        self._of_products: dict[str, Picture] = {}

    def take_in(self) -> int:
        """Have all stored, before anything names them.

        Returns:
            How many there were.

        Raises:
            InvalidRequest: one cannot be used; one that is named by its address here is not here; there are too
                many. Nothing was stored.
            Busy: they could not be taken in this time; some may be stored.
        """
        self._check_named()
        gathered = list(self._gathered.values())
        if len(gathered) > MAX_PICTURES:
            raise InvalidRequest.of(gathered[MAX_PICTURES].field, _TOO_MANY)
        if not gathered:
            return 0
        try:
            facts = self._opener().take_in(self._client_id, [one.picture for one in gathered])
        except InlinePictureRejected as error:
            raise InvalidRequest.of(gathered[error.at].field, error.detail) from error
        for one, known in zip(gathered, facts, strict=True):
            if known is not None:
                self._of_products[one.picture.ids[0]] = known
        return len(gathered)

    def _check_named(self) -> None:
        # By listings: a whole history costs one of them, and this function may look at no picture.
        missing = []
        for folder, fields in self._named.items():
            with unavailable_is_busy():
                there = set(all_names(self._objects, folder))
            missing += [field for key, field in fields.items() if key not in there]
        if missing:
            advice = "this picture is not here; send it as a data URL, or move the client by `make export`"
            raise InvalidRequest([FieldError(field, advice) for field in missing])

    def in_product(self, members: Mapping[str, Any], field: str) -> Product:
        """The product of these JSON members, without the picture that it may bring: see `completed`.

        Raises:
            InvalidRequest: what it brings is no picture, or its address is not one of the web.
        """
        url = members.get("imageUrl")
        if url is None or stays_elsewhere(url, field):
            return Product.model_validate({**members, "imageId": None})
        product = Product.model_validate({**members, "imageId": None, "imageUrl": None})
        data = self._decoded(url, field)
        self._gather("product", (product.id, derive("product-picture", data.hex())), data, field)
        return product

    def completed(self, product: Product) -> Product:
        """The product with the picture that it brought, once that was taken in."""
        picture = self._of_products.get(product.id)
        return product if picture is None else product.replace(image_id=picture.id, pictures=(picture,))

    def revision(self, studio_id: str, slot_id: str, image_id: str, url: str, field: str) -> bool:
        """Gather a revision's picture, which will be kept to the byte if it is a JPEG.

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
        self._gather("revision", place[1:], self._decoded(url, field), field)
        return True

    def scene(self, studio_id: str, scene_id: str | None, url: str, field: str) -> str | None:
        """Gather a scene's picture, under the scene's id or, without one, under one made from the picture.

        Returns:
            The address it will have; None if it lies elsewhere and its address is to be kept.

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
        self._gather("scene", (studio_id, scene_id), data, field)
        return addresses.scene_image(self._client_id, studio_id, scene_id)

    def _expect(self, folder: str, key: str, field: str) -> None:
        """Have it checked that a picture is in the store, with the others of its folder."""
        self._named.setdefault(folder, {})[key] = field

    def _decoded(self, url: str, field: str) -> bytes:
        try:
            return decode_data_url(url)
        except ImageRejected as error:
            raise InvalidRequest.of(field, error.detail) from error

    def _gather(self, kind: Kind, ids: tuple[str, ...], data: bytes, field: str) -> None:
        # A scene that many revisions show is opened once.
        self._gathered.setdefault((kind, ids), _Gathered(InlinePicture(kind, ids, data), field))
