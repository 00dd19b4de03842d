"""Many results at once: few commits, and every picture in its slot."""

from collections.abc import Sequence

import pytest

from tests.support.latency import Drained, drain

FIVE_SLOTS = {f"slot-{number}": 4 for number in range(1, 6)}
A_HUNDRED = {f"slot-{number}": 20 for number in range(1, 6)}
SEEDS = range(4)


def assert_all_there(drained: Drained, pictures: dict[str, int]) -> None:
    for slot_id, count in pictures.items():
        slot = drained.studio.slot(slot_id)
        assert {revision.id for revision in slot.history} == {f"{slot_id}-{n}" for n in range(count)}
        assert slot.history_count == count
        assert {revision.debug_prompt for revision in slot.history} == {f"Prompt of {slot_id}"}
        assert {revision.settings.style for revision in slot.history} == {f"Style of {slot_id}"}
        assert {revision.product_ids for revision in slot.history} == {(f"product-of-{slot_id}",)}
        assert slot.intents == ()


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hundred_results_that_end_within_200_ms_take_at_most_five_commits(seed: int) -> None:
    drained = drain(seed, A_HUNDRED, spread=0.2)
    assert drained.commits <= 5
    assert_all_there(drained, A_HUNDRED)


@pytest.mark.parametrize("pictures", [FIVE_SLOTS, A_HUNDRED], ids=["20", "100"])
def test_results_take_a_fraction_of_the_commits_and_of_the_time_that_they_take_one_by_one(
    pictures: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    combined = [drain(seed, pictures, spread=0.2) for seed in SEEDS]
    naive = [drain(seed, pictures, spread=0.2, combining=False) for seed in SEEDS[:2]]
    for drained in (*combined, *naive):
        assert_all_there(drained, pictures)
    count = sum(pictures.values())
    with capsys.disabled():
        print(f"\n{count} results, together and one by one:")
        for name in ("commits", "refused", "requests", "seconds"):
            ours, theirs = (mean([getattr(drained, name) for drained in runs]) for runs in (combined, naive))
            print(f"  {name}: {ours:.1f} and {theirs:.1f}, ratio {ours / theirs:.3f}")
    assert {drained.commits for drained in naive} == {count}
    assert mean([drained.commits for drained in combined]) <= count / 5
    assert mean([drained.seconds for drained in combined]) < mean([drained.seconds for drained in naive])
