"""What pictures cost: before a run, in a month, and when a limit is reached."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generation_api.handler import app
from janitor.purge import Purge
from scene_studio import runtime
from scene_studio.generation.image_model import ImageRequest, ImageResult
from scene_studio.model.costs import last_months, month_of
from scene_studio.model.errors import GenerationRefused, ModelUnavailable
from scene_studio.store.pacing import within
from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.models import StubModel
from tests.support.problems import assert_invalid, assert_problem
from tests.support.queues import WorkingQueue, sweep
from tests.support.stored import stored_objects

SLOT = f"{STUDIO}/slots/slot-1"
PRICE, CUTOUT, PAID = 70_000, 10_000, 60_000
DAY = 86_400_000
EACH = PRICE + 2 * CUTOUT
"""What a picture of the slot's two products costs at most."""


class PaidModel(StubModel):
    """A model whose pictures cost something."""

    capabilities = replace(StubModel.capabilities, price_micros=PRICE, cutout_micros=CUTOUT, max_cutouts=4)

    def generate(self, request: ImageRequest) -> ImageResult:
        return replace(super().generate(request), cost_micros=PAID)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, ready: Path) -> PaidModel:
    paid = PaidModel()
    monkeypatch.setitem(app.dependency_overrides, runtime.capabilities, lambda: paid.capabilities)
    monkeypatch.setattr(runtime, "image_model", lambda: paid)
    return paid


def execute(**members: Any) -> Answer:
    return call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"} | members)


def usage(month: str = "") -> Any:
    return call("GET", f"{CLIENT}/usage{month and f'?month={month}'}").json


def limit(micros: int | None) -> None:
    assert call("PUT", CLIENT, {"monthlyLimitMicros": micros}).status == 200


def test_a_run_has_a_price_before_it_is_made(model: PaidModel) -> None:
    call("POST", f"{STUDIO}/slots", {"id": "slot-2", "productIds": ["product-a"]})
    call("POST", f"{STUDIO}/slots", {"id": "slot-3"})
    all_slots = call("GET", f"{STUDIO}/estimate?count=4").json
    assert (all_slots["pictures"], all_slots["currency"], all_slots["model"]) == (8, "USD", "stub-1")
    assert all_slots["priceMicros"] == 4 * (EACH + PRICE + CUTOUT)
    assert call("GET", f"{STUDIO}/estimate?slots=slot-2").json["priceMicros"] == PRICE + CUTOUT
    assert "leftMicros" not in all_slots


def test_an_estimate_is_of_slots_that_there_are(model: PaidModel) -> None:
    assert_problem(call("GET", f"{STUDIO}/estimate?slots=slot-1,nowhere"), 404, "not-found")
    assert_invalid(call("GET", f"{STUDIO}/estimate?count=9"), "count")


