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
from tests.support.queues import WorkingQueue
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
    assert (again.status, model.calls) == (200, 49)
    assert again.json["images"] == first.json["images"]
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


def test_a_crash_between_the_commit_and_the_messages_is_mended_by_the_repeated_request(
    ready: Path, model: StubModel, queue: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:

        def cut(*_arguments: Any, **_more: Any) -> None:
            raise KeyboardInterrupt

        patch.setattr(queue, "send", cut)
        with pytest.raises(KeyboardInterrupt):
            generate(count=3)
    assert len(stored_document(ready)["outputSlots"][0]["intents"]) == 3
    answer = generate(count=3)
    assert (answer.status, model.calls) == (200, 3)
    assert history_in(ready) == [image["id"] for image in answer.json["images"]][::-1]
    assert generate(count=3).json == answer.json


def test_a_crash_before_the_commit_leaves_nothing_to_pay_for(
    ready: Path, model: StubModel, queue: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:

        def cut(*_arguments: Any, **_more: Any) -> None:
            raise KeyboardInterrupt

        patch.setattr(runtime.object_store(), "put", cut)
        with pytest.raises(KeyboardInterrupt):
            generate()
    assert (queue.sent, model.calls) == ([], 0)
    assert generate().status == 200
    assert len(history_in(ready)) == model.calls == 1


def test_a_request_that_is_repeated_while_its_pictures_are_made_waits_for_the_same(
    ready: Path, model: StubModel, queue: WorkingQueue
) -> None:
    queue.held = True
    first, again = (
        call(
            "POST",
            f"{STUDIO}/generate",
            {"slotId": "slot-1", "count": 2},
            {"Idempotency-Key": "one", "Prefer": "respond-async"},
        )
        for _ in range(2)
    )
    assert (first.status, again.status, again.json) == (202, 202, first.json)
    assert len(queue.sent) == 4  # the messages of the first may have been lost; twice does no harm
    assert queue.work() == 0
    assert (len(history_in(ready)), model.calls) == (2, 2)


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


def test_a_row_that_is_saved_behind_its_first_execute_is_merged_with_what_was_executed(
    ready: Path, model: StubModel, queue: WorkingQueue
) -> None:
    queue.held = True
    body = {"slotId": "slot-9", "productIds": ["product-a"], "settings": {"style": "Coastal"}}
    call("POST", f"{STUDIO}/generate", body, {"Prefer": "respond-async"})
    row = {"id": "slot-9", "productIds": ["product-a"], "settings": {"style": "Rustic"}}
    saved = call("PATCH", STUDIO, {"outputSlots": [call("GET", STUDIO).json["outputSlots"][0], row]})
    assert saved.status == 200
    assert queue.work() == 0
    slot = call("GET", STUDIO).json["outputSlots"][1]
    assert (slot["settings"]["style"], slot["history"][0]["settings"]["style"]) == ("Rustic", "Coastal")


def test_what_waits_for_a_picture_is_not_lost_when_the_client_edits_it_away(
    ready: Path, model: StubModel
) -> None:
    row = call("GET", STUDIO).json["outputSlots"][0]
    images = [generate(str(number)).json["images"][0] for number in range(3)]
    saved = call("PATCH", STUDIO, {"outputSlots": [row | {"history": []}]}, {"If-Match": "*"})
    assert saved.json["outputSlots"][0]["history"] == images[::-1]
