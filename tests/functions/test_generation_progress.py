"""Asking without waiting, looking at what became of it, cancelling, and asking again for what failed."""

from pathlib import Path
from typing import Any

import pytest

from generation_api.handler import app
from scene_studio import runtime
from scene_studio.http.requests import patience
from scene_studio.model.errors import GenerationRefused
from scene_studio.model.generation import cancel
from scene_studio.store.object_store import Unavailable
from scene_studio.store.pacing import Pacing, within
from tests.support.api import STUDIO, Answer, call
from tests.support.models import StubModel
from tests.support.problems import assert_invalid, assert_problem
from tests.support.queues import WorkingQueue
from tests.support.stored import stored_document, stored_objects

SLOT = f"{STUDIO}/slots/slot-1"
ASYNC = {"Prefer": "respond-async"}


def ask(headers: dict[str, str] | None = None, **members: Any) -> Answer:
    body = {"slotId": "slot-1"} | members
    return call("POST", f"{STUDIO}/generate", body, ASYNC | (headers or {}))


def states(answer: Answer) -> list[str]:
    return [one["state"] for one in answer.json["generation"]]


def slot() -> Any:
    return call("GET", STUDIO).json["outputSlots"][0]


def ids(answer: Answer) -> list[str]:
    return [one["id"] for one in answer.json["generation"]]


@pytest.fixture
def held(queue: WorkingQueue) -> WorkingQueue:
    """The queue, whose messages wait until the test lets them go."""
    queue.held = True
    return queue


