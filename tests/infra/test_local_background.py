"""The functions that queues call, behind a server of their own."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, NoReturn

import pytest

from infra.local import background
from scene_studio.queues.s3_notifications import QUEUE, CreatedObject, read_notification
from scene_studio.queues.sqlite_queue import Depth, SqliteQueue
from tests.infra.raw_forms import form, post, ticket
from tests.support.service import Service, bare_functions
from tests.support.stores import UploadTarget, sqlite_store

NOTES_ITS_EVENT = """
import json, os, time, uuid
from pathlib import Path

here = Path(os.environ["SCENE_STUDIO_UPLOAD_QUEUE"].removeprefix("sqlite:")).parent

def lambda_handler(event, context):
    note = here / f"{uuid.uuid4()}.new"
    note.write_text(json.dumps({"event": event, "limit": context.get_remaining_time_in_millis()}))
    note.rename(note.with_suffix(".note"))
    while (here / "wait").exists():
        time.sleep(0.01)
"""
QUIET = "def lambda_handler(event, context): pass"

Start = Callable[..., Service]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    services: list[Service] = []

    def start_with(**handlers: str) -> Service:
        functions = bare_functions(tmp_path / "functions", generation_worker=QUIET, janitor=QUIET, **handlers)
        services.append(Service(tmp_path / "data", "--functions", str(functions)).start())
        return services[-1]

    yield start_with
    for service in services:
        service.kill()


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[SqliteQueue]:
    (tmp_path / "data").mkdir(exist_ok=True)
    queue = SqliteQueue(tmp_path / "data" / "store.sqlite", QUEUE, visibility_seconds=90, max_receives=5)
    yield queue
    queue.close()


def notes(folder: Path) -> list[Any]:
    return [json.loads(note.read_text()) for note in (folder / "data").glob("*.note")]


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_form_becomes_an_event_of_ingestion_which_lets_its_message_go(
    start: Start, queue: SqliteQueue, tmp_path: Path
) -> None:
    service = start(upload_ingestion=NOTES_ITS_EVENT)
    key = "uploads/acme/a b+ü.png"
    with sqlite_store(tmp_path / "data") as store:
        answer = post(service.address, form(ticket(UploadTarget(store, service.address), key)))
    until(lambda: notes(tmp_path) and queue.depth() == Depth(0, 0, 0))

    [note] = notes(tmp_path)
    [record] = note["event"]["Records"]
    assert record["eventSourceARN"].endswith(":uploads")
    assert read_notification(record["body"]) == [CreatedObject(key, answer.headers["x-amz-version-id"])]
    assert 55_000 < note["limit"] <= 60_000


def test_two_uploads_are_taken_in_at_once_and_the_others_wait(
    start: Start, queue: SqliteQueue, tmp_path: Path
) -> None:
    (tmp_path / "data" / "wait").touch()
    start(upload_ingestion=NOTES_ITS_EVENT)
    queue.send(["hint"] * 4)
    until(lambda: len(notes(tmp_path)) == 2)
    time.sleep(0.3)

    assert len(notes(tmp_path)) == 2
    assert queue.depth() == Depth(2, 2, 0)
    (tmp_path / "data" / "wait").unlink()
    until(lambda: queue.depth() == Depth(0, 0, 0))
    assert len(notes(tmp_path)) == 4


def test_without_a_function_for_them_uploads_wait(start: Start, queue: SqliteQueue, tmp_path: Path) -> None:
    start()
    queue.send(["hint"])
    time.sleep(1)
    assert queue.depth() == Depth(1, 0, 0)


def test_what_ends_by_a_fault_is_said_and_stopping_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> NoReturn:
        raise OSError("no more processes")

    async def last() -> NoReturn:
        await asyncio.Event().wait()
        raise AssertionError("it was waiting for nothing")

    async def run_both() -> None:
        async with AsyncExitStack() as stack:
            background._run(stack, "failing", fail())
            background._run(stack, "lasting", last())
            await asyncio.sleep(0.01)

    asyncio.run(run_both())
    [record] = caplog.records
    assert record.getMessage() == "failing does not run until the server is started again."
    assert "no more processes" in caplog.text
