from pathlib import Path

import pytest

from scene_studio.stock_scenes import STOCK_SCENES
from tests.support.api import call
from tests.support.contract import FILE
from tests.support.pictures import as_image
from tests.support.problems import assert_problem


def test_health_answers_even_where_no_store_can_be_reached(
    local_service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCENE_STUDIO_STORE", "sqlite:/nowhere/at/all.sqlite")
    answer = call("GET", "/api/health")
    assert (answer.status, answer.json) == (200, {"status": "ok"})
    assert not local_service.exists()


def test_the_contract_is_given_as_it_is_committed_and_not_again_to_who_has_it(
    local_service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCENE_STUDIO_TENANCY", "token")
    answer = call("GET", "/api/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.body == FILE.read_bytes()
    again = call("GET", "/api/openapi.json", headers={"If-None-Match": f"W/{answer.etag}"})
    assert (again.status, again.body, again.etag) == (304, b"", answer.etag)
    assert call("GET", "/api/openapi.json", headers={"If-None-Match": '"older"'}).status == 200


def test_every_stock_scene_is_listed_with_an_address_that_gives_its_picture(local_service: Path) -> None:
    listed = call("GET", "/api/scenes").json
    assert [scene["id"] for scene in listed["items"]] == [scene.id for scene in STOCK_SCENES]
    for scene in listed["items"]:
        answer = call("GET", scene["imageUrl"])
        assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.headers["cache-control"] == "public, max-age=86400"
        assert min(as_image(answer.body).size) > 500


def test_the_seeds_scene_is_one_of_them(local_service: Path) -> None:
    assert call("GET", "/api/scenes").json["items"][0] == {
        "id": "stock-living-room-1",
        "name": "Modern Living Room",
        "imageUrl": "/scenes/living-room-modern.jpg",
    }


@pytest.mark.parametrize("file", ["nowhere.jpg", "..", "living-room-modern.jpg%00", "Living-Room-Modern.jpg"])
def test_no_other_file_is_given_away(local_service: Path, file: str) -> None:
    answer = call("GET", f"/scenes/{file}")
    assert_problem(answer, 404, answer.json["type"])
