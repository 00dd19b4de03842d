import re
from pathlib import Path
from typing import Any

import pytest

from scene_studio.model.identifiers import ID_PATTERN
from tests.support.api import CLIENT, STUDIO, call
from tests.support.problems import assert_problem
from tests.support.stored import stored_document, stored_objects

STUDIOS = f"{CLIENT}/scene-studio"
SLOT = f"{STUDIO}/slots/slot-1"


def test_a_studio_is_created_under_the_id_it_is_given(seeded: Path) -> None:
    made = call("POST", STUDIOS, {"id": "summer-campaign-2024", "name": "Summer 2024"})
    assert made.status == 201
    assert made.headers["location"] == f"{STUDIOS}/summer-campaign-2024"
    read = call("GET", made.headers["location"])
    assert (read.json, read.etag) == (made.json, made.etag)
    assert made.json["clientId"] == "acme-corp"
    assert (made.json["name"], made.json["outputSlots"], made.json["userScenes"]) == ("Summer 2024", [], [])
    assert made.json["createdAt"] == made.json["updatedAt"]


def test_without_an_id_or_a_name_it_gets_its_own(seeded: Path) -> None:
    first, second = (call("POST", STUDIOS, {}).json for _ in range(2))
    assert first["id"] != second["id"]
    assert re.fullmatch(ID_PATTERN, first["id"])
    assert first["name"] == "Main Studio"


def test_a_creation_that_is_repeated_under_its_key_makes_one_studio(seeded: Path) -> None:
    headers = {"Idempotency-Key": "create-1"}
    first, again = (call("POST", STUDIOS, {"name": "Summer"}, headers) for _ in range(2))
    assert (first.status, first.json, first.headers["location"]) == (
        again.status,
        again.json,
        again.headers["location"],
    )
    assert len(call("GET", STUDIOS).json["items"]) == 2


def test_one_key_at_two_addresses_stands_for_two_requests(seeded: Path) -> None:
    headers = {"Idempotency-Key": "shared"}
    studio = call("POST", STUDIOS, {}, headers).json["id"]
    slot = call("POST", f"{STUDIOS}/{studio}/slots", {}, {"Idempotency-Key": "slot"}).json["id"]
    other = call("POST", f"{STUDIO}/slots", {}, headers).json["id"]
    assert len({studio, slot, other}) == 3


def test_a_key_that_comes_with_another_body_is_refused(seeded: Path) -> None:
    headers = {"Idempotency-Key": "rename"}
    assert call("PATCH", STUDIO, {"name": "One"}, headers).status == 200
    before = stored_objects(seeded)
    assert_problem(call("PATCH", STUDIO, {"name": "Two"}, headers), 422, "idempotency-key-reused")
    assert call("PATCH", STUDIO, {"name": "One"}, headers).status == 200
    assert stored_objects(seeded) == before


def test_an_id_that_is_taken_is_refused(seeded: Path) -> None:
    before = stored_objects(seeded)
    assert_problem(call("POST", STUDIOS, {"id": "default"}), 409, "already-exists")
    assert stored_objects(seeded) == before


def test_a_first_visit_creates_the_studio_of_the_address_and_the_second_is_told_to_load_it(
    seeded: Path,
) -> None:
    headers = {"If-None-Match": "*"}
    made = call("PUT", f"{STUDIOS}/3a8f9c2d", {"name": "Main Studio"}, headers)
    assert (made.status, made.headers["location"]) == (201, f"{STUDIOS}/3a8f9c2d")
    again = call("PUT", f"{STUDIOS}/3a8f9c2d", {"name": "Other"}, headers)
    assert_problem(again, 412, "precondition-failed")
    assert (again.json["current"], again.etag) == (made.json, made.etag)
    assert_problem(call("PUT", f"{STUDIOS}/3a8f9c2d", {}), 409, "already-exists")


def test_a_studio_of_a_client_that_does_not_exist_is_not_made(seeded: Path) -> None:
    before = stored_objects(seeded)
    for method, path in (
        ("POST", "/api/clients/nobody/scene-studio"),
        ("PUT", "/api/clients/nobody/scene-studio/x"),
    ):
        assert_problem(call(method, path, {}), 404, "not-found")
    assert stored_objects(seeded) == before


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_the_current_version_is_told_so_without_a_body(seeded: Path, form: str) -> None:
    tag = call("GET", STUDIO).etag
    answer = call("GET", STUDIO, None, {"If-None-Match": form.format(tag)})
    assert (answer.status, answer.body, answer.etag) == (304, b"", tag)


