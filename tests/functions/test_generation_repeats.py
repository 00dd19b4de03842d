"""A picture is paid for once and kept for ever, whatever happens on the way."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from tests.support.api import STUDIO, Answer, call
from tests.support.models import StubModel
from tests.support.pages import opened
from tests.support.problems import assert_problem
from tests.support.stored import stored_document, stored_objects

SLOT = f"{STUDIO}/slots/slot-1"


def generate(key: str = "execute-1", **members: Any) -> Answer:
    return call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"} | members, {"Idempotency-Key": key})


def history_in(store: Path, at: int = 0) -> list[str]:
    return [revision["id"] for revision in stored_document(store)["outputSlots"][at]["history"]]


def test_a_repeated_request_gets_the_same_answer_and_no_second_picture(ready: Path, model: StubModel) -> None:
    first = generate(count=2)
    before = stored_objects(ready)
    again = generate(count=2)
    assert (first.status, again.status, again.json) == (200, 200, first.json)
    assert (stored_objects(ready), model.calls) == (before, 2)


def test_also_when_the_slot_was_made_by_it(ready: Path, model: StubModel) -> None:
    first, again = (generate(slotId="slot-9", productIds=["product-a"]) for _ in range(2))
    assert (again.json, model.calls) == (first.json, 1)


def test_also_long_after_the_document_forgot_the_key(ready: Path, model: StubModel) -> None:
    first = generate()
    for number in range(101):
        call("PATCH", STUDIO, {"name": f"Name {number}"})
    for number in range(6):
        generate(f"more-{number}", count=8)
    before = stored_objects(ready)
    again = generate()
    assert (again.status, again.json, model.calls) == (200, first.json, 49)
    assert stored_objects(ready) == before


def test_another_key_is_another_picture(ready: Path, model: StubModel) -> None:
    assert generate("one").json["imageUrl"] != generate("two").json["imageUrl"]
    assert model.calls == 2


def test_the_same_key_with_another_body_is_refused_before_it_costs_anything(
    ready: Path, model: StubModel
) -> None:
    generate()
    before = stored_objects(ready)
    assert_problem(generate(count=2), 422, "idempotency-key-reused")
    assert (stored_objects(ready), model.calls) == (before, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_a_crash_between_the_picture_and_the_commit_costs_no_second_picture(
    ready: Path, model: StubModel, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    store = runtime.object_store()
    with monkeypatch.context() as patch:

        def cut(*_arguments: Any, **_more: Any) -> None:
            raise KeyboardInterrupt

        patch.setattr(store, "put", cut)
        with pytest.raises(KeyboardInterrupt):
            generate(count=count)
    assert model.calls == count
    assert history_in(ready) == []
    answer = generate(count=count)
    assert (answer.status, model.calls) == (200, count)
    assert history_in(ready) == [image["id"] for image in answer.json["images"]][::-1]
    assert generate(count=count).json == answer.json
    assert opened(call("GET", answer.json["imageUrl"]), ready).body.startswith(b"\xff\xd8")


def test_a_crash_between_two_pictures_costs_only_those_that_were_not_made(
    ready: Path, model: StubModel
) -> None:
    def crash_at_the_third() -> None:
        if model.calls == 3:
            raise KeyboardInterrupt

    model.meanwhile = crash_at_the_third
    with pytest.raises(KeyboardInterrupt):
        generate(count=4)
    model.meanwhile = None
    assert len(generate(count=4).json["images"]) == 4
    assert model.calls == 5


def test_when_time_runs_out_the_answer_says_so_and_the_next_one_goes_on(ready: Path, model: StubModel) -> None:
    answer = call(
        "POST",
        f"{STUDIO}/generate",
        {"slotId": "slot-1", "count": 2},
        {"Idempotency-Key": "slow"},
        seconds=3,
    )
    assert_problem(answer, 503, "busy")
    assert answer.headers["retry-after"]
    assert (model.calls, history_in(ready)) == (0, [])
    assert generate("slow", count=2).status == 200


Edit = tuple[str, str, Any, Mapping[str, str]]
MEANWHILE: dict[str, Edit] = {
    "the slot is edited": ("PATCH", SLOT, {"settings": {"style": "Coastal"}, "favorites": []}, {}),
    "the slot is deleted": ("DELETE", SLOT, None, {}),
    "all rows are deleted": ("PATCH", STUDIO, {"outputSlots": []}, {"If-Match": "*"}),
    "the studio is renamed": ("PATCH", STUDIO, {"name": "Other"}, {}),
    "the studio is deleted": ("DELETE", STUDIO, None, {}),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_the_picture_is_kept_when_meanwhile(ready: Path, model: StubModel, what: str) -> None:
    method, path, body, headers = MEANWHILE[what]
    model.meanwhile = lambda: call(method, path, body, headers)
    answer = generate()
    assert answer.status == 200
    assert history_in(ready) == [answer.json["images"][0]["id"]]
    for undelete in (f"{STUDIO}/undelete", f"{SLOT}/undelete"):
        assert call("POST", undelete).status == 200
    assert opened(call("GET", answer.json["imageUrl"]), ready).body.startswith(b"\xff\xd8")
    slot = stored_document(ready)["outputSlots"][0]
    assert (slot["settings"]["style"] == "Coastal") == (what == "the slot is edited")


def test_a_row_that_is_saved_while_its_first_picture_is_made_stays_as_it_was_saved(
    ready: Path, model: StubModel
) -> None:
    row = {"id": "slot-9", "productIds": ["product-b"], "settings": {"style": "Rustic"}}
    model.meanwhile = lambda: call("POST", f"{STUDIO}/slots", row)
    answer = generate(slotId="slot-9", productIds=["product-a"])
    slot = call("GET", STUDIO).json["outputSlots"][1]
    assert (slot["productIds"], slot["settings"]) == (["product-b"], {"style": "Rustic"})
    assert slot["history"] == answer.json["images"]


def test_what_waits_for_a_picture_is_not_lost_when_the_client_edits_it_away(
    ready: Path, model: StubModel
) -> None:
    row = call("GET", STUDIO).json["outputSlots"][0]
    images = [generate(str(number)).json["images"][0] for number in range(3)]
    saved = call("PATCH", STUDIO, {"outputSlots": [row | {"history": []}]}, {"If-Match": "*"})
    assert saved.json["outputSlots"][0]["history"] == images[::-1]
