import asyncio
import hashlib
import json
import logging
import os
import selectors
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from infra.local.jobs import JobRunner, Schedule, is_done, scheduled_event, sqs_event
from infra.local.pool import Pool
from scene_studio.queues.queue import QueueUnavailable
from scene_studio.queues.sqlite_queue import Depth, Message, SqliteQueue

ROOT = Path(__file__).parents[2]

real_sleep = asyncio.sleep

HANDLER = """
import json
import os
import selectors
import threading
import time
import uuid
from pathlib import Path


def lambda_handler(event, context):
    scheduled = {"do": os.environ["DO_ON_SCHEDULE"]}
    job = json.loads(event["Records"][0]["body"]) if "Records" in event else scheduled
    folder = Path(os.environ["FOLDER"])
    note = folder / f"note-{uuid.uuid4()}"
    note.write_text(json.dumps({"event": event, "pid": os.getpid(), "job": job}))
    note.rename(folder / f"seen-{note.name}")
    while job["do"] == "wait" and not (folder / "go").exists():
        time.sleep(0.005)
    if job["do"] == "raise":
        raise ValueError(job)
    return job.get("answer")
"""


class World:
    """A function that notes what it is given, a queue, and a pool; all in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.on_schedule = "nothing"
        self.queue = SqliteQueue(folder / "store.sqlite", "jobs", visibility_seconds=30, max_receives=3)
        (folder / "functions" / "worker").mkdir(parents=True)
        (folder / "functions" / "worker" / "handler.py").write_text(HANDLER)

    def pool(self, maximum: int) -> Pool:
        path = os.pathsep.join([str(self.folder / "functions"), str(ROOT)])
        environment = {**os.environ, "PYTHONPATH": path, "FOLDER": str(self.folder)}
        environment["DO_ON_SCHEDULE"] = self.on_schedule
        return Pool(environment, minimum=0, maximum=maximum, limit_seconds=20)

    def send(self, *jobs: dict[str, Any]) -> None:
        self.queue.send([json.dumps({"do": "nothing", **job}) for job in jobs])

    def seen(self) -> list[dict[str, Any]]:
        return [json.loads(note.read_text()) for note in self.folder.glob("seen-*")]

    def touch(self, name: str) -> None:
        (self.folder / name).touch()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.queue.close()


@asynccontextmanager
async def running(*coroutines: Any) -> AsyncIterator[list["asyncio.Task[Any]"]]:
    """Tasks that are cancelled at the end, and must still be running then."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [asyncio.CancelledError] * len(tasks)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await real_sleep(0.005)


async def until_equal(measured: Callable[[], object], value: object) -> None:
    await until(lambda: measured() == value)


def run_jobs(world: World, use: Callable[[Pool], Awaitable[Any]], *, at_once: int = 2) -> int:
    """Run jobs while `use` runs; gives how many processes of the pool that leaves."""
    pool = world.pool(at_once)
    return run_beside(JobRunner(world.queue, pool, "worker", at_once=at_once).run, pool, use)


def run_beside(
    background: Callable[[], Awaitable[Any]], pool: Pool, use: Callable[[Pool], Awaitable[Any]]
) -> int:
    async def run() -> int:
        try:
            async with running(background()):
                await use(pool)
            return pool.size
        finally:
            await pool.stop()

    return asyncio.run(run())


def test_a_message_becomes_an_event_of_sqs():
    message = Message("id-1", '{"a": "€"}', "id-1:2", 2, 1_700_000_000_123, 1_700_000_001_456)
    assert sqs_event(message, "jobs") == {
        "Records": [
            {
                "messageId": "id-1",
                "receiptHandle": "id-1:2",
                "body": '{"a": "€"}',
                "attributes": {
                    "ApproximateReceiveCount": "2",
                    "SentTimestamp": "1700000000123",
                    "SenderId": "000000000000",
                    "ApproximateFirstReceiveTimestamp": "1700000001456",
                },
                "messageAttributes": {},
                "md5OfBody": hashlib.md5('{"a": "€"}'.encode()).hexdigest(),  # noqa: S324
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:jobs",
                "awsRegion": "us-east-1",
            }
        ]
    }


