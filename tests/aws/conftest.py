"""One emulator for all tests here, each with a bucket of its own; and the stack, synthesized once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scene_studio.store.s3 import S3ObjectStore
from tests.support.deployment import synthesize
from tests.support.ministack import MiniStack


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    running = MiniStack(tmp_path_factory.mktemp("ministack"))
    yield running
    running.stop()


@pytest.fixture
def store(ministack: MiniStack) -> S3ObjectStore:
    return ministack.store()


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stack with bundles for the machine at hand."""
    folder = tmp_path_factory.mktemp("assembly")
    synthesize(folder)
    return folder
