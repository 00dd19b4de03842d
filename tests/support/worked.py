"""A client that a team has worked with, made by the functions, and all that can be read of a client."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from scene_studio import runtime
from scene_studio.model.studio import Studio
from scene_studio.queues.s3_notifications import created
from scene_studio.store.cache import Versioned
from scene_studio.store.object_store import StoredObject
from tests.support.api import CLIENT, STUDIO, call
from tests.support.contract import LATER
from tests.support.ingestion import deliver
from tests.support.pages import all_items
from tests.support.pictures import data_url, encoded, jpeg, png, quarters
from tests.support.queues import WorkingQueue
from tests.support.scripted_store import FakeTime
from tests.support.seed import client_json, import_client
from tests.support.sending import send
from tests.support.shares import Link, new_link, put_marks

SUMMER: Final = f"{CLIENT}/scene-studio/summer"
LOFT: Final = f"{STUDIO}/user-scenes/loft/image"
MANY: Final = 64
"""So many pictures are made in slot-1, beside the two that were imported: they take two pages."""


class Worked(NamedTuple):
    """A store with such a client in it.

    Attributes:
        path: its file.
        link: a guest link to its first studio.
        latest: the id of the picture made last.
    """

    path: Path
    link: Link
    latest: str


def seeded_client() -> dict[str, Any]:
    """The client as it is imported first: with scenes, members of others' making, and addresses in those."""
    client = client_json()
    client["products"][0] |= {"sku": "OC-1", "sheet": f"{CLIENT}/products/product-a/image"}
    client["products"].append({"id": "far", "name": "Far", "imageUrl": "https://example.com/far.png"})
    client["clientSessions"].append({"id": "session-3", "board": [{"pin": f"{STUDIO}/slots/slot-1"}]})
    studio = client["sceneStudios"][0]
    studio["userScenes"] = [
        {"id": "beach", "name": "Beach", "imageUrl": data_url(jpeg(9))},
        {"id": "attic", "name": "Attic", "imageUrl": "https://example.com/attic.jpg"},
        {"id": "gone", "name": "Gone", "imageUrl": data_url(jpeg(8)), "deletedAt": "2024-01-01T00:00:00Z"},
    ]
    nameless = {"id": "own", "name": "Nameless", "imageUrl": data_url(jpeg(7))}
    studio["outputSlots"].append(
        {**studio["outputSlots"][0], "id": "slot-2", "settings": {"scene": nameless}, "history": []}
    )
    return client


def work(queue: WorkingQueue) -> tuple[Link, str]:
    """Work with the original product's client as a team would; the store must be empty."""
    import_client(seeded_client())
    upload(f"{STUDIO}/user-scenes", encoded(quarters(), "JPEG"), "image/jpeg", {"id": "loft", "name": "Loft"})
    upload(f"{CLIENT}/products/product-a/image", png(5, (96, 96)), "image/png")
    settings = {"style": "Rustic", "scene": {"id": "loft", "imageUrl": LOFT}}
    latest = ""
    for _ in range(0, MANY, 8):
        latest = executed({"slotId": "slot-1", "settings": settings, "count": 8})
    patch(f"{STUDIO}/slots/slot-1", {"favorites": [latest]})
    ok("POST", f"{STUDIO}/slots", {"id": "slot-3", "productIds": ["product-a"]})
    executed({"slotId": "slot-3"})
    ok("DELETE", f"{STUDIO}/slots/slot-3")
    ok("POST", f"{STUDIO}/duplicate", {"id": "summer", "name": "Summer"})
    ok("PUT", f"{CLIENT}/scene-studio/old", {})
    ok("DELETE", f"{CLIENT}/scene-studio/old")
    link = new_link(name="Buyer")
    put_marks(link, [{"slotId": "slot-1", "imageId": latest, "favorite": True}])
    ok("DELETE", f"{CLIENT}/products/product-b")
    with_a_member_of_tomorrow()
    queue.held = True
    body = {"slotId": "slot-1", "productIds": ["product-a"]}
    ok("POST", f"{SUMMER}/generate", body, {"Prefer": "respond-async"})
    ok("POST", f"{STUDIO}/user-scenes", {"id": "later", "contentType": "image/png", "size": 9})
    return link, latest


