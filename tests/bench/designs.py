"""Two plain designs to compare with: one document that is read whole, changed, and written back whole.

Both keep every slot's whole history in that document, as the original product does. They differ in what the
document is: the original `client.json` with all studios of a client, or one document for each studio. Neither
loses a change: a write names the version that was read, and where another came first, all is read and done
again. They have what Scene Studio stores of a slot and of a revision, by the same JSON writer. They keep no
document between changes, and do not know a request that is repeated.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from pydantic_core import from_json, to_json

from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.studio import default_settings
from scene_studio.store import keys
from scene_studio.store.object_store import ABSENT, Conflict, ObjectStore, StoredObject
from tests.support.histories import CLIENT, NOW

Json = dict[str, Any]
Change = Callable[[Json], None]
"""Changes the JSON of a studio."""
Pause = Callable[[int], None]
"""Waits before one more attempt, given the number of those that came too late."""

_LATER: Final = "2024-01-01T12:30:00.000Z"


def studio_json(studio_id: str, slots: dict[str, Sequence[GeneratedSceneImage]]) -> Json:
    """A studio in the original product's shape: its slots, each with all its revisions, newest first."""
    return {
        "id": studio_id,
        "name": "Main Studio",
        "clientId": CLIENT,
        "outputSlots": [
            {
                "id": slot_id,
                "productIds": list(revisions[0].product_ids if revisions else ()),
                "status": "COMPLETED" if revisions else "EMPTY",
                "outputImage": revisions[0].id if revisions else None,
                "history": [revision.to_json() for revision in revisions],
                "settings": default_settings().to_json(),
            }
            for slot_id, revisions in slots.items()
        ],
        "userScenes": [],
        "createdAt": NOW,
        "updatedAt": NOW,
    }


def chosen(slot_id: str, settings: Json) -> Change:
    """The change by which a person chooses some settings of a slot."""

    def change(studio: Json) -> None:
        _named(studio["outputSlots"], slot_id)["settings"].update(settings)
        studio["updatedAt"] = _LATER

    return change


def delivered(slot_id: str, revision: GeneratedSceneImage) -> Change:
    """The change by which a worker delivers a picture."""

    def change(studio: Json) -> None:
        slot = _named(studio["outputSlots"], slot_id)
        slot["history"].insert(0, revision.to_json())
        slot["outputImage"] = revision.id
        slot["status"] = "COMPLETED"
        studio["updatedAt"] = _LATER

    return change


def at_once(_late: int) -> None:
    """Try again without waiting."""


def full_jitter(sleep: Callable[[float], None], uniform: Callable[[float, float], float]) -> Pause:
    """Wait as Scene Studio does: at random, longer and longer."""
    return lambda late: sleep(uniform(0, min(2.0, 0.05 * 2 ** min(late, 10))))


class Design(Protocol):
    """Where studios are, and how one of them changes."""

    def begin(self, studios: Sequence[Json]) -> None:
        """Write these studios where there is nothing yet."""
        ...

    def change(self, studio_id: str, change: Change) -> None:
        """Change a studio, for certain."""
        ...


class ClientDocument:
    """The original product's own layout: `client.json` holds a client with all its studios."""

    def __init__(self, store: ObjectStore, pause: Pause = at_once) -> None:
        self._store = store
        self._pause = pause

    def begin(self, studios: Sequence[Json]) -> None:
        """See `Design.begin`."""
        client = {"id": CLIENT, "name": "ACME", "products": [], "clientSessions": [], "sceneStudios": studios}
        _create(self._store, keys.client(CLIENT), client)

    def change(self, studio_id: str, change: Change) -> None:
        """See `Design.change`."""
        _replace(
            self._store,
            keys.client(CLIENT),
            lambda client: change(_named(client["sceneStudios"], studio_id)),
            self._pause,
        )


class StudioDocument:
    """The plain remedy: a document for each studio."""

    def __init__(self, store: ObjectStore, pause: Pause = at_once) -> None:
        self._store = store
        self._pause = pause

    def begin(self, studios: Sequence[Json]) -> None:
        """See `Design.begin`."""
        for studio in studios:
            _create(self._store, keys.studio(CLIENT, studio["id"]), studio)

    def change(self, studio_id: str, change: Change) -> None:
        """See `Design.change`."""
        _replace(self._store, keys.studio(CLIENT, studio_id), change, self._pause)


def _create(store: ObjectStore, key: str, document: Json) -> None:
    store.put(key, to_json(document), expected=ABSENT, content_type="application/json")


def _replace(store: ObjectStore, key: str, change: Change, pause: Pause) -> None:
    """Read a document, change it and write it back, until nobody came in between."""
    late = 0
    while True:
        found = store.get(key)
        assert isinstance(found, StoredObject)
        document = from_json(found.body)
        change(document)
        body = to_json(document)
        try:
            store.put(key, body, expected=found.version.etag, content_type="application/json")
        except Conflict:
            late += 1
            pause(late)
        else:
            return


def _named(values: Sequence[Json], wanted: str) -> Json:
    return next(value for value in values if value["id"] == wanted)
