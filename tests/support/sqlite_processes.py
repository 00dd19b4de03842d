"""Processes that share one SQLite file; little is imported here, since each of them does so anew."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Final

from scene_studio.store.object_store import ABSENT, Absent, Conflict, ObjectVersion, StoredObject
from scene_studio.store.sqlite import SqliteObjectStore

KEY: Final = "clients/acme/client.json"
JSON: Final = "application/json"
SPAWN: Final = multiprocessing.get_context("spawn")


def run_processes(work: Callable[..., None], arguments: list[tuple[Any, ...]]) -> list[Any]:
    """Run a process for each tuple of arguments; gives what each sent back."""
    pipes = [SPAWN.Pipe(duplex=False) for _ in arguments]
    processes = [
        SPAWN.Process(target=work, args=(writer, *given))
        for (_, writer), given in zip(pipes, arguments, strict=True)
    ]
    for process in processes:
        process.start()
    answers = [reader.recv() for reader, _ in pipes]
    for process, (reader, writer) in zip(processes, pipes, strict=True):
        process.join()
        process.close()
        reader.close()
        writer.close()
    return answers


def increment(answers: Connection, path: Path, times: int) -> None:
    """Add one so many times, each time by compare-and-swap; sends the numbers that were acknowledged."""
    store = SqliteObjectStore(path)
    acknowledged: list[int] = []
    while len(acknowledged) < times:
        found = store.get(KEY)
        value = int(found.body) if isinstance(found, StoredObject) else 0
        expected: str | Absent = found.version.etag if isinstance(found, StoredObject) else ABSENT
        try:
            store.put(KEY, str(value + 1).encode(), expected=expected, content_type=JSON)
        except Conflict:
            continue
        acknowledged.append(value + 1)
    store.close()
    answers.send(acknowledged)


def create_many(answers: Connection, path: Path, name: str, count: int) -> None:
    """Try to be the one who makes each of so many objects; sends the numbers of those it made."""
    store = SqliteObjectStore(path)
    won = []
    for number in range(count):
        body = f"{name}-{number}".encode()
        if store.put_once(f"once/{number:03}", body, content_type=JSON):
            won.append(number)
    store.close()
    answers.send(won)


def open_and_sign(answers: Connection, path: Path, together: Barrier) -> None:
    """Open the file at the same moment as others; sends a signed address."""
    together.wait()
    store = SqliteObjectStore(path)
    store.put_once("picture", b"picture", content_type="image/jpeg")
    answers.send(store.presigned_url("picture", seconds=3600))
    store.close()


def write_forever(answers: Connection, path: Path, name: str) -> None:
    """Write until killed; sends the number and version of each write that was acknowledged."""
    store = SqliteObjectStore(path)
    version: ObjectVersion | None = None
    number = 0
    while True:
        body = f"{number} ".encode() * 2000
        version = store.put(
            f"killed/{name}", body, expected=version.etag if version else ABSENT, content_type=JSON
        )
        store.put_once(f"killed/{name}/{number}", body, content_type=JSON)
        answers.send((number, version.version_id))
        number += 1
