"""Guests who mark while replies are lost and the team does something else."""

from collections.abc import Callable
from typing import Any

import pytest

from scene_studio.model.errors import LinkInvalid, OutcomeUnknown
from scene_studio.model.share import Mark, Share, derived_secret, fingerprint
from scene_studio.model.studio import OutputSlot, Studio, new_studio
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.studios import Studios
from shares_api.guests import come_in, mark
from shares_api.links import Destination, store_link
from shares_api.messages import GuestFavorite
from tests.support.scripted_store import FakeTime, ScriptedStore, just_before, reply_lost, request_lost

NOW = "2024-06-01T00:00:00.000Z"
SECRET = derived_secret("salt", "key")
PLACE = Destination(client_id="acme-corp", studio_id="default")
LINK = Share(
    id="share-1",
    created_at=NOW,
    expires_at="2024-06-02T00:00:00.000Z",
    salt="salt",
    secret_sha256=fingerprint(SECRET),
)


class Room:
    """A shared studio in a store that goes wrong as scripted."""

    def __init__(self) -> None:
        self.store = ScriptedStore()
        self.studios = Studios(self.store, DocumentCache[Studio]())
        slot = OutputSlot(id="slot-1", output_image="img-1")
        studio = new_studio("acme-corp", "default", None, NOW)
        self.commit(lambda _: studio.replace(output_slots=(slot,), shares=(LINK,)))
        store_link(self.store, LINK, PLACE)

    def commit(self, change: Callable[[Any], Studio]) -> None:
        """Commit what somebody else does."""

        def apply(current: Versioned[Studio] | None) -> Studio:
            return change(current and current.document)

        others = Studios(self.store, DocumentCache[Studio]())
        others.commit(*PLACE.place(), apply, None, FakeTime().pacing())

    def mark(self) -> tuple[Mark, ...]:
        """Mark a picture as a guest."""
        guest = come_in(self.studios, self.store, LINK.id, SECRET, NOW)
        asked = [GuestFavorite(slot_id="slot-1", image_id="img-1")]
        pacing = FakeTime().pacing(attempts=3)
        return mark(self.studios, self.store, guest, SECRET, asked, NOW, pacing).marks()

    def studio(self) -> Studio:
        """The studio as it stands."""
        return Studios(self.store, DocumentCache[Studio]()).read_any(*PLACE.place()).document


def test_a_mark_whose_reply_was_lost_is_made_once() -> None:
    room = Room()
    room.store.puts.append(reply_lost)
    assert room.mark() == (Mark("slot-1", "img-1"),)
    assert room.studio().rev == 2


def test_a_mark_of_which_nobody_knows_is_not_told_as_failed() -> None:
    room = Room()
    room.store.puts.extend([request_lost] * 3)
    with pytest.raises(OutcomeUnknown):
        room.mark()
    assert room.mark() == (Mark("slot-1", "img-1"),)


def test_what_the_team_does_at_the_same_time_stays() -> None:
    room = Room()
    room.store.puts.append(just_before(lambda: room.commit(lambda studio: studio.replace(name="New"))))
    assert room.mark() == (Mark("slot-1", "img-1"),)
    assert room.studio().name == "New"


@pytest.mark.parametrize(
    "closed",
    [
        {"shares": ()},
        {"deleted_at": NOW},
        {"shares": (LINK.replace(secret_sha256="0" * 64),)},
        {"shares": (LINK.replace(expires_at=NOW),)},
    ],
    ids=["withdrawn", "studio deleted", "made anew", "expired"],
)
def test_a_link_that_is_closed_while_a_guest_marks_takes_no_mark(closed: dict[str, Any]) -> None:
    room = Room()
    room.store.puts.append(just_before(lambda: room.commit(lambda studio: studio.replace(**closed))))
    with pytest.raises(LinkInvalid):
        room.mark()
    assert [share.marks() for share in room.studio().shares if share.marks()] == []
    assert room.studio().rev == 2
