"""The order of slots after a merge: rows that people moved, added, deleted, or never saw."""

from hypothesis import given
from hypothesis import strategies as st

from scene_studio.model.merge import ORDER, Conflict, merge, touched, weave
from scene_studio.model.owned import Owned
from tests.support.owned import NOTHING, examples, only, pairs_of_disjoint_edits, pairs_of_edits, shown

Three = tuple[Owned, Owned, Owned]
IDS = st.lists(st.sampled_from("abcdefgh"), unique=True)


def rows(ids: str) -> Owned:
    """A studio with these rows, in this order; a capital is a deleted slot."""
    return Owned("Spring", {one.lower(): NOTHING._replace(deleted=one.isupper()) for one in ids})


def merged_rows(base: str, mine: str, theirs: str) -> tuple[str, tuple[Conflict, ...]]:
    merged = merge(rows(base), rows(mine), rows(theirs))
    return "".join(shown(merged.owned)), merged.conflicts


def listed(base: str, mine: str, theirs: str) -> tuple[Conflict, ...]:
    return (Conflict(None, ORDER, list(base), list(mine), list(theirs)),)


@st.composite
def pairs_of_moves(draw: st.DrawFn) -> Three:
    """A studio and two orders of its rows; to each, rows are added, and each has lost some."""
    base = draw(IDS)
    sides = []
    for new in ("xy", "yz"):
        ids = draw(st.permutations(base)) if draw(st.booleans()) else base
        side = dict.fromkeys(ids, NOTHING)
        for gone in draw(st.lists(st.sampled_from(base), max_size=1)) if base else []:
            side[gone] = NOTHING._replace(deleted=True)
        order = list(side)
        for one in draw(st.sets(st.sampled_from(new))):
            order.insert(draw(st.integers(0, len(order))), one)
        sides.append(Owned("Spring", {one: side.get(one, NOTHING) for one in order}))
    return Owned("Spring", dict.fromkeys(base, NOTHING)), sides[0], sides[1]


def moved(base: Owned, side: Owned, among: list[str]) -> bool:
    """Whether this side moved any of the rows that are in the merge."""
    return only(base.slots, shown(side), among) != only(shown(side), base.slots, among)


@examples()
@given(st.one_of(pairs_of_moves(), pairs_of_edits()), st.frozensets(st.sampled_from("abcd")))
def test_every_slot_of_either_side_is_there_once(three: Three, asked: frozenset[str]) -> None:
    base, mine, theirs = three
    ids = list(merge(base, mine, theirs, asked).owned.slots)
    assert len(ids) == len(set(ids))
    assert set(ids) == {*mine.slots, *theirs.slots}


@examples(200)
@given(st.one_of(pairs_of_moves(), pairs_of_edits()))
def test_the_order_is_mine_if_i_moved_rows_and_theirs_if_i_did_not(three: Three) -> None:
    base, mine, theirs = three
    there = shown(merge(*three).owned)
    if moved(base, mine, there):
        assert only(there, shown(mine)) == only(shown(mine), there)
    else:
        assert only(there, shown(theirs), base.slots) == only(shown(theirs), there, base.slots)


@examples(200)
@given(st.one_of(pairs_of_moves(), pairs_of_edits()))
def test_rows_that_both_moved_to_different_orders_are_listed_and_no_others(three: Three) -> None:
    base, mine, theirs = three
    merged = merge(*three)
    there = shown(merged.owned)
    both_moved = moved(base, mine, there) and moved(base, theirs, there)
    by_both = only(shown(mine), shown(theirs), there)
    differ = by_both != only(shown(theirs), by_both)
    listed = [conflict for conflict in merged.conflicts if conflict.field == ORDER]
    assert listed in ([], [Conflict(None, ORDER, shown(base), shown(mine), shown(theirs))])
    if differ and both_moved:
        assert listed
    if shown(mine) == shown(theirs) or (not both_moved and set(by_both) <= set(base.slots)):
        assert not listed


@examples()
@given(pairs_of_moves())
def test_two_sides_that_moved_rows_to_the_same_order_never_conflict(three: Three) -> None:
    base, mine, _ = three
    theirs = Owned(mine.name, {one: slot for one, slot in mine.slots.items() if one in base.slots})
    assert merge(base, mine, theirs).conflicts == ()
    assert shown(merge(base, mine, theirs).owned) == shown(mine)


