from pathlib import Path
from typing import Any

import pytest

from tests.support.api import CLIENT, STUDIO, call
from tests.support.pages import opened
from tests.support.pictures import as_image, data_url, jpeg
from tests.support.problems import assert_invalid, assert_problem
from tests.support.seed import IMG_3, SETTINGS, client_json, import_client, revision_json
from tests.support.stored import stored_document, stored_objects

SLOTS = f"{STUDIO}/slots"
SLOT = f"{SLOTS}/slot-1"
IMAGE = f"{SLOT}/history/img-3/image"


def test_a_slot_is_added_at_the_end_under_the_id_it_is_given(seeded: Path) -> None:
    made = call("POST", SLOTS, {"id": "slot-2", "productIds": ["product-b"], "settings": {"style": "Rustic"}})
    assert (made.status, made.headers["location"]) == (201, f"{SLOTS}/slot-2")
    assert (made.json["productIds"], made.json["settings"]) == (["product-b"], {"style": "Rustic"})
    assert (made.json["status"], made.json["history"]) == ("EMPTY", [])
    assert "etag" not in made.json  # the caller may not have seen all that this version holds
    shown = call("GET", STUDIO).json["outputSlots"][-1]
    assert {name: value for name, value in shown.items() if name != "etag"} == made.json


def test_a_slot_without_settings_has_the_default_of_each_and_null_stands_for_none(seeded: Path) -> None:
    assert call("POST", SLOTS, {}).json["settings"].keys() == SETTINGS.keys() - {"scene"}
    assert call("POST", SLOTS, {"settings": {"style": None, "roomType": "Den"}}).json["settings"] == {
        "roomType": "Den"
    }


def test_an_addition_that_is_repeated_under_its_key_makes_one_slot(seeded: Path) -> None:
    key = {"Idempotency-Key": "slot"}
    first, again = (call("POST", SLOTS, {}, key) for _ in range(2))
    assert (first.status, first.json) == (again.status, again.json)
    assert len(call("GET", STUDIO).json["outputSlots"]) == 2


def test_an_id_that_is_taken_even_by_a_deleted_slot_is_refused(seeded: Path) -> None:
    assert_problem(call("POST", SLOTS, {"id": "slot-1"}), 409, "already-exists")
    call("DELETE", SLOT)
    assert_problem(call("POST", SLOTS, {"id": "slot-1"}), 410, "deleted")


@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        ({"productIds": ["product-b"]}, {"productIds": ["product-b"]}),
        ({"productIds": None}, {"productIds": []}),
        ({"favorites": ["img-2", "img-2"]}, {"favorites": ["img-2"]}),
        ({"settings": {"style": "Coastal"}}, {"settings": SETTINGS | {"style": "Coastal"}}),
        ({"settings": {"someday": 0.5}}, {"settings": SETTINGS | {"someday": 0.5}}),
        ({"settings": None}, {"settings": {}}),
        ({"outputImage": "img-2"}, {"outputImage": "img-2", "pickedRev": 2}),
        ({"outputImage": f"{SLOT}/history/img-2/image"}, {"outputImage": "img-2", "pickedRev": 2}),
        ({"status": "EMPTY", "history": [], "historyCount": 0, "error": "x", "id": "slot-7"}, {}),
    ],
)
def test_an_edit_changes_what_it_names_and_nothing_else(
    seeded: Path, edit: dict[str, Any], changed: dict[str, Any]
) -> None:
    before = stored_document(seeded)["outputSlots"][0]
    answer = call("PATCH", SLOT, edit)
    assert answer.status == 200
    assert stored_document(seeded)["outputSlots"][0] == before | changed
    assert "etag" not in answer.json


def test_null_takes_the_picture_off_the_wall_and_leaves_it_in_the_history(seeded: Path) -> None:
    answer = call("PATCH", SLOT, {"outputImage": None})
    assert "outputImage" not in answer.json
    assert len(answer.json["history"]) == 2


