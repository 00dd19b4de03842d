"""Whatever is uploaded, the end is a correct picture or a reason, in bounded time and memory."""

import time
from collections.abc import Iterator

import pytest
from PIL import Image

from scene_studio.images.bare import is_bare
from scene_studio.images.forms import Purpose, TakenIn
from tests.images.long_lived_child import PURPOSES, LongLivedChild
from tests.images.measured import take_in_measured
from tests.support.hostile_pictures import (
    BOMBS,
    LARGEST,
    LOOPS,
    MOVING,
    POLYGLOTS,
    SCRIPT,
    STRANGERS,
    Hostile,
    mended,
    whole_pictures,
    with_flipped_bits,
)
from tests.support.pictures import as_image, difference, photograph

MOST_MEMORY = 600_000_000
WHOLE = dict(whole_pictures())
OTHERS = [*STRANGERS, *POLYGLOTS, *LOOPS, *MOVING]
TAKING_FOREVER = {"a PNG of two million pieces", "a JPEG of six million pieces"}


@pytest.fixture(scope="module")
def child() -> Iterator[LongLivedChild]:
    with LongLivedChild() as one:
        yield one


def is_sound(outcome: TakenIn | str, purpose: Purpose) -> bool:
    """Whether this is a reason that can be read or a picture that is what it says."""
    if isinstance(outcome, str):
        return len(outcome) > 20 and outcome.endswith((".", "!"))
    files = [file for file in (outcome.picture, outcome.thumbnail, outcome.cutout) if file is not None]
    return (
        as_image(outcome.picture).size == (outcome.width, outcome.height)
        and all(max(as_image(file).size) <= 4096 for file in files)
        and all(is_bare(file, "PNG" if file.startswith(b"\x89") else "JPEG") for file in files)
        and all(SCRIPT not in file for file in files)
        and files[0].startswith(b"\xff\xd8" if purpose == "scene" else b"\x89PNG")
    )


def ended_as(outcome: TakenIn | str) -> str:
    return "rejected" if isinstance(outcome, str) else "ready"


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_is_not_damaged_comes_out_as_it_is(name: str, purpose: Purpose, child: LongLivedChild) -> None:
    outcome = child.take_in(WHOLE[name], purpose)
    assert isinstance(outcome, TakenIn)
    assert is_sound(outcome, purpose)
    picture = as_image(outcome.picture).convert("RGB")
    if "alpha" not in name:
        expected = photograph(0 if "moving" in name else 3, (40, 30))
        turned = expected.transpose(Image.Transpose.ROTATE_270) if picture.height > picture.width else expected
        assert difference(picture, turned) < 10
    assert b"Camera" not in outcome.picture + outcome.thumbnail


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_off_at_any_percent_is_rejected_or_lacks_nothing(name: str, child: LongLivedChild) -> None:
    whole = WHOLE[name]
    outcomes = []
    for percent in range(100):
        purpose = PURPOSES[percent % 2]
        cut = whole[: len(whole) * percent // 100]
        outcome = child.take_in(cut, purpose)
        assert is_sound(outcome, purpose), percent
        if isinstance(outcome, TakenIn):
            entire = child.take_in(whole, purpose)
            assert isinstance(entire, TakenIn)
            assert outcome.picture == entire.picture, percent
        outcomes.append(ended_as(outcome))
        assert is_sound(child.take_in(mended(cut), purpose), purpose), percent
    assert outcomes[:50] == ["rejected"] * 50


@pytest.mark.parametrize("name", WHOLE)
def test_flipped_bits_end_in_a_reason_or_a_picture(name: str, child: LongLivedChild) -> None:
    ends = set()
    for seed in range(40):
        purpose = PURPOSES[seed % 2]
        outcome = child.take_in(with_flipped_bits(WHOLE[name], seed), purpose)
        assert is_sound(outcome, purpose), seed
        ends.add(ended_as(outcome))
    assert ends


@pytest.mark.parametrize("hostile", OTHERS, ids=str)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_strangers_polyglots_loops_and_moving_pictures(
    hostile: Hostile, purpose: Purpose, child: LongLivedChild
) -> None:
    outcome = child.take_in(hostile.make(), purpose)
    assert is_sound(outcome, purpose)
    assert hostile.ends in {"either", ended_as(outcome)}, outcome


@pytest.mark.parametrize(
    "hostile", [*BOMBS, *LARGEST, STRANGERS[0], STRANGERS[1], POLYGLOTS[1], LOOPS[0], MOVING[1]], ids=str
)
def test_bombs_and_the_largest_pictures_stay_within_time_and_memory(hostile: Hostile) -> None:
    data = hostile.make()
    began = time.monotonic()
    outcome, memory = take_in_measured(data, "scene", seconds=1 if hostile.name in TAKING_FOREVER else 15)
    assert time.monotonic() - began < 20
    assert memory < MOST_MEMORY
    assert is_sound(outcome, "scene")
    assert hostile.ends in {"either", ended_as(outcome)}, outcome
