"""What every queue takes and refuses."""

from collections.abc import Callable, Iterator

import pytest

from scene_studio.queues.queue import MAX_BODY_BYTES, Queue
from tests.queues.conftest import OpenQueue
from tests.queues.moto_sqs import moto_queue

Received = Callable[[], list[str]]


@pytest.fixture(params=["sqlite", "sqs"])
def pair(request: pytest.FixtureRequest, open_queue: OpenQueue) -> Iterator[tuple[Queue, Received]]:
    """A queue, and what gives the bodies that wait in it."""
    if request.param == "sqlite":
        queue = open_queue()
        yield queue, lambda: [message.body for message in queue.receive(100)]
    else:
        with moto_queue() as moto:
            yield moto


def test_any_number_of_messages_comes_out_as_it_went_in(pair: tuple[Queue, Received]) -> None:
    queue, received = pair
    bodies = [f"{number} \u20ac \U0001f600 \t\r\n" for number in range(23)]

    queue.send([])
    queue.send(bodies[:1])
    queue.send(bodies[1:])

    assert sorted(received()) == sorted(bodies)


def test_equal_bodies_are_messages_of_their_own(pair: tuple[Queue, Received]) -> None:
    queue, received = pair
    queue.send(["same", "same"])
    queue.send(["same"])
    assert received() == ["same"] * 3


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "empty"),
        ("a\x00", "x00"),
        ("\x1f", "x1f"),
        ("\ufffe", "ufffe"),
        ("\ud800", "ud800"),
        ("x" * (MAX_BODY_BYTES + 1), "262145 bytes"),
        ("\u20ac" * (MAX_BODY_BYTES // 3 + 1), "262146 bytes"),
    ],
    ids=["empty", "nul", "control", "no character", "surrogate", "too long", "too many bytes"],
)
def test_a_body_that_sqs_would_refuse_is_refused_and_nothing_is_sent(
    pair: tuple[Queue, Received], body: str, reason: str
) -> None:
    queue, received = pair

    with pytest.raises(ValueError, match=reason):
        queue.send(["good", body])

    assert received() == []


def test_the_longest_bodies_are_taken(pair: tuple[Queue, Received]) -> None:
    queue, received = pair
    bodies = ["x" * MAX_BODY_BYTES, "\u20ac" * (MAX_BODY_BYTES // 3) + "x"]
    queue.send(bodies)
    assert sorted(received()) == sorted(bodies)
