"""Copying a studio: the copied pictures first, then the pages, and last the document that names them."""

from scene_studio.http.requests import Change
from scene_studio.model import addresses
from scene_studio.model.errors import AlreadyExists, Busy, NotFound, Purged
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.studio import OutputSlot, SlotStatus, Studio, existing
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import Commit, unavailable_is_busy
from scene_studio.store.object_store import ObjectStore, all_names
from scene_studio.store.studios import Studios
from studios_api.messages import Duplicate


def duplicate_studio(
    studios: Studios, objects: ObjectStore, client_id: str, studio_id: str, asked: Duplicate, change: Change
) -> Commit[Studio]:
    """Create a copy of a studio under an id of its own.

    Everything is copied under keys of the copy, so that neither depends on the other. A copy that does not
    end in time goes on where it stopped when the request is repeated under its idempotency key.

    Raises:
        NotFound: there is no such studio.
        Deleted: it is deleted.
        AlreadyExists: the id of the copy is taken.
        Purged: the id of the copy is that of a studio that is being cleared away.
        Busy: there was no time to copy all pictures; repeat the request.
    """
    copy_id = asked.id or change.new_id("studio")
    done = studios.repeated(client_id, copy_id, change.request) if change.has_own_key else None
    if done is not None:
        return done
    _check_id_is_free(studios, client_id, copy_id)
    source = studios.read(client_id, studio_id).document
    copy = _copy_of(source, copy_id, asked.name or f"{source.name[:190]} (copy)", change.now)
    if asked.with_history:
        slots = [_with_history(studios, source, copy_id, slot) for slot in copy.output_slots]
        copy = copy.replace(output_slots=tuple(slots))
        _copy_objects(objects, source, copy, change)
    _copy_scenes(objects, source, copy, change)

    def create(current: Versioned[Studio] | None) -> Studio:
        if current is not None:
            existing(current.document, copy_id)
            raise AlreadyExists("studio", copy_id)
        return copy

    return studios.commit(client_id, copy_id, create, change.request, change.pacing)


def _check_id_is_free(studios: Studios, client_id: str, copy_id: str) -> None:
    """Refuse before anything is copied: no picture may come under the keys of another studio."""
    try:
        taken = studios.read_any(client_id, copy_id).document
    except Purged:
        raise  # what was copied now would be cleared away with the rest
    except NotFound:
        return
    raise AlreadyExists("studio", existing(taken, copy_id).id)


def _copy_of(source: Studio, copy_id: str, name: str, now: str) -> Studio:
    slots = [
        OutputSlot(
            id=slot.id, product_ids=slot.product_ids, settings=_own_scene(slot.settings, source, copy_id)
        )
        for slot in source.live_slots()
    ]
    return Studio(
        id=copy_id,
        name=name,
        client_id=source.client_id,
        output_slots=tuple(slots),
        user_scenes=tuple(
            scene.replace(upload=None)
            for scene in source.user_scenes
            if scene.picture_id is not None or scene.image_url is not None
        ),
        created_at=now,
        updated_at=now,
    )


def _own_scene(settings: SceneGenerationSettings, source: Studio, copy_id: str) -> SceneGenerationSettings:
    """The settings with the copy's scene picture in place of the same one of the source."""
    scene = settings.scene
    scene_id = addresses.named_scene(scene.image_url or "", source.client_id, source.id) if scene else None
    if scene is None or scene_id is None:
        return settings
    own = addresses.scene_image(source.client_id, copy_id, scene_id)
    return settings.replace(scene=scene.replace(image_url=own))


def _with_history(studios: Studios, source: Studio, copy_id: str, slot: OutputSlot) -> OutputSlot:
    """The slot with its whole history inline; writing the copy folds it into pages of the copy's own."""
    original = source.slot(slot.id)
    revisions: list[GeneratedSceneImage] = []
    for part in studios.history(source, original):
        revisions.extend(
            revision.replace(settings=_own_scene(revision.settings, source, copy_id))
            for revision in part.revisions
        )
    return slot.replace(
        history=tuple(revisions),
        history_count=len(revisions),
        status=SlotStatus.COMPLETED if revisions else SlotStatus.EMPTY,
        output_image=original.output_image,
        favorites=original.favorites,
    )


def _copy_objects(objects: ObjectStore, source: Studio, copy: Studio, change: Change) -> None:
    for slot in copy.output_slots:
        copied = _all_keys(objects, keys.revisions(copy.client_id, copy.id, slot.id))
        for revision in slot.history:
            if revision.url is not None:
                continue
            for key_of in (keys.revision, keys.revision_thumbnail):
                target = key_of(copy.client_id, copy.id, slot.id, revision.id)
                if target not in copied:
                    _copy(objects, key_of(source.client_id, source.id, slot.id, revision.id), target, change)


def _copy_scenes(objects: ObjectStore, source: Studio, copy: Studio, change: Change) -> None:
    source_prefix = keys.user_scenes(source.client_id, source.id)
    copy_prefix = keys.user_scenes(copy.client_id, copy.id)
    copied = _all_keys(objects, copy_prefix)
    for key in sorted(_all_keys(objects, source_prefix)):
        target = copy_prefix + key.removeprefix(source_prefix)
        if target not in copied:
            _copy(objects, key, target, change)


def _copy(objects: ObjectStore, source: str, target: str, change: Change) -> None:
    if change.pacing.monotonic() >= change.pacing.until:
        raise Busy(
            "There was no time to copy all pictures; repeat the request with the same Idempotency-Key, and it "
            "goes on from here."
        )
    with unavailable_is_busy():
        objects.copy_once(source, target)


def _all_keys(objects: ObjectStore, prefix: str) -> frozenset[str]:
    with unavailable_is_busy():
        return frozenset(all_names(objects, prefix))
