import logging
import multiprocessing
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest

from scene_studio import sqlite_file
from scene_studio.store import sqlite
from scene_studio.store.object_store import (
    ABSENT,
    Absent,
    ObjectVersion,
    StoredObject,
    Unavailable,
)
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.stores import sqlite_store

KEY = "clients/acme/client.json"
JSON = "application/json"
DAY = 86_400.0
SPAWN = multiprocessing.get_context("spawn")


class Clock:
    """Seconds since the epoch, as the test sets them."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def readable(store: SqliteObjectStore, versions: list[ObjectVersion]) -> list[bool]:
    return [store.get(KEY, version_id=version.version_id) is not None for version in versions]


def write_versions(store: SqliteObjectStore, versions: list[ObjectVersion], count: int) -> None:
    for _ in range(count):
        expected: str | Absent = versions[-1].etag if versions else ABSENT
        versions.append(store.put(KEY, b"{}", expected=expected, content_type=JSON))


def test_versions_are_kept_for_thirty_days_however_many_there_are(tmp_path: Path) -> None:
    clock, versions = Clock(), list[ObjectVersion]()
    store = SqliteObjectStore(tmp_path / "store.sqlite", clock=clock)
    write_versions(store, versions, 150)
    clock.now += 29.9 * DAY
    write_versions(store, versions, 1)

    assert readable(store, versions) == [True] * 151
    store.close()


def test_of_older_versions_the_newest_hundred_are_kept(tmp_path: Path) -> None:
    clock, versions = Clock(), list[ObjectVersion]()
    store = SqliteObjectStore(tmp_path / "store.sqlite", clock=clock)
    write_versions(store, versions, 150)
    store.put_once("another", b"{}", content_type=JSON)
    clock.now += 31 * DAY
    write_versions(store, versions, 1)

    # The last of the 150 was replaced just now, so its time has only begun.
    assert readable(store, versions) == [False] * 51 + [True] * 100
    assert isinstance(store.get("another"), StoredObject)
    store.close()


def test_a_version_has_thirty_days_from_when_it_was_replaced(tmp_path: Path) -> None:
    clock, versions = Clock(), list[ObjectVersion]()
    store = SqliteObjectStore(tmp_path / "store.sqlite", clock=clock)
    write_versions(store, versions, 1)
    clock.now += 60 * DAY
    write_versions(store, versions, 150)
    assert readable(store, versions) == [True] * 151

    clock.now += 31 * DAY
    write_versions(store, versions, 1)
    assert readable(store, versions) == [False] * 52 + [True] * 100
    store.close()


def test_looking_for_old_versions_reads_none_of_the_kept_ones(tmp_path: Path) -> None:
    with sqlite_store(tmp_path) as store:
        plan = store._db.execute(
            f"EXPLAIN QUERY PLAN {sqlite._PRUNE}", {"key": "", "replaced_before": 0, "kept": 100}
        ).fetchall()

    subqueries = [row[3] for row in plan if row[3].startswith("SEARCH")][1:]
    assert len(subqueries) == 2
    assert all("COVERING INDEX" in step for step in subqueries)


def signed(store: SqliteObjectStore, key: str = "picture", seconds: int = 60) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(store.presigned_url(key, seconds=seconds)).query))


def test_a_signed_address_ends_when_its_time_is_over(tmp_path: Path) -> None:
    clock = Clock()
    store = SqliteObjectStore(tmp_path / "store.sqlite", clock=clock)
    store.put_once("picture", b"picture", content_type="image/jpeg")
    query = signed(store, seconds=60)

    clock.now += 60
    assert store.open_signed("picture", query) is not None
    clock.now += 1
    assert store.open_signed("picture", query) is None
    store.close()


@pytest.mark.parametrize(
    "change",
    [
        {"expires": "9999999999"},
        {"expires": ""},
        {"disposition": "attachment"},
        {"signature": "0" * 64},
        {"signature": ""},
        {"signature": "ä"},
    ],
)
def test_a_signed_address_that_was_tampered_with_gives_nothing(tmp_path: Path, change: dict[str, str]) -> None:
    with sqlite_store(tmp_path) as store:
        store.put_once("picture", b"picture", content_type="image/jpeg")
        store.put_once("other", b"other", content_type="image/jpeg")
        query = signed(store)

        assert store.open_signed("picture", query) is not None
        assert store.open_signed("picture", {**query, **change}) is None
        assert store.open_signed("other", query) is None
        for name in query:
            assert store.open_signed("picture", {n: v for n, v in query.items() if n != name}) is None


def test_a_signed_address_of_what_is_not_there_gives_nothing(tmp_path: Path) -> None:
    with sqlite_store(tmp_path) as store:
        assert store.open_signed("missing", signed(store, "missing")) is None


def test_a_signature_of_one_file_opens_nothing_in_another(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with sqlite_store(tmp_path) as store, sqlite_store(tmp_path / "other") as another:
        another.put_once("picture", b"picture", content_type="image/jpeg")
        assert another.open_signed("picture", signed(store)) is None


def test_a_disk_that_is_full_is_told_to_who_runs_the_machine_and_room_mends_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Functions that ran in this process gave the logger a handler of its own, and a level.
    monkeypatch.setattr(logging.getLogger("scene-studio"), "propagate", True)
    caplog.set_level(logging.WARNING, "scene-studio")
    store = SqliteObjectStore(tmp_path / "store.sqlite")
    (pages,) = store._db.execute("PRAGMA page_count").fetchone()
    store._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(Unavailable):
        store.put_once("big", b"x" * 100_000, content_type="image/png")
    assert "the store cannot be written: database or disk is full" in caplog.text
    store._db.execute("PRAGMA max_page_count = 1000000")
    assert store.put_once("big", b"x" * 100_000, content_type="image/png")


def test_a_file_that_stays_busy_is_unavailable_for_writing_and_open_for_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.01)
    with sqlite_store(tmp_path) as store:
        version = store.put(KEY, b"one", expected=ABSENT, content_type=JSON)
        other = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        for write in (
            lambda: store.put(KEY, b"two", expected=version.etag, content_type=JSON),
            lambda: store.put_once("once", b"{}", content_type=JSON),
            lambda: store.copy_once(KEY, "copy"),
            lambda: store.delete(KEY),
        ):
            with pytest.raises(Unavailable):
                write()
        assert store.get(KEY) == StoredObject(b"one", version, {})
        other.execute("ROLLBACK")
        other.close()

        assert store.put_once("once", b"{}", content_type=JSON) is True
        assert store.list_names("").names == (KEY, "once")


@pytest.mark.parametrize("lasting", [False, True])
def test_opening_a_file_waits_for_another_that_opens_it_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, lasting: bool
) -> None:
    other = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    now = 0.0

    def sleep(_seconds: float) -> None:
        nonlocal now
        now += 1.0
        if not lasting and now == 3.0:
            other.execute("ROLLBACK")

    monkeypatch.setattr(sqlite_file, "time", SimpleNamespace(monotonic=lambda: now, sleep=sleep))
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, **given: connect(path, **given | {"timeout": 0}))
    if lasting:
        with pytest.raises(sqlite3.OperationalError):
            SqliteObjectStore(tmp_path / "store.sqlite")
    else:
        SqliteObjectStore(tmp_path / "store.sqlite").close()
        assert now == 3.0
    other.close()


def test_a_file_opened_for_reading_shows_what_others_write_meanwhile_and_takes_nothing(tmp_path: Path) -> None:
    with sqlite_store(tmp_path) as writer:
        reader = SqliteObjectStore(tmp_path / "store.sqlite", read_only=True)
        writer.put(KEY, b"{}", expected=ABSENT, content_type=JSON)
        found = reader.get(KEY)
        assert isinstance(found, StoredObject)
        for write in (
            lambda: reader.put(KEY, b"[]", expected=found.version.etag, content_type=JSON),
            lambda: reader.put_once("other", b"[]", content_type=JSON),
            lambda: reader.delete(KEY),
        ):
            with pytest.raises(Unavailable, match="readonly"):
                write()
        assert len(writer.list_versions(KEY)) == 1
        reader.close()


def test_a_file_that_is_not_there_is_not_made_by_reading_it(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        SqliteObjectStore(tmp_path / "store.sqlite", read_only=True)
    assert not list(tmp_path.iterdir())


def test_a_version_of_one_file_names_nothing_in_a_file_made_later(tmp_path: Path) -> None:
    clock, versions = Clock(), list[ObjectVersion]()
    first = SqliteObjectStore(tmp_path / "first.sqlite", clock=clock)
    write_versions(first, versions, 20)
    clock.now += 1
    later = SqliteObjectStore(tmp_path / "later.sqlite", clock=clock)
    write_versions(later, [], 20)
    assert readable(later, versions) == [False] * 20
    assert readable(first, versions) == [True] * 20
    first.close()
    later.close()
    with_more = SqliteObjectStore(tmp_path / "first.sqlite", clock=clock)  # it goes on where it was
    write_versions(with_more, versions, 1)
    assert int(versions[-1].version_id) == int(versions[-2].version_id) + 1
    with_more.close()
