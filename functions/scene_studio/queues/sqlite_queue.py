"""The queue over one SQLite file, for running on one machine; the file may be the object store's.

It keeps SQS's rules: a received message is invisible for a while and comes again unless it is deleted, and
one that was received too often becomes a dead letter. Every change is one transaction under full
synchronisation, so what was acknowledged survives `kill -9` and loss of power.
"""

import math
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scene_studio import sqlite_file
from scene_studio.queues.queue import QueueUnavailable, check_bodies

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    receives INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    first_received INTEGER,
    hidden_from INTEGER,
    hidden_until INTEGER
);
CREATE INDEX IF NOT EXISTS messages_by_start ON messages (queue, hidden_from);
CREATE INDEX IF NOT EXISTS messages_by_end ON messages (queue, hidden_until);
"""
"""Times are milliseconds since the epoch. Both ends of the hiding are NULL in a dead letter.

The beginning is kept for the day the clock jumps back: a message that is hidden from a later time on is
visible now, so that none stays hidden for longer than it was meant to.
"""

_COLUMNS: Final = "id, body, receives, sent, coalesce(first_received, :now)"
_VISIBLE: Final = f"""
SELECT {_COLUMNS} FROM messages WHERE queue = :queue AND hidden_from > :now AND +hidden_until > :now
UNION ALL
SELECT {_COLUMNS} FROM messages WHERE queue = :queue AND hidden_until <= :now
LIMIT :limit
"""  # noqa: S608 - the columns are ours
"""The plus keeps SQLite from looking through all that is in flight instead of the few of the first part."""
_SEND: Final = """
INSERT INTO messages (id, queue, body, receives, sent, hidden_from, hidden_until)
VALUES (?1, ?2, ?3, 0, ?4, ?4, ?4)
"""
_GIVE: Final = """
UPDATE messages SET receives = receives + 1, first_received = :first_received, hidden_from = :now,
    hidden_until = :until
