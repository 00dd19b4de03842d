"""Scenes whose picture is a file that people send: asked for, awaited, there, rejected, replaced."""

from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from scene_studio.model.upload import MAX_UPLOAD_BYTES, TICKET_MILLISECONDS, UPLOAD_MILLISECONDS
from scene_studio.store import keys
from scene_studio.store.object_store import Unavailable
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.pages import opened
from tests.support.pictures import as_image, jpeg
from tests.support.problems import assert_invalid, assert_problem
from tests.support.sending import COLORS, deal_with, reject, send
from tests.support.stored import stored_document, stored_objects

SCENES = f"{STUDIO}/user-scenes"
BEACH = f"{SCENES}/beach"
FILE = {"contentType": "image/jpeg", "size": 200_000}
ACCEPTED = ("jpeg", "png", "webp", "avif", "gif", "tiff", "heic", "heif")

pytestmark = pytest.mark.usefixtures("seeded", "tickets")


def add(**body: Any) -> Answer:
    answer = call("POST", SCENES, {"id": "beach", "name": "Beach", **FILE, **body})
    assert answer.status == 201, answer.body
    return answer


def replace(**body: Any) -> Answer:
    answer = call("POST", f"{BEACH}/image", FILE | body)
    assert answer.status == 201, answer.body
    return answer


def ready(number: int = 9) -> None:
    """A scene whose file has become its picture."""
    deal_with(send(add().json["upload"], jpeg(number, (640, 480))))


def now_is(monkeypatch: pytest.MonkeyPatch, milliseconds: int) -> None:
    monkeypatch.setattr(runtime, "now_milliseconds", lambda: milliseconds)


def test_a_scene_is_added_before_its_file_with_a_ticket_to_send_it(
    monkeypatch: pytest.MonkeyPatch, tickets: list[dict[str, Any]]
) -> None:
    now_is(monkeypatch, 1_700_000_000_000)
    made = add()
    assert made.headers["location"] == BEACH
    assert made.json["scene"] == {"id": "beach", "name": "Beach", "state": "PROCESSING"}
    ticket = made.json["upload"]
    assert ticket.keys() == {"url", "fields", "expiresAt"}
    assert ticket["fields"]["key"] == tickets[0]["key"]
    assert ticket["expiresAt"] == "2023-11-14T22:28:20.000Z"
    assert tickets == [
        {
            "key": "uploads/acme-corp/default/scene/beach/beach",
            "content_type": "image/jpeg",
            "max_bytes": 200_000,
            "seconds": 900,
        }
    ]
    assert call("GET", BEACH).json == call("GET", STUDIO).json["userScenes"][0] == made.json["scene"]


def test_once_its_file_is_a_picture_the_scene_is_ready_and_says_what_it_looks_like(seeded: Path) -> None:
    ready()
    scene = call("GET", BEACH).json
    assert scene == {
        "id": "beach",
        "name": "Beach",
        "state": "READY",
        "imageUrl": f"{BEACH}/image",
        "thumbnailUrl": f"{BEACH}/image?image=beach&size=thumb",
        "width": 640,
        "height": 480,
        "colors": list(COLORS),
    }
    assert as_image(opened(call("GET", scene["imageUrl"]), seeded).body).size == (640, 480)
    assert as_image(opened(call("GET", scene["thumbnailUrl"]), seeded).body).size == (320, 240)


def test_a_scene_without_an_id_is_given_one_and_may_have_no_name() -> None:
    made = call("POST", SCENES, FILE)
    scene = made.json["scene"]
    assert made.headers["location"] == f"{SCENES}/{scene['id']}"
    assert (scene["name"], call("GET", made.headers["location"]).json) == ("", scene)
    assert call("POST", SCENES, FILE).json["scene"]["id"] != scene["id"]


@pytest.mark.parametrize("kind", ACCEPTED)
def test_every_type_of_picture_that_is_taken_gets_a_ticket_of_its_type(
    tickets: list[dict[str, Any]], kind: str
) -> None:
    add(contentType=f"image/{kind}".replace("e", "E"))
    replace(contentType=f"image/{kind}")
    assert [ticket["content_type"] for ticket in tickets] == [f"image/{kind}"] * 2


