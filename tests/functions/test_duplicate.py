from pathlib import Path
from typing import Any

import pytest

from scene_studio.http.requests import pacing
from scene_studio.images.normalise import photo_jpeg
from scene_studio.store.sqlite import SqliteObjectStore
from studios_api.handler import app
from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.models import StubModel
from tests.support.pages import all_items, opened
from tests.support.pictures import as_image, data_url, jpeg
from tests.support.problems import assert_problem
from tests.support.scripted_store import FakeTime
from tests.support.seed import IMG_3, client_json, import_client, revision_json
from tests.support.sending import deal_with, reject, send
from tests.support.stored import stored_objects

COPY = f"{CLIENT}/scene-studio/copy"


def duplicate(body: dict[str, Any] | None = None, **headers: str) -> Answer:
    return call("POST", f"{STUDIO}/duplicate", {"id": "copy"} | (body or {}), headers)


def test_a_copy_has_the_slots_and_settings_and_nothing_that_was_made(seeded: Path) -> None:
    made = duplicate()
    assert (made.status, made.headers["location"], made.json["name"]) == (201, COPY, "Main Studio (copy)")
    (slot,) = made.json["outputSlots"]
    (source,) = call("GET", STUDIO).json["outputSlots"]
    assert (slot["productIds"], slot["settings"]) == (source["productIds"], source["settings"])
    assert (slot["status"], slot["history"], slot["historyCount"]) == ("EMPTY", [], 0)
    assert "outputImage" not in slot


def test_a_copy_with_history_shows_the_same_pictures_under_its_own_addresses(seeded: Path) -> None:
    made = duplicate({"withHistory": True, "name": "Second"})
    (slot,) = made.json["outputSlots"]
    assert (made.json["name"], slot["status"], slot["historyCount"]) == ("Second", "COMPLETED", 2)
    assert slot["outputImage"] == f"{COPY}/slots/slot-1/history/img-3/image"
    assert [revision["debugPrompt"] for revision in slot["history"][:1]] == ["A modern living room..."]
    for size in ("full", "thumb"):
        answer = call("GET", f"{slot['outputImage']}?size={size}")
        assert (
            f"scene-studios/copy/slots/slot-1/revisions/img-3.{'thumb.' * (size == 'thumb')}jpg"
            in (answer.headers["location"])
        )
        assert (opened(answer, seeded).body == IMG_3) == (size == "full")


def test_neither_depends_on_the_other_afterwards(seeded: Path, model: StubModel) -> None:
    duplicate({"withHistory": True})
    before = call("GET", COPY).json
    call("PATCH", f"{STUDIO}/slots/slot-1", {"settings": {"style": "Coastal"}, "outputImage": "img-2"})
    call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"})
    call("DELETE", STUDIO)
    assert call("GET", COPY).json == before
    assert call("POST", f"{COPY}/generate", {"slotId": "slot-1"}).status == 200
    assert opened(call("GET", before["outputSlots"][0]["outputImage"]), seeded).body == IMG_3


@pytest.mark.parametrize("count", [41, 97])
def test_a_long_history_is_copied_whole_and_in_order(local_service: Path, count: int) -> None:
    client = client_json()
    slot = client["sceneStudios"][0]["outputSlots"][0]
    slot["history"] = [revision_json(f"img-{n}", "https://example.com/x.jpg", n) for n in range(count, 0, -1)]
    slot["history"][-1]["url"] = data_url(jpeg(1))
    slot["outputImage"] = "img-7"
    import_client(client)
    assert duplicate({"withHistory": True}).status == 201
    source = all_items(f"{STUDIO}/slots/slot-1/history", 100)
    copied = all_items(f"{COPY}/slots/slot-1/history", 100)
    assert [revision["id"] for revision in copied] == [f"img-{n}" for n in range(count, 0, -1)]
    assert copied[:-1] == source[:-1]
    assert opened(call("GET", str(copied[-1]["url"])), local_service).body == jpeg(1)
    (shown,) = call("GET", COPY).json["outputSlots"]
    assert shown["outputImage"] == f"{COPY}/slots/slot-1/history/img-7/image"


