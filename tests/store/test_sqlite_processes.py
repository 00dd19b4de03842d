import itertools
import os
import random
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scene_studio.store.object_store import StoredObject
from tests.support.sqlite_processes import (
    KEY,
    SPAWN,
    create_many,
    increment,
    open_and_sign,
    run_processes,
    write_forever,
)
from tests.support.stores import sqlite_store


def test_increments_of_many_processes_are_all_there_without_gaps(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"

    acknowledged = run_processes(increment, [(path, 150)] * 4)

    assert sorted(itertools.chain.from_iterable(acknowledged)) == list(range(1, 601))
    with sqlite_store(tmp_path) as store:
        found = store.get(KEY)
    assert isinstance(found, StoredObject)
    assert found.body == b"600"


def test_of_processes_that_create_the_same_object_one_wins(tmp_path: Path) -> None:
    names = ["a", "b", "c", "d"]

    won = run_processes(create_many, [(tmp_path / "store.sqlite", name, 100) for name in names])

    assert sorted(itertools.chain.from_iterable(won)) == list(range(100))
    with sqlite_store(tmp_path) as store:
        for name, numbers in zip(names, won, strict=True):
            for number in numbers:
                found = store.get(f"once/{number:03}")
                assert isinstance(found, StoredObject)
                assert found.body == f"{name}-{number}".encode()


def test_processes_that_open_a_new_file_at_once_share_it_and_its_key(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"

    addresses = run_processes(open_and_sign, [(path, SPAWN.Barrier(3))] * 3)

    with sqlite_store(tmp_path) as store:
        for address in addresses:
            opened = store.open_signed("picture", dict(parse_qsl(urlsplit(address).query)))
            assert opened is not None
            assert opened.body == b"picture"


def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    seeded = random.Random(7)
    acknowledged: dict[str, list[tuple[int, str]]] = {}
    for turn in range(3):
        names = [f"{turn}-a", f"{turn}-b"]
        pipes = [SPAWN.Pipe(duplex=False) for _ in names]
        processes = [
            SPAWN.Process(target=write_forever, args=(writer, path, name))
            for name, (_, writer) in zip(names, pipes, strict=True)
        ]
        for process in processes:
            process.start()
        for (reader, writer), name, process in zip(pipes, names, processes, strict=True):
            writer.close()
            acknowledged[name] = [reader.recv() for _ in range(seeded.randrange(1, 30))]
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            acknowledged[name] += _what_was_still_sent(reader)
            process.join()
            process.close()

    with sqlite_store(tmp_path) as store:
        for name, writes in acknowledged.items():
            for number, version_id in writes:
                old = store.get(f"killed/{name}", version_id=version_id)
                once = store.get(f"killed/{name}/{number}")
                assert isinstance(old, StoredObject)
                assert isinstance(once, StoredObject)
                assert old.body == once.body == f"{number} ".encode() * 2000
        assert store._db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert [number for number, _ in acknowledged["0-a"]] == list(range(len(acknowledged["0-a"])))


def _what_was_still_sent(reader: Connection) -> list[Any]:
    sent = []
    try:
        while True:
            sent.append(reader.recv())
    except EOFError:
        return sent
    finally:
        reader.close()