def test_what_a_purged_studio_cost_stays_told_and_is_told_once(
    model: PaidModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(count=2)
    now = runtime.now_milliseconds()
    month = month_of(now)
    call("DELETE", STUDIO)
    monkeypatch.setattr(runtime, "now_milliseconds", lambda: now + 32 * DAY)
    clear = Purge._clear
    with monkeypatch.context() as patch:
        patch.setattr(Purge, "_clear", lambda purge, place, marked, _: clear(purge, place, marked, within(-1)))
        sweep()
    assert call("GET", STUDIO).json["type"] == "purged"
    assert usage(month)["spentMicros"] == 2 * PAID
    runtime.clients.cache_clear()
    sweep()
    assert call("GET", STUDIO).status == 404
    told = usage(month)
    assert (told["spentMicros"], told["reservedMicros"]) == (2 * PAID, 0)
    assert [(one["id"], one["name"], one["spentMicros"]) for one in told["studios"]] == [
        ("default", "Main Studio", 2 * PAID)
    ]
    assert "purgedStudios" not in call("GET", CLIENT).json


def test_the_compositor_costs_nothing(ready: Path) -> None:
    assert call("GET", f"{STUDIO}/estimate").json["priceMicros"] == 0


def test_a_month_is_what_its_pictures_cost(model: PaidModel) -> None:
    execute(count=3)
    other = f"{CLIENT}/scene-studio/other"
    call("PUT", other, {"name": "Other"})
    call("POST", f"{other}/slots", {"id": "slot-1", "productIds": ["product-a"]})
    call("POST", f"{other}/generate", {"slotId": "slot-1"})
    call("PUT", f"{CLIENT}/scene-studio/idle", {})
    spent = usage()
    assert (spent["spentMicros"], spent["reservedMicros"], spent["currency"]) == (4 * PAID, 0, "USD")
    assert {one["id"]: one["spentMicros"] for one in spent["studios"]} == {"default": 3 * PAID, "other": PAID}
    assert spent["month"] == month_of(runtime.now_milliseconds())
    call("DELETE", other)
    assert usage()["spentMicros"] == 4 * PAID


def test_each_month_is_its_own(model: PaidModel, monkeypatch: pytest.MonkeyPatch) -> None:
    execute()
    now = runtime.now_milliseconds()
    monkeypatch.setattr(runtime, "now_milliseconds", lambda: now + 40 * 86_400_000)
    execute(count=2)
    assert usage(month_of(now))["spentMicros"] == PAID
    assert usage(month_of(now + 40 * 86_400_000))["spentMicros"] == 2 * PAID


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-1", "november", "2026-11-01"])
def test_a_month_that_is_none_is_refused(ready: Path, month: str) -> None:
    assert_invalid(call("GET", f"{CLIENT}/usage?month={month}"), "month")


def test_what_is_under_way_is_reserved_and_becomes_what_it_cost(model: PaidModel, queue: WorkingQueue) -> None:
    queue.held = True
    call("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "count": 2}, {"Prefer": "respond-async"})
    assert (usage()["spentMicros"], usage()["reservedMicros"]) == (0, 2 * EACH)
    queue.work()
    assert (usage()["spentMicros"], usage()["reservedMicros"]) == (2 * PAID, 0)


def test_a_failure_and_a_cancellation_give_their_reservation_back(
    model: PaidModel, queue: WorkingQueue
) -> None:
    model.refusal = GenerationRefused("Not this one.")
    execute()
    assert usage()["reservedMicros"] == 0
    queue.held = True
    call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"}, {"Prefer": "respond-async"})
    call("DELETE", f"{SLOT}/generation")
    assert (usage()["reservedMicros"], usage()["spentMicros"]) == (0, 0)


def test_what_was_paid_for_a_failure_is_spent_and_not_bought_again(model: PaidModel) -> None:
    model.refusal = ModelUnavailable("It broke down.", {"costMicros": 30_000})
    assert_problem(execute(), 422, "generation-refused")
    assert (model.calls, usage()["spentMicros"], usage()["reservedMicros"]) == (1, 30_000, 0)
    model.refusal = None
    assert call("POST", f"{SLOT}/generation/retry", {}).status == 202
    assert (model.calls, usage()["spentMicros"]) == (2, 30_000 + PAID)


def test_a_cancellation_in_mid_call_is_taken_for_paid(
    model: PaidModel, queue: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.held = True
    call("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "count": 2}, {"Prefer": "respond-async"})
    model.meanwhile = lambda: call("DELETE", f"{SLOT}/generation")
    assert queue.work() == 0
    assert (model.calls, usage()["spentMicros"], usage()["reservedMicros"]) == (1, EACH, 0)


@pytest.mark.parametrize("back", [3, 12])
def test_a_month_of_which_the_cost_is_not_known_is_refused(ready: Path, back: int) -> None:
    month = last_months(runtime.now_milliseconds(), 13)[back]
    assert_invalid(call("GET", f"{CLIENT}/usage?month={month}"), "month")


def test_the_limit_refuses_what_might_go_over_it_and_names_the_figures(model: PaidModel) -> None:
    limit(PAID + EACH)
    assert execute().status == 200
    before = stored_objects_now()
    answer = execute(count=2)
    assert_problem(answer, 422, "budget-spent")
    figures = {name: answer.json[name] for name in answer.json if name.endswith("Micros")}
    assert figures == {
        "limitMicros": PAID + EACH,
        "spentMicros": PAID,
        "reservedMicros": 0,
        "neededMicros": 2 * EACH,
    }
    assert stored_objects_now() == before
    assert call("GET", f"{STUDIO}/estimate").json["leftMicros"] == EACH
    assert execute().status == 200
    assert_problem(execute(), 422, "budget-spent")
    limit(None)
    assert execute().status == 200


def test_the_limit_counts_all_studios_and_what_is_under_way(model: PaidModel, queue: WorkingQueue) -> None:
    queue.held = True
    limit(2 * EACH)
    other = f"{CLIENT}/scene-studio/other"
    call("PUT", other, {})
    call("POST", f"{other}/slots", {"id": "slot-1", "productIds": ["product-a", "product-b"]})
    for studio in (other, STUDIO):
        asked = call("POST", f"{studio}/generate", {"slotId": "slot-1"}, {"Prefer": "respond-async"})
        assert asked.status == 202
    assert_problem(execute(), 422, "budget-spent")


def test_the_limit_holds_for_what_is_retried(model: PaidModel) -> None:
    model.refusal = GenerationRefused("Not this one.")
    execute()
    model.refusal = None
    limit(EACH - 1)
    assert_problem(call("POST", f"{SLOT}/generation/retry", {}), 422, "budget-spent")
    limit(EACH)
    assert call("POST", f"{SLOT}/generation/retry", {}).status == 202
    assert usage()["spentMicros"] == PAID


def test_a_new_month_has_a_budget_of_its_own(model: PaidModel, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(EACH)
    assert execute().status == 200
    assert_problem(execute(), 422, "budget-spent")
    now = runtime.now_milliseconds()
    from scene_studio.http.requests import clock

    monkeypatch.setitem(app.dependency_overrides, clock, lambda: lambda: now + 40 * 86_400_000)
    assert execute().status == 200


def test_a_request_that_is_repeated_is_not_refused_for_what_it_cost_itself(model: PaidModel) -> None:
    limit(EACH)
    key = {"Idempotency-Key": "one"}
    first, again = (call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"}, key) for _ in range(2))
    assert (first.status, again.status, again.json["images"]) == (200, 200, first.json["images"])


def test_a_copy_of_a_studio_costs_nothing(model: PaidModel) -> None:
    execute()
    call("POST", f"{STUDIO}/duplicate", {"id": "copy", "withHistory": True})
    assert usage()["spentMicros"] == PAID


@pytest.mark.parametrize("micros", [-1, 1.5, "5", True, 10**15 + 1])
def test_a_limit_that_is_none_is_refused(ready: Path, micros: Any) -> None:
    assert_invalid(call("PUT", CLIENT, {"monthlyLimitMicros": micros}), "/monthlyLimitMicros")


def test_a_client_shows_its_limit(ready: Path) -> None:
    limit(5_000_000)
    assert call("GET", CLIENT).json["monthlyLimitMicros"] == 5_000_000
    call("PUT", CLIENT, {"name": "Renamed"})
    assert call("GET", CLIENT).json["monthlyLimitMicros"] == 5_000_000


def stored_objects_now() -> Any:
    return stored_objects(Path(runtime.environment().store.removeprefix("sqlite:")))
