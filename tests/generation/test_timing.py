"""The times of each step fit into each other, whatever the worker's time limit."""

from hypothesis import given
from hypothesis import strategies as st

from scene_studio.generation.timing import DELIVERIES, Timing
from scene_studio.model.generation import LATE_MILLISECONDS

LIMITS = st.integers(1, 900)
"""In seconds; AWS stops a function after 900 at the latest."""


@given(LIMITS)
def test_a_claim_outlives_its_worker_and_a_message_comes_back_only_when_it_has_run_out(seconds: int) -> None:
    timing = Timing(seconds)
    assert seconds * 1000 < timing.lease < timing.visibility


@given(LIMITS)
def test_a_picture_is_not_given_up_before_every_delivery_of_its_message_had_its_turn(seconds: int) -> None:
    timing = Timing(seconds)
    assert timing.deadline > 2 * timing.lease
    assert timing.deadline > DELIVERIES * timing.visibility


@given(LIMITS)
def test_a_message_is_sent_again_when_the_first_is_visible_again_and_before_the_picture_is_given_up(
    seconds: int,
) -> None:
    timing = Timing(seconds)
    assert timing.visibility < timing.queue_again < timing.deadline


@given(LIMITS)
def test_a_failure_is_forgotten_only_when_no_worker_can_bring_its_picture_any_more(seconds: int) -> None:
    timing = Timing(seconds)
    assert timing.lease < LATE_MILLISECONDS
