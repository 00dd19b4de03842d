"""Versions of a studio: listed, read, compared, restored."""

from typing import Any

import pytest

from tests.support.api import CLIENT, STUDIO, Answer, call


@pytest.fixture
def styles(local_service: object) -> dict[str, str]:
    """Entity tags of a studio whose one slot had these styles, one after the other."""
    call("PUT", CLIENT, {"name": "ACME"})
    call("PUT", f"{CLIENT}/products/product-a", {"name": "Oak Chair"})
    call("PUT", STUDIO, {})
    call("POST", f"{STUDIO}/slots", {"id": "slot-1", "productIds": ["product-a"]})
    tags = {}
    for style in ("Modern", "Industrial", "Rustic"):
        call("PATCH", f"{STUDIO}/slots/slot-1", {"settings": {"style": style}})
        tags[style] = call("GET", STUDIO).etag
    return tags


def style() -> str:
    return str(call("GET", STUDIO).json["outputSlots"][0]["settings"]["style"])


def restore(body: dict[str, Any], **headers: str) -> Answer:
    return call("POST", f"{STUDIO}/restore", body, headers)


def versions() -> list[str]:
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = call("GET", f"{STUDIO}/versions?limit=2&cursor={cursor}").json
        found.extend(item["version"] for item in page["items"])
        cursor = page.get("nextCursor")
    return found


def test_every_version_is_listed_once_newest_first_through_all_pages(styles):
    listed = versions()
    assert len(set(listed)) == len(listed) == 4
    named = [call("GET", f"{STUDIO}?version={version}").etag for version in listed]
    assert list(reversed(styles.values())) == [tag for tag in named if tag in styles.values()]


def test_a_version_is_read_as_it_was_by_its_id_or_its_tag(styles):
    for name in (styles["Industrial"], styles["Industrial"].strip('"'), styles["Industrial"].split(":")[1]):
        answer = call("GET", f"{STUDIO}?version={name.strip(chr(34))}")
        assert "Industrial" == answer.json["outputSlots"][0]["settings"]["style"]
        assert styles["Industrial"] == answer.etag


def test_a_restored_version_is_a_new_version_on_top_and_keeps_newer_pictures(styles):
    made = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"}).json["images"][0]["id"]
    count = len(versions())
    answer = restore({"version": styles["Modern"]})
    assert 200 == answer.status
    assert "Modern" == style()
    assert [made] == [one["id"] for one in answer.json["outputSlots"][0]["history"]]
    assert count + 1 == len(versions())


def test_a_restore_is_undone_by_another(styles):
    restore({"version": styles["Modern"]})
    assert 200 == restore({"version": styles["Rustic"]}).status
    assert "Rustic" == style()


def test_one_slot_alone_is_restored(styles):
    call("PATCH", STUDIO, {"name": "New name"})
    call("POST", f"{STUDIO}/slots", {"id": "slot-2"})
    answer = restore({"version": styles["Modern"], "slotId": "slot-1"})
    assert ("New name", ["slot-1", "slot-2"]) == (
        answer.json["name"],
        [slot["id"] for slot in answer.json["outputSlots"]],
    )
    assert "Modern" == style()


def test_slots_made_since_are_deleted_by_a_restore_and_can_be_brought_back(styles):
    call("POST", f"{STUDIO}/slots", {"id": "slot-2", "settings": {"style": "Coastal"}})
    answer = restore({"version": styles["Modern"]})
    assert ["slot-2"] == [slot["id"] for slot in answer.json["deletedSlots"]]
    brought = call("POST", f"{STUDIO}/slots/slot-2/undelete")
    assert "Coastal" == brought.json["settings"]["style"]


def test_a_restore_based_on_an_older_version_leaves_what_others_changed_and_lists_conflicts(styles):
    answer = restore({"version": styles["Modern"]}, **{"if-match": styles["Industrial"]})
    assert "Modern" == style()
    assert ["settings.style"] == [one["field"] for one in answer.json["merge"]["conflicts"]]


def test_a_restore_is_repeated_once_under_its_key(styles):
    headers = {"idempotency-key": "restore-1"}
    assert 200 == restore({"version": styles["Modern"]}, **headers).status
    call("PATCH", f"{STUDIO}/slots/slot-1", {"settings": {"style": "Coastal"}})
    assert 200 == restore({"version": styles["Modern"]}, **headers).status
    assert "Coastal" == style()


@pytest.mark.parametrize("version", ["999999", "nonsense", "1:x", "-1", "9" * 400])
def test_an_unknown_version_is_404(styles, version):
    assert 404 == call("GET", f"{STUDIO}?version={version}").status
    assert 404 == restore({"version": version}).status
    assert 404 == call("GET", f"{STUDIO}/versions/{version}/compare/{version}").status


def test_two_versions_are_compared_by_slot_and_field_in_words(styles):
    call("POST", f"{STUDIO}/slots", {"id": "slot-2"})
    call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"})
    call("PATCH", STUDIO, {"name": "Autumn"})
    newest = call("GET", STUDIO).etag.strip('"')
    oldest = styles["Modern"].strip('"')
    answer = call("GET", f"{STUDIO}/versions/{oldest}/compare/{newest}")
    assert [
        "Name changed from Main Studio to Autumn",
        "Slot 1: style changed from Modern to Rustic",
        "Slot 1: 1 picture made",
        "Slot 1: another picture shown",
        "Slot 2 added",
    ] == [change["words"] for change in answer.json["changes"]]
    back = call("GET", f"{STUDIO}/versions/{newest}/compare/{oldest}").json["changes"]
    assert "Slot 2 deleted" in [change["words"] for change in back]


def test_a_version_compared_with_itself_has_no_changes(styles):
    tag = styles["Modern"].strip('"')
    assert [] == call("GET", f"{STUDIO}/versions/{tag}/compare/{tag}").json["changes"]
