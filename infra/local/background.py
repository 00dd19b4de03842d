"""What works behind the requests on this machine: the queues' workers, and the janitor on its schedule."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from infra.local import jobs, pool

_JANITOR_SECONDS: Final = 60.0
"""From one run of the janitor to the next, and the longest that a run may take."""
_MOST_PICTURES_AT_ONCE: Final = 4
_MOST_UPLOADS_AT_ONCE: Final = 2

_log = logging.getLogger("scene_studio.local")


@dataclass(frozen=True, slots=True)
class _Consumer:
    """A function that a queue calls.

    Attributes:
        function: the function's folder.
        queue: the queue's name.
        limit_seconds: how long the function may run.
        visibility_seconds: how long a message stays invisible once it is given out.
        deliveries: how often it is given out.
        at_once: how many invocations may run.
        warm: how many processes are kept ready for them.
    """

    function: str
    queue: str
    limit_seconds: float
    visibility_seconds: float
    deliveries: int
    at_once: int
    warm: int


def _consumers(worker_seconds: int) -> tuple[_Consumer, ...]:
    # The functions' import root is known only once the server has its settings.
    from scene_studio.generation.timing import DELIVERIES, Timing
    from scene_studio.queues import s3_notifications

    return (
        _Consumer(
            function="generation_worker",
            queue="generation",
            limit_seconds=worker_seconds,
            visibility_seconds=Timing(worker_seconds).visibility / 1000,
            deliveries=DELIVERIES,
            at_once=min(_MOST_PICTURES_AT_ONCE, os.cpu_count() or 1),
            warm=1,
        ),
        _Consumer(
            function="upload_ingestion",
            queue=s3_notifications.QUEUE,
            limit_seconds=s3_notifications.INGESTION_SECONDS,
            visibility_seconds=s3_notifications.VISIBILITY_SECONDS,
            deliveries=s3_notifications.DELIVERIES,
            at_once=_MOST_UPLOADS_AT_ONCE,
            warm=0,
        ),
    )


@asynccontextmanager
async def background(
    functions: Path, store: Path, worker_seconds: int, environment: Mapping[str, str]
) -> AsyncIterator[None]:
    """Run it all, in processes that no request waits for; nothing where there are no functions for it.

    Whatever is under way at the end is cut off; its messages come again when the server runs again.

    Args:
        functions: the folder that holds one folder for each function.
        store: the SQLite file, which holds the queues too.
        worker_seconds: the time limit of the function that makes pictures.
        environment: that of the functions.
    """
    async with AsyncExitStack() as stack:
        if (functions / "generation_worker").is_dir():
            for consumer in _consumers(worker_seconds):
                if (functions / consumer.function).is_dir():
                    await _consume(stack, consumer, store, environment)
            cleaners = pool.Pool(environment, minimum=0, maximum=1, limit_seconds=_JANITOR_SECONDS)
            stack.push_async_callback(cleaners.stop)
            every_seconds = min(_JANITOR_SECONDS, worker_seconds / 2)
            _run(stack, "janitor", jobs.Schedule(cleaners, "janitor", every_seconds=every_seconds).run())
        yield


async def _consume(
    stack: AsyncExitStack, consumer: _Consumer, store: Path, environment: Mapping[str, str]
) -> None:
    from scene_studio.queues.sqlite_queue import SqliteQueue

    queue = SqliteQueue(
        store,
        consumer.queue,
        visibility_seconds=consumer.visibility_seconds,
        max_receives=consumer.deliveries,
    )
    stack.callback(queue.close)
    workers = pool.Pool(
        environment,
        minimum=consumer.warm,
        maximum=consumer.at_once,
        limit_seconds=consumer.limit_seconds,
    )
    stack.push_async_callback(workers.stop)
    await workers.start()
    runner = jobs.JobRunner(queue, workers, consumer.function, at_once=consumer.at_once)
    _run(stack, consumer.function, runner.run())


def _run(stack: AsyncExitStack, function: str, endless: Coroutine[Any, Any, NoReturn]) -> None:
    """Run it beside all else until the stack ends."""

    def tell(task: "asyncio.Task[NoReturn]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("%s does not run until the server is started again.", function, exc_info=error)

    async def stop() -> None:
        task.cancel()
        await asyncio.wait([task])

    task = asyncio.create_task(endless)
    task.add_done_callback(tell)
    stack.push_async_callback(stop)
