"""How tests get object stores: every adapter, made and closed the same way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
from moto import mock_aws

from scene_studio.store.object_store import StoredObject, UploadStore, UploadTicket
from scene_studio.store.s3 import S3ObjectStore
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.loopback_s3 import LoopbackS3

BUCKET = "scene-studio-test"
UPLOAD_BYTES = 5000


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


@dataclass
class UploadTarget:
    """A store, and where its forms are posted."""

    store: UploadStore
    address: str

    def ticket(self, key: str, *, content_type: str = "image/png", seconds: int = 60) -> UploadTicket:
        """A ticket for at most `UPLOAD_BYTES`."""
        return self.store.upload_ticket(key, content_type=content_type, max_bytes=UPLOAD_BYTES, seconds=seconds)

    def post(self, ticket: UploadTicket, body: bytes = b"picture", **changes: Any) -> httpx.Response:
        """Post a form with this file.

        Args:
            ticket: the form.
            body: the file.
            changes: fields to set, or to take out where the value is None; `filename` is the file's name.
        """
        filename = changes.pop("filename", "picture.png")
        fields = {n: v for n, v in {**ticket.fields, **changes}.items() if v is not None}
        address = urljoin(self.address, ticket.url)
        return httpx.post(address, data=fields, files={"file": (filename, body, "text/html")}, timeout=30)

    def body(self, key: str, version_id: str | None = None) -> bytes | None:
        """What the store holds, or None."""
        found = self.store.get(key, version_id=version_id)
        return found.body if isinstance(found, StoredObject) else None
