"""The queue of raw uploads that a process takes from its environment, and who tells it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scene_studio import runtime
from scene_studio.queues.s3_notifications import (
    DELIVERIES,
    INGESTION_SECONDS,
    QUEUE,
    VISIBILITY_SECONDS,
    CreatedObject,
    read_notification,
)
from scene_studio.queues.sqlite_queue import SqliteQueue
from scene_studio.queues.sqs import SqsQueue
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.runtime import forget

KEY = "uploads/acme/a b+ü.png"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "store.sqlite"
    monkeypatch.setenv("SCENE_STUDIO_STORE", f"sqlite:{path}")
    monkeypatch.delenv("SCENE_STUDIO_UPLOAD_QUEUE", raising=False)
    forget()
    yield path
    for made in (runtime.object_store, runtime.upload_queue):
        if made.cache_info().currsize and isinstance(opened := made(), SqliteObjectStore | SqliteQueue):
            opened.close()
    forget()


def waiting(path: Path) -> list[str]:
    queue = SqliteQueue(path, QUEUE, visibility_seconds=VISIBILITY_SECONDS, max_receives=DELIVERIES)
    bodies = [message.body for message in queue.receive(10)]
    queue.close()
    return bodies


def test_a_message_stays_invisible_for_longer_than_its_ingestion_may_take() -> None:
    assert (QUEUE, INGESTION_SECONDS, VISIBILITY_SECONDS, DELIVERIES) == ("uploads", 60, 90, 5)


def test_a_raw_upload_is_told_to_the_queue_in_the_words_of_s3(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCENE_STUDIO_UPLOAD_QUEUE", f"sqlite:{path}")
    store = runtime.object_store()
    store.put_once(KEY, b"picture", content_type="image/png")
    store.put_once("clients/acme/client.json", b"{}", content_type="application/json")

    [head] = store.heads([KEY])
    [body] = waiting(path)
    assert head is not None
    assert read_notification(body) == [CreatedObject(KEY, head.version.version_id)]
    assert json.loads(body)["Records"][0]["s3"]["object"]["size"] == 7


def test_the_queue_is_the_one_that_the_environment_names(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = path.with_name("other.sqlite")
    monkeypatch.setenv("SCENE_STUDIO_UPLOAD_QUEUE", f"sqlite:{other}")
    queue = runtime.upload_queue()
    queue.send(["hint"])

    assert waiting(other) == ["hint"]
    assert isinstance(queue, SqliteQueue)
    assert (queue.name, queue.visibility_seconds) == (QUEUE, VISIBILITY_SECONDS)


def test_a_message_about_an_upload_is_given_out_five_times(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENE_STUDIO_UPLOAD_QUEUE", f"sqlite:{path}")
    queue = runtime.upload_queue()
    assert isinstance(queue, SqliteQueue)
    queue.send(["hint"])
    for _ in range(5):
        [message] = queue.receive(1)
        queue.release(message.receipt, 0)

    assert queue.receive(1) == []
    assert [dead.body for dead in queue.dead_letters()] == ["hint"]


@pytest.mark.parametrize("named", [None, "sqs:https://sqs.us-east-1.amazonaws.com/000000000000/uploads"])
def test_a_store_in_a_file_tells_nobody_unless_the_queue_is_in_a_file_too(
    path: Path, monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    if named:
        monkeypatch.setenv("SCENE_STUDIO_UPLOAD_QUEUE", named)
    store = runtime.object_store()
    assert store.put_once(KEY, b"picture", content_type="image/png") is True

    assert isinstance(store, SqliteObjectStore)
    assert store._on_created is None
    assert waiting(path) == []


def test_a_queue_of_sqs_is_sent_to_sqs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://sqs.us-east-1.amazonaws.com/000000000000/uploads"
    monkeypatch.setenv("SCENE_STUDIO_UPLOAD_QUEUE", f"sqs:{url}")
    queue = runtime.upload_queue()
    assert isinstance(queue, SqsQueue)
    assert queue._url == url


def test_an_upload_stands_though_its_queue_cannot_be_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENE_STUDIO_UPLOAD_QUEUE", f"sqlite:{path.parent / 'missing' / 'queue.sqlite'}")
    store = runtime.object_store()
    assert store.put_once(KEY, b"picture", content_type="image/png") is True
    assert store.get(KEY) is not None


@pytest.mark.parametrize("queue", ["upload_queue", "generation_queue"])
def test_without_a_variable_for_the_queue_it_says_which(path: Path, queue: str) -> None:
    with pytest.raises(RuntimeError, match=f"SCENE_STUDIO_{queue.upper()} names no queue"):
        getattr(runtime, queue)()


@pytest.mark.parametrize("named", ["", "uploads", "sqs:uploads", "sqlite:", "https://sqs/uploads"])
def test_a_variable_that_names_no_queue_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("SCENE_STUDIO_UPLOAD_QUEUE", named)
    with pytest.raises(RuntimeError, match="SCENE_STUDIO_UPLOAD_QUEUE"):
        runtime.environment()
