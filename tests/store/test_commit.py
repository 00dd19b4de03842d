"""The loop around conditional writes, with every interleaving of a doubtful write spelled out."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene_studio.model.client import Client, new_client
from scene_studio.model.document import RING_SIZE
from scene_studio.model.errors import AlreadyExists, Busy, NotFound, OutcomeUnknown
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import Effect
from scene_studio.store.object_store import ObjectStore
from tests.support.scripted_store import (
    Delayed,
    MemoryStore,
    Step,
    just_after_reply_lost,
    just_before,
    reply_lost,
    request_lost,
    unavailable,
)
from tests.support.writers import NOW, Writer, adding, request_of, words


def test_a_doubtful_write_that_landed_is_found_and_reported_once(writer: Writer, other: Writer) -> None:
    writer.store.puts.append(reply_lost)

    commit = writer.add("mine")

    assert commit.effect is Effect.REPEATED
    assert words(commit.current) == words(other.read()) == "base mine"
    assert writer.calls() == ["put", "get"]


def test_a_doubtful_write_that_did_not_land_is_written_again(writer: Writer, other: Writer) -> None:
    writer.store.puts.extend([request_lost, request_lost])

    commit = writer.add("mine")

    assert commit.effect is Effect.WRITTEN
    assert words(commit.current) == words(other.read()) == "base mine"


def test_a_doubtful_write_that_was_superseded_is_recognised_by_its_key(writer: Writer, other: Writer) -> None:
    base = writer.read().version.version_id
    writer.store.puts.append(just_after_reply_lost(lambda: other.add("theirs")))

    commit = writer.add("mine")

    assert commit.effect is Effect.REPEATED
    assert commit.replaced == base
    assert words(commit.current) == "base mine theirs"


def test_a_doubtful_write_that_lost_to_another_is_written_after_it(writer: Writer, other: Writer) -> None:
    writer.store.puts.append(just_before(lambda: other.add("theirs")))

    assert words(writer.add("mine").current) == "base theirs mine"

    late = Delayed()
    writer.store.puts.append(late.step)
    writer.store.gets.append(just_before(lambda: other.add("more")))
    assert words(writer.add("last").current) == "base theirs mine more last"
    assert late.arrive() == [False]


@pytest.mark.parametrize("lost", [reply_lost, request_lost])
def test_a_doubtful_creation_makes_one_document(shared: ObjectStore, lost: Step) -> None:
    writer = Writer(shared)
    writer.store.puts.append(lost)

    commit = writer.add("first")

    assert commit.effect is (Effect.REPEATED if lost is reply_lost else Effect.WRITTEN)
    assert words(commit.current) == "first"
    assert commit.current.document.rev == 1
    assert commit.replaced == ""


def test_a_doubtful_creation_that_was_superseded_is_recognised(shared: ObjectStore) -> None:
    writer, other = Writer(shared), Writer(shared)
    writer.store.puts.append(just_after_reply_lost(lambda: other.add("theirs")))

    assert writer.add("mine").effect is Effect.REPEATED
    assert words(other.read()) == "mine theirs"


def test_a_doubtful_creation_that_lost_to_another_may_be_refused(shared: ObjectStore) -> None:
    writer, other = Writer(shared), Writer(shared)

    def create(current: Versioned[Client] | None) -> Client:
        if current is not None:
            raise AlreadyExists("client", "acme")
        return new_client("acme", "Mine", NOW)

    def lose_to_another(_request: Callable[[], object]) -> object:
        other.add("theirs")
        return request_lost(_request)

    writer.store.puts.append(lose_to_another)
    with pytest.raises(AlreadyExists):
        writer.run(create, request_of("mine"))
    assert words(other.read()) == "theirs"


def test_a_write_that_arrives_after_the_second_attempt_is_not_applied(writer: Writer, other: Writer) -> None:
    late = Delayed()
    writer.store.puts.append(late.step)

    commit = writer.add("mine")

    assert commit.effect is Effect.WRITTEN
    assert late.arrive() == [False]
    assert words(other.read()) == "base mine"


def test_a_write_that_arrives_during_the_second_attempt_is_applied_once(writer: Writer, other: Writer) -> None:
    late = Delayed()
    writer.store.puts.extend([late.step, just_before(late.arrive)])

    commit = writer.add("mine")

    assert commit.effect is Effect.REPEATED
    assert words(other.read()) == "base mine"
    assert writer.calls() == ["put", "get", "put", "get"]


def test_after_a_doubt_a_spent_budget_leaves_the_outcome_unknown(writer: Writer, other: Writer) -> None:
    writer.store.puts.extend([request_lost] * 5)
    with pytest.raises(OutcomeUnknown):
        writer.add("mine", attempts=5)

    writer.store.puts.append(reply_lost)
    writer.store.gets.extend([unavailable] * 10)
    with pytest.raises(OutcomeUnknown):
        writer.add("more", attempts=5)
    assert words(other.read()) == "base more"


def test_a_refused_second_attempt_does_not_take_a_doubt_away(writer: Writer, other: Writer) -> None:
    writer.store.puts.extend([request_lost, unavailable, unavailable])

    with pytest.raises(OutcomeUnknown):
        writer.add("mine", attempts=3)


def test_without_a_doubt_a_spent_budget_is_busy_and_nothing_is_written(writer: Writer, other: Writer) -> None:
    before = other.read()
    writer.store.puts.extend([unavailable] * 3)
    with pytest.raises(Busy):
        writer.add("mine", attempts=3)
    assert other.read() == before

    writer.store.puts.extend([just_before(lambda: other.add_many(1))] * 3)
    with pytest.raises(Busy):
        writer.add("mine", attempts=3)
    assert words(other.read()) == "base theirs-1 theirs-2 theirs-3"


def test_a_doubt_that_another_commit_settled_ends_as_busy(writer: Writer, other: Writer) -> None:
    late = Delayed()
    writer.store.puts.extend([late.step, unavailable])
    writer.store.gets.append(just_before(lambda: other.add("theirs")))

    with pytest.raises(Busy):
        writer.add("mine", attempts=2)
    assert late.arrive() == [False]
    assert words(other.read()) == "base theirs"


@pytest.mark.parametrize("second", ["refuses", "has nothing to do"])
def test_while_the_etag_has_not_moved_since_a_doubt_nothing_else_is_answered(
    writer: Writer, second: str
) -> None:
    late = Delayed()
    writer.store.puts.append(late.step)
    decided = False

    def changes_its_mind(current: Versioned[Client] | None) -> Client | None:
        nonlocal decided
        if not decided:
            decided = True
            return adding("mine")(current)
        if second == "refuses":
            raise NotFound("product", "p")
        return None

    with pytest.raises(OutcomeUnknown):
        writer.run(changes_its_mind, request_of("mine"), attempts=4)
    assert late.arrive() == [True]


def test_a_refusal_is_answered_once_the_doubt_is_settled(writer: Writer, other: Writer) -> None:
    def unless_theirs(current: Versioned[Client] | None) -> Client | None:
        if current is not None and "theirs" in current.document.client_sessions:
            raise NotFound("product", "p")
        return adding("mine")(current)

    writer.store.puts.append(request_lost)
    writer.store.gets.append(just_before(lambda: other.add("theirs")))

    with pytest.raises(NotFound):
        writer.run(unless_theirs, request_of("mine"))
    assert words(other.read()) == "base theirs"


def test_a_doubt_older_than_the_ring_remembers_is_never_written_again(writer: Writer, other: Writer) -> None:
    writer.store.puts.append(just_after_reply_lost(lambda: other.add_many(RING_SIZE)))

    with pytest.raises(OutcomeUnknown):
        writer.add("mine", attempts=4)
    assert other.read().document.client_sessions.count("mine") == 1


def test_a_doubt_that_the_ring_still_remembers_is_found_there(writer: Writer, other: Writer) -> None:
    writer.store.puts.append(just_after_reply_lost(lambda: other.add_many(RING_SIZE - 1)))

    assert writer.add("mine").effect is Effect.REPEATED


def test_a_doubt_that_the_ring_would_still_remember_is_settled_by_its_absence(
    writer: Writer, other: Writer
) -> None:
    def loses_to_others(request: Callable[[], object]) -> object:
        other.add_many(RING_SIZE)
        return reply_lost(request)

    writer.store.puts.append(loses_to_others)

    assert writer.add("mine").effect is Effect.WRITTEN
    assert other.read().document.client_sessions.count("mine") == 1


STEPS = st.sampled_from(["well", "reply lost", "request lost", "late", "late arrives", "unavailable", "other"])


@given(puts=st.lists(STEPS, max_size=6), gets=st.lists(STEPS, max_size=6), cached=st.booleans())
def test_whatever_goes_wrong_a_write_is_neither_lost_nor_doubled_nor_called_failed(
    puts: list[str], gets: list[str], *, cached: bool
) -> None:
    shared = MemoryStore()
    other, writer, late = Writer(shared), Writer(shared), Delayed()
    other.add("base")
    if cached:
        writer.read()
    for script, faults in ((writer.store.puts, puts), (writer.store.gets, gets)):
        steps: dict[str, Step] = {
            "well": lambda request: request(),
            "reply lost": reply_lost if script is writer.store.puts else unavailable,
            "request lost": request_lost if script is writer.store.puts else unavailable,
            "late": late.step if script is writer.store.puts else unavailable,
            "late arrives": just_before(late.arrive),
            "unavailable": unavailable,
            "other": just_before(lambda: other.add_many(1)),
        }
        script.extend(steps[fault] for fault in faults)

    try:
        writer.add("mine", attempts=5)
        allowed = {1}
    except OutcomeUnknown:
        allowed = {0, 1}
    except Busy:
        allowed = {0}
    late.arrive()

    stored = other.read().document
    assert stored.client_sessions.count("mine") in allowed
    assert stored.rev == len(stored.client_sessions)
