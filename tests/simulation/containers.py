"""Containers: each has the real repositories with caches of its own, and handles one request at a time.

Requests go through the real handler functions. Only their last step is replaced: instead of a body in JSON
they hand over what it would have been made of.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final, cast
from unittest.mock import patch

import slots_api.handler as slots_routes
import studios_api.handler as studios_routes
from clients_api.importing import Import
from clients_api.messages import ImportedClient
from generation_api import generate as generation
from generation_api.messages import Generate
from scene_studio.generation import job
from scene_studio.generation.image_model import Capabilities, ImageModel, ImageRequest, ImageResult
from scene_studio.http import edits
from scene_studio.http.entity_tags import TagCondition
from scene_studio.http.preferences import Preferences
from scene_studio.http.requests import Change
from scene_studio.images.inspect import ImageInfo
from scene_studio.model.edits import SlotEdit, StudioEdit
from scene_studio.model.settings import ASPECT_RATIOS, SceneGenerationSettings
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.commit import Documents
from scene_studio.store.object_store import StoredObject
from scene_studio.store.saving import Saved
from scene_studio.store.studios import Studios
from slots_api.messages import NewSlot
from studios_api.messages import NamedStudio, Restore
from tests.simulation.requests import Answer
from tests.simulation.store import MemoryStore

CLIENT: Final = "acme"
STUDIO: Final = "main"
_PARSED: Final = 1000


@dataclass(frozen=True, slots=True)
class Light:
    """An answer before it is made into JSON."""

    value: Any
    headers: Mapping[str, str]
    status_code: int


class StubModel:
    """An image model whose pictures are a few bytes that depend on the seed."""

    capabilities = Capabilities("stub", ASPECT_RATIOS, 16, seeded=True, price_micros=0)

    def generate(self, request: ImageRequest) -> ImageResult:
        """See `ImageModel`."""
        return ImageResult(f"picture {request.seed} {request.prompt}".encode(), 1, 1, request.seed)


def _light(value: Any, status: Any = 200, headers: Mapping[str, str] | None = None) -> Light:
    return Light(value, headers or {}, int(status))


def _shown(entry: Versioned[Any], *_: Any) -> dict[str, Any]:
    return {"entry": entry}


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
            (job, "thumbnail_jpeg", lambda _: b"small"),
            (job, "inspect", lambda _: ImageInfo("JPEG", 1, 1)),
        ):
            stack.enter_context(patch.object(place, name, stub))
        yield


class Container:
    """One process of the service.

    Attributes:
        busy: whether it is handling a request.
    """

    def __init__(self, store: MemoryStore) -> None:
        self.busy = False
        self._store = store
        self.restart()

    def restart(self) -> None:
        """Forget everything, as a new process does."""
        self.studios = Studios(self._store, DocumentCache())
        self.clients = Clients(self._store, DocumentCache())
        self._model: ImageModel = StubModel()

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

    def generate(self, body: Mapping[str, Any], change: Change) -> Answer:
        """POST to the studio's generate."""
        asked = Generate.model_validate(body)
        _, revisions = generation.generate(
            CLIENT, STUDIO, asked, self.clients, self.studios, self._store, self._model, change
        )
        return Answer(images=tuple(revision.id for revision in revisions))

    def bring_in(self, body: Mapping[str, Any], change: Change) -> Answer:
        """POST to the client's import."""
        Import(self.clients, self.studios, self._store, change).run(ImportedClient.model_validate(body))
        return Answer()

    def _edit(self, tag: str | None, prefer: Preferences, change: Change) -> dict[str, Any]:
        return {
            "clients": self.clients,
            "studios": self.studios,
            "condition": None if tag is None else TagCondition("If-Match", tag),
            "prefer": prefer,
            "change": change,
        }


def _answer(answer: Any, *, whole: bool = False) -> Answer:
    if not isinstance(answer, Light):
        return Answer(unchanged=answer.status_code == 304)
    shown = cast("dict[str, Any]", answer.value)
    return Answer(shown.get("entry"), shown.get("saved"), answer.headers.get("etag"), whole)
