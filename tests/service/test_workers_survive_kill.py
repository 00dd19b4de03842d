"""Workers that die by `kill -9` at any moment: every picture comes, and is paid for once."""

import itertools
import os
import random
import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.support.api import CLIENT, STUDIO
from tests.support.counting_worker import ENVIRONMENT, HANDLER
from tests.support.service import Service, functions_with_worker
from tests.support.soundness import broken_in

KILLS = int(os.environ.get("SCENE_STUDIO_KILLS", "100"))
WORKER_SECONDS = 8
SLOTS = [f"slot-{number}" for number in range(1, 6)]


class Call(NamedTuple):
    """A call of the image model; `end` is infinite if it was cut off."""

    begin: float
    end: float


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


def calls_by_seed(file: Path) -> dict[str, list[Call]]:
    calls: dict[str, list[Call]] = defaultdict(list)
    for line in file.read_text().splitlines():
        what, seed, moment = line.split()
        if what == "begin":
            calls[seed].append(Call(float(moment), float("inf")))
        else:
            at = max(n for n, call in enumerate(calls[seed]) if call.begin <= float(moment))
            calls[seed][at] = Call(calls[seed][at].begin, float(moment))
    return calls


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
    kills: list[float] = []
    while len(kills) < KILLS:
        if len(kills) % 20 == 0 and len(asked) < len(kills) + 20:
            wanted: Any = {"slotIds": SLOTS, "count": 3}
            answer = send(service, "POST", f"{STUDIO}/generate", wanted, f"execute-{len(kills)}")
            assert answer.status_code in {200, 202}, answer.text
            asked.update(f"{one['slotId']}.{one['id']}" for one in answer.json()["generation"])
        time.sleep(source.uniform(0.05, 0.5))
        worker = source.choice(service.workers() or [0])
        if worker:
            kills.append(time.time())
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
    again = 0
    for image in made:
        of_this = calls[str(image["seed"])]
        for call, following in itertools.pairwise(of_this):
            again += 1
            assert any(call.begin <= kill <= min(call.end + 1, following.begin) for kill in kills), image
    cut_off = sum(call.end == float("inf") for of_this in calls.values() for call in of_this)
    total = sum(map(len, calls.values()))
    with capsys.disabled():
        print(
            f"\n{len(kills)} kills, {len(asked)} pictures asked for, {len(made)} made, {len(failed)} failed, "
            f"{total} calls of the model: {again} more than pictures, {cut_off} cut off by a kill"
        )
    assert total == len(calls) + again
    assert broken_in(service.store) == []
