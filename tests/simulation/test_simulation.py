import os
import subprocess
import sys
from collections.abc import Iterator
from functools import reduce
from typing import Final

import pytest

from tests.simulation.containers import light_answers
from tests.simulation.mutants import MUTANTS
from tests.simulation.profiles import PROFILES, USUAL
from tests.simulation.run import Tally, main, parts_of, tallies
from tests.simulation.schedule import run_schedule

pytestmark = pytest.mark.no_cover  # other tests measure what is reached; it would take half as long again

SCHEDULES: Final = 500
MUTANT_SCHEDULES: Final = 400
"""Several times what the most hidden mutant needs."""


@pytest.fixture
def light() -> Iterator[None]:
    with light_answers():
        yield


@pytest.mark.parametrize("first", [0, SCHEDULES])
def test_schedules_run_without_a_violation(first: int) -> None:
    tally = reduce(Tally.plus, tallies(parts_of(range(first, first + SCHEDULES)), jobs=1))
    assert tally.schedules == SCHEDULES
    told = [f"seed {outcome.seed}: {outcome.violation}" for outcome in tally.violations]
    assert not told
    assert tally.acknowledged > 5 * SCHEDULES
    assert tally.commits > 5 * SCHEDULES
    assert tally.pictures.asked > 2 * SCHEDULES
    assert tally.pictures.revisions > SCHEDULES
    assert tally.pictures.failures > SCHEDULES / 4
    assert tally.pictures.cancellations > SCHEDULES / 20
    assert tally.files.asked > SCHEDULES / 2
    assert tally.files.pictures > SCHEDULES / 4
    assert tally.files.rejected > SCHEDULES / 8


@pytest.mark.parametrize("name", MUTANTS)
def test_a_rule_that_is_switched_off_is_noticed(light: None, name: str) -> None:
    mutant = MUTANTS[name]
    profile = PROFILES.get(mutant.profile, USUAL)
    with mutant.switched_off():
        for seed in range(MUTANT_SCHEDULES):
            outcome = run_schedule(seed, profile)
            if outcome.violation is not None:
                print(f"{name}: {seed + 1} schedules: {outcome.violation[:100]}")
                return
    pytest.fail(f"{MUTANT_SCHEDULES} schedules did not show that {mutant.rule!r} no longer holds")


@pytest.mark.parametrize(("profile", "seed"), [("expiring", 1052)])
def test_schedules_that_once_showed_a_fault_show_none(light: None, profile: str, seed: int) -> None:
    assert run_schedule(seed, PROFILES[profile]).violation is None


def test_a_seed_gives_the_same_story_every_time(light: None) -> None:
    for seed in range(40):
        once, again = run_schedule(seed, digest=True), run_schedule(seed, digest=True)
        assert once.digest == again.digest


def test_seeds_give_different_stories(light: None) -> None:
    assert len({run_schedule(seed, digest=True).digest for seed in range(40)}) == 40


def test_a_seed_gives_the_same_story_in_another_process_with_other_hashes(light: None) -> None:
    code = (
        "from tests.simulation.containers import light_answers\n"
        "from tests.simulation.schedule import run_schedule\n"
        "with light_answers():\n"
        "    print(*[run_schedule(seed, digest=True).digest for seed in range(500, 520)])\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "4711"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.split() == [run_schedule(seed, digest=True).digest for seed in range(500, 520)]


def test_a_violation_is_told_with_its_seed_and_its_story(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "20", "--jobs", "1", "--mutant", "slots removed"]) == 1
    out = capsys.readouterr().out
    assert "has vanished" in out
    assert "sends person-" in out
    assert "20 schedules" in out


def test_a_run_without_violations_says_how_much_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "60", "--jobs", "2", "--start", "7"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("60 schedules, ")
    assert "0 violations" in told.out
    assert "60/60 schedules" in told.err
