"""An import that is refused names the field and leaves nothing half-made."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import CLIENT, STUDIO, call
from tests.support.pages import opened
from tests.support.pictures import data_url, jpeg
from tests.support.problems import assert_invalid, assert_problem
from tests.support.seed import IMG_3, client_json, import_client
from tests.support.stored import stored_objects

S = "/sceneStudios/0"
SLOT = f"{S}/outputSlots/0"
BROKEN = "data:image/png;base64,AAAA"


def set_at(client: Any, pointer: str, value: Any) -> dict[str, Any]:
    """The client with another value at this place."""
    *path, last = [int(part) if part.isdigit() else part for part in pointer.split("/")[1:]]
    inner = client
    for part in path:
        inner = inner[part]
    inner[last] = value
    assert isinstance(client, dict)
    return client


def refused(client: dict[str, Any], field: str, store: Path) -> None:
    before = stored_objects(store)
    assert_invalid(call("POST", f"{CLIENT}/import", client), field)
    assert stored_objects(store) == before


@pytest.mark.parametrize("bad", ["../../other", "a/b", "..", ".", "", "a\\b", "x" * 65, "a\u0000"])
@pytest.mark.parametrize(
    "field",
    [
        "/products/0/id",
        f"{S}/id",
        f"{SLOT}/id",
        f"{SLOT}/history/1/id",
        f"{SLOT}/productIds/0",
        f"{S}/clientId",
    ],
)
def test_an_id_that_could_lead_out_of_its_folder_is_refused(local_service: Path, field: str, bad: str) -> None:
    import_client({"id": "acme-corp", "name": "ACME"})
    refused(set_at(client_json(), field, bad), field, local_service)


@pytest.mark.parametrize(
    ("member", "bad"),
    [
        ("model", "m" * 201),
        ("seed", -1),
        ("seed", "7"),
        ("width", 0),
        ("height", 1024.5),
        ("tookMilliseconds", True),
        ("costMicros", -1),
        ("timestamp", "now"),
    ],
)
def test_a_fact_of_a_revision_that_cannot_be_is_refused(local_service: Path, member: str, bad: Any) -> None:
    refused(
        set_at(client_json(), f"{SLOT}/history/0/{member}", bad), f"{SLOT}/history/0/{member}", local_service
    )


REPEATED: dict[str, Callable[[dict[str, Any]], list[Any]]] = {
    "/products/2/id": lambda client: client["products"],
    "/sceneStudios/1/id": lambda client: client["sceneStudios"],
    f"{S}/outputSlots/1/id": lambda client: client["sceneStudios"][0]["outputSlots"],
    f"{SLOT}/history/2/id": lambda client: client["sceneStudios"][0]["outputSlots"][0]["history"],
}


@pytest.mark.parametrize("field", REPEATED)
def test_two_things_of_one_id_are_refused(local_service: Path, field: str) -> None:
    import_client({"id": "acme-corp", "name": "ACME"})
    client = client_json()
    items = REPEATED[field](client)
    items.append(items[0])
    refused(client, field, local_service)


@pytest.mark.parametrize(
    "bad",
    [BROKEN, "data:image/png;base64,!!!", "data:text/plain,x", "data:", "ftp://x/y.jpg", "picture.jpg"],
)
@pytest.mark.parametrize(
    "field",
    [
        "/products/1/imageUrl",
        f"{SLOT}/history/1/url",
        f"{SLOT}/outputImage",
        f"{SLOT}/settings/scene/imageUrl",
        f"{SLOT}/history/0/settings/scene/imageUrl",
        f"{S}/userScenes/0/imageUrl",
    ],
)
def test_a_picture_that_is_none_is_named_and_nothing_else_is_stored(
    local_service: Path, field: str, bad: str
) -> None:
    import_client({"id": "acme-corp", "name": "ACME"})
    client = client_json()
    client["sceneStudios"][0]["userScenes"] = [{"id": "beach", "imageUrl": data_url(jpeg(1))}]
    refused(set_at(client, field, bad), field, local_service)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("/name", "x" * 201),
        ("/products", {}),
        ("/clientSessions", {}),
        ("/products/0/name", None),
        (f"{S}/name", "x" * 201),
        (f"{S}/createdAt", "yesterday"),
        (f"{S}/updatedAt", "2024-02-30T00:00:00Z"),
        (f"{S}/clientId", "other"),
        (f"{SLOT}/status", "DONE"),
        (f"{SLOT}/productIds", ["a"] * 17),
        (f"{SLOT}/history/0/timestamp", "2024"),
        (f"{SLOT}/history/0/timestamp", -1),
        (f"{SLOT}/history/0/timestamp", 1.5),
        (f"{SLOT}/history/0/url", None),
        (f"{SLOT}/history/0/settings/aspectRatio", "7:1"),
        (f"{SLOT}/settings/varietyLevel", 11),
        (f"{SLOT}/settings/scene/imageUrl", "/" + "x" * 2048),
    ],
)
def test_a_member_that_cannot_be_is_named_and_nothing_is_made(
    local_service: Path, field: str, bad: Any
) -> None:
    refused(set_at(client_json(), field, bad), field, local_service)


def test_more_than_a_hundred_slots_are_refused_before_anything_is_stored(local_service: Path) -> None:
    client = client_json()
    client["sceneStudios"][0]["outputSlots"] += [{"id": f"row-{number}"} for number in range(100)]
    refused(client, "/outputSlots", local_service)


def test_all_that_is_wrong_is_told_at_once(local_service: Path) -> None:
    client = client_json()
    client["products"].append(client["products"][0])
    client["sceneStudios"].append(client["sceneStudios"][0] | {"clientId": "other"})
    answer = call("POST", f"{CLIENT}/import", client)
    fields = {error["field"] for error in answer.json["errors"]}
    assert fields == {"/products/2/id", "/sceneStudios/1/id", "/sceneStudios/1/clientId"}


def test_a_picture_that_is_named_by_its_address_here_must_be_here(local_service: Path) -> None:
    own = f"{STUDIO}/slots/slot-1/history/img-2/image"
    refused(set_at(client_json(), f"{SLOT}/history/1/url", own), f"{SLOT}/history/1/url", local_service)
    loft = [{"id": "loft", "imageUrl": f"{STUDIO}/user-scenes/loft/image"}]
    refused(set_at(client_json(), f"{S}/userScenes", loft), f"{S}/userScenes/0/imageUrl", local_service)


def test_an_import_that_is_wrong_in_thousands_of_places_is_answered_shortly(local_service: Path) -> None:
    client = client_json()
    client["sceneStudios"] = [
        {"id": f"studio-{at}", "outputSlots": [{"id": "a/b", "history": [1] * 20}] * 200} for at in range(50)
    ]
    answer = call("POST", f"{CLIENT}/import", client)
    assert_problem(answer, 422, "invalid-request")
    assert len(answer.json["errors"]) == 100
    assert "and 19990 more" in answer.json["detail"]


def test_a_corrected_import_brings_the_corrected_pictures(local_service: Path) -> None:
    wrong = set_at(client_json(), f"{SLOT}/history/0/url", data_url(jpeg(99)))
    refused(set_at(wrong, f"{SLOT}/history/1/url", BROKEN), f"{SLOT}/history/1/url", local_service)
    import_client()
    assert opened(call("GET", f"{STUDIO}/slots/slot-1/history/img-3/image"), local_service).body == IMG_3


@pytest.mark.parametrize("number", ["1e400", "-1e999", "NaN"])
def test_a_number_that_could_not_be_kept_is_refused(local_service: Path, number: str) -> None:
    raw = b'{"id":"acme-corp","name":"x","clientSessions":[%s]}' % number.encode()
    assert_problem(call("POST", f"{CLIENT}/import", raw=raw), 400, "malformed-json")
    assert stored_objects(local_service) == {}


@pytest.mark.parametrize(("levels", "status"), [(98, 200), (99, 400), (250, 400), (2000, 400)])
def test_sessions_are_taken_as_deep_as_they_can_be_read_back(
    local_service: Path, levels: int, status: int
) -> None:
    session = b"[" * levels + b"]" * levels
    raw = b'{"id":"acme-corp","name":"x","clientSessions":[%s]}' % session
    assert call("POST", f"{CLIENT}/import", raw=raw).status == status
    from scene_studio import runtime

    runtime.clients.cache_clear()
    assert call("GET", CLIENT).status == (200 if status == 200 else 404)


@pytest.mark.parametrize("number", ["9" * 4000, "-0.0", "1e-320", "123456789012345678901234567890"])
def test_numbers_at_the_edge_are_given_back(local_service: Path, number: str) -> None:
    raw = b'{"id":"acme-corp","name":"x","clientSessions":[[%s]]}' % number.encode()
    assert call("POST", f"{CLIENT}/import", raw=raw).status == 200
    from scene_studio import runtime

    runtime.clients.cache_clear()
    ((kept,),) = call("GET", CLIENT).json["clientSessions"]
    assert repr(kept) == repr(float(number) if "." in number or "e" in number else int(number))
