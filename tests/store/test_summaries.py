import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene_studio.model.client import new_client
from scene_studio.model.errors import Busy
from scene_studio.model.studio import Studio, new_slot, new_studio
from scene_studio.store import clients, studios
from scene_studio.store.cache import DocumentCache
from scene_studio.store.object_store import ABSENT, MAX_METADATA_BYTES, ObjectStore
from scene_studio.store.s3 import S3ObjectStore
from scene_studio.store.studios import Studios, StudioSummary
from scene_studio.store.summaries import contradicts, decode_summary, encode_summary
from tests.support.histories import CLIENT, NOW, Team, plain_revision
from tests.support.loopback_s3 import Fault, LoopbackS3
from tests.support.scripted_store import MemoryStore

LONGEST_TIME = "2024-01-01T12:00:00.123456789+00:00"
LONGEST_ID = "x" * 64
WORST_NAMES = ["\U0001f6cb" * 200, '"\\' * 100, "\\" * 200, "a" + "\u2028" * 199, "</>&" * 50, "é\u0301" * 100]


LARGEST_COSTS = {f"2026-{month:02}": 10**15 for month in range(1, 13)}


def worst(name: str) -> Studio:
    revisions = tuple(plain_revision(n, 0).replace(id=LONGEST_ID) for n in range(3))
    slot = new_slot(LONGEST_ID).replace(history=revisions, history_count=999_999_999, output_image=LONGEST_ID)
    studio = new_studio(LONGEST_ID, LONGEST_ID, name, LONGEST_TIME)
    return studio.with_slot(slot).replace(deleted_at=LONGEST_TIME, purging_at=LONGEST_TIME, costs=LARGEST_COSTS)


def size_of(metadata: dict[str, str]) -> int:
    return sum(len(name) + len(value) for name, value in metadata.items())


@pytest.mark.parametrize("name", WORST_NAMES)
def test_the_largest_summary_fits_and_comes_back(store: ObjectStore, name: str) -> None:
    encoded = studios.prepare(worst(name))
    store.put(
        "clients/c/scene-studios/s/config.json",
        encoded.body,
        expected=ABSENT,
        content_type="application/json",
        metadata=encoded.metadata,
    )

    found, cursor = Studios(store, DocumentCache[Studio]()).summaries("c", after="", limit=10)

    assert size_of(dict(encoded.metadata)) <= MAX_METADATA_BYTES
    assert cursor is None
    assert found == [
        StudioSummary(
            id="s",
            name=name,
            updated_at=LONGEST_TIME,
            slots=1,
            revisions=999_999_999,
            cover=[LONGEST_ID, LONGEST_ID],
            deleted_at=LONGEST_TIME,
            costs=dict(sorted(LARGEST_COSTS.items())[-3:]),
            reserved=0,
            purging_at=LONGEST_TIME,
        )
    ]


@given(name=st.text(max_size=199))
def test_a_summary_of_any_name_comes_back_in_the_room_there_is(name: str) -> None:
    name = "n" + "".join(c for c in name if c >= " " and not "\x7f" <= c <= "\x9f")
    of_studio = dict(studios.prepare(worst(name)).metadata)
    of_client = dict(clients.prepare(new_client(LONGEST_ID, name, LONGEST_TIME)).metadata)

    assert size_of(of_studio) <= MAX_METADATA_BYTES
    assert decode_summary(of_studio, 1)[0] == decode_summary(of_client, 1)[0] == name
    assert all(value.isascii() for value in (*of_studio.values(), *of_client.values()))


IDS = ["a", "a-b", "a0", "aa", "a_", "A", "b" * 64, "0"]


@pytest.mark.parametrize("limit", [1, 3, len(IDS), 100])
def test_a_list_of_studios_pages_through_all_of_them(store: ObjectStore, limit: int) -> None:
    for number, studio_id in enumerate(IDS):
        team = Team(store, "slot-1", studio_id=studio_id)
        team.add("slot-1", [plain_revision(n, 0) for n in range(number)] or [plain_revision(0, 0)])
    listed = Studios(store, DocumentCache[Studio]())

    found: list[StudioSummary] = []
    cursor: str | None = ""
    while cursor is not None:
        page, cursor = listed.summaries(CLIENT, after=cursor, limit=limit)
        assert len(page) <= limit
        found.extend(page)

    assert sorted(summary.id for summary in found) == sorted(IDS)
    assert {s.id: s.revisions for s in found} == {one: max(1, number) for number, one in enumerate(IDS)}
    assert found[0].name == "Main Studio"


def test_a_client_without_studios_has_an_empty_list(store: ObjectStore) -> None:
    assert Studios(store, DocumentCache[Studio]()).summaries("nobody", after="", limit=10) == ([], None)


def test_a_studio_of_which_only_pages_are_left_is_not_listed() -> None:
    store = MemoryStore()
    Team(store, studio_id="whole")
    store.put_once(f"clients/{CLIENT}/scene-studios/gone/slots/s/history/x.json", b"{}", content_type="")

    found, _ = Studios(store, DocumentCache[Studio]()).summaries(CLIENT, after="", limit=10)

    assert [summary.id for summary in found] == ["whole"]


def test_a_list_shows_the_first_live_slot_with_a_picture_as_the_cover() -> None:
    team = Team(MemoryStore(), "empty", "first", "second")
    team.add("second", [plain_revision(2, 0)])
    team.add("first", [plain_revision(1, 0)])

    (summary,), _ = team.studios.summaries(CLIENT, after="", limit=10)

    assert summary.cover == ["first", "r1"]
    assert (summary.slots, summary.revisions, summary.deleted_at) == (3, 2, None)
    assert summary.updated_at == NOW


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_list_that_cannot_be_read_is_busy(
    loopback_client: S3ObjectStore, loopback: LoopbackS3, method: str
) -> None:
    team = Team(loopback_client)
    loopback.fail(Fault.SLOW_DOWN, method, times=10)

    with pytest.raises(Busy):
        team.studios.summaries(CLIENT, after="", limit=10)


def test_a_list_costs_one_listing_and_a_head_for_each_studio_of_the_page(
    loopback_client: S3ObjectStore, loopback: LoopbackS3
) -> None:
    for studio_id in IDS:
        Team(loopback_client, studio_id=studio_id)
    loopback.exchanges.clear()

    Studios(loopback_client, DocumentCache[Studio]()).summaries(CLIENT, after="", limit=3)

    assert [request.method for request in loopback.requests()] == ["GET", "HEAD", "HEAD", "HEAD"]


def test_a_summary_of_a_newer_or_older_function_or_of_none_is_read_as_far_as_it_goes():
    stated = encode_summary(["Name", "2026-01-01T00:00:00Z", 3])
    assert decode_summary(stated, 2) == ["Name", "2026-01-01T00:00:00Z"]
    assert decode_summary(stated, 5) == ["Name", "2026-01-01T00:00:00Z", 3, None, None]
    assert decode_summary({}, 2) == [None, None]


def test_a_summary_contradicts_another_that_tells_another_fact() -> None:
    told = encode_summary(["Main", "2024", 3])
    assert contradicts(told, encode_summary(["Main", "2024", 4]))
    assert contradicts(told, encode_summary(["Main", None, 3, "more"]))


def test_a_summary_does_not_contradict_one_that_tells_more_or_nothing() -> None:
    told = encode_summary(["Main", "2024", 3])
    for other in (told, encode_summary(["Main"]), encode_summary(["Main", "2024", 3, None]), {}):
        assert not contradicts(told, other)
        assert not contradicts(other, told)
