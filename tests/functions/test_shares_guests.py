"""What a guest sees by a link, and what nobody sees without one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from tests.support.api import CLIENT, STUDIO, call
from tests.support.models import StubModel
from tests.support.pages import open_address
from tests.support.pictures import as_image, data_url, jpeg
from tests.support.problems import assert_invalid
from tests.support.seed import IMG_2, IMG_3, SETTINGS, client_json, import_client, revision_json
from tests.support.shares import clock_of_shares, look, new_link, rewrite, set_marks
from tests.support.stored import STUDIO_KEY, stored_document


@pytest.fixture
def at() -> Iterator[Callable[[int], None]]:
    with clock_of_shares() as set_to:
        yield set_to


# What a guest sees


def test_a_guest_sees_the_studio_with_its_slots_settings_and_pictures(seeded: Path, at: object) -> None:
    link = new_link(name="Agency", expiresInDays=1)
    answer = look(link)
    assert answer.headers["cache-control"] == "no-store"
    view = answer.json
    (slot,) = view.pop("outputSlots")
    assert view == {
        "share": {
            "id": link.id,
            "name": "Agency",
            "createdAt": "2027-01-15T08:00:00.000Z",
            "expiresAt": "2027-01-16T08:00:00.000Z",
        },
        "name": "Main Studio",
    }
    newest, older = slot["history"]
    shown = {name: value for name, value in slot.items() if name not in {"history", "outputImage"}}
    assert shown == {
        "id": "slot-1",
        "productNames": ["Oak Chair", "Ceramic Vase"],
        "settings": SETTINGS,
        "historyCount": 2,
        "favorites": [],
        "outputImageId": "img-3",
    }
    assert slot["outputImage"] == newest["url"]
    assert {name: value for name, value in newest.items() if not name.endswith(("url", "Url"))} == {
        "id": "img-3",
        "timestamp": 1704067200000,
        "productNames": ["Oak Chair", "Ceramic Vase"],
        "settings": SETTINGS,
    }
    assert older["id"] == "img-2"


def test_every_picture_opens_by_its_short_lived_address(seeded: Path) -> None:
    (slot,) = look(new_link()).json["outputSlots"]
    assert open_address(slot["outputImage"], seeded).body == IMG_3
    for revision, picture in zip(slot["history"], (IMG_3, IMG_2), strict=True):
        assert open_address(revision["url"], seeded).body == picture
        assert as_image(open_address(revision["thumbnailUrl"], seeded).body).size == (96, 72)
        expires = int(revision["url"].partition("expires=")[2].partition("&")[0])
        assert expires - runtime.now_milliseconds() / 1000 <= 300


def test_what_the_team_changes_a_guest_sees_at_once(seeded: Path, model: StubModel) -> None:
    link = new_link()
    call("PATCH", STUDIO, {"name": "Autumn"})
    call("PATCH", f"{STUDIO}/slots/slot-1", {"settings": {"style": "Rustic"}, "outputImage": "img-2"})
    call("DELETE", f"{CLIENT}/products/product-b")
    made = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"})
    assert made.status == 422  # of a product that is gone
    view = look(link).json
    (slot,) = view["outputSlots"]
    assert (view["name"], slot["settings"]["style"], slot["outputImageId"]) == ("Autumn", "Rustic", "img-2")
    assert slot["productNames"] == ["Oak Chair", "Ceramic Vase"]


def test_a_guest_sees_a_picture_as_soon_as_it_is_made_and_nothing_of_its_making(
    ready: Path, model: StubModel
) -> None:
    link = new_link()
    call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"})
    (slot,) = look(link).json["outputSlots"]
    (revision,) = slot["history"]
    assert slot["outputImage"] == revision["url"]
    allowed = {"id", "timestamp", "productNames", "settings", "url", "thumbnailUrl", "width", "height"}
    assert revision.keys() == allowed
    assert stored_document(ready)["outputSlots"][0]["history"][0].keys() >= {"debugPrompt", "model", "seed"}


def test_a_slot_without_a_picture_says_so_by_having_none(ready: Path) -> None:
    (slot,) = look(new_link()).json["outputSlots"]
    assert (slot["history"], "outputImage" in slot, "outputImageId" in slot) == ([], False, False)


CANARY = "canary"


def test_whatever_is_not_named_as_shown_stays_among_the_team(seeded: Path) -> None:
    link = new_link()
    set_marks(new_link(name=CANARY), "img-3")

    def spread(document: dict[str, Any]) -> None:
        slot = document["outputSlots"][0]
        revision = slot["history"][0]
        revision |= {"debugPrompt": CANARY, "model": CANARY, "sha256": "0" * 64, "costMicros": 987654321}
        slot["intents"] = [INTENT]
        slot["error"] = CANARY
        settings = slot["settings"]
        for part in (document, slot, settings, settings["scene"], revision, *document["shares"]):
            part["someday"] = CANARY
        slot["settings"] |= {"placement": {"x": 0.5, "someday": CANARY}, "seed": 987654321}
        document["userScenes"] = [{"id": "beach", "name": CANARY, "imageUrl": f"https://{CANARY}.example"}]
        document["costs"] = {"2026-11": 987654321}

    rewrite(STUDIO_KEY, spread)
    team = call("GET", STUDIO)
    assert team.status == 200
    assert team.body.count(CANARY.encode()) > 5
    seen = look(link).body
    for hidden in (CANARY, "987654321", "product-a", "0" * 64, "GENERATING", "deletedSlots", "/api/"):
        assert hidden.encode() not in seen


INTENT = {
    "id": CANARY,
    "askedAt": 1,
    "askedRev": 1,
    "queuedAt": 1,
    "deadline": 2,
    "priceMicros": 987654321,
    "prompt": CANARY,
    "seed": 1,
    "error": CANARY,
}


def test_deleted_slots_are_not_shown(seeded: Path) -> None:
    link = new_link()
    call("POST", f"{STUDIO}/slots", {"id": "slot-2"})
    call("DELETE", f"{STUDIO}/slots/slot-1")
    assert ids_in(look(link).json) == ["slot-2"]


# Pictures that are not among the newest, not ours, or of scenes


def test_a_picture_on_show_that_is_not_among_the_newest_is_shown_all_the_same(local_service: Path) -> None:
    client = client_json()
    slot = client["sceneStudios"][0]["outputSlots"][0]
    elsewhere = "https://example.com/x.jpg"
    slot["history"] = [revision_json(f"img-{n}", elsewhere, n) for n in range(70, 0, -1)]
    slot["history"][-7]["url"] = data_url(jpeg(7))
    slot["outputImage"] = "img-7"
    import_client(client)
    link = new_link()
    (shown,) = look(link).json["outputSlots"]
    assert "img-7" not in {revision["id"] for revision in shown["history"]}
    assert (len(shown["history"]), shown["historyCount"]) == (30, 70)
    assert open_address(shown["outputImage"], local_service).body == jpeg(7)
    call("PATCH", f"{STUDIO}/slots/slot-1", {"outputImage": "img-8"})
    (shown,) = look(link).json["outputSlots"]
    assert (shown["outputImage"], shown["outputImageId"]) == (elsewhere, "img-8")


def test_a_picture_that_lies_elsewhere_is_shown_where_it_lies(local_service: Path) -> None:
    client = client_json()
    slot = client["sceneStudios"][0]["outputSlots"][0]
    slot["history"] = [revision_json("img-1", "https://example.com/x.jpg")]
    slot["outputImage"] = "img-1"
    import_client(client)
    (shown,) = look(new_link()).json["outputSlots"]
    (revision,) = shown["history"]
    assert (shown["outputImage"], revision["url"]) == ("https://example.com/x.jpg",) * 2
    assert "thumbnailUrl" not in revision


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/scenes/living-room-modern.jpg", "/scenes/living-room-modern.jpg"),
        ("https://example.com/scene.jpg", "https://example.com/scene.jpg"),
        ("/api/clients/acme-corp/scene-studio/other/user-scenes/x/image", None),
        ("/api/clients/other/scene-studio/default/user-scenes/x/image", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_the_scene_of_a_slot_is_shown_if_a_guest_may_open_it(
    seeded: Path, address: str, shown: str | None
) -> None:
    def point(document: dict[str, Any]) -> None:
        document["outputSlots"][0]["settings"]["scene"]["imageUrl"] = address

    rewrite(STUDIO_KEY, point)
    (slot,) = look(new_link()).json["outputSlots"]
    assert slot["settings"]["scene"].get("imageUrl") == shown
    assert slot["settings"]["scene"]["name"] == "Modern Living Room"


def test_a_scene_of_the_studios_own_opens_by_a_signed_address(local_service: Path) -> None:
    client = client_json()
    scene = {"id": "beach", "name": "Beach", "imageUrl": data_url(jpeg(9))}
    client["sceneStudios"][0]["userScenes"] = [scene]
    slot = client["sceneStudios"][0]["outputSlots"][0]
    slot["settings"]["scene"] = scene
    slot["history"][1]["settings"]["scene"] = scene
    import_client(client)
    (shown,) = look(new_link()).json["outputSlots"]
    for settings in (shown["settings"], shown["history"][1]["settings"]):
        assert open_address(settings["scene"]["imageUrl"], local_service).body == jpeg(9)


# A part at a time


def ids_in(view: dict[str, Any]) -> list[str]:
    return [slot["id"] for slot in view["outputSlots"]]


def test_slots_come_in_parts_in_their_order_even_if_the_last_seen_is_deleted_meanwhile(seeded: Path) -> None:
    link = new_link()
    for number in range(2, 6):
        call("POST", f"{STUDIO}/slots", {"id": f"slot-{number}"})
    first = look(link, "?limit=2").json
    assert (ids_in(first), first["nextCursor"]) == (["slot-1", "slot-2"], "slot-2")
    call("DELETE", f"{STUDIO}/slots/slot-2")
    second = look(link, "?limit=2&cursor=slot-2").json
    assert (ids_in(second), second["nextCursor"]) == (["slot-3", "slot-4"], "slot-4")
    last = look(link, "?limit=1&cursor=slot-4").json
    assert (ids_in(last), "nextCursor" in last) == (["slot-5"], False)
    assert_invalid(look(link, "?cursor=nowhere"), "cursor")


@pytest.mark.parametrize("limit", ["0", "25", "x"])
def test_a_part_has_one_slot_at_least_and_twenty_four_at_most(seeded: Path, limit: str) -> None:
    assert_invalid(look(new_link(), f"?limit={limit}"), "limit")
