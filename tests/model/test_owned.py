from typing import Any

import pytest
from hypothesis import given

from scene_studio.model.edits import SlotEdit, StudioEdit, edited_slot, edited_studio
from scene_studio.model.errors import InvalidRequest
from scene_studio.model.owned import Owned, owned_by_people, with_owned
from scene_studio.model.settings import MAX_UNKNOWN_SETTINGS
from scene_studio.model.studio import MAX_FAVORITES, MAX_SLOTS, OutputSlot, Studio, new_slot, new_studio
from tests.model.strategies import NOW, THEN, slot_bodies, studio_bodies, studios

NOBODY: frozenset[str] = frozenset()


def of_machines(slot: OutputSlot) -> tuple[object, ...]:
    return (slot.id, slot.status, slot.history, slot.history_count, slot.older_history, slot.error)


def of_machines_in_studio(studio: Studio) -> tuple[object, ...]:
    return (studio.id, studio.client_id, studio.rev, studio.applied, studio.user_scenes, studio.created_at)


def assert_machines_kept_theirs(before: Studio, after: Studio) -> None:
    assert of_machines_in_studio(after) == of_machines_in_studio(before)
    for slot in before.output_slots:
        found = after.find_slot(slot.id)
        assert found is not None
        assert of_machines(found) == of_machines(slot)
    for slot in after.output_slots:
        if before.find_slot(slot.id) is None:
            assert of_machines(slot) == of_machines(new_slot(slot.id))


def one_slot(**members: Any) -> Studio:
    studio = new_studio("acme-corp", "default", None, THEN).replace(rev=10)
    return studio.replace(output_slots=(new_slot("slot-1").replace(**members),))


@given(studios(), studio_bodies())
def test_no_save_of_all_rows_whatever_it_holds_changes_what_machines_own(
    before: Studio, body: dict[str, Any]
) -> None:
    wanted = edited_studio(before, StudioEdit.model_validate(body), lambda _slot, image: image != "nowhere")
    after = with_owned(before, wanted.owned, wanted.picked, NOW)
    assert_machines_kept_theirs(before, after or before)


@given(studios(), slot_bodies())
def test_no_edit_of_one_slot_whatever_it_holds_changes_what_machines_own_or_another_slot(
    before: Studio, body: dict[str, Any]
) -> None:
    live = before.live_slots()
    if not live:
        return
    edit = SlotEdit.model_validate(body)
    try:
        wanted = edited_slot(before, live[0].id, edit, lambda _slot, image: image != "nowhere")
    except InvalidRequest:
        assert edit.output_image is not None
        return
    after = with_owned(before, wanted.owned, wanted.picked, NOW) or before
    assert_machines_kept_theirs(before, after)
    others = [slot for slot in before.output_slots if slot.id != live[0].id]
    assert [slot for slot in after.output_slots if slot.id != live[0].id] == others


@given(studios(), studios())
def test_what_people_own_can_be_put_over_any_later_document(old: Studio, later: Studio) -> None:
    after = with_owned(later, owned_by_people(old), NOBODY, NOW) or later
    assert_machines_kept_theirs(later, after)
    given_back = owned_by_people(after)
    assert given_back.name == old.name
    assert {name: given_back.slots[name] for name in owned_by_people(old).slots} == owned_by_people(old).slots
    assert list(given_back.slots)[: len(old.output_slots)] == [slot.id for slot in old.output_slots]


@given(studios())
def test_putting_back_what_people_own_is_nothing_to_do(studio: Studio) -> None:
    assert with_owned(studio, owned_by_people(studio), NOBODY, NOW) is None


@given(studios(), studio_bodies())
def test_the_same_save_twice_is_nothing_to_do_the_second_time(before: Studio, body: dict[str, Any]) -> None:
    edit = StudioEdit.model_validate(body)
    wanted = edited_studio(before, edit, lambda _slot, _image: True)
    after = with_owned(before, wanted.owned, wanted.picked, NOW) or before
    again = edited_studio(after, edit, lambda _slot, _image: True)
    assert again.picked == NOBODY
    assert with_owned(after, again.owned, again.picked, NOW) is None


@pytest.mark.parametrize(("old", "new"), [(1, True), (True, 1), (0, False)])
def test_a_setting_that_changes_only_its_type_is_a_change(old: object, new: object) -> None:
    studio = one_slot()
    slot = studio.output_slots[0]
    before = studio.with_slot(slot.replace(settings=slot.settings.model_validate({"someday": old})))
    edit = SlotEdit.model_validate({"settings": {"someday": new}})
    wanted = edited_slot(before, "slot-1", edit, lambda _slot, _image: False)
    after = with_owned(before, wanted.owned, wanted.picked, NOW)
    assert after is not None
    kept = after.slot("slot-1").settings.to_json()["someday"]
    assert (kept, type(kept)) == (new, type(new))


def test_picking_the_picture_that_is_shown_already_counts_as_a_pick() -> None:
    before = one_slot(output_image="img-1")
    after = with_owned(before, owned_by_people(before), frozenset({"slot-1"}), NOW)
    assert after is not None
    assert after.slot("slot-1").picked_rev == before.rev + 1


def test_a_slot_that_is_wanted_and_not_there_is_made_and_one_that_is_not_mentioned_stays() -> None:
    before = one_slot()
    wanted = owned_by_people(before.replace(output_slots=(new_slot("slot-9", ["product-a"]),)))
    after = with_owned(before, wanted, NOBODY, NOW)
    assert after is not None
    assert [slot.id for slot in after.output_slots] == ["slot-9", "slot-1"]
    assert (after.slot("slot-9").product_ids, after.updated_at) == (("product-a",), NOW)


def test_a_deletion_is_dated_once() -> None:
    before = one_slot(deleted_at=THEN)
    renamed = owned_by_people(before)._replace(name="Summer")
    after = with_owned(before, renamed, NOBODY, NOW)
    assert after is not None
    slot = after.find_slot("slot-1")
    assert slot is not None
    assert slot.deleted_at == THEN


def test_no_save_leaves_more_than_a_hundred_slots() -> None:
    before = one_slot()
    slot = owned_by_people(before).slots["slot-1"]
    too_many = Owned("Main Studio", {f"row-{number}": slot for number in range(MAX_SLOTS)})
    with pytest.raises(InvalidRequest, match="outputSlots"):
        with_owned(before, too_many, NOBODY, NOW)


@pytest.mark.parametrize(
    ("field", "mine"),
    [
        ("favorites", {"favorites": tuple(f"image-{n}" for n in range(MAX_FAVORITES + 1))}),
        ("settings", {"settings": {f"x{n}": n for n in range(MAX_UNKNOWN_SETTINGS + 1)}}),
    ],
)
def test_what_two_edits_make_too_large_together_is_refused_and_never_stored(
    field: str, mine: dict[str, Any]
) -> None:
    base = one_slot()
    owned = owned_by_people(base)
    wanted = owned._replace(slots={"slot-1": owned.slots["slot-1"]._replace(**mine)})
    with pytest.raises(InvalidRequest, match=field):
        with_owned(base, wanted, NOBODY, NOW)
