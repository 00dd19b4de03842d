"""Functions that nobody waits for: what SQS's event source mapping and EventBridge's schedules do.

Both run as tasks beside the server, and invoke functions through a pool, as Lambda would.
"""

import asyncio
import hashlib
import logging
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn

from infra.local.events import ACCOUNT_ID
from infra.local.pool import InvocationFailedError, InvocationTimedOutError, Pool

if TYPE_CHECKING:
    # At run time the functions' import root is known only once the server has its settings.
    from scene_studio.queues.sqlite_queue import Message, SqliteQueue

_REGION: Final = "us-east-1"
_BUSY_SECONDS: Final = 0.1
_IDLE_SECONDS: Final = 0.5
_TROUBLE_SECONDS: Final = 5.0

logger = logging.getLogger("scene_studio.local")


def sqs_event(message: "Message", queue_name: str) -> dict[str, Any]:
    """The event that an event source mapping would pass to a function for this one message.

    The members are those of https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html; all attributes
    are strings, as there.
    """
    return {
        "Records": [
            {
                "messageId": message.id,
                "receiptHandle": message.receipt,
                "body": message.body,
                "attributes": {
                    "ApproximateReceiveCount": str(message.receives),
                    "SentTimestamp": str(message.sent),
                    "SenderId": ACCOUNT_ID,
                    "ApproximateFirstReceiveTimestamp": str(message.first_received),
                },
                "messageAttributes": {},
                "md5OfBody": hashlib.md5(message.body.encode(), usedforsecurity=False).hexdigest(),
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{_REGION}:{ACCOUNT_ID}:{queue_name}",
                "awsRegion": _REGION,
            }
        ]
    }


def scheduled_event(rule: str, at: datetime) -> dict[str, Any]:
    """The event that EventBridge would pass to a function at this time.

    Its shape is that of
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html.
    """
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": _REGION,
        "resources": [f"arn:aws:events:{_REGION}:{ACCOUNT_ID}:rule/{rule}"],
        "detail": {},
    }


def is_done(answer: object) -> bool:
    """Whether a function's answer to a batch of one message lets the message be deleted.

    With partial batch responses, null, an object without `batchItemFailures` and one whose list is null or
    empty mean that all is done. Whatever else is in the list, be it the message, an unknown id or something
    malformed, keeps the one message
    (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html). An answer that is no
    object keeps it too.
    """
    if answer is None:
        return True
    return isinstance(answer, Mapping) and answer.get("batchItemFailures") in (None, [])


class JobRunner:
    """Receives messages and invokes a function for each; deletes those that it got done.

    A message whose invocation failed, timed out or was cancelled comes again when its invisibility has
    passed, until the queue makes it a dead letter.
    """

    def __init__(self, queue: "SqliteQueue", workers: Pool, function: str, *, at_once: int) -> None:
        """Use this pool.

        Args:
            queue: where messages come from.
            workers: a pool for this queue alone, so that what is received can start at once.
            function: the function's folder.
            at_once: how many invocations may run; as many as the pool has processes at most.

        Raises:
            ValueError: messages would come again while they are worked on, which Lambda refuses too.
        """
        if queue.visibility_seconds < workers.limit_seconds:
            raise ValueError("a message must be invisible for as long as the function may run")
        self._queue = queue
        self._workers = workers
        self._function = function
        self._at_once = at_once

    async def run(self) -> NoReturn:
        """Receive and invoke until cancelled, which kills the invocations under way."""
        running: set[asyncio.Task[None]] = set()
        pause = _BUSY_SECONDS
        async with asyncio.TaskGroup() as group:
            while True:
                messages = await self._receive(self._at_once - len(running))
                running |= {group.create_task(self._work(message)) for message in messages}
                if running:
                    pause = _BUSY_SECONDS
                    full = len(running) == self._at_once
                    _, running = await asyncio.wait(
                        running, timeout=None if full else pause, return_when=asyncio.FIRST_COMPLETED
                    )
                else:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, _IDLE_SECONDS)

    async def _receive(self, limit: int) -> "list[Message]":
        from scene_studio.queues.queue import QueueUnavailable

        try:
            return await asyncio.to_thread(self._queue.receive, limit)
        except QueueUnavailable as error:
            logger.warning("Queue %s gave nothing: %s", self._queue.name, error)
            await asyncio.sleep(_TROUBLE_SECONDS)
            return []

    async def _work(self, message: "Message") -> None:
        label = f"{self._queue.name} {message.id}, delivery {message.receives}"
        try:
            answer = await self._workers.invoke(
                self._function, sqs_event(message, self._queue.name), str(uuid.uuid4())
            )
            if is_done(answer):
                await asyncio.to_thread(self._queue.delete, message.receipt)
                logger.info("%s: done", label)
            else:
                logger.warning("%s: not done", label)
        except (InvocationFailedError, InvocationTimedOutError) as error:
            logger.warning("%s: %s", label, error)
        except Exception:
            logger.exception("%s: failed", label)


class Schedule:
    """Invokes a function again and again, at a fixed rate and never twice at once."""

    def __init__(
        self, workers: Pool, function: str, *, every_seconds: float, first_after_seconds: float = 5.0
    ) -> None:
        """Use this pool.

        Args:
            workers: where the function runs.
            function: the function's folder.
            every_seconds: from one start to the next; starts that fall into an invocation are left out.
            first_after_seconds: from the beginning to the first start.
        """
        self._workers = workers
        self._function = function
        self._every_seconds = every_seconds
        self._first_after_seconds = first_after_seconds

    async def run(self) -> NoReturn:
        """Invoke until cancelled, which kills the invocation under way; failures are only logged."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._first_after_seconds)
        while True:
            started = loop.time()
            await self._invoke()
            took = loop.time() - started
            await asyncio.sleep(self._every_seconds - took % self._every_seconds)

    async def _invoke(self) -> None:
        event = scheduled_event(self._function, datetime.now(UTC))
        try:
            await self._workers.invoke(self._function, event, str(uuid.uuid4()))
        except (InvocationFailedError, InvocationTimedOutError) as error:
            logger.warning("%s, on schedule: %s", self._function, error)
        except Exception:
            logger.exception("%s, on schedule, failed", self._function)