def test_a_scene_of_the_studios_own_is_the_copys_own_in_the_copy(local_service: Path, model: StubModel) -> None:
    client = client_json()
    scene = {"id": "beach", "name": "Beach", "imageUrl": data_url(jpeg(9))}
    client["sceneStudios"][0]["userScenes"] = [scene]
    slot = client["sceneStudios"][0]["outputSlots"][0]
    slot["settings"]["scene"] = dict(scene)
    slot["history"][1]["settings"]["scene"] = dict(scene)
    import_client(client)
    copy = duplicate({"withHistory": True}).json
    (copied,) = copy["outputSlots"]
    assert copied["settings"]["scene"]["imageUrl"].startswith(f"{COPY}/user-scenes/")
    assert copied["history"][1]["settings"]["scene"] == copied["settings"]["scene"]
    call("DELETE", STUDIO)
    assert opened(call("GET", copied["settings"]["scene"]["imageUrl"]), local_service).body == jpeg(9)
    assert opened(call("GET", copy["userScenes"][0]["imageUrl"]), local_service).body == jpeg(9)
    assert call("POST", f"{COPY}/generate", {"slotId": "slot-1"}).status == 200
    assert model.requests[-1].scene == jpeg(9)


SCENES = f"{STUDIO}/user-scenes"
FILE = {"contentType": "image/jpeg", "size": 200_000}


def scene_of_a_file(scene_id: str, number: int) -> None:
    ticket = call("POST", SCENES, {"id": scene_id, "name": scene_id, **FILE}).json["upload"]
    deal_with(send(ticket, jpeg(number)))


@pytest.mark.usefixtures("tickets")
@pytest.mark.parametrize("with_history", [False, True])
def test_scenes_that_have_a_picture_come_along_and_what_is_awaited_does_not(
    seeded: Path, *, with_history: bool
) -> None:
    scene_of_a_file("ready", 1)
    scene_of_a_file("replaced", 2)
    ticket = call("POST", f"{SCENES}/replaced/image", FILE).json["upload"]
    deal_with(send(ticket, jpeg(3)))
    scene_of_a_file("awaiting", 4)
    call("POST", f"{SCENES}/awaiting/image", FILE)
    scene_of_a_file("refused", 5)
    reject(call("POST", f"{SCENES}/refused/image", FILE).json["upload"]["fields"]["key"], "Damaged.")
    call("POST", SCENES, {"id": "elsewhere", "imageUrl": "https://example.com/a.jpg"})
    call("POST", SCENES, {"id": "processing", **FILE})
    reject(call("POST", SCENES, {"id": "rejected", **FILE}).json["upload"]["fields"]["key"], "Damaged.")
    call("DELETE", f"{SCENES}/ready")
    call("POST", f"{SCENES}/ready/undelete", {})
    source = {scene["id"]: scene for scene in call("GET", STUDIO).json["userScenes"]}
    copied = {scene["id"]: scene for scene in duplicate({"withHistory": with_history}).json["userScenes"]}
    assert list(copied) == ["ready", "replaced", "awaiting", "refused", "elsewhere"]
    for scene_id, scene in copied.items():
        assert scene["state"] == "READY"
        assert "reason" not in scene
        for fact in ("name", "width", "height", "colors"):
            assert scene.get(fact) == source[scene_id].get(fact)
    call("DELETE", STUDIO)
    for scene_id, number in (("ready", 1), ("replaced", 3), ("awaiting", 4), ("refused", 5)):
        assert copied[scene_id]["imageUrl"] == f"{COPY}/user-scenes/{scene_id}/image"
        picture = as_image(opened(call("GET", copied[scene_id]["imageUrl"]), seeded).body)
        assert picture.getpixel((0, 0)) == as_image(photo_jpeg(jpeg(number))).getpixel((0, 0))
        assert call("GET", copied[scene_id]["thumbnailUrl"]).status == 302
    assert not [key for key in stored_objects(seeded) if key.startswith("uploads/acme-corp/copy/")]


