"""Many writers of one studio at once, in several processes, over one SQLite file."""

import json
import sqlite3
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

from scene_studio.model.document import RequestKey
from scene_studio.model.edits import SlotEdit, edited_slot
from scene_studio.model.studio import Studio, new_slot, new_studio
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.pacing import within
from scene_studio.store.saving import EditRequest, Saving
from scene_studio.store.sqlite import SqliteObjectStore
from scene_studio.store.studios import Studios

PROCESSES = 4
WRITERS = 8
EDITS = 10
NOW = "2026-01-01T00:00:00.000Z"


def studios(path: Path) -> Studios:
    return Studios(SqliteObjectStore(path), DocumentCache[Studio]())


def write(path: Path, process: int) -> list[str]:
    """What eight writers of this process had acknowledged, each with a container of its own."""

    def edits(writer: int) -> list[str]:
        saving = Saving(studios(path), "acme", "shared")
        slot_id = f"slot-{process}-{writer}"
        acknowledged = []
        for number in range(EDITS):
            text = f"{process}.{writer}.{number}"
            edit = SlotEdit.model_validate({"settings": {"promptText": text}})
            request = EditRequest(request=RequestKey(text, "body"), now=NOW, pacing=within(60))
            saving.save(lambda base: edited_slot(base, slot_id, edit, lambda *_: False), request)  # noqa: B023 - called at once
            acknowledged.append(text)
        return acknowledged

    with ThreadPoolExecutor(WRITERS) as pool:
        return [text for done in pool.map(edits, range(WRITERS)) for text in done]


def test_32_writers_in_4_processes_lose_no_acknowledged_edit_and_leave_no_gap(tmp_path):
    path = tmp_path / "store.sqlite"

    def filled(current: Versioned[Studio] | None) -> Studio:
        studio = new_studio("acme", "shared", None, NOW)
        for process in range(PROCESSES):
            for writer in range(WRITERS):
                studio = studio.with_slot(new_slot(f"slot-{process}-{writer}"))
        return studio

    studios(path).commit("acme", "shared", filled, None, within(10))
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as processes:
        done = list(processes.map(write, [path] * PROCESSES, range(PROCESSES)))
    acknowledged = {text for texts in done for text in texts}
    assert PROCESSES * WRITERS * EDITS == len(acknowledged)

    with closing(sqlite3.connect(path)) as db:
        key = keys.studio("acme", "shared")
        bodies = db.execute("SELECT body FROM versions WHERE key = ? ORDER BY id", (key,)).fetchall()
    versions = [json.loads(body) for (body,) in bodies]
    assert list(range(1, len(versions) + 1)) == [version["rev"] for version in versions]
    written = [
        {slot["settings"].get("promptText", "") for slot in version["outputSlots"]} for version in versions
    ]
    for text in acknowledged:
        assert sum(text in now and text not in before for before, now in pairwise(written)) == 1
    assert {f"{p}.{w}.{EDITS - 1}" for p in range(PROCESSES) for w in range(WRITERS)} == written[-1]
    assert len(versions) == 1 + len(acknowledged)
