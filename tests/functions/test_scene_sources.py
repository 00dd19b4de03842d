"""Scenes of pictures that are here already, or that come inside the request."""

from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from scene_studio.stock_scenes import STOCK_SCENES, stock_picture
from scene_studio.store.object_store import Unavailable
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.pages import opened
from tests.support.pictures import as_image, data_url, jpeg, png
from tests.support.problems import assert_invalid, assert_problem
from tests.support.seed import IMG_2, Fill, client_json
from tests.support.sending import deal_with, reject
from tests.support.stored import stored_objects

SCENES = f"{STUDIO}/user-scenes"
BEACH = f"{SCENES}/beach"
RAW = "uploads/acme-corp/default/scene/beach/beach"
OTHER = f"{CLIENT}/scene-studio/other"
ELSEWHERE = "https://pictures.example.com/attic.jpg"
REVISION = {"slotId": "slot-1", "imageId": "img-2"}

pytestmark = pytest.mark.usefixtures("tickets")


def client_with_two_studios() -> dict[str, Any]:
    client = client_json()
    slot = client["sceneStudios"][0]["outputSlots"][0]
    slot["history"][0]["url"] = slot["outputImage"] = ELSEWHERE
    scenes = [
        {"id": "loft", "imageUrl": data_url(jpeg(6))},
        {"id": "attic", "imageUrl": ELSEWHERE},
        {"id": "lost", "name": "Its picture is not here"},
    ]
    client["sceneStudios"].append({"id": "other", "userScenes": scenes})
    return client


@pytest.fixture
def service(local_service: Path, fill: Fill) -> Path:
    """A client with two studios, the other one with scenes; a revision and a scene lie elsewhere."""
    fill(local_service, client_with_two_studios)
    return local_service


def add(**body: Any) -> Answer:
    return call("POST", SCENES, {"id": "beach", "name": "Beach"} | body)


def added(**body: Any) -> dict[str, Any]:
    answer = add(**body)
    assert answer.status == 201, answer.body
    assert answer.headers["location"] == BEACH
    assert answer.json.keys() == {"scene"}
    scene = answer.json["scene"]
    assert isinstance(scene, dict)
    return scene


PROCESSING = {"id": "beach", "name": "Beach", "state": "PROCESSING"}


@pytest.mark.parametrize(
    ("body", "picture"),
    [
        ({"from": {"stock": STOCK_SCENES[3].id}}, stock_picture(STOCK_SCENES[3])),
        ({"imageUrl": STOCK_SCENES[3].image_url}, stock_picture(STOCK_SCENES[3])),
        ({"from": REVISION}, IMG_2),
        ({"from": {"studioId": "other", "sceneId": "loft"}}, jpeg(6)),
        ({"imageUrl": data_url(png(3))}, png(3)),
        ({"imageUrl": "data:image/svg+xml,<svg/>"}, b"<svg/>"),
    ],
)
def test_a_picture_that_is_here_is_brought_to_where_files_are_taken_in(
    service: Path, body: dict[str, Any], picture: bytes
) -> None:
    assert added(**body) == PROCESSING
    assert stored_objects(service)[RAW].body == picture
    reminders = [key for key in stored_objects(service) if key.startswith("reminders/acme-corp/default/")]
    assert len(reminders) == 1


def test_what_was_brought_becomes_a_picture_of_the_scenes_own(service: Path) -> None:
    added(**{"from": REVISION})
    deal_with(RAW)
    assert call("GET", BEACH).json["state"] == "READY"
    assert as_image(opened(call("GET", f"{BEACH}/image"), service).body).size == (96, 72)


def test_a_scene_that_was_made_here_can_be_copied_too_and_its_copy_copied(service: Path) -> None:
    added(**{"from": {"studioId": "other", "sceneId": "loft"}})
    deal_with(RAW)
    made = call("POST", f"{OTHER}/user-scenes", {"from": {"studioId": "default", "sceneId": "beach"}})
    assert made.status == 201
    again = call("POST", SCENES, {"id": "bay", "from": {"studioId": "default", "sceneId": "beach"}})
    assert again.status == 201
    picture = opened(call("GET", f"{BEACH}/image"), service).body
    assert stored_objects(service)["uploads/acme-corp/default/scene/bay/bay"].body == picture


