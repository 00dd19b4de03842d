"""Processes that share one queue; little is imported here, since each of them does so anew."""

import time
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from scene_studio.queues.sqlite_queue import SqliteQueue


def open_jobs(path: Path) -> SqliteQueue:
    """The queue that all of them use; no message comes again while a test lasts."""
    return SqliteQueue(path, "jobs", visibility_seconds=600, max_receives=5)


def send_and_receive(answers: Connection, path: Path, together: Barrier, name: str, count: int) -> None:
    """Send so many messages and receive, by the side of others, until none is left; sends what it got."""
    together.wait()
    queue = open_jobs(path)
    received: list[str] = []
    for number in range(count):
        queue.send([f"{name}-{number}-a", f"{name}-{number}-b"])
        received += [message.body for message in queue.receive(3)]
    together.wait()
    while messages := queue.receive(3):
        received += [message.body for message in messages]
    queue.close()
    answers.send(received)


def receive_and_hold(answers: Connection, path: Path) -> None:
    """Receive a message and never delete it; sends the body."""
    [message] = open_jobs(path).receive(1)
    answers.send(message.body)
    time.sleep(600)


def work_until_killed(answers: Connection, path: Path) -> None:
    """Receive and delete one message after another; sends each body once it was deleted."""
    queue = open_jobs(path)
    while True:
        [message] = queue.receive(1)
        queue.delete(message.receipt)
        answers.send(message.body)
