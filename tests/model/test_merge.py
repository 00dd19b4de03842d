"""Three-way merge of what people own, but for the order of slots: see test_merge_order.py."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scene_studio.model.merge import DELETED, Conflict, Merged, merge, touched
from scene_studio.model.owned import Owned, OwnedSlot
from tests.support.owned import (
    ORDER,
    Field,
    canonical,
    changes,
    examples,
    field_of,
    pairs_of_disjoint_edits,
    pairs_of_edits,
    same,
    single_edits,
    with_unseen_deletions,
)

Three = tuple[Owned, Owned, Owned]
ASKED = st.frozensets(st.sampled_from("abcd"))
SLOT = OwnedSlot(("mug",), {"style": "Modern", "lighting": "Evening"}, (), "r1", deleted=False)
STYLE = ("settings", "style")


def studio(**slots: OwnedSlot) -> Owned:
    return Owned("Spring", slots)


def styled(style: Any) -> OwnedSlot:
    return SLOT._replace(settings={**SLOT.settings, "style": style})


def deleted(slot: OwnedSlot = SLOT) -> OwnedSlot:
    return slot._replace(deleted=True)


def deletion(slot_id: str, *, mine: bool) -> Conflict:
    return Conflict(slot_id, DELETED, base=False, mine=mine, theirs=not mine)


def listed(merged: Merged) -> set[Field]:
    return {(conflict.slot_id, conflict.field) for conflict in merged.conflicts}


def as_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@examples()
@given(single_edits(), ASKED)
def test_who_changed_nothing_gets_exactly_what_others_made(
    two: tuple[Owned, Owned], asked: frozenset[str]
) -> None:
    base, theirs = two
    merged = merge(base, base, theirs, asked)
    assert merged == Merged(theirs, ())
    assert list(merged.owned.slots) == list(theirs.slots)


@examples()
@given(single_edits())
def test_an_edit_that_nobody_came_between_stands_as_it_is(two: tuple[Owned, Owned]) -> None:
    base, mine = two
    merged = merge(base, mine, base)
    assert same(merged.owned, mine)
    assert merged.conflicts == ()


@examples()
@given(single_edits(), ASKED)
def test_two_equal_edits_never_conflict(two: tuple[Owned, Owned], asked: frozenset[str]) -> None:
    base, both = two
    assert merge(base, both, both, asked) == Merged(both, ())


@examples(150)
@given(pairs_of_disjoint_edits())
def test_edits_that_share_no_field_are_both_there_and_which_came_first_does_not_matter(three: Three) -> None:
    base, one, other = three
    merged, turned = merge(base, one, other), merge(base, other, one)
    assert merged.conflicts == turned.conflicts == ()
    assert merged.owned.name == turned.owned.name
    assert canonical(merged.owned) == canonical(turned.owned)
    for edit in (one, other):
        for field in changes(base, edit) - {ORDER}:
            assert field_of(merged.owned, field) == field_of(edit, field)


def expected_conflicts(base: Owned, mine: Owned, theirs: Owned, asked: frozenset[str]) -> set[Field]:
    """What both changed to different values, and deletions of what the other side changed."""
    my_changes, their_changes = changes(base, mine) - {ORDER}, changes(base, theirs) - {ORDER}
    expected = {
        field
        for field in my_changes & their_changes
        if field_of(mine, field) != field_of(theirs, field) and field[1] != ("favorites",)
    }
    for slot_id, slot in base.slots.items():
        my_end, their_end = mine.slots[slot_id].deleted, theirs.slots[slot_id].deleted
        if slot.deleted or my_end == their_end:
            continue
        keeper = their_changes if my_end else my_changes
        if any(owner == slot_id for owner, _ in keeper) or (my_end and slot_id in asked):
            expected.add((slot_id, DELETED))
    return expected


@examples(200)
@given(with_unseen_deletions(), ASKED)
def test_a_conflict_is_listed_exactly_where_both_changed_a_field_to_different_values(
    three: Three, asked: frozenset[str]
) -> None:
    merged = merge(*three, asked)
    assert len(listed(merged)) == len(merged.conflicts)
    assert listed(merged) - {ORDER} == expected_conflicts(*three, asked)


@examples()
@given(with_unseen_deletions(), ASKED)
def test_a_conflict_tells_the_value_before_mine_and_theirs(three: Three, asked: frozenset[str]) -> None:
    for conflict in merge(*three, asked).conflicts:
        field = (conflict.slot_id, conflict.field)
        if field == ORDER:
            continue
        told = [as_json(value) for value in (conflict.base, conflict.mine, conflict.theirs)]
        assert told[1:] == [field_of(side, field) for side in three[1:]]
        if conflict.slot_id is None or conflict.slot_id in three[0].slots:
            assert told[0] == field_of(three[0], field)


@examples(200)
@given(with_unseen_deletions(), ASKED)
def test_nothing_that_anybody_changed_is_dropped_without_being_listed(
    three: Three, asked: frozenset[str]
) -> None:
    base, mine, theirs = three
    merged = merge(*three, asked)
    my_list = {(c.slot_id, c.field, as_json(c.mine)) for c in merged.conflicts}
    their_list = {(c.slot_id, c.field, as_json(c.theirs)) for c in merged.conflicts}
    for side, list_of_side in ((mine, my_list), (theirs, their_list)):
        for field in changes(base, side) - {ORDER}:
            if field[1] != ("favorites",):
                value = field_of(side, field)
                assert field_of(merged.owned, field) == value or (*field, value) in list_of_side


@examples()
@given(with_unseen_deletions(), ASKED)
def test_the_later_edit_stands_in_a_conflict_except_that_a_slot_stays_or_stays_unseen(
    three: Three, asked: frozenset[str]
) -> None:
    base, mine, _ = three
    merged = merge(*three, asked)
    for conflict in merged.conflicts:
        field = (conflict.slot_id, conflict.field)
        if conflict.field == DELETED:
            assert field_of(merged.owned, field) == as_json(conflict.slot_id not in base.slots)
        elif field != ORDER:
            assert field_of(merged.owned, field) == field_of(mine, field)


@examples(150)
@given(pairs_of_edits(), ASKED)
def test_a_slot_is_deleted_if_one_side_deletes_it_and_the_other_leaves_it_or_if_both_do(
    three: Three, asked: frozenset[str]
) -> None:
    base, mine, theirs = three
    merged = merge(*three, asked)
    for slot_id, before in base.slots.items():
        ends = (mine.slots[slot_id].deleted, theirs.slots[slot_id].deleted)
        keeper = theirs if ends[0] else mine
        edited = any(owner == slot_id for owner, _ in changes(base, keeper) - {ORDER})
        wanted = ends[0] and slot_id in asked
        gone = all(ends) or (any(ends) and not before.deleted and not edited and not wanted)
        assert merged.owned.slots[slot_id].deleted is gone
        assert ((slot_id, DELETED) in listed(merged)) is (any(ends) and not before.deleted and not gone)


@examples()
@given(pairs_of_edits())
def test_favorites_that_one_side_added_are_there_and_those_that_one_side_removed_are_not(three: Three) -> None:
    merged = merge(*three)
    for slot_id, slot in merged.owned.slots.items():
        before, my_marks, their_marks = (
            set(side.slots[slot_id].favorites) if slot_id in side.slots else set() for side in three
        )
        kept = before & my_marks & their_marks if slot_id in three[1].slots else set()
        assert set(slot.favorites) == kept | (my_marks - before) | (their_marks - before)
        assert len(set(slot.favorites)) == len(slot.favorites)
    assert not any(conflict.field == ("favorites",) for conflict in merged.conflicts)


@examples()
@given(with_unseen_deletions(), ASKED)
def test_merging_the_same_edit_again_changes_nothing_and_lists_nothing_new(
    three: Three, asked: frozenset[str]
) -> None:
    base, mine, _ = three
    once = merge(*three, asked)
    again = merge(base, mine, once.owned, asked)
    assert again.owned == once.owned
    assert list(again.owned.slots) == list(once.owned.slots)
    assert listed(again) <= listed(once)


@examples()
@given(with_unseen_deletions(), ASKED)
def test_a_merge_depends_on_nothing_but_its_three_sides(three: Three, asked: frozenset[str]) -> None:
    once, again = merge(*three, asked), merge(*three, asked)
    assert once == again
    assert list(once.owned.slots) == list(again.owned.slots)


@examples()
@given(single_edits())
def test_touched_lists_exactly_the_fields_that_an_edit_changed(two: tuple[Owned, Owned]) -> None:
    base, mine = two
    fields = [(change.slot_id, change.field) for change in touched(base, mine)]
    assert len(fields) == len(set(fields))
    assert set(fields) == changes(base, mine)
    for change in touched(base, mine):
        if (change.slot_id, change.field) != ORDER:
            assert as_json(change.mine) == field_of(mine, (change.slot_id, change.field))
        assert change.theirs is None


def test_a_slot_that_one_deletes_and_the_other_edits_stays_with_the_edit_and_is_listed() -> None:
    base, without, edited = studio(a=SLOT), studio(a=deleted()), studio(a=styled("Rustic"))
    assert merge(base, without, edited) == Merged(edited, (deletion("a", mine=True),))
    assert merge(base, edited, without) == Merged(edited, (deletion("a", mine=False),))


def test_a_slot_that_was_asked_to_generate_since_stays_although_i_delete_it_and_is_listed() -> None:
    base = studio(a=SLOT)
    merged = merge(base, studio(a=deleted()), base, frozenset({"a"}))
    assert merged == Merged(base, (deletion("a", mine=True),))


def test_a_slot_that_both_bring_back_is_back() -> None:
    back = studio(a=SLOT)
    assert merge(studio(a=deleted()), back, back) == Merged(back, ())


def test_two_styles_of_one_slot_are_a_conflict_and_the_lighting_that_only_they_changed_is_theirs() -> None:
    theirs = SLOT._replace(settings={"style": "Rustic", "lighting": "Overcast"})
    merged = merge(studio(a=SLOT), studio(a=styled("Coastal")), studio(a=theirs))
    assert merged.owned.slots["a"].settings == {"style": "Coastal", "lighting": "Overcast"}
    assert merged.conflicts == (Conflict("a", STYLE, "Modern", "Coastal", "Rustic"),)


def test_a_setting_that_one_clears_and_the_other_changes_is_a_conflict() -> None:
    cleared = studio(a=SLOT._replace(settings={"lighting": "Evening"}))
    base, changed = studio(a=SLOT), studio(a=styled("Rustic"))
    assert merge(base, cleared, changed) == Merged(cleared, (Conflict("a", STYLE, "Modern", None, "Rustic"),))
    assert merge(base, changed, cleared) == Merged(changed, (Conflict("a", STYLE, "Modern", "Rustic", None),))


def test_a_setting_changed_from_a_number_to_true_is_changed_but_not_one_written_as_another_number() -> None:
    one, float_one, true, two = (studio(a=styled(value)) for value in (1, 1.0, True, 2))
    assert merge(one, true, one).owned.slots["a"].settings["style"] is True
    assert merge(one, float_one, two) == Merged(two, ())


def test_of_two_different_output_images_mine_is_shown_and_theirs_is_listed() -> None:
    mine, theirs = (studio(a=SLOT._replace(output_image=image)) for image in ("r2", "r3"))
    merged = merge(studio(a=SLOT), mine, theirs)
    assert merged == Merged(mine, (Conflict("a", ("outputImage",), "r1", "r2", "r3"),))


def test_a_slot_that_both_add_under_one_id_is_one_slot_and_what_differs_in_it_is_listed() -> None:
    mine, theirs = studio(n=styled("Rustic")), studio(n=styled("Coastal")._replace(output_image=None))
    merged = merge(studio(), mine, theirs)
    assert merged == Merged(mine, (Conflict("n", STYLE, None, "Rustic", "Coastal"),))


def test_a_slot_added_and_deleted_again_unseen_stays_deleted_and_keeps_what_i_put_there() -> None:
    merged = merge(studio(), studio(n=styled("Rustic")), studio(n=deleted(styled("Coastal"))))
    assert merged.owned == studio(n=deleted(styled("Rustic")))
    assert merged.conflicts == (
        deletion("n", mine=False)._replace(base=None),
        Conflict("n", STYLE, None, "Rustic", "Coastal"),
    )


def test_in_a_slot_that_both_have_made_only_what_i_changed_since_it_was_made_is_my_change() -> None:
    theirs = styled("Coastal")._replace(product_ids=("jug",))
    mine = SLOT._replace(product_ids=())
    merged = merge(studio(), studio(n=mine), studio(n=theirs), born={"n": SLOT})
    assert merged.owned == studio(n=styled("Coastal")._replace(product_ids=()))
    assert merged.conflicts == (Conflict("n", ("productIds",), ("mug",), (), ("jug",)),)
