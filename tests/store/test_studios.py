import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scene_studio.model.errors import Busy, Deleted, NotFound, StudioFull
from scene_studio.model.revision import INLINE_LIMIT, PAGE_SIZE, HistoryPage
from scene_studio.model.studio import Studio, delete_studio, new_slot, new_studio
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.object_store import StoredObject
from scene_studio.store.studios import LIMIT_BYTES, TARGET_BYTES, Studios, prepare
from tests.support.histories import (
    CLIENT,
    NOW,
    STUDIO,
    Team,
    plain_revision,
    revision,
    tiled_history,
)
from tests.support.scripted_store import MemoryStore, ScriptedStore, unavailable
from tests.support.stores import sqlite_store


def numbered(count: int, size: int = 10) -> list[str]:
    return [plain_revision(number, size).id for number in reversed(range(count))]


def test_forty_revisions_stay_in_the_document_and_the_next_cuts_a_page_of_twenty() -> None:
    team = Team(MemoryStore(), "slot-1")
    for number in range(INLINE_LIMIT):
        team.add("slot-1", [plain_revision(number, 10)])
    slot = team.studio().slot("slot-1")
    assert (len(slot.history), slot.older_history) == (40, None)

    team.add("slot-1", [plain_revision(40, 10)])

    studio = team.studio()
    slot = studio.slot("slot-1")
    assert (len(slot.history), slot.history_count) == (21, 41)
    assert slot.older_history is not None
    page = team.studios.page(studio, "slot-1", slot.older_history)
    assert (page.start, len(page.revisions), page.older) == (0, PAGE_SIZE, None)
    assert tiled_history(team.store, studio, "slot-1") == numbered(41)


def test_many_revisions_at_once_leave_pages_of_twenty_and_a_window_under_the_limit() -> None:
    team = Team(MemoryStore(), "slot-1")

    team.add("slot-1", [plain_revision(number, 10) for number in reversed(range(250))])

    studio = team.studio()
    slot = studio.slot("slot-1")
    assert PAGE_SIZE < len(slot.history) <= INLINE_LIMIT
    assert tiled_history(team.store, studio, "slot-1") == numbered(250)