def test_the_seeds_scene_with_a_web_address_lies_elsewhere_and_awaits_nothing(service: Path) -> None:
    before = stored_objects(service).keys()
    assert added(imageUrl=ELSEWHERE, anything={"a": 1}) == {
        "id": "beach",
        "name": "Beach",
        "state": "READY",
        "imageUrl": ELSEWHERE,
    }
    assert call("GET", f"{BEACH}/image").headers["location"] == ELSEWHERE
    assert stored_objects(service).keys() == before


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ({}, "/from"),
        ({"slotId": "slot-1"}, "/from"),
        ({"imageId": "img-2"}, "/from"),
        ({"sceneId": "loft"}, "/from"),
        ({**REVISION, "stock": STOCK_SCENES[0].id}, "/from"),
        ({**REVISION, "studioId": "other", "sceneId": "loft"}, "/from"),
        ({"slotId": "slot-1", "sceneId": "loft"}, "/from"),
        ("stock", "/from"),
        ({"stock": "stock-nowhere"}, "/from/stock"),
        ({"stock": 7}, "/from/stock"),
        ({"stock": "/scenes/living-room-modern.jpg"}, "/from/stock"),
        ({**REVISION, "slotId": "nowhere"}, "/from/slotId"),
        ({**REVISION, "slotId": "deleted"}, "/from/slotId"),
        ({**REVISION, "slotId": "../x"}, "/from/slotId"),
        ({**REVISION, "imageId": "nowhere"}, "/from/imageId"),
        ({**REVISION, "imageId": "img-3"}, "/from/imageId"),
        ({"studioId": "nowhere", "sceneId": "loft"}, "/from/studioId"),
        ({"studioId": "deleted", "sceneId": "loft"}, "/from/studioId"),
        ({"studioId": "other", "sceneId": "nowhere"}, "/from/sceneId"),
        ({"studioId": "other", "sceneId": "attic"}, "/from/sceneId"),
        ({"studioId": "other", "sceneId": "lost"}, "/from/sceneId"),
        ({"studioId": "other", "sceneId": "deleted"}, "/from/sceneId"),
        ({"studioId": "other", "sceneId": "processing"}, "/from/sceneId"),
    ],
)
def test_a_picture_that_is_not_here_is_refused_by_the_name_that_it_has(
    service: Path, source: Any, field: str
) -> None:
    call("POST", f"{STUDIO}/slots", {"id": "deleted"})
    call("DELETE", f"{STUDIO}/slots/deleted")
    call("PUT", f"{CLIENT}/scene-studio/deleted", {})
    call("DELETE", f"{CLIENT}/scene-studio/deleted")
    call("POST", f"{OTHER}/user-scenes", {"id": "deleted", "imageUrl": ELSEWHERE})
    call("DELETE", f"{OTHER}/user-scenes/deleted")
    call("POST", f"{OTHER}/user-scenes", {"id": "processing", "contentType": "image/png", "size": 200_000})
    before = stored_objects(service)
    assert_invalid(add(**{"from": source}), field)
    assert stored_objects(service) == before


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({**REVISION, "imageId": "img-3"}, "lies elsewhere"),
        ({"studioId": "other", "sceneId": "attic"}, "has no picture here"),
        ({"studioId": "other", "sceneId": "lost"}, "is not here"),
    ],
)
def test_a_refusal_says_why_the_picture_cannot_be_copied(
    service: Path, source: dict[str, str], words: str
) -> None:
    assert words in add(**{"from": source}).json["errors"][0]["message"]


def test_no_picture_of_another_client_can_be_named(service: Path) -> None:
    import_client_of("somebody")
    assert_invalid(add(**{"from": {"studioId": "theirs", "sceneId": "loft"}}), "/from/studioId")


def import_client_of(client_id: str) -> None:
    studio = {"id": "theirs", "userScenes": [{"id": "loft", "imageUrl": data_url(jpeg(6))}]}
    client = {"id": client_id, "name": "x", "sceneStudios": [studio]}
    assert call("POST", f"/api/clients/{client_id}/import", client).status == 200