def test_who_has_an_older_version_gets_the_new_one(seeded: Path) -> None:
    tag = call("GET", STUDIO).etag
    renamed = call("PATCH", STUDIO, {"name": "Renamed"})
    answer = call("GET", STUDIO, None, {"If-None-Match": tag})
    assert (answer.status, answer.json["name"], answer.etag) == (200, "Renamed", renamed.etag)
    assert renamed.etag != tag


def test_what_only_the_store_needs_is_shown_to_nobody(seeded: Path) -> None:
    studio = call("GET", STUDIO).json
    assert not studio.keys() & {"schema", "rev", "applied", "deletedAt"}
    slot = studio["outputSlots"][0]
    assert not slot.keys() & {"pickedRev", "olderHistory", "deletedAt"}
    assert slot["outputImage"] == f"{SLOT}/history/img-3/image"
    assert [revision["url"] for revision in slot["history"]] == [
        f"{SLOT}/history/{image_id}/image" for image_id in ("img-3", "img-2")
    ]


def test_a_name_alone_needs_no_condition(seeded: Path) -> None:
    answer = call("PATCH", STUDIO, {"name": "Sommer"})
    assert (answer.status, answer.json["name"]) == (200, "Sommer")
    assert answer.etag == call("GET", STUDIO).etag


def test_a_save_that_changes_nothing_writes_nothing(seeded: Path) -> None:
    before = stored_objects(seeded)
    studio = call("GET", STUDIO)
    for body in ({}, {"name": studio.json["name"]}, {"name": None}, {"outputSlots": None}, studio.json):
        answer = call("PATCH", STUDIO, body, {"If-Match": studio.etag})
        assert (answer.status, answer.etag) == (200, studio.etag)
    assert stored_objects(seeded) == before


def rows(seeded: Path) -> tuple[list[dict[str, Any]], str]:
    call("POST", f"{STUDIO}/slots", {"id": "slot-2", "productIds": ["product-b"]})
    call("POST", f"{STUDIO}/slots", {"id": "slot-3"})
    studio = call("GET", STUDIO)
    return studio.json["outputSlots"], studio.etag


def test_all_rows_are_saved_in_their_order_with_new_ones_among_them(seeded: Path) -> None:
    (one, two, three), tag = rows(seeded)
    new = {"id": "slot-9", "productIds": ["product-a"], "settings": {"style": "Coastal"}, "status": "COMPLETED"}
    body = {"outputSlots": [three, new, one, two], "updatedAt": "1999-01-01T00:00:00Z"}
    saved = call("PATCH", STUDIO, body, {"If-Match": tag})
    assert saved.status == 200
    assert [slot["id"] for slot in saved.json["outputSlots"]] == ["slot-3", "slot-9", "slot-1", "slot-2"]
    assert saved.json["updatedAt"] > "2024"
    made = saved.json["outputSlots"][1]
    assert (made["status"], made["history"], made["historyCount"]) == ("EMPTY", [], 0)
    assert (made["settings"]["style"], made["settings"]["roomType"]) == ("Coastal", "Living Room")
    assert saved.json["outputSlots"][2]["history"] == one["history"]
    assert {slot["etag"] for slot in saved.json["outputSlots"]} == {saved.etag}


def test_a_row_that_is_missing_is_deleted_listed_and_can_be_brought_back(seeded: Path) -> None:
    (one, two, three), tag = rows(seeded)
    saved = call("PATCH", STUDIO, {"outputSlots": [two, three]}, {"If-Match": tag})
    assert [slot["id"] for slot in saved.json["outputSlots"]] == ["slot-2", "slot-3"]
    (listed,) = saved.json["deletedSlots"]
    assert (listed["id"], listed["deletedAt"]) == ("slot-1", saved.json["updatedAt"])
    assert listed["restorableUntil"] > listed["deletedAt"]
    assert_problem(call("GET", f"{SLOT}/history"), 410, "deleted")
    back = call("POST", f"{SLOT}/undelete")
    assert back.status == 200
    assert back.json["history"] == one["history"]
    assert call("GET", STUDIO).json["deletedSlots"] == []


def test_no_row_is_a_save_too(seeded: Path) -> None:
    saved = call("PATCH", STUDIO, {"outputSlots": []}, {"If-Match": call("GET", STUDIO).etag})
    assert (saved.json["outputSlots"], len(saved.json["deletedSlots"])) == ([], 1)


@pytest.mark.parametrize("junk", [[], None, "x", [{"id": "img-9", "url": "x", "timestamp": 1}], {"a": 1}])
def test_whatever_rows_say_of_history_and_status_is_ignored(seeded: Path, junk: Any) -> None:
    before = stored_document(seeded)["outputSlots"][0]
    row = {"id": "slot-1", "history": junk, "status": junk, "historyCount": junk, "olderHistory": junk}
    body = {"outputSlots": [row | {"favorites": ["img-2"]}], "clientId": junk, "createdAt": junk, "id": junk}
    assert call("PATCH", STUDIO, body, {"If-Match": call("GET", STUDIO).etag}).status == 200
    after = stored_document(seeded)["outputSlots"][0]
    assert after == before | {"favorites": ["img-2"]}


