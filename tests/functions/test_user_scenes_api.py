from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from scene_studio.model.studio import Studio
from scene_studio.store.cache import Versioned
from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.pages import all_items, opened
from tests.support.pictures import as_image, data_url, jpeg
from tests.support.problems import assert_invalid, assert_problem
from tests.support.scripted_store import FakeTime
from tests.support.seed import Fill, client_json
from tests.support.stored import stored_objects

SCENES = f"{STUDIO}/user-scenes"
BEACH = f"{SCENES}/beach"
ELSEWHERE = "https://pictures.example.com/attic.jpg"


def client_with_scenes() -> dict[str, Any]:
    client = client_json()
    client["sceneStudios"][0]["userScenes"] = [
        {"id": "beach", "name": "Beach", "imageUrl": data_url(jpeg(9, (640, 480)))},
        {"id": "attic", "name": "Attic", "imageUrl": ELSEWHERE},
        {"id": "stock", "name": "Stock", "imageUrl": "/scenes/living-room-modern.jpg"},
        {"id": "gone", "name": "Gone", "imageUrl": ELSEWHERE, "deletedAt": "2024-01-01T00:00:00Z"},
    ]
    return client


@pytest.fixture
def scenes(local_service: Path, fill: Fill) -> Path:
    """A studio with a scene of our own, one that lies elsewhere, one from stock and a deleted one."""
    fill(local_service, client_with_scenes)
    return local_service


def ids(query: str = "") -> list[str]:
    return [item["id"] for item in call("GET", f"{SCENES}{query}").json["items"]]


def test_a_scene_is_read_with_its_state_and_the_address_of_its_picture(scenes: Path) -> None:
    assert call("GET", BEACH).json == {
        "id": "beach",
        "name": "Beach",
        "state": "READY",
        "imageUrl": f"{BEACH}/image",
        "thumbnailUrl": f"{BEACH}/image?image=beach&size=thumb",
    }
    assert call("GET", f"{SCENES}/attic").json == {
        "id": "attic",
        "name": "Attic",
        "state": "READY",
        "imageUrl": ELSEWHERE,
    }


def test_a_studio_lists_its_scenes_but_not_those_that_are_deleted(scenes: Path) -> None:
    listed = call("GET", SCENES).json
    assert listed == {"items": call("GET", STUDIO).json["userScenes"]}
    assert ids() == ["beach", "attic", "stock"]
    call("DELETE", BEACH)
    assert ids() == ["attic", "stock"]


def test_deleted_scenes_are_listed_on_request_until_when_they_can_be_brought_back(scenes: Path) -> None:
    (gone,) = call("GET", f"{SCENES}?deleted=true").json["items"]
    assert (gone["id"], gone["deletedAt"]) == ("gone", "2024-01-01T00:00:00Z")
    assert gone["restorableUntil"] == "2024-01-31T00:00:00.000Z"
    call("DELETE", BEACH)
    assert ids("?deleted=true") == ["beach", "gone"]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_the_list_leads_through_all_scenes_exactly_once(scenes: Path, limit: int) -> None:
    assert [item["id"] for item in all_items(SCENES, limit)] == ["beach", "attic", "stock"]
    assert ("nextCursor" in call("GET", f"{SCENES}?limit={limit}").json) == (limit < 3)


def test_the_list_goes_on_where_it_was_when_its_last_scene_is_deleted_meanwhile(scenes: Path) -> None:
    first = call("GET", f"{SCENES}?limit=1").json
    call("DELETE", BEACH)
    assert ids(f"?cursor={first['nextCursor']}") == ["attic", "stock"]


@pytest.mark.parametrize(
    ("query", "field"), [("cursor=nowhere", "cursor"), ("limit=0", "limit"), ("deleted=maybe", "deleted")]
)
def test_a_list_that_cannot_be_is_refused(scenes: Path, query: str, field: str) -> None:
    assert_invalid(call("GET", f"{SCENES}?{query}"), field)


def test_a_scenes_picture_opens_whole_small_and_as_a_download(scenes: Path) -> None:
    assert opened(call("GET", f"{BEACH}/image"), scenes).body == jpeg(9, (640, 480))
    assert as_image(opened(call("GET", f"{BEACH}/image?size=thumb"), scenes).body).size == (320, 240)
    headers = opened(call("GET", f"{BEACH}/image?download=1"), scenes).headers
    assert headers["content-disposition"] == 'attachment; filename="beach.jpg"'


