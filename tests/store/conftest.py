from collections.abc import Iterator
from pathlib import Path

import pytest

from scene_studio.store.object_store import ObjectStore
from scene_studio.store.s3 import S3ObjectStore
from tests.support.loopback_s3 import LoopbackS3
from tests.support.scripted_store import MemoryStore
from tests.support.stores import loopback_store, moto_store, sqlite_store
from tests.support.writers import Writer


@pytest.fixture(params=["sqlite", "s3", "loopback-s3", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    if request.param == "memory":
        yield MemoryStore()
    elif request.param == "sqlite":
        with sqlite_store(tmp_path) as sqlite:
            yield sqlite
    elif request.param == "s3":
        with moto_store() as moto:
            yield moto
    else:
        yield request.getfixturevalue("loopback_client")


@pytest.fixture(scope="session")
def running_loopback() -> Iterator[LoopbackS3]:
    with LoopbackS3().running() as server:
        yield server


@pytest.fixture(scope="session")
def running_client(running_loopback: LoopbackS3) -> Iterator[S3ObjectStore]:
    with loopback_store(running_loopback) as client:
        yield client


@pytest.fixture
def loopback(running_loopback: LoopbackS3, monkeypatch: pytest.MonkeyPatch) -> LoopbackS3:
    """A loopback S3 with nothing in it; clients do not pause between retries, nor run out of them."""
    running_loopback.reset()
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    monkeypatch.setattr("botocore.retries.quota.RetryQuota.acquire", lambda *_: True)
    return running_loopback


@pytest.fixture
def loopback_client(loopback: LoopbackS3, running_client: S3ObjectStore) -> S3ObjectStore:
    return running_client


@pytest.fixture(params=["memory", "sqlite", "loopback-s3"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    if request.param == "memory":
        yield MemoryStore()
    elif request.param == "sqlite":
        with sqlite_store(tmp_path) as sqlite:
            yield sqlite
    else:
        yield request.getfixturevalue("loopback_client")


@pytest.fixture
def other(shared: ObjectStore) -> Writer:
    """Another process, which made the document."""
    writer = Writer(shared)
    writer.add("base")
    return writer


@pytest.fixture
def writer(shared: ObjectStore, other: Writer) -> Writer:
    """The process under test, which knows the document."""
    writer = Writer(shared)
    writer.read()
    writer.store.calls.clear()
    return writer
