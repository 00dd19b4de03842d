"""The loop around conditional writes over real requests: what each costs, and what a lost reply does."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from scene_studio.model.errors import OutcomeUnknown
from scene_studio.store.commit import Effect
from scene_studio.store.s3 import S3ObjectStore
from tests.support.loopback_s3 import Fault, LoopbackS3
from tests.support.stores import loopback_store
from tests.support.writers import KEY, Writer, words


@pytest.fixture
def shared(loopback_client: S3ObjectStore) -> S3ObjectStore:
    return loopback_client


def asked(loopback: LoopbackS3) -> list[tuple[str, int | None]]:
    return [(one.request.method, one.reply.status if one.reply else None) for one in loopback.exchanges]


def test_a_doubtful_write_is_neither_lost_nor_doubled_nor_reported_as_failed(
    writer: Writer, other: Writer, loopback: LoopbackS3
) -> None:
    loopback.exchanges.clear()
    loopback.fail(Fault.DROP_REPLY, "PUT", KEY)

    commit = writer.add("mine")

    assert commit.effect is Effect.REPEATED
    assert words(other.read()) == "base mine"
    assert asked(loopback)[:2] == [("PUT", None), ("GET", 200)]
    assert len(loopback.requests("PUT")) == 1


def test_a_doubtful_creation_is_neither_lost_nor_doubled(shared: S3ObjectStore, loopback: LoopbackS3) -> None:
    loopback.fail(Fault.DROP_REPLY, "PUT", KEY)

    commit = Writer(shared).add("mine")

    assert words(commit.current) == "mine"
    assert commit.current.document.rev == 1
    assert len(loopback.requests("PUT")) == 1


@pytest.mark.parametrize("fault", [Fault.DROP_REQUEST, Fault.SLOW_DOWN, Fault.INTERNAL_ERROR, Fault.CONFLICT])
def test_a_write_that_did_not_land_is_written_again(
    writer: Writer, other: Writer, loopback: LoopbackS3, fault: Fault
) -> None:
    loopback.fail(fault, "PUT", KEY, times=3)

    assert writer.add("mine").effect is Effect.WRITTEN
    assert words(other.read()) == "base mine"


def test_a_write_that_arrives_late_is_not_applied_a_second_time(
    writer: Writer, other: Writer, loopback: LoopbackS3
) -> None:
    loopback.fail(Fault.APPLY_LATE, "PUT", KEY)

    assert writer.add("mine").effect is Effect.WRITTEN
    assert loopback.apply_late() == [412]
    assert words(other.read()) == "base mine"


def test_a_write_without_any_answer_is_of_unknown_outcome_and_can_be_repeated(
    writer: Writer, other: Writer, loopback: LoopbackS3
) -> None:
    loopback.fail(Fault.APPLY_LATE, "PUT", KEY)
    loopback.fail(Fault.DROP_REQUEST, "GET", KEY, times=100)
    with pytest.raises(OutcomeUnknown):
        writer.add("mine", attempts=3)
    assert loopback.apply_late() == [200]

    loopback.forgive()
    assert writer.add("mine").effect is Effect.REPEATED
    assert words(other.read()) == "base mine"


def test_a_warm_edit_costs_one_put_and_nothing_else(writer: Writer, loopback: LoopbackS3) -> None:
    loopback.exchanges.clear()

    writer.add("mine")
    writer.add("more")

    assert asked(loopback) == [("PUT", 200), ("PUT", 200)]


def test_a_warm_read_of_an_unchanged_document_costs_one_get_without_a_body(
    writer: Writer, loopback: LoopbackS3
) -> None:
    before = writer.read()
    loopback.exchanges.clear()

    assert writer.read() == before
    (exchange,) = loopback.exchanges
    assert exchange.reply is not None
    assert (exchange.request.method, exchange.reply.status, exchange.reply.body) == ("GET", 304, b"")


def test_a_cold_edit_costs_one_get_and_one_put(
    other: Writer, shared: S3ObjectStore, loopback: LoopbackS3
) -> None:
    loopback.exchanges.clear()

    Writer(shared).add("mine")

    assert asked(loopback) == [("GET", 200), ("PUT", 200)]


def test_a_creation_costs_one_get_and_one_put(shared: S3ObjectStore, loopback: LoopbackS3) -> None:
    Writer(shared).add("mine")

    assert asked(loopback) == [("GET", 404), ("PUT", 200)]


def test_many_writers_at_once_under_faults_each_commit_exactly_once(loopback: LoopbackS3) -> None:
    threads, each = 4, 12
    for fault in itertools.islice(itertools.cycle([Fault.DROP_REPLY, Fault.DROP_REQUEST, Fault.SLOW_DOWN]), 30):
        loopback.fail(fault, "PUT", KEY)

    def write(number: int) -> list[str]:
        with loopback_store(loopback) as store:
            writer = Writer(store)
            added = [f"{number}-{turn}" for turn in range(each)]
            for word in added:
                writer.add(word, attempts=1000)
            return added

    with ThreadPoolExecutor(threads) as pool:
        expected = sorted(itertools.chain.from_iterable(pool.map(write, range(threads))))

    with loopback_store(loopback) as store:
        document = Writer(store).read().document
    assert sorted(document.client_sessions) == expected
    assert document.rev == threads * each
