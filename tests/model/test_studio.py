from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene_studio.model.edits import added_slot, deleted_slot
from scene_studio.model.errors import AlreadyExists, Deleted, InvalidRequest, NotFound
from scene_studio.model.owned import with_owned
from scene_studio.model.scene import Scene
from scene_studio.model.studio import (
    MAX_SLOTS,
    OutputSlot,
    SlotStatus,
    Studio,
    add_revisions,
    delete_studio,
    existing,
    import_into_studio,
    new_slot,
    new_studio,
    undelete_studio,
)
from tests.model.strategies import NOW, SLOT_IDS, THEN, revision, slots, studios

Rule = Callable[[Studio, str, str], Studio | None]


def add_slot(before: Studio, slot: OutputSlot, now: str) -> Studio:
    return done(with_owned(before, added_slot(before, slot).owned, frozenset(), now))


def delete_slot(before: Studio, slot_id: str, now: str) -> Studio | None:
    return with_owned(before, deleted_slot(before, slot_id).owned, frozenset(), now)


def undelete_slot(before: Studio, slot_id: str, now: str) -> Studio | None:
    return with_owned(before, deleted_slot(before, slot_id, deleted=False).owned, frozenset(), now)


def studio(*own: OutputSlot, **members: Any) -> Studio:
    return new_studio("acme-corp", "default", None, THEN).replace(output_slots=own, rev=10, **members)


def done(after: Studio | None) -> Studio:
    assert after is not None
    return after


def full_studio() -> Studio:
    return studio(*(new_slot(f"slot-{number}") for number in range(MAX_SLOTS)))


def test_a_new_studio_without_a_name_is_the_seeds_main_studio() -> None:
    assert new_studio("acme-corp", "default", None, THEN).to_json() == {
        "schema": 1,
        "rev": 0,
        "applied": [],
        "id": "default",
        "name": "Main Studio",
        "clientId": "acme-corp",
        "outputSlots": [],
        "costs": {},
        "shares": [],
        "userScenes": [],
        "createdAt": THEN,
        "updatedAt": THEN,
    }


def test_a_new_slot_has_the_default_of_every_setting() -> None:
    slot = new_slot("slot-1", ["product-a"])
    assert (slot.status, slot.history, slot.output_image) == (SlotStatus.EMPTY, (), None)
    assert slot.settings.to_json()["aspectRatio"] == "1:1"


def test_a_slot_is_added_at_the_end() -> None:
    after = add_slot(studio(new_slot("a")), new_slot("b"), NOW)
    assert ([slot.id for slot in after.output_slots], after.updated_at) == (["a", "b"], NOW)


def test_an_id_that_is_taken_makes_no_second_slot() -> None:
    with pytest.raises(AlreadyExists):
        add_slot(studio(new_slot("a")), new_slot("a"), NOW)


def test_the_id_of_a_deleted_slot_is_not_given_away() -> None:
    deleted = done(delete_slot(studio(new_slot("a")), "a", THEN))
    with pytest.raises(Deleted) as gone:
        add_slot(deleted, new_slot("a"), NOW)
    assert gone.value.members["restorableUntil"] == "2024-01-31T00:00:00.000Z"


def test_a_studio_takes_a_hundred_slots_and_deleted_ones_do_not_count() -> None:
    full = full_studio()
    with pytest.raises(InvalidRequest, match="outputSlots"):
        add_slot(full, new_slot("one-more"), NOW)
    roomy = done(delete_slot(full, "slot-7", NOW))
    filled = add_slot(roomy, new_slot("one-more"), NOW)
    assert len(filled.live_slots()) == MAX_SLOTS
    with pytest.raises(InvalidRequest, match="outputSlots"):
        undelete_slot(filled, "slot-7", NOW)


@given(studios(), st.sampled_from(SLOT_IDS))
def test_a_deleted_slot_is_hidden_keeps_everything_and_comes_back_as_it_was(
    before: Studio, slot_id: str
) -> None:
    found = before.find_slot(slot_id)
    if found is None or found.deleted_at is not None:
        return
    gone = done(delete_slot(before, slot_id, NOW))
    assert slot_id not in {slot.id for slot in gone.live_slots()}
    assert gone.find_slot(slot_id) == found.replace(deleted_at=NOW)
    with pytest.raises(Deleted):
        gone.slot(slot_id)
    back = done(undelete_slot(gone, slot_id, NOW))
    assert back.output_slots == before.output_slots


@pytest.mark.parametrize("rule", [delete_slot, undelete_slot])
def test_what_never_was_a_slot_is_not_found(rule: Rule) -> None:
    with pytest.raises(NotFound):
        rule(studio(), "slot-1", NOW)


def test_deleting_or_restoring_twice_changes_nothing() -> None:
    with_slot = studio(new_slot("a"))
    assert undelete_slot(with_slot, "a", NOW) is None
    assert delete_slot(done(delete_slot(with_slot, "a", THEN)), "a", NOW) is None
    assert undelete_studio(with_slot, NOW) is None
    assert delete_studio(done(delete_studio(with_slot, THEN)), NOW) is None


def test_a_deleted_studio_says_until_when_it_can_come_back() -> None:
    gone = done(delete_studio(studio(new_slot("a")), "2024-01-01T06:00:00+06:00"))
    with pytest.raises(Deleted) as error:
        existing(gone, "default")
    assert error.value.members["restorableUntil"] == "2024-01-31T00:00:00.000Z"
    back = done(undelete_studio(gone, NOW))
    assert existing(back, "default").output_slots == (new_slot("a"),)


