"""The objects that documents name: what must be there for a document to be whole, and what may be. Pure.

A history goes on in pages, which have to be read to know what they name; so a studio's references are those of
its document, and beside them those of its revisions, inline or in a page, and of the pages themselves.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scene_studio.model import addresses
from scene_studio.model.client import Client
from scene_studio.model.intent import Intent
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.scene import Scene
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.studio import Studio
from scene_studio.store import keys


class Reference(NamedTuple):
    """An object that a document names.

    Attributes:
        key: the object's.
        sha256: of its bytes, where the document knows it.
        required: whether something is lost without it. Others can do without, such as thumbnails, or are there
            only by chance, such as a picture that came too late.
    """

    key: str
    sha256: str | None = None
    required: bool = True


def client_references(client: Client) -> Iterator[Reference]:
    """What a client's document names: the pictures of its products, deleted ones among them."""
    for product in client.products:
        for picture in product.all_pictures():
            place = client.id, product.id, picture.id
            yield Reference(keys.product_image(*place), picture.sha256)
            if picture.cutout:
                yield Reference(keys.product_cutout(*place))
            yield Reference(keys.product_thumbnail(*place), required=False)
        for upload in product.uploads:
            place = client.id, product.id, upload.id
            for key_of in (keys.product_image, keys.product_cutout, keys.product_thumbnail):
                yield Reference(key_of(*place), required=False)


def studio_references(studio: Studio) -> Iterator[Reference]:
    """What a studio's document names, but for its revisions and their pages; deleted scenes and slots too."""
    for scene in studio.user_scenes:
        yield from _of_scene(studio, scene)
    for slot in studio.output_slots:
        for settings in (slot.settings, slot.born.settings if slot.born else None):
            yield from _of_settings(studio, settings)
        for intent in slot.intents:
            yield from _of_intent(studio, slot.id, intent)


def revision_references(
    studio: Studio, slot_id: str, revisions: Iterable[GeneratedSceneImage]
) -> Iterator[Reference]:
    """What revisions of a slot name: their pictures, and those of scenes that are in no list."""
    for revision in revisions:
        if revision.url is None:
            place = studio.client_id, studio.id, slot_id, revision.id
            yield Reference(keys.revision(*place), revision.sha256)
            yield Reference(keys.revision_thumbnail(*place), required=False)
        yield from _of_settings(studio, revision.settings)


def page_reference(studio: Studio, slot_id: str, name: str) -> Reference:
    """A page of a slot's history, whose name is the SHA-256 of its bytes."""
    return Reference(keys.history_page(studio.client_id, studio.id, slot_id, name), name)


def _of_scene(studio: Studio, scene: Scene) -> Iterator[Reference]:
    if scene.picture_id is not None:
        known = scene.picture.sha256 if scene.picture is not None else None
        yield Reference(keys.user_scene(studio.client_id, studio.id, scene.picture_id), known)
        yield Reference(
            keys.user_scene_thumbnail(studio.client_id, studio.id, scene.picture_id), required=False
        )
    if scene.upload is not None:
        yield from _if_there(studio, scene.upload.id)


def _of_settings(studio: Studio, settings: SceneGenerationSettings | None) -> Iterator[Reference]:
    """The picture of a scene that may be in no list; what people typed need not be there."""
    if settings is None or settings.scene is None:
        return
    address = settings.scene.image_url or ""
    scene_id = addresses.named_scene(address, studio.client_id, studio.id)
    if scene_id is not None:
        yield from _if_there(studio, scene_id)


def _of_intent(studio: Studio, slot_id: str, intent: Intent) -> Iterator[Reference]:
    """The picture, which may be there before its result is folded, and those that it is to be made of."""
    place = studio.client_id, studio.id, slot_id, intent.id
    yield Reference(keys.revision(*place), required=False)
    yield Reference(keys.revision_thumbnail(*place), required=False)
    for product in intent.products:
        if product.image_id is not None:
            source = studio.client_id, product.id, product.image_id
            yield Reference(keys.product_image(*source), product.sha256, required=False)
            yield Reference(keys.product_cutout(*source), required=False)
    if intent.scene_picture_id is not None:
        yield from _if_there(studio, intent.scene_picture_id)
    yield from _of_settings(studio, intent.settings)


def _if_there(studio: Studio, picture_id: str) -> Iterator[Reference]:
    for key_of in (keys.user_scene, keys.user_scene_thumbnail):
        yield Reference(key_of(studio.client_id, studio.id, picture_id), required=False)
