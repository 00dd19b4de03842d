"""A client with one of everything that a bundle can hold, in memory and without pictures that take time."""

import json
from typing import Final

from scene_studio.model.client import Product, new_client
from scene_studio.model.document import RequestKey
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio
from scene_studio.model.upload import new_upload
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.object_store import ObjectStore, StoredObject
from tests.support.histories import CLIENT, NOW, STUDIO, Team, revision
from tests.support.pictures import jpeg, png
from tests.support.scripted_store import FakeTime, MemoryStore

CONFIG: Final = keys.studio(CLIENT, STUDIO)
OWN_SCENE: Final = f"/api/clients/{CLIENT}/scene-studio/{STUDIO}/user-scenes/beach/image"
REVISIONS: Final = 82
"""So many the slot has: three pages beside those in the document."""


def small_client() -> MemoryStore:
    """A store with that client: a product, a scene, and a slot with a long history, of which two are here."""
    store = MemoryStore()
    put(store, keys.product_image(CLIENT, "chair", "front"), png(1))
    put(store, keys.product_thumbnail(CLIENT, "chair", "front"), png(2))
    put(store, keys.user_scene(CLIENT, STUDIO, "beach"), jpeg(3))
    chair = Product(id="chair", name="Chair", image_id="front", uploads=(new_upload("next", 0),))
    client = new_client(CLIENT, "Acme", NOW).replace(products=(chair,), client_sessions=({"at": OWN_SCENE},))
    put(store, keys.reminder(CLIENT, keys.LIBRARY, 0, "unique"), b"")
    Clients(store, DocumentCache()).commit(
        CLIENT, lambda _: client, RequestKey("key", "body"), FakeTime().pacing()
    )
    team = Team(store, "slot")
    team.change(with_scene)
    for number in range(REVISIONS):
        made = revision(number)
        if number in {0, REVISIONS - 1}:
            put(store, keys.revision(CLIENT, STUDIO, "slot", made.id), jpeg(number))
        else:
            made = made.replace(url=f"https://example.com/{number}.jpg")
        scene = {"scene": {"id": "beach", "imageUrl": OWN_SCENE}}
        settings = type(made.settings).model_validate({**made.settings.to_json(), **scene})
        team.add("slot", [made.replace(settings=settings)], by_machine=True)
    return store


def with_scene(current: Versioned[Studio] | None) -> Studio:
    """The studio with a scene of its own."""
    assert current is not None
    return current.document.replace(user_scenes=(Scene(id="beach", name="Beach"),))


def put(store: ObjectStore, key: str, body: bytes) -> None:
    """Store an object."""
    assert store.put_once(key, body, content_type="")


def current_objects(store: ObjectStore) -> dict[str, bytes]:
    """Every object by its key."""
    names = store.list_names("", limit=10_000).names
    return {name: one.body for name, one in zip(names, store.get_all(names), strict=True) if one is not None}


def rewritten(store: ObjectStore, key: str, **members: object) -> None:
    """Change members of a stored JSON document past all rules; None takes one away."""
    stored = store.get(key)
    assert isinstance(stored, StoredObject)
    changed = {**json.loads(stored.body), **members}
    body = json.dumps({name: value for name, value in changed.items() if value is not None}).encode()
    replace(store, key, body)


def replace(store: ObjectStore, key: str, body: bytes) -> None:
    """Put other bytes under a key, the metadata staying as it was."""
    stored = store.get(key)
    assert isinstance(stored, StoredObject)
    store.put(key, body, expected=stored.version.etag, content_type="", metadata=stored.metadata)
