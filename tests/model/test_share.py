import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene_studio.model.errors import AlreadyExists, InvalidRequest, LinkInvalid, NotFound
from scene_studio.model.identifiers import days_after
from scene_studio.model.share import (
    MAX_MARKS,
    MAX_SHARES,
    Mark,
    Share,
    admitted,
    derived_secret,
    fingerprint,
    with_marks,
    with_share,
    without_share,
)

NOW = "2024-06-01T12:00:00.000Z"
SALT = "c2FsdA"
SECRET = derived_secret(SALT, "key")

marks = st.builds(Mark, st.sampled_from(("slot-1", "slot-2")), st.sampled_from(("img-1", "img-2", "img-3")))
requests = st.lists(st.dictionaries(marks, st.booleans(), max_size=4), max_size=6)


def share(name: str = "share-1", days: int = 14) -> Share:
    return Share(
        id=name,
        created_at=NOW,
        expires_at=days_after(NOW, days),
        salt=SALT,
        secret_sha256=fingerprint(SECRET),
    )


def test_a_secret_is_the_same_for_the_same_salt_and_key_and_another_for_others() -> None:
    assert derived_secret(SALT, "key") == SECRET
    assert (
        len(
            {SECRET, derived_secret(SALT, "key2"), derived_secret("c2FsdQ", "key"), derived_secret("key", SALT)}
        )
        == 4
    )


def test_a_secret_is_32_bytes_that_may_stand_in_an_address() -> None:
    assert re.fullmatch("[A-Za-z0-9_-]{43}", SECRET)


def test_nothing_that_is_stored_is_the_secret_or_lets_in() -> None:
    stored = share()
    for value in (
        stored.salt,
        stored.secret_sha256,
        stored.id,
        "",
        SECRET[:-1],
        SECRET + "A",
        SECRET.swapcase(),
    ):
        with pytest.raises(LinkInvalid):
            admitted([stored], stored.id, value, NOW)
    assert admitted([share("share-0"), stored], stored.id, SECRET, NOW) is stored


def test_a_guest_comes_in_until_the_moment_at_which_the_link_expires() -> None:
    link = share(days=1)
    assert admitted([link], link.id, SECRET, "2024-06-02T11:59:59.999Z") is link
    for late in ("2024-06-02T12:00:00.000Z", "2025-01-01T00:00:00.000Z"):
        with pytest.raises(LinkInvalid):
            admitted([link], link.id, SECRET, late)


def test_refusals_do_not_differ() -> None:
    link = share(days=1)
    refused = []
    for share_id, secret, now in (
        ("share-2", SECRET, NOW),
        (link.id, "x" * 43, NOW),
        (link.id, SECRET, link.expires_at),
    ):
        with pytest.raises(LinkInvalid) as caught:
            admitted([link], share_id, secret, now)
        refused.append((caught.value.detail, caught.value.members))
    assert refused[0] == refused[1] == refused[2]


def test_a_link_more_drops_those_that_have_expired_and_keeps_the_rest_in_order() -> None:
    shares = (share("a"), share("b", days=-1), share("c"))
    assert [one.id for one in with_share(shares, share("d"), NOW)] == ["a", "c", "d"]


def test_a_studio_has_at_most_fifty_live_links_and_expired_ones_do_not_count() -> None:
    most = tuple(share(f"share-{number}") for number in range(MAX_SHARES))
    with pytest.raises(InvalidRequest, match="/shares"):
        with_share(most, share("one-more"), NOW)
    assert len(with_share((*most[1:], share("old", days=-1)), share("one-more"), NOW)) == MAX_SHARES == 50


def test_an_id_is_taken_only_by_a_link_that_is_live() -> None:
    with pytest.raises(AlreadyExists):
        with_share([share()], share(), NOW)
    assert len(with_share([share(days=-1)], share(), NOW)) == 1


def test_a_link_is_withdrawn_alone_and_only_if_it_is_there() -> None:
    shares = (share("a"), share("b"))
    assert [one.id for one in without_share(shares, "a")] == ["b"]
    with pytest.raises(NotFound):
        without_share(shares, "c")


@given(requests)
def test_marks_are_there_as_they_were_set_last_and_a_repeat_changes_nothing(
    asked: list[dict[Mark, bool]],
) -> None:
    link = share()
    expected: dict[Mark, bool] = {}
    for one in asked:
        link = with_marks(link, one)
        assert with_marks(link, one) == link
        expected |= one
    assert set(link.marks()) == {mark for mark, is_set in expected.items() if is_set}
    assert all(images for images in link.favorites.values())
    assert Share.model_validate(link.to_json()) == link


def test_a_guest_has_so_many_marks_and_may_take_one_for_another() -> None:
    full = with_marks(share(), {Mark("slot-1", f"img-{number}"): True for number in range(MAX_MARKS)})
    with pytest.raises(InvalidRequest, match="/favorites"):
        with_marks(full, {Mark("slot-2", "img-x"): True})
    assert len(with_marks(full, {Mark("slot-2", "img-x"): True, Mark("slot-1", "img-7"): False}).marks()) == 100