def test_an_output_that_cannot_be_taken_is_listed_and_the_rest_is_saved(seeded: Path) -> None:
    row = {"id": "slot-1", "outputImage": "https://s3.example/slot-1/img-9.jpg", "productIds": ["product-b"]}
    saved = call("PATCH", STUDIO, {"outputSlots": [row]}, {"If-Match": call("GET", STUDIO).etag})
    assert saved.status == 200
    assert [ignored["field"] for ignored in saved.json["merge"]["ignored"]] == ["/outputSlots/0/outputImage"]
    slot = saved.json["outputSlots"][0]
    assert (slot["productIds"], slot["outputImage"]) == (["product-b"], f"{SLOT}/history/img-3/image")


def test_a_deleted_studio_says_until_when_and_comes_back_as_it_was(seeded: Path) -> None:
    before = call("GET", STUDIO).json
    assert call("DELETE", STUDIO).status == 204
    for method, path in (
        ("GET", STUDIO),
        ("PATCH", STUDIO),
        ("POST", f"{STUDIO}/slots"),
        ("POST", f"{STUDIO}/duplicate"),
        ("GET", f"{SLOT}/history"),
        ("GET", f"{SLOT}/history/img-3/image"),
        ("PUT", STUDIO),
    ):
        gone = call(method, path, None if method == "GET" else {})
        assert_problem(gone, 410, "deleted")
        assert gone.json["restorableUntil"] > gone.json["deletedAt"]
    assert call("GET", STUDIOS).json["items"] == []
    assert call("DELETE", STUDIO).status == 204
    back = call("POST", f"{STUDIO}/undelete")
    assert back.status == 200
    assert without_stamps(back.json) == without_stamps(before)
    assert call("POST", f"{STUDIO}/undelete").etag == back.etag


def without_stamps(studio: dict[str, Any]) -> dict[str, Any]:
    rows = [{name: row[name] for name in row if name != "etag"} for row in studio["outputSlots"]]
    return {**{name: studio[name] for name in studio if name != "updatedAt"}, "outputSlots": rows}


def test_deleted_studios_are_listed_until_they_are_brought_back(seeded: Path) -> None:
    call("POST", STUDIOS, {"id": "winter", "name": "Winter"})
    call("DELETE", f"{STUDIOS}/winter")
    (listed,) = call("GET", f"{STUDIOS}?deleted=true").json["items"]
    gone = call("GET", f"{STUDIOS}/winter").json
    assert (listed["id"], listed["name"]) == ("winter", "Winter")
    assert {name: listed[name] for name in ("deletedAt", "restorableUntil")} == {
        name: gone[name] for name in ("deletedAt", "restorableUntil")
    }
    assert [one["id"] for one in call("GET", STUDIOS).json["items"]] == ["default"]
    call("POST", f"{STUDIOS}/winter/undelete")
    assert call("GET", f"{STUDIOS}?deleted=true").json == {"items": []}
    assert [one["id"] for one in call("GET", STUDIOS).json["items"]] == ["default", "winter"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_a_list_leads_through_every_studio_exactly_once(seeded: Path, limit: int) -> None:
    ids = [f"studio-{number}" for number in range(6)]
    for studio_id in ids:
        call("POST", STUDIOS, {"id": studio_id})
    call("DELETE", f"{STUDIOS}/studio-3")
    assert listed_ids("", limit) == ["default", *(name for name in ids if name != "studio-3")]
    assert listed_ids("&deleted=true", limit) == ["studio-3"]


def listed_ids(query: str, limit: int) -> list[str]:
    seen: list[str] = []
    cursor = ""
    while True:
        part = call("GET", f"{STUDIOS}?limit={limit}{query}{cursor}").json
        assert len(part["items"]) <= limit
        seen += [item["id"] for item in part["items"]]
        if "nextCursor" not in part:
            return seen
        cursor = f"&cursor={part['nextCursor']}"


def test_a_list_shows_what_a_page_needs_without_reading_the_studios(seeded: Path) -> None:
    (item,) = call("GET", STUDIOS).json["items"]
    assert item == {
        "id": "default",
        "name": "Main Studio",
        "clientId": "acme-corp",
        "updatedAt": "2024-01-01T12:00:00Z",
        "slotCount": 1,
        "revisionCount": 2,
        "coverImage": f"{SLOT}/history/img-3/image",
    }
