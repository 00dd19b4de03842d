"""What works behind the requests on this machine: the queue's workers, and the janitor on its schedule."""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final, NoReturn

from infra.local import jobs, pool

QUEUE: Final = "generation"
"""The name of the queue of wanted pictures."""

_JANITOR_SECONDS: Final = 60.0
"""From one run of the janitor to the next, and the longest that a run may take."""
_MOST_AT_ONCE: Final = 4

_log = logging.getLogger("scene_studio.local")


@contextlib.asynccontextmanager
async def background(store: Path, worker_seconds: int, environment: Mapping[str, str]) -> AsyncIterator[None]:
    """Run it all, in processes that no request waits for.

    Whatever is under way at the end is cut off; its messages come again when the server runs again.

    Args:
        store: the SQLite file, which holds the queue too.
        worker_seconds: the time limit of the function that makes pictures.
        environment: that of the functions.
    """
    # The functions' import root is known only once the server has its settings.
    from scene_studio.generation.timing import DELIVERIES, Timing
    from scene_studio.queues.sqlite_queue import SqliteQueue

    at_once = min(_MOST_AT_ONCE, os.cpu_count() or 1)
    workers = pool.Pool(environment, minimum=1, maximum=at_once, limit_seconds=worker_seconds)
    cleaners = pool.Pool(environment, minimum=0, maximum=1, limit_seconds=_JANITOR_SECONDS)
    visibility_seconds = Timing(worker_seconds).visibility / 1000
    queue = SqliteQueue(store, QUEUE, visibility_seconds=visibility_seconds, max_receives=DELIVERIES)
    every_seconds = min(_JANITOR_SECONDS, worker_seconds / 2)
    tasks: list[asyncio.Task[NoReturn]] = []
    try:
        await workers.start()
        tasks += [
            asyncio.create_task(jobs.JobRunner(queue, workers, "generation_worker", at_once=at_once).run()),
            asyncio.create_task(jobs.Schedule(cleaners, "janitor", every_seconds=every_seconds).run()),
        ]
        for task in tasks:
            task.add_done_callback(_tell)
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await cleaners.stop()
        await workers.stop()
        queue.close()


def _tell(task: "asyncio.Task[NoReturn]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("No more pictures are made until the server is started again.", exc_info=error)
