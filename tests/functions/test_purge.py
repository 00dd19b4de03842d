"""What was deleted long ago goes for good, and nothing else does."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import janitor.handler
from janitor import purge_round
from scene_studio import runtime
from scene_studio.model.studio import Studio
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.object_store import Unavailable
from scene_studio.store.pacing import within
from tests.support.api import CLIENT, STUDIO, call
from tests.support.problems import assert_problem
from tests.support.queues import sweep
from tests.support.seed import client_json, import_client
from tests.support.shares import new_link
from tests.support.stored import STUDIO_KEY, stored_objects

DAY = 24 * 3_600_000
STUDIOS = f"{CLIENT}/scene-studio"
PLACE = ("acme-corp", "default")
OWN = (
    keys.studio_folder(*PLACE),
    keys.inbox(*PLACE),
    keys.claims(*PLACE),
    keys.uploads(*PLACE),
    "shares/",
)

Later = Callable[[int], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Lets time pass on the clock of all functions."""
    real, passed = runtime.now_milliseconds, 0

    def pass_time(milliseconds: int) -> None:
        nonlocal passed
        passed += milliseconds

    monkeypatch.setattr(runtime, "now_milliseconds", lambda: real() + passed)
    return pass_time


def versions(path: Path, *prefixes: str) -> list[str]:
    """The keys of all versions and delete markers under these prefixes."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT key FROM versions ORDER BY key").fetchall()
    return [key for (key,) in rows if key.startswith(prefixes)]


def leave_things_everywhere() -> None:
    """What a studio may leave outside of its folder."""
    new_link()
    objects = runtime.object_store()
    objects.put_once(keys.claim(*PLACE, "lost"), b"", content_type="text/plain")
    objects.put_once(keys.upload(keys.UploadPlace(*PLACE, "scene", "s", "u")), b"", content_type="image/png")
    gone = keys.result(*PLACE, "gone", "1")
    objects.put_once(gone, b"{}", content_type="application/json")
    objects.delete(gone)


def test_a_studio_goes_with_all_that_is_its_own_and_with_nothing_else(seeded: Path, later: Later) -> None:
    call("PUT", f"{STUDIOS}/default-2", {})
    call("POST", f"{STUDIO}/duplicate", {"id": "copy", "withHistory": True})
    leave_things_everywhere()
    call("DELETE", STUDIO)
    assert {prefix for prefix in OWN if versions(seeded, prefix)} == set(OWN)
    others = {key: found for key, found in stored_objects(seeded).items() if not key.startswith(OWN)}

    later(31 * DAY)
    assert sweep() == {"studios": 1, "failed": 0}

    assert versions(seeded, *OWN) == []
    left = stored_objects(seeded)
    assert {key: left[key] for key in others} == others
    assert_problem(call("GET", STUDIO), 404, "not-found")
    assert [one["id"] for one in call("GET", STUDIOS).json["items"]] == ["copy", "default-2"]
    assert call("GET", f"{STUDIOS}/copy/slots/slot-1/history/img-3/image").status == 302


@pytest.mark.parametrize("passed", [0, DAY, 30 * DAY, 31 * DAY - 60_000])
def test_nothing_goes_before_its_time(seeded: Path, later: Later, passed: int) -> None:
    before = call("GET", STUDIO).json
    call("DELETE", STUDIO)
    stood = versions(seeded, *OWN)
    for milliseconds in (0, passed):
        later(milliseconds)
        assert sweep() == {"studios": 0, "failed": 0}
    assert versions(seeded, *OWN) == stood
    assert (
        call("POST", f"{STUDIO}/undelete").json["outputSlots"][0]["history"]
        == before["outputSlots"][0]["history"]
    )


def test_a_studio_that_was_brought_back_stays(seeded: Path, later: Later) -> None:
    call("DELETE", STUDIO)
    later(31 * DAY)
    call("POST", f"{STUDIO}/undelete")
    sweep()
    call("DELETE", STUDIO)
    later(30 * DAY)
    sweep()
    assert call("POST", f"{STUDIO}/undelete").status == 200


def test_past_its_day_a_studio_can_be_brought_back_for_as_long_as_it_is_there(
    seeded: Path, later: Later
) -> None:
    call("DELETE", STUDIO)
    later(40 * DAY)
    (listed,) = call("GET", f"{STUDIOS}?deleted=true").json["items"]
    assert listed["id"] == "default"
    assert call("POST", f"{STUDIO}/undelete").status == 200


def test_a_tombstone_that_came_back_with_a_backup_counts_from_that_day(seeded: Path, later: Later) -> None:
    def with_an_old_tombstone(current: Versioned[Studio] | None) -> Studio:
        assert current is not None
        return current.document.replace(deleted_at="2020-01-01T00:00:00.000Z")

    runtime.studios().commit(*PLACE, with_an_old_tombstone, None, within(5))
    later(30 * DAY)
    sweep()
    assert call("GET", STUDIO).json["type"] == "deleted"
    later(DAY)
    sweep()
    assert_problem(call("GET", STUDIO), 404, "not-found")


@pytest.fixture
def no_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The janitor has time for the mark alone, until this is called."""
    real = janitor.purge.Purge._clear
    monkeypatch.setattr(
        janitor.purge.Purge, "_clear", lambda purge, place, marked, _: real(purge, place, marked, within(-1))
    )
    return lambda: monkeypatch.setattr(janitor.purge.Purge, "_clear", real)


