"""Processes that change one document through a store that they share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from scene_studio.model.client import Client, new_client
from scene_studio.model.document import RequestKey
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.commit import Commit, Documents, Encoded, Operation, encode
from scene_studio.store.object_store import ObjectStore
from tests.support.scripted_store import FakeTime, ScriptedStore

KEY = "clients/acme/client.json"
NOW = "2024-01-01T12:00:00Z"


def adding(word: str) -> Operation[Client]:
    """Not idempotent, so that a write that is lost or doubled shows."""

    def operation(current: Versioned[Client] | None) -> Client:
        client = current.document if current else new_client("acme", "Acme", NOW)
        return client.replace(client_sessions=(*client.client_sessions, word))

    return operation


def words(current: Versioned[Client]) -> str:
    """The words of the document, in the order they were added."""
    return " ".join(current.document.client_sessions)


def request_of(word: str) -> RequestKey:
    """The request that adds this word."""
    return RequestKey(f"key-{word}", "body")


def plain(client: Client) -> Encoded[Client]:
    """A client ready to be written, without metadata or pages."""
    return Encoded(client, encode(client))


@dataclass
class Writer:
    """A process of its own: it shares the store with others, and nothing else."""

    shared: ObjectStore
    time: FakeTime = field(default_factory=FakeTime)
    prepare: Callable[[Client], Encoded[Client]] = plain
    added: int = 0

    def __post_init__(self) -> None:
        self.store = ScriptedStore(self.shared)
        self.documents = Documents(self.store, Client, DocumentCache[Client](), self.prepare)

    def add(self, word: str, *, attempts: int = 30) -> Commit[Client]:
        """Add a word under its own idempotency key."""
        return self.run(adding(word), request_of(word), attempts=attempts)

    def add_many(self, count: int) -> None:
        """Add so many words that were never added before, each in a commit of its own."""
        for _ in range(count):
            self.added += 1
            self.add(f"theirs-{self.added}")

    def run(
        self, operation: Operation[Client], request: RequestKey | None, *, attempts: int = 30
    ) -> Commit[Client]:
        """Commit an operation."""
        return self.documents.commit(
            KEY, operation, request, self.time.pacing(attempts=attempts, seconds=10_000)
        )

    def read(self) -> Versioned[Client]:
        """The document as it stands."""
        found = self.documents.read(KEY)
        assert found is not None
        return found

    def calls(self) -> list[str]:
        """The requests it made, in order."""
        return [name for name, _ in self.store.calls]