ADDITIONS = st.lists(
    st.tuples(st.sampled_from(["slot-1", "slot-2"]), st.integers(1, 50), st.sampled_from([0, 10, 10_000])),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(additions=ADDITIONS)
def test_after_any_additions_pages_tile_the_history_and_nothing_is_missing(
    additions: list[tuple[str, int, int]],
) -> None:
    team = Team(MemoryStore(), "slot-1", "slot-2")
    expected: dict[str, list[str]] = {"slot-1": [], "slot-2": []}
    numbers = itertools.count()
    for slot_id, count, size in additions:
        added = [plain_revision(next(numbers), size) for _ in range(count)]
        commit = team.add(slot_id, added)
        expected[slot_id] = [one.id for one in added] + expected[slot_id]
        assert commit.current.size <= TARGET_BYTES
        assert all(len(slot.history) <= INLINE_LIMIT for slot in commit.current.document.output_slots)

    studio = team.studio()
    for slot_id, ids in expected.items():
        assert tiled_history(team.store, studio, slot_id) == ids
        assert studio.slot(slot_id).history_count == len(ids)
        parts = team.studios.history(studio, studio.slot(slot_id))
        assert [one.id for part in parts for one in part.revisions] == ids


def test_a_document_over_its_target_folds_the_longest_windows_early() -> None:
    studio = new_studio(CLIENT, STUDIO, None, NOW)
    for number, length in enumerate([40, 40, 40, 5]):
        history = tuple(plain_revision(n, 10_000) for n in range(length))
        slot = new_slot(f"slot-{number}").replace(history=history, history_count=length)
        studio = studio.with_slot(slot)

    encoded = prepare(studio)

    assert len(encoded.body) <= TARGET_BYTES
    lengths = [len(slot.history) for slot in encoded.document.output_slots]
    assert sorted(lengths[:3]) == [1, 20, 20]  # two windows of forty fold once, the third twice: then it fits
    assert lengths[3] == 5


def test_a_window_folds_down_to_one_revision_and_no_further() -> None:
    team = Team(MemoryStore(), *(f"slot-{number}" for number in range(20)))
    for number in range(20):
        revisions = [plain_revision(n, 10_000).replace(debug_prompt="\U0001f6cb" * 10_000) for n in (2, 1, 0)]
        team.add(f"slot-{number}", revisions)

    studio = team.studio()
    assert TARGET_BYTES < len(prepare(studio).body) < LIMIT_BYTES
    for slot in studio.output_slots:
        assert [one.id for one in slot.history] == ["r2"]
        assert tiled_history(team.store, studio, slot.id) == numbered(3)


def test_a_studio_over_its_limit_is_refused_and_nothing_is_written() -> None:
    store = ScriptedStore()
    team = Team(store, *(f"slot-{number}" for number in range(80)))
    before = team.studio()
    favorites = tuple(f"{number:064}" for number in range(1000))
    store.calls.clear()

    def overfill(current: Versioned[Studio] | None) -> Studio:
        assert current is not None
        studio = current.document
        return studio.replace(
            output_slots=tuple(slot.replace(favorites=favorites) for slot in studio.output_slots)
        )

    with pytest.raises(StudioFull):
        team.change(overfill)
    assert {name for name, _ in store.calls} == {"get"}
    assert team.studio() == before


def test_pages_are_written_before_the_studio_and_a_failed_one_leaves_it_untouched() -> None:
    store = ScriptedStore()
    team = Team(store, "slot-1")
    team.add("slot-1", [plain_revision(number, 10) for number in reversed(range(40))])
    before = team.studio()
    store.calls.clear()
    store.creates.extend([unavailable] * 30)
    with pytest.raises(Busy):
        team.add("slot-1", [plain_revision(40, 10)])
    assert team.studio() == before
    assert "put" not in {name for name, _ in store.calls}

    store.calls.clear()
    store.creates.clear()
    team.add("slot-1", [plain_revision(40, 10)])
    assert [name for name, _ in store.calls] == ["put_once", "put"]


def sizes_of_edits(path: Path, *, ring: str) -> tuple[int, int]:
    """Bytes written by an edit at 61 and at 501 revisions in one slot."""
    path.mkdir()
    sizes = []
    with sqlite_store(path) as store:
        team = Team(store, "slot-1")
        for number in range(501):
            team.add("slot-1", [revision(number)], by_machine=ring != "as it comes")
            if number in {60, 500}:
                for turn in range(100 if ring == "full" else 0):
                    team.edit(f"Studio {turn:03}")
                sizes.append(team.edit("Spring campaign", by_machine=ring == "empty").current.size)
        assert sizes[1] < 96_000
        ids = tiled_history(store, team.studio(), "slot-1")
    assert ids == [revision(number).id for number in reversed(range(501))]
    return sizes[0], sizes[1]


@pytest.mark.parametrize("ring", ["empty", "as it comes", "full"])
def test_an_edit_costs_the_same_at_61_and_at_501_revisions(tmp_path: Path, ring: str) -> None:
    at_61, at_501 = sizes_of_edits(tmp_path / "studio", ring=ring)

    print(f"ring {ring}: {at_61} bytes at 61, {at_501} bytes at 501, ratio {at_501 / at_61:.4f}")
    assert at_501 <= 1.05 * at_61


def test_a_revision_is_found_wherever_in_the_history_it_is() -> None:
    store = ScriptedStore()
    team = Team(store, "slot-1")
    team.add("slot-1", [plain_revision(number, 10) for number in reversed(range(100))])
    studio = team.studio()
    slot = studio.slot("slot-1")

    store.calls.clear()
    assert team.studios.find_revision(studio, slot, "r99") == plain_revision(99, 10)
    assert store.calls == []
    for number in (0, 19, 20, 79):
        assert team.studios.find_revision(studio, slot, f"r{number}") == plain_revision(number, 10)
    assert team.studios.find_revision(studio, slot, "r100") is None


def test_reading_a_page_fails_in_ways_that_callers_know() -> None:
    store = ScriptedStore()
    team = Team(store, "slot-1")

    with pytest.raises(NotFound):
        team.studios.page(team.studio(), "slot-1", "0" * 64)
    store.gets.append(unavailable)
    with pytest.raises(Busy):
        team.studios.page(team.studios.cached(CLIENT, STUDIO) or team.studio(), "slot-1", "0" * 64)


def test_a_page_is_the_bytes_that_its_name_is_the_hash_of() -> None:
    team = Team(MemoryStore(), "slot-1")
    team.add("slot-1", [revision(number) for number in reversed(range(41))])
    name = team.studio().slot("slot-1").older_history or ""

    stored = team.store.get(keys.history_page(CLIENT, STUDIO, "slot-1", name))
    assert isinstance(stored, StoredObject)
    page = HistoryPage.model_validate_json(stored.body)
    assert page.revisions == tuple(revision(number) for number in reversed(range(20)))


def test_a_studio_that_is_not_there_or_deleted_is_said_to_be_so() -> None:
    team = Team(MemoryStore())
    with pytest.raises(NotFound):
        team.studios.read(CLIENT, "another")
    assert team.studios.cached(CLIENT, "another") is None

    def delete(current: Versioned[Studio] | None) -> Studio | None:
        assert current is not None
        return delete_studio(current.document, NOW)

    team.change(delete)
    with pytest.raises(Deleted):
        Studios(team.store, DocumentCache[Studio]()).read(CLIENT, STUDIO)