def test_a_scene_that_lies_elsewhere_is_a_redirect_there(scenes: Path) -> None:
    answer = call("GET", f"{SCENES}/attic/image")
    assert (answer.status, answer.headers["location"]) == (302, ELSEWHERE)
    assert_problem(call("GET", f"{SCENES}/attic/image?image=attic"), 404, "not-found")


def test_there_is_no_redirect_to_an_address_of_our_own_origin(scenes: Path) -> None:
    assert_problem(call("GET", f"{SCENES}/stock/image"), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{SCENES}/nowhere"),
        ("GET", f"{SCENES}/nowhere/image"),
        ("PATCH", f"{SCENES}/nowhere"),
        ("DELETE", f"{SCENES}/nowhere"),
        ("POST", f"{SCENES}/nowhere/undelete"),
        ("GET", f"{CLIENT}/scene-studio/nowhere/user-scenes"),
    ],
)
def test_a_scene_that_never_was_is_not_found(scenes: Path, method: str, path: str) -> None:
    before = stored_objects(scenes)
    assert_problem(call(method, path, None if method == "GET" else {}), 404, "not-found")
    assert stored_objects(scenes) == before


def test_the_scenes_of_a_deleted_studio_are_gone_with_it(scenes: Path) -> None:
    call("DELETE", STUDIO)
    for method, path in (
        ("GET", SCENES),
        ("GET", BEACH),
        ("GET", f"{BEACH}/image"),
        ("PATCH", BEACH),
        ("DELETE", BEACH),
        ("POST", f"{BEACH}/undelete"),
    ):
        assert_problem(call(method, path, None if method == "GET" else {}), 410, "deleted")


def test_a_scene_is_renamed_and_null_takes_its_name_away(scenes: Path) -> None:
    before = call("GET", BEACH).json
    assert call("PATCH", BEACH, {"name": "Bay"}).json == before | {"name": "Bay"}
    assert call("PATCH", BEACH, {"name": None}).json == before | {"name": ""}
    assert call("GET", BEACH).json == before | {"name": ""}


def test_a_rename_to_the_same_name_or_of_nothing_writes_nothing(scenes: Path) -> None:
    before = stored_objects(scenes)
    for body in ({"name": "Beach"}, {}, {"imageUrl": ELSEWHERE, "deletedAt": "2024-01-01T00:00:00Z"}):
        assert call("PATCH", BEACH, body).json == call("GET", BEACH).json
    assert stored_objects(scenes) == before


@pytest.mark.parametrize("name", ["x" * 201, "a\nb", 7, ["x"]])
def test_a_name_that_cannot_be_is_refused(scenes: Path, name: Any) -> None:
    before = stored_objects(scenes)
    assert_invalid(call("PATCH", BEACH, {"name": name}), "/name")
    assert stored_objects(scenes) == before


def test_a_deleted_scene_is_gone_until_it_is_brought_back_as_it_was(scenes: Path) -> None:
    before = call("GET", BEACH).json
    assert (call("DELETE", BEACH).status, call("DELETE", BEACH).status) == (204, 204)
    for method, path in (("GET", BEACH), ("PATCH", BEACH)):
        gone = call(method, path, None if method == "GET" else {"name": "x"})
        assert_problem(gone, 410, "deleted")
        assert gone.json["restorableUntil"] > gone.json["deletedAt"]
    assert "gone" not in ids()
    assert call("POST", f"{BEACH}/undelete", {}).json == before
    stored = stored_objects(scenes)
    assert call("POST", f"{BEACH}/undelete", {}).json == before == call("GET", BEACH).json
    assert stored_objects(scenes) == stored


def test_the_picture_of_a_deleted_scene_is_there_for_the_slots_that_show_it(scenes: Path) -> None:
    call("DELETE", BEACH)
    assert opened(call("GET", f"{BEACH}/image"), scenes).body == jpeg(9, (640, 480))
    assert_problem(call("GET", f"{SCENES}/gone/image"), 410, "deleted")


def test_a_save_of_the_studio_leaves_its_scenes_alone(scenes: Path) -> None:
    studio = call("GET", STUDIO)
    body = studio.json | {"name": "New", "userScenes": [{"id": "beach", "name": "Mine"}, {"id": "new"}]}
    saved = call("PATCH", STUDIO, body, {"If-Match": studio.etag})
    assert (saved.json["name"], saved.json["userScenes"]) == ("New", studio.json["userScenes"])


