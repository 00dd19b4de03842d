"""What schedules leave behind is a sound store, as the operators' check sees it."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.simulation import schedule
from tests.simulation.checker import Checker
from tests.simulation.containers import light_answers
from tests.simulation.faults import Faults
from tests.simulation.mutants import MUTANTS
from tests.simulation.profiles import PROFILES, USUAL
from tests.simulation.schedule import run_schedule
from tests.simulation.world import World
from tests.support import soundness

SCHEDULES: Final = 60
MUTANT_SCHEDULES: Final = 60


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the check finds broken after each schedule; pictures of the simulator are no pictures."""
    found: list[str] = []
    run = schedule._run

    def run_and_check(world: World, checker: Checker) -> Any:
        ended = run(world, checker)
        store = checker._store
        store.faults = Faults()
        found.extend(line for line in soundness.broken(store, world.milliseconds()) if "is no JPEG" not in line)
        return ended

    monkeypatch.setattr(schedule, "_run", run_and_check)
    with light_answers():
        yield found


def test_what_schedules_leave_is_sound(broken: list[str]) -> None:
    assert [run_schedule(seed).violation for seed in range(SCHEDULES)] == [None] * SCHEDULES
    assert broken == []


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
    broken: list[str], name: str, said: str
) -> None:
    with MUTANTS[name].switched_off():
        for seed in range(MUTANT_SCHEDULES):
            run_schedule(seed, PROFILES.get(MUTANTS[name].profile, USUAL))
            if any(said in line for line in broken):
                return
    pytest.fail(f"{MUTANT_SCHEDULES} schedules left nothing that {said}: {broken}")