@pytest.mark.parametrize(
    "kind", ["image/svg+xml", "image/bmp", "text/html", "", "image/*", "jpeg", "image/jpg"]
)
def test_another_type_is_refused_with_a_list_of_those_that_are_taken(seeded: Path, kind: str) -> None:
    before = stored_objects(seeded)
    for answer in (
        call("POST", SCENES, FILE | {"contentType": kind}),
        call("POST", f"{CLIENT}/products/product-a/image", FILE | {"contentType": kind}),
        call("POST", f"{BEACH}/image", FILE | {"contentType": kind}),
    ):
        assert_invalid(answer, "/contentType")
        message = answer.json["errors"][0]["message"]
        assert all(f"image/{accepted}" in message for accepted in ACCEPTED)
        assert "SVG" in message
    assert stored_objects(seeded) == before


@pytest.mark.parametrize("size", [0, -1, MAX_UPLOAD_BYTES + 1, 10**30, 1.5, "1234", True, None])
def test_a_size_that_is_none_or_too_large_is_refused_with_the_limit(seeded: Path, size: Any) -> None:
    before = stored_objects(seeded)
    for path in (SCENES, f"{BEACH}/image", f"{CLIENT}/products/product-a/image"):
        answer = call("POST", path, FILE | {"size": size})
        assert_invalid(answer, "/size")
        if type(size) is int:
            assert "25 MiB" in answer.json["errors"][0]["message"]
    assert stored_objects(seeded) == before


def test_the_largest_size_is_taken(tickets: list[dict[str, Any]]) -> None:
    add(size=MAX_UPLOAD_BYTES)
    assert tickets[0]["max_bytes"] == MAX_UPLOAD_BYTES == 26_214_400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "/contentType"),
        ({"size": 5}, "/contentType"),
        ({"contentType": "image/png"}, "/size"),
        ({**FILE, "imageUrl": "https://example.com/a.jpg"}, "/imageUrl"),
        ({**FILE, "from": {"stock": "stock-kitchen-1"}}, "/from"),
        ({"from": {"stock": "stock-kitchen-1"}, "imageUrl": "https://example.com/a.jpg"}, "/imageUrl"),
        ({**FILE, "id": "a/b"}, "/id"),
        ({**FILE, "name": "x" * 201}, "/name"),
        ({**FILE, "name": "a\nb"}, "/name"),
    ],
)
def test_a_scene_says_in_exactly_one_way_what_its_picture_is(
    seeded: Path, body: dict[str, Any], field: str
) -> None:
    before = stored_objects(seeded)
    assert_invalid(call("POST", SCENES, body), field)
    assert stored_objects(seeded) == before


