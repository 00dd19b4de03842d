import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.pool import InvocationFailedError, InvocationTimedOutError, Pool
from infra.local.worker import MAX_ANSWER_BYTES

ROOT = Path(__file__).parents[2]

HANDLER = """
import os
import subprocess
import sys
import time
from pathlib import Path

seen = []


def wait_for(path):
    while not Path(path).exists():
        time.sleep(0.01)


def lambda_handler(event, context):
    do = event["do"]
    seen.append(do)
    if do == "echo":
        return event
    if do == "pid":
        return os.getpid()
    if do == "seen":
        return seen
    if do == "context":
        return {
            **{name: value for name, value in vars(context).items() if not name.startswith("_")},
            "remaining": context.get_remaining_time_in_millis(),
        }
    if do == "print":
        print("printed", flush=True)
        sys.__stdout__.write("written")
        os.write(1, b"straight to descriptor 1")
        subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
        return [sys.stdin.read(), "clean"]
    if do == "raise":
        raise ValueError("told on standard error")
    if do == "exit":
        sys.exit(0)
    if do == "die":
        os.kill(os.getpid(), 9)
    if do == "unanswerable":
        return {"body": object()}
    if do == "large":
        return "x" * event["size"]
    if do == "meet":
        folder = Path(event["folder"])
        (folder / f"started-{event['name']}").touch()
        wait_for(folder / event["until"])
        return os.getpid()
"""


@pytest.fixture
def functions(tmp_path: Path) -> Path:
    root = tmp_path / "functions"
    (root / "fake").mkdir(parents=True)
    (root / "fake" / "handler.py").write_text(HANDLER)
    (root / "helpers").mkdir()
    (root / "helpers" / "one.py").write_text(HANDLER)
    (root / "broken").mkdir()
    (root / "broken" / "handler.py").write_text("import no_such_module\n")
    return root


def environment(functions: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(functions), str(ROOT)])}


def with_pool(functions: Path, use: Callable[[Pool], Awaitable[Any]], **options: Any) -> Any:
    async def run() -> Any:
        pool = Pool(environment(functions), **options)
        await pool.start()
        try:
            return await use(pool)
        finally:
            await pool.stop()

    return asyncio.run(run())


def invoke(functions: Path, do: str, function: str = "fake", **more: Any) -> Any:
    return with_pool(functions, lambda pool: pool.invoke(function, {"do": do, **more}, "id-1"), minimum=1)


def wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.01)


def whole(value: object) -> int:
    assert isinstance(value, int)
    return value


async def started(folder: Path, *names: str) -> None:
    for name in names:
        await asyncio.to_thread(wait_for, folder / f"started-{name}")


def test_a_handler_gets_the_event_and_its_answer_comes_back(functions):
    text: dict[str, Any] = {"text": "€ \U0001f600 \x00", "nested": [1, 2.5, None, True]}
    assert invoke(functions, "echo", **text) == {"do": "echo", **text}


def test_a_dotted_name_is_the_module_itself(functions):
    assert invoke(functions, "echo", function="helpers.one") == {"do": "echo"}


def test_the_context_is_that_of_lambda(functions):
    context = invoke(functions, "context")
    assert 0 < context.pop("remaining") <= 29_000
    assert context.pop("log_stream_name").startswith("local-")
    assert context == {
        "function_name": "fake",
        "function_version": "$LATEST",
        "invoked_function_arn": "arn:aws:lambda:us-east-1:000000000000:function:fake",
        "memory_limit_in_mb": "1024",
        "aws_request_id": "id-1",
        "log_group_name": "/aws/lambda/fake",
        "identity": None,
        "client_context": None,
    }


def test_what_a_handler_prints_goes_to_standard_error_and_its_input_is_empty(functions, capfd):
    assert invoke(functions, "print") == ["", "clean"]
    captured = capfd.readouterr()
    assert captured.out == ""
    for printed in ("printed", "written", "straight to descriptor 1", "from a child"):
        assert printed in captured.err


def test_modules_are_kept_between_the_invocations_of_a_process(functions):
    async def use(pool: Pool) -> Any:
        await pool.invoke("fake", {"do": "echo"}, "1")
        return await pool.invoke("fake", {"do": "seen"}, "2"), pool.size

    assert with_pool(functions, use, minimum=1) == (["echo", "seen"], 1)


@pytest.mark.parametrize(
    ("do", "function", "said"),
    [
        ("raise", "fake", "ValueError: told on standard error"),
        ("unanswerable", "fake", "not JSON serializable"),
        ("echo", "broken", "No module named 'no_such_module'"),
        ("echo", "missing", "No module named 'missing'"),
    ],
)
def test_a_failing_handler_fails_its_invocation_and_its_traceback_is_on_standard_error(
    functions, capfd, do, function, said
):
    async def use(pool: Pool) -> Any:
        with pytest.raises(InvocationFailedError):
            await pool.invoke(function, {"do": do}, "1")
        return await pool.invoke("fake", {"do": "echo"}, "2"), pool.size

    assert with_pool(functions, use, minimum=1) == ({"do": "echo"}, 1)
    assert said in capfd.readouterr().err


