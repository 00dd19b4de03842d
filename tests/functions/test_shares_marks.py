"""What guests mark: kept in their link, seen by the team, and never in the way of what people own."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.api import CLIENT, STUDIO, call
from tests.support.pictures import data_url, jpeg
from tests.support.problems import assert_invalid
from tests.support.seed import client_json, import_client, revision_json
from tests.support.shares import listed, look, new_link, put_marks, set_marks
from tests.support.stored import stored_document, stored_objects

SLOT = f"{STUDIO}/slots/slot-1"


def of(*image_ids: str) -> list[dict[str, str]]:
    """Marks on pictures of the first slot as they are answered."""
    return [{"slotId": "slot-1", "imageId": image_id} for image_id in image_ids]


def test_a_guest_marks_pictures_and_takes_marks_away(seeded: Path) -> None:
    link = new_link()
    assert set_marks(link, "img-3").json == {"favorites": of("img-3")}
    assert set_marks(link, "img-2").json == {"favorites": of("img-3", "img-2")}
    assert look(link).json["outputSlots"][0]["favorites"] == ["img-3", "img-2"]
    assert set_marks(link, "img-3", favorite=False).json == {"favorites": of("img-2")}
    assert look(link).json["outputSlots"][0]["favorites"] == ["img-2"]


def test_marks_that_are_not_named_stay_so_people_who_share_a_link_keep_each_others(seeded: Path) -> None:
    link = new_link()
    mine, yours = put_marks(link, of("img-3")), put_marks(link, of("img-2"))
    assert (mine.status, yours.json) == (200, {"favorites": of("img-3", "img-2")})
    assert put_marks(link, []).json == {"favorites": of("img-3", "img-2")}


def test_several_marks_are_set_and_taken_away_at_once_and_of_two_for_one_picture_the_last_counts(
    seeded: Path,
) -> None:
    link = new_link()
    set_marks(link, "img-3")
    off, on = ({"slotId": "slot-1", "imageId": "img-3", "favorite": value} for value in (False, True))
    assert put_marks(link, [off, *of("img-2")]).json == {"favorites": of("img-2")}
    assert put_marks(link, [off, on]).json == {"favorites": of("img-2", "img-3")}


def test_marks_that_are_there_already_are_not_written_again(seeded: Path) -> None:
    link = new_link()
    set_marks(link, "img-3")
    before = stored_objects(seeded)
    assert set_marks(link, "img-3").json == {"favorites": of("img-3")}
    assert set_marks(link, "img-2", favorite=False).json == {"favorites": of("img-3")}
    assert stored_objects(seeded) == before


def test_the_team_sees_in_each_slot_what_was_marked_through_which_link(seeded: Path) -> None:
    first, second, third = new_link(name="Agency"), new_link(), new_link()
    set_marks(first, "img-3", "img-2")
    set_marks(second, "img-2")
    expected = [
        {"shareId": first.id, "name": "Agency", "imageIds": ["img-3", "img-2"]},
        {"shareId": second.id, "imageIds": ["img-2"]},
    ]
    assert call("GET", STUDIO).json["outputSlots"][0]["guestFavorites"] == expected
    assert call("PATCH", SLOT, {"favorites": []}).json["guestFavorites"] == expected
    assert [item["favorites"] for item in listed()] == [of("img-3", "img-2"), of("img-2"), []]
    assert look(third).json["outputSlots"][0]["favorites"] == []


def test_marks_of_guests_touch_nothing_that_people_own_and_no_key_that_is_remembered(seeded: Path) -> None:
    call("PATCH", SLOT, {"favorites": ["img-2"]})
    link = new_link()
    before = stored_document(seeded)
    set_marks(link, "img-3")
    after = stored_document(seeded)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"rev", "shares"}
    assert after["outputSlots"][0]["favorites"] == ["img-2"]


def test_a_save_made_before_a_guest_marked_is_merged_without_a_conflict(seeded: Path) -> None:
    link = new_link()
    read = call("GET", STUDIO)
    set_marks(link, "img-3")
    rows = read.json["outputSlots"]
    rows[0] |= {"favorites": ["img-2"], "guestFavorites": []}
    headers = {"If-Match": read.etag, "Prefer": "handling=strict"}
    answer = call("PATCH", STUDIO, {"outputSlots": rows, "name": "New"}, headers)
    assert (answer.status, "merge" in answer.json) == (200, False)
    (slot,) = answer.json["outputSlots"]
    assert (slot["favorites"], slot["guestFavorites"][0]["imageIds"]) == (["img-2"], ["img-3"])


@pytest.mark.parametrize(
    ("favorite", "field"),
    [
        ({"slotId": "nowhere", "imageId": "img-3"}, "/favorites/1/slotId"),
        ({"slotId": "slot-2", "imageId": "img-3"}, "/favorites/1/imageId"),
        ({"slotId": "slot-3", "imageId": "img-3"}, "/favorites/1/slotId"),
        ({"slotId": "slot-1", "imageId": "nowhere"}, "/favorites/1/imageId"),
        ({"slotId": "slot-1", "imageId": "../x"}, "/favorites/1/imageId"),
        ({"slotId": "slot-1"}, "/favorites/1/imageId"),
        ({"slotId": "slot-1", "imageId": "img-2", "favorite": 1}, "/favorites/1/favorite"),
        ({"slotId": "slot-1", "imageId": "img-2", "favorite": None}, "/favorites/1/favorite"),
    ],
)
def test_a_mark_on_what_is_no_picture_of_the_studio_is_refused_with_all_that_came_with_it(
    seeded: Path, favorite: dict[str, Any], field: str
) -> None:
    call("POST", f"{STUDIO}/slots", {"id": "slot-2"})
    call("POST", f"{STUDIO}/slots", {"id": "slot-3"})
    call("DELETE", f"{STUDIO}/slots/slot-3")
    link = new_link()
    before = stored_objects(seeded)
    assert_invalid(put_marks(link, [*of("img-3"), favorite]), field)
    assert stored_objects(seeded) == before


def test_a_mark_can_be_taken_away_even_when_its_slot_is_gone(seeded: Path) -> None:
    link = new_link()
    set_marks(link, "img-3")
    call("DELETE", SLOT)
    assert put_marks(link, of("img-3")).json == {"favorites": of("img-3")}
    assert set_marks(link, "img-3", favorite=False).json == {"favorites": []}


@pytest.mark.parametrize(
    ("image_id", "status"), [("img-70", 200), ("img-7", 200), ("img-8", 200), ("img-9", 422)]
)
def test_a_picture_that_is_not_among_the_newest_any_more_can_still_be_marked(
    local_service: Path, image_id: str, status: int
) -> None:
    client = client_json()
    slot = client["sceneStudios"][0]["outputSlots"][0]
    slot["history"] = [revision_json(f"img-{n}", "https://example.com/x.jpg", n) for n in range(70, 0, -1)]
    slot["history"][-7]["url"] = data_url(jpeg(7))  # of our own, and in a page
    slot["outputImage"] = "https://example.com/x.jpg"
    import_client(client)
    call("PATCH", SLOT, {"outputImage": "img-8"})  # on show
    assert set_marks(new_link(), image_id).status == status  # img-9 is neither, and its picture is not ours


def test_taking_away_a_mark_that_is_not_there_changes_nothing_whatever_it_names(seeded: Path) -> None:
    link = new_link()
    before = stored_objects(seeded)
    for slot_id in ("slot-1", "nowhere"):
        answer = set_marks(link, "nowhere", favorite=False, slot_id=slot_id)
        assert (answer.status, answer.json) == (200, {"favorites": []})
    assert stored_objects(seeded) == before


def test_so_many_marks_and_no_more_come_at_once(seeded: Path) -> None:
    link = new_link()
    assert_invalid(put_marks(link, of("img-3") * 101), "/favorites")
    assert put_marks(link, of("img-3") * 100).json == {"favorites": of("img-3")}
    bodies: list[dict[str, Any]] = [{}, {"favorites": None}, {"favorites": {}}, {"favourites": []}]
    for body in bodies:
        answer = call("PUT", f"/api/shares/{link.id}/favorites", body, {"X-Share-Token": link.secret})
        assert_invalid(answer, "/favorites")


def test_a_guest_marks_a_hundred_pictures_at_most(local_service: Path) -> None:
    client = client_json()
    (studio,) = client["sceneStudios"]
    (slot,) = studio["outputSlots"]
    pictures = [revision_json(f"img-{n}", "https://example.com/x.jpg", n) for n in range(40, 0, -1)]
    slot |= {"history": pictures, "outputImage": "https://example.com/x.jpg"}
    studio["outputSlots"] = [{**slot, "id": f"slot-{number}"} for number in range(3)]
    import_client(client)
    link = new_link()
    for number, count in ((0, 40), (1, 40), (2, 20)):
        images = [f"img-{n}" for n in range(1, count + 1)]
        assert set_marks(link, *images, slot_id=f"slot-{number}").status == 200
    assert_invalid(set_marks(link, "img-40", slot_id="slot-2"), "/favorites")
    changed: list[dict[str, Any]] = [
        {"slotId": "slot-2", "imageId": "img-40"},
        {"slotId": "slot-0", "imageId": "img-1", "favorite": False},
    ]
    assert len(put_marks(link, changed).json["favorites"]) == 100


def test_marks_of_one_studio_are_seen_in_no_other(seeded: Path) -> None:
    call("POST", f"{STUDIO}/duplicate", {"id": "copy", "withHistory": True})
    set_marks(new_link(), "img-3")
    assert "guestFavorites" not in call("GET", f"{CLIENT}/scene-studio/copy").json["outputSlots"][0]
