"""The object store over one SQLite file, for running on one machine.

Every write is one transaction under full synchronisation, so what was acknowledged survives `kill -9` and
loss of power, and the conditions hold between processes.
"""

import hashlib
import hmac
import json
import logging
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from scene_studio import sqlite_file
from scene_studio.store import upload_forms
from scene_studio.store.object_store import (
    UNCHANGED,
    UPLOADS,
    Absent,
    Conflict,
    Disposition,
    Listing,
    ObjectHead,
    ObjectVersion,
    StoredObject,
    Unavailable,
    Unchanged,
    UploadTicket,
    VersionInfo,
    VersionName,
    WriteUnsettled,
    check_metadata,
    check_served,
    check_ticket,
)

_KEPT_SECONDS: Final = 30 * 86_400
_KEPT_VERSIONS: Final = 100
_MAX_VERSION: Final = 10**15
_UPLOAD_URL: Final = "/_uploads"
_AFTER_FOLDER: Final = "\U0010ffff"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    body BLOB,
    content_type TEXT NOT NULL,
    metadata TEXT NOT NULL,
    written REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS versions_by_key ON versions (key, id);
CREATE INDEX IF NOT EXISTS versions_by_age ON versions (key, written);
CREATE TABLE IF NOT EXISTS heads (key TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
"""A version with a NULL body is a delete marker; `heads` holds the keys that have a current object."""
_FIRST_VERSION: Final = """
INSERT INTO sqlite_sequence (name, seq) SELECT 'versions', ?
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'versions')
"""
"""Ids begin at the time in milliseconds: one that a browser kept of another file names nothing in this one."""


_INSERT: Final = "INSERT INTO versions (key, body, content_type, metadata, written) VALUES (?, ?, ?, ?, ?)"
_BODY: Final = "SELECT body, content_type FROM versions JOIN heads ON id = version WHERE heads.key = ?"
_PRUNE: Final = """
DELETE FROM versions WHERE key = :key
    AND id < (SELECT max(id) FROM versions WHERE key = :key AND written < :replaced_before)
    AND id < (SELECT id FROM versions WHERE key = :key ORDER BY id DESC LIMIT 1 OFFSET :kept - 1)
"""
"""A version's time begins when the next one replaces it, as that of noncurrent versions does in S3."""

_NEW_HEAD: Final = """
INSERT INTO heads SELECT key, id FROM versions
    WHERE key = :key AND id = (SELECT max(id) FROM versions WHERE key = :key) AND body NOT NULL
"""

OnCreated = Callable[[str, str, int], None]
"""Told of a new version under `UPLOADS`: its key, its id, and its size in bytes."""

logger: Final = logging.getLogger("scene-studio")


@dataclass(frozen=True, slots=True)
class SignedObject:
    """What a signed address gives: the bytes and the headers to send with them."""

    body: bytes
    headers: Mapping[str, str]


class SqliteObjectStore:
    """An `UploadStore` in one file; safe for many threads and processes at once."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        url_prefix: str = "/_objects/",
        on_created: OnCreated | None = None,
        read_only: bool = False,
    ) -> None:
        """Open the file, or make it.

        Args:
            path: the file; SQLite keeps `-wal` and `-shm` files beside it.
            clock: seconds since the epoch.
            url_prefix: where signed addresses begin.
            on_created: called after each commit of a raw upload; as with S3, a crash may come between the two.
            read_only: open a file that is there, and write nothing to it.

        Raises:
            sqlite3.OperationalError: the file cannot be opened.
        """
        self._clock = clock
        self._url_prefix = url_prefix
        self._on_created = on_created
        self._lock = threading.Lock()
        self._db = sqlite_file.connect_read_only(path) if read_only else sqlite_file.connect(path)
        try:
            if not read_only:
                self._set_up()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def get(
        self, key: str, *, unless_etag: str | None = None, version_id: str | None = None
    ) -> StoredObject | Unchanged | None:
        """See `ObjectStore.get`."""
        if version_id is None:
            found = self._current(key, "body")
        elif _is_version(version_id):
            sql = "SELECT id, metadata, body FROM versions WHERE key = ? AND id = ? AND body NOT NULL"
            found = self._one(sql, (key, int(version_id)))
        else:
            found = None
        if found is None:
            return None
        version = _version(found[0])
        if version.etag == unless_etag:
            return UNCHANGED
        return StoredObject(found[2], version, json.loads(found[1]))

    def get_all(self, keys: Sequence[str]) -> list[StoredObject | None]:
        """See `ObjectStore.get_all`."""
        found = [self.get(key) for key in keys]
        return [one if isinstance(one, StoredObject) else None for one in found]

    def put(
        self,
        key: str,
        body: bytes,
        *,
        expected: str | Absent,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectVersion:
        """See `ObjectStore.put`."""
        check_metadata(metadata or {})
        with self._transaction() as db:
            head = db.execute("SELECT version FROM heads WHERE key = ?", (key,)).fetchone()
            current = None if head is None else _version(head[0]).etag
            wanted = None if isinstance(expected, Absent) else expected
            if current != wanted:
                raise Conflict(f"{key} is not at the expected version")
            written = self._insert(db, key, body, content_type, metadata or {})
        return self._created(key, written, body)

    def put_once(self, key: str, body: bytes, *, content_type: str) -> bool:
        """See `ObjectStore.put_once`."""
        try:
            with self._transaction() as db:
                if db.execute("SELECT 1 FROM heads WHERE key = ?", (key,)).fetchone():
                    return False
                written = self._insert(db, key, body, content_type, {})
        except WriteUnsettled as error:
            raise Unavailable(str(error)) from error
        self._created(key, written, body)
        return True

    def copy_once(self, source: str, target: str) -> bool:
        """See `ObjectStore.copy_once`."""
        found = self._one(_BODY, (source,))
        if found is None:
            return False
        self.put_once(target, found[0], content_type=found[1])
        return True

    def heads(self, keys: Sequence[str]) -> list[ObjectHead | None]:
        """See `ObjectStore.heads`."""
        found = [self._current(key, "length(body)") for key in keys]
        return [row and ObjectHead(row[2], _version(row[0]), json.loads(row[1])) for row in found]

    def list_names(
        self, prefix: str, *, after: str = "", limit: int = 1000, by_folder: bool = False
    ) -> Listing:
        """See `ObjectStore.list_names`."""
        names: list[str] = []
        cursor = after + _AFTER_FOLDER if after and by_folder else after
        sql = "SELECT key FROM heads WHERE key > ? AND key >= ? AND key < ? ORDER BY key LIMIT 1"
        while row := self._one(sql, (cursor, prefix, prefix + _AFTER_FOLDER)):
            if len(names) == limit:
                return Listing(tuple(names), more=True)
            key = str(row[0])
            folder, slash, _ = key.removeprefix(prefix).partition("/")
            if not by_folder:
                names.append(key)
                cursor = key
            elif slash:
                names.append(f"{prefix}{folder}/")
                cursor = names[-1] + _AFTER_FOLDER
            else:
                cursor = key
        return Listing(tuple(names), more=False)

    def list_versions(self, key: str, *, before: str = "", limit: int = 1000) -> Sequence[VersionInfo]:
        """See `ObjectStore.list_versions`."""
        last = int(before) if _is_version(before) else _MAX_VERSION
        sql = (
            "SELECT id, written, length(body) FROM versions WHERE key = ? AND id < ? AND body NOT NULL "
            "ORDER BY id DESC LIMIT ?"
        )
        rows = self._all(sql, (key, last, limit))
        return [VersionInfo(str(version), written, size) for version, written, size in rows]

    def list_all_versions(self, prefix: str, *, limit: int = 1000) -> Sequence[VersionName]:
        """See `ObjectStore.list_all_versions`."""
        sql = "SELECT key, id FROM versions WHERE key >= ? AND key < ? ORDER BY key, id DESC LIMIT ?"
        rows = self._all(sql, (prefix, prefix + _AFTER_FOLDER, limit))
        return [VersionName(key, str(version)) for key, version in rows]

    def delete_versions(self, versions: Sequence[VersionName]) -> None:
        """See `ObjectStore.delete_versions`."""
        rows = [(one.key, int(one.version_id)) for one in versions if _is_version(one.version_id)]
        try:
            with self._transaction() as db:
                db.executemany("DELETE FROM versions WHERE key = ? AND id = ?", rows)
                for key in {key for key, _ in rows}:
                    db.execute("DELETE FROM heads WHERE key = ?", (key,))
                    db.execute(_NEW_HEAD, {"key": key})
        except WriteUnsettled as error:
            raise Unavailable(str(error)) from error

    def delete(self, key: str) -> None:
        """See `ObjectStore.delete`."""
        try:
            with self._transaction() as db:
                if db.execute("DELETE FROM heads WHERE key = ?", (key,)).rowcount:
                    row = (key, None, "", "{}", self._clock())
                    db.execute(_INSERT, row)
        except WriteUnsettled as error:
            raise Unavailable(str(error)) from error

    def delete_all(self, keys: Sequence[str]) -> None:
        """See `ObjectStore.delete_all`."""
        for key in keys:
            self.delete(key)

    def presigned_url(
        self, key: str, *, seconds: int, disposition: Disposition = "inline", filename: str = ""
    ) -> str:
        """See `ObjectStore.presigned_url`; the address is a path on the local server."""
        check_served(key)
        query = {
            "expires": str(int(self._clock()) + seconds),
            "disposition": f'{disposition}; filename="{filename}"' if filename else disposition,
        }
        query["signature"] = self._signature(key, query)
        return f"{self._url_prefix}{quote(key)}?{urlencode(query)}"

    def open_signed(self, key: str, query: Mapping[str, str]) -> SignedObject | None:
        """What the signed address with this key and query gives; None if its signature is bad or too old."""
        if key.startswith(UPLOADS):
            return None
        signature = self._signature(key, {name: query.get(name, "") for name in ("expires", "disposition")})
        if not hmac.compare_digest(signature.encode(), query.get("signature", "").encode()):
            return None
        if int(query["expires"]) < self._clock():
            return None
        found = self._one(_BODY, (key,))
        if found is None:
            return None
        return SignedObject(found[0], {"content-type": found[1], "content-disposition": query["disposition"]})

    def upload_ticket(self, key: str, *, content_type: str, max_bytes: int, seconds: int) -> UploadTicket:
        """See `UploadStore.upload_ticket`; the address is a path on the local server."""
        check_ticket(key, max_bytes)
        form = upload_forms.UploadForm(key, content_type, max_bytes)
        expires = int(self._clock()) + seconds
        return UploadTicket(_UPLOAD_URL, upload_forms.signed_fields(form, expires, self._sign_policy))

    def open_form(self, fields: Mapping[str, str]) -> upload_forms.UploadForm:
        """What the form with these fields may store.

        Raises:
            FormRefused: what S3 would answer to it.
            Unavailable: the store could not be read.
        """
        return upload_forms.judged(fields, self._clock(), self._sign_policy)

    def put_form(self, form: upload_forms.UploadForm, body: bytes) -> ObjectVersion:
        """Write the file that came with a form; as in S3, whatever the key holds.

        Raises:
            FormRefused: the file is not of a size that the form lets through; nothing was written.
            WriteUnsettled: it may have been written.
            Unavailable: nothing was written.
        """
        form.check_size(len(body))
        with self._transaction() as db:
            written = self._insert(db, form.key, body, form.content_type, {})
        return self._created(form.key, written, body)

    def _created(self, key: str, written: int, body: bytes) -> ObjectVersion:
        version = _version(written)
        if self._on_created is not None and key.startswith(UPLOADS):
            try:
                self._on_created(key, version.version_id, len(body))
            except Exception:
                logger.exception("nobody was told of %s; the janitor finds it", key)
        return version

    def _signature(self, key: str, query: Mapping[str, str]) -> str:
        return self._sign("address", key, query["expires"], query["disposition"])

    def _sign_policy(self, policy: str) -> str:
        return self._sign("policy", policy)

    def _sign(self, *signed: str) -> str:
        """The signature of these texts; the first says what it is for, so that it serves for nothing else."""
        return hmac.new(self._secret(), "\n".join(signed).encode(), hashlib.sha256).hexdigest()

    def _secret(self) -> bytes:
        row = self._one("SELECT value FROM secrets WHERE name = 'signing'", ())
        if row is None:
            raise RuntimeError("the store holds no signing key; open it anew")
        return bytes(row[0])

    def _set_up(self) -> None:
        with self._transaction() as db:
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            db.execute(_FIRST_VERSION, (int(self._clock() * 1000),))
            db.execute("INSERT OR IGNORE INTO secrets VALUES ('signing', ?)", (secrets.token_bytes(32),))

    def _one(self, sql: str, arguments: tuple[Any, ...]) -> Any:
        try:
            with self._lock:
                return self._db.execute(sql, arguments).fetchone()
        except sqlite3.OperationalError as error:
            raise Unavailable(str(error)) from error

    def _all(self, sql: str, arguments: tuple[Any, ...]) -> list[Any]:
        try:
            with self._lock:
                return self._db.execute(sql, arguments).fetchall()
        except sqlite3.OperationalError as error:
            raise Unavailable(str(error)) from error

    def _current(self, key: str, column: str) -> Any:
        sql = f"SELECT id, metadata, {column} FROM versions JOIN heads ON id = version WHERE heads.key = ?"  # noqa: S608 - the column is ours
        return self._one(sql, (key,))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                raise Unavailable(str(error)) from error
            try:
                yield self._db
            except sqlite3.OperationalError as error:
                self._rollback()
                _tell_why(error)
                raise Unavailable(str(error)) from error
            except BaseException:
                self._rollback()
                raise
            try:
                self._db.execute("COMMIT")
            except sqlite3.OperationalError as error:
                self._rollback()
                _tell_why(error)
                raise WriteUnsettled(str(error)) from error

    def _rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _insert(
        self,
        db: sqlite3.Connection,
        key: str,
        body: bytes,
        content_type: str,
        metadata: Mapping[str, str],
    ) -> int:
        now = self._clock()
        written = db.execute(_INSERT, (key, body, content_type, json.dumps(dict(metadata)), now)).lastrowid
        db.execute("INSERT OR REPLACE INTO heads VALUES (?, ?)", (key, written))
        kept = {"key": key, "replaced_before": now - _KEPT_SECONDS, "kept": _KEPT_VERSIONS}
        db.execute(_PRUNE, kept)
        return int(written or 0)


def _tell_why(error: sqlite3.OperationalError) -> None:
    """Tell whoever runs this machine why nothing can be written; callers learn only that it cannot."""
    logger.warning("the store cannot be written: %s; make room if its disk is full", error)


def _is_version(version_id: str) -> bool:
    return version_id.isascii() and version_id.isdigit() and len(version_id) < len(str(_MAX_VERSION))


def _version(row_id: int) -> ObjectVersion:
    return ObjectVersion(str(row_id), str(row_id))
