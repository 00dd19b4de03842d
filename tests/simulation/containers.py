"""Containers: each has the real repositories with caches of its own, and handles one request at a time.

Requests go through the real handler functions. Only their last step is replaced: instead of a body in JSON
they hand over what it would have been made of.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final, cast
from unittest.mock import patch

import generation_api.handler as generation_routes
import slots_api.handler as slots_routes
import studios_api.handler as studios_routes
from clients_api.library import Library
from generation_api.generating import Generating
from generation_api.messages import Generate, Retry
from generation_api.progress import ProgressReader
from intake_api.importing import Import
from intake_api.messages import ImportedClient
from scene_studio import runtime
from scene_studio.generation import job
from scene_studio.generation.claims import Claims
from scene_studio.generation.timing import Timing
from scene_studio.http import edits
from scene_studio.http.entity_tags import TagCondition
from scene_studio.http.preferences import Preferences
from scene_studio.http.requests import Change
from scene_studio.http.uploads import WantedUpload
from scene_studio.inline.opening import Opening
from scene_studio.model.edits import SlotEdit, StudioEdit
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.commit import Documents
from scene_studio.store.folders import Folders
from scene_studio.store.inbox import Inbox
from scene_studio.store.keys import UploadPlace
from scene_studio.store.object_store import StoredObject
from scene_studio.store.pacing import Pacing
from scene_studio.store.saving import Saved
from scene_studio.store.studios import Studios
from slots_api.messages import NewSlot
from studios_api.messages import NamedStudio, Restore
from tests.simulation.painter import Painter, described, description, inspected, thumbnail
from tests.simulation.queue import MessageQueue
from tests.simulation.requests import Answer
from tests.simulation.store import MemoryStore
from upload_ingestion import ingest
from user_scenes_api.asking import Asking
from user_scenes_api.messages import NewScene

CLIENT: Final = "acme"
STUDIO: Final = "main"
_PARSED: Final = 1000


@dataclass(frozen=True, slots=True)
class Light:
    """An answer before it is made into JSON."""

    value: Any
    headers: Mapping[str, str]
    status_code: int


@dataclass(frozen=True, slots=True)
class Platform:
    """What all containers reach.

    Attributes:
        queue: where messages about wanted pictures go.
        uploads: where S3 tells of files.
        unique: makes names that were never used before.
    """

    store: MemoryStore
    queue: MessageQueue
    uploads: MessageQueue
    painter: Painter
    timing: Timing
    unique: Callable[[], str]


class _Unread:
    """Progress that nobody reads."""

    def view(self, *_: Any) -> dict[str, Any]:
        """See `ProgressReader`."""
        return {}

    def view_of_asked(self, *_: Any) -> dict[str, Any]:
        """See `ProgressReader`."""
        return {}

    def begun(self, *_: Any) -> frozenset[str]:
        """See `ProgressReader`; here pictures cost nothing."""
        return frozenset()


def _light(value: Any, status: Any = 200, headers: Mapping[str, str] | None = None) -> Light:
    return Light(value, headers or {}, int(status))


def _shown(entry: Versioned[Any], *_: Any) -> dict[str, Any]:
    return {"entry": entry}


def _shown_with_tag(entry: Versioned[Any], *_: Any) -> dict[str, Any]:
    return {"entry": entry, "etag": ""}


def _saved(saved: Saved) -> dict[str, Any]:
    return {"saved": saved}


def _parse_once() -> Callable[[Any, StoredObject], Versioned[Any]]:
    """Parsing takes most of the time, and every container parses the same bytes: each gets a copy."""
    known: dict[bytes, Any] = {}

    def parsed(documents: Any, found: StoredObject) -> Versioned[Any]:
        document = known.get(found.body)
        if document is None:
            if len(known) > _PARSED:
                known.clear()
            document = known[found.body] = documents._kind.model_validate_json(found.body)
        return Versioned(document.model_copy(), found.version, len(found.body))

    return parsed


def _to_json_once() -> Callable[[SceneGenerationSettings], dict[str, Any]]:
    """Settings never change, and are made into JSON again and again."""
    known: dict[int, tuple[SceneGenerationSettings, dict[str, Any]]] = {}

    def to_json(settings: SceneGenerationSettings) -> dict[str, Any]:
        found = known.get(id(settings))
        if found is None:
            if len(known) > _PARSED:
                known.clear()
            found = known[id(settings)] = (
                settings,
                settings.model_dump(mode="json", by_alias=True, exclude_none=True),
            )
        return dict(found[1])

    return to_json


@contextmanager
def light_answers() -> Iterator[None]:
    """Handlers answer with what their bodies are made of, and pictures are not opened."""
    with ExitStack() as stack:
        for place, name, stub in (
            (edits, "json_answer", _light),
            (edits, "studio_view", _shown),
            (edits, "merge_view", _saved),
            (studios_routes, "json_answer", _light),
            (studios_routes, "studio_view", _shown),
            (slots_routes, "slot_view", _shown),
            (Documents, "_parsed", _parse_once()),
            (SceneGenerationSettings, "to_json", _to_json_once()),
            (job, "thumbnail_jpeg", thumbnail),
            (generation_routes, "json_answer", _light),
            (generation_routes, "slot_view", _shown_with_tag),
            (job, "inspect", inspected),
            (job, "with_provenance", described),
            (job, "read_provenance", description),
            (runtime.logger, "warning", lambda *_, **__: None),
            (ingest.logger, "info", lambda *_, **__: None),
        ):
            stack.enter_context(patch.object(place, name, stub))
        yield


class Container:
    """One process of the service.

    Attributes:
        busy: whether it is handling a request.
    """

    def __init__(self, platform: Platform) -> None:
        self.busy = False
        self._platform = platform
        self._store = platform.store
        self.restart()

    def restart(self) -> None:
        """Forget everything, as a new process does."""
        self.studios = Studios(self._store, DocumentCache())
        self.clients = Clients(self._store, DocumentCache())
        self.folders = Folders(self.studios, self.clients)
        self.inbox = Inbox(self._store, self.folders)
        self.claims = Claims(self._store, self._platform.timing.lease)

    def read(self, tag: str | None, version: str) -> Answer:
        """GET of the studio, or of one version."""
        answer = studios_routes.read_studio(
            CLIENT,
            STUDIO,
            studios=self.studios,
            condition=None if tag is None else TagCondition("If-None-Match", tag),
            version=version,
        )
        return _answer(answer, whole=True)

    def create(self, change: Change) -> Answer:
        """PUT of the studio, if there is none."""
        answer = studios_routes.put_studio(
            CLIENT,
            STUDIO,
            body=NamedStudio(),
            clients=self.clients,
            studios=self.studios,
            condition=TagCondition("If-None-Match", "*"),
            change=change,
        )
        return _answer(answer, whole=True)

    def edit_studio(
        self, body: Mapping[str, Any], tag: str | None, prefer: Preferences, change: Change
    ) -> Answer:
        """PATCH of the studio."""
        answer = studios_routes.edit_studio(
            CLIENT, STUDIO, body=StudioEdit.model_validate(body), **self._edit(tag, prefer, change)
        )
        return _answer(answer, whole=True)

    def restore(self, body: Mapping[str, Any], tag: str | None, prefer: Preferences, change: Change) -> Answer:
        """POST to the studio's restore."""
        given = self._edit(tag, prefer, change)
        del given["clients"]
        answer = studios_routes.restore_version(CLIENT, STUDIO, body=Restore.model_validate(body), **given)
        return _answer(answer, whole=True)

    def edit_slot(
        self, slot_id: str, body: Mapping[str, Any], tag: str | None, prefer: Preferences, change: Change
    ) -> Answer:
        """PATCH of one slot."""
        answer = slots_routes.edit_slot(
            CLIENT, STUDIO, slot_id, body=SlotEdit.model_validate(body), **self._edit(tag, prefer, change)
        )
        return _answer(answer)

    def add_slot(self, body: Mapping[str, Any], tag: str | None, prefer: Preferences, change: Change) -> Answer:
        """POST of a new slot."""
        answer = slots_routes.create_slot(
            CLIENT, STUDIO, body=NewSlot.model_validate(body), **self._edit(tag, prefer, change)
        )
        return _answer(answer)

    def delete_slot(
        self, slot_id: str, tag: str | None, prefer: Preferences, change: Change, *, deleted: bool
    ) -> Answer:
        """DELETE of one slot, or POST to its undelete."""
        route = slots_routes.remove_slot if deleted else slots_routes.restore_deleted_slot
        given = self._edit(tag, prefer, change)
        del given["clients"]
        return _answer(route(CLIENT, STUDIO, slot_id, **given))

    def delete_studio(self, tag: str | None, change: Change, *, deleted: bool) -> Answer:
        """DELETE of the studio, or POST to its undelete."""
        route = studios_routes.remove_studio if deleted else studios_routes.restore_deleted_studio
        condition = None if tag is None else TagCondition("If-Match", tag)
        answer = route(CLIENT, STUDIO, studios=self.studios, condition=condition, change=change)
        return _answer(answer, whole=True)

    def generate(self, body: Mapping[str, Any], patience: Pacing, change: Change) -> Answer:
        """POST to the studio's generate."""
        generating = self._generating(CLIENT, STUDIO)
        studio, names = generating.generate(Generate.model_validate(body), change)
        studio = generating.wait(studio, names, patience)
        return Answer(images=tuple(names), rev=studio.rev)

    def cancel(self, slot_id: str, image_id: str | None, change: Change) -> Answer:
        """DELETE of a slot's generation, or of one picture of it."""
        about = (self.studios, cast("ProgressReader", _Unread()), change)
        if image_id is None:
            return _answer(generation_routes.cancel_all(CLIENT, STUDIO, slot_id, *about))
        return _answer(generation_routes.cancel_one(CLIENT, STUDIO, slot_id, image_id, *about))

    def retry(self, slot_id: str, body: Mapping[str, Any], change: Change) -> Answer:
        """POST to a slot's retry."""
        asked = Retry.model_validate(body)
        progress = cast("ProgressReader", _Unread())
        generation_routes.retry_failed(CLIENT, STUDIO, slot_id, asked, self._generating, progress, change)
        return Answer()

    def await_file(self, place: UploadPlace, change: Change, *, is_new: bool) -> Answer:
        """POST of a new scene, to a scene's image, or to a product's."""
        platform, wanted = self._platform, WantedUpload(content_type="image/png", size=1000)
        if place.owner == "product":
            library = Library(CLIENT, self.clients, platform.store, platform.unique, change)
            return _ticket(library.ask(place.owner_id, wanted).ticket)
        asking = Asking(CLIENT, STUDIO, self.studios, platform.store, platform.unique, change)
        if not is_new:
            return _ticket(asking.replace(place.owner_id, wanted).ticket)
        scene = NewScene(id=place.owner_id, content_type=wanted.content_type, size=wanted.size)
        return _ticket(asking.add(scene).ticket)

    def bring_in(self, body: Mapping[str, Any], change: Change) -> Answer:
        """POST to the client's import."""
        imported = Import(self.clients, self.studios, self._store, lambda: Opening(self._store), change)
        imported.run(ImportedClient.model_validate(body))
        return Answer()

    def _generating(self, client_id: str, studio_id: str) -> Generating:
        platform = self._platform
        return Generating(
            client_id,
            studio_id,
            self.clients,
            self.studios,
            platform.store,
            platform.queue,
            platform.painter.capabilities,
            platform.timing,
            platform.unique,
        )

    def _edit(self, tag: str | None, prefer: Preferences, change: Change) -> dict[str, Any]:
        return {
            "clients": self.clients,
            "studios": self.studios,
            "condition": None if tag is None else TagCondition("If-Match", tag),
            "prefer": prefer,
            "change": change,
        }


def _ticket(ticket: Mapping[str, Any] | None) -> Answer:
    return Answer(ticket=None if ticket is None else ticket["fields"]["key"])


def _answer(answer: Any, *, whole: bool = False) -> Answer:
    if not isinstance(answer, Light):
        return Answer(unchanged=answer.status_code == 304)
    shown = cast("dict[str, Any]", answer.value)
    return Answer(shown.get("entry"), shown.get("saved"), answer.headers.get("etag"), whole)
