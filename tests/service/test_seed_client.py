"""The original product's own browser code, driven by node against the service as `make run` starts it."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.api import CLIENT, STUDIO
from tests.support.service import Service

SCRIPT = Path(__file__).with_name("seed_client.mjs")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path / "data").start()
    yield service
    service.kill()


def visit(service: Service) -> dict[str, Any]:
    command = ["node", str(SCRIPT), service.address, "acme-corp", "default"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "" == ran.stderr
    result: dict[str, Any] = json.loads(ran.stdout)
    return result


def slots(service: Service) -> dict[str, Any]:
    studio = httpx.get(service.address + STUDIO).json()
    return {slot["id"]: slot for slot in studio["outputSlots"]}


def test_its_first_visit_makes_fills_and_executes_a_studio_and_every_save_is_kept(service):
    seen = visit(service)
    assert ["GET 200", "POST 201"] == seen["answers"][:2]
    # The Execute goes out before the save of its row; which is answered first is the picture's to say.
    assert {"POST 200", "PATCH 200"} == set(seen["answers"][2:4])
    assert {"200", "201"} == {answer.split()[1] for answer in seen["answers"]}
    kept = slots(service)
    assert ["row-1", "row-2"] == list(kept)
    assert "Industrial" == kept["row-1"]["settings"]["style"]
    assert "Golden Hour" == kept["row-2"]["settings"]["lighting"]
    assert ["Industrial", "Modern"] == [one["settings"]["style"] for one in kept["row-1"]["history"]]
    assert seen["rows"][0]["outputImage"] == kept["row-1"]["outputImage"]
    assert 2 == kept["row-1"]["historyCount"]


def test_its_later_visit_finds_everything_and_goes_on(service):
    first = visit(service)
    later = visit(service)
    assert [row["id"] for row in first["rows"]] == [row["id"] for row in later["loaded"]]
    assert {"200"} == {answer.split()[1] for answer in later["answers"]}
    kept = slots(service)
    assert "Evening" == kept["row-2"]["settings"]["lighting"]
    assert 1 == kept["row-2"]["historyCount"]
    assert 2 == kept["row-1"]["historyCount"]


def test_what_another_person_changes_in_its_rows_meanwhile_stays(service):
    visit(service)
    path = f"{service.address}{CLIENT}/scene-studio/default/slots/row-1"
    assert 200 == httpx.patch(path, json={"settings": {"cameraAngle": "Low Angle"}}).status_code
    later = visit(service)
    assert {"200"} == {answer.split()[1] for answer in later["answers"]}
    assert "Low Angle" == slots(service)["row-1"]["settings"]["cameraAngle"]