@pytest.mark.parametrize("do", ["exit", "die"])
def test_a_process_that_dies_fails_its_invocation_and_is_replaced(functions, do):
    async def use(pool: Pool) -> Any:
        before = await pool.invoke("fake", {"do": "pid"}, "1")
        with pytest.raises(InvocationFailedError):
            await pool.invoke("fake", {"do": do}, "2")
        after = await pool.invoke("fake", {"do": "pid"}, "3")
        return before, after, pool.size

    before, after, size = with_pool(functions, use, minimum=1)
    assert before != after
    assert size == 1


def test_a_process_killed_while_idle_costs_at_most_the_invocation_that_meets_it(functions):
    async def use(pool: Pool) -> Any:
        os.kill(whole(await pool.invoke("fake", {"do": "pid"}, "1")), signal.SIGKILL)
        with contextlib.suppress(InvocationFailedError):
            await pool.invoke("fake", {"do": "echo"}, "2")
        return await pool.invoke("fake", {"do": "echo"}, "3")

    assert with_pool(functions, use, minimum=1) == {"do": "echo"}


def test_a_handler_past_its_limit_is_killed_and_replaced(functions, tmp_path):
    async def use(pool: Pool) -> Any:
        before = await pool.invoke("fake", {"do": "pid"}, "1")
        endless = {"do": "meet", "folder": str(tmp_path), "name": "endless", "until": "never"}
        pool.limit_seconds = 0.2
        with pytest.raises(InvocationTimedOutError):
            await pool.invoke("fake", endless, "2")
        pool.limit_seconds = 29.0
        with pytest.raises(ProcessLookupError):
            os.kill(whole(before), 0)
        return before, await pool.invoke("fake", {"do": "pid"}, "3")

    before, after = with_pool(functions, use, minimum=1)
    assert before != after


def test_an_invocation_that_never_gets_a_process_times_out_too(functions, tmp_path):
    async def use(pool: Pool) -> Any:
        event = {"do": "meet", "folder": str(tmp_path), "name": "a", "until": "go"}
        first = asyncio.create_task(pool.invoke("fake", event, "1"))
        await started(tmp_path, "a")
        pool.limit_seconds = 0.05
        with pytest.raises(InvocationTimedOutError):
            await pool.invoke("fake", {"do": "echo"}, "2")
        (tmp_path / "go").touch()
        return isinstance(await first, int)

    assert with_pool(functions, use, minimum=1, maximum=1)


def test_the_pool_grows_with_the_invocations_under_way_and_queues_beyond_the_most(functions, tmp_path):
    async def use(pool: Pool) -> Any:
        names = ["a", "b", "c"]
        calls = [
            asyncio.create_task(
                pool.invoke("fake", {"do": "meet", "folder": str(tmp_path), "name": name, "until": "go"}, name)
            )
            for name in names
        ]
        await started(tmp_path, *names)  # which they do only in a process each
        queued = asyncio.create_task(pool.invoke("fake", {"do": "pid"}, "d"))
        await asyncio.sleep(0)
        size = pool.size
        (tmp_path / "go").touch()
        return size, set(await asyncio.gather(*calls)), await queued, pool.size

    size, processes, queued, end = with_pool(functions, use, minimum=1, maximum=3)
    assert (size, end, len(processes)) == (3, 3, 3)
    assert queued in processes


