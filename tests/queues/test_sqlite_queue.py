import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from scene_studio import sqlite_file
from scene_studio.queues import sqlite_queue
from scene_studio.queues.queue import QueueUnavailable
from scene_studio.queues.sqlite_queue import Depth, Message, SqliteQueue
from scene_studio.store.object_store import StoredObject
from tests.queues.clock import Clock
from tests.queues.conftest import OpenQueue
from tests.support.stores import sqlite_store


def bodies(messages: list[Message]) -> list[str]:
    return sorted(message.body for message in messages)


def test_each_message_is_given_once_and_then_invisible(queue: SqliteQueue) -> None:
    queue.send(["a", "b"])
    queue.send([])
    queue.send(["c"])

    first, rest = queue.receive(2), queue.receive(10)

    assert (len(first), len(rest)) == (2, 1)
    assert bodies(first + rest) == ["a", "b", "c"]
    assert len({message.id for message in first + rest}) == 3
    assert queue.receive(10) == []


def test_a_message_tells_when_it_was_sent_and_first_received_and_how_often(
    queue: SqliteQueue, clock: Clock
) -> None:
    queue.send(["a"])
    sent = round(clock.now * 1000)
    clock.now += 5
    [first] = queue.receive(1)
    clock.now += 60
    [second] = queue.receive(1)

    assert (first.receives, first.sent, first.first_received) == (1, sent, sent + 5000)
    assert (second.receives, second.sent, second.first_received) == (2, sent, sent + 5000)
    assert (second.id, second.body) == (first.id, "a")
    assert second.receipt != first.receipt


def test_a_message_comes_again_when_its_invisibility_has_passed(queue: SqliteQueue, clock: Clock) -> None:
    queue.send(["a"])
    queue.receive(1)

    clock.now += 59.998
    assert queue.receive(1) == []
    clock.now += 0.002
    assert bodies(queue.receive(1)) == ["a"]
    assert queue.receive(1) == []


def test_a_deleted_message_never_comes_again(queue: SqliteQueue, clock: Clock) -> None:
    queue.send(["a"])
    [message] = queue.receive(1)

    queue.delete(message.receipt)
    queue.delete(message.receipt)
    clock.now += 3600

    assert queue.receive(1) == []
    assert queue.depth() == Depth(0, 0, 0)


def test_a_message_can_be_deleted_after_its_time_if_nobody_received_it_since(
    queue: SqliteQueue, clock: Clock
) -> None:
    queue.send(["a"])
    [message] = queue.receive(1)
    clock.now += 3600

    queue.delete(message.receipt)

    assert queue.receive(1) == []


def test_a_receipt_of_an_earlier_delivery_neither_deletes_nor_releases(
    queue: SqliteQueue, clock: Clock
) -> None:
    queue.send(["a"])
    [late] = queue.receive(1)
    clock.now += 60
    [again] = queue.receive(1)

    queue.delete(late.receipt)
    queue.release(late.receipt, 0)
    assert queue.receive(1) == []
    queue.release(late.receipt, 1000)
    clock.now += 60
    [last] = queue.receive(1)

    assert [late.id, again.id, last.id] == [late.id] * 3
    assert last.receives == 3


@pytest.mark.parametrize("receipt", ["", ":", "a", "a:1", "a:1:1", "é\x00"])
def test_a_receipt_that_was_never_given_does_nothing(queue: SqliteQueue, receipt: str) -> None:
    queue.send(["a"])
    queue.receive(1)

    queue.delete(receipt)
    queue.release(receipt, 0)

    assert queue.depth() == Depth(0, 1, 0)


def test_a_released_message_comes_again_after_the_time_named(queue: SqliteQueue, clock: Clock) -> None:
    queue.send(["a", "b", "c"])
    at_once, sooner, later = queue.receive(3)

    queue.release(at_once.receipt, 0)
    queue.release(sooner.receipt, 10)
    queue.release(later.receipt, 3600)

    assert [message.id for message in queue.receive(3)] == [at_once.id]
    clock.now += 10
    assert [message.id for message in queue.receive(3)] == [sooner.id]
    clock.now += 3589
    assert later.id not in [message.id for message in queue.receive(3)]
    clock.now += 1
    assert later.id in [message.id for message in queue.receive(3)]


def test_a_released_message_can_still_be_deleted_by_its_receipt(queue: SqliteQueue, clock: Clock) -> None:
    queue.send(["a"])
    [message] = queue.receive(1)
    queue.release(message.receipt, 10)

    queue.delete(message.receipt)

    clock.now += 10
    assert queue.receive(1) == []


