"""The local server under 16 people, beside PocketBase with the same documents, and SQLite alone on that disk.

PocketBase is a single program in Go over SQLite, and holds each studio as a JSON field of a record. It has no
edit of a part of a field, so a PATCH there sends the document whole. It commits without waiting for the disk
(`synchronous = NORMAL`), the local server does wait, at every commit.
"""

import itertools
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

from scene_studio import sqlite_file
from tests.bench.figures import Benchmark, Figure, Goal, Say
from tests.bench.peers_load import Load, drive
from tests.bench.peers_servers import (
    POCKETBASE,
    TICK_SECONDS,
    LocalServer,
    PocketBase,
    Server,
    local_server,
    pocketbase,
)
from tests.bench.speed_rounds import busy, ratio_of, told

PEOPLE: Final = 16
GOAL: Final = Goal("at least", 1)

_ACTIONS: Final = {"GET of a studio": "reads", "PATCH of a slot": "edits"}
_PER_CORE: Final = "times PocketBase's requests for each second of the processor"
_PLAIN: Final = "times PocketBase's requests a second"


def peers(say: Say, *, rounds: int = 3, seconds: float = 2.0, people: int = PEOPLE) -> Iterator[Figure]:
    """Measure both servers in turn, and the disk between.

    Args:
        say: tells what is being measured.
        rounds: how many ratios are taken.
        seconds: how long each server is kept busy at a time.
        people: how many connections there are.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = stack.enter_context(local_server(folder))
        peer: PocketBase | None = None
        if POCKETBASE.exists():
            peer = stack.enter_context(pocketbase(folder, ours.documents))
        else:
            say("PocketBase is not installed here, so nothing is compared with it; `make bench` installs it")
        for kind in _ACTIONS.values():  # processes start, and keep what they read
            say(f"warming up, {kind}; {busy()}")
            _driven(ours, kind, people, 3 * seconds)
        for name, kind in _ACTIONS.items():
            yield from _compared(say, name, kind, ours, peer, folder, rounds, seconds, people)


def _compared(
    say: Say,
    name: str,
    kind: str,
    ours: LocalServer,
    peer: PocketBase | None,
    folder: Path,
    rounds: int,
    seconds: float,
    people: int,
) -> Iterator[Figure]:
    per_core, plain, of_disk = [], [], []
    for number in range(1, rounds + 1):
        mine, mine_per_core = _driven(ours, kind, people, seconds)
        said = f"{name}, round {number} of {rounds}: {_in_words(mine, mine_per_core)}"
        if peer is not None:
            theirs, theirs_per_core = _driven(peer, kind, people, seconds)
            per_core.append(mine_per_core / theirs_per_core)
            plain.append(mine.rate / theirs.rate)
            said += f"; PocketBase {_in_words(theirs, theirs_per_core)}"
        if kind == "edits":
            alone = committed(folder / f"commits-{number}.sqlite", ours.documents[0], people, seconds / 2)
            of_disk.append(mine.rate / alone)
            said += f"; SQLite alone {alone:.0f} a second"
        say(f"{said}; {busy()}")
    server = f"local server, {name}, {people} connections"
    if peer is not None:
        yield from told(server, ratio_of(per_core), _PER_CORE, GOAL)
        yield from told(f"{server}, by the clock", ratio_of(plain), _PLAIN)
    if of_disk:
        yield from told(
            f"{server}, of the disk's", ratio_of(of_disk), "times the commits that SQLite alone makes"
        )


def _driven(server: Server, kind: str, people: int, seconds: float) -> tuple[Load, float]:
    """Keep a server busy; gives what it did, and its answers for each second of the processor that it took."""
    used = server.used_seconds()
    load = drive(server.port, [getattr(server, kind)(person) for person in range(people)], seconds)
    return load, load.answers / max(TICK_SECONDS, server.used_seconds() - used)


def _in_words(load: Load, per_core: float) -> str:
    return (
        f"{load.rate:.0f} a second, {1000 / per_core:.2f} ms of the processor each "
        f"(and {1000 * load.client_seconds / load.answers:.2f} ms of the client's)"
    )


def committed(path: Path, body: bytes, people: int, seconds: float) -> float:
    """How many rows a second SQLite commits, each in a transaction of its own.

    Every thread has a connection of its own, opened as the store's are, and waits for the disk at each commit.

    Args:
        path: where to make the file.
        body: what is in each row.
        people: how many threads there are.
        seconds: how long they go on.
    """
    with closing(sqlite_file.connect(path)) as db:
        db.execute("CREATE TABLE commits (body BLOB)")
    counted = itertools.count()
    until = time.perf_counter() + seconds

    def work() -> None:
        with closing(sqlite_file.connect(path)) as db:
            going_on = True
            while going_on:
                db.execute("BEGIN IMMEDIATE")
                db.execute("INSERT INTO commits VALUES (?)", (body,))
                db.execute("COMMIT")
                next(counted)
                going_on = time.perf_counter() < until

    started = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return next(counted) / (time.perf_counter() - started)


BENCHMARK: Final[Benchmark] = peers
