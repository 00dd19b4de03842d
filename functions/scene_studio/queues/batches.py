"""Batches of messages, as SQS hands them to a function that says which of them have to come again.

Powertools deals with batches too, of every kind of stream. For that it loads asyncio and the events of all
services: a seventh of what a new container had to import before its first message.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Delivery(NamedTuple):
    """A message as it was delivered.

    Attributes:
        message_id: its id, the same at every delivery.
        body: its body.
        receives: how often it was delivered, this time included.
    """

    message_id: str
    body: str
    receives: int


def deal_with(event: Mapping[str, Any], handle: Callable[[Delivery], None]) -> dict[str, Any]:
    """Have each message of a batch dealt with, whatever becomes of the others.

    Args:
        event: the batch.
        handle: deals with a message; where it raises, that message has to come again. It says in the log why.

    Returns:
        The answer to SQS, which names those that have to come again.
    """
    left = []
    for record in event["Records"]:
        receives = int(record["attributes"]["ApproximateReceiveCount"])
        try:
            handle(Delivery(record["messageId"], record["body"], receives))
        except Exception:  # noqa: BLE001 - whatever it is, the other messages are dealt with all the same
            left.append(record["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in left]}
