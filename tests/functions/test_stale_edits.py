"""Edits that were made from an older version than the current one: refused, until they are merged."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.api import STUDIO, call
from tests.support.models import StubModel
from tests.support.problems import assert_problem
from tests.support.stored import stored_objects

SLOT = f"{STUDIO}/slots/slot-1"


def test_rows_that_say_nothing_of_the_version_they_were_read_at_are_refused(seeded: Path) -> None:
    before = stored_objects(seeded)
    bodies: list[Any] = [{"outputSlots": []}, {"outputSlots": [{"id": "slot-1"}], "name": "x"}]
    for body in bodies:
        assert_problem(call("PATCH", STUDIO, body), 428, "precondition-required")
    assert stored_objects(seeded) == before


STALE: list[tuple[str, str, Any]] = [
    ("PATCH", STUDIO, {"outputSlots": []}),
    ("PATCH", STUDIO, {"name": "Mine"}),
    ("DELETE", STUDIO, None),
    ("POST", f"{STUDIO}/slots", {"id": "slot-2"}),
    ("PATCH", SLOT, {"favorites": []}),
    ("DELETE", SLOT, None),
]


@pytest.mark.parametrize(("method", "path", "body"), STALE)
def test_a_stale_edit_is_refused_with_what_to_make_it_again_on(
    seeded: Path, method: str, path: str, body: Any
) -> None:
    stale = call("GET", STUDIO).etag
    call("PATCH", STUDIO, {"name": "Theirs"})
    current = call("GET", STUDIO)
    before = stored_objects(seeded)
    answer = call(method, path, body, {"If-Match": stale})
    assert_problem(answer, 412, "precondition-failed")
    assert (answer.json["current"], answer.etag) == (current.json, current.etag)
    assert stored_objects(seeded) == before
    assert call(method, path, body, {"If-Match": answer.etag}).status < 300


@pytest.mark.parametrize("tag", ['"never"', "W/{}", '"x", "y"'])
def test_only_the_strong_tag_of_the_current_version_lets_an_edit_pass(seeded: Path, tag: str) -> None:
    before = stored_objects(seeded)
    condition = {"If-Match": tag.format(call("GET", STUDIO).etag)}
    assert_problem(call("PATCH", STUDIO, {"name": "x"}, condition), 412, "precondition-failed")
    assert stored_objects(seeded) == before


def test_any_version_or_one_of_a_list_lets_an_edit_pass(seeded: Path) -> None:
    assert call("PATCH", STUDIO, {"name": "One"}, {"If-Match": "*"}).status == 200
    tags = f'"old", {call("GET", STUDIO).etag}'
    assert call("PATCH", STUDIO, {"name": "Two"}, {"If-Match": tags}).status == 200


def test_a_save_that_landed_is_not_stale_when_it_is_sent_again_under_its_key(seeded: Path) -> None:
    headers = {"If-Match": call("GET", STUDIO).etag, "Idempotency-Key": "save-1"}
    first = call("PATCH", STUDIO, {"outputSlots": [], "name": "Empty"}, headers)
    call("PATCH", STUDIO, {"name": "Later"})
    again = call("PATCH", STUDIO, {"outputSlots": [], "name": "Empty"}, headers)
    assert (first.status, again.status) == (200, 200)
    assert again.json["name"] == "Later"


def test_a_stale_save_of_all_rows_cannot_delete_the_pictures_made_since(ready: Path, model: StubModel) -> None:
    studio = call("GET", STUDIO)
    made = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"}).json["images"][0]["id"]
    stale = {"If-Match": studio.etag}
    assert call("PATCH", STUDIO, {"outputSlots": studio.json["outputSlots"]}, stale).status == 412
    fresh = {"If-Match": call("GET", STUDIO).etag}
    saved = call("PATCH", STUDIO, {"outputSlots": studio.json["outputSlots"]}, fresh)
    assert [revision["id"] for revision in saved.json["outputSlots"][0]["history"]] == [made]
    assert saved.json["outputSlots"][0]["status"] == "COMPLETED"