def test_what_one_run_leaves_the_next_does(seeded: Path, later: Later, no_time: Callable[[], None]) -> None:
    call("DELETE", STUDIO)
    stood = versions(seeded, *OWN)
    later(31 * DAY)
    for _ in range(2):
        assert sweep() == {"studios": 1, "failed": 0}
        assert versions(seeded, *OWN) == sorted([*stood, STUDIO_KEY])
    no_time()
    assert sweep() == {"studios": 1, "failed": 0}
    assert versions(seeded, *OWN) == []


def test_while_it_is_cleared_away_nobody_brings_it_back_or_takes_its_place(
    seeded: Path, later: Later, no_time: Callable[[], None]
) -> None:
    call("PUT", f"{STUDIOS}/other", {})
    call("DELETE", STUDIO)
    later(31 * DAY)
    sweep()
    stood = stored_objects(seeded)
    for method, path, body in (
        ("GET", STUDIO, None),
        ("POST", f"{STUDIO}/undelete", {}),
        ("DELETE", STUDIO, None),
        ("PUT", STUDIO, {}),
        ("POST", STUDIOS, {"id": "default"}),
        ("PATCH", STUDIO, {"name": "Mine"}),
        ("POST", f"{STUDIO}/slots", {}),
        ("POST", f"{STUDIO}/generate", {"slotId": "slot-1"}),
        ("GET", f"{STUDIO}/versions", None),
        ("GET", f"{STUDIO}/slots/slot-1/history/img-3/image", None),
        ("POST", f"{STUDIOS}/other/duplicate", {"id": "default", "withHistory": True}),
    ):
        refused = call(method, path, body)
        assert_problem(refused, 410, "purged")
        assert refused.json["name"] == "default"
    assert [one["id"] for one in call("GET", STUDIOS).json["items"]] == ["other"]
    assert call("GET", f"{STUDIOS}?deleted=true").json == {"items": []}
    (report,) = import_client(client_json()).json["sceneStudios"]
    assert report == {"id": "default", "created": False, "deleted": True}
    assert stored_objects(seeded) == stood


def test_under_the_id_of_a_purged_studio_a_new_one_begins_afresh(seeded: Path, later: Later) -> None:
    key = {"Idempotency-Key": "rename"}
    old = call("PATCH", STUDIO, {"name": "Old"}, key)
    call("DELETE", STUDIO)
    later(31 * DAY)
    sweep()
    made = call("PUT", STUDIO, {"name": "New"})
    assert (made.status, made.json["outputSlots"]) == (201, [])
    stored = json.loads(stored_objects(seeded)[STUDIO_KEY].body)
    assert (stored["rev"], len(stored["applied"])) == (1, 1)
    stale = call("PATCH", STUDIO, {"name": "Stale"}, {"If-Match": old.etag})
    assert_problem(stale, 412, "version-gone")
    assert call("PATCH", STUDIO, {"name": "Another"}, key).json["name"] == "Another"
    later(40 * DAY)
    sweep()
    assert call("GET", STUDIO).json["name"] == "Another"


def test_a_round_that_fails_is_told_of_and_hinders_nobody(
    seeded: Path, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("DELETE", STUDIO)
    later(31 * DAY)
    store = runtime.object_store()
    with monkeypatch.context() as patch:

        def down(*_: Any, **_more: Any) -> None:
            raise Unavailable("down for a test")

        patch.setattr(store, "heads", down)
        assert sweep() == {"studios": 0, "failed": 1}
    assert sweep() == {"studios": 1, "failed": 0}
    assert_problem(call("GET", STUDIO), 404, "not-found")


def test_a_round_goes_through_all_studios_of_all_clients_a_little_in_each_run(
    seeded: Path, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge_round, "LISTINGS", 2)
    monkeypatch.setattr(purge_round, "STUDIOS_LISTED", 2)
    due = []
    for client in ("a", "b", "empty", "z"):
        call("PUT", f"/api/clients/{client}", {"name": client})
        for studio in () if client == "empty" else ("one", "three", "two"):
            address = f"/api/clients/{client}/scene-studio/{studio}"
            call("PUT", address, {})
            if studio != "three":
                call("DELETE", address)
                due.append(address)
    later(31 * DAY)
    assert [sweep()["studios"] for _ in range(5)] == [2, 3, 4, 6, 6]  # reminders stay for a while
    assert {call("GET", address).status for address in due} == {404}
    assert call("GET", "/api/clients/b/scene-studio/three").status == 200


def test_a_round_is_over_for_a_day_and_not_for_longer_whatever_the_clock_said(
    seeded: Path, later: Later
) -> None:
    later(400 * DAY)
    sweep()
    later(-400 * DAY)
    sweep()
    round_over = stored_objects(seeded)[keys.purge_round()]
    later(DAY - 60_000)
    sweep()
    assert stored_objects(seeded)[keys.purge_round()] == round_over
    later(60_000)
    sweep()
    assert stored_objects(seeded)[keys.purge_round()] != round_over