def test_a_slot_that_is_sent_back_as_it_was_read_changes_nothing(seeded: Path) -> None:
    before = stored_objects(seeded)
    (slot,) = call("GET", STUDIO).json["outputSlots"]
    del slot["outputImage"]
    assert call("PATCH", SLOT, slot).status == 200
    assert stored_objects(seeded) == before


def test_a_product_that_left_the_library_may_stay_in_its_slot_but_enter_no_other(seeded: Path) -> None:
    call("DELETE", f"{CLIENT}/products/product-b")
    assert call("PATCH", SLOT, {"productIds": ["product-b"]}).status == 200
    call("POST", SLOTS, {"id": "slot-2"})
    assert_invalid(call("PATCH", f"{SLOTS}/slot-2", {"productIds": ["product-b"]}), "/productIds")


def test_a_deleted_slot_is_gone_until_it_is_brought_back_as_it_was(seeded: Path) -> None:
    (before,) = call("GET", STUDIO).json["outputSlots"]
    assert call("DELETE", SLOT).status == 204
    for method, path in (("PATCH", SLOT), ("GET", f"{SLOT}/history"), ("GET", IMAGE)):
        assert_problem(call(method, path, None if method == "GET" else {}), 410, "deleted")
    assert call("DELETE", SLOT).status == 204
    back = call("POST", f"{SLOT}/undelete")
    assert back.json | {"etag": ""} == before | {"etag": ""}
    assert call("POST", f"{SLOT}/undelete").json == back.json


@pytest.mark.parametrize("query", ["", "?size=full", "?download=0"])
def test_a_picture_is_a_redirect_to_a_signed_address_that_opens(seeded: Path, query: str) -> None:
    answer = call("GET", IMAGE + query)
    found = opened(answer, seeded)
    assert found.body == IMG_3
    assert found.headers == {"content-type": "image/jpeg", "content-disposition": "inline"}
    assert answer.headers["cache-control"] == "private, max-age=240"
    assert answer.body == b""


def test_a_small_picture_is_small(local_service: Path) -> None:
    client = client_json()
    client["sceneStudios"][0]["outputSlots"][0]["history"][0]["url"] = data_url(jpeg(5, (800, 600)))
    import_client(client)
    thumb = as_image(opened(call("GET", f"{IMAGE}?size=thumb"), local_service).body)
    assert (thumb.format, thumb.size) == (None, (320, 240))
    assert as_image(opened(call("GET", IMAGE), local_service).body).size == (800, 600)


def test_a_download_has_a_name_to_be_saved_under(seeded: Path) -> None:
    found = opened(call("GET", f"{IMAGE}?download=1"), seeded)
    assert found.headers["content-disposition"] == 'attachment; filename="slot-1-img-3.jpg"'
    assert found.body == IMG_3


def test_a_picture_that_lies_elsewhere_is_a_redirect_there(local_service: Path) -> None:
    url = "https://pictures.example.com/old/7.jpg?x=1"
    client = client_json()
    slot = client["sceneStudios"][0]["outputSlots"][0]
    slot["history"].append(revision_json("img-1", url))
    slot["outputImage"] = url
    import_client(client)
    (shown,) = call("GET", STUDIO).json["outputSlots"]
    assert (shown["outputImage"], shown["history"][2]["url"]) == (url, url)
    for size in ("", "?size=thumb"):
        answer = call("GET", f"{SLOT}/history/img-1/image{size}")
        assert (answer.status, answer.headers["location"]) == (302, url)
    call("PATCH", SLOT, {"outputImage": "img-2"})
    assert call("PATCH", SLOT, {"outputImage": url}).json["outputImage"] == url


def test_an_address_that_is_signed_for_one_picture_opens_no_other(seeded: Path) -> None:
    answer = call("GET", IMAGE)
    bent = answer.headers["location"].replace("img-3", "img-2")
    with pytest.raises(AssertionError):
        opened(type(answer)(302, {"location": bent}, b""), seeded)