def test_a_crowd_of_short_invocations_is_served_by_as_many_processes_as_there_are_cores(functions, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr("infra.local.pool._TURN_SECONDS", 60)

    async def use(pool: Pool) -> Any:
        await asyncio.gather(*(pool.invoke("fake", {"do": "pid"}, str(number)) for number in range(2)))
        async with asyncio.timeout(10):
            crowd = (pool.invoke("fake", {"do": "pid"}, str(number)) for number in range(20))
            return set(await asyncio.gather(*crowd)), pool.size

    served, size = with_pool(functions, use, minimum=2)
    assert len(served) <= size == 2


def test_a_crowd_waits_while_a_function_is_imported_rather_than_have_it_imported_often(functions, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr("infra.local.pool._FIRST_TURN_SECONDS", 60)
    (functions / "slow").mkdir()
    (functions / "slow" / "handler.py").write_text("import time\ntime.sleep(0.3)\n" + HANDLER)

    async def use(pool: Pool) -> Any:
        await asyncio.gather(*(pool.invoke("slow", {"do": "pid"}, str(number)) for number in range(10)))
        return pool.size

    assert with_pool(functions, use, minimum=2) == 2


def test_long_invocations_of_what_is_known_hold_up_nobody(functions, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr("infra.local.pool._FIRST_TURN_SECONDS", 60)

    async def use(pool: Pool) -> Any:
        await asyncio.gather(*(pool.invoke("fake", {"do": "pid"}, name) for name in "ab"))
        event = {"do": "meet", "folder": str(tmp_path), "until": "go"}
        long = [asyncio.create_task(pool.invoke("fake", event | {"name": name}, name)) for name in "ab"]
        await started(tmp_path, "a", "b")
        async with asyncio.timeout(30):
            short = await pool.invoke("fake", {"do": "pid"}, "c")
        (tmp_path / "go").touch()
        return short, await asyncio.gather(*long)

    short, long = with_pool(functions, use, minimum=2)
    assert short not in long


def test_what_is_asked_of_one_studio_goes_to_one_process(functions, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    event = {"do": "pid", "pathParameters": {"clientId": "acme", "studioId": "summer", "slotId": "one"}}

    async def use(pool: Pool) -> Any:
        return {await pool.invoke("fake", event, str(number)) for number in range(4)}

    assert len(with_pool(functions, use, minimum=2)) == 1


def test_a_cancelled_invocation_takes_its_process_with_it(functions, tmp_path):
    async def use(pool: Pool) -> Any:
        before = await pool.invoke("fake", {"do": "pid"}, "1")
        event = {"do": "meet", "folder": str(tmp_path), "name": "a", "until": "never"}
        call = asyncio.create_task(pool.invoke("fake", event, "2"))
        await started(tmp_path, "a")
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return before, await pool.invoke("fake", {"do": "pid"}, "3")

    before, after = with_pool(functions, use, minimum=1)
    assert before != after


def test_an_answer_of_several_megabytes_comes_whole(functions):
    assert len(invoke(functions, "large", size=5_000_000)) == 5_000_000


def test_an_answer_over_lambdas_limit_fails_as_it_would_there(functions):
    with pytest.raises(InvocationFailedError):
        invoke(functions, "large", size=7_000_000)


def test_the_limit_is_one_of_the_json_that_an_answer_makes(functions):
    # A quotation mark takes a byte here and two in JSON.
    body = '"' * (MAX_ANSWER_BYTES // 2)
    assert invoke(functions, "echo", body=body[:-100])["body"] == body[:-100]
    with pytest.raises(InvocationFailedError):
        invoke(functions, "echo", body=body)


@pytest.mark.parametrize(
    "body", ['{"a": 1}', "", None, "\u20ac \U0001f600 \x00", "half a \ud83d", {"no": "text"}]
)
def test_a_body_comes_and_goes_as_it_is(functions, body):
    assert invoke(functions, "echo", body=body, more=1) == {"do": "echo", "body": body, "more": 1}


def test_the_local_helpers_have_no_such_limit(functions):
    assert len(invoke(functions, "large", function="helpers.one", size=7_000_000)) == 7_000_000


def test_stopping_ends_idle_and_busy_processes(functions, tmp_path):
    async def use(pool: Pool) -> Any:
        idle = await pool.invoke("fake", {"do": "pid"}, "1")
        event = {"do": "meet", "folder": str(tmp_path), "name": "a", "until": "never"}
        calls = [asyncio.create_task(pool.invoke("fake", event, "2"))]
        await started(tmp_path, "a")
        await pool.stop()
        results = await asyncio.gather(*calls, return_exceptions=True)
        return idle, results, pool.size

    idle, results, size = with_pool(functions, use, minimum=2)
    assert isinstance(results[0], InvocationFailedError)
    assert size == 0
    with pytest.raises(ProcessLookupError):
        os.kill(idle, 0)


PARENT = """
import asyncio, os, sys
from infra.local.worker import MAX_ANSWER_BYTES
from infra.local.pool import Pool

async def main():
    pool = Pool(dict(os.environ), minimum=2)
    await pool.start()
    call = asyncio.create_task(pool.invoke("fake", {"do": "meet", "folder": sys.argv[1], "name": "a",
                                                     "until": "never"}, "1"))
    await call

asyncio.run(main())
"""


def test_idle_and_busy_processes_end_when_their_parent_is_killed(functions, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], env=environment(functions), stderr=subprocess.PIPE
    ) as parent:
        asyncio.run(started(tmp_path, "a"))
        parent.kill()
        assert parent.stderr is not None
        # The workers share this pipe, so it ends only when the last of them has ended.
        assert parent.stderr.read() == b""


def test_processes_do_not_end_by_the_signals_of_the_terminal(functions):
    async def use(pool: Pool) -> Any:
        before = await pool.invoke("fake", {"do": "pid"}, "1")
        os.kill(whole(before), signal.SIGINT)
        os.kill(whole(before), signal.SIGTERM)
        return before, await pool.invoke("fake", {"do": "pid"}, "2")

    before, after = with_pool(functions, use, minimum=1)
    assert before == after
