"""An import that dies anywhere leaves no document without what it names, and another completes it."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from infra.operators.bundle import Bundle
from infra.operators.exporting import export_client
from infra.operators.importing import Effect, Import, ImportRefused
from scene_studio.model.errors import StudioFull
from scene_studio.store import keys, studios
from scene_studio.store.cache import DocumentCache
from scene_studio.store.object_store import Conflict, ObjectStore, ObjectVersion, WriteUnsettled
from scene_studio.store.studios import Studios
from tests.support.histories import CLIENT, STUDIO, tiled_history
from tests.support.scripted_store import MemoryStore
from tests.support.small_client import CONFIG, REVISIONS, current_objects, put, replace, small_client
from tests.support.soundness import broken

NOW = 1_800_000_000_000


class Mortal(MemoryStore):
    """A store that nobody reaches any more after so many writes.

    Attributes:
        left: how many writes are left.
        written: what was written, in order.
    """

    def __init__(self, left: float = float("inf")) -> None:
        super().__init__()
        self.left = left
        self.written: list[str] = []
        self._lock = Lock()

    def put_once(self, key: str, body: bytes, *, content_type: str) -> bool:
        with self._lock:
            self._spend(key)
            return super().put_once(key, body, content_type=content_type)

    def put(self, key: str, *arguments: Any, **named: Any) -> ObjectVersion:
        with self._lock:
            self._spend(key)
            return super().put(key, *arguments, **named)

    def _spend(self, key: str) -> None:
        if self.left <= 0:
            raise KeyboardInterrupt
        self.left -= 1
        self.written.append(key)


class Doubtful(MemoryStore):
    """A store whose answers to conditional writes are lost, or that is overtaken by another writer."""

    def __init__(self, meanwhile: Callable[[MemoryStore, str, bytes], object]) -> None:
        super().__init__()
        self._meanwhile = meanwhile
        self._met: set[str] = set()

    def put(self, key: str, body: bytes, **named: Any) -> ObjectVersion:
        if key not in self._met:
            self._met.add(key)
            self._meanwhile(self, key, body)
        return super().put(key, body, **named)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crashes") / "bundle.zip"
    export_client(small_client(), CLIENT, path)
    return path


def run(path: Path, store: ObjectStore, client_id: str = CLIENT) -> list[Effect]:
    with Bundle(path) as bundle:
        done = Import(bundle, store, client_id, NOW, lambda: "unique").run()
    return [document.effect for document in done]


@pytest.mark.parametrize("client_id", [CLIENT, "another-client"])
def test_an_import_that_dies_after_any_write_is_completed_by_another(bundle: Path, client_id: str) -> None:
    whole = Mortal()
    assert run(bundle, whole, client_id) == [Effect.CREATED] * 2
    writes = len(whole.written)
    assert writes > 10
    for left in range(writes):
        store = Mortal(left)
        with pytest.raises(KeyboardInterrupt):
            run(bundle, store, client_id)
        assert len(store.written) == left
        assert not broken(store, NOW)
        store.left = writes
        assert Effect.LEFT not in run(bundle, store, client_id)
        assert not broken(store, NOW)
        assert current_objects(store) == current_objects(whole)


def test_a_document_is_written_after_all_that_it_names_and_the_client_before_its_studios(bundle: Path) -> None:
    store = Mortal()
    run(bundle, store)
    client, studio = store.written.index(keys.client(CLIENT)), store.written.index(CONFIG)
    assert studio == len(store.written) - 1
    assert client < studio
    assert {key for key in store.written[:client] if key.startswith("clients/")} == {
        keys.product_image(CLIENT, "chair", "front"),
        keys.product_thumbnail(CLIENT, "chair", "front"),
    }
    assert any(key.startswith(keys.reminders_of(CLIENT, keys.LIBRARY)) for key in store.written[:client])


def test_the_whole_history_is_there_under_another_id(bundle: Path) -> None:
    store = MemoryStore()
    run(bundle, store, "other")
    studio = Studios(store, DocumentCache()).read("other", STUDIO).document
    assert len(tiled_history(store, studio, "slot")) == REVISIONS


def test_a_reply_that_is_lost_is_settled_by_reading(bundle: Path) -> None:
    def land(store: MemoryStore, key: str, body: bytes) -> None:
        put(store, key, body)
        raise WriteUnsettled

    store = Doubtful(land)
    assert run(bundle, store) == [Effect.CREATED] * 2
    assert not broken(store, NOW)


def test_a_document_that_somebody_makes_in_the_meantime_is_left_as_it_is(bundle: Path) -> None:
    store = Doubtful(lambda store, key, _: put(store, key, b"{}"))
    assert run(bundle, store) == [Effect.LEFT] * 2
    assert current_objects(store)[CONFIG] == b"{}"


def test_a_conflict_without_a_document_is_no_answer(bundle: Path) -> None:
    def conflict(*_: Any) -> None:
        raise Conflict

    assert run(bundle, Doubtful(conflict)) == [Effect.CREATED] * 2


def test_what_stands_under_a_wanted_key_and_is_another_object_stops_the_import(bundle: Path) -> None:
    store = MemoryStore()
    key = keys.user_scene(CLIENT, STUDIO, "beach")
    put(store, key, b"another")
    before = current_objects(store)
    with pytest.raises(ImportRefused, match="under another id") as refused:
        run(bundle, store)
    assert refused.value.keys == (key,)
    assert current_objects(store) == before


def test_what_belongs_to_a_document_that_is_another_is_not_touched(bundle: Path) -> None:
    store = MemoryStore()
    run(bundle, store)
    lost, changed = [key for key in current_objects(store) if "/revisions/" in key]
    store.delete(lost)
    replace(store, changed, b"another")
    replace(store, CONFIG, current_objects(store)[CONFIG].replace(b"Main Studio", b"My Studio"))
    assert run(bundle, store) == [Effect.UNCHANGED, Effect.LEFT]
    assert lost not in current_objects(store)
    assert current_objects(store)[changed] == b"another"


@pytest.mark.parametrize("client_id", [CLIENT, "other"])
def test_functions_that_keep_fewer_revisions_in_a_document_import_it_as_they_would_have_written_it(
    bundle: Path, client_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studios, "INLINE_LIMIT", 10)
    store = MemoryStore()
    assert run(bundle, store, client_id) == [Effect.CREATED] * 2
    assert not broken(store, NOW)
    studio = Studios(store, DocumentCache()).read(client_id, STUDIO).document
    assert len(studio.output_slots[0].history) <= 10
    assert len(tiled_history(store, studio, "slot")) == REVISIONS
    assert run(bundle, store, client_id) == [Effect.UNCHANGED] * 2


def test_a_document_that_would_be_too_large_is_refused_before_anything_is_written(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studios, "LIMIT_BYTES", 1000)
    store = MemoryStore()
    with pytest.raises(StudioFull):
        run(bundle, store)
    assert not current_objects(store)
