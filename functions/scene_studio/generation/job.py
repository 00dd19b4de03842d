"""Making one picture: from what was asked for to a stored JPEG and the revision that describes it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from scene_studio.generation.image_model import ImageModel, ImageRequest, ProductPicture
from scene_studio.generation.prompt import build_prompt
from scene_studio.images.inspect import inspect
from scene_studio.images.thumbnail import thumbnail_jpeg
from scene_studio.model import addresses
from scene_studio.model.client import Product
from scene_studio.model.errors import InvalidRequest
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.settings import MAX_SEED, ResolvedSettings, SceneGenerationSettings
from scene_studio.stock_scenes import stock_picture, stock_scene_at
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore, StoredObject


@dataclass(frozen=True, slots=True)
class Job:
    """One picture to make.

    Attributes:
        client_id: whose.
        studio_id: in which studio.
        slot_id: for which slot.
        image_id: the id of the revision to be.
        settings: every setting, with a value for each.
        products: what stands in the scene.
        seed: 0 to `MAX_SEED`.
        timestamp: when it was asked for, in milliseconds since the Unix epoch.
    """

    client_id: str
    studio_id: str
    slot_id: str
    image_id: str
    settings: ResolvedSettings
    products: Sequence[Product]
    seed: int
    timestamp: int


def seed_of(image_id: str) -> int:
    """The seed of a picture for which none was given: the same every time, and unlike that of any other."""
    return int.from_bytes(hashlib.sha256(image_id.encode()).digest()[:8]) % (MAX_SEED + 1)


def make_picture(job: Job, model: ImageModel, objects: ObjectStore) -> GeneratedSceneImage:
    """Make the picture, store it with its thumbnail, and describe it.

    A picture that an earlier, unfinished attempt stored is taken as it is, and the model is not asked again.

    Raises:
        GenerationRefused: the model would not make it.
        ImageRejected: a product or scene picture could not be read.
        InvalidRequest: the settings name a scene that is not here.
        Busy: the store could not be reached.
    """
    prompt = build_prompt(job.settings, [product.name for product in job.products])
    place = (job.client_id, job.studio_id, job.slot_id, job.image_id)
    with unavailable_is_busy():
        stored = objects.get(keys.revision(*place))
        if isinstance(stored, StoredObject):
            jpeg = stored.body
        else:
            request = ImageRequest(
                prompt=prompt,
                settings=job.settings,
                products=tuple(_pictured(job.client_id, product, objects) for product in job.products),
                scene=_scene_picture(job, objects),
                seed=job.seed,
            )
            jpeg = model.generate(request).jpeg
        objects.put_once(keys.revision_thumbnail(*place), thumbnail_jpeg(jpeg), content_type="image/jpeg")
        objects.put_once(keys.revision(*place), jpeg, content_type="image/jpeg")
    size = inspect(jpeg)
    return GeneratedSceneImage(
        id=job.image_id,
        timestamp=job.timestamp,
        product_ids=tuple(product.id for product in job.products),
        product_names=tuple(product.name for product in job.products),
        settings=SceneGenerationSettings.model_validate(job.settings.to_json()),
        debug_prompt=prompt,
        model=model.capabilities.name,
        seed=job.seed,
        width=size.width,
        height=size.height,
    )


def _pictured(client_id: str, product: Product, objects: ObjectStore) -> ProductPicture:
    picture = None
    if product.image_id is not None:
        stored = objects.get(keys.product_image(client_id, product.id, product.image_id))
        picture = stored.body if isinstance(stored, StoredObject) else None
    return ProductPicture(product.id, product.name, picture)


def _scene_picture(job: Job, objects: ObjectStore) -> bytes | None:
    scene = job.settings.scene
    if scene is None or not scene.image_url:
        return None
    stock = stock_scene_at(scene.image_url)
    if stock is not None:
        return stock_picture(stock)
    scene_id = addresses.named_scene(scene.image_url, job.client_id, job.studio_id)
    if scene_id is not None:
        stored = objects.get(keys.user_scene(job.client_id, job.studio_id, scene_id))
        if isinstance(stored, StoredObject):
            return stored.body
    raise InvalidRequest.of(
        "/settings/scene/imageUrl",
        "this scene's picture is not here; choose one of GET /api/scenes or of this studio's own scenes, "
        "or clear the scene to have a room rendered",
    )
