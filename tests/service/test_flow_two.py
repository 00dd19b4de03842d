"""Flow 2 of the original product: a campaign of twenty variations over five slots, asked for in one go."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from scene_studio.store import keys
from tests.support.api import STUDIO
from tests.support.service import Service

STYLES = {
    f"slot-{number}": style
    for number, style in enumerate(("Modern", "Rustic", "Coastal", "Industrial", "Minimalist"))
}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path / "data").start()
    yield service
    service.kill()


def test_twenty_variations_over_five_slots_all_come_with_their_settings_and_prompts(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    studio = service.address + STUDIO
    httpx.put(studio, json={})
    for number, (slot_id, style) in enumerate(STYLES.items()):
        body = {
            "id": slot_id,
            "productIds": [("product-a", "product-b")[number % 2]],
            "settings": {"style": style},
        }
        assert httpx.post(f"{studio}/slots", json=body).status_code == 201
    asked = httpx.post(
        f"{studio}/generate",
        json={"slotIds": list(STYLES), "count": 4},
        headers={"prefer": "respond-async"},
    )
    assert asked.status_code == 202
    until = time.monotonic() + 120
    while any(row["status"] != "COMPLETED" for row in httpx.get(studio).json()["outputSlots"]):
        assert time.monotonic() < until
        time.sleep(0.2)
    progress = httpx.get(service.address + asked.headers["location"]).json()["generation"]
    assert [one["state"] for one in progress] == ["done"] * 20
    for number, row in enumerate(httpx.get(studio).json()["outputSlots"]):
        wanted = {one["id"] for one in asked.json()["generation"] if one["slotId"] == row["id"]}
        assert {image["id"] for image in row["history"]} == wanted
        assert len({image["seed"] for image in row["history"]}) == 4
        for image in row["history"]:
            assert image["settings"]["style"] == STYLES[row["id"]]
            assert STYLES[row["id"]].lower() in image["debugPrompt"].lower()
            assert image["productIds"] == [("product-a", "product-b")[number % 2]]
            picture = httpx.get(service.address + image["url"], follow_redirects=True)
            assert picture.headers["content-type"] == "image/jpeg"
    with closing(sqlite3.connect(tmp_path / "data" / "store.sqlite")) as db:
        key = keys.studio("acme-corp", "default")
        bodies = db.execute("SELECT body FROM versions WHERE key = ? ORDER BY id", (key,)).fetchall()
    folds = len([body for (body,) in bodies if json.loads(body)["rev"] > 7])
    with capsys.disabled():
        print(f"\n20 variations: 1 commit to ask for them, {folds} to fold them in; 20 one by one")
    assert folds <= 20
