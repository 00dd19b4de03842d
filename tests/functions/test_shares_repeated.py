"""A link that is asked for twice under one key: after a lost reply, at once, or long afterwards."""

from pathlib import Path
from typing import Any

import pytest

from scene_studio.http.requests import Change
from scene_studio.model.errors import AlreadyExists, Busy, LinkInvalid, OutcomeUnknown
from scene_studio.model.studio import Studio, new_studio
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.studios import Studios
from shares_api.guests import come_in
from shares_api.links import Destination, find_destination
from shares_api.messages import NewShare
from shares_api.sharing import Shared, share_studio, withdraw_share
from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.problems import assert_problem
from tests.support.scripted_store import (
    FakeTime,
    ScriptedStore,
    just_before,
    reply_lost,
    request_lost,
    unavailable,
)
from tests.support.shares import SHARES, listed, look, made, set_marks
from tests.support.stored import stored_objects


def with_key(key: str, body: dict[str, Any] | None = None, path: str = SHARES) -> Answer:
    return call("POST", path, body or {}, {"Idempotency-Key": key})


def test_a_repeated_request_is_told_the_same_link_and_the_same_secret(seeded: Path) -> None:
    first = with_key("share-1", {"name": "Agency"})
    after_first = stored_objects(seeded)
    again = with_key("share-1", {"name": "Agency"})
    assert (again.status, again.body, again.headers) == (first.status, first.body, first.headers)
    assert stored_objects(seeded) == after_first
    call("PATCH", STUDIO, {"name": "New"})
    set_marks(made(first), "img-3")
    assert with_key("share-1", {"name": "Agency"}).body == first.body
    assert look(made(first)).status == 200
    assert len(listed()) == 1


def test_one_key_makes_one_link_in_each_studio(seeded: Path) -> None:
    call("PUT", f"{CLIENT}/scene-studio/second", {})
    here, there = with_key("1"), with_key("1", path=f"{CLIENT}/scene-studio/second/shares")
    assert made(here).id != made(there).id
    assert made(here).secret != made(there).secret
    assert [look(made(answer)).json["name"] for answer in (here, there)] == ["Main Studio", "Main Studio"]
    assert len(look(made(there)).json["outputSlots"]) == 0


def test_a_key_that_came_with_another_body_makes_no_link(seeded: Path) -> None:
    with_key("share-1", {"name": "Agency"})
    assert_problem(with_key("share-1", {"name": "Other"}), 422, "idempotency-key-reused")
    assert len(listed()) == 1


def test_a_repeat_after_the_link_was_withdrawn_does_not_bring_it_back(seeded: Path) -> None:
    link = made(with_key("share-1"))
    call("DELETE", f"{SHARES}/{link.id}")
    assert_problem(with_key("share-1"), 404, "not-found")
    assert listed() == []


class Office:
    """A studio in a store that goes wrong as scripted, and people who ask for links to it."""

    def __init__(self) -> None:
        self.store = ScriptedStore()
        self.time = FakeTime()
        self.studios = Studios(self.store, DocumentCache[Studio]())
        self.studios.commit(
            "acme-corp",
            "default",
            lambda _: new_studio("acme-corp", "default", None, self.now),
            None,
            self.pacing(),
        )

    now = "2024-06-01T00:00:00.000Z"
    place = Destination(client_id="acme-corp", studio_id="default")

    def pacing(self) -> Any:
        return self.time.pacing(attempts=4)

    def ask(self, salt: str, key: str = "key") -> Shared:
        """Ask for a link in a process that knows nothing yet."""
        change = Change(key, f"POST {SHARES}", "{}", 1_717_200_000_000, self.pacing(), has_own_key=True)
        studios = Studios(self.store, DocumentCache[Studio]())
        return share_studio(studios, self.store, self.place, NewShare(), salt, change)

    def withdraw(self, share_id: str) -> None:
        """Withdraw a link."""
        change = Change("withdraw", f"DELETE {SHARES}", "", 1_717_200_000_000, self.pacing())
        withdraw_share(self.studios, self.place, share_id, change)

    def forget_keys(self) -> None:
        """Empty the ring, as a hundred edits would."""

        def forget(current: Versioned[Studio] | None) -> Studio:
            assert current is not None
            return current.document.replace(applied=())

        self.studios.commit(*self.place.place(), forget, None, self.pacing())

    def shares(self) -> list[str]:
        return [share.id for share in self.studios.read("acme-corp", "default").document.shares]

    def opens(self, shared: Shared) -> bool:
        """Whether the secret leads to the studio and fits what the document knows."""
        (share,) = self.studios.read("acme-corp", "default").document.shares
        return find_destination(self.store, share.id, shared.secret) == self.place and share == shared.share


def test_a_link_whose_reply_was_lost_is_told_all_the_same() -> None:
    office = Office()
    office.store.puts.append(reply_lost)
    shared = office.ask("salt-1")
    assert office.opens(shared)
    assert office.ask("salt-2") == shared


def test_of_two_requests_with_one_key_at_once_both_are_told_the_one_secret_that_counts() -> None:
    office = Office()
    inner: list[Shared] = []
    office.store.puts.append(just_before(lambda: inner.append(office.ask("salt-2"))))
    outer = office.ask("salt-1")
    assert [outer] == inner
    assert outer.share.salt == "salt-2"
    assert office.opens(outer)


def test_a_link_of_which_nobody_knows_is_told_by_the_repeat() -> None:
    office = Office()
    office.store.puts.extend([request_lost] * 4)
    with pytest.raises(OutcomeUnknown):
        office.ask("salt-1")
    assert office.shares() == []
    assert office.opens(office.ask("salt-2"))


def test_where_a_link_leads_is_stored_before_the_studio_knows_the_link() -> None:
    office = Office()
    before = len(office.store.calls)
    office.ask("salt-1")
    written = [(name, key.partition("/")[0]) for name, key in office.store.calls[before:] if name != "get"]
    assert written == [("put_once", "shares"), ("put", "clients")]


def test_a_link_that_could_not_be_stored_is_not_in_the_studio() -> None:
    office = Office()
    office.store.creates.append(unavailable)
    with pytest.raises(Busy):
        office.ask("salt-1")
    assert office.shares() == []


def test_nothing_is_listed_to_make_a_link() -> None:
    office = Office()
    office.ask("salt-1")
    assert {name for name, _ in office.store.calls} == {"get", "put", "put_once"}


def test_a_key_that_the_studio_has_forgotten_makes_no_second_link_and_revives_no_secret() -> None:
    office = Office()
    first = office.ask("salt-1")
    office.forget_keys()
    with pytest.raises(AlreadyExists):
        office.ask("salt-2")
    office.withdraw(first.share.id)
    office.forget_keys()
    second = office.ask("salt-2")
    assert second.share.id == first.share.id
    assert second.secret != first.secret
    assert office.opens(second)
    with pytest.raises(LinkInvalid):
        come_in(office.studios, office.store, first.share.id, first.secret, office.now)
