"""Making one picture: from an intent to a stored JPEG and the revision that describes it.

The JPEG itself says how it was made, and its revision is read from it: one that an earlier attempt stored is
described as if that attempt had gone on.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scene_studio.generation.capabilities import COMPOSITOR
from scene_studio.generation.image_model import ImageModel, ImageRequest, ImageResult, ProductPicture
from scene_studio.generation.message import WantedPicture
from scene_studio.generation.prompt import build_negative_prompt
from scene_studio.generation.scenes import own_scene, scene_picture
from scene_studio.images.inspect import inspect
from scene_studio.images.provenance import (
    DigitalSource,
    Provenance,
    UsedProduct,
    UsedScene,
    read_provenance,
    with_provenance,
)
from scene_studio.images.thumbnail import thumbnail_jpeg
from scene_studio.model.errors import Busy
from scene_studio.model.intent import IntendedProduct, Intent
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.settings import Placement, SceneGenerationSettings, SceneReference, resolve
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore, StoredObject, Unavailable
from scene_studio.store.pacing import Pacing


@dataclass(frozen=True, slots=True)
class Job:
    """One picture to make.

    Attributes:
        place: where it belongs.
        intent: what was asked for.
        objects: where pictures are.
        clock: milliseconds since the Unix epoch.
    """

    place: WantedPicture
    intent: Intent
    objects: ObjectStore
    clock: Callable[[], int]

    def stored(self) -> GeneratedSceneImage | None:
        """The revision, if an earlier attempt stored its picture; that may have ended before its thumbnail.

        Raises:
            Busy: the store could not be reached.
        """
        with unavailable_is_busy():
            found = self.objects.get(keys.revision(*self._path))
            if not isinstance(found, StoredObject):
                return None
            self._keep_thumbnail(found.body)
        return self._revision(found.body)

    def make(self, model: ImageModel, seconds: float, pacing: Callable[[], Pacing]) -> GeneratedSceneImage:
        """Ask the model once, store the picture with its thumbnail, and describe it.

        Args:
            model: what makes the picture.
            seconds: how long it may take.
            pacing: how long to try to store it, from when it is there.

        Raises:
            GenerationRefused: the model would not make it.
            ImageRejected: a product or scene picture could not be read.
            InvalidRequest: the settings name a scene that is not here.
            ModelUnavailable: it could not be made now.
            Busy: the store could not be reached.
        """
        began = self.clock()
        settings = resolve(self.intent.settings)
        with unavailable_is_busy():
            request = ImageRequest(
                prompt=self.intent.prompt,
                negative_prompt=build_negative_prompt(settings),
                settings=settings,
                products=tuple(map(self._pictured, self.intent.products)),
                scene=scene_picture(
                    self.intent.settings.scene,
                    self.place.client_id,
                    self.place.studio_id,
                    self.objects,
                    self.intent.scene_picture_id,
                ),
                seed=self.intent.seed,
                seconds=max(1.0, seconds - (self.clock() - began) / 1000),
            )
        answer = model.generate(request)
        made = self._provenance(request, answer, model.capabilities.name, began)
        return self._revision(self._keep(with_provenance(answer.jpeg, made), pacing()))

    def _keep(self, jpeg: bytes, pacing: Pacing) -> bytes:
        """Store the picture, then its thumbnail; it is paid for, so this is tried for as long as there is.

        Returns:
            The picture that is stored: that of an earlier attempt, if it has landed meanwhile.
        """
        key = keys.revision(*self._path)
        thumbnail_jpeg(jpeg)  # what is no picture is not stored
        for _ in pacing.attempt():
            try:
                if not self.objects.put_once(key, jpeg, content_type="image/jpeg"):
                    found = self.objects.get(key)
                    jpeg = found.body if isinstance(found, StoredObject) else jpeg
                self._keep_thumbnail(jpeg)
            except Unavailable:
                continue
            return jpeg
        raise Busy("The store stayed out of reach, and a picture that was made could not be stored.")

    def _keep_thumbnail(self, jpeg: bytes) -> None:
        """Store the thumbnail of the picture that is stored, and of no other: two attempts may differ."""
        key = keys.revision_thumbnail(*self._path)
        self.objects.put_once(key, thumbnail_jpeg(jpeg), content_type="image/jpeg")

    @property
    def _path(self) -> tuple[str, str, str, str]:
        place = self.place
        return place.client_id, place.studio_id, place.slot_id, place.image_id

    def _revision(self, jpeg: bytes) -> GeneratedSceneImage:
        size = inspect(jpeg)
        revision = GeneratedSceneImage(
            id=self.intent.id,
            timestamp=self.clock(),
            product_ids=tuple(product.id for product in self.intent.products),
            product_names=tuple(product.name for product in self.intent.products),
            settings=self.intent.settings,
            debug_prompt=self.intent.prompt,
            seed=self.intent.seed,
            width=size.width,
            height=size.height,
            sha256=_sha256(jpeg),
        )
        made = read_provenance(jpeg)
        if made is None:  # it was stored before pictures said how they were made
            return revision
        return revision.replace(
            timestamp=made.created,
            model=made.model,
            seed=made.seed,
            took_milliseconds=made.took_milliseconds,
            cost_micros=made.cost_micros,
            product_image_ids=tuple(product.image_id for product in made.products),
            scene_sha256=made.scene.sha256 if made.scene else None,
        )

    def _provenance(self, request: ImageRequest, answer: ImageResult, model: str, began: int) -> Provenance:
        ended = self.clock()
        scene = self._nameless_scene()
        return Provenance(
            revision_id=self.intent.id,
            created=ended,
            source=_digital_source(model, request),
            model=model,
            seed=answer.seed,
            cost_micros=answer.cost_micros,
            took_milliseconds=max(0, ended - began),
            prompt=self.intent.prompt,
            settings=_told(self.intent.settings.replace(scene=scene)),
            products=tuple(map(_used, self.intent.products, request.products)),
            scene=UsedScene(scene.image_url or "", _sha256(request.scene)) if scene and request.scene else None,
        )

    def _nameless_scene(self) -> SceneReference | None:
        """The scene that was chosen; its address names neither the client nor the studio."""
        scene = self.intent.settings.scene
        if scene is None:
            return None
        own = own_scene(scene, self.place.client_id, self.place.studio_id)
        address = scene.image_url if own is None else f"user-scenes/{own}"
        return SceneReference(id=scene.id, name=scene.name, image_url=address)

    def _pictured(self, product: IntendedProduct) -> ProductPicture:
        """The product with its picture, or with that of it alone if there is one."""
        picture = None
        if product.image_id is not None:
            name = self.place.client_id, product.id, product.image_id
            picture = self._body(keys.product_cutout(*name)) if product.cutout else None
            picture = picture or self._body(keys.product_image(*name))
        return ProductPicture(product.id, product.name, picture)

    def _body(self, key: str) -> bytes | None:
        stored = self.objects.get(key)
        return stored.body if isinstance(stored, StoredObject) else None


def _digital_source(model: str, request: ImageRequest) -> DigitalSource:
    """Where the pixels come from. A model that is not known to be trained on nothing counts as trained."""
    has_products = any(product.picture is not None for product in request.products)
    if model != COMPOSITOR.name:
        return DigitalSource.COMPOSITE_WITH_TRAINED if has_products else DigitalSource.TRAINED
    has_pictures = has_products or request.scene is not None
    return DigitalSource.COMPOSITE if has_pictures else DigitalSource.ALGORITHMIC


def _told(settings: SceneGenerationSettings) -> dict[str, Any]:
    """The members that this version knows; others had no part in the picture, and are for nobody else."""
    placement = settings.placement
    if placement is not None:
        placement = Placement.model_validate(placement.to_json(), extra="ignore")
    return settings.replace(placement=placement).model_dump(
        mode="json", by_alias=True, exclude_none=True, include=set(SceneGenerationSettings.model_fields)
    )


def _used(intended: IntendedProduct, shown: ProductPicture) -> UsedProduct:
    """The product in the picture, with what the library shows of it, whether or not it was used cut out."""
    if shown.picture is None:
        return UsedProduct(shown.id, shown.name)
    sha256 = intended.sha256 or _sha256(shown.picture)
    return UsedProduct(shown.id, shown.name, intended.image_id, sha256)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
