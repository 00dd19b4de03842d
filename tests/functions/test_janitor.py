"""The janitor: what was lost is sent again, what is hopeless is given up, and nothing is left lying about."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from janitor.generation import GIVEN_UP
from scene_studio import runtime
from scene_studio.model.errors import GenerationRefused
from scene_studio.store.object_store import Unavailable
from tests.support.api import CLIENT, STUDIO, call
from tests.support.models import StubModel
from tests.support.queues import WorkingQueue, deliver, sweep
from tests.support.stored import Stored, stored_objects

SLOT = f"{STUDIO}/slots/slot-1"
ASYNC = {"Prefer": "respond-async"}


@pytest.fixture(autouse=True)
def held(queue: WorkingQueue) -> WorkingQueue:
    """The queue, whose messages wait until the test lets them go."""
    queue.held = True
    return queue


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the functions log, a JSON object a line."""
    lines = io.StringIO()
    monkeypatch.setattr(runtime.logger.registered_handler, "stream", lines)
    runtime.logger.setLevel("INFO")
    yield lines
    runtime.logger.setLevel("CRITICAL")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets time pass on the clock of all functions."""
    real, passed = runtime.now_milliseconds, 0

    def pass_time(milliseconds: int) -> None:
        nonlocal passed
        passed += milliseconds

    monkeypatch.setattr(runtime, "now_milliseconds", lambda: real() + passed)
    return pass_time


def ask(path: str = STUDIO, **members: Any) -> list[str]:
    answer = call("POST", f"{path}/generate", {"slotId": "slot-1"} | members, ASYNC)
    assert answer.status == 202, answer.body
    return [one["id"] for one in answer.json["generation"]]


def slot() -> Any:
    return call("GET", STUDIO).json["outputSlots"][0]


def keys(path: Path, prefix: str) -> list[str]:
    return [key for key in stored_objects(path) if key.startswith(prefix)]


def of_clients(path: Path) -> dict[str, Stored]:
    """What is not the janitor's own."""
    return {key: found for key, found in stored_objects(path).items() if not key.startswith("janitor/")}


def test_there_is_nothing_to_do_where_nothing_was_asked_for(ready: Path) -> None:
    before = of_clients(ready)
    assert sweep() == {"studios": 0, "failed": 0}
    assert of_clients(ready) == before


def test_the_janitor_and_the_worker_log_the_studio_under_the_same_names(
    ready: Path, held: WorkingQueue, later: Any, log: io.StringIO
) -> None:
    held.down = True
    ask()
    held.down = False
    later(runtime.timing().queue_again)
    sweep()
    deliver(held.sent[0])
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    told = {
        line["message"]: (line["clientId"], line["studioId"])
        for line in lines
        if line["message"] in {"looked after a place", "a message was dealt with"}
    }
    assert told == dict.fromkeys(["looked after a place", "a message was dealt with"], ("acme-corp", "default"))


def test_a_lost_message_is_sent_again_and_not_again_at_once(
    ready: Path, model: StubModel, held: WorkingQueue, later: Any
) -> None:
    held.down = True
    ask(count=2)
    held.down = False
    sweep()
    assert held.sent == []
    later(runtime.timing().queue_again)
    assert [sweep(), sweep()] == [{"studios": 1, "failed": 0}] * 2
    assert len(held.sent) == 2
    assert held.work() == 0
    assert (slot()["historyCount"], model.calls) == (2, 2)


