"""How tests get object stores: every adapter, made and closed the same way."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from moto import mock_aws

from scene_studio.store.s3 import S3ObjectStore
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.loopback_s3 import LoopbackS3

BUCKET = "scene-studio-test"


@contextmanager
def sqlite_store(folder: Path) -> Iterator[SqliteObjectStore]:
    """A store in a new file in this folder."""
    store = SqliteObjectStore(folder / "store.sqlite")
    try:
        yield store
    finally:
        store.close()


@contextmanager
def moto_store() -> Iterator[S3ObjectStore]:
    """A store in a versioned bucket of moto; for one thread, its conditions are not atomic."""
    store = _moto_client()
    with mock_aws():
        client = store._single_shot
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield store


@contextmanager
def loopback_store(server: LoopbackS3) -> Iterator[S3ObjectStore]:
    """A store that speaks to a loopback S3 through the clients of production."""
    store = S3ObjectStore.connect(BUCKET, endpoint_url=server.endpoint)
    try:
        yield store
    finally:
        for client in (store._retrying, store._single_shot):
            client.close()


@cache
def _moto_client() -> S3ObjectStore:
    # Clients take long to make; those made since moto was imported are caught whenever it mocks.
    return S3ObjectStore.connect(BUCKET)