@pytest.mark.usefixtures("tickets")
def test_a_deleted_scene_comes_along_deleted_for_the_slots_that_show_it(seeded: Path, model: StubModel) -> None:
    scene_of_a_file("beach", 1)
    deal_with(send(call("POST", f"{SCENES}/beach/image", FILE).json["upload"], jpeg(2)))
    address = call("GET", f"{SCENES}/beach").json["imageUrl"]
    slot = {"settings": {"scene": {"id": "beach", "imageUrl": address}}}
    assert call("PATCH", f"{STUDIO}/slots/slot-1", slot).status in {200, 204}
    call("DELETE", f"{SCENES}/beach")
    copy = duplicate().json
    assert copy["userScenes"] == []
    shown = copy["outputSlots"][0]["settings"]["scene"]["imageUrl"]
    assert shown == f"{COPY}/user-scenes/beach/image"
    assert opened(call("GET", shown), seeded).body == photo_jpeg(jpeg(2))
    assert call("POST", f"{COPY}/user-scenes/beach/undelete", {}).json["state"] == "READY"


def test_a_copy_with_no_time_for_its_scenes_goes_on_when_it_is_repeated(
    local_service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_json()
    scenes = [{"id": f"s{number}", "imageUrl": data_url(jpeg(number))} for number in range(3)]
    client["sceneStudios"][0]["userScenes"] = scenes
    import_client(client)
    copies: list[str] = []
    time = FakeTime()
    copy_once = SqliteObjectStore.copy_once

    def slow_copy(store: SqliteObjectStore, source: str, target: str) -> bool:
        copies.append(target)
        time.now += 5
        return copy_once(store, source, target)

    monkeypatch.setattr(SqliteObjectStore, "copy_once", slow_copy)
    monkeypatch.setitem(app.dependency_overrides, pacing, lambda **_: time.pacing(seconds=12))
    key = {"Idempotency-Key": "copy-1"}
    first, second = (call("POST", f"{STUDIO}/duplicate", {"id": "copy"}, key) for _ in range(2))
    assert_problem(first, 503, "busy")
    assert (second.status, len(second.json["userScenes"])) == (201, 3)
    assert len(copies) == len(set(copies)) == 6


def test_deleted_slots_are_not_copied(seeded: Path) -> None:
    call("POST", f"{STUDIO}/slots", {"id": "slot-2"})
    call("DELETE", f"{STUDIO}/slots/slot-1")
    copy = duplicate({"withHistory": True}).json
    assert ([slot["id"] for slot in copy["outputSlots"]], copy["deletedSlots"]) == (["slot-2"], [])


def test_a_copy_is_made_once_under_its_key_and_never_over_another_studio(seeded: Path) -> None:
    key = {"Idempotency-Key": "copy-1"}
    first, again = (call("POST", f"{STUDIO}/duplicate", {"withHistory": True}, key) for _ in range(2))
    assert (first.status, again.status, first.json) == (201, 201, again.json)
    before = stored_objects(seeded)
    assert_problem(duplicate({"id": "default"}), 409, "already-exists")
    assert stored_objects(seeded) == before


def test_a_name_of_two_hundred_characters_still_makes_a_good_copy(seeded: Path) -> None:
    call("PATCH", STUDIO, {"name": "x" * 200})
    made = duplicate()
    assert (made.status, made.json["name"]) == (201, "x" * 190 + " (copy)")


def test_a_copy_under_an_id_that_is_taken_brings_nothing_into_the_studio_that_has_it(seeded: Path) -> None:
    call("PUT", f"{CLIENT}/scene-studio/taken", {})
    before = stored_objects(seeded)
    answer = call("POST", f"{STUDIO}/duplicate", {"id": "taken", "withHistory": True})
    assert_problem(answer, 409, "already-exists")
    assert stored_objects(seeded) == before
