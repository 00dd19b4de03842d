"""The plain designs lose nothing and hold what Scene Studio holds, so that the comparison is fair."""

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from pydantic_core import from_json

from scene_studio.store import keys
from scene_studio.store.object_store import ObjectStore, StoredObject
from tests.bench.designs import (
    Change,
    ClientDocument,
    Design,
    Json,
    StudioDocument,
    at_once,
    chosen,
    delivered,
    full_jitter,
    studio_json,
)
from tests.simulation.world import World
from tests.support.histories import CLIENT, STUDIO, Team, revision
from tests.support.latency import SlowStore
from tests.support.scripted_store import MemoryStore

DESIGNS: tuple[Callable[..., Design], ...] = (ClientDocument, StudioDocument)
both = pytest.mark.parametrize("design", DESIGNS)


def stored(store: ObjectStore, studio_id: str = STUDIO) -> Json:
    """A studio as either design stores it."""
    found = store.get(keys.studio(CLIENT, studio_id))
    if isinstance(found, StoredObject):
        studio: Json = from_json(found.body)
        return studio
    client = store.get(keys.client(CLIENT))
    assert isinstance(client, StoredObject)
    return next(one for one in from_json(client.body)["sceneStudios"] if one["id"] == studio_id)


def begun(design: Callable[..., Design], store: Any, *revisions: int) -> Design:
    place = design(store)
    history = [revision(number) for number in revisions]
    place.begin([studio_json(studio_id, {"slot-1": history, "slot-2": ()}) for studio_id in (STUDIO, "other")])
    return place


@both
def test_a_change_is_in_its_studio_and_nowhere_else(design: Callable[..., Design]) -> None:
    store = MemoryStore()
    place = begun(design, store, 2, 1)
    before, other = stored(store), stored(store, "other")
    place.change(STUDIO, chosen("slot-1", {"style": "Coastal"}))
    place.change(STUDIO, delivered("slot-1", revision(3)))
    after = stored(store)
    slot = after["outputSlots"][0]
    assert slot["settings"] == before["outputSlots"][0]["settings"] | {"style": "Coastal"}
    assert [one["id"] for one in slot["history"]] == [revision(number).id for number in (3, 2, 1)]
    assert slot["outputImage"] == revision(3).id
    assert slot["history"][1:] == before["outputSlots"][0]["history"]
    assert after["outputSlots"][1] == before["outputSlots"][1]
    assert stored(store, "other") == other


@both
@pytest.mark.parametrize("waits", [False, True], ids=["at once", "with jitter"])
def test_changes_that_come_together_are_all_there(design: Callable[..., Design], *, waits: bool) -> None:
    world, chance = World(1), random.Random(1)
    slow = SlowStore(world)
    begun(design, slow._store)
    pause = full_jitter(world.pause, chance.uniform) if waits else at_once
    changes: list[Change] = [delivered("slot-1", revision(number)) for number in range(8)]
    changes += [chosen("slot-1", {f"setting-{number}": number}) for number in range(8)]
    for change in changes:
        world.spawn(partial(design(slow, pause).change, STUDIO, change), chance.uniform(0, 0.1))
    world.run()
    slot = stored(slow._store)["outputSlots"][0]
    assert {one["id"] for one in slot["history"]} == {revision(number).id for number in range(8)}
    assert slot["settings"].items() >= {f"setting-{number}": number for number in range(8)}.items()
    assert slow.requests["put"] > len(changes)


def members_of(slots: Sequence[Json]) -> list[Json]:
    names = ("id", "productIds", "status", "outputImage", "history", "settings")
    return [{name: slot[name] for name in names} for slot in slots]


@both
def test_it_holds_of_slots_and_revisions_what_scene_studio_holds(design: Callable[..., Design]) -> None:
    theirs, ours = MemoryStore(), MemoryStore()
    team = Team(ours, "slot-1")
    team.add("slot-1", [revision(2), revision(1)])
    studio = team.studio()
    place = design(theirs)
    place.begin([studio_json(STUDIO, {"slot-1": [revision(2), revision(1)]})])
    assert members_of(stored(theirs)["outputSlots"]) == members_of(studio.to_json()["outputSlots"])
