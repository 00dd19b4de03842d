"""Importing a client.json of the original product: creates what is absent and touches nothing that is there.

Tombstones count as there. Everything is checked before anything is stored, so a refused import leaves
nothing behind. Then come the pictures, before the documents that name them, and the client before its
studios; an import that stops half-way is completed by sending it again.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from intake_api.messages import (
    ImportedClient,
    ImportedRevision,
    ImportedSettings,
    ImportedSlot,
    ImportedStudio,
)
from intake_api.pictures import Pictures
from scene_studio.http.requests import Change, PictureOpener
from scene_studio.model.client import Client, import_into_client, new_client
from scene_studio.model.errors import Deleted, FieldError, InvalidRequest, NotFound, Purged
from scene_studio.model.identifiers import derive
from scene_studio.model.revision import MAX_MILLISECONDS, GeneratedSceneImage
from scene_studio.model.scene import Scene
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.studio import (
    DEFAULT_NAME,
    OutputSlot,
    SlotStatus,
    Studio,
    default_settings,
    import_into_studio,
)
from scene_studio.store.cache import Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.studios import Studios


class _Part(NamedTuple):
    """One document of an import: what becomes of it, and what makes it so."""

    report: dict[str, Any]
    commit: Callable[[], object]


class Import:
    """One import of a client."""

    def __init__(
        self,
        clients: Clients,
        studios: Studios,
        objects: ObjectStore,
        opener: PictureOpener,
        change: Change,
    ) -> None:
        self._clients = clients
        self._studios = studios
        self._objects = objects
        self._opener = opener
        self._change = change

    def run(self, asked: ImportedClient) -> dict[str, Any]:
        """Import, and report what was made and what was there.

        Raises:
            InvalidRequest: the client contradicts itself or holds something that is no picture.
            SceneStudioError: as commits raise.
        """
        _check(asked)
        pictures = Pictures(self._objects, self._opener, asked.id)
        client = self._client(asked, pictures)
        studios = [
            self._studio(asked, studio, f"/sceneStudios/{at}", pictures)
            for at, studio in enumerate(asked.scene_studios)
        ]
        stored = pictures.take_in()
        for part in (client, *studios):
            part.commit()
        return {
            **client.report,
            "sceneStudios": [studio.report for studio in studios],
            "picturesStored": stored,
        }

    def _client(self, asked: ImportedClient, pictures: Pictures) -> _Part:
        try:
            known: Client | None = self._clients.read(asked.id).document
        except NotFound:
            known = None
        there = {product.id for product in known.products} if known else set()
        products = [
            pictures.in_product({**product.members(), "id": product.id}, f"/products/{at}/imageUrl")
            for at, product in enumerate(asked.products)
            if product.id not in there
        ]

        def add(current: Versioned[Client] | None) -> Client | None:
            client = current.document if current else new_client(asked.id, asked.name, self._change.now)
            pictured = [pictures.completed(product) for product in products]
            changed = import_into_client(client, pictured, asked.client_sessions, self._change.now)
            return changed or (None if current else client)

        report = {
            "id": asked.id,
            "created": known is None,
            "products": _made_and_there((product.id for product in asked.products), there),
        }
        return _Part(
            report,
            lambda: self._clients.commit(asked.id, add, self._change.request, self._change.pacing),
        )

    def _studio(self, client: ImportedClient, asked: ImportedStudio, field: str, pictures: Pictures) -> _Part:
        try:
            known = self._studios.read(client.id, asked.id).document
        except (Deleted, Purged):
            return _Part({"id": asked.id, "created": False, "deleted": True}, lambda: None)
        except NotFound:
            known = None
        slots_there = {slot.id for slot in known.output_slots} if known else set()
        scenes_there = {scene.id for scene in known.user_scenes} if known else set()
        studio = self._built(client, asked, field, pictures, slots_there, scenes_there)
        import_into_studio(known, studio, self._change.now)  # refuses here what the commit would refuse

        def add(current: Versioned[Studio] | None) -> Studio | None:
            return import_into_studio(current.document if current else None, studio, self._change.now)

        report = {
            "id": asked.id,
            "created": known is None,
            "outputSlots": _made_and_there((slot.id for slot in asked.output_slots), slots_there),
            "userScenes": _made_and_there((scene.id for scene in asked.user_scenes), scenes_there),
        }
        return _Part(
            report,
            lambda: self._studios.commit(client.id, asked.id, add, self._change.request, self._change.pacing),
        )

    def _built(
        self,
        client: ImportedClient,
        asked: ImportedStudio,
        field: str,
        pictures: Pictures,
        slots_there: set[str],
        scenes_there: set[str],
    ) -> Studio:
        """The studio as it would be created, without what is there already."""
        names = {product.id: product.name for product in client.products}
        slots = [
            _Slot(asked, slot, f"{field}/outputSlots/{at}", pictures, names).built(self._change)
            for at, slot in enumerate(asked.output_slots)
            if slot.id not in slots_there
        ]
        scenes = []
        for at, scene in enumerate(asked.user_scenes):
            if scene.id in scenes_there:
                continue
            url = scene.image_url
            if url is not None and pictures.scene(asked.id, scene.id, url, f"{field}/userScenes/{at}/imageUrl"):
                url = None
            scenes.append(Scene.model_validate({**scene.members(), "imageUrl": url}))
        return Studio(
            id=asked.id,
            name=asked.name or DEFAULT_NAME,
            client_id=client.id,
            output_slots=tuple(slots),
            user_scenes=tuple(scenes),
            created_at=asked.created_at or self._change.now,
            updated_at=asked.updated_at or self._change.now,
        )


class _Slot:
    """A slot on its way in."""

    def __init__(
        self,
        studio: ImportedStudio,
        slot: ImportedSlot,
        field: str,
        pictures: Pictures,
        product_names: dict[str, str],
    ) -> None:
        self._studio = studio
        self._slot = slot
        self._field = field
        self._pictures = pictures
        self._product_names = product_names

    def built(self, change: Change) -> OutputSlot:
        """The slot as it is stored."""
        settings = (
            self._settings(self._slot.settings, "/settings") if self._slot.settings else default_settings()
        )
        revisions = [
            self._revision(revision, revision.url, f"/history/{at}")
            for at, revision in enumerate(self._slot.history)
        ]
        shown = self._shown(revisions)
        if shown is None and self._slot.output_image:  # browsers may say with an empty text that there is none
            shown = self._revision_shown_alone(settings, change)
            revisions.insert(0, shown)
        failed = self._slot.status is SlotStatus.ERROR
        return OutputSlot(
            id=self._slot.id,
            product_ids=self._slot.product_ids,
            status=SlotStatus.ERROR if failed else SlotStatus.COMPLETED if revisions else SlotStatus.EMPTY,
            output_image=shown.id if shown else None,
            history=tuple(revisions),
            history_count=len(revisions),
            settings=settings,
            favorites=self._slot.favorites,
        )

    def _shown(self, revisions: Sequence[GeneratedSceneImage]) -> GeneratedSceneImage | None:
        """The revision that `outputImage` names: by the same address or picture, or by its id."""
        wanted = self._slot.output_image
        for given, revision in zip(self._slot.history, revisions, strict=True):
            if wanted and wanted in {given.url, given.id}:
                return revision
        return None

    def _revision_shown_alone(self, settings: SceneGenerationSettings, change: Change) -> GeneratedSceneImage:
        """A revision for a picture that is shown but is in no history, so that it is not lost."""
        url = str(self._slot.output_image)
        updated = self._studio.updated_at
        known = ImportedRevision(
            id=derive("shown-picture", url),
            timestamp=_milliseconds(updated) if updated else change.milliseconds,
            product_ids=self._slot.product_ids,
            product_names=tuple(self._product_names.get(name, name) for name in self._slot.product_ids),
        )
        return self._revision(known, url, "/outputImage", settings)

    def _revision(
        self,
        revision: ImportedRevision,
        url: str | None,
        field: str,
        settings: SceneGenerationSettings | None = None,
    ) -> GeneratedSceneImage:
        place = (self._studio.id, self._slot.id, revision.id)
        at = self._field + (field if field == "/outputImage" else f"{field}/url")
        if url is None:
            raise InvalidRequest.of(at, "a revision needs the url of its picture")
        if self._pictures.revision(*place, url, at):
            url = None
        members = {
            **revision.to_json(),
            "sha256": None,  # said of a picture that was never here, it would be taken for damage one day
            "settings": (settings or self._settings(revision.settings, f"{field}/settings")).to_json(),
            "url": url,
        }
        return GeneratedSceneImage.model_validate(members)

    def _settings(self, settings: ImportedSettings, field: str) -> SceneGenerationSettings:
        members = settings.to_json()
        scene = settings.scene
        if scene is not None and scene.image_url:
            at = f"{self._field}{field}/scene/imageUrl"
            stored = self._pictures.scene(self._studio.id, None, scene.image_url, at)
            if stored is not None:
                members["scene"]["imageUrl"] = stored
        return SceneGenerationSettings.model_validate(members)


def _milliseconds(time: str) -> int:
    """An `IsoTime` in milliseconds since the Unix epoch, or 0 before it, or the last that there is."""
    return min(max(0, int(datetime.fromisoformat(time).timestamp() * 1000)), MAX_MILLISECONDS)


def _check(asked: ImportedClient) -> None:
    errors = [
        FieldError(f"/sceneStudios/{at}/clientId", f"must be {asked.id!r}, as the client's own id")
        for at, studio in enumerate(asked.scene_studios)
        if studio.client_id not in {None, asked.id}
    ]
    errors.extend(_repeated(asked.products, "/products"))
    errors.extend(_repeated(asked.scene_studios, "/sceneStudios"))
    for at, studio in enumerate(asked.scene_studios):
        errors.extend(_repeated(studio.output_slots, f"/sceneStudios/{at}/outputSlots"))
        errors.extend(_repeated(studio.user_scenes, f"/sceneStudios/{at}/userScenes"))
        for number, slot in enumerate(studio.output_slots):
            errors.extend(_repeated(slot.history, f"/sceneStudios/{at}/outputSlots/{number}/history"))
    if errors:
        raise InvalidRequest(errors)


def _repeated(items: Iterable[Any], field: str) -> list[FieldError]:
    seen: set[str] = set()
    errors = []
    for at, item in enumerate(items):
        if item.id in seen:
            errors.append(FieldError(f"{field}/{at}/id", "another one here has this id; give each its own"))
        seen.add(item.id)
    return errors


def _made_and_there(ids: Iterable[str], there: set[str]) -> dict[str, list[str]]:
    report: dict[str, list[str]] = {"created": [], "present": []}
    for name in ids:
        report["present" if name in there else "created"].append(name)
    return report