@examples(200)
@given(pairs_of_moves())
def test_a_row_that_i_never_saw_stays_behind_the_row_that_it_follows(three: Three) -> None:
    base, mine, theirs = three
    there = shown(merge(base, mine, theirs).owned)
    their_rows = shown(theirs)
    mine_alone = set(mine.slots) - set(theirs.slots)
    for before, unseen in zip([None, *their_rows], their_rows, strict=False):
        if unseen in mine.slots or (before is not None and before not in there):
            continue
        start = 0 if before is None else there.index(before) + 1
        assert set(there[start : there.index(unseen)]) <= mine_alone
        assert start <= there.index(unseen)


@examples()
@given(pairs_of_disjoint_edits())
def test_which_came_first_does_not_matter_to_the_order_if_one_side_left_the_rows_alone(three: Three) -> None:
    base, one, other = three
    if shown(other) == shown(base):
        assert shown(merge(base, one, other).owned) == shown(merge(base, other, one).owned)
        assert shown(merge(base, one, other).owned) == shown(one)


def test_a_row_that_others_added_stays_where_they_put_it_when_i_move_others() -> None:
    assert merged_rows("abc", "cab", "anbc") == ("canb", ())
    assert merged_rows("abc", "cab", "nabc") == ("ncab", ())


def test_rows_that_only_others_moved_are_in_their_order_with_my_new_one_behind_its_neighbour() -> None:
    assert merged_rows("abc", "anbc", "cba") == ("cban", ())


def test_two_different_orders_are_listed_and_mine_stands() -> None:
    assert merged_rows("abc", "cab", "bac") == ("cab", listed("abc", "cab", "bac"))


def test_a_save_of_the_rows_that_are_shown_does_not_move_rows_because_a_deleted_one_lies_between() -> None:
    assert merged_rows("aXb", "abX", "bXa") == ("ba", ())
    assert touched(rows("aXb"), rows("abX")) == ()


def test_deleting_a_row_does_not_move_the_others() -> None:
    assert merged_rows("abc", "acB", "cba") == ("ca", ())
    assert merged_rows("abc", "cba", "acB") == ("ca", ())


def test_a_row_that_one_deletes_and_the_other_edits_stays_in_its_place() -> None:
    base, mine, theirs = rows("abc"), rows("acB"), rows("abc")
    theirs = theirs._replace(slots={**theirs.slots, "b": NOTHING._replace(product_ids=("mug",))})
    assert shown(merge(base, mine, theirs).owned) == shown(merge(base, theirs, mine).owned) == list("abc")


def test_two_rows_of_which_each_side_deletes_the_one_that_the_other_edits_stay_in_their_places() -> None:
    edited = NOTHING._replace(product_ids=("mug",))
    mine, theirs = rows("aBc"), rows("Abc")
    mine = mine._replace(slots={**mine.slots, "a": edited})
    theirs = theirs._replace(slots={**theirs.slots, "b": edited})
    assert shown(merge(rows("abc"), mine, theirs).owned) == list("abc")


def test_a_row_that_i_bring_back_to_another_place_is_there() -> None:
    assert merged_rows("abX", "xab", "abX") == ("xab", ())


def test_a_row_that_both_add_in_different_places_is_where_i_put_it_and_is_listed() -> None:
    assert merged_rows("ab", "nab", "abn") == ("nab", listed("ab", "nab", "abn"))


@examples()
@given(IDS, IDS)
def test_weaving_keeps_the_order_of_the_first_and_takes_every_id_once(
    first: list[str], second: list[str]
) -> None:
    woven = weave(first, second)
    assert only(woven, first) == first
    assert sorted(woven) == sorted({*first, *second})


@examples()
@given(IDS, IDS)
def test_weaving_puts_an_id_of_the_second_alone_right_behind_the_one_it_follows_there(
    first: list[str], second: list[str]
) -> None:
    woven = weave(first, second)
    for before, one in zip([None, *second], second, strict=False):
        if one not in first:
            assert woven.index(one) == (0 if before is None else woven.index(before) + 1)


@examples()
@given(IDS, st.data())
def test_weaving_some_ids_in_the_order_of_all_gives_all(ids: list[str], data: st.DataObject) -> None:
    some = only(ids, data.draw(st.sets(st.sampled_from(ids)) if ids else st.just(set())))
    assert weave(some, ids) == weave(ids, some) == ids
    assert weave([], ids) == weave(ids, []) == ids