def test_a_message_that_is_visible_again_is_not_hidden_by_its_old_receiver(
    queue: SqliteQueue, clock: Clock
) -> None:
    queue.send(["a"])
    [message] = queue.receive(1)
    clock.now += 60

    queue.release(message.receipt, 600)

    assert bodies(queue.receive(1)) == ["a"]


def test_a_message_received_too_often_becomes_a_dead_letter_when_it_would_be_given_again(
    queue: SqliteQueue, clock: Clock
) -> None:
    queue.send(["a"])
    given = []
    for _ in range(3):
        given += queue.receive(1)
        clock.now += 60
    assert (queue.depth(), queue.dead_letters()) == (Depth(1, 0, 0), [])

    assert queue.receive(1) == []

    assert [message.receives for message in given] == [1, 2, 3]
    assert queue.depth() == Depth(0, 0, 1)
    assert queue.dead_letters() == [given[-1]]


def test_no_receipt_and_no_time_brings_a_dead_letter_back(queue: SqliteQueue, clock: Clock) -> None:
    queue.send(["a"])
    for _ in range(3):
        [message] = queue.receive(1)
        clock.now += 60
    queue.receive(1)

    queue.delete(message.receipt)
    queue.release(message.receipt, 0)
    for jump in (3600, -7200):
        clock.now += jump
        assert queue.receive(1) == []

    assert queue.dead_letters() == [message]


def test_dead_letters_do_not_use_up_what_may_be_received(open_queue: OpenQueue, clock: Clock) -> None:
    queue = open_queue(max_receives=1)
    queue.send(["dead"] * 5)
    assert len(queue.receive(5)) == 5
    clock.now += 60
    queue.send(["a", "b"])

    assert bodies(queue.receive(2)) == ["a", "b"]
    assert queue.receive(2) == []
    assert queue.depth() == Depth(0, 2, 5)
    assert bodies(queue.dead_letters()) == ["dead"] * 5


def test_queues_in_one_file_know_nothing_of_each_other(open_queue: OpenQueue) -> None:
    jobs, uploads = open_queue("jobs"), open_queue("uploads")
    jobs.send(["job"])
    [job] = jobs.receive(1)

    uploads.delete(job.receipt)
    uploads.release(job.receipt, 0)

    assert uploads.receive(1) == []
    assert (jobs.depth(), uploads.depth()) == (Depth(0, 1, 0), Depth(0, 0, 0))


def test_a_queue_and_an_object_store_share_a_file(queue: SqliteQueue, path: Path) -> None:
    with sqlite_store(path.parent) as store:
        store.put_once("picture", b"picture", content_type="image/jpeg")
        queue.send(["a"])

        assert isinstance(store.get("picture"), StoredObject)
        assert bodies(queue.receive(1)) == ["a"]


def test_messages_outlive_the_process_that_sent_them(open_queue: OpenQueue) -> None:
    open_queue().send(["a"])

    reopened = open_queue()

    assert reopened._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert reopened._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert bodies(reopened.receive(1)) == ["a"]


@pytest.mark.parametrize("hours", [1, 1000])
def test_a_clock_that_jumps_back_hides_no_message_for_longer_than_its_time(
    open_queue: OpenQueue, clock: Clock, hours: int
) -> None:
    queue = open_queue(max_receives=10)
    queue.send(["received", "released"])
    messages = {message.body: message for message in queue.receive(2)}
    queue.release(messages["released"].receipt, 600)
    queue.send(["sent"])

    clock.now -= 30
    assert bodies(queue.receive(3)) == ["received", "released", "sent"]

    clock.now -= hours * 3600
    queue.send(["later"])
    assert bodies(queue.receive(4)) == ["later", "received", "released", "sent"]
    clock.now += 59
    assert queue.receive(4) == []
    clock.now += 1
    assert bodies(queue.receive(4)) == ["later", "received", "released", "sent"]


def test_a_clock_that_jumps_back_within_a_messages_time_lets_it_come_within_that_time(
    queue: SqliteQueue, clock: Clock
) -> None:
    queue.send(["a"])
    queue.receive(1)
    clock.now += 50
    clock.now -= 20

    clock.now += 29
    assert queue.receive(1) == []
    clock.now += 1
    assert bodies(queue.receive(1)) == ["a"]


def test_a_clock_that_jumps_back_to_before_a_release_makes_the_message_visible(
    queue: SqliteQueue, clock: Clock
) -> None:
    queue.send(["a"])
    [message] = queue.receive(1)
    clock.now += 20
    queue.release(message.receipt, 600)

    clock.now -= 10

    assert bodies(queue.receive(1)) == ["a"]


