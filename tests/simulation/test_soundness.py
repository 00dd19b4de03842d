"""What schedules leave behind is a sound store, as the operators' check sees it."""

from collections.abc import Iterator
from typing import Final

import pytest

from scene_studio.store.object_store import ABSENT
from tests.simulation import schedule
from tests.simulation.containers import light_answers
from tests.simulation.faults import Faults
from tests.simulation.mutants import MUTANTS
from tests.simulation.profiles import PROFILES, USUAL
from tests.simulation.schedule import run_schedule
from tests.simulation.store import MemoryStore
from tests.simulation.world import EPOCH_MILLISECONDS, World
from tests.support import scripted_store, soundness

SCHEDULES: Final = 60
MUTANT_SCHEDULES: Final = 60


@pytest.fixture
def worlds(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[MemoryStore]]:
    """The stores of the schedules that were run, the last one last."""
    made: list[MemoryStore] = []

    class Noted(MemoryStore):
        def __init__(self, world: World, faults: Faults) -> None:
            super().__init__(world, faults)
            made.append(self)

    monkeypatch.setattr(schedule, "MemoryStore", Noted)
    with light_answers():
        yield made


def broken(store: MemoryStore) -> list[str]:
    """What the check finds broken in what a schedule left; pictures of the simulator are no pictures."""
    plain = scripted_store.MemoryStore()
    for name in store.names(""):
        left = store.current(name)
        assert left is not None
        plain.put(name, left.body, expected=ABSENT, content_type="", metadata=left.metadata)
    return [line for line in soundness.broken(plain, EPOCH_MILLISECONDS) if "is no JPEG" not in line]


def test_what_schedules_leave_is_sound(worlds: list[MemoryStore]) -> None:
    assert [run_schedule(seed).violation for seed in range(SCHEDULES)] == [None] * SCHEDULES
    assert len(worlds) == SCHEDULES
    assert [line for store in worlds for line in broken(store)] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rev not raised", "in a commit that is still to come"),
        ("page not definite", "is named and not there"),
        ("pages named by place", "is not what was stored"),
        ("rows bring their history", "which is not in its history"),
    ],
)
def test_the_check_sees_what_a_rule_is_for_that_is_switched_off(
    worlds: list[MemoryStore], name: str, said: str
) -> None:
    with MUTANTS[name].switched_off():
        for seed in range(MUTANT_SCHEDULES):
            run_schedule(seed, PROFILES.get(MUTANTS[name].profile, USUAL))
            if any(said in line for line in broken(worlds[-1])):
                return
    pytest.fail(f"{MUTANT_SCHEDULES} schedules left nothing that {said}")
