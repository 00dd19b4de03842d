"""Workers that die by `kill -9` at any moment: every picture comes, and is paid for once."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.api import CLIENT, STUDIO
from tests.support.counting_worker import ENVIRONMENT, HANDLER, calls_by_seed, last_at_work
from tests.support.service import Service, functions_with_worker
from tests.support.soundness import broken_in

KILLS = int(os.environ.get("SCENE_STUDIO_KILLS", "100"))
WORKER_SECONDS = 8
SLOTS = [f"slot-{number}" for number in range(1, 6)]


@pytest.fixture
def calls_file(tmp_path: Path) -> Path:
    return tmp_path / "calls"


@pytest.fixture
def service(tmp_path: Path, calls_file: Path) -> Iterator[Service]:
    (tmp_path / "functions").mkdir()
    functions = functions_with_worker(tmp_path / "functions", HANDLER)
    environment = {ENVIRONMENT: str(calls_file), "SCENE_STUDIO_WORKER_SECONDS": str(WORKER_SECONDS)}
    service = Service(tmp_path / "data", "--functions", str(functions), **environment).start()
    yield service
    service.kill()


def send(service: Service, method: str, path: str, body: Any, key: str) -> httpx.Response:
    """The answer to a request that is repeated under its key until it is answered."""
    for _ in range(200):
        answer = httpx.request(
            method,
            service.address + path,
            json=body,
            headers={"idempotency-key": key, "prefer": "respond-async"},
            timeout=60,
        )
        if answer.status_code < 500:
            return answer
        time.sleep(0.05)
    raise AssertionError("no answer that says anything")


def slots(service: Service) -> list[Any]:
    answer = send(service, "GET", STUDIO, None, "read")
    assert answer.status_code == 200, answer.text
    rows: list[Any] = answer.json()["outputSlots"]
    return rows


@pytest.mark.timeout(600)
def test_every_picture_comes_and_none_is_paid_for_twice_but_by_a_kill_in_mid_call(
    service: Service, calls_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = random.Random(7)
    assert send(service, "PUT", STUDIO, {}, "studio").status_code in {201, 412}
    products = [one["id"] for one in send(service, "GET", CLIENT, None, "x").json()["products"]]
    for slot_id in SLOTS:
        body = {"id": slot_id, "productIds": products}
        assert send(service, "POST", f"{STUDIO}/slots", body, slot_id).status_code in {201, 409}
    asked: set[str] = set()
    kills: list[int] = []
    while len(kills) < KILLS:
        if len(kills) % 20 == 0 and len(asked) < len(kills) + 20:
            wanted: Any = {"slotIds": SLOTS, "count": 3}
            answer = send(service, "POST", f"{STUDIO}/generate", wanted, f"execute-{len(kills)}")
            assert answer.status_code in {200, 202}, answer.text
            asked.update(f"{one['slotId']}.{one['id']}" for one in answer.json()["generation"])
        time.sleep(source.uniform(0.05, 0.5))
        # Any process, or one that is at a picture, which is where a kill hurts.
        worker = source.choice([source.choice(service.workers() or [0]), last_at_work(calls_file)])
        if worker in service.workers():
            kills.append(worker)
            os.kill(worker, signal.SIGKILL)
    until = time.monotonic() + 240
    while any(row["status"] == "GENERATING" for row in slots(service)):
        assert time.monotonic() < until, service.log()[-3000:]
        time.sleep(0.5)
    made = [image for row in slots(service) for image in row["history"]]
    progress = send(service, "GET", f"{STUDIO}/generation?images={','.join(asked)}", None, "look")
    failed = [one for one in progress.json()["generation"] if one["state"] == "failed"]
    assert all(one["reason"] for one in failed)
    assert len(made) == len({image["id"] for image in made}) == len(asked) - len(failed)
    calls = calls_by_seed(calls_file)
    assert {image["seed"] for image in made} <= calls.keys()
    cut_off = 0
    of_their_own = 0
    for of_this in calls.values():
        *earlier, _ = of_this
        assert not any(call.stored for call in earlier), "nobody pays again for what is stored"
        cut_off += sum(call.process in kills for call in earlier)
        of_their_own += sum(call.process not in kills for call in earlier)
    assert of_their_own <= service.log().count("generation_worker ran too long")
    total = sum(map(len, calls.values()))
    with capsys.disabled():
        print(
            f"\n{len(kills)} kills, {len(asked)} pictures asked for, {len(made)} made, {len(failed)} failed, "
            f"{total} calls of the model: {cut_off} cut off by a kill, {of_their_own} by the time limit"
        )
    assert broken_in(service.store) == []