def test_word_is_left_for_the_janitor_before_the_scene_is_in_the_document(
    seeded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    for name in ("put_once", "put"):
        write = getattr(SqliteObjectStore, name)

        def noted(store: object, key: str, *args: Any, _write: Any = write, **options: Any) -> Any:
            order.append(key)
            return _write(store, key, *args, **options)

        monkeypatch.setattr(SqliteObjectStore, name, noted)
    now_is(monkeypatch, 1_700_000_000_000)
    add()
    reminder, document = order
    assert reminder.startswith("reminders/acme-corp/default/1700000000000.")
    assert document == keys.studio("acme-corp", "default")


def test_nothing_is_added_where_no_word_can_be_left(seeded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stored_objects(seeded)

    def out_of_reach(*_: Any, **__: Any) -> bool:
        raise Unavailable("for a test")

    monkeypatch.setattr(SqliteObjectStore, "put_once", out_of_reach)
    assert_problem(call("POST", SCENES, FILE), 503, "busy")
    assert_problem(call("POST", f"{CLIENT}/products/product-a/image", FILE), 503, "busy")
    assert stored_objects(seeded) == before


def test_what_is_refused_leaves_no_word(seeded: Path) -> None:
    add()
    call("DELETE", BEACH)
    call("POST", SCENES, FILE | {"id": "attic"})
    before = stored_objects(seeded)
    assert_problem(call("POST", SCENES, FILE | {"id": "beach"}), 410, "deleted")
    assert_problem(call("POST", SCENES, FILE | {"id": "attic"}), 409, "already-exists")
    assert_problem(call("POST", f"{SCENES}/nowhere/image", FILE), 404, "not-found")
    assert_problem(call("POST", f"{BEACH}/image", FILE), 410, "deleted")
    assert_problem(call("POST", f"{CLIENT}/scene-studio/nowhere/user-scenes", FILE), 404, "not-found")
    call("DELETE", STUDIO)
    after = stored_objects(seeded)
    assert_problem(call("POST", SCENES, FILE), 410, "deleted")
    assert stored_objects(seeded) == after
    assert before.keys() == after.keys()


def test_an_id_under_which_a_picture_lies_already_is_refused(seeded: Path) -> None:
    path = keys.user_scene("acme-corp", "default", "attic")
    runtime.object_store().put_once(path, jpeg(1), content_type="image/jpeg")
    before = stored_objects(seeded)
    assert_problem(call("POST", SCENES, FILE | {"id": "attic"}), 409, "already-exists")
    assert stored_objects(seeded) == before
    assert call("POST", SCENES, {"id": "attic", "imageUrl": "https://example.com/a.jpg"}).status == 201


def test_a_repeated_request_makes_one_scene_and_gives_out_an_equal_ticket(
    seeded: Path, tickets: list[dict[str, Any]]
) -> None:
    key = {"Idempotency-Key": "loft-1"}
    first = call("POST", SCENES, FILE | {"name": "Loft"}, key)
    before = stored_objects(seeded)
    again = call("POST", SCENES, FILE | {"name": "Loft"}, key)
    assert (first.status, again.status) == (201, 201)
    assert first.json["scene"] == again.json["scene"]
    assert tickets[0] == tickets[1]
    assert stored_objects(seeded) == before
    other = call("POST", SCENES, FILE | {"name": "Attic"}, key)
    assert_problem(other, 422, "idempotency-key-reused")


def test_a_repeated_ticket_lasts_no_longer_than_its_file_is_awaited(
    monkeypatch: pytest.MonkeyPatch, tickets: list[dict[str, Any]]
) -> None:
    began = 1_700_000_000_000
    body, key = FILE | {"id": "beach"}, {"Idempotency-Key": "loft-1"}
    for milliseconds in (0, UPLOAD_MILLISECONDS - TICKET_MILLISECONDS + 60_000, UPLOAD_MILLISECONDS - 1000):
        now_is(monkeypatch, began + milliseconds)
        assert "upload" in call("POST", SCENES, body, key).json
    assert [ticket["seconds"] for ticket in tickets] == [900, 840, 1]
    for milliseconds in (UPLOAD_MILLISECONDS - 999, UPLOAD_MILLISECONDS + 1):
        now_is(monkeypatch, began + milliseconds)
        answer = call("POST", SCENES, body, key)
        assert (answer.status, answer.json.keys()) == (201, {"scene"})


def test_a_repeat_gives_out_no_ticket_for_a_file_that_has_ended_or_was_replaced(
    tickets: list[dict[str, Any]],
) -> None:
    body, key = FILE | {"id": "beach"}, {"Idempotency-Key": "loft-1"}
    deal_with(send(call("POST", SCENES, body, key).json["upload"], jpeg(1)))
    again = call("POST", SCENES, body, key).json
    assert again == {"scene": call("GET", BEACH).json}
    assert again["scene"]["state"] == "READY"
    first = {"Idempotency-Key": "other-1"}
    rejected = call("POST", f"{BEACH}/image", FILE, first).json["upload"]["fields"]["key"]
    reject(rejected, "Not a picture.")
    assert call("POST", f"{BEACH}/image", FILE, first).json.keys() == {"scene"}
    second = {"Idempotency-Key": "other-2"}
    call("POST", f"{BEACH}/image", FILE, second)
    replace()
    assert call("POST", f"{BEACH}/image", FILE, second).json.keys() == {"scene"}
    assert len(tickets) == 4


def test_while_there_is_no_picture_its_address_says_what_became_of_the_file() -> None:
    key = add().json["upload"]["fields"]["key"]
    for size in ("full", "thumb"):
        waiting = call("GET", f"{BEACH}/image?size={size}")
        assert_problem(waiting, 404, "not-found")
        assert "PROCESSING" in waiting.json["detail"]
        assert waiting.json["state"] == "PROCESSING"
    reject(key, "This is not a picture. Choose another file.")
    scene = call("GET", BEACH).json
    assert scene == {
        "id": "beach",
        "name": "Beach",
        "state": "REJECTED",
        "reason": "This is not a picture. Choose another file.",
    }
    refused = call("GET", f"{BEACH}/image")
    assert_problem(refused, 404, "not-found")
    assert refused.json["detail"].endswith("REJECTED: This is not a picture. Choose another file.")
    assert refused.json["reason"] == scene["reason"]


def test_a_replaced_picture_stays_until_the_new_one_is_there(seeded: Path) -> None:
    ready(9)
    asked = replace().json
    assert asked["scene"]["state"] == "PROCESSING"
    assert (asked["scene"]["imageUrl"], asked["scene"]["width"]) == (f"{BEACH}/image", 640)
    before = opened(call("GET", f"{BEACH}/image"), seeded).body
    deal_with(send(asked["upload"], jpeg(5, (320, 200))))
    scene = call("GET", BEACH).json
    assert (scene["state"], scene["width"], scene["imageUrl"]) == ("READY", 320, f"{BEACH}/image")
    after = opened(call("GET", f"{BEACH}/image"), seeded).body
    assert as_image(after).size == (320, 200)
    assert before != after


def test_a_rejected_replacement_leaves_the_picture_and_tells_why(seeded: Path) -> None:
    ready(9)
    before = opened(call("GET", f"{BEACH}/image"), seeded).body
    reject(replace().json["upload"]["fields"]["key"], "Damaged.")
    scene = call("GET", BEACH).json
    assert (scene["state"], scene["reason"], scene["width"]) == ("REJECTED", "Damaged.", 640)
    assert opened(call("GET", f"{BEACH}/image"), seeded).body == before


def test_only_the_file_that_was_asked_for_last_becomes_the_picture(tickets: list[dict[str, Any]]) -> None:
    first = add().json["upload"]
    second = replace().json["upload"]
    assert len({ticket["key"] for ticket in tickets}) == 2
    deal_with(send(first, jpeg(1, (100, 80))))
    assert call("GET", BEACH).json["state"] == "PROCESSING"
    deal_with(send(second, jpeg(2, (200, 80))))
    assert (call("GET", BEACH).json["state"], call("GET", BEACH).json["width"]) == ("READY", 200)


def test_a_ticket_for_a_replacement_is_repeated_under_its_key_as_the_same(
    seeded: Path, tickets: list[dict[str, Any]]
) -> None:
    add()
    key = {"Idempotency-Key": "again"}
    first = call("POST", f"{BEACH}/image", FILE, key)
    before = stored_objects(seeded)
    again = call("POST", f"{BEACH}/image", FILE, key)
    assert (first.status, again.status, first.headers["location"]) == (201, 201, f"{BEACH}/image")
    assert tickets[1] == tickets[2]
    assert stored_objects(seeded) == before


def test_only_an_address_that_names_its_picture_may_be_cached() -> None:
    ready()
    named = call("GET", f"{BEACH}/image?image=beach")
    assert (named.status, named.headers["cache-control"]) == (302, "private, max-age=240")
    assert call("GET", f"{BEACH}/image").headers["cache-control"] == "private, no-cache"
    deal_with(send(replace().json["upload"], jpeg(4)))
    assert_problem(call("GET", f"{BEACH}/image?image=beach"), 404, "not-found")
    assert call("GET", call("GET", BEACH).json["thumbnailUrl"]).status == 302


def test_a_studio_has_at_most_two_hundred_scenes(seeded: Path) -> None:
    client = {"id": "acme-corp", "name": "x", "sceneStudios": [{"id": "default", "userScenes": []}]}
    scenes = [{"id": f"s{number}", "imageUrl": "https://example.com/a.jpg"} for number in range(200)]
    client["sceneStudios"][0]["userScenes"] = scenes  # type: ignore[index]
    assert call("POST", f"{CLIENT}/import", client).status == 200
    before = stored_objects(seeded)
    assert_invalid(call("POST", SCENES, FILE), "/userScenes")
    assert stored_objects(seeded) == before
    call("DELETE", f"{SCENES}/s7")
    add()
    assert_invalid(call("POST", f"{SCENES}/s7/undelete", {}), "/userScenes")


def test_a_machine_s_part_of_a_scene_is_not_taken_from_a_body(seeded: Path) -> None:
    machines = {
        "state": "READY",
        "picture": {"id": "img-3"},
        "upload": {"id": "x"},
        "deletedAt": "2024-01-01T00:00:00Z",
    }
    scene = call("POST", SCENES, FILE | {"id": "beach"} | machines).json["scene"]
    assert scene == {"id": "beach", "name": "", "state": "PROCESSING"}
    stored = stored_document(seeded)["userScenes"][0]
    assert stored.keys() == {"id", "name", "upload"}
    call("PATCH", BEACH, {"name": "Beach"} | machines)
    assert stored_document(seeded)["userScenes"][0] == stored | {"name": "Beach"}
