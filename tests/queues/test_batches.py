"""Batches of messages: each is dealt with, and those that fail are named."""

from typing import Any

import pytest

from scene_studio.queues.batches import Delivery, deal_with


def batch_of(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [
            {"messageId": f"id-{body}", "body": body, "attributes": {"ApproximateReceiveCount": "2"}}
            for body in bodies
        ]
    }


def test_each_message_is_dealt_with_once_and_in_order() -> None:
    seen: list[Delivery] = []
    assert deal_with(batch_of("a", "b"), seen.append) == {"batchItemFailures": []}
    assert seen == [Delivery("id-a", "a", 2), Delivery("id-b", "b", 2)]


def test_a_message_that_fails_is_named_and_holds_up_no_other() -> None:
    seen = []

    def handle(delivery: Delivery) -> None:
        seen.append(delivery.body)
        if delivery.body in {"a", "c"}:
            raise ValueError(delivery.body)

    answer = deal_with(batch_of("a", "b", "c", "d"), handle)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "id-a"}, {"itemIdentifier": "id-c"}]}
    assert seen == ["a", "b", "c", "d"]


def test_a_batch_of_which_every_message_fails_is_answered_like_any_other() -> None:
    def handle(delivery: Delivery) -> None:
        raise ValueError(delivery.body)

    assert deal_with(batch_of("a"), handle) == {"batchItemFailures": [{"itemIdentifier": "id-a"}]}


def test_a_function_that_is_stopped_answers_for_no_message() -> None:
    def handle(delivery: Delivery) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deal_with(batch_of("a"), handle)