def edit(method: str, path: str, tag: str, body: Any = None) -> Answer:
    return call(method, path, body or {}, {"If-Match": tag})


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", BEACH, {"name": "Bay"}),
        ("DELETE", BEACH, None),
        ("POST", f"{SCENES}/gone/undelete", None),
        ("POST", SCENES, {"id": "new", "imageUrl": ELSEWHERE}),
        ("POST", SCENES, {"id": "new", "contentType": "image/png", "size": 200_000}),
        ("POST", f"{BEACH}/image", {"contentType": "image/png", "size": 200_000}),
    ],
)
@pytest.mark.parametrize("named", ["none", "any", "stale", "current"])
@pytest.mark.usefixtures("tickets")
def test_only_who_knew_the_studio_is_told_its_new_entity_tag(
    scenes: Path, method: str, path: str, body: Any, named: str
) -> None:
    tags = {"none": {}, "any": {"If-Match": "*"}, "stale": {"If-Match": call("GET", STUDIO).etag}}
    call("PATCH", STUDIO, {"name": "By somebody else"})
    tags["current"] = {"If-Match": call("GET", STUDIO).etag}
    answer = call(method, path, body or {}, tags[named])
    assert answer.status < 300, answer.body
    assert ("etag" in answer.headers) == (named == "current")


def test_the_entity_tag_that_is_told_is_that_of_the_studio_after_the_change(scenes: Path) -> None:
    answer = edit("PATCH", BEACH, call("GET", STUDIO).etag, {"name": "Bay"})
    assert answer.etag == call("GET", STUDIO).etag
    removed = edit("DELETE", BEACH, answer.etag)
    assert removed.etag == call("GET", STUDIO).etag
    back = edit("POST", f"{BEACH}/undelete", removed.etag)
    assert back.etag == call("GET", STUDIO).etag
    nothing = edit("PATCH", BEACH, back.etag, {"name": "Bay"})
    assert nothing.etag == back.etag


def test_a_repeated_request_is_not_told_a_tag_for_others_may_have_edited_since(scenes: Path) -> None:
    headers = {"If-Match": call("GET", STUDIO).etag, "Idempotency-Key": "rename"}
    first, again = (call("PATCH", BEACH, {"name": "Bay"}, headers) for _ in range(2))
    assert (first.status, first.json) == (again.status, again.json)
    assert ("etag" in first.headers, "etag" in again.headers) == (True, False)


def test_what_others_did_elsewhere_does_not_refuse_an_edit_of_a_scene(scenes: Path) -> None:
    tag = call("GET", STUDIO).etag
    call("PATCH", f"{STUDIO}/slots/slot-1", {"settings": {"style": "Coastal"}})
    call("PATCH", f"{SCENES}/attic", {"name": "Loft"})
    renamed = edit("PATCH", BEACH, tag, {"name": "Bay"})
    assert (renamed.status, renamed.json["name"]) == (200, "Bay")
    assert "etag" not in renamed.headers


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"name": "Mine"}), ("DELETE", None)])
def test_a_scene_that_others_renamed_since_is_not_edited_unseen(scenes: Path, method: str, body: Any) -> None:
    tag = call("GET", STUDIO).etag
    call("PATCH", BEACH, {"name": "Theirs"})
    before = stored_objects(scenes)
    refused = edit(method, BEACH, tag, body)
    assert_problem(refused, 412, "precondition-failed")
    assert refused.json["current"]["userScenes"][0]["name"] == "Theirs"
    assert stored_objects(scenes) == before
    assert edit(method, BEACH, refused.etag, body).status < 300


def test_what_machines_did_to_a_scene_does_not_refuse_an_edit_of_it(scenes: Path) -> None:
    tag = call("GET", STUDIO).etag

    def awaiting(current: Versioned[Studio] | None) -> Studio:
        assert current is not None
        (first, *others) = current.document.user_scenes
        return current.document.replace(user_scenes=(first.replace(image_url=ELSEWHERE), *others))

    runtime.studios().commit("acme-corp", "default", awaiting, None, FakeTime().pacing())
    assert edit("PATCH", BEACH, tag, {"name": "Bay"}).status == 200


def test_an_edit_from_a_version_that_is_no_longer_kept_is_refused(scenes: Path) -> None:
    refused = edit("PATCH", BEACH, '"1:999999"', {"name": "Bay"})
    assert_problem(refused, 412, "version-gone")
    assert refused.etag == call("GET", STUDIO).etag
    assert edit("PATCH", BEACH, '"1:999999"', {"name": "Beach"}).status == 200


def test_a_deletion_that_is_repeated_under_its_key_does_not_delete_what_came_back(scenes: Path) -> None:
    key = {"Idempotency-Key": "delete"}
    assert call("DELETE", BEACH, None, key).status == 204
    call("POST", f"{BEACH}/undelete", {})
    assert call("DELETE", BEACH, None, key).status == 204
    assert call("GET", BEACH).status == 200
