"""One emulator for all tests here; each gets a bucket of its own."""

from collections.abc import Iterator

import pytest

from scene_studio.store.s3 import S3ObjectStore
from tests.support.ministack import MiniStack


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    running = MiniStack(tmp_path_factory.mktemp("ministack"))
    yield running
    running.stop()


@pytest.fixture
def store(ministack: MiniStack) -> S3ObjectStore:
    return ministack.store()
