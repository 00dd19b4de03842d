"""Compare-and-swap on an S3 that really swaps: 32 threads on one key."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

from scene_studio.model.document import RequestKey
from scene_studio.model.edits import SlotEdit, edited_slot
from scene_studio.model.studio import Studio, new_slot, new_studio
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.object_store import ABSENT, Conflict, StoredObject
from scene_studio.store.pacing import within
from scene_studio.store.s3 import S3ObjectStore
from scene_studio.store.saving import EditRequest, Saving
from scene_studio.store.studios import Studios

THREADS = 32
NOW = "2026-01-01T00:00:00.000Z"


def test_no_increment_that_was_acknowledged_is_lost(store):
    store.put("counter", b"0", expected=ABSENT, content_type="text/plain")

    def increment(_: int) -> int:
        acknowledged = 0
        while acknowledged < 10:
            current = store.get("counter")
            assert isinstance(current, StoredObject)
            try:
                store.put(
                    "counter",
                    b"%d" % (int(current.body) + 1),
                    expected=current.version.etag,
                    content_type="text/plain",
                )
            except Conflict:
                continue
            acknowledged += 1
        return acknowledged

    with ThreadPoolExecutor(THREADS) as pool:
        total = sum(pool.map(increment, range(THREADS)))
    current = store.get("counter")
    assert isinstance(current, StoredObject)
    assert THREADS * 10 == total == int(current.body)


def test_of_many_creations_of_one_key_exactly_one_wins(store):
    for number in range(20):
        ready = threading.Barrier(THREADS)

        def create(_: int, key: str = f"key-{number}", ready: threading.Barrier = ready) -> bool:
            ready.wait()
            try:
                store.put(key, b"mine", expected=ABSENT, content_type="text/plain")
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(THREADS) as pool:
            assert 1 == sum(pool.map(create, range(THREADS)))


def test_32_writers_of_one_studio_lose_no_edit_and_leave_no_gap(store: S3ObjectStore):
    def container() -> Studios:
        return Studios(store, DocumentCache[Studio]())

    def filled(current: Versioned[Studio] | None) -> Studio:
        studio = new_studio("acme", "shared", None, NOW)
        for writer in range(THREADS):
            studio = studio.with_slot(new_slot(f"slot-{writer}"))
        return studio

    container().commit("acme", "shared", filled, None, within(10))

    def write(writer: int) -> None:
        saving = Saving(container(), "acme", "shared")
        for number in range(4):
            text = f"{writer}.{number}"
            edit = SlotEdit.model_validate({"settings": {"promptText": text}})
            request = EditRequest(request=RequestKey(text, "body"), now=NOW, pacing=within(120))
            saving.save(lambda base: edited_slot(base, f"slot-{writer}", edit, lambda *_: False), request)  # noqa: B023 - called at once

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS)))
    key = keys.studio("acme", "shared")
    bodies = [store.get(key, version_id=version.version_id) for version in store.list_versions(key)]
    studios = [json.loads(found.body) for found in reversed(bodies) if isinstance(found, StoredObject)]
    assert list(range(1, THREADS * 4 + 2)) == [studio["rev"] for studio in studios]
    written = {slot["settings"].get("promptText") for slot in studios[-1]["outputSlots"]}
    assert {f"{writer}.3" for writer in range(THREADS)} == written