def ok(method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
    """Send a request that succeeds, and give what it answers."""
    answer = call(method, path, body, headers)
    assert answer.status < 400, answer.body
    return answer.json if answer.body else None


def patch(path: str, body: Any) -> None:
    """Edit something."""
    ok("PATCH", path, body)


def executed(body: Any) -> str:
    """Make pictures, and give the id of the newest."""
    images = ok("POST", f"{STUDIO}/generate", body)["images"]
    return str(images[0]["id"])


def upload(path: str, file: bytes, content_type: str, body: dict[str, Any] | None = None) -> None:
    """Send a file with a ticket, and have it taken in."""
    asked = {**(body or {}), "contentType": content_type, "size": len(file)}
    key = send(ok("POST", path, asked)["upload"], file)
    (head,) = runtime.object_store().heads([key])
    assert head is not None
    assert not deliver(created(key, head.version.version_id, head.size))


def with_a_member_of_tomorrow() -> None:
    """Have the studio hold what only a later version of the functions knows."""

    def add(current: Versioned[Studio] | None) -> Studio:
        assert current is not None
        return Studio.model_validate({**current.document.to_json(), LATER: {"at": STUDIO, "n": [1, None]}})

    runtime.studios().commit("acme-corp", "default", add, None, FakeTime().pacing())


def readable(client_id: str, links: Sequence[Link] = ()) -> dict[str, Any]:
    """All that can be read of a client, by address: what functions answer, and the bytes of pictures.

    Of entity tags only the `rev`, since versions have other names in every store, and in place of signed
    addresses what they give. Which versions there were before is not told.
    """
    reader = _Reader()
    reader.read_client(f"/api/clients/{client_id}")
    for link in links:
        answer = call("GET", f"/api/shares/{link.id}", headers={"X-Share-Token": link.secret})
        reader.found[f"guest {link.id}"] = (answer.status, _without_versions(answer.json))
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def read_client(self, client: str) -> None:
        for product in self._read_all(f"{client}/products"):
            image = f"{client}/products/{product['id']}/image"
            pictures = [picture["imageUrl"] for picture in product.get("pictures", ())]
            self._read(image, f"{image}?size=thumb", f"{image}?size=cutout", *pictures)
        self._read(f"{client}/usage?month=2026-11", f"{client}/scene-studio/old")
        self._read_all(f"{client}/scene-studio")
        for studio in self._read(f"{client}?expand=sceneStudios")["sceneStudios"]:
            self._read_studio(f"{client}/scene-studio/{studio['id']}", studio)

    def _read_studio(self, address: str, studio: dict[str, Any]) -> None:
        scenes = f"{address}/user-scenes"
        self._read(address, f"{address}/generation", f"{address}/shares", scenes, f"{scenes}?deleted=true")
        for scene in studio["userScenes"]:
            self._read(f"{scenes}/{scene['id']}", f"{scenes}/{scene['id']}/image")
        for slot in studio["outputSlots"]:
            history = f"{address}/slots/{slot['id']}/history"
            for revision in self._read_all(history):
                one = f"{history}/{revision['id']}"
                self._read(one, f"{one}/image", f"{one}/image?size=thumb")
            scene_url = slot["settings"].get("scene", {}).get("imageUrl", "")
            if scene_url.startswith(address):
                self._read(scene_url)

    def _read(self, *addresses: str) -> Any:
        """Read these, and give what the last of them answers."""
        for address in addresses:
            answer = call("GET", address)
            if answer.status == 302:
                self.found[address] = _led_to(answer.headers["location"])
            else:
                self.found[address] = (answer.status, _without_versions(answer.json))
        return answer.json if answer.body else None

    def _read_all(self, address: str) -> list[Any]:
        items = all_items(address, 20)
        self.found[address] = _without_versions(items)
        return items


def _led_to(location: str) -> Any:
    """The picture of a signed address; any other text as it is."""
    if not location.startswith("/_objects/"):
        return location
    key = unquote(urlsplit(location).path).removeprefix("/_objects/")
    stored = runtime.object_store().get(key)
    assert isinstance(stored, StoredObject)
    return stored.body


def _without_versions(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_without_versions(one) for one in answer]
    if isinstance(answer, dict):
        return {
            name: json.loads(value).partition(":")[0] if name == "etag" else _without_versions(value)
            for name, value in answer.items()
        }
    return _led_to(answer) if isinstance(answer, str) else answer
