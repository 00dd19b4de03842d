"""What lies in the local store, read past all of our own code."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

CLIENT_KEY = "clients/acme-corp/client.json"
STUDIO_KEY = "clients/acme-corp/scene-studios/default/config.json"


class Stored(NamedTuple):
    """An object as it lies in the file."""

    version: int
    body: bytes


def stored_objects(path: Path) -> Mapping[str, Stored]:
    """Every current object by its key; two equal answers mean that not a byte was written between them."""
    if not path.exists():
        return {}
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute(
            "SELECT heads.key, versions.id, versions.body FROM heads JOIN versions ON id = version"
        ).fetchall()
    return {key: Stored(version, bytes(body)) for key, version, body in rows}


def stored_document(path: Path, key: str = STUDIO_KEY) -> Any:
    """A document as it lies in the file."""
    return json.loads(stored_objects(path)[key].body)


def stored_bytes_of(path: Path, after_version: int) -> int:
    """The bytes of all that was written after a version, of every object and every version."""
    with closing(sqlite3.connect(path)) as db:
        query = "SELECT coalesce(sum(length(body)), 0) FROM versions WHERE id > ?"
        return int(db.execute(query, (after_version,)).fetchone()[0])


def newest_version(path: Path) -> int:
    """The version of the last write of all."""
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT max(id) FROM versions").fetchone()[0])