WHERE id = :id
"""
_BURY: Final = "UPDATE messages SET hidden_from = NULL, hidden_until = NULL WHERE id = ?"
_DELETE: Final = "DELETE FROM messages WHERE queue = ? AND id = ? AND receives = ? AND hidden_until NOT NULL"
_RELEASE: Final = """
UPDATE messages SET hidden_from = :now, hidden_until = :until
WHERE queue = :queue AND id = :id AND receives = :receives AND hidden_from <= :now AND hidden_until > :now
"""
_DEAD: Final = f"SELECT {_COLUMNS} FROM messages WHERE queue = :queue AND hidden_until IS NULL ORDER BY sent"  # noqa: S608 - likewise
_DEPTH: Final = """
SELECT count(*), count(hidden_until), coalesce(sum(hidden_from <= :now AND hidden_until > :now), 0)
FROM messages WHERE queue = :queue
"""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was received.

    Attributes:
        id: the same at each delivery.
        body: what was sent.
        receipt: names this delivery; opaque.
        receives: how often it was received, this time included.
        sent: when it was sent, in milliseconds since the epoch.
        first_received: when it was first received, likewise.
    """

    id: str
    body: str
    receipt: str
    receives: int
    sent: int
    first_received: int


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages a queue holds.

    Attributes:
        visible: those that wait to be received.
        in_flight: those that were received and are still invisible.
        dead: the dead letters.
    """

    visible: int
    in_flight: int
    dead: int


class SqliteQueue:
    """A `Queue` in one file, and its receiving side; safe for many threads and processes at once.

    Every method raises `QueueUnavailable` if the file stays busy or cannot be used.

    Attributes:
        name: the queue's name.
        visibility_seconds: how long a received message is invisible.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        *,
        visibility_seconds: float,
        max_receives: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the file, or make it.

        Args:
            path: the file; other queues and an object store may share it.
            name: the queue's name, which keeps its messages apart from those of others.
            visibility_seconds: how long a received message is invisible; above zero.
            max_receives: how often a message is given before it becomes a dead letter; at least once.
            clock: seconds since the epoch.

        Raises:
            QueueUnavailable: the file cannot be opened, or stayed busy.
            ValueError: a message would never be given, or never be invisible.
        """
        if visibility_seconds <= 0 or max_receives < 1:
            raise ValueError("a message must be given at least once, and be invisible for a while")
        self.name = name
        self.visibility_seconds = visibility_seconds
        self._max_receives = max_receives
        self._clock = clock
        self._lock = threading.Lock()
        with _operational_errors():
            self._db = sqlite_file.connect(path)
        try:
            with self._transaction() as db:
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file, once no other thread is using it."""
        with self._lock:
            self._db.close()

    def send(self, bodies: Sequence[str]) -> None:
        """See `Queue.send`; here it takes all or none."""
        check_bodies(bodies)
        with self._transaction() as db:
            now = self._now()
            db.executemany(_SEND, [(str(uuid.uuid4()), self.name, body, now) for body in bodies])

    def receive(self, limit: int) -> list[Message]:
        """Take up to so many visible messages, in no order; none if there are none, without waiting.

        Each is invisible from now on for `visibility_seconds`. Those that were received `max_receives`
        times already become dead letters instead.
        """
        if not self._read(_VISIBLE, limit=1):
            return []  # an idle worker asks often, and must not hold up those who write
        given: list[Message] = []
        with self._transaction() as db:
            # Read under the lock: an earlier time could lie before that of a receipt it had to wait for.
            now = self._now()
            while rows := self._visible(db, now, limit - len(given)):
                for row in rows:
                    if row[2] < self._max_receives:
                        given.append(self._give(db, row, now))
                    else:
                        db.execute(_BURY, (row[0],))
        return given

    def delete(self, receipt: str) -> None:
        """Delete the message that was received with this receipt, if it was not received again since.

        SQS promises nothing about older receipts: "the request will succeed, but the message might not be
        deleted". Here it never is, since its later receiver may yet fail. The latest receipt deletes it
        even when its invisibility has passed, as in SQS, but no dead letter.
        """
        message_id, _, receives = receipt.partition(":")
        with self._transaction() as db:
            db.execute(_DELETE, (self.name, message_id, receives))

    def release(self, receipt: str, seconds: float) -> None:
        """Let the message be invisible for so long from now on: zero gives it back, more keeps it longer.

        This is SQS's ChangeMessageVisibility, except that a receipt which is not the latest, or whose
        message is visible again, changes nothing instead of being an error.
        """
        message_id, _, receives = receipt.partition(":")
        with self._transaction() as db:
            now = self._now()
            until = now + _milliseconds(seconds)
            values = {"queue": self.name, "id": message_id, "receives": receives, "now": now, "until": until}
            db.execute(_RELEASE, values)

    def dead_letters(self) -> list[Message]:
        """The messages that are not given any more, oldest first; their receipts do nothing."""
        return [_message(*row) for row in self._read(_DEAD)]

    def depth(self) -> Depth:
        """How many messages there are. Those that the next `receive` will find dead still count as visible."""
        [(total, alive, in_flight)] = self._read(_DEPTH)
        return Depth(alive - in_flight, in_flight, total - alive)

    def _give(self, db: sqlite3.Connection, row: Any, now: int) -> Message:
        message_id, body, receives, sent, first_received = row
        until = now + _milliseconds(self.visibility_seconds)
        db.execute(_GIVE, {"id": message_id, "now": now, "until": until, "first_received": first_received})
        return _message(message_id, body, receives + 1, sent, first_received)

    def _visible(self, db: sqlite3.Connection, now: int, limit: int) -> list[Any]:
        return db.execute(_VISIBLE, {"queue": self.name, "now": now, "limit": limit}).fetchall()

    def _read(self, sql: str, **values: int) -> list[Any]:
        with self._lock, _operational_errors():
            return self._db.execute(sql, {"queue": self.name, "now": self._now(), **values}).fetchall()

    def _now(self) -> int:
        return int(self._clock() * 1000)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _operational_errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


@contextmanager
def _operational_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise QueueUnavailable(str(error)) from error


def _milliseconds(seconds: float) -> int:
    return math.ceil(seconds * 1000)


def _message(message_id: str, body: str, receives: int, sent: int, first_received: int) -> Message:
    return Message(message_id, body, f"{message_id}:{receives}", receives, sent, first_received)
