"""A queue for tests: its messages go to the worker function as soon as they are sent, or when a test says."""

from collections.abc import Sequence
from typing import Any

import generation_worker.handler
import janitor.handler
from infra.local.jobs import sqs_event
from infra.local.worker import Context
from scene_studio.queues.queue import QueueUnavailable
from scene_studio.queues.sqlite_queue import Message


class WorkingQueue:
    """Delivers each message to the worker function, in one invocation each, as SQS would.

    Attributes:
        held: whether messages wait until `work` is called.
        down: whether it refuses messages.
        sent: every body that was ever sent.
        waiting: the bodies that were not dealt with, each with the number of its deliveries so far.
    """

    def __init__(self) -> None:
        self.held = False
        self.down = False
        self.sent: list[str] = []
        self.waiting: list[tuple[str, int]] = []

    def send(self, bodies: Sequence[str]) -> None:
        """See `Queue.send`."""
        if self.down:
            raise QueueUnavailable("the queue is down for a test")
        self.sent.extend(bodies)
        self.waiting.extend((body, 0) for body in bodies)
        if not self.held:
            self.work()

    def work(self) -> int:
        """Deliver what waits, once, and give the number of messages that have to come again."""
        batch, self.waiting = self.waiting, []
        for body, deliveries in batch:
            if deliver(body, deliveries + 1):
                self.waiting.append((body, deliveries + 1))
        return len(self.waiting)


def deliver(body: str, deliveries: int = 1, seconds: float = 120) -> bool:
    """Hand one message to the worker function, and tell whether it has to come again."""
    message = Message("message-1", body, "receipt-1", deliveries, 1_700_000_000_000, 1_700_000_000_001)
    context: Any = Context("generation_worker", "test-request", seconds)
    answer = generation_worker.handler.lambda_handler(sqs_event(message, "generation"), context)
    return bool(answer["batchItemFailures"])


def sweep(seconds: float = 60) -> dict[str, int]:
    """Have the janitor look after everything, and give its answer."""
    context: Any = Context("janitor", "test-request", seconds)
    done: dict[str, int] = janitor.handler.lambda_handler({}, context)
    return done
