"""Making one picture: from an intent to a stored JPEG and the revision that describes it."""

from collections.abc import Callable
from dataclasses import dataclass

from scene_studio.generation.image_model import ImageModel, ImageRequest, ProductPicture
from scene_studio.generation.message import WantedPicture
from scene_studio.generation.prompt import build_negative_prompt
from scene_studio.generation.scenes import scene_picture
from scene_studio.images.inspect import inspect
from scene_studio.images.thumbnail import thumbnail_jpeg
from scene_studio.model.errors import Busy
from scene_studio.model.intent import IntendedProduct, Intent
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.settings import resolve
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
                    self.intent.settings.scene, self.place.client_id, self.place.studio_id, self.objects
                ),
                seed=self.intent.seed,
                seconds=max(1.0, seconds - (self.clock() - began) / 1000),
            )
        answer = model.generate(request)
        took = max(0, self.clock() - began)
        jpeg = self._keep(answer.jpeg, pacing())
        if jpeg != answer.jpeg:
            return self._revision(jpeg)
        return self._revision(jpeg).replace(
            model=model.capabilities.name,
            seed=answer.seed,
            took_milliseconds=took,
            cost_micros=answer.cost_micros,
        )

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
        return GeneratedSceneImage(
            id=self.intent.id,
            timestamp=self.clock(),
            product_ids=tuple(product.id for product in self.intent.products),
            product_names=tuple(product.name for product in self.intent.products),
            settings=self.intent.settings,
            debug_prompt=self.intent.prompt,
            seed=self.intent.seed,
            width=size.width,
            height=size.height,
        )

    def _pictured(self, product: IntendedProduct) -> ProductPicture:
        picture = None
        if product.image_id is not None:
            key = keys.product_image(self.place.client_id, product.id, product.image_id)
            stored = self.objects.get(key)
            picture = stored.body if isinstance(stored, StoredObject) else None
        return ProductPicture(product.id, product.name, picture)