def test_an_answer_that_need_not_wait_says_where_to_look(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    answer = ask(count=3)
    assert (answer.status, answer.headers["preference-applied"]) == (202, "respond-async")
    assert answer.json["images"] == []
    assert states(answer) == ["queued"] * 3
    assert int(answer.headers["retry-after"]) > 0
    later = call("GET", answer.headers["location"])
    assert (later.status, states(later), ids(later)) == (200, ["queued"] * 3, ids(answer))
    assert len(held.sent) == 3


def test_every_picture_is_done_when_the_workers_have_been_there(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    answer = ask(count=3)
    assert held.work() == 0
    later = call("GET", answer.headers["location"])
    assert states(later) == ["done"] * 3
    assert [one["image"]["id"] for one in later.json["generation"]] == ids(answer)
    assert [image["id"] for image in slot()["history"]] == ids(answer)[::-1]
    assert isinstance(later.json["typicalMilliseconds"], int)


def test_the_slot_says_that_pictures_are_pending_and_since_when(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    answer = ask(count=2)
    assert slot()["status"] == "GENERATING"
    assert [(one["id"], one["state"]) for one in slot()["generation"]] == [
        (image_id, "pending") for image_id in ids(answer)
    ]
    assert slot()["generation"][0]["askedAt"] == answer.json["generation"][0]["askedAt"]
    held.work()
    assert (slot()["status"], slot()["generation"]) == ("COMPLETED", [])


def test_a_picture_that_a_worker_is_at_is_running(
    ready: Path, model: StubModel, held: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = ask(count=2)
    seen: list[Any] = []
    clock = runtime.now_milliseconds
    monkeypatch.setattr(runtime, "now_milliseconds", lambda: clock() + 2000)
    model.meanwhile = lambda: seen.append(call("GET", f"{STUDIO}/generation"))
    held.work()
    first, second = seen[0].json["generation"]
    assert (first["state"], second["state"]) == ("running", "queued")
    assert first["startedAt"] >= first["askedAt"] < first["deadline"]
    assert [len(one.json["generation"]) for one in seen] == [2, 1]
    assert states(call("GET", answer.headers["location"])) == ["done", "done"]


@pytest.mark.parametrize("prefer", ["wait=1", "respond-async, wait=1", "wait=0"])
def test_a_wait_ends_when_the_caller_said(
    ready: Path, model: StubModel, held: WorkingQueue, prefer: str
) -> None:
    answer = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"}, {"Prefer": prefer})
    assert (answer.status, answer.headers["preference-applied"]) == (202, prefer)


def test_an_answer_that_waits_brings_the_picture_as_soon_as_there_is_one(
    ready: Path, model: StubModel, held: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            held.work()

    monkeypatch.setitem(app.dependency_overrides, patience, lambda **_: Pacing(until=1e18, sleep=sleep))
    answer = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"})
    assert (answer.status, len(waited)) == (200, 3)
    assert answer.json["imageUrl"] == answer.json["images"][0]["url"]


def test_several_slots_are_asked_at_once_and_each_gets_its_own(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    call(
        "POST",
        f"{STUDIO}/slots",
        {"id": "slot-2", "productIds": ["product-b"], "settings": {"style": "Rustic"}},
    )
    answer = ask(slotId=None, slotIds=["slot-2", "slot-1", "slot-2"], count=2, seed=5)
    assert [one["slotId"] for one in answer.json["generation"]] == ["slot-2", "slot-2", "slot-1", "slot-1"]
    held.work()
    rows = {row["id"]: row for row in call("GET", STUDIO).json["outputSlots"]}
    for name, products in (("slot-1", ["product-a", "product-b"]), ("slot-2", ["product-b"])):
        assert [image["productIds"] for image in rows[name]["history"][:2]] == [products] * 2
        assert [image["seed"] for image in rows[name]["history"][:2]] == [6, 5]
    assert rows["slot-2"]["history"][0]["settings"]["style"] == "Rustic"


def test_a_request_names_a_slot_and_not_too_many_pictures(ready: Path, model: StubModel) -> None:
    before = stored_objects(ready)
    assert_invalid(ask(slotId=None), "/slotId")
    assert_invalid(ask(slotId=None, slotIds=[]), "/slotIds")
    many = [f"row-{number}" for number in range(13)]
    assert_invalid(ask(slotIds=many, productIds=["product-a"], count=8), "/count")
    assert stored_objects(ready) == before


def test_a_studio_has_only_so_many_pictures_under_way(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    for _ in range(25):
        assert ask(count=8).status == 202
    before = stored_objects(ready)
    assert_problem(ask(), 422, "too-many-pictures")
    assert stored_objects(ready) == before
    call("DELETE", f"{SLOT}/generation")
    assert ask().status == 202


def test_what_is_cancelled_is_not_made_and_costs_nothing(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    answer = ask(count=3)
    first, second, third = ids(answer)
    shown = call("DELETE", f"{SLOT}/generation/{second}").json
    assert [one["id"] for one in shown["generation"]] == [first, third]
    assert states(call("GET", answer.headers["location"])) == ["queued", "cancelled", "queued"]
    assert call("DELETE", f"{SLOT}/generation").json["status"] == "EMPTY"
    assert states(call("GET", answer.headers["location"])) == ["cancelled"] * 3
    assert held.work() == 0
    assert (model.calls, slot()["history"], slot()["status"]) == (0, [], "EMPTY")


def test_what_is_cancelled_while_it_is_made_does_not_come(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    ask()
    model.meanwhile = lambda: call("DELETE", f"{SLOT}/generation")
    assert held.work() == 0
    assert (model.calls, slot()["history"], slot()["status"]) == (1, [], "EMPTY")
    assert not any(key.startswith("inbox/") for key in stored_objects(ready))


def test_who_waits_for_what_another_cancels_is_told(ready: Path, model: StubModel) -> None:
    def cancel_all() -> None:
        def apply(current: Any) -> Any:
            return cancel(current.document, "slot-1", None, 0)

        runtime.studios().commit("acme-corp", "default", apply, None, within(5))

    model.meanwhile = cancel_all
    answer = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"})
    assert_problem(answer, 409, "generation-cancelled")


def test_a_picture_that_has_come_cannot_be_cancelled_and_stays(ready: Path, model: StubModel) -> None:
    (image,) = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"}).json["images"]
    answer = call("DELETE", f"{SLOT}/generation/{image['id']}")
    assert (answer.status, answer.json["history"]) == (200, [image])


def test_a_cancellation_that_is_repeated_is_answered_again(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    (image_id,) = ids(ask())
    key = {"Idempotency-Key": "cancel-1"}
    answers = [call("DELETE", f"{SLOT}/generation/{image_id}", None, key) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json


def test_some_may_fail_and_the_rest_is_kept(ready: Path, model: StubModel) -> None:
    def refuse_the_second() -> None:
        model.refusal = GenerationRefused("Not this one.") if model.calls == 2 else None

    model.meanwhile = refuse_the_second
    answer = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "count": 3})
    assert (answer.status, states(answer)) == (200, ["done", "failed", "done"])
    assert len(answer.json["images"]) == 2
    assert (slot()["status"], slot()["error"]) == ("ERROR", "Not this one.")
    assert slot()["outputImage"] == answer.json["images"][-1]["url"]


def fail(model: StubModel, **members: Any) -> list[str]:
    model.refusal = GenerationRefused("Not this one.")
    answer = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"} | members)
    assert_problem(answer, 422, "generation-refused")
    model.refusal = None
    return ids(answer)


def test_what_failed_is_asked_for_again_with_the_same_settings_and_seed(ready: Path, model: StubModel) -> None:
    failed = fail(model, count=2, settings={"style": "Coastal"}, seed=3)
    call("PATCH", SLOT, {"settings": {"style": "Rustic"}})
    answer = call("POST", f"{SLOT}/generation/retry", {})
    assert answer.status == 202
    assert [image["id"] for image in slot()["history"]] == failed[::-1]
    assert [(image["settings"]["style"], image["seed"]) for image in slot()["history"]] == [
        ("Coastal", 4),
        ("Coastal", 3),
    ]
    assert (slot()["status"], slot().get("error"), model.calls) == ("COMPLETED", None, 4)


def test_one_of_several_failures_can_be_asked_for_again_alone(ready: Path, model: StubModel) -> None:
    first, second = fail(model, count=2)
    call("POST", f"{SLOT}/generation/retry", {"imageIds": [second]})
    assert [image["id"] for image in slot()["history"]] == [second]
    assert [one["id"] for one in slot()["generation"]] == [first]
    assert slot()["status"] == "ERROR"


def test_a_retry_that_is_repeated_asks_once(ready: Path, model: StubModel, held: WorkingQueue) -> None:
    held.held = False
    fail(model)
    held.held = True
    key = {"Idempotency-Key": "retry-1"}
    first, again = (call("POST", f"{SLOT}/generation/retry", {}, key) for _ in range(2))
    assert (first.status, again.status, ids(again)) == (202, 202, ids(first))
    held.work()
    assert (len(slot()["history"]), model.calls) == (1, 2)


def test_a_failure_can_be_dismissed(ready: Path, model: StubModel) -> None:
    (failed,) = fail(model)
    assert call("DELETE", f"{SLOT}/generation/{failed}").status == 200
    assert (slot()["status"], slot()["generation"], slot().get("error")) == ("EMPTY", [], None)


def test_executing_again_dismisses_the_failures_of_before(ready: Path, model: StubModel) -> None:
    fail(model)
    ask()
    assert (slot()["status"], slot()["generation"]) == ("COMPLETED", [])


@pytest.mark.parametrize(
    "images", ["slot-1", "slot-1.", ".a", "slot-1.a.b", "slot-1.a,", "slot-1.../x", "s.a b"]
)
def test_names_of_pictures_that_are_none_are_refused(ready: Path, images: str) -> None:
    assert_invalid(call("GET", f"{STUDIO}/generation?images={images.replace(' ', '%20')}"), "images")


def test_too_many_names_of_pictures_are_refused(ready: Path) -> None:
    names = ",".join(f"slot-1.a{number}" for number in range(101))
    assert_invalid(call("GET", f"{STUDIO}/generation?images={names}"), "images")


def test_a_picture_that_was_never_asked_for_counts_as_cancelled(ready: Path) -> None:
    assert states(call("GET", f"{STUDIO}/generation?images=slot-1.never,slot-77.never")) == ["cancelled"] * 2


def test_a_done_picture_is_found_however_old_it_is(ready: Path, model: StubModel) -> None:
    first = ask()
    for _ in range(6):
        ask(count=8)
    assert states(call("GET", f"{STUDIO}/generation?images=slot-1.{ids(first)[0]}")) == ["done"]


def test_a_queue_that_is_down_loses_no_picture(ready: Path, model: StubModel, queue: WorkingQueue) -> None:
    queue.down = True
    answer = ask(count=2)
    assert (answer.status, states(answer)) == (202, ["queued"] * 2)
    assert len(stored_document(ready)["outputSlots"][0]["intents"]) == 2


def test_a_deletion_by_a_tab_that_never_saw_the_execute_does_not_take_the_slot_along(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    read = call("GET", STUDIO)
    ask()
    answer = call("DELETE", SLOT, None, {"If-Match": read.etag})
    (conflict,) = answer.json["merge"]["conflicts"]
    print(conflict)
    assert slot()["status"] == "GENERATING"
    held.work()
    assert len(slot()["history"]) == 1


def test_the_restored_version_keeps_the_pictures_that_are_under_way(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    tag = call("GET", STUDIO).etag
    call("PATCH", SLOT, {"settings": {"style": "Coastal"}})
    ask()
    call("POST", f"{STUDIO}/restore", {"version": tag})
    assert slot()["status"] == "GENERATING"
    held.work()
    assert len(slot()["history"]) == 1


def test_a_store_that_fails_behind_the_commit_is_not_said_to_have_changed_nothing(
    ready: Path, model: StubModel, held: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = runtime.now_milliseconds
    monkeypatch.setattr(runtime, "now_milliseconds", lambda: clock() + 5000)

    def out_of_reach(_keys: Any) -> Any:
        raise Unavailable("down for a test")

    with monkeypatch.context() as patch:
        patch.setattr(runtime.object_store(), "get_all", out_of_reach)
        patch.setattr("generation_api.progress._FRESH", -1)
        assert_problem(ask(), 503, "outcome-unknown")
    assert len(slot()["generation"]) == 1


def test_a_retry_of_nothing_asks_for_nothing(ready: Path, model: StubModel) -> None:
    answer = call("POST", f"{SLOT}/generation/retry", {})
    assert (answer.status, answer.json["generation"], model.calls) == (200, [], 0)


def test_pictures_of_a_deleted_studio_can_be_cancelled(
    ready: Path, model: StubModel, held: WorkingQueue
) -> None:
    ask(count=2)
    call("DELETE", STUDIO)
    assert call("DELETE", f"{SLOT}/generation").status == 200
    assert held.work() == 0
    assert model.calls == 0
