"""Guest links as the team makes, lists and withdraws them."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from scene_studio.model.identifiers import days_after
from tests.support.api import CLIENT, STUDIO, call
from tests.support.problems import assert_invalid, assert_problem
from tests.support.shares import DAY, SHARES, clock_of_shares, listed, look, made, new_link, set_marks
from tests.support.stored import stored_document, stored_objects


@pytest.fixture
def at() -> Iterator[Callable[[int], None]]:
    with clock_of_shares() as set_to:
        yield set_to


def everything_written(path: Path) -> bytes:
    """All versions of all objects, with their keys."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT key, metadata, body FROM versions").fetchall()
    return b"\n".join(str(key).encode() + str(meta).encode() + bytes(body or b"") for key, meta, body in rows)


def test_a_link_is_made_with_a_secret_that_opens_it(seeded: Path, at: object) -> None:
    answer = call("POST", SHARES, {"name": "Agency", "expiresInDays": 3})
    link = made(answer)
    assert answer.json == {
        "share": {
            "id": link.id,
            "name": "Agency",
            "createdAt": "2027-01-15T08:00:00.000Z",
            "expiresAt": "2027-01-18T08:00:00.000Z",
        },
        "secret": link.secret,
        "url": f"/shared/{link.id}#{link.secret}",
    }
    assert (answer.headers["location"], answer.headers["cache-control"]) == (
        f"/api/shares/{link.id}",
        "no-store",
    )
    assert len(link.secret) == 43
    assert look(link).status == 200


def test_a_link_lasts_for_fourteen_days_unless_it_is_said_otherwise(seeded: Path) -> None:
    (share,) = [call("POST", SHARES, {}).json["share"]]
    assert share["expiresAt"] == days_after(share["createdAt"], 14)
    assert "name" not in share


def test_every_link_has_an_id_and_a_secret_of_its_own(seeded: Path) -> None:
    links = [new_link() for _ in range(5)]
    assert [len(set(column)) for column in zip(*links, strict=True)] == [5, 5]


def test_the_secret_is_told_once_and_is_written_nowhere(seeded: Path) -> None:
    link = made(call("POST", SHARES, {}, {"Idempotency-Key": "the-key-of-the-caller"}))
    set_marks(link, "img-3")
    written = everything_written(seeded)
    assert link.id.encode() in written
    assert link.secret.encode() not in written
    assert b"the-key-of-the-caller" not in written


def test_what_is_kept_of_a_link_is_told_to_nobody(seeded: Path) -> None:
    link = new_link(name="Agency")
    version = call("GET", STUDIO).etag.strip('"')
    set_marks(link, "img-3")
    (stored,) = stored_document(seeded)["shares"]
    told = [
        call("GET", STUDIO),
        call("GET", f"{STUDIO}?version={version}"),
        call("GET", f"{STUDIO}/versions"),
        call("GET", CLIENT),
        call("GET", f"{CLIENT}?expand=sceneStudios"),
        call("GET", f"{CLIENT}/scene-studio"),
        call("GET", SHARES),
        call("PUT", STUDIO, {}, {"If-None-Match": "*"}),
        call("PATCH", STUDIO, {"name": "New"}),
        call("PATCH", f"{STUDIO}/slots/slot-1", {"settings": {"style": "Rustic"}}),
        call("POST", f"{STUDIO}/restore", {"version": version}),
        call("POST", f"{STUDIO}/duplicate", {}),
        look(link),
    ]
    assert all(answer.status in {200, 201, 412} for answer in told)
    for answer in told:
        for hidden in (stored["salt"], stored["secretSha256"], link.secret, '"shares"'):
            assert hidden.encode() not in answer.body


def test_the_list_tells_the_links_in_their_order_and_what_was_marked_through_each(seeded: Path) -> None:
    first, second = new_link(name="Agency"), new_link()
    set_marks(second, "img-2")
    items = listed()
    assert [item["id"] for item in items] == [first.id, second.id]
    assert [item.get("name") for item in items] == ["Agency", None]
    assert [item["favorites"] for item in items] == [[], [{"slotId": "slot-1", "imageId": "img-2"}]]
    assert set().union(*items) == {"id", "name", "createdAt", "expiresAt", "favorites"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"expiresInDays": 0}, "/expiresInDays"),
        ({"expiresInDays": 91}, "/expiresInDays"),
        ({"expiresInDays": 1.5}, "/expiresInDays"),
        ({"expiresInDays": "7"}, "/expiresInDays"),
        ({"expiresInDays": True}, "/expiresInDays"),
        ({"expiresInDays": None}, "/expiresInDays"),
        ({"name": " "}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"name": "a\nb"}, "/name"),
    ],
)
def test_a_link_of_wrong_length_or_name_is_refused(seeded: Path, body: dict[str, Any], field: str) -> None:
    before = stored_objects(seeded)
    assert_invalid(call("POST", SHARES, body), field)
    assert stored_objects(seeded) == before


def test_a_link_may_last_for_one_day_and_for_ninety(seeded: Path) -> None:
    for days in (1, 90):
        share = call("POST", SHARES, {"expiresInDays": days, "name": "x" * 200}).json["share"]
        assert share["expiresAt"] == days_after(share["createdAt"], days)


def test_no_more_than_fifty_links_are_live_and_a_refused_one_leaves_nothing(
    seeded: Path, at: Callable[[int], None]
) -> None:
    old = [new_link(expiresInDays=1) for _ in range(2)]
    for _ in range(48):
        new_link(expiresInDays=3)
    before = stored_objects(seeded)
    assert_invalid(call("POST", SHARES, {}), "/shares")
    assert stored_objects(seeded) == before
    at(DAY)
    assert len(listed()) == 50  # what has expired is shown until another link is made
    newest = new_link()
    ids = [item["id"] for item in listed()]
    assert (len(ids), ids[-1]) == (49, newest.id)
    assert not {link.id for link in old} & set(ids)


def test_a_deleted_studio_and_one_that_is_not_there_get_no_link_and_nothing_is_left_behind(
    seeded: Path,
) -> None:
    link = new_link()
    call("DELETE", STUDIO)
    before = stored_objects(seeded)
    for method, path in (("POST", SHARES), ("GET", SHARES), ("DELETE", f"{SHARES}/{link.id}")):
        assert_problem(call(method, path, {} if method == "POST" else None), 410, "deleted")
    assert_problem(call("POST", f"{CLIENT}/scene-studio/nowhere/shares", {}), 404, "not-found")
    assert stored_objects(seeded) == before


def test_a_withdrawn_link_opens_nothing_and_the_others_still_do(seeded: Path) -> None:
    gone, kept = new_link(), new_link()
    assert call("DELETE", f"{SHARES}/{gone.id}").status == 204
    assert (look(gone).status, look(kept).status) == (404, 200)
    assert [item["id"] for item in listed()] == [kept.id]
    assert_problem(call("DELETE", f"{SHARES}/{gone.id}"), 404, "not-found")


def test_a_withdrawal_that_is_repeated_under_its_key_succeeds_again(seeded: Path) -> None:
    link = new_link()
    key = {"Idempotency-Key": "withdraw-1"}
    answers = [call("DELETE", f"{SHARES}/{link.id}", headers=key) for _ in range(2)]
    assert [answer.status for answer in answers] == [204, 204]


def test_a_link_of_another_studio_is_not_withdrawn(seeded: Path) -> None:
    link = new_link()
    call("PUT", f"{CLIENT}/scene-studio/second", {})
    assert_problem(call("DELETE", f"{CLIENT}/scene-studio/second/shares/{link.id}"), 404, "not-found")
    assert look(link).status == 200
