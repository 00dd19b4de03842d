"""The two servers that are compared: each with the same documents, in processes of its own."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import httpx

from scene_studio.store import keys
from scene_studio.store.object_store import ABSENT, StoredObject
from scene_studio.store.sqlite import SqliteObjectStore
from tests.bench.peers_load import request
from tests.bench.speed_studio import SLOTS, seeds_campaign
from tests.support.histories import CLIENT
from tests.support.scripted_store import MemoryStore
from tests.support.service import Service

STUDIOS: Final = 8
POCKETBASE: Final = Path(sys.executable).with_name("pocketbase")

TICK_SECONDS: Final = 1 / os.sysconf("SC_CLK_TCK")
"""What the system counts the processor's time in."""

_ACCOUNT: Final = {"identity": "bench@example.com", "password": "only-for-this-run"}
_START_SECONDS: Final = 30.0
_FIRST_TIME: Final = 11
"""In `/proc/{pid}/stat`, behind the name: the processor's time of the process and of its ended children."""


class Server(Protocol):
    """A server with studios 0 to `STUDIOS` - 1."""

    port: int

    def reads(self, person: int) -> Iterator[bytes]:
        """What somebody sends who reads a studio again and again."""
        ...

    def edits(self, person: int) -> Iterator[bytes]:
        """What somebody sends who changes a text again and again; each has a slot to themselves."""
        ...

    def used_seconds(self) -> float:
        """The processor's time of all its processes up to now."""
        ...


def studio_id(number: int) -> str:
    """The id of a studio."""
    return f"campaign-{number % STUDIOS}"


def slot_id(person: int) -> str:
    """The slot in which somebody works; nobody else does."""
    return f"slot-{person // STUDIOS % SLOTS + 1}"


@contextmanager
def local_server(folder: Path) -> Iterator["LocalServer"]:
    """Our own local server, as `make run` starts it."""
    data = folder / "scene-studio"
    data.mkdir()
    documents = []
    with closing(SqliteObjectStore(data / "store.sqlite")) as store:
        for number in range(STUDIOS):
            key = keys.studio(CLIENT, studio_id(number))
            found = seeds_campaign(MemoryStore(), studio_id(number)).get(key)
            assert isinstance(found, StoredObject)
            store.put(
                key, found.body, expected=ABSENT, content_type="application/json", metadata=found.metadata
            )
            documents.append(found.body)
    service = Service(data).start()
    try:
        yield LocalServer(service, documents)
    finally:
        service.kill()


class LocalServer:
    """The local server.

    Attributes:
        documents: its studios' documents, as they are stored.
    """

    def __init__(self, service: Service, documents: list[bytes]) -> None:
        self.port = int(service.address.rpartition(":")[2])
        self.documents = documents
        self._service = service

    def reads(self, person: int) -> Iterator[bytes]:
        """See `Server`."""
        path = f"/api/clients/{CLIENT}/scene-studio/{studio_id(person)}"
        return itertools.repeat(request("GET", self.port, path))

    def edits(self, person: int) -> Iterator[bytes]:
        """See `Server`; one field of one slot is sent."""
        path = f"/api/clients/{CLIENT}/scene-studio/{studio_id(person)}/slots/{slot_id(person)}"
        for number in itertools.count():
            body = json.dumps({"settings": {"promptText": _text(number)}}).encode()
            yield request("PATCH", self.port, path, body)

    def used_seconds(self) -> float:
        """See `Server`."""
        return group_seconds(self._service.pid)


@contextmanager
def pocketbase(folder: Path, documents: list[bytes]) -> Iterator["PocketBase"]:
    """PocketBase with a record for each document.

    Its collection is open to all, so that no time goes into asking who calls.
    """
    data = folder / "pocketbase"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    subprocess.run(
        [POCKETBASE, "superuser", "create", *_ACCOUNT.values(), "--dir", data],
        env=environment,
        check=True,
        capture_output=True,
        timeout=60,
    )
    port = _free_port()
    process = subprocess.Popen(
        [POCKETBASE, "serve", "--http", f"127.0.0.1:{port}", "--dir", data],
        env=environment,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield PocketBase(port, process.pid, _filled(client, documents), documents)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


class PocketBase:
    """PocketBase."""

    def __init__(self, port: int, pid: int, records: list[str], documents: list[bytes]) -> None:
        self.port = port
        self._pid = pid
        self._records = records
        self._documents = documents

    def reads(self, person: int) -> Iterator[bytes]:
        """See `Server`."""
        return itertools.repeat(request("GET", self.port, self._path(person)))

    def edits(self, person: int) -> Iterator[bytes]:
        """See `Server`; a JSON field is replaced whole, for it has no other edit."""
        document = json.loads(self._documents[person % STUDIOS])
        slot = next(one for one in document["outputSlots"] if one["id"] == slot_id(person))
        for number in itertools.count():
            slot["settings"]["promptText"] = _text(number)
            body = json.dumps({"document": document}, separators=(",", ":")).encode()
            yield request("PATCH", self.port, self._path(person), body)

    def used_seconds(self) -> float:
        """See `Server`."""
        return group_seconds(self._pid)

    def _path(self, person: int) -> str:
        return f"/api/collections/studios/records/{self._records[person % STUDIOS]}"


def _text(number: int) -> str:
    return f"Morning light from the left, take {number}"


def _filled(client: httpx.Client, documents: list[bytes]) -> list[str]:
    """Make the collection and its records, once the server answers; gives the records' ids."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            client.get("/api/health").raise_for_status()
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            break
    signed_in = _posted(client, "/api/collections/_superusers/auth-with-password", _ACCOUNT)
    client.headers["authorization"] = signed_in["token"]
    fields = [{"name": "document", "type": "json", "maxSize": 4_000_000}]
    rules = dict.fromkeys(("viewRule", "updateRule"), "")
    _posted(client, "/api/collections", {"name": "studios", "type": "base", "fields": fields, **rules})
    path = "/api/collections/studios/records"
    return [_posted(client, path, {"document": json.loads(document)})["id"] for document in documents]


def _posted(client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body)
    answer.raise_for_status()
    made: dict[str, Any] = answer.json()
    return made


def group_seconds(group: int) -> float:
    """The processor's time of a process group, and of those of it that have ended and were waited for."""
    ticks = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended in this moment
        if int(fields[2]) == group:
            ticks += sum(map(int, fields[_FIRST_TIME : _FIRST_TIME + 4]))
    return ticks * TICK_SECONDS


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
