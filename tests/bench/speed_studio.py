"""The studio that is measured: the original product's campaign of 20 variations over 5 slots, or more of it."""

from typing import Final, TypeVar

from scene_studio.model.document import RING_SIZE
from scene_studio.store.object_store import ObjectStore
from tests.support.histories import Team, revision

Store = TypeVar("Store", bound=ObjectStore)

SLOTS: Final = 5
VARIATIONS: Final = 4
"""Revisions of each slot."""


def seeds_campaign(store: Store, studio_id: str, slots: int = SLOTS) -> Store:
    """Put a studio into a store, and give the store.

    Its slots are `slot-1` and so on, each with `VARIATIONS` revisions, and it remembers as many requests as it
    can, as one does that was worked in.
    """
    names = [f"slot-{number}" for number in range(1, slots + 1)]
    team = Team(store, *names, studio_id=studio_id)
    for place, name in enumerate(names):
        made = [revision(place * VARIATIONS + number) for number in reversed(range(VARIATIONS))]
        team.add(name, made, by_machine=True)
    for number in range(RING_SIZE):
        team.edit(f"Summer Campaign, draft {number}")
    return store