def test_a_result_that_waits_is_folded_in(
    ready: Path, model: StubModel, held: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    (image_id,) = ask()
    store = runtime.object_store()
    with monkeypatch.context() as patch:

        def cut(*_arguments: Any, **_more: Any) -> None:
            raise KeyboardInterrupt

        patch.setattr(store, "list_names", cut)
        with pytest.raises(KeyboardInterrupt):
            deliver(held.sent[0])
    assert len(keys(ready, "inbox/")) == 1
    sweep()
    assert [image["id"] for image in slot()["history"]] == [image_id]
    assert keys(ready, "inbox/") == []


def test_a_picture_that_does_not_come_is_given_up_with_a_reason(
    ready: Path, model: StubModel, later: Any
) -> None:
    ask(count=2)
    later(runtime.timing().deadline)
    sweep()
    assert (slot()["status"], slot()["error"]) == ("ERROR", GIVEN_UP)
    assert [one["state"] for one in slot()["generation"]] == ["failed", "failed"]
    assert model.calls == 0


def test_a_picture_that_is_stored_past_its_deadline_is_delivered_and_not_given_up(
    ready: Path, model: StubModel, held: WorkingQueue, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    with monkeypatch.context() as patch:

        def cut(*_arguments: Any, **_more: Any) -> None:
            raise KeyboardInterrupt

        patch.setattr(runtime.inbox(), "put", cut)
        with pytest.raises(KeyboardInterrupt):
            deliver(held.sent[0])
    held.waiting.clear()
    later(runtime.timing().deadline)
    sweep()
    assert slot()["status"] == "GENERATING"
    assert held.work() == 0
    assert (slot()["status"], slot()["historyCount"], model.calls) == ("COMPLETED", 1, 1)


def test_a_picture_that_comes_after_it_was_given_up_is_kept(
    ready: Path, model: StubModel, held: WorkingQueue, later: Any
) -> None:
    def give_up_meanwhile() -> None:
        later(runtime.timing().deadline)
        sweep()
        assert slot()["status"] == "ERROR"

    ask()
    model.meanwhile = give_up_meanwhile
    assert held.work() == 0
    assert (slot()["status"], slot()["historyCount"], slot()["generation"]) == ("COMPLETED", 1, [])


def test_a_retry_after_a_give_up_makes_the_picture(
    ready: Path, model: StubModel, held: WorkingQueue, later: Any
) -> None:
    (image_id,) = ask()
    later(runtime.timing().deadline)
    sweep()
    call("POST", f"{SLOT}/generation/retry", {})
    assert held.work() == 0
    assert [image["id"] for image in slot()["history"]] == [image_id]


def test_reminders_are_kept_while_pictures_are_under_way_and_a_good_while_longer(
    ready: Path, model: StubModel, held: WorkingQueue, later: Any
) -> None:
    ask()
    ask()
    assert len(keys(ready, "reminders/")) == 2
    held.work()
    sweep()
    assert len(keys(ready, "reminders/")) == 2
    later(runtime.timing().reminder)
    ask()
    sweep()
    assert len(keys(ready, "reminders/")) == 3
    held.work()
    sweep()
    assert len(keys(ready, "reminders/")) == 1


@pytest.mark.parametrize("gone", [SLOT, STUDIO])
def test_pictures_of_what_is_deleted_are_looked_after_as_any(
    ready: Path, model: StubModel, held: WorkingQueue, later: Any, gone: str
) -> None:
    held.down = True
    ask()
    held.down = False
    call("DELETE", gone)
    later(runtime.timing().queue_again)
    sweep()
    assert held.work() == 0
    call("POST", f"{gone}/undelete")
    assert slot()["historyCount"] == 1


def test_what_is_no_result_stays_in_the_inbox_and_hinders_nobody(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    ask()
    odd = "inbox/acme-corp/default/odd.1.json"
    runtime.object_store().put_once(odd, b"{}", content_type="application/json")
    assert held.work() == 0
    assert sweep() == {"studios": 1, "failed": 0}
    assert slot()["historyCount"] == 1
    assert keys(ready, "inbox/") == [odd]


def test_results_of_a_studio_that_is_gone_for_good_are_taken_out(ready: Path) -> None:
    body = b'{"slotId":"slot-1","id":"a","attempt":1,"error":"x"}'
    runtime.object_store().put_once("inbox/acme-corp/gone/a.1.json", body, content_type="application/json")
    assert sweep() == {"studios": 1, "failed": 0}
    assert keys(ready, "inbox/") == []


def test_a_failure_with_one_studio_is_counted_and_the_others_are_looked_after(
    ready: Path, model: StubModel, held: WorkingQueue, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = f"{CLIENT}/scene-studio/other"
    call("PUT", other, {})
    call("POST", f"{other}/slots", {"id": "slot-1", "productIds": ["product-a"]})
    ask()
    ask(other)
    later(runtime.timing().deadline)
    store = runtime.object_store()
    real = store.heads

    def failing(wanted: Any) -> Any:
        if any("/other/slots/" in key for key in wanted):
            raise Unavailable("down for a test")
        return real(wanted)

    monkeypatch.setattr(store, "heads", failing)
    assert sweep() == {"studios": 1, "failed": 1}
    assert slot()["status"] == "ERROR"


def test_a_queue_that_is_down_is_tried_again_by_a_later_run(
    ready: Path, model: StubModel, held: WorkingQueue, later: Any
) -> None:
    held.down = True
    ask()
    later(runtime.timing().queue_again)
    assert sweep() == {"studios": 0, "failed": 1}
    held.down = False
    later(runtime.timing().queue_again)
    assert sweep() == {"studios": 1, "failed": 0}
    assert held.work() == 0
    assert slot()["historyCount"] == 1


def test_without_time_nothing_is_begun(ready: Path, model: StubModel, later: Any) -> None:
    ask()
    later(runtime.timing().deadline)
    assert sweep(seconds=1) == {"studios": 0, "failed": 0}
    assert slot()["status"] == "GENERATING"


def test_a_failure_that_people_know_of_is_left_as_it_is(
    ready: Path, model: StubModel, held: WorkingQueue, later: Any
) -> None:
    ask()
    model.refusal = GenerationRefused("Not this one.")
    held.work()
    later(runtime.timing().deadline)
    before = of_clients(ready)
    sweep()
    assert of_clients(ready) == before


def test_what_somebody_else_put_among_the_reminders_and_results_hinders_nobody(
    ready: Path, model: StubModel, later: Any
) -> None:
    ask()
    for key in ("inbox/readme.txt", "reminders/a/b/c/d"):
        runtime.object_store().put_once(key, b"x", content_type="text/plain")
    later(runtime.timing().deadline)
    assert sweep() == {"studios": 1, "failed": 0}
    assert slot()["status"] == "ERROR"
