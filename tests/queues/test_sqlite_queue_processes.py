import itertools
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from scene_studio.queues.sqlite_queue import Depth, Message
from tests.queues.clock import Clock
from tests.queues.conftest import OpenQueue
from tests.queues.processes import open_jobs, receive_and_hold, send_and_receive, work_until_killed
from tests.support.sqlite_processes import SPAWN, run_processes


def test_of_many_processes_each_message_is_given_to_exactly_one(path: Path) -> None:
    names, together = ["a", "b", "c", "d"], SPAWN.Barrier(4)

    received = run_processes(send_and_receive, [(path, together, name, 40) for name in names])

    sent = [f"{name}-{number}-{half}" for name in names for number in range(40) for half in "ab"]
    assert sorted(itertools.chain.from_iterable(received)) == sorted(sent)
    assert all(received)
    queue = open_jobs(path)
    assert queue.depth() == Depth(0, len(sent), 0)
    queue.close()


def test_a_message_whose_receiver_was_killed_comes_again(
    open_queue: OpenQueue, clock: Clock, path: Path
) -> None:
    queue = open_queue()
    queue.send(["a"])
    with killed_at_the_end(receive_and_hold, path) as answers:
        assert answers.recv() == "a"
    answers.close()

    clock.now = time.time()
    assert queue.receive(1) == []
    clock.now = time.time() + 600
    [again] = queue.receive(1)

    assert (again.body, again.receives) == ("a", 2)


def test_what_a_killed_worker_had_not_deleted_comes_again_and_nothing_else(
    open_queue: OpenQueue, clock: Clock, path: Path
) -> None:
    seeded = random.Random(7)
    clock.now = time.time()
    queue = open_queue(max_receives=5)
    sent = [f"{number:04}" for number in range(2000)]
    queue.send(sent)
    deleted: list[str] = []
    kills = 3
    for _ in range(kills):
        with killed_at_the_end(work_until_killed, path) as answers:
            deleted += [answers.recv() for _ in range(seeded.randrange(1, 30))]
        deleted += _what_was_still_sent(answers)

    clock.now = time.time() + 600
    again = _drain(queue.receive)

    bodies = {message.body for message in again}
    assert len(bodies) == len(again)
    assert bodies.isdisjoint(deleted)
    # A worker may have deleted one more than it could tell of.
    assert len(set(sent) - bodies - set(deleted)) <= kills
    assert sum(message.receives == 2 for message in again) <= kills
    assert {message.receives for message in again} <= {1, 2}
    assert queue._db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@contextmanager
def killed_at_the_end(work: Callable[..., None], path: Path) -> Iterator[Connection]:
    """A process that does this work, and what it sends."""
    reader, writer = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=work, args=(writer, path))
    process.start()
    writer.close()
    try:
        yield reader
    finally:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        process.close()


def _what_was_still_sent(reader: Connection) -> list[Any]:
    sent = []
    try:
        while True:
            sent.append(reader.recv())
    except EOFError:
        return sent
    finally:
        reader.close()


def _drain(receive: Callable[[int], list[Message]]) -> list[Message]:
    messages = []
    while some := receive(100):
        messages += some
    return messages
