"""Any sequence of requests does to a store what it does to a dictionary."""

import itertools
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from scene_studio.store.object_store import (
    ABSENT,
    UNCHANGED,
    Absent,
    Conflict,
    ObjectStore,
    ObjectVersion,
    StoredObject,
)

NAMES = st.sampled_from(["a", "a-b", "a/x", "a/y", "a0/x", "aa/x", "b"])
BODIES = st.sampled_from([b"", b"one", b"two", b"three"])
METADATA = st.dictionaries(st.sampled_from(["summary", "other"]), st.sampled_from(["x", "y=="]), max_size=2)
TYPE = "application/json"


class StoreAgainstDictionary(RuleBasedStateMachine):
    """Keeps beside the store what should be in it; every run has a prefix of its own."""

    versions = Bundle("versions")

    def __init__(self, store: ObjectStore, prefix: str, *, lists_folders: bool) -> None:
        super().__init__()
        self.store = store
        self.prefix = prefix
        self.lists_folders = lists_folders
        self.now: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.tags: dict[str, ObjectVersion] = {}
        self.ever: dict[str, tuple[str, bytes]] = {}

    @rule(target=versions, name=NAMES, body=BODIES, metadata=METADATA, guess=st.booleans())
    def write(self, name: str, body: bytes, metadata: dict[str, str], *, guess: bool) -> str:
        right: str | Absent = self.tags[name].etag if name in self.tags else ABSENT
        wrong: str | Absent = ABSENT if name in self.tags else '"0"'
        try:
            version = self.store.put(
                self.prefix + name,
                body,
                expected=wrong if guess else right,
                content_type=TYPE,
                metadata=metadata,
            )
        except Conflict:
            assert guess
            return "none"
        assert not guess
        return self._written(name, body, metadata, version)

    @rule(target=versions, name=NAMES, body=BODIES)
    def write_once(self, name: str, body: bytes) -> str:
        made = self.store.put_once(self.prefix + name, body, content_type=TYPE)
        assert made is (name not in self.now)
        if not made:
            return "none"
        found = self.store.get(self.prefix + name)
        assert isinstance(found, StoredObject)
        return self._written(name, body, {}, found.version)

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        self.store.delete(self.prefix + name)
        self.now.pop(name, None)
        self.tags.pop(name, None)

    @rule(name=NAMES)
    def read(self, name: str) -> None:
        found = self.store.get(self.prefix + name)
        if name not in self.now:
            assert found is None
            return
        body, metadata = self.now[name]
        assert found == StoredObject(body, self.tags[name], metadata)
        assert self.store.get(self.prefix + name, unless_etag=self.tags[name].etag) is UNCHANGED

    @rule(name=NAMES, version_id=versions)
    def read_version(self, name: str, version_id: str) -> None:
        found = self.store.get(self.prefix + name, version_id=version_id)
        owner, body = self.ever.get(version_id, ("", b""))
        assert (found.body if isinstance(found, StoredObject) else None) == (body if owner == name else None)

    @rule(after=st.sampled_from(["", "a", "a/", "a-", "aa/x", "b"]), limit=st.integers(1, 4))
    def list_names(self, after: str, limit: int) -> None:
        start = self.prefix + after if after else ""
        listing = self.store.list_names(self.prefix, after=start, limit=limit)
        expected = [self.prefix + name for name in sorted(self.now) if not after or name > after]
        assert (list(listing.names), listing.more) == (expected[:limit], len(expected) > limit)

    @rule()
    def list_folders(self) -> None:
        if not self.lists_folders:
            return
        expected = sorted({self.prefix + name.split("/")[0] + "/" for name in self.now if "/" in name})
        names: list[str] = []
        more = True
        while more:
            listing = self.store.list_names(self.prefix, after=names[-1] if names else "", by_folder=True)
            names.extend(listing.names)
            more = listing.more
        assert names == expected

    @invariant()
    def heads_tell_what_is_there(self) -> None:
        names = list(self.now)
        heads = [self.store.heads([self.prefix + name])[0] for name in names]
        assert [head and (head.size, head.version, head.metadata) for head in heads] == [
            (len(self.now[name][0]), self.tags[name], self.now[name][1]) for name in names
        ]

    def _written(self, name: str, body: bytes, metadata: dict[str, str], version: ObjectVersion) -> str:
        assert version.version_id not in self.ever
        self.now[name] = (body, metadata)
        self.tags[name] = version
        self.ever[version.version_id] = (name, body)
        return version.version_id


def test_any_sequence_of_requests_leaves_what_a_dictionary_would_hold(store: ObjectStore, request: Any) -> None:
    runs = itertools.count()
    is_moto = request.node.callspec.params["store"] == "s3"  # which lists folders of deleted objects

    class Machine(StoreAgainstDictionary):
        def __init__(self) -> None:
            super().__init__(store, f"run-{next(runs)}/", lists_folders=not is_moto)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
