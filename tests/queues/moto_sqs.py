"""A queue in moto's SQS, through a client as production has it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from moto import mock_aws

from scene_studio.queues.sqs import SqsQueue


@cache
def sqs_client() -> Any:
    # Clients take long to make; those made since moto was imported are caught whenever it mocks.
    return SqsQueue.connect("https://unused.invalid/")._client


@contextmanager
def moto_queue() -> Iterator[tuple[SqsQueue, Callable[[], list[str]]]]:
    """A queue, and what gives the bodies that wait in it."""
    client = sqs_client()
    with mock_aws():
        url = client.create_queue(QueueName="jobs")["QueueUrl"]

        def received() -> list[str]:
            bodies: list[str] = []
            while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                bodies += [message["Body"] for message in messages]
            return bodies

        yield SqsQueue(client, url), received
