"""An object store in memory, and a store around any other that goes wrong exactly as scripted."""

import hashlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from scene_studio.store.object_store import (
    UNCHANGED,
    Absent,
    Conflict,
    Disposition,
    Listing,
    ObjectHead,
    ObjectStore,
    ObjectVersion,
    StoredObject,
    Unavailable,
    Unchanged,
    VersionInfo,
    VersionName,
    WriteUnsettled,
    check_metadata,
)
from scene_studio.store.pacing import MAX_ATTEMPTS, Pacing

Step = Callable[[Callable[[], Any]], Any]
"""What happens to one request: it is given the request to carry out, now, later or never."""


class MemoryStore:
    """An `ObjectStore` in a dictionary; like S3's, its entity tags are hashes of the bytes."""

    def __init__(self) -> None:
        self._versions: dict[str, list[StoredObject | str]] = {}  # of a delete marker, the id
        self._count = 0

    def get(
        self, key: str, *, unless_etag: str | None = None, version_id: str | None = None
    ) -> StoredObject | Unchanged | None:
        """See `ObjectStore.get`."""
        found = self._current(key)
        if version_id is not None:
            found = next((v for v in self._bodies(key) if v.version.version_id == version_id), None)
        if found is not None and found.version.etag == unless_etag:
            return UNCHANGED
        return found

    def get_all(self, keys: Sequence[str]) -> list[StoredObject | None]:
        return [self._current(key) for key in keys]

    def put(
        self,
        key: str,
        body: bytes,
        *,
        expected: str | Absent,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectVersion:
        """See `ObjectStore.put`."""
        check_metadata(metadata or {})
        current = self._current(key)
        if (current.version.etag if current else None) != (None if isinstance(expected, Absent) else expected):
            raise Conflict(key)
        return self._add(key, body, metadata or {})

    def put_once(self, key: str, body: bytes, *, content_type: str) -> bool:
        """See `ObjectStore.put_once`."""
        if self._current(key) is not None:
            return False
        self._add(key, body, {})
        return True

    def copy_once(self, source: str, target: str) -> bool:
        """See `ObjectStore.copy_once`."""
        found = self._current(source)
        return found is not None and (self.put_once(target, found.body, content_type="") or True)

    def heads(self, keys: Sequence[str]) -> list[ObjectHead | None]:
        """See `ObjectStore.heads`."""
        found = [self._current(key) for key in keys]
        return [ObjectHead(len(one.body), one.version, one.metadata) if one else None for one in found]

    def list_names(
        self, prefix: str, *, after: str = "", limit: int = 1000, by_folder: bool = False
    ) -> Listing:
        """See `ObjectStore.list_names`."""
        names: dict[str, None] = {}
        for key in sorted(self._versions, key=str.encode):
            in_folder_seen = by_folder and after and key.startswith(after)
            if self._current(key) is None or not key.startswith(prefix) or key <= after or in_folder_seen:
                continue
            folder, slash, _ = key.removeprefix(prefix).partition("/")
            if slash or not by_folder:
                names[f"{prefix}{folder}/" if by_folder else key] = None
        return Listing(tuple(names)[:limit], len(names) > limit)

    def list_versions(self, key: str, *, before: str = "", limit: int = 1000) -> Sequence[VersionInfo]:
        """See `ObjectStore.list_versions`; there is no clock, so all versions are of the same moment."""
        kept = self._bodies(key)[::-1]
        ids = [version.version.version_id for version in kept]
        start = ids.index(before) + 1 if before in ids else 0
        return [VersionInfo(v.version.version_id, 0, len(v.body)) for v in kept[start : start + limit]]

    def list_all_versions(self, prefix: str, *, limit: int = 1000) -> Sequence[VersionName]:
        """See `ObjectStore.list_all_versions`."""
        found = [
            VersionName(key, _version_id(version))
            for key, versions in self._versions.items()
            if key.startswith(prefix)
            for version in versions
        ]
        return found[:limit]

    def delete_versions(self, versions: Sequence[VersionName]) -> None:
        """See `ObjectStore.delete_versions`."""
        for key, version_id in versions:
            kept = [one for one in self._versions.pop(key, []) if _version_id(one) != version_id]
            if kept:
                self._versions[key] = kept

    def delete(self, key: str) -> None:
        """See `ObjectStore.delete`."""
        self._versions.setdefault(key, []).append(self._new_id())

    def delete_all(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.delete(key)

    def presigned_url(
        self, key: str, *, seconds: int, disposition: Disposition = "inline", filename: str = ""
    ) -> str:
        """See `ObjectStore.presigned_url`; there is no server behind the address."""
        return f"memory:{key}"

    def _current(self, key: str) -> StoredObject | None:
        newest = self._versions.get(key, [""])[-1]
        return newest if isinstance(newest, StoredObject) else None

    def _bodies(self, key: str) -> list[StoredObject]:
        return [version for version in self._versions.get(key, ()) if isinstance(version, StoredObject)]

    def _add(self, key: str, body: bytes, metadata: Mapping[str, str]) -> ObjectVersion:
        version = ObjectVersion(hashlib.sha256(body).hexdigest(), self._new_id())
        self._versions.setdefault(key, []).append(StoredObject(body, version, dict(metadata)))
        return version

    def _new_id(self) -> str:
        self._count += 1
        return f"v{self._count}"


def _version_id(version: StoredObject | str) -> str:
    return version if isinstance(version, str) else version.version.version_id


@dataclass
class ScriptedStore:
    """The store of one writer, around one that others share: each step of a script takes one request.

    Attributes:
        inner: the shared store, always well.
        puts: steps for the next conditional writes.
        gets: steps for the next reads.
        creates: steps for the next writes of objects that are never changed.
        calls: every request, by name and key, in order.
    """

    inner: ObjectStore = field(default_factory=MemoryStore)
    puts: deque[Step] = field(default_factory=deque)
    gets: deque[Step] = field(default_factory=deque)
    creates: deque[Step] = field(default_factory=deque)
    calls: list[tuple[str, str]] = field(default_factory=list)

    def get(self, key: str, **options: Any) -> StoredObject | Unchanged | None:
        """See `ObjectStore.get`."""
        found: StoredObject | Unchanged | None = self._run(
            "get", key, self.gets, lambda: self.inner.get(key, **options)
        )
        return found

    def put(self, key: str, body: bytes, **options: Any) -> ObjectVersion:
        """See `ObjectStore.put`."""
        version: ObjectVersion = self._run("put", key, self.puts, lambda: self.inner.put(key, body, **options))
        return version

    def put_once(self, key: str, body: bytes, *, content_type: str) -> bool:
        """See `ObjectStore.put_once`."""
        made: bool = self._run(
            "put_once",
            key,
            self.creates,
            lambda: self.inner.put_once(key, body, content_type=content_type),
        )
        return made

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def _run(self, name: str, key: str, script: deque[Step], request: Callable[[], Any]) -> Any:
        self.calls.append((name, key))
        return script.popleft()(request) if script else request()


def reply_lost(request: Callable[[], Any]) -> Any:
    """The write is applied, if its condition holds, and its answer lost."""
    with suppress(Conflict):
        request()
    raise WriteUnsettled("the reply was lost")


def request_lost(_request: Callable[[], Any]) -> Any:
    """The write never arrives, which the writer cannot know."""
    raise WriteUnsettled("the request was lost")


def unavailable(_request: Callable[[], Any]) -> Any:
    """The store cannot be asked."""
    raise Unavailable("out of reach")


def just_before(action: Callable[[], Any]) -> Step:
    """Something else happens first, then the request."""

    def step(request: Callable[[], Any]) -> Any:
        action()
        return request()

    return step


def just_after_reply_lost(action: Callable[[], Any]) -> Step:
    """The request is applied and its answer lost, and then something else happens."""

    def step(request: Callable[[], Any]) -> Any:
        request()
        action()
        raise WriteUnsettled("the reply was lost")

    return step


@dataclass
class Delayed:
    """Writes that are on their way while their writer has given up waiting."""

    requests: list[Callable[[], Any]] = field(default_factory=list)

    def step(self, request: Callable[[], Any]) -> Any:
        """Keep the write for later."""
        self.requests.append(request)
        raise WriteUnsettled("no answer in time")

    def arrive(self) -> list[bool]:
        """The writes reach the store now; gives whether each was applied."""
        applied = []
        for request in self.requests:
            try:
                request()
            except Conflict:
                applied.append(False)
            else:
                applied.append(True)
        self.requests.clear()
        return applied


@dataclass
class FakeTime:
    """A clock that moves only when somebody sleeps, and keeps how long each pause was."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""
        self.now += seconds
        self.pauses.append(seconds)

    def pacing(self, *, seconds: float = 20.0, attempts: int = MAX_ATTEMPTS) -> Pacing:
        """A budget on this clock, always with the longest pauses."""
        return Pacing(
            until=self.now + seconds,
            attempts=attempts,
            monotonic=lambda: self.now,
            sleep=self.sleep,
            uniform=lambda _low, high: high,
        )
