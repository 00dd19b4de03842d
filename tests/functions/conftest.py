"""Services with something in them, and an image model that costs nothing."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from scene_studio.store.object_store import UploadTicket
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.models import StubModel
from tests.support.runtime import forget
from tests.support.seed import Fill, client_json, import_client, ready_json


@pytest.fixture(scope="session")
def fill(tmp_path_factory: pytest.TempPathFactory) -> Fill:
    """Fills stores; each client is imported once for all tests."""
    folder = tmp_path_factory.mktemp("filled")

    def make(path: Path, client: dict[str, Any]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SCENE_STUDIO_STORE", f"sqlite:{path}")
            patch.setenv("SCENE_STUDIO_TENANCY", "off")
            forget()
            import_client(client)
            runtime.object_store().close()  # type: ignore[attr-defined]
            forget()

    def fill(path: Path, client: Callable[[], dict[str, Any]]) -> None:
        filled = folder / f"{client.__module__}.{client.__name__}.sqlite"
        if not filled.exists():
            make(filled, client())
        shutil.copy(filled, path)

    return fill


@pytest.fixture
def seeded(fill: Fill, local_service: Path) -> Path:
    """The service with the original product's client in it. Gives the store's file."""
    fill(local_service, client_json)
    return local_service


@pytest.fixture
def ready(fill: Fill, local_service: Path) -> Path:
    """The service with a client that is ready for Execute. Gives the store's file."""
    fill(local_service, ready_json)
    return local_service


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubModel]:
    """The image model that workers use in this test."""
    from generation_api.handler import app

    stub = StubModel()
    app.dependency_overrides[runtime.capabilities] = lambda: stub.capabilities
    with monkeypatch.context() as patch:
        patch.setattr(runtime, "image_model", lambda: stub)
        yield stub
    del app.dependency_overrides[runtime.capabilities]


@pytest.fixture
def tickets(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What each ticket that is given out in this test lets through."""
    given: list[dict[str, Any]] = []
    upload_ticket = SqliteObjectStore.upload_ticket

    def noted(store: SqliteObjectStore, key: str, **limits: Any) -> UploadTicket:
        given.append({"key": key, **limits})
        return upload_ticket(store, key, **limits)

    monkeypatch.setattr(SqliteObjectStore, "upload_ticket", noted)
    return given
