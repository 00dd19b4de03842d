from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scene_studio.queues.sqlite_queue import SqliteQueue
from tests.queues.clock import Clock

OpenQueue = Callable[..., SqliteQueue]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def open_queue(path: Path, clock: Clock) -> Iterator[OpenQueue]:
    """Opens queues in one file: messages invisible for a minute, dead after three deliveries."""
    opened: list[SqliteQueue] = []

    def open_one(name: str = "jobs", **given: Any) -> SqliteQueue:
        options: dict[str, Any] = {"visibility_seconds": 60.0, "max_receives": 3, "clock": clock}
        opened.append(SqliteQueue(path, name, **(options | given)))
        return opened[-1]

    yield open_one
    for queue in opened:
        queue.close()


@pytest.fixture
def queue(open_queue: OpenQueue) -> SqliteQueue:
    return open_queue()
