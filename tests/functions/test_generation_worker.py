"""Messages about wanted pictures: late, twice, or for nothing. None makes a second picture or gets stuck."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from scene_studio.generation.timing import DELIVERIES
from scene_studio.model.errors import ModelUnavailable
from tests.support.api import CLIENT, STUDIO, call
from tests.support.models import StubModel
from tests.support.queues import WorkingQueue, deliver, sweep
from tests.support.stored import stored_objects

SLOT = f"{STUDIO}/slots/slot-1"
ASYNC = {"Prefer": "respond-async"}


@pytest.fixture(autouse=True)
def held(queue: WorkingQueue) -> WorkingQueue:
    """The queue, whose messages wait until the test lets them go."""
    queue.held = True
    return queue


def ask(**members: Any) -> list[str]:
    answer = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"} | members, ASYNC)
    assert answer.status == 202, answer.body
    return [one["id"] for one in answer.json["generation"]]


def slot(at: int = 0) -> Any:
    return call("GET", STUDIO).json["outputSlots"][at]


def message(**members: str) -> str:
    return json.dumps(
        {"clientId": "acme-corp", "studioId": "default", "slotId": "slot-1", "imageId": "none"} | members
    )


def later(monkeypatch: pytest.MonkeyPatch, milliseconds: int) -> None:
    """Let so much time pass on the clock of all functions."""
    clock = runtime.now_milliseconds
    monkeypatch.setattr(runtime, "now_milliseconds", lambda: clock() + milliseconds)


def test_a_message_that_comes_twice_makes_one_picture(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    (image_id,) = ask()
    assert [deliver(held.sent[0]) for _ in range(3)] == [False] * 3
    assert ([image["id"] for image in slot()["history"]], model.calls) == ([image_id], 1)


def test_a_message_that_comes_again_while_its_picture_is_made_waits_and_makes_no_second(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    ask()
    came_again = []
    model.meanwhile = lambda: came_again.append(deliver(held.sent[0]))
    assert held.work() == 0
    assert (came_again, model.calls, slot()["historyCount"]) == ([True], 1, 1)


@pytest.mark.parametrize(
    "body",
    [
        message(),
        message(slotId="nowhere"),
        message(studioId="nowhere"),
        message(clientId="nowhere"),
    ],
)
def test_a_message_about_what_never_was_is_let_go(ready: Path, model: StubModel, body: str) -> None:
    before = stored_objects(ready)
    assert not deliver(body)
    assert (stored_objects(ready), model.calls) == (before, 0)


@pytest.mark.parametrize("body", ["", "{}", "no JSON", message(slotId="../.."), message(imageId="a/b")])
def test_a_message_that_is_none_ends_with_the_dead_letters(ready: Path, model: StubModel, body: str) -> None:
    before = stored_objects(ready)
    assert deliver(body, DELIVERIES)
    assert stored_objects(ready) == before


def test_a_message_about_a_cancelled_picture_is_let_go(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    ask()
    call("DELETE", f"{SLOT}/generation")
    before = stored_objects(ready)
    assert held.work() == 0
    assert (stored_objects(ready), model.calls) == (before, 0)


@pytest.mark.parametrize("gone", [SLOT, STUDIO])
def test_a_picture_for_what_is_deleted_meanwhile_is_kept_for_its_return(
    ready: Path, model: StubModel, held: WorkingQueue, gone: str
) -> None:
    (image_id,) = ask()
    call("DELETE", gone)
    assert held.work() == 0
    call("POST", f"{gone}/undelete")
    assert [image["id"] for image in slot()["history"]] == [image_id]
    assert slot()["status"] == "COMPLETED"


def test_a_product_that_changes_after_the_execute_does_not_change_the_picture(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    ask()
    call("PATCH", f"{CLIENT}/products/product-a", {"name": "Other"})
    call("DELETE", f"{CLIENT}/products/product-b")
    held.work()
    assert slot()["history"][0]["productNames"] == ["Oak Chair", "Ceramic Vase"]
    assert model.requests[0].products[0].picture is not None


def test_a_model_that_is_out_of_reach_is_asked_again_and_in_the_end_given_up(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    ask()
    model.refusal = ModelUnavailable("The image model is busy; try again in a minute.")
    for _ in range(DELIVERIES - 1):
        assert held.work() == 1
        assert slot()["status"] == "GENERATING"
    assert held.work() == 0
    assert (slot()["status"], slot()["error"]) == ("ERROR", model.refusal.detail)
    assert model.calls == DELIVERIES


def test_what_nobody_expected_fails_in_the_end_and_leaves_a_dead_letter(
    ready: Path, model: StubModel, held: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down() -> None:
        raise ZeroDivisionError

    ask()
    model.meanwhile = break_down
    for delivery in range(1, DELIVERIES + 1):
        assert deliver(held.sent[0], delivery)
        later(monkeypatch, runtime.timing().visibility)
    assert slot()["status"] == "ERROR"
    assert slot()["error"].endswith("try it again.")


def test_a_worker_that_dies_at_its_model_is_followed_by_another_when_its_claim_has_run_out(
    ready: Path, model: StubModel, held: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    ask()
    model.meanwhile = die
    with pytest.raises(KeyboardInterrupt):
        deliver(held.sent[0])
    model.meanwhile = None
    assert deliver(held.sent[0], 2), "its claim still holds"
    assert model.calls == 1
    later(monkeypatch, runtime.timing().lease)
    assert not deliver(held.sent[0], 3)
    assert (slot()["historyCount"], model.calls) == (1, 2)


@pytest.mark.parametrize("call_number", range(1, 8))
def test_a_worker_that_dies_anywhere_else_costs_no_second_picture(
    ready: Path,
    model: StubModel,
    held: WorkingQueue,
    monkeypatch: pytest.MonkeyPatch,
    call_number: int,
) -> None:
    """The writes of a run: claim, picture, thumbnail, result, document, and the deletion of the result."""
    ask()
    store = runtime.object_store()
    calls = 0

    def dying(name: str) -> Any:
        real = getattr(store, name)

        def wrapped(*arguments: Any, **more: Any) -> Any:
            nonlocal calls
            calls += 1
            answer = real(*arguments, **more)
            if calls == call_number:
                raise KeyboardInterrupt
            return answer

        return wrapped

    with monkeypatch.context() as patch:
        for name in ("put", "put_once", "delete_all"):
            patch.setattr(store, name, dying(name))
        with suppress(KeyboardInterrupt):
            deliver(held.sent[0])
    later(monkeypatch, runtime.timing().lease)
    assert not deliver(held.sent[0], 2)
    assert (slot()["historyCount"], model.calls) == (1, 1)
    sweep()
    assert not any(key.startswith("inbox/") for key in stored_objects(ready))


def test_a_picture_past_its_deadline_is_not_begun(
    ready: Path, model: StubModel, held: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    later(monkeypatch, runtime.timing().deadline)
    assert held.work() == 0
    assert (model.calls, slot()["status"]) == (0, "GENERATING")