def test_a_time_becomes_an_event_of_eventbridge():
    at = datetime(2026, 3, 4, 6, 7, 8, 999_999, tzinfo=timezone(timedelta(hours=1)))
    event = scheduled_event("janitor", at)
    assert len(event.pop("id")) == 36
    assert event == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": "2026-03-04T05:07:08Z",
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:000000000000:rule/janitor"],
        "detail": {},
    }


@pytest.mark.parametrize(
    "answer", [None, {}, {"batchItemFailures": None}, {"batchItemFailures": []}, {"other": 1}], ids=repr
)
def test_an_answer_without_failures_lets_the_message_go(answer: object):
    assert is_done(answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"batchItemFailures": [{"itemIdentifier": "id-1"}]},
        {"batchItemFailures": [{"itemIdentifier": "unknown"}]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"messageId": "id-1"}]},
        {"batchItemFailures": ["id-1"]},
        {"batchItemFailures": {}},
        {"batchItemFailures": ""},
        {"batchItemFailures": False},
        [],
        "",
        "done",
        0,
        False,
    ],
    ids=repr,
)
def test_an_answer_that_lists_a_failure_or_is_malformed_keeps_the_message(answer: object):
    assert not is_done(answer)


def test_each_message_is_an_event_of_its_own_and_is_deleted_when_it_is_done(world):
    async def use(pool: Pool) -> None:
        world.send(*({"number": number} for number in range(5)))
        await until_equal(world.queue.depth, Depth(0, 0, 0))

    run_jobs(world, use)

    seen = world.seen()
    assert sorted(note["job"]["number"] for note in seen) == [0, 1, 2, 3, 4]
    assert all(len(note["event"]["Records"]) == 1 for note in seen)
    assert {note["event"]["Records"][0]["attributes"]["ApproximateReceiveCount"] for note in seen} == {"1"}


def test_a_job_that_raises_or_reports_a_failure_stays_until_it_is_a_dead_letter(world, caplog):
    now = time.time()
    world.queue._clock = lambda: now
    failed = {"batchItemFailures": [{"itemIdentifier": "any"}]}

    async def use(pool: Pool) -> None:
        nonlocal now
        world.send({"do": "raise"}, {"answer": failed}, {"answer": "malformed"})
        for invocations in (3, 6, 9):
            await until_equal(lambda: len(ended(caplog)), invocations)
            assert world.queue.depth() == Depth(0, 3, 0)
            now += 30
        await until_equal(world.queue.depth, Depth(0, 0, 3))

    with caplog.at_level(logging.INFO, "scene_studio.local"):
        run_jobs(world, use)

    assert len(world.seen()) == 9
    deliveries = [line.partition("delivery ")[2] for line in ended(caplog)]
    said = ["worker raised an exception", "not done", "not done"]
    assert sorted(deliveries) == sorted(f"{n}: {reason}" for n in (1, 2, 3) for reason in said)


def ended(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if "delivery" in record.getMessage()]


def test_a_job_past_its_limit_is_killed_and_its_message_stays(world, caplog):
    async def use(pool: Pool) -> None:
        world.send({})
        await until_equal(world.queue.depth, Depth(0, 0, 0))  # a process is warm now
        pool.limit_seconds = 0.5
        world.send({"do": "wait"})
        await until(lambda: ended(caplog))
        assert world.queue.depth() == Depth(0, 1, 0)
        [pid] = {note["pid"] for note in world.seen() if note["job"]["do"] == "wait"}
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    run_jobs(world, use)
    assert ended(caplog)[0].endswith("worker ran too long")


