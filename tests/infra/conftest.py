"""A local server that starts fast, for the tests that post upload forms to it."""

from collections.abc import Iterator

import pytest

from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.service import Service, bare_functions
from tests.support.stores import UploadTarget


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("uploads")
    running = Service(folder / "data", "--functions", str(bare_functions(folder / "functions"))).start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def target(service: Service) -> Iterator[UploadTarget]:
    store = SqliteObjectStore(service.store)
    yield UploadTarget(store, service.address)
    store.close()
