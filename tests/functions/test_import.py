"""What the original product's client.json brings in is given back to the letter, once."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from tests.support.api import CLIENT, STUDIO, call
from tests.support.pages import opened
from tests.support.pictures import as_image, data_url, jpeg, png
from tests.support.seed import (
    CERAMIC_VASE,
    IMG_2,
    IMG_3,
    OAK_CHAIR,
    SESSIONS,
    SETTINGS,
    client_json,
    import_client,
    revision_json,
)
from tests.support.stored import STUDIO_KEY, stored_document, stored_objects

SLOT = f"{STUDIO}/slots/slot-1"
ADDRESSES = {"imageUrl", "url", "outputImage"}
MADE_HERE = {"etag", "historyCount", "favorites", "deletedSlots", "createdAt", "updatedAt", "generation"}
MADE_HERE |= {"imageId", "pictures", "uploads", "state", "thumbnailUrl"}


def exported() -> dict[str, Any]:
    answer = call("GET", f"{CLIENT}?expand=sceneStudios")
    assert answer.status == 200
    client = answer.json
    assert isinstance(client, dict)
    return client


def without_pictures(value: Any) -> Any:
    """A value without the addresses of our own pictures, and without what we add to the original's shapes."""
    if isinstance(value, list):
        return [without_pictures(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: without_pictures(member)
        for name, member in value.items()
        if name not in MADE_HERE and not (name in ADDRESSES and str(member).startswith(("data:", "/api/")))
    }


def test_the_seeds_client_is_given_back_to_the_letter(local_service: Path) -> None:
    import_client()
    seed, client = client_json(), exported()
    assert without_pictures(client) == without_pictures(seed)
    assert client["clientSessions"] == SESSIONS
    (studio,) = client["sceneStudios"]
    assert (studio["createdAt"], studio["updatedAt"]) == ("2024-01-01T00:00:00Z", "2024-01-01T12:00:00Z")
    (slot,) = studio["outputSlots"]
    assert [revision["id"] for revision in slot["history"]] == ["img-3", "img-2"]
    assert [revision["timestamp"] for revision in slot["history"]] == [1704067200000, 1704063600000]
    assert [revision.get("debugPrompt") for revision in slot["history"]] == ["A modern living room...", None]
    assert [slot["settings"], *(revision["settings"] for revision in slot["history"])] == [SETTINGS] * 3
    assert slot["outputImage"] == slot["history"][0]["url"] == f"{SLOT}/history/img-3/image"


def test_it_is_given_back_the_same_by_a_process_that_reads_it_from_the_store(local_service: Path) -> None:
    import_client()
    before = exported()
    runtime.clients.cache_clear()
    runtime.studios.cache_clear()
    assert exported() == before


def test_its_pictures_are_readable_and_jpegs_are_kept_to_the_byte(local_service: Path) -> None:
    import_client()
    assert opened(call("GET", f"{SLOT}/history/img-3/image"), local_service).body == IMG_3
    assert opened(call("GET", f"{SLOT}/history/img-2/image"), local_service).body == IMG_2
    for product, picture in (("product-a", OAK_CHAIR), ("product-b", CERAMIC_VASE)):
        stored = as_image(opened(call("GET", f"{CLIENT}/products/{product}/image"), local_service).body)
        assert stored.tobytes() == as_image(picture).tobytes()


def test_a_revision_that_is_a_png_is_stored_as_a_jpeg(local_service: Path) -> None:
    client = client_json()
    client["sceneStudios"][0]["outputSlots"][0]["history"][1]["url"] = data_url(png(6, (64, 64)))
    import_client(client)
    body = opened(call("GET", f"{SLOT}/history/img-2/image"), local_service).body
    assert body.startswith(b"\xff\xd8")
    assert as_image(body).size == (64, 64)


def test_the_report_says_what_was_made_and_what_was_there(local_service: Path) -> None:
    made, again = import_client().json, import_client().json
    both = ["product-a", "product-b"]
    assert made == {
        "id": "acme-corp",
        "created": True,
        "products": {"created": both, "present": []},
        "sceneStudios": [
            {
                "id": "default",
                "created": True,
                "outputSlots": {"created": ["slot-1"], "present": []},
                "userScenes": {"created": [], "present": []},
            }
        ],
        "picturesStored": 4,
    }
    assert (again["created"], again["products"]) == (False, {"created": [], "present": both})
    assert again["sceneStudios"][0]["outputSlots"] == {"created": [], "present": ["slot-1"]}
    assert again["picturesStored"] == 0


def test_importing_again_changes_not_a_byte(local_service: Path) -> None:
    import_client()
    before = stored_objects(local_service)
    import_client()
    import_client(client_json() | {"name": "Other", "products": [], "clientSessions": SESSIONS[:1]})
    assert call("POST", f"{CLIENT}/import", client_json(), {"Idempotency-Key": "again"}).status == 200
    assert stored_objects(local_service) == before


def test_importing_what_was_exported_changes_not_a_byte(local_service: Path) -> None:
    import_client()
    before = stored_objects(local_service)
    import_client(exported())
    assert stored_objects(local_service) == before


def test_a_later_import_adds_only_what_is_absent(local_service: Path) -> None:
    import_client()
    call("PATCH", SLOT, {"settings": {"style": "Coastal"}, "outputImage": "img-2"})
    call("PATCH", f"{CLIENT}/products/product-a", {"name": "Ash Chair"})
    before = exported()
    client = client_json()
    client["products"].insert(0, {"id": "product-c", "name": "Lamp", "imageUrl": data_url(png(30))})
    client["clientSessions"].append({"id": "session-3", "a": None})
    slot = deepcopy(client["sceneStudios"][0]["outputSlots"][0]) | {"id": "slot-2"}
    client["sceneStudios"][0]["outputSlots"].insert(0, slot)
    client["sceneStudios"].append({"id": "second", "name": "Second"})
    report = import_client(client).json
    assert report["products"]["created"] == ["product-c"]
    assert [studio["created"] for studio in report["sceneStudios"]] == [False, True]
    after = exported()
    assert after["products"] == [*before["products"], after["products"][-1]]
    assert after["clientSessions"] == [*SESSIONS, {"id": "session-3", "a": None}]
    ours, second = after["sceneStudios"]
    theirs = before["sceneStudios"][0]["outputSlots"][0]
    assert ours["outputSlots"][0] | {"etag": ""} == theirs | {"etag": ""}
    assert ours["outputSlots"][1]["id"] == "slot-2"
    assert (second["name"], second["outputSlots"]) == ("Second", [])


def test_what_was_deleted_stays_deleted(local_service: Path) -> None:
    import_client()
    for path in (f"{CLIENT}/products/product-a", SLOT):
        assert call("DELETE", path).status == 204
    before = stored_objects(local_service)
    import_client()
    assert stored_objects(local_service) == before
    call("DELETE", STUDIO)
    before = stored_objects(local_service)
    assert import_client().json["sceneStudios"] == [{"id": "default", "created": False, "deleted": True}]
    assert stored_objects(local_service) == before


def test_pictures_that_lie_elsewhere_stay_there_and_keep_their_addresses(local_service: Path) -> None:
    client = client_json()
    studio = client["sceneStudios"][0]
    slot = studio["outputSlots"][0]
    urls = [f"https://s3.example.com/slot-1/revisions/{name}.jpg" for name in ("img-3", "img-2", "scene", "a")]
    slot["history"][0]["url"] = slot["outputImage"] = urls[0]
    slot["history"][1]["url"] = urls[1]
    studio["userScenes"] = [{"id": "beach", "name": "Beach", "imageUrl": urls[2]}]
    client["products"][0]["imageUrl"] = urls[3]
    assert import_client(client).json["picturesStored"] == 1
    after = exported()
    (shown,) = after["sceneStudios"][0]["outputSlots"]
    assert [shown["outputImage"], *(revision["url"] for revision in shown["history"])] == [urls[0], *urls[:2]]
    assert after["sceneStudios"][0]["userScenes"][0]["imageUrl"] == urls[2]
    assert after["products"][0]["imageUrl"] == urls[3]


def test_what_machines_say_of_a_picture_is_not_believed_when_it_is_imported(local_service: Path) -> None:
    upload = {"id": "x", "askedAt": 1, "queuedAt": 1, "deadline": 1, "reason": "Never."}
    client = client_json()
    beach = {"id": "beach", "name": "Beach", "imageUrl": data_url(jpeg(9)), "mood": {"calm": True}}
    picture = {"id": "stolen", "width": 7}
    machines = {"picture": picture, "upload": upload, "state": "REJECTED", "reason": "Never.", "width": 7}
    client["sceneStudios"][0]["userScenes"] = [beach | machines | {"thumbnailUrl": "/x", "colors": ["#000000"]}]
    client["sceneStudios"][0]["outputSlots"][0]["history"][0]["sha256"] = "0" * 64
    client["products"][0] |= {"imageId": "stolen", "pictures": [picture], "uploads": [upload, "nonsense"]}
    import_client(client)
    assert stored_document(local_service)["userScenes"] == [
        {"id": "beach", "name": "Beach", "mood": {"calm": True}}
    ]
    assert "sha256" not in stored_document(local_service)["outputSlots"][0]["history"][0]
    scene = call("GET", f"{STUDIO}/user-scenes/beach").json
    assert (scene["state"], scene["mood"]) == ("READY", {"calm": True})
    chair = call("GET", f"{CLIENT}/products/product-a").json
    assert [one["id"] for one in chair["pictures"]] == [chair["imageId"]] != ["stolen"]
    assert "uploads" not in chair


def test_a_scene_that_was_exported_is_imported_without_what_its_view_adds(local_service: Path) -> None:
    client = client_json()
    client["sceneStudios"][0]["userScenes"] = [{"id": "attic", "imageUrl": "https://example.com/a.jpg"}]
    import_client(client)
    scenes = exported()["sceneStudios"][0]["userScenes"]
    assert scenes[0]["state"] == "READY"
    other = {"id": "other", "name": "Other", "sceneStudios": [{"id": "default", "userScenes": scenes}]}
    assert call("POST", "/api/clients/other/import", other).status == 200
    key = STUDIO_KEY.replace("acme-corp", "other")
    assert stored_document(local_service, key)["userScenes"] == stored_document(local_service)["userScenes"]


def test_a_picture_that_is_shown_but_in_no_history_is_kept_as_a_revision(local_service: Path) -> None:
    client = client_json()
    client["sceneStudios"][0]["outputSlots"][0]["outputImage"] = data_url(jpeg(77))
    import_client(client)
    (slot,) = exported()["sceneStudios"][0]["outputSlots"]
    assert [revision["id"] for revision in slot["history"][1:]] == ["img-3", "img-2"]
    shown = slot["history"][0]
    assert slot["outputImage"] == shown["url"]
    assert (shown["productNames"], shown["settings"]) == (["Oak Chair", "Ceramic Vase"], SETTINGS)
    assert shown["timestamp"] == 1704110400000
    assert opened(call("GET", slot["outputImage"]), local_service).body == jpeg(77)


@pytest.mark.parametrize(
    "time",
    [
        "1969-12-31T23:59:59Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_any_time_that_can_be_spelled_can_be_imported(local_service: Path, time: str) -> None:
    client = client_json()
    client["sceneStudios"][0] |= {"createdAt": time, "updatedAt": time}
    client["sceneStudios"][0]["outputSlots"][0]["outputImage"] = data_url(jpeg(77))
    client["sceneStudios"][0]["userScenes"] = [{"id": "gone", "deletedAt": time}]
    import_client(client)
    studio = exported()["sceneStudios"][0]
    assert (studio["createdAt"], studio["updatedAt"]) == (time, time)
    (gone,) = call("GET", f"{STUDIO}/user-scenes?deleted=true").json["items"]
    assert gone["deletedAt"] == time


@pytest.mark.parametrize("nothing", ["", None])
def test_a_slot_whose_picture_is_an_empty_text_shows_none(local_service: Path, nothing: str | None) -> None:
    client = client_json()
    client["sceneStudios"][0]["outputSlots"][0] |= {"outputImage": nothing, "history": [], "status": "EMPTY"}
    assert call("POST", f"{CLIENT}/import", client).status == 200
    (slot,) = call("GET", STUDIO).json["outputSlots"]
    assert ("EMPTY", []) == (slot["status"], slot["history"])
    assert "outputImage" not in slot


@pytest.mark.parametrize("named", ["img-2", data_url(IMG_2)])
def test_the_picture_that_is_shown_is_named_by_id_or_by_itself(local_service: Path, named: str) -> None:
    client = client_json()
    client["sceneStudios"][0]["outputSlots"][0]["outputImage"] = named
    import_client(client)
    assert stored_document(local_service)["outputSlots"][0]["outputImage"] == "img-2"


@pytest.mark.parametrize(
    ("given", "history", "kept"),
    [
        ("GENERATING", 2, "COMPLETED"),
        ("GENERATING", 0, "EMPTY"),
        ("ERROR", 0, "ERROR"),
        ("COMPLETED", 0, "EMPTY"),
    ],
)
def test_no_slot_is_left_waiting_for_a_generation_that_nobody_runs(
    local_service: Path, given: str, history: int, kept: str
) -> None:
    client = client_json()
    slot = client["sceneStudios"][0]["outputSlots"][0]
    slot |= {"status": given, "history": slot["history"][:history], "outputImage": None}
    import_client(client)
    assert stored_document(local_service)["outputSlots"][0]["status"] == kept


def test_a_history_of_five_hundred_is_imported_and_read_back_in_order(local_service: Path) -> None:
    ids = [f"img-{number}" for number in range(500, 0, -1)]
    client = client_json()
    slot = client["sceneStudios"][0]["outputSlots"][0]
    slot["history"] = [revision_json(name, data_url(jpeg(1, (8, 8))), at) for at, name in enumerate(ids)]
    slot["outputImage"] = None
    assert import_client(client).json["picturesStored"] == 502
    (after,) = exported()["sceneStudios"][0]["outputSlots"]
    assert [revision["id"] for revision in after["history"]] == ids
    assert [revision["timestamp"] for revision in after["history"]] == list(range(500))
    assert after["historyCount"] == 500
    assert len(stored_objects(local_service)[STUDIO_KEY].body) < 96 * 1024
    before = stored_objects(local_service)
    import_client(client)
    assert stored_objects(local_service) == before
