"""Files as people sent them are never served, linked or led to: only what was made of them is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local import objects
from infra.local.events import HttpRequest, build_event
from infra.local.server import LOCAL_ROUTES
from infra.local.worker import Context
from infra.routes import match
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.models import StubModel
from tests.support.pictures import data_url, jpeg, png
from tests.support.sending import deal_with, reject, send
from tests.support.stored import stored_objects

SCENES = f"{STUDIO}/user-scenes"
LAMP = f"{CLIENT}/products/lamp"
FILE = {"contentType": "image/jpeg", "size": 200_000}


class Run:
    """Calls whose answers are looked through, but for the tickets in them."""

    def __init__(self) -> None:
        self.answers = 0
        self.tickets: list[str] = []

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = call(method, path, body)
        value = json.loads(answer.body) if answer.body.startswith(b"{") else {}
        ticket = value.pop("upload", None) if method == "POST" else None
        if ticket:
            self.tickets.append(ticket["fields"]["key"])
        seen = json.dumps([value, dict(answer.headers)])
        assert "uploads/" not in seen, seen
        self.answers += 1
        return ticket or value

    def look_at_everything(self, scene_ids: list[str]) -> None:
        for path in (CLIENT, f"{CLIENT}?expand=sceneStudios", f"{CLIENT}/products", LAMP, STUDIO, SCENES):
            self.call("GET", path)
        self.call("GET", f"{SCENES}?deleted=true")
        for query in ("", "?size=thumb", "?size=cutout", "?download=1"):
            self.call("GET", f"{LAMP}/image{query}")
        for picture in self.call("GET", LAMP).get("pictures", []):
            self.call("GET", picture["imageUrl"])
            self.call("GET", picture["thumbnailUrl"])
        for scene_id in scene_ids:
            self.call("GET", f"{SCENES}/{scene_id}")
            for query in ("", "?size=thumb", "?download=1", f"?image={scene_id}"):
                self.call("GET", f"{SCENES}/{scene_id}/image{query}")
        self.call("GET", f"{STUDIO}/slots/slot-1/history?sign=full")


def opened_locally(path: str) -> int:
    found = match("GET", path, LOCAL_ROUTES)
    assert found is not None
    assert found.route.function == "infra.local.objects"
    event = build_event(HttpRequest("GET", path), found, 1_700_000_000_000, "test-request")
    return int(objects.lambda_handler(event, Context("infra.local.objects", "test-request", 29))["statusCode"])


@pytest.fixture(autouse=True)
def closed(local_service: Path) -> Iterator[None]:
    """The store that signed addresses are opened in does not outlive the test."""
    yield
    objects._store(local_service).close()
    objects._store.cache_clear()


def test_no_answer_of_a_whole_run_leads_to_a_raw_upload(
    ready: Path, tickets: list[dict[str, Any]], model: StubModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed: list[str] = []
    presigned_url = SqliteObjectStore.presigned_url

    def noted(store: SqliteObjectStore, key: str, **options: Any) -> str:
        signed.append(key)
        return presigned_url(store, key, **options)

    monkeypatch.setattr(SqliteObjectStore, "presigned_url", noted)
    run = Run()
    run.call("PUT", LAMP, {"name": "Lamp"})
    scenes = ["beach", "loft", "stock", "copy", "given"]
    beach = run.call("POST", SCENES, {"id": "beach", **FILE})
    lamp = run.call("POST", f"{LAMP}/image", FILE)
    run.look_at_everything(scenes)
    keys = [send(beach, jpeg(1)), send(lamp, png(2))]
    run.look_at_everything(scenes)
    run.call("POST", SCENES, {"id": "stock", "from": {"stock": "stock-kitchen-1"}})
    run.call("POST", SCENES, {"id": "given", "imageUrl": data_url(png(3))})
    keys += [key for key in stored_objects(ready) if key.startswith("uploads/") and key not in keys]
    assert len(keys) == 4
    for key in keys:
        assert opened_locally(f"/_objects/{key}") in {403, 404}
        deal_with(key)
    run.look_at_everything(scenes)
    made = run.call(
        "POST",
        f"{STUDIO}/generate",
        {"slotId": "slot-1", "productIds": ["lamp"], "settings": {"scene": run.call("GET", f"{SCENES}/stock")}},
    )
    source = {"slotId": "slot-1", "imageId": made["images"][0]["id"]}
    run.call("POST", SCENES, {"id": "copy", "from": source})
    run.call("POST", SCENES, {"id": "copy", "from": source})
    run.call("POST", SCENES, {"id": "loft", "from": {"studioId": "default", "sceneId": "nowhere"}})
    reject(run.call("POST", SCENES, {"id": "loft", **FILE})["fields"]["key"], "Damaged.")
    run.call("POST", f"{SCENES}/beach/image", FILE)
    run.call("DELETE", f"{SCENES}/given")
    run.look_at_everything(scenes)
    run.call("POST", f"{STUDIO}/duplicate", {"id": "second"})
    run.call("GET", f"{STUDIO}/versions")
    assert (run.answers > 100, len(run.tickets)) == (True, 4)
    assert len(signed) > 20
    assert not [key for key in signed if key.startswith("uploads/")]


def test_the_look_through_would_find_an_address_of_a_raw_upload(
    seeded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaking = Answer(302, {"location": "/_objects/uploads/acme-corp/default/scene/a/a?signature=1"}, b"")
    monkeypatch.setattr("tests.functions.test_raw_uploads.call", lambda *_: leaking)
    with pytest.raises(AssertionError):
        Run().call("GET", f"{SCENES}/a/image")
