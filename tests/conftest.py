"""What all tests share: an environment of our own, and data folders that end with the test."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.environment import keep_apart

if TYPE_CHECKING:
    from tests.support.queues import WorkingQueue

keep_apart()


SHARING = ("tests/aws", "tests/browser", "tests/infra/stack", "tests/infra/bundling", "tests/images")
"""Folders whose tests share what takes long to start, and so belong into one process."""


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep tests that share something together when several processes run them."""
    for item in items:
        place = item.path.relative_to(config.rootpath).as_posix()
        for folder in SHARING:
            if place.startswith(f"{folder}/"):
                item.add_marker(pytest.mark.xdist_group(folder))


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator["WorkingQueue"]:
    """The queue of wanted pictures in this test: the worker function gets each message as it is sent."""
    from generation_api.handler import app
    from scene_studio import runtime
    from tests.support.queues import WorkingQueue

    working = WorkingQueue()
    app.dependency_overrides[runtime.generation_queue] = lambda: working
    with monkeypatch.context() as patch:
        patch.setattr(runtime, "generation_queue", lambda: working)
        yield working
    del app.dependency_overrides[runtime.generation_queue]


@pytest.fixture
def local_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, queue: "WorkingQueue") -> Iterator[Path]:
    """The functions as they run on one machine: one SQLite file, tenancy off. Gives the file's path."""
    from scene_studio import runtime
    from tests.support.runtime import forget

    path = tmp_path / "store.sqlite"
    monkeypatch.setenv("SCENE_STUDIO_STORE", f"sqlite:{path}")
    monkeypatch.setenv("SCENE_STUDIO_TENANCY", "off")
    forget()
    yield path
    if runtime.object_store.cache_info().currsize:
        store = runtime.object_store()
        close = getattr(store, "close", None)
        if close is not None:
            close()
    forget()
