"""What a request for pictures comes to: for each slot the intents, complete with settings, prompt and seed."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generation_api.messages import MAX_PICTURES, Generate
from scene_studio.generation.image_model import Capabilities
from scene_studio.generation.prompt import build_prompt
from scene_studio.generation.scenes import no_picture_yet, no_such_scene, own_scene
from scene_studio.generation.timing import Timing
from scene_studio.http.requests import Change
from scene_studio.model.client import Product
from scene_studio.model.errors import InvalidRequest
from scene_studio.model.intent import IntendedProduct, Intent
from scene_studio.model.settings import (
    MAX_SEED,
    ResolvedSettings,
    SceneGenerationSettings,
    SceneReference,
    patched,
    resolve,
    settings_of,
)
from scene_studio.model.studio import OutputSlot, Studio, new_slot
from scene_studio.model.user_scenes import find_scene
from scene_studio.stock_scenes import stock_scene_at
from scene_studio.store import keys
from scene_studio.store.clients import Clients
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore


def seed_of(image_id: str) -> int:
    """The seed of a picture for which none was given: the same every time, and unlike that of any other."""
    return int.from_bytes(hashlib.sha256(image_id.encode()).digest()[:8]) % (MAX_SEED + 1)


class PictureIds(NamedTuple):
    """The pictures of one slot that a request asks for: the same ids whenever it is repeated."""

    slot_id: str
    image_ids: tuple[str, ...]


def picture_ids(asked: Generate, change: Change) -> list[PictureIds]:
    """The pictures that a request asks for, slot by slot.

    Raises:
        InvalidRequest: it names no slot, or asks for more than `MAX_PICTURES`.
    """
    slots = asked.named_slots()
    if not slots:
        raise InvalidRequest.of("/slotId", "name the slot, or several in slotIds")
    if len(slots) * asked.count > MAX_PICTURES:
        raise InvalidRequest.of(
            "/count", f"one request may ask for {MAX_PICTURES} pictures; ask for fewer slots or a lower count"
        )
    # The body is part of the ids: a key that comes again with another body must not find this one's pictures.
    return [
        PictureIds(
            slot_id,
            tuple(change.new_id("image", slot_id, str(number), change.body) for number in range(asked.count)),
        )
        for slot_id in slots
    ]


def plan(
    studio: Studio,
    asked: Generate,
    pictures: Sequence[PictureIds],
    clients: Clients,
    objects: ObjectStore,
    capabilities: Capabilities,
    timing: Timing,
    now: int,
) -> list[tuple[OutputSlot, list[Intent]]]:
    """The slots as they stand, or as they are to be made, each with its intents.

    Args:
        studio: the studio.
        asked: the request.
        pictures: the ids of its pictures.
        clients: where the product library is, as it was read for this request.
        objects: where pictures of scenes are.
        capabilities: what the image model can do.
        timing: how long pictures may take.
        now: milliseconds since the Unix epoch.

    Raises:
        NotFound: a slot is not there, and the body has no products to make it of.
        Deleted: a slot is deleted.
        InvalidRequest: there are no products, or one is not in the library; the scene is not here; the image
            model cannot do this.
        Busy: the store could not be read.
    """
    slots = [_slot(studio, of.slot_id, asked) for of in pictures]
    wanted = [_wanted_products(slot, asked) for slot in slots]
    library = _library(studio.client_id, clients, wanted)
    scenes: dict[str, str | None] = {}
    planned = []
    for slot, named, of in zip(slots, wanted, pictures, strict=True):
        settings = _settings(slot, asked)
        products = [library[product_id] for product_id in named]
        _check_possible(settings, products, capabilities)
        scene = (settings.scene and settings.scene.image_url) or ""
        if settings.scene is not None and scene not in scenes:
            scenes[scene] = _scene_picture_id(studio, settings.scene, objects)
        price = capabilities.price_of(len(products))
        intents = [
            _intent(image_id, number, settings, scenes.get(scene), products, asked, timing, price, now)
            for number, image_id in enumerate(of.image_ids)
        ]
        is_new = studio.find_slot(slot.id) is None
        planned.append((_started(slot.id, products, settings) if is_new else slot, intents))
    return planned


def _slot(studio: Studio, slot_id: str, asked: Generate) -> OutputSlot:
    if studio.find_slot(slot_id) is None and asked.named_products():
        return new_slot(slot_id)
    return studio.slot(slot_id)


def _started(slot_id: str, products: Sequence[Product], settings: ResolvedSettings) -> OutputSlot:
    """A slot for an Execute that came before the save of its row: the slot begins with what was executed."""
    return new_slot(slot_id, [product.id for product in products], _snapshot(settings))


def _wanted_products(slot: OutputSlot, asked: Generate) -> Mapping[str, str]:
    named = asked.named_products()
    if named is None:
        named = dict.fromkeys(slot.product_ids, asked.named_slots()[slot.id])
    if not named:
        raise InvalidRequest.of(
            "/productIds", f"put at least one product into the slot {slot.id!r}, or name one here"
        )
    return named


def _library(client_id: str, clients: Clients, wanted: Sequence[Mapping[str, str]]) -> dict[str, Product]:
    fields: dict[str, str] = {}
    for named in wanted:
        fields = {**named, **fields}
    return {product.id: product for product in clients.products(client_id, fields)}


def _settings(slot: OutputSlot, asked: Generate) -> ResolvedSettings:
    settings = slot.settings.to_json()
    if asked.settings is not None:
        settings = patched(settings, asked.settings)
    return resolve(settings_of(settings))


def _check_possible(settings: ResolvedSettings, products: Sequence[Product], can: Capabilities) -> None:
    if settings.aspect_ratio not in can.aspect_ratios:
        ratios = ", ".join(can.aspect_ratios)
        raise InvalidRequest.of("/settings/aspectRatio", f"{can.name} makes pictures of {ratios}")
    if len(products) > can.max_products:
        raise InvalidRequest.of("/productIds", f"{can.name} shows at most {can.max_products} products at once")


def _scene_picture_id(studio: Studio, scene: SceneReference, objects: ObjectStore) -> str | None:
    """The id of the picture of a scene of the studio's own; None for scenes of other kinds.

    A deleted scene is none that can be chosen any more, but the slots that were set to it keep it: their
    pictures can be made again for as long as there is its picture.

    Raises:
        InvalidRequest: there is no such picture, or not yet.
        Busy: the store could not be read.
    """
    if not scene.image_url or stock_scene_at(scene.image_url):
        return None
    own = own_scene(scene, studio.client_id, studio.id)
    if own is None:
        raise no_such_scene()
    listed = find_scene(studio, own)
    if listed is not None and listed.picture is not None:
        return listed.picture.id
    if listed is not None and listed.upload is not None:
        raise no_picture_yet(listed)
    # It was imported, listed or not; only the store knows whether with a picture.
    with unavailable_is_busy():
        if objects.heads([keys.user_scene(studio.client_id, studio.id, own)]) == [None]:
            raise no_such_scene()
    return own


def _intent(
    image_id: str,
    number: int,
    settings: ResolvedSettings,
    scene_picture_id: str | None,
    products: Sequence[Product],
    asked: Generate,
    timing: Timing,
    price: int,
    now: int,
) -> Intent:
    first = settings.seed if asked.seed is None else asked.seed
    seed = seed_of(image_id) if first is None else (first + number) % (MAX_SEED + 1)
    return Intent(
        id=image_id,
        asked_at=now,
        asked_rev=0,
        queued_at=now,
        deadline=now + timing.deadline,
        price_micros=price,
        products=tuple(map(_intended, products)),
        settings=_snapshot(settings),
        scene_picture_id=scene_picture_id,
        prompt=build_prompt(settings, [product.name for product in products], seed),
        seed=seed,
    )


def _intended(product: Product) -> IntendedProduct:
    picture = product.picture(product.image_id) if product.image_id is not None else None
    return IntendedProduct(
        id=product.id,
        name=product.name,
        image_id=product.image_id,
        sha256=picture.sha256 if picture is not None else None,
        cutout=picture is not None and picture.cutout,
    )


def _snapshot(settings: ResolvedSettings) -> SceneGenerationSettings:
    return SceneGenerationSettings.model_validate(settings.to_json())
