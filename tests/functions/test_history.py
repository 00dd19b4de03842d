"""A slot's history through the window in the document and the pages behind it."""

from pathlib import Path

import pytest

from tests.support.api import STUDIO, call
from tests.support.models import StubModel
from tests.support.pages import all_items, open_address, opened
from tests.support.pictures import as_image
from tests.support.problems import assert_invalid
from tests.support.seed import client_json, import_client, revision_json
from tests.support.stored import stored_document

SLOT = f"{STUDIO}/slots/slot-1"
HISTORY = f"{SLOT}/history"
ELSEWHERE = "https://pictures.example.com/x.jpg"


def numbered(count: int) -> list[str]:
    return [f"img-{number}" for number in range(count, 0, -1)]


def fill(count: int) -> None:
    client = client_json()
    slot = client["sceneStudios"][0]["outputSlots"][0]
    slot["history"] = [revision_json(image_id, ELSEWHERE) for image_id in numbered(count)]
    del slot["outputImage"]
    import_client(client)


@pytest.mark.parametrize("count", [0, 1, 39, 40, 41, 60, 61, 100])
@pytest.mark.parametrize("limit", [1, 7, 20, 40, 100])
def test_every_revision_is_listed_exactly_once_newest_first(
    local_service: Path, count: int, limit: int
) -> None:
    fill(count)
    assert [item["id"] for item in all_items(HISTORY, limit)] == numbered(count)
    assert call("GET", HISTORY).json["total"] == count


def test_the_document_holds_at_most_forty_and_the_pages_the_rest(local_service: Path) -> None:
    fill(100)
    (slot,) = stored_document(local_service)["outputSlots"]
    assert (len(slot["history"]), slot["historyCount"]) == (40, 100)


@pytest.mark.parametrize("limit", [3, 10, 25])
@pytest.mark.parametrize("start", [30, 41, 59, 75])
def test_a_reader_misses_none_and_sees_none_twice_while_revisions_are_added(
    local_service: Path, model: StubModel, start: int, limit: int
) -> None:
    fill(start)
    seen: list[str] = []
    cursor = ""
    while True:
        part = call("GET", f"{HISTORY}?limit={limit}{cursor}").json
        seen += [item["id"] for item in part["items"]]
        if "nextCursor" not in part:
            break
        cursor = f"&cursor={part['nextCursor']}"
        call("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "count": 8})
    assert seen == numbered(start)


@pytest.mark.parametrize("image_id", ["img-100", "img-61", "img-60", "img-20", "img-1"])
def test_any_revision_is_found_by_its_id_wherever_it_lies(local_service: Path, image_id: str) -> None:
    fill(100)
    answer = call("GET", f"{HISTORY}/{image_id}")
    assert (answer.status, answer.json["id"], answer.json["url"]) == (200, image_id, ELSEWHERE)
    assert call("GET", f"{HISTORY}/{image_id}/image").headers["location"] == ELSEWHERE


@pytest.mark.parametrize(
    "reference", ["img-3", f"{HISTORY}/img-3/image", f"http://localhost{HISTORY}/img-3/image"]
)
def test_an_old_revision_can_be_shown_again(local_service: Path, reference: str) -> None:
    fill(100)
    for number in range(2):
        answer = call("PATCH", SLOT, {"outputImage": reference})
        assert (answer.status, answer.json["outputImage"]) == (200, f"{HISTORY}/img-3/image"), number
    call("PATCH", SLOT, {"outputImage": None})
    row = {"id": "slot-1", "outputImage": reference}
    saved = call("PATCH", STUDIO, {"outputSlots": [row]}, {"If-Match": call("GET", STUDIO).etag})
    assert "merge" not in saved.json
    assert saved.json["outputSlots"][0]["outputImage"] == f"{HISTORY}/img-3/image"


def test_a_revision_of_another_slot_cannot_be_shown(local_service: Path) -> None:
    fill(100)
    call("POST", f"{STUDIO}/slots", {"id": "slot-2"})
    for reference in ("img-3", f"{HISTORY}/img-3/image"):
        assert_invalid(call("PATCH", f"{STUDIO}/slots/slot-2", {"outputImage": reference}), "/outputImage")


@pytest.mark.parametrize("cursor", ["999999999", "61", "0"])
def test_a_cursor_that_was_made_up_leads_to_an_end_too(local_service: Path, cursor: str) -> None:
    fill(60)
    seen: list[str] = []
    for _ in range(70):
        part = call("GET", f"{HISTORY}?limit=1&cursor={cursor}").json
        seen += [item["id"] for item in part["items"]]
        if "nextCursor" not in part:
            break
        cursor = part["nextCursor"]
    else:
        pytest.fail("the list has no end")
    assert seen == [image_id for image_id in numbered(60) if image_id in seen]


def test_pictures_behind_the_window_open_as_those_in_it(ready: Path, model: StubModel) -> None:
    for _ in range(8):
        assert call("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "count": 8}).status == 200
    items = all_items(HISTORY, 100)
    assert len(items) == 64
    for item in (items[0], items[39], items[-1]):
        assert opened(call("GET", str(item["url"])), ready).body.startswith(b"\xff\xd8")


@pytest.mark.parametrize("sign", ["thumb", "full"])
def test_a_signed_list_has_an_address_that_opens_for_each_picture_of_ours(seeded: Path, sign: str) -> None:
    for item in call("GET", f"{HISTORY}?sign={sign}").json["items"]:
        picture = open_address(item["signedUrl"], seeded)
        assert picture.headers["content-type"] == "image/jpeg"
        assert max(as_image(picture.body).size) <= 320 or sign == "full"


def test_a_list_is_signed_only_if_asked_and_only_for_pictures_of_ours(local_service: Path) -> None:
    fill(2)
    assert ["signedUrl" in item for item in call("GET", f"{HISTORY}?sign=thumb").json["items"]] == [
        False,
        False,
    ]
    assert_invalid(call("GET", f"{HISTORY}?sign=huge"), "sign")


def test_a_list_that_is_not_signed_has_no_signed_addresses(seeded: Path) -> None:
    assert not any("signedUrl" in item for item in call("GET", HISTORY).json["items"])
