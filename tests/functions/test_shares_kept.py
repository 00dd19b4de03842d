"""What must neither bring links back, nor copy them, nor take them away."""

from pathlib import Path

import pytest

from tests.support.api import CLIENT, STUDIO, call
from tests.support.seed import client_json, import_client
from tests.support.shares import SHARES, Link, listed, look, new_link, set_marks
from tests.support.stored import stored_document


@pytest.fixture
def withdrawn_and_live(seeded: Path) -> tuple[Link, Link, str]:
    """A link that was withdrawn, one made since, and the version in which the first was live."""
    withdrawn = new_link(name="Withdrawn")
    set_marks(withdrawn, "img-3")
    version = call("GET", STUDIO).etag.strip('"')
    call("DELETE", f"{SHARES}/{withdrawn.id}")
    live = new_link(name="Live")
    set_marks(live, "img-2")
    return withdrawn, live, version


def assert_as_they_were(withdrawn: Link, live: Link) -> None:
    assert [(item["id"], item["favorites"]) for item in listed()] == [
        (live.id, [{"slotId": "slot-1", "imageId": "img-2"}])
    ]
    assert (look(withdrawn).status, look(live).status) == (404, 200)


@pytest.mark.parametrize("part", [{}, {"slotId": "slot-1"}])
def test_a_restore_neither_brings_back_a_withdrawn_link_nor_takes_a_live_one(
    withdrawn_and_live: tuple[Link, Link, str], part: dict[str, str]
) -> None:
    withdrawn, live, version = withdrawn_and_live
    call("PATCH", f"{STUDIO}/slots/slot-1", {"settings": {"style": "Rustic"}})
    answer = call("POST", f"{STUDIO}/restore", {"version": version, **part})
    assert (answer.status, answer.json["outputSlots"][0]["settings"]["style"]) == (200, "Modern")
    assert_as_they_were(withdrawn, live)


def test_an_edit_made_of_an_older_version_leaves_links_as_they_are(
    withdrawn_and_live: tuple[Link, Link, str],
) -> None:
    withdrawn, live, version = withdrawn_and_live
    old = call("GET", f"{STUDIO}?version={version}")
    rows = old.json["outputSlots"]
    assert rows[0]["guestFavorites"] == [{"shareId": withdrawn.id, "name": "Withdrawn", "imageIds": ["img-3"]}]
    rows[0]["settings"]["style"] = "Rustic"
    body = {"outputSlots": rows, "shares": [{"id": withdrawn.id}], "guestFavorites": []}
    answer = call("PATCH", STUDIO, body, {"If-Match": old.etag, "Prefer": "handling=strict"})
    assert (answer.status, "merge" in answer.json) == (200, False)
    assert_as_they_were(withdrawn, live)


def test_deleting_a_studio_and_bringing_it_back_leaves_links_as_they_are(
    withdrawn_and_live: tuple[Link, Link, str],
) -> None:
    withdrawn, live, _ = withdrawn_and_live
    call("DELETE", STUDIO)
    assert (look(withdrawn).status, look(live).status) == (404, 404)
    assert call("POST", f"{STUDIO}/undelete").status == 200
    assert_as_they_were(withdrawn, live)


@pytest.mark.parametrize("with_history", [False, True])
def test_a_copy_of_a_studio_has_no_links_and_no_marks_of_guests(
    withdrawn_and_live: tuple[Link, Link, str], seeded: Path, *, with_history: bool
) -> None:
    withdrawn, live, _ = withdrawn_and_live
    answer = call("POST", f"{STUDIO}/duplicate", {"id": "copy", "withHistory": with_history})
    assert answer.status == 201
    assert "guestFavorites" not in answer.json["outputSlots"][0]
    assert call("GET", f"{CLIENT}/scene-studio/copy/shares").json["items"] == []
    assert stored_document(seeded, "clients/acme-corp/scene-studios/copy/config.json")["shares"] == []
    assert_as_they_were(withdrawn, live)


def test_an_import_brings_no_links_neither_into_a_studio_that_is_there_nor_into_a_new_one(
    withdrawn_and_live: tuple[Link, Link, str], seeded: Path
) -> None:
    withdrawn, live, _ = withdrawn_and_live
    client = client_json()
    (studio,) = client["sceneStudios"]
    studio["shares"] = [
        {"id": withdrawn.id, "salt": "s", "secretSha256": "0" * 64, "createdAt": "x", "expiresAt": "y"}
    ]
    studio["outputSlots"][0]["guestFavorites"] = [{"shareId": withdrawn.id, "imageIds": ["img-3"]}]
    new_slot = {**studio["outputSlots"][0], "id": "slot-new"}
    client["sceneStudios"] = [
        {**studio, "outputSlots": [*studio["outputSlots"], new_slot]},
        {**studio, "id": "imported"},
    ]
    import_client(client)
    assert [slot["id"] for slot in call("GET", STUDIO).json["outputSlots"]] == ["slot-1", "slot-new"]
    assert_as_they_were(withdrawn, live)
    (slot,) = call("GET", f"{CLIENT}/scene-studio/imported").json["outputSlots"]
    assert "guestFavorites" not in slot
    assert call("GET", f"{CLIENT}/scene-studio/imported/shares").json["items"] == []


def test_a_studio_that_was_never_shared_says_nothing_of_guests(seeded: Path) -> None:
    assert "guestFavorites" not in call("GET", STUDIO).json["outputSlots"][0]
