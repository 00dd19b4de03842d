"""Whether a store is whole, as operators see it."""

import time
from pathlib import Path

from infra.operators.checking import Check
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.sqlite import SqliteObjectStore


def broken(store: ObjectStore, now: int | None = None) -> list[str]:
    """What a check finds broken at this time, in milliseconds since the Unix epoch, or now."""
    check = Check(store, int(time.time() * 1000) if now is None else now)
    return [str(finding) for finding in check.findings() if finding.said is not None]


def broken_in(path: Path) -> list[str]:
    """What a check finds broken in a local file, which others may be writing to."""
    store = SqliteObjectStore(path, read_only=True)
    try:
        return broken(store)
    finally:
        store.close()
