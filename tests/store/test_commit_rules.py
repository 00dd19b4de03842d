"""What a commit decides, on which document, and what it leaves behind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene_studio.model.client import Client
from scene_studio.model.document import RING_SIZE, RequestKey
from scene_studio.model.errors import Busy, IdempotencyKeyReused, NotFound
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import Effect, Encoded, Page, encode
from scene_studio.store.object_store import ObjectStore, StoredObject
from scene_studio.store.pacing import MAX_ATTEMPTS, Pacing
from tests.support.scripted_store import (
    FakeTime,
    MemoryStore,
    Step,
    just_before,
    reply_lost,
    request_lost,
    unavailable,
)
from tests.support.writers import KEY, Writer, adding, request_of, words


def refusing(_current: Versioned[Client] | None) -> Client:
    raise NotFound("product", "p")


def emptying(current: Versioned[Client] | None) -> Client:
    assert current is not None
    return current.document.replace(client_sessions=())


def test_a_refusal_decided_on_a_cached_document_is_decided_again_on_a_fresh_one(
    writer: Writer, other: Writer
) -> None:
    other.add("theirs")

    def after_theirs(current: Versioned[Client] | None) -> Client | None:
        assert current is not None
        if "theirs" not in current.document.client_sessions:
            raise NotFound("session", "theirs")
        return adding("mine")(current)

    assert words(writer.run(after_theirs, request_of("mine")).current) == "base theirs mine"


def test_a_refusal_that_holds_on_the_fresh_document_is_answered_and_nothing_is_written(
    writer: Writer,
) -> None:
    before = writer.read()
    writer.store.calls.clear()

    with pytest.raises(NotFound):
        writer.run(refusing, request_of("mine"))

    assert writer.calls() == ["get"]
    assert writer.read() == before


def test_nothing_to_do_by_the_cache_is_decided_again_on_a_fresh_document(writer: Writer, other: Writer) -> None:
    def unless_base(current: Versioned[Client] | None) -> Client | None:
        assert current is not None
        return None if "base" in current.document.client_sessions else adding("mine")(current)

    assert writer.run(unless_base, request_of("x")).effect is Effect.NOTHING_TO_DO
    assert writer.calls() == ["get"]

    other.run(emptying, None)
    assert writer.run(unless_base, request_of("mine")).effect is Effect.WRITTEN
    assert words(other.read()) == "mine"


@pytest.mark.parametrize("word", ["base", "refused"])
def test_what_the_cache_says_without_a_write_is_never_answered_unconfirmed(writer: Writer, word: str) -> None:
    writer.store.gets.extend([unavailable] * 10)

    with pytest.raises(Busy):
        writer.run(refusing, request_of(word), attempts=3)


def test_a_failed_revalidation_is_busy_and_never_the_cached_copy(writer: Writer) -> None:
    writer.store.gets.append(unavailable)

    with pytest.raises(Busy):
        writer.read()
    assert writer.documents.cached(KEY) is not None


def test_a_stale_cache_costs_a_conflict_and_no_more(writer: Writer, other: Writer) -> None:
    other.add("theirs")

    assert words(writer.add("mine").current) == "base theirs mine"
    assert writer.calls() == ["put", "get", "put"]


def test_a_repeated_request_is_answered_from_the_commit_it_made(writer: Writer, other: Writer) -> None:
    first = writer.add("mine")
    other.add("theirs")

    again = writer.add("mine")

    assert again.effect is Effect.REPEATED
    assert again.replaced == first.replaced
    assert words(again.current) == words(other.read()) == "base mine theirs"


def test_a_repeated_request_is_found_before_anything_is_refused(writer: Writer) -> None:
    writer.add("mine")

    assert writer.run(refusing, request_of("mine")).effect is Effect.REPEATED


def test_a_key_that_comes_again_with_another_body_is_refused(writer: Writer, other: Writer) -> None:
    writer.add("mine")

    for process in (writer, other):
        with pytest.raises(IdempotencyKeyReused):
            process.run(adding("more"), RequestKey("key-mine", "another body"))
    assert words(other.read()) == "base mine"


def test_a_key_is_remembered_for_as_many_commits_as_the_ring_holds(writer: Writer, other: Writer) -> None:
    writer.add("mine")
    other.add_many(RING_SIZE - 1)
    assert writer.add("mine").effect is Effect.REPEATED

    other.add_many(1)
    assert writer.add("mine").effect is Effect.WRITTEN


def test_machines_commit_without_a_trace_in_the_ring(writer: Writer, other: Writer) -> None:
    before = writer.read().document.applied

    commit = writer.run(adding("machine"), None)

    assert commit.effect is Effect.WRITTEN
    assert other.read().document.applied == before
    assert other.read().document.rev == 2


def test_a_commit_names_the_version_that_it_replaced(writer: Writer) -> None:
    before = writer.read()

    commit = writer.add("mine")

    assert commit.replaced == before.version.version_id
    assert writer.documents.read_version(KEY, commit.replaced) == before
    assert commit.current.document.applied[-1] == (*request_of("mine"), commit.replaced)
    assert writer.documents.read_version(KEY, "garbage") is None


def test_what_a_commit_answers_is_what_others_read(writer: Writer, other: Writer) -> None:
    committed = writer.add("mine").current

    assert other.read() == committed
    assert writer.documents.cached(KEY) == committed


def test_rev_rises_by_one_and_no_two_commits_share_bytes(writer: Writer, shared: ObjectStore) -> None:
    def touch(current: Versioned[Client] | None) -> Client:
        assert current is not None
        return current.document.replace(name="Same")

    commits = [writer.run(touch, None) for _ in range(10)]

    assert [commit.current.document.rev for commit in commits] == list(range(2, 12))
    stored = [shared.get(KEY, version_id=commit.current.version.version_id) for commit in commits]
    assert len({found.body for found in stored if isinstance(found, StoredObject)}) == 10


def with_page(client: Client) -> Encoded[Client]:
    return Encoded(client, encode(client), {}, [Page("page", b"older"), Page("page-2", b"old")])


def test_pages_are_written_before_the_document_that_names_them(shared: ObjectStore) -> None:
    writer = Writer(shared, prepare=with_page)

    writer.add("mine")

    assert writer.store.calls[-3:] == [("put_once", "page"), ("put_once", "page-2"), ("put", KEY)]


def test_a_page_that_cannot_be_written_leaves_the_document_untouched(
    shared: ObjectStore, other: Writer
) -> None:
    before = other.read()
    writer = Writer(shared, prepare=with_page)
    writer.store.creates.extend([lambda request: request(), unavailable] * 4)

    with pytest.raises(Busy):
        writer.add("mine", attempts=4)

    assert "put" not in writer.calls()
    assert other.read() == before


def test_a_page_that_stands_already_is_left_as_it_is(shared: ObjectStore, other: Writer) -> None:
    shared.put_once("page", b"stands", content_type="application/json")
    writer = Writer(shared, prepare=with_page)
    writer.store.puts.append(request_lost)

    writer.add("mine")

    found = shared.get("page")
    assert isinstance(found, StoredObject)
    assert found.body == b"stands"
    assert writer.calls().count("put_once") == 4


@given(limit=st.integers(1, 40), seconds=st.floats(0, 30), luck=st.floats(0, 1))
def test_attempts_end_with_the_budget_of_attempts_or_of_time(limit: int, seconds: float, luck: float) -> None:
    time = FakeTime(now=100.0)
    pacing = Pacing(
        until=100.0 + seconds,
        attempts=limit,
        monotonic=lambda: time.now,
        sleep=time.sleep,
        uniform=lambda low, high: low + luck * (high - low),
    )

    numbers = list(pacing.attempt())

    assert numbers == list(range(len(numbers)))
    assert 1 <= len(numbers) <= limit
    assert len(time.pauses) == len(numbers) - 1
    assert time.now - 100.0 <= seconds


def test_pauses_are_drawn_between_nothing_and_a_bound_that_doubles() -> None:
    bounds: list[tuple[float, float]] = []
    time = FakeTime()

    def lowest(low: float, high: float) -> float:
        bounds.append((low, high))
        return low

    list(Pacing(until=1.0, monotonic=lambda: time.now, sleep=time.sleep, uniform=lowest).attempt())

    assert len(bounds) == MAX_ATTEMPTS - 1
    assert [low for low, _ in bounds] == [0] * len(bounds)
    assert [high for _, high in bounds][:7] == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
    assert bounds[-1] == (0, 2.0)


def test_a_commit_pauses_between_its_attempts_and_not_before_the_first() -> None:
    writer = Writer(MemoryStore())
    writer.store.puts.extend([request_lost, request_lost])

    writer.add("mine")

    assert writer.time.pauses == [0.1, 0.2]


def test_what_was_known_and_is_replaced_since_is_read_anew_without_a_pause(
    writer: Writer, other: Writer
) -> None:
    writer.add("mine")
    other.add("theirs")

    writer.add("mine-too")

    assert not any(writer.time.pauses)
    assert words(writer.read()) == "base mine theirs mine-too"


def test_meeting_others_on_the_document_as_it_stands_is_followed_by_pauses(
    writer: Writer, other: Writer
) -> None:
    writer.add("mine")
    others = just_before(lambda: other.add_many(1))
    writer.store.puts.extend([others, others, others])

    writer.add("mine-too")

    assert writer.time.pauses == [0.0, 0.2, 0.4]


@pytest.mark.parametrize("step", [unavailable, request_lost, reply_lost])
def test_a_store_that_does_not_answer_is_given_a_pause_whatever_was_known(writer: Writer, step: Step) -> None:
    writer.add("mine")
    writer.store.puts.append(step)

    writer.add("mine-too")

    assert writer.time.pauses == [0.1]
