"""Generation inside the request: make the pictures, then commit them, all in one commit."""

from collections.abc import Sequence

from generation_api.messages import Generate
from scene_studio.generation.image_model import ImageModel
from scene_studio.generation.job import Job, make_picture, seed_of
from scene_studio.http.requests import Change
from scene_studio.model.client import Product
from scene_studio.model.errors import Busy, InvalidRequest, NotFound
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.settings import (
    MAX_SEED,
    ResolvedSettings,
    SceneGenerationSettings,
    patched,
    resolve,
    settings_of,
)
from scene_studio.model.studio import OutputSlot, Studio, add_revisions, add_slot, existing, new_slot
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.studios import Studios


def generate(
    client_id: str,
    studio_id: str,
    asked: Generate,
    clients: Clients,
    studios: Studios,
    objects: ObjectStore,
    model: ImageModel,
    change: Change,
) -> tuple[Studio, list[GeneratedSceneImage]]:
    """Make what was asked for, or find it if this request was answered before.

    Returns:
        The studio, and the revisions in the order they were asked for, the newest last.

    Raises:
        SceneStudioError: the studio, the slot, a product or a scene is not there, the model refused, or the
            store gave no answer. Pictures that were made stay stored, and a repeated request takes them up.
    """
    asked_of = studios.read_any(client_id, studio_id).document
    # The body is part of the ids: a key that comes again with another body must not find this one's pictures.
    image_ids = [change.new_id("image", str(number), change.body) for number in range(asked.count)]
    made = _made_before(studios, objects, asked_of, asked.slot_id, image_ids, change)
    if made is not None:
        return asked_of, made
    asked_of.repeated_request(change.request)  # a reused key is refused before a picture is paid for
    slot = _slot(existing(asked_of, studio_id), asked)
    products = _products(clients, client_id, slot, asked)
    settings = _settings(slot, asked)
    if asked_of.find_slot(slot.id) is None:
        slot = _started(slot, products, settings)
        add_slot(asked_of, slot, change.now)  # refuses here, before a picture is paid for
    revisions = []
    for number, image_id in enumerate(image_ids):
        if change.pacing.monotonic() >= change.pacing.until:
            raise Busy(
                "There was no time for all pictures; repeat the request with the same Idempotency-Key, and it "
                "goes on from here."
            )
        job = Job(
            client_id=client_id,
            studio_id=studio_id,
            slot_id=asked.slot_id,
            image_id=image_id,
            settings=settings,
            products=products,
            seed=seed_of(image_id) if asked.seed is None else (asked.seed + number) % (MAX_SEED + 1),
            timestamp=change.milliseconds,
        )
        revisions.append(make_picture(job, model, objects))

    def keep(current: Versioned[Studio] | None) -> Studio | None:
        # A deleted studio takes its pictures too: it may be restored, and nothing that was made is dropped.
        if current is None:
            raise NotFound("studio", studio_id)
        studio = current.document
        if studio.find_slot(slot.id) is None:
            studio = add_slot(studio, slot, change.now)
        return add_revisions(studio, slot.id, list(reversed(revisions)), asked_of.rev, change.now)

    commit = studios.commit(client_id, studio_id, keep, change.request, change.pacing)
    return commit.current.document, revisions


def _made_before(
    studios: Studios,
    objects: ObjectStore,
    studio: Studio,
    slot_id: str,
    image_ids: Sequence[str],
    change: Change,
) -> list[GeneratedSceneImage] | None:
    """The revisions of this request if it was answered before, however long ago.

    The ring of keys knows the last hundred requests; of older ones the picture is still there, and the
    history tells whether it was committed or only stored.
    """
    slot = studio.find_slot(slot_id)
    if slot is None or not change.has_own_key:
        return None
    place = (studio.client_id, studio.id, slot_id)
    with unavailable_is_busy():
        stored = objects.heads([keys.revision(*place, image_id) for image_id in image_ids])
    if None in stored:
        return None
    found = [studios.find_revision(studio, slot, image_id) for image_id in image_ids]
    made = [revision for revision in found if revision is not None]
    return made if len(made) == len(image_ids) else None


def _slot(studio: Studio, asked: Generate) -> OutputSlot:
    if studio.find_slot(asked.slot_id) is None and asked.named_products():
        return new_slot(asked.slot_id)
    return studio.slot(asked.slot_id)


def _started(slot: OutputSlot, products: Sequence[Product], settings: ResolvedSettings) -> OutputSlot:
    """A slot for an Execute that came before the save of its row: the slot begins with what was executed."""
    chosen = SceneGenerationSettings.model_validate(settings.to_json())
    return new_slot(slot.id, [product.id for product in products], chosen)


def _products(clients: Clients, client_id: str, slot: OutputSlot, asked: Generate) -> list[Product]:
    named = asked.named_products()
    if named is None:
        named = dict.fromkeys(slot.product_ids, "/slotId")
    if not named:
        raise InvalidRequest.of("/productIds", "put at least one product into the slot, or name one here")
    return clients.products(client_id, named)


def _settings(slot: OutputSlot, asked: Generate) -> ResolvedSettings:
    settings = slot.settings.to_json()
    if asked.settings is not None:
        settings = patched(settings, asked.settings)
    return resolve(settings_of(settings))
