"""A client that a team has worked with, made once; and the store that a test works on."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.models import StubModel
from tests.support.queues import WorkingQueue
from tests.support.runtime import forget
from tests.support.worked import Worked, work


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Worked:
    from generation_api.handler import app

    path = tmp_path_factory.mktemp("worked") / "store.sqlite"
    queue, model = WorkingQueue(), StubModel()
    overrides: dict[Callable[..., Any], Callable[..., Any]] = {
        runtime.generation_queue: lambda: queue,
        runtime.capabilities: lambda: model.capabilities,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCENE_STUDIO_STORE", f"sqlite:{path}")
        patch.setenv("SCENE_STUDIO_TENANCY", "off")
        forget()
        app.dependency_overrides.update(overrides)
        patch.setattr(runtime, "generation_queue", lambda: queue)
        patch.setattr(runtime, "image_model", lambda: model)
        link, latest = work(queue)
        runtime.object_store().close()  # type: ignore[attr-defined]
        for override in overrides:
            del app.dependency_overrides[override]
    forget()
    return Worked(path, link, latest)


@pytest.fixture
def worked(made: Worked, local_service: Path) -> Worked:
    """The service with that client in it."""
    shutil.copy(made.path, local_service)
    return made._replace(path=local_service)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[SqliteObjectStore]:
    """A store with nothing in it, in a folder of its own."""
    (tmp_path / "empty").mkdir()
    store = SqliteObjectStore(tmp_path / "empty" / "store.sqlite")
    yield store
    store.close()
