"""The studio that is measured: the seed's own campaign (flow 2), 20 variations over 5 slots, or more of it."""

from typing import Final

from scene_studio.store.object_store import ObjectStore
from tests.support.histories import Team, revision

SLOTS: Final = 5
VARIATIONS: Final = 4
"""Revisions of each slot."""


def seeds_campaign(store: ObjectStore, studio_id: str, slots: int = SLOTS) -> Team:
    """Put a studio into a store; its slots are `slot-1` and so on, each with `VARIATIONS` revisions."""
    names = [f"slot-{number}" for number in range(1, slots + 1)]
    team = Team(store, *names, studio_id=studio_id)
    for place, name in enumerate(names):
        made = [revision(place * VARIATIONS + number) for number in reversed(range(VARIATIONS))]
        team.add(name, made, by_machine=True)
    return team
