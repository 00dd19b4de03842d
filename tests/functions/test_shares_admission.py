"""Who comes in by a guest link, and what everybody else is told: one and the same thing."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from scene_studio.store import keys
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.problems import assert_problem
from tests.support.shares import DAY, SHARES, Link, clock_of_shares, look, new_link, rewrite, set_marks
from tests.support.stored import STUDIO_KEY, stored_objects


@pytest.fixture
def at() -> Iterator[Callable[[int], None]]:
    with clock_of_shares() as set_to:
        yield set_to


def refusals_of(link: Link) -> list[Answer]:
    return [look(link), set_marks(link, "img-3")]


CASES = ["withdrawn", "expired", "another secret", "deleted studio", "no studio", "unknown"]


@pytest.mark.parametrize("case", CASES)
def test_whoever_does_not_come_in_is_told_nothing_of_why(
    seeded: Path, at: Callable[[int], None], case: str
) -> None:
    link = new_link(expiresInDays=1)
    other = new_link(expiresInDays=2)
    wanted = refusals_of(Link(link.id, "A" * 43))  # what a guesser is told
    for answer in wanted:
        assert_problem(answer, 404, "link-invalid")
    assert look(link).status == 200
    if case == "withdrawn":
        call("DELETE", f"{SHARES}/{link.id}")
    elif case == "expired":
        at(DAY)
    elif case == "another secret":
        link = Link(link.id, other.secret)
    elif case == "deleted studio":
        call("DELETE", STUDIO)
    elif case == "no studio":
        runtime.object_store().delete(STUDIO_KEY)
    else:
        wanted = [replaced(answer, link.id, "nobody") for answer in wanted]
        link = Link("nobody", link.secret)
    before = stored_objects(seeded)
    for answer, expected in zip(refusals_of(link), wanted, strict=True):
        assert (answer.status, answer.body, answer.headers) == (404, expected.body, expected.headers)
    assert stored_objects(seeded) == before


def replaced(answer: Answer, old: str, new: str) -> Answer:
    return Answer(answer.status, answer.headers, answer.body.replace(old.encode(), new.encode()))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What the store is asked: what for, and for which key."""
    found: list[tuple[str, Any]] = []

    def watch(name: str) -> Callable[..., Any]:
        original = getattr(SqliteObjectStore, name)

        def watched(self: Any, key: Any, *rest: Any, **more: Any) -> Any:
            found.append((name, key))
            return original(self, key, *rest, **more)

        return watched

    for name in ("get", "put", "put_once", "heads", "list_names", "list_versions", "presigned_url"):
        monkeypatch.setattr(SqliteObjectStore, name, watch(name))
    return found


@pytest.mark.parametrize(
    "secret", ["", "x", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "\n", "ä" * 43, "A" * 42 + "/"]
)
def test_what_can_be_no_secret_costs_nothing(seeded: Path, asked: list[tuple[str, Any]], secret: str) -> None:
    link = new_link()
    asked.clear()
    for answer in refusals_of(Link(link.id, secret)):
        assert_problem(answer, 404, "link-invalid")
    for method, path, body in (("GET", "", None), ("PUT", "/favorites", {"favorites": []})):
        assert_problem(call(method, f"/api/shares/{link.id}{path}", body), 404, "link-invalid")
    assert asked == []


def test_a_guess_costs_one_read_of_nothing_whether_there_is_such_a_link_or_not(
    seeded: Path, asked: list[tuple[str, Any]]
) -> None:
    link = new_link()
    for share_id in (link.id, "nobody"):
        for number in range(5):
            asked.clear()
            assert look(Link(share_id, f"{number}".rjust(43, "A"))).status == 404
            ((name, key),) = asked
            assert (name, key.startswith(f"shares/{share_id}/")) == ("get", True)
            assert key not in stored_objects(seeded)


def test_a_guest_costs_three_reads(seeded: Path, asked: list[tuple[str, Any]]) -> None:
    link = new_link()
    asked.clear()
    assert look(link).status == 200
    read = [key for name, key in asked if name == "get"]
    assert [key.partition("/")[0] for key in read] == ["shares", "clients", "clients"]
    assert {name for name, _ in asked} == {"get", "heads", "presigned_url"}
    assert [key for name, key in asked if name == "heads"] == [[]]


def test_the_link_of_one_studio_opens_no_other(seeded: Path) -> None:
    link = new_link()
    call("PUT", f"{CLIENT}/scene-studio/second", {"name": "Second"})
    (stored,) = [key for key in stored_objects(seeded) if key.startswith("shares/")]
    assert json.loads(stored_objects(seeded)[stored].body) == {"clientId": "acme-corp", "studioId": "default"}
    rewrite(stored, lambda destination: destination.update(studioId="second"))
    assert_problem(look(link), 404, "link-invalid")


def test_a_guest_comes_in_without_a_token_and_no_further(seeded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = new_link()
    monkeypatch.delenv("SCENE_STUDIO_TENANCY")
    runtime.environment.cache_clear()
    assert look(link).status == 200
    assert set_marks(link, "img-3").status == 200
    for path in (STUDIO, SHARES, CLIENT, f"{STUDIO}/slots/slot-1/history"):
        answer = call("GET", path, headers={"X-Share-Token": link.secret})
        assert_problem(answer, 401, "unauthenticated")
    claims = {"token_use": "access", "cognito:groups": "[client:acme-corp]"}
    assert_problem(look(Link(link.id, "A" * 43), claims=claims), 404, "link-invalid")


def test_the_keys_of_links_stand_apart_from_those_of_clients() -> None:
    assert keys.share("share-1", "0" * 64) == f"shares/share-1/{'0' * 64}.json"