def test_no_studio_is_not_found() -> None:
    with pytest.raises(NotFound):
        existing(None, "default")


def test_new_revisions_come_to_the_head_and_the_newest_is_shown() -> None:
    slot = new_slot("a").replace(history=(revision(1),), history_count=61, older_history="0" * 64, error="x")
    after = done(add_revisions(studio(slot), "a", [revision(3), revision(2)], 10, NOW)).slot("a")
    assert [shown.id for shown in after.history] == ["img-3", "img-2", "img-1"]
    assert (after.history_count, after.older_history) == (63, "0" * 64)
    assert (after.output_image, after.status, after.error) == ("img-3", SlotStatus.COMPLETED, None)


@pytest.mark.parametrize(("picked_rev", "shown"), [(0, "img-2"), (9, "img-2"), (10, "img-2"), (11, "img-1")])
def test_only_a_pick_that_came_after_the_request_outlives_the_new_picture(picked_rev: int, shown: str) -> None:
    slot = new_slot("a").replace(
        history=(revision(1),), history_count=1, output_image="img-1", picked_rev=picked_rev
    )
    after = done(add_revisions(studio(slot), "a", [revision(2)], 10, NOW)).slot("a")
    assert (after.output_image, after.picked_rev) == (shown, picked_rev)


def test_a_person_who_cleared_the_output_after_the_request_keeps_it_clear() -> None:
    slot = new_slot("a").replace(history=(revision(1),), history_count=1, picked_rev=11)
    assert done(add_revisions(studio(slot), "a", [revision(2)], 10, NOW)).slot("a").output_image is None


@given(studios(), st.sampled_from(SLOT_IDS), st.lists(st.integers(0, 120), max_size=4, unique=True))
def test_revisions_are_only_ever_added_each_once_whatever_state_the_slot_is_in(
    before: Studio, slot_id: str, numbers: list[int]
) -> None:
    slot = before.find_slot(slot_id)
    wanted = [revision(number) for number in numbers]
    if slot is None:
        with pytest.raises(NotFound):
            add_revisions(before, slot_id, wanted, 15, NOW)
        return
    after = add_revisions(before, slot_id, wanted, 15, NOW)
    there = {shown.id for shown in slot.history}
    new = [shown for shown in wanted if shown.id not in there]
    if not new:
        assert after is None
        return
    grown = done(after).find_slot(slot_id)
    assert grown is not None
    assert grown.history == (*new, *slot.history)
    assert grown.history_count == slot.history_count + len(new)
    assert (grown.older_history, grown.deleted_at) == (slot.older_history, slot.deleted_at)
    assert (grown.settings, grown.product_ids) == (slot.settings, slot.product_ids)
    assert add_revisions(done(after), slot_id, wanted, 15, NOW) is None
    others = [other for other in done(after).output_slots if other.id != slot_id]
    assert others == [other for other in before.output_slots if other.id != slot_id]


@given(studios(), studios())
def test_an_import_adds_what_is_absent_and_touches_nothing_that_is_there(
    before: Studio, imported: Studio
) -> None:
    after = import_into_studio(before, imported, NOW) or before
    assert after.output_slots[: len(before.output_slots)] == before.output_slots
    added = after.output_slots[len(before.output_slots) :]
    there = {slot.id for slot in before.output_slots}
    assert added == tuple(slot for slot in imported.output_slots if slot.id not in there)
    assert (after.name, after.created_at) == (before.name, before.created_at)
    assert import_into_studio(after, imported, NOW) is None


def test_an_import_brings_scenes_that_are_absent_and_tombstones_count_as_there() -> None:
    before = studio(user_scenes=(Scene(id="beach", name="Old", deleted_at=THEN),))
    imported = studio(user_scenes=(Scene(id="beach", name="New"), Scene(id="attic")))
    after = done(import_into_studio(before, imported, NOW))
    assert [(scene.id, scene.name) for scene in after.user_scenes] == [("beach", "Old"), ("attic", "")]


@pytest.mark.parametrize(("live", "deleted"), [(201, 0), (1, 400)])
def test_an_import_does_not_go_beyond_the_scenes_that_a_studio_may_have(live: int, deleted: int) -> None:
    scenes = [Scene(id=f"s{number}") for number in range(live)]
    gone = [Scene(id=f"g{number}", deleted_at=THEN) for number in range(deleted)]
    imported = studio(user_scenes=(*scenes, *gone))
    fewer = imported.replace(user_scenes=imported.user_scenes[1:])
    for before, into in ((None, imported), (fewer, imported), (studio(), imported)):
        with pytest.raises(InvalidRequest):
            import_into_studio(before, into, NOW)
    assert done(import_into_studio(studio(), fewer, NOW)).user_scenes == fewer.user_scenes


@given(slots("slot-1"))
def test_nothing_is_imported_into_a_deleted_studio(slot: OutputSlot) -> None:
    assert import_into_studio(studio(deleted_at=THEN), studio(slot), NOW) is None


def test_an_import_does_not_go_beyond_a_hundred_slots() -> None:
    with pytest.raises(InvalidRequest):
        import_into_studio(full_studio(), studio(new_slot("one-more")), NOW)
    with pytest.raises(InvalidRequest):
        import_into_studio(None, full_studio().with_slot(new_slot("one-more")), NOW)


@given(studios())
def test_a_studio_is_read_back_from_its_json_as_it_was(before: Studio) -> None:
    assert Studio.model_validate_json(before.model_dump_json(by_alias=True, exclude_none=True)) == before
