from pathlib import Path

import pytest

from tests.support.api import STUDIO, call
from tests.support.pages import opened
from tests.support.pictures import as_image, data_url, jpeg
from tests.support.problems import assert_problem
from tests.support.seed import client_json, import_client

SCENES = f"{STUDIO}/user-scenes"
ELSEWHERE = "https://pictures.example.com/attic.jpg"


@pytest.fixture
def scenes(local_service: Path) -> Path:
    """A studio with a scene of our own, one that lies elsewhere, one from stock and a deleted one."""
    client = client_json()
    client["sceneStudios"][0]["userScenes"] = [
        {"id": "beach", "name": "Beach", "imageUrl": data_url(jpeg(9, (640, 480)))},
        {"id": "attic", "name": "Attic", "imageUrl": ELSEWHERE},
        {"id": "stock", "name": "Stock", "imageUrl": "/scenes/living-room-modern.jpg"},
        {"id": "gone", "name": "Gone", "imageUrl": ELSEWHERE, "deletedAt": "2024-01-01T00:00:00Z"},
    ]
    import_client(client)
    return local_service


def test_a_scene_is_read_with_the_address_of_its_picture(scenes: Path) -> None:
    answer = call("GET", f"{SCENES}/beach")
    assert answer.json == {"id": "beach", "name": "Beach", "imageUrl": f"{SCENES}/beach/image"}
    assert call("GET", f"{SCENES}/attic").json["imageUrl"] == ELSEWHERE


def test_a_studio_lists_its_scenes_but_not_those_that_are_deleted(scenes: Path) -> None:
    assert [scene["id"] for scene in call("GET", STUDIO).json["userScenes"]] == ["beach", "attic", "stock"]
    assert_problem(call("GET", f"{SCENES}/gone"), 404, "not-found")
    assert_problem(call("GET", f"{SCENES}/gone/image"), 404, "not-found")


def test_a_scenes_picture_opens_whole_small_and_as_a_download(scenes: Path) -> None:
    assert opened(call("GET", f"{SCENES}/beach/image"), scenes).body == jpeg(9, (640, 480))
    assert as_image(opened(call("GET", f"{SCENES}/beach/image?size=thumb"), scenes).body).size == (320, 240)
    headers = opened(call("GET", f"{SCENES}/beach/image?download=1"), scenes).headers
    assert headers["content-disposition"] == 'attachment; filename="beach.jpg"'


def test_a_scene_that_lies_elsewhere_is_a_redirect_there(scenes: Path) -> None:
    answer = call("GET", f"{SCENES}/attic/image")
    assert (answer.status, answer.headers["location"]) == (302, ELSEWHERE)


def test_there_is_no_redirect_to_an_address_of_our_own_origin(scenes: Path) -> None:
    assert_problem(call("GET", f"{SCENES}/stock/image"), 404, "not-found")


@pytest.mark.parametrize("path", [f"{SCENES}/nowhere", f"{SCENES}/nowhere/image"])
def test_a_scene_that_never_was_is_not_found(scenes: Path, path: str) -> None:
    assert_problem(call("GET", path), 404, "not-found")


def test_the_scenes_of_a_deleted_studio_are_gone_with_it(scenes: Path) -> None:
    call("DELETE", STUDIO)
    assert_problem(call("GET", f"{SCENES}/beach/image"), 410, "deleted")
