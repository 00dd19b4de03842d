"""An atomic, versioned object store in memory, with faults.

A write takes effect at one moment between two points at which others may run. Its entity tag is the digest
of its bytes, as S3's is, so that two versions of the same bytes would be taken for one.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from scene_studio.store.object_store import (
    UNCHANGED,
    Absent,
    Conflict,
    Disposition,
    Listing,
    ObjectHead,
    ObjectVersion,
    StoredObject,
    Unavailable,
    Unchanged,
    UploadTicket,
    VersionInfo,
    VersionName,
    WriteUnsettled,
    check_metadata,
)
from tests.simulation.faults import Faults
from tests.simulation.world import EPOCH_MILLISECONDS, Crashed, World

T = TypeVar("T")

_LATEST: Final = 45.0
"""The most seconds after which a write that was given up takes effect."""


@dataclass(slots=True)
class Version:
    """A version of an object.

    Attributes:
        sender: whoever's request wrote it.
        expired: whether the store has dropped it.
    """

    key: str
    body: bytes
    named: ObjectVersion
    metadata: Mapping[str, str]
    written: float
    sender: Any = None
    expired: bool = False
    stored: StoredObject = field(init=False)

    def __post_init__(self) -> None:
        self.stored = StoredObject(self.body, self.named, self.metadata)


class MemoryStore:
    """An `ObjectStore` that every actor reaches through the same faulty network.

    Attributes:
        faults: what goes wrong from now on.
        sender: whose request the running actor works on; None for the simulator's own.
        read: called with each current version that is read.
        written: called with each new version.
        removed: called with the key of each object that is deleted.
        purged: called with each version that is deleted for good.
    """

    def __init__(self, world: World, faults: Faults) -> None:
        self.faults = faults
        self.sender: Callable[[], Any] = lambda: None
        self.written: Callable[[Version], None] = lambda _: None
        self.read: Callable[[Version], None] = lambda _: None
        self.removed: Callable[[str], None] = lambda _: None
        self.purged: Callable[[Version], None] = lambda _: None
        self._world = world
        self._removed: set[str] = set()
        self._versions: dict[str, list[Version]] = {}
        self._by_id: dict[str, Version] = {}

    # What the simulator alone sees ---------------------------------------------------------------------

    def lineage(self, key: str) -> list[Version]:
        """Every version that there ever was, the oldest first."""
        return self._versions.get(key, [])

    def current(self, key: str) -> Version | None:
        """The current version."""
        versions = self._versions.get(key)
        if not versions or key in self._removed:
            return None
        newest = versions[-1]
        return (
            newest if not newest.expired else next((one for one in reversed(versions) if not one.expired), None)
        )

    def names(self, prefix: str) -> list[str]:
        """The keys of the objects that there are under a prefix, in order."""
        return sorted(key for key in self._versions if key.startswith(prefix) and self.current(key))

    def kept(self, prefix: str) -> list[str]:
        """The keys of all versions that the store has under a prefix."""
        return [
            key
            for key, versions in self._versions.items()
            if key.startswith(prefix)
            for version in versions
            if not version.expired
        ]

    def named(self, version_id: str) -> Version | None:
        """The version of this id, whether or not the store still has it."""
        return self._by_id.get(version_id)

    def expire(self, key: str, keep: int) -> None:
        """Drop all versions of an object but the newest."""
        for version in self._versions.get(key, [])[:-keep]:
            version.expired = True

    def vanish(self, key: str) -> None:
        """Drop an object with all its versions, as a lifecycle rule does, of which nobody is told."""
        for version in self._versions[key]:
            version.expired = True
        self._removed.add(key)

    def holds(self, key: str, expected: str | Absent) -> bool:
        """Whether a write's condition is fulfilled."""
        current = self.current(key)
        if isinstance(expected, Absent):
            return current is None
        return current is not None and current.named.etag == expected

    # The port ------------------------------------------------------------------------------------------

    def get(
        self, key: str, *, unless_etag: str | None = None, version_id: str | None = None
    ) -> StoredObject | Unchanged | None:
        """See `ObjectStore`."""
        self._ask()
        found = self.current(key) if version_id is None else self._by_id.get(version_id)
        if found is not None and (found.key != key or (version_id is not None and found.expired)):
            found = None
        if found is not None and version_id is None:
            self.read(found)
        self._answer()
        if found is None:
            return None
        if unless_etag is not None and found.named.etag == unless_etag:
            return UNCHANGED
        return found.stored

    def get_all(self, keys: Sequence[str]) -> list[StoredObject | None]:
        """See `ObjectStore`."""
        self._ask()
        found = [self.current(key) for key in keys]
        self._answer()
        return [None if version is None else version.stored for version in found]

    def put(
        self,
        key: str,
        body: bytes,
        *,
        expected: str | Absent,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectVersion:
        """See `ObjectStore`."""
        check_metadata(metadata or {})
        self.flight()
        sender, faults, luck = self.sender(), self.faults, self._world.random.random()

        def apply() -> Version | None:
            if not self.holds(key, expected):
                return None
            return self._keep(key, body, metadata or {}, sender)

        if luck < faults.lost + faults.server_error:
            self._fail("lost or 503", key)
        luck -= faults.lost + faults.server_error
        if 0 <= luck < faults.late:
            self._apply_late(apply)
            self._fail("late", key)
        luck -= faults.late
        if 0 <= luck < faults.conflict:
            self._answer()
            raise Conflict("409")
        luck -= faults.conflict
        version = apply()
        if 0 <= luck < faults.reply_lost:
            self._fail("reply lost", key)
        self._answer()
        if version is None:
            raise Conflict("412")
        return version.named

    def put_once(self, key: str, body: bytes, *, content_type: str) -> bool:
        """See `ObjectStore`."""
        self.flight()
        sender, luck = self.sender(), self._world.random.random() - self.faults.lost

        def apply() -> bool:
            return self.current(key) is None and bool(self._keep(key, body, {}, sender))

        if luck < 0:
            self.flight()
            raise Unavailable("a write that is never known to stand")
        if luck < self.faults.late:
            self._apply_late(apply)
            raise Unavailable("a write that stands later")
        made = apply()
        self._answer()
        return made

    def copy_once(self, source: str, target: str) -> bool:
        """See `ObjectStore`."""
        self.flight()
        found = self.current(source)
        if found is not None and self.current(target) is None:
            self._keep(target, found.body, found.metadata, self.sender())
        self._answer()
        return found is not None

    def heads(self, keys: Sequence[str]) -> list[ObjectHead | None]:
        """See `ObjectStore`."""
        self._ask()
        found = [self.current(key) for key in keys]
        self._answer()
        return [
            None if version is None else ObjectHead(len(version.body), version.named, version.metadata)
            for version in found
        ]

    def list_names(
        self, prefix: str, *, after: str = "", limit: int = 1000, by_folder: bool = False
    ) -> Listing:
        """See `ObjectStore`; the simulator lists only few keys, and whole ones."""
        self._ask()
        names = [key for key in self.names(prefix) if key > after]
        self._answer()
        return Listing(tuple(names[:limit]), len(names) > limit)

    def list_versions(self, key: str, *, before: str = "", limit: int = 1000) -> Sequence[VersionInfo]:
        """See `ObjectStore`."""
        self._ask()
        kept = [version for version in reversed(self.lineage(key)) if not version.expired]
        ids = [version.named.version_id for version in kept]
        start = ids.index(before) + 1 if before in ids else 0
        self._answer()
        return [
            VersionInfo(
                version.named.version_id, EPOCH_MILLISECONDS / 1000 + version.written, len(version.body)
            )
            for version in kept[start : start + limit]
        ]

    def list_all_versions(self, prefix: str, *, limit: int = 4) -> Sequence[VersionName]:
        """See `ObjectStore`; few at once, and delete markers are not told of."""
        self._ask()
        found = [
            VersionName(key, version.named.version_id)
            for key, versions in self._versions.items()
            if key.startswith(prefix)
            for version in versions
            if not version.expired
        ]
        self._answer()
        return found[:limit]

    def delete_versions(self, versions: Sequence[VersionName]) -> None:
        """See `ObjectStore`; of several versions, some may be gone and others not."""
        self._delete(versions, self._purge)

    def delete(self, key: str) -> None:
        """See `ObjectStore`."""
        self.delete_all([key])

    def delete_all(self, keys: Sequence[str]) -> None:
        """See `ObjectStore`; of several objects, some may be gone and others not."""
        self._delete(keys, self._remove)

    def presigned_url(
        self, key: str, *, seconds: int, disposition: Disposition = "inline", filename: str = ""
    ) -> str:
        """Not asked for by anything that is simulated."""
        raise NotImplementedError(key)

    def post(self, key: str, body: bytes) -> ObjectVersion:
        """Store an object as a form does, which S3 takes from a browser: another version if there is one."""
        return self._keep(key, body, {}, None).named

    def upload_ticket(self, key: str, *, content_type: str, max_bytes: int, seconds: int) -> UploadTicket:
        """See `UploadStore`; nobody judges the form."""
        return UploadTicket("", {"key": key})

    def _delete(self, what: Sequence[T], remove: Callable[[Sequence[T]], bool]) -> None:
        self.flight()
        source, faults = self._world.random, self.faults
        luck = source.random() - faults.lost
        if luck < 0:
            remove(what[: source.randrange(max(1, len(what)))])
            self.flight()
            raise Unavailable("some are never known to be gone")
        if luck < faults.late:
            self._apply_late(lambda: remove(what))
            raise Unavailable("they are gone later")
        remove(what)
        self._answer()

    # How it fails --------------------------------------------------------------------------------------

    def flight(self) -> None:
        """A message is under way: time passes, others run, and the sender may die."""
        world, faults = self._world, self.faults
        if faults.crash and self.sender() is not None and world.random.random() < faults.crash:
            raise Crashed
        luck = world.random.random()
        if luck < faults.slow / 2:
            world.pause(world.random.uniform(0.5, 12))
        elif luck < 0.7:
            world.pause(world.random.uniform(0.002, 0.08))

    def _answer(self) -> None:
        self.flight()

    def _ask(self) -> None:
        self.flight()
        if self.faults.unreadable and self._world.random.random() < self.faults.unreadable:
            self.flight()
            raise Unavailable("503")

    def _fail(self, how: str, key: str) -> None:
        self._world.note("store", how, key)
        self.flight()
        raise WriteUnsettled(how)

    def _apply_late(self, apply: Callable[[], Any]) -> None:
        def land() -> None:
            self._world.note("store", "a late write", "lands" if apply() else "fails its condition")

        seconds = self._world.random.choice((0.1, 1.0, 10.0, _LATEST))
        self._world.later(self._world.random.uniform(0, seconds), land)

    def _keep(self, key: str, body: bytes, metadata: Mapping[str, str], sender: Any) -> Version:
        etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        version = Version(
            key, body, ObjectVersion(etag, f"v{len(self._by_id) + 1}"), metadata, self._world.now, sender
        )
        self._versions.setdefault(key, []).append(version)
        self._removed.discard(key)
        self._by_id[version.named.version_id] = version
        self.written(version)
        return version

    def _remove(self, keys: Sequence[str]) -> bool:
        for key in keys:
            if self.current(key) is not None:
                self._removed.add(key)
                self.removed(key)
        return True

    def _purge(self, versions: Sequence[VersionName]) -> bool:
        for name in versions:
            version = self._by_id[name.version_id]
            if not version.expired:
                version.expired = True
                self.purged(version)
        return True