@pytest.mark.parametrize(
    "url",
    [
        "",
        "picture.jpg",
        "ftp://x/y.jpg",
        "javascript:alert(1)",
        "/scenes/nowhere.jpg",
        "/scenes/../secret",
        "file:///etc/passwd",
        "data:",
        "data:text/html,<b>",
        "data:image/png;base64,!!!",
        "data:image/png;base64,",
        f"{OTHER}/user-scenes/loft/image",
        "https://example.com/" + "x" * 2048,
        7,
    ],
)
def test_an_address_that_leads_to_no_picture_is_refused(service: Path, url: Any) -> None:
    before = stored_objects(service)
    assert_invalid(add(imageUrl=url), "/imageUrl")
    assert stored_objects(service) == before


@pytest.mark.parametrize("body", [{"from": REVISION}, {"imageUrl": data_url(png(3))}])
def test_a_copy_that_a_crash_cut_off_is_made_by_the_repeated_request(
    service: Path, monkeypatch: pytest.MonkeyPatch, body: dict[str, Any]
) -> None:
    put_once = SqliteObjectStore.put_once

    def failing_put(store: SqliteObjectStore, key: str, body: bytes, *, content_type: str) -> bool:
        if key == RAW:
            raise Unavailable("for a test")
        return put_once(store, key, body, content_type=content_type)

    def failing_copy(*_: Any) -> bool:
        raise Unavailable("for a test")

    key = {"Idempotency-Key": "copy-1"}
    with monkeypatch.context() as patch:
        patch.setattr(SqliteObjectStore, "put_once", failing_put)
        patch.setattr(SqliteObjectStore, "copy_once", failing_copy)
        cut_off = call("POST", SCENES, {"id": "beach", "name": "Beach"} | body, key)
    assert_problem(cut_off, 503, "outcome-unknown")
    assert call("GET", BEACH).json == PROCESSING
    assert RAW not in stored_objects(service)
    again = call("POST", SCENES, {"id": "beach", "name": "Beach"} | body, key)
    assert (again.status, again.json) == (201, {"scene": PROCESSING})
    assert RAW in stored_objects(service)
    settled = stored_objects(service)
    assert call("POST", SCENES, {"id": "beach", "name": "Beach"} | body, key).json == again.json
    assert stored_objects(service) == settled


def test_a_repeat_brings_nothing_once_the_scene_has_its_picture_or_awaits_another(service: Path) -> None:
    body, key = {"id": "beach", "from": REVISION}, {"Idempotency-Key": "copy-1"}
    call("POST", SCENES, body, key)
    deal_with(RAW)
    before = stored_objects(service)
    again = call("POST", SCENES, body, key)
    assert (again.status, again.json["scene"]["state"]) == (201, "READY")
    call("POST", f"{BEACH}/image", {"contentType": "image/png", "size": 200_000})
    call("POST", SCENES, body, key)
    assert RAW not in stored_objects(service)
    assert before.keys() - stored_objects(service).keys() == set()


def test_a_repeat_brings_nothing_once_what_it_brought_was_rejected(service: Path) -> None:
    body, key = {"id": "beach", "from": REVISION}, {"Idempotency-Key": "copy-1"}
    call("POST", SCENES, body, key)
    reject(RAW, "Not a picture.")
    runtime.object_store().delete(RAW)
    assert call("POST", SCENES, body, key).json["scene"]["state"] == "REJECTED"
    assert RAW not in stored_objects(service)


def test_a_repeat_is_answered_even_when_what_it_named_has_gone_since(service: Path) -> None:
    body, key = {"id": "beach", "from": REVISION}, {"Idempotency-Key": "copy-1"}
    call("POST", SCENES, body, key)
    runtime.object_store().delete(RAW)
    call("DELETE", f"{STUDIO}/slots/slot-1")
    again = call("POST", SCENES, body, key)
    assert (again.status, again.json["scene"]["state"]) == (201, "PROCESSING")


def test_a_scene_whose_file_was_rejected_can_be_copied_from_the_picture_that_it_kept(service: Path) -> None:
    wanted = {"contentType": "image/png", "size": 200_000}
    asked = call("POST", f"{OTHER}/user-scenes/loft/image", wanted)
    reject(asked.json["upload"]["fields"]["key"], "Damaged.")
    added(**{"from": {"studioId": "other", "sceneId": "loft"}})
    assert stored_objects(service)[RAW].body == jpeg(6)
