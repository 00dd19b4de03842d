"""What was acknowledged survives `kill -9` at any moment."""

import json
import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from scene_studio.store import keys
from tests.support.api import STUDIO
from tests.support.service import Service
from tests.support.soundness import broken_in

KILLS = int(os.environ.get("SCENE_STUDIO_KILLS", "50"))


@dataclass
class Writer:
    """A person who repeats a request, under its key, until it is answered."""

    service: Service
    stopped: threading.Event
    acknowledged: list[Any] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    given_up: int = 0

    def request(self, method: str, path: str, body: Any, key: str) -> httpx.Response | None:
        """The answer, or None when the test ended first."""
        while not self.stopped.is_set():
            try:
                headers = {"idempotency-key": key}
                answer = httpx.request(
                    method, self.service.address + path, json=body, headers=headers, timeout=30
                )
            except httpx.TransportError:
                time.sleep(0.02)
                continue
            if answer.status_code not in {202, 500, 503}:
                return answer
        return None

    def edits(self) -> None:
        """Number the edits of one slot."""
        for number in count(1):
            text = f"edit {number}"
            body = {"settings": {"promptText": text}}
            answer = self.request("PATCH", f"{STUDIO}/slots/edited", body, f"edit-{number}")
            if answer is None:
                return
            self.note(answer, 200, number)

    def pictures(self) -> None:
        """Make pictures in another slot, one after the other."""
        for number in count(1):
            answer = self.request("POST", f"{STUDIO}/generate", {"slotId": "made"}, f"picture-{number}")
            if answer is None:
                return
            if answer.json().get("type") == "generation-refused":
                self.given_up += 1  # it was killed so often that its time ran out, and was told so
            else:
                self.note(answer, 200, answer.json().get("images", [{}])[0].get("id"))

    def note(self, answer: httpx.Response, expected: int, what: Any) -> None:
        """Keep what was acknowledged, and any answer that is not what it should be."""
        if answer.status_code == expected:
            self.acknowledged.append(what)
        else:
            self.unexpected.append(f"{answer.status_code} {answer.text[:300]}")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    # Short, so that what a killed worker had in hand soon goes to another.
    service = Service(tmp_path / "data", SCENE_STUDIO_WORKER_SECONDS="3").start()
    yield service
    service.kill()


@pytest.mark.timeout(900)
def test_nothing_acknowledged_is_lost_to_a_server_killed_at_random_moments(service, capsys):
    chance = random.Random(20)
    stopped = threading.Event()
    editor, maker = Writer(service, stopped), Writer(service, stopped)
    assert httpx.put(service.address + STUDIO, json={}).status_code == 201
    for slot in ("edited", "made"):
        body = {"id": slot, "productIds": ["product-a", "product-b"]}
        assert httpx.post(f"{service.address}{STUDIO}/slots", json=body).status_code == 201
    threads = [threading.Thread(target=editor.edits), threading.Thread(target=maker.pictures)]
    for thread in threads:
        thread.start()
    for number in range(KILLS):
        # Now and then there is time for a picture that was cut off before.
        time.sleep(chance.uniform(4, 6) if number % 10 == 9 else chance.uniform(0.05, 1.2))
        service.kill(workers_too=number % 2 == 0)
        service.start()
    time.sleep(1)
    stopped.set()
    for thread in threads:
        thread.join()

    assert [] == editor.unexpected + maker.unexpected
    studio = httpx.get(service.address + STUDIO).json()
    slots = {slot["id"]: slot for slot in studio["outputSlots"]}
    last = int(slots["edited"]["settings"]["promptText"].removeprefix("edit "))
    assert last in {editor.acknowledged[-1], editor.acknowledged[-1] + 1}
    history = whole_history(service.address, "made")
    shown = [revision["id"] for revision in history]
    assert len(set(shown)) == len(shown)
    assert maker.acknowledged == [one for one in reversed(shown) if one in maker.acknowledged]
    assert len(shown) - len(maker.acknowledged) in range(maker.given_up + 2)
    for revision in history:
        picture = httpx.get(service.address + revision["url"], follow_redirects=True)
        assert b"\xff\xd8" == picture.content[:2]
        assert b"\xff\xd9" == picture.content[-2:]
    assert [] == broken_in(service.store)
    revs = every_rev(service.store)
    assert list(range(1, len(revs) + 1)) == revs
    with capsys.disabled():
        print(
            f"\n{KILLS} kills: {len(editor.acknowledged)} edits and {len(maker.acknowledged)} pictures "
            f"acknowledged, none missing, {maker.given_up} given up; {len(revs)} commits, no gap"
        )


def whole_history(address: str, slot: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = httpx.get(f"{address}{STUDIO}/slots/{slot}/history", params={"cursor": cursor}).json()
        found.extend(page["items"])
        cursor = page.get("nextCursor")
    return found


def every_rev(path: Path) -> list[int]:
    """The `rev` of every version of the studio, oldest first, once the file is known to be sound."""
    with closing(sqlite3.connect(path)) as db:
        assert "ok" == db.execute("PRAGMA integrity_check").fetchone()[0]
        key = keys.studio("acme-corp", "default")
        bodies = db.execute("SELECT body FROM versions WHERE key = ? ORDER BY id", (key,)).fetchall()
    return [json.loads(body)["rev"] for (body,) in bodies]
