"""Uploads that stop in the middle, because the client goes, time runs out, or the server dies."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local import uploads
from infra.local.events import HttpResponse
from infra.local.upload_reader import MAX_FILE_BYTES
from infra.local.uploads import Uploads
from tests.infra.raw_forms import TYPE, connect, form, post, ticket
from tests.support.service import Service, bare_functions
from tests.support.stores import UploadTarget, sqlite_store


def test_a_client_that_goes_away_in_the_middle_stores_nothing(service: Service, target: UploadTarget) -> None:
    def gone() -> int:
        return service.log().count("POST /_uploads - ")

    whole = form(ticket(target, "uploads/gone"), b"x" * 1_000_000)
    for sent in (0, 10, len(whole) // 2, len(whole) - 1):
        with connect(target.address, f"Content-Length: {len(whole)}") as connection:
            connection.sendall(whole[:sent])
    with connect(target.address, "Transfer-Encoding: chunked") as connection:
        connection.sendall(b"%x\r\n%s\r\n" % (len(whole), whole))  # all of it, but not the last chunk
    until = time.monotonic() + 60
    while gone() < 5:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert target.body("uploads/gone") is None
    assert post(target.address, whole).status_code == 204


def test_large_uploads_that_come_at_once_are_not_all_held_in_memory(tmp_path: Path) -> None:
    service = Service(tmp_path / "data", "--functions", str(bare_functions(tmp_path / "functions"))).start()
    with sqlite_store(tmp_path / "data") as store:
        target = UploadTarget(store, service.address)
        bodies = [form(ticket(target, f"uploads/{number}"), b"x" * MAX_FILE_BYTES) for number in range(4)]
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(lambda body: post(target.address, body).status_code, bodies))
    peak = service.peak_bytes()
    service.kill()
    assert answers == [204] * 4
    assert peak < 5 * MAX_FILE_BYTES


class Sender:
    """A request's body that comes in pieces, and then does not come."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    async def receive(self) -> dict[str, Any]:
        if not self._pieces:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": self._pieces.pop(0), "more_body": True}


def answer_to(sender: Sender, path: Path) -> HttpResponse:
    async def take() -> HttpResponse:
        desk = Uploads(path)
        try:
            return await desk.answer([(b"content-type", TYPE.encode())], sender.receive, "request-1")
        finally:
            desk.close()

    return asyncio.run(take())


def test_a_form_that_does_not_come_in_time_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_READ_SECONDS", 0.1)
    with sqlite_store(tmp_path) as store:
        fields = ticket(UploadTarget(store, ""), "uploads/slow")
        for sender in (Sender(form(fields)[:-30]), Sender(b"refused before its end")):
            answer = answer_to(sender, tmp_path / "store.sqlite")
            assert answer.status == 400
            assert b"<Code>RequestTimeout</Code>" in answer.body
        assert store.get("uploads/slow") is None


def test_a_store_that_cannot_be_used_is_an_internal_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answer = answer_to(Sender(), tmp_path / "missing" / "store.sqlite")
    assert answer.status == 500
    assert b"<Code>InternalError</Code>" in answer.body
    assert "an upload failed" in caplog.text


def test_a_server_that_is_killed_during_uploads_has_lost_none_that_it_answered(tmp_path: Path) -> None:
    service = Service(tmp_path / "data", "--functions", str(bare_functions(tmp_path / "functions"))).start()
    body = b"picture " * 200_000
    answered: dict[str, str] = {}
    tried: list[str] = []

    def send(name: str) -> None:
        with sqlite_store(tmp_path / "data") as store:
            target = UploadTarget(store, service.address)
            for number in range(1000):
                key = f"uploads/{name}/{number}"
                tried.append(key)
                try:
                    answer = post(target.address, form(ticket(target, key), body))
                except httpx.TransportError:
                    return
                answered[key] = answer.headers["x-amz-version-id"]

    for kill in range(3):
        with ThreadPoolExecutor(3) as threads:
            senders = [threads.submit(send, f"{kill}-{number}") for number in range(3)]
            while len(answered) < 5 * (kill + 1):
                time.sleep(0.001)
            service.kill()
            for sender in senders:
                sender.result()
        service.start()
    service.kill()

    with sqlite_store(tmp_path / "data") as store:
        assert store._db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        stored = {key: store.list_versions(key) for key in tried}
    for key, versions in stored.items():
        assert [version.size for version in versions] in ([], [len(body)])
        if key in answered:
            assert [version.version_id for version in versions] == [answered[key]]
    assert len(tried) > len(answered)
    assert {path.name for path in (tmp_path / "data").iterdir()} - {"server.lock"} <= {
        "store.sqlite",
        "store.sqlite-wal",
        "store.sqlite-shm",
    }
