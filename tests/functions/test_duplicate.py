from pathlib import Path
from typing import Any

import pytest

from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.models import StubModel
from tests.support.pages import all_items, opened
from tests.support.pictures import data_url, jpeg
from tests.support.problems import assert_problem
from tests.support.seed import IMG_3, client_json, import_client, revision_json
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