def test_no_more_is_received_than_can_start_and_what_ends_makes_room_at_once(world, monkeypatch):
    asked: list[int] = []
    receive = world.queue.receive

    def noted_receive(limit: int) -> list[Message]:
        asked.append(limit)
        return list(receive(limit))

    monkeypatch.setattr(world.queue, "receive", noted_receive)

    async def use(pool: Pool) -> None:
        world.send({"do": "wait"})
        await until(lambda: len(world.seen()) == 1)
        world.send(*({"do": "wait"} for _ in range(4)))
        await until(lambda: len(world.seen()) == 2)
        await asyncio.sleep(0.3)
        assert world.queue.depth() == Depth(3, 2, 0)
        assert pool.size == 2
        world.touch("go")
        await until_equal(world.queue.depth, Depth(0, 0, 0))

    run_jobs(world, use, at_once=2)
    assert len(world.seen()) == 5
    assert set(asked) == {1, 2}


def test_a_slow_job_holds_up_no_other(world):
    async def use(pool: Pool) -> None:
        world.send({"do": "wait", "name": "slow"})
        await until(lambda: len(world.seen()) == 1)
        world.send({"name": "one"}, {"name": "two"})
        await until_equal(world.queue.depth, Depth(0, 1, 0))
        world.touch("go")
        await until_equal(world.queue.depth, Depth(0, 0, 0))

    run_jobs(world, use)
    assert {note["job"]["name"] for note in world.seen()} == {"slow", "one", "two"}


