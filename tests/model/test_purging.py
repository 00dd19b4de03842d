import pytest

from scene_studio.model.client import new_client
from scene_studio.model.errors import NotFound, Purged
from scene_studio.model.purging import is_due, marked_as_purging, with_purged
from scene_studio.model.studio import Studio, delete_studio, existing, new_studio, undelete_studio

DELETED = "2026-10-01T12:00:00.000Z"
RESTORABLE_UNTIL = "2026-10-31T12:00:00.000Z"
DUE = "2026-11-01T12:00:00.000Z"
JUST_BEFORE = "2026-11-01T11:59:59.999Z"


@pytest.fixture
def deleted() -> Studio:
    studio = delete_studio(new_studio("acme-corp", "summer", None, "2026-09-01T00:00:00.000Z"), DELETED)
    assert studio is not None
    return studio


@pytest.mark.parametrize(
    ("now", "due"), [(DELETED, False), (RESTORABLE_UNTIL, False), (JUST_BEFORE, False), (DUE, True)]
)
def test_what_was_deleted_goes_a_day_after_the_promise_has_ended(now: str, *, due: bool) -> None:
    assert is_due(DELETED, now) is due
    assert is_due("2026-10-01T14:00:00+02:00", now) is due


def test_no_clock_brings_a_purge_into_a_month_in_which_the_studio_still_cost() -> None:
    for month, days in ((1, 31), (2, 28), (4, 30), (12, 31)):
        first, last = f"2026-{month:02}-01T00:00:00.000Z", f"2026-{month:02}-{days}T23:59:59.999Z"
        assert not is_due(first, last)


def test_a_studio_whose_time_has_come_is_marked_and_nothing_else_of_it_changes(deleted: Studio) -> None:
    marked = marked_as_purging(deleted, DELETED, DUE)
    assert marked is not None
    assert marked == deleted.replace(purging_at=DUE)
    assert marked_as_purging(marked, DELETED, "2027-01-01T00:00:00.000Z") is None


def test_a_studio_that_is_there_is_never_marked(deleted: Studio) -> None:
    back = undelete_studio(deleted, JUST_BEFORE)
    assert back is not None
    assert marked_as_purging(back, DELETED, DUE) is None


def test_neither_clock_alone_is_believed(deleted: Studio) -> None:
    assert marked_as_purging(deleted, DELETED, JUST_BEFORE) is None
    assert marked_as_purging(deleted, "2026-10-20T12:00:00.000Z", DUE) is None
    assert marked_as_purging(deleted, "2026-10-20T12:00:00.000Z", "2026-11-20T12:00:00.000Z") is not None


def test_a_marked_studio_is_gone_for_people_and_not_found_for_machines(deleted: Studio) -> None:
    marked = marked_as_purging(deleted, DELETED, DUE)
    with pytest.raises(Purged) as refused:
        existing(marked, "summer")
    assert isinstance(refused.value, NotFound)
    assert "can no longer be brought back" in refused.value.detail
    assert refused.value.members == {"kind": "studio", "name": "summer"}


def test_a_client_keeps_what_purged_studios_cost_for_as_long_as_it_is_told(deleted: Studio) -> None:
    client = new_client("acme-corp", "ACME", DELETED)
    marked = deleted.replace(purging_at=DUE, costs={"2026-08": 1, "2026-09": 2, "2026-10": 3})
    kept = with_purged(client, marked, ["2026-11", "2026-10", "2026-09"])
    assert kept is not None
    assert [one.costs for one in kept.purged_studios.values()] == [{"2026-09": 2, "2026-10": 3}]
    assert with_purged(kept, marked, ["2026-11", "2026-10", "2026-09"]) is None

    again = marked.replace(purging_at="2027-01-15T00:00:00.000Z", costs={"2026-12": 4})
    both = with_purged(kept, again, ["2026-12", "2026-11", "2026-10"])
    late = with_purged(kept, again, ["2027-01", "2026-12", "2026-11"])
    assert both is not None
    assert late is not None
    assert [len(one.purged_studios) for one in (both, late)] == [2, 1]


def test_a_client_keeps_nothing_of_a_studio_that_cost_nothing_of_late(deleted: Studio) -> None:
    client = new_client("acme-corp", "ACME", DELETED)
    for costs in ({}, {"2026-01": 5}, {"2026-10": 0}):
        marked = deleted.replace(purging_at=DUE, costs=costs)
        assert with_purged(client, marked, ["2026-11", "2026-10", "2026-09"]) is None
