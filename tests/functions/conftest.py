"""Services with something in them, and an image model that costs nothing."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from tests.support.models import StubModel
from tests.support.runtime import forget
from tests.support.seed import client_json, import_client, ready_json


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of a store into which a client was imported, made once for all tests."""
    folder = tmp_path_factory.mktemp("filled")

    def make(name: str, client: dict[str, Any]) -> Path:
        path = folder / f"{name}.sqlite"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SCENE_STUDIO_STORE", f"sqlite:{path}")
            patch.setenv("SCENE_STUDIO_TENANCY", "off")
            forget()
            import_client(client)
            runtime.object_store().close()  # type: ignore[attr-defined]
            forget()
        return path

    files = {"seed": make("seed", client_json()), "ready": make("ready", ready_json())}
    return files.__getitem__


@pytest.fixture
def seeded(filled_file: Callable[[str], Path], local_service: Path) -> Path:
    """The service with the seed's client in it. Gives the store's file."""
    shutil.copy(filled_file("seed"), local_service)
    return local_service


@pytest.fixture
def ready(filled_file: Callable[[str], Path], local_service: Path) -> Path:
    """The service with a client that is ready for Execute. Gives the store's file."""
    shutil.copy(filled_file("ready"), local_service)
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