def test_stopping_kills_what_runs_and_the_message_comes_again(world):
    async def use(pool: Pool) -> None:
        world.send({"do": "wait"})
        await until(world.seen)

    assert run_jobs(world, use) == 0

    [note] = world.seen()
    with pytest.raises(ProcessLookupError):
        os.kill(note["pid"], 0)
    assert world.queue.depth() == Depth(0, 1, 0)
    world.queue._clock = lambda: time.time() + 30
    [again] = world.queue.receive(1)
    assert again.receives == 2


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the code under test sleeps, which takes no time now."""
    asked: list[float] = []

    async def sleep(seconds: float) -> None:
        asked.append(seconds)
        await real_sleep(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return asked


class ScriptedQueue:
    """A queue that gives these messages or raises these errors, one at a time, and then nothing."""

    name = "jobs"
    visibility_seconds = 30.0

    def __init__(self, *answers: Message | Exception) -> None:
        self.answers = list(answers)
        self.deleted: list[str] = []

    def receive(self, limit: int) -> list[Message]:
        if not self.answers:
            return []
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return [answer]

    def delete(self, receipt: str) -> None:
        self.deleted.append(receipt)
        if receipt == "broken":
            raise QueueUnavailable("not now")


class ScriptedPool:
    """A pool that does all at once, or raises."""

    limit_seconds = 30.0

    async def invoke(self, function: str, event: Any, request_id: str) -> object:
        if event["Records"][0]["body"] == "no process":
            raise OSError("no more processes")
        return None


def scripted(receipt: str, body: str = "{}") -> Message:
    return Message("id-1", body, receipt, 1, 0, 0)


def run_script(queue: Any, condition: Callable[[], object]) -> None:
    pool: Any = ScriptedPool()

    async def run() -> None:
        async with running(JobRunner(queue, pool, "worker", at_once=2).run()):
            await until(condition)

    asyncio.run(run())


def test_an_idle_queue_is_asked_less_and_less_often_down_to_every_half_second(pauses):
    queue = ScriptedQueue()
    run_script(queue, lambda: len(pauses) >= 5)
    assert pauses[:5] == [0.1, 0.2, 0.4, 0.5, 0.5]


def test_a_message_makes_the_queue_be_asked_often_again(pauses):
    def send_when_idle() -> bool:
        if len(pauses) >= 4 and not queue.deleted and not queue.answers:
            pauses.clear()
            queue.answers.append(scripted("one"))
        return bool(queue.deleted) and 0.1 in pauses

    queue = ScriptedQueue()
    run_script(queue, send_when_idle)


def test_a_queue_that_is_unavailable_is_asked_again_after_a_while(pauses, caplog):
    queue = ScriptedQueue(QueueUnavailable("locked"), scripted("one"))
    run_script(queue, lambda: queue.deleted)

    assert pauses[0] == 5.0
    assert queue.deleted == ["one"]
    assert "Queue jobs gave nothing: locked" in caplog.text


def test_neither_a_failing_delete_nor_a_failing_pool_ends_the_loop(pauses, caplog):
    queue = ScriptedQueue(scripted("broken"), scripted("kept", "no process"), scripted("last"))
    run_script(queue, lambda: "last" in queue.deleted)

    assert sorted(queue.deleted) == ["broken", "last"]
    assert "not now" in caplog.text
    assert "no more processes" in caplog.text


def test_the_event_loop_goes_on_while_the_queue_is_asked():
    asked, answered = threading.Event(), threading.Event()
    in_time: list[bool] = []

    class SlowQueue(ScriptedQueue):
        def receive(self, limit: int) -> list[Message]:
            asked.set()
            in_time.append(answered.wait(30))
            return []

    def answer_when_asked() -> bool:
        if asked.is_set():
            answered.set()
        return bool(in_time)

    run_script(SlowQueue(), answer_when_asked)
    assert in_time[0]


def test_a_time_limit_beyond_the_messages_invisibility_is_refused(world):
    pool = world.pool(1)
    pool.limit_seconds = world.queue.visibility_seconds
    JobRunner(world.queue, pool, "worker", at_once=1)
    pool.limit_seconds += 0.1
    with pytest.raises(ValueError, match="as long as"):
        JobRunner(world.queue, pool, "worker", at_once=1)


def run_schedule(world: World, use: Callable[[Pool], Awaitable[Any]], **times: float) -> int:
    """Run the schedule while `use` runs; gives how many processes of the pool that leaves."""
    pool = world.pool(2)
    return run_beside(Schedule(pool, "worker", **times).run, pool, use)


def test_a_scheduled_function_is_invoked_again_and_again_whatever_it_does(world, caplog):
    async def use(pool: Pool) -> None:
        await until(lambda: len(world.seen()) >= 3)

    world.on_schedule = "raise"
    run_schedule(world, use, every_seconds=0.1, first_after_seconds=0.0)

    events = [note["event"] for note in world.seen()]
    assert len({event["id"] for event in events}) == len(events)
    assert {event["resources"][0] for event in events} == {"arn:aws:events:us-east-1:000000000000:rule/worker"}
    assert "worker, on schedule: worker raised an exception" in caplog.text


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that jumps to its next timer instead of waiting for it; it starts at second 0."""

    def __init__(self) -> None:
        self.now = 0.0
        loop = self

        class JumpingSelector(selectors.SelectSelector):
            def select(self, timeout: float | None = None) -> Any:
                loop.now += timeout or 0.0
                return super().select(0)

        super().__init__(JumpingSelector())

    def time(self) -> float:
        return self.now


class TimedPool:
    """A pool that notes when invocations start; each takes as long as it is told, and the first fails."""

    def __init__(self, *durations: float) -> None:
        self.durations = list(durations)
        self.starts: list[float] = []

    async def invoke(self, function: str, event: Any, request_id: str) -> object:
        self.starts.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.durations.pop(0))
        if len(self.starts) == 1:
            raise OSError("no more processes")
        return None


def test_a_schedule_keeps_its_rate_and_leaves_out_what_would_overlap(caplog):
    pool: Any = TimedPool(2, 59, 0, 130, 0)

    async def run() -> None:
        schedule = Schedule(pool, "janitor", every_seconds=60, first_after_seconds=5)
        async with running(schedule.run()):
            await asyncio.sleep(370)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(run())

    assert pool.starts == pytest.approx([5, 65, 125, 185, 365])
    assert "no more processes" in caplog.text


def test_stopping_a_schedule_kills_its_invocation(world):
    async def use(pool: Pool) -> None:
        await until(world.seen)

    world.on_schedule = "wait"
    assert run_schedule(world, use, every_seconds=60, first_after_seconds=0) == 0

    [note] = world.seen()
    with pytest.raises(ProcessLookupError):
        os.kill(note["pid"], 0)