def test_the_time_of_a_delivery_is_read_after_the_wait_for_others(open_queue: OpenQueue, clock: Clock) -> None:
    """Else it could lie before the time of a delivery that it waited for, and give that message again."""
    queue: SqliteQueue = open_queue(clock=lambda: clock.now + 30 * queue._db.in_transaction)
    queue.send(["a"])

    [message] = queue.receive(1)

    assert message.first_received == round(clock.now * 1000) + 30_000


def test_a_request_that_fails_midway_changes_nothing(
    queue: SqliteQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.send(["a", "b"])
    made: list[str] = []

    def fail_at_the_second(message_id: str, *_: object) -> None:
        made.append(message_id)
        if len(made) == 2:
            raise RuntimeError("in mid-way")

    with monkeypatch.context() as patched:
        patched.setattr(sqlite_queue, "_message", fail_at_the_second)
        with pytest.raises(RuntimeError):
            queue.receive(2)

    assert queue.depth() == Depth(2, 0, 0)
    assert [message.receives for message in queue.receive(2)] == [1, 1]


Write = Callable[[SqliteQueue, str], object]

WRITES: dict[str, Write] = {
    "send": lambda queue, _: queue.send(["b"]),
    "receive": lambda queue, _: queue.receive(1),
    "delete": lambda queue, receipt: queue.delete(receipt),
    "release": lambda queue, receipt: queue.release(receipt, 0),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_a_file_that_stays_busy_is_unavailable_and_changes_nothing(
    open_queue: OpenQueue,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[SqliteQueue, str], object],
) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.01)
    queue = open_queue()
    queue.send(["visible", "in flight"])
    [message] = queue.receive(1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(QueueUnavailable, match="locked"):
        write(queue, message.receipt)
    assert queue.depth() == Depth(1, 1, 0)

    other.execute("ROLLBACK")
    other.close()
    write(queue, message.receipt)
    assert queue.depth() != Depth(1, 1, 0)


def test_an_idle_receive_waits_for_no_writer(
    open_queue: OpenQueue, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.01)
    queue = open_queue()
    queue.send(["in flight"])
    queue.receive(1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    assert queue.receive(1) == []

    other.close()


def test_looking_for_visible_messages_reads_only_those(queue: SqliteQueue) -> None:
    values = {"queue": "jobs", "now": 0, "limit": 1}
    plan = queue._db.execute(f"EXPLAIN QUERY PLAN {sqlite_queue._VISIBLE}", values).fetchall()

    steps = [row[3] for row in plan]
    assert [step for step in steps if "messages" in step] == [
        "SEARCH messages USING INDEX messages_by_start (queue=? AND hidden_from>?)",
        "SEARCH messages USING INDEX messages_by_end (queue=? AND hidden_until<?)",
    ]
    assert not [step for step in steps if "TEMP B-TREE" in step]


def test_when_the_disk_is_full_none_of_the_messages_is_sent(queue: SqliteQueue) -> None:
    [(pages,)] = queue._db.execute("PRAGMA page_count").fetchall()
    queue._db.execute(f"PRAGMA max_page_count = {pages + 50}")

    with pytest.raises(QueueUnavailable, match="full"):
        queue.send(["a" * 100_000] * 3)
    assert queue.depth() == Depth(0, 0, 0)

    queue.send(["a" * 100_000])
    assert queue.depth() == Depth(1, 0, 0)


@pytest.mark.parametrize("lasting", [False, True])
def test_opening_waits_for_another_that_opens_the_file_but_not_for_ever(
    open_queue: OpenQueue, path: Path, monkeypatch: pytest.MonkeyPatch, *, lasting: bool
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    now = 0.0

    def sleep(_seconds: float) -> None:
        nonlocal now
        now += 1.0
        if not lasting and now == 3.0:
            other.execute("ROLLBACK")

    monkeypatch.setattr(sqlite_file, "time", SimpleNamespace(monotonic=lambda: now, sleep=sleep))
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, **given: connect(path, **given | {"timeout": 0}))
    if lasting:
        with pytest.raises(QueueUnavailable):
            open_queue()
        assert now > sqlite_file.BUSY_SECONDS
    else:
        assert open_queue().receive(1) == []
        assert now == 3.0
    other.close()


def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(QueueUnavailable, match="unable to open"):
        SqliteQueue(tmp_path / "missing" / "store.sqlite", "jobs", visibility_seconds=1, max_receives=1)


@pytest.mark.parametrize("given", [{"visibility_seconds": 0}, {"max_receives": 0}])
def test_a_queue_that_could_give_nothing_or_hide_nothing_is_refused(
    open_queue: OpenQueue, given: dict[str, int]
) -> None:
    with pytest.raises(ValueError, match="at least once"):
        open_queue(**given)
