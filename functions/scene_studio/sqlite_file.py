"""Opening a SQLite file that many threads and processes share, in a way that loses nothing acknowledged."""

import sqlite3
import time
from pathlib import Path
from typing import Final

BUSY_SECONDS: Final = 10.0
"""How long a connection waits for another that holds the file."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, or make it; transactions are begun and ended by hand.

    The connection may pass between threads, one at a time.

    Args:
        path: the file; SQLite keeps `-wal` and `-shm` files beside it.

    Raises:
        sqlite3.OperationalError: the file cannot be opened, or stayed busy.
    """
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _write_ahead(db)
        db.execute("PRAGMA synchronous = FULL")
    except BaseException:
        db.close()
        raise
    return db


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a file that is there to read it alone, whoever writes to it meanwhile.

    Raises:
        sqlite3.OperationalError: the file is not there, or cannot be read.
    """
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def _write_ahead(db: sqlite3.Connection) -> None:
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            # The busy time-out does not cover this one: two processes may both want to switch a new file.
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
