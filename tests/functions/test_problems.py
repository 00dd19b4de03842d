import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from scene_studio.http import problems
from scene_studio.http.problems import INTERNAL, NO_SUCH_ROUTE, PROBLEMS, field_errors, problem_for
from scene_studio.images.sandbox import RejectedInSandbox
from scene_studio.inline.pictures import InlinePictureRejected
from scene_studio.model.errors import Busy, NotFound, OutcomeUnknown, RefusedAsItStands, SceneStudioError
from tests.support.api import CLIENT, STUDIO, call
from tests.support.problems import MEMBERS, assert_problem


def kinds_of_error(kind: type[SceneStudioError] = SceneStudioError) -> Iterator[type[SceneStudioError]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith("scene_studio"):
            yield child
            yield from kinds_of_error(child)


def test_every_kind_of_error_has_a_row_of_its_own_and_no_row_is_idle() -> None:
    # The first is only what others share, the rest are an ImageRejected to whoever reads the answer.
    others = {RefusedAsItStands, RejectedInSandbox, InlinePictureRejected}
    assert set(kinds_of_error()) - others == set(PROBLEMS)


def test_every_type_and_every_title_stands_for_one_kind_of_problem() -> None:
    rows = [*PROBLEMS.values(), INTERNAL, NO_SUCH_ROUTE]
    for column in ("type", "title"):
        counts = Counter(getattr(row, column) for row in rows)
        assert [name for name, count in counts.items() if count > 1] == []


def test_every_problem_is_answered_with_an_error_status() -> None:
    assert all(400 <= row.status <= 599 for row in PROBLEMS.values())


def test_a_kind_of_error_without_a_row_is_answered_as_the_kind_above_it() -> None:
    class Lost(NotFound):
        pass

    assert problem_for(Lost("slot", "x")) == PROBLEMS[NotFound]


def test_what_a_problem_adds_can_never_hide_what_it_is() -> None:
    document = problems.document(
        PROBLEMS[NotFound], "Gone.", "/here", "r-1", {"kind": "slot", "status": 200, "type": "fine"}
    )
    assert document == {
        "kind": "slot",
        "type": "not-found",
        "title": "Not found",
        "status": 404,
        "detail": "Gone.",
        "instance": "/here",
        "requestId": "r-1",
    }
    assert document.keys() >= MEMBERS


@pytest.mark.parametrize(
    ("error", "field"),
    [
        ({"loc": ("body", "outputSlots", 3, "settings"), "msg": "x"}, "/outputSlots/3/settings"),
        ({"loc": ("body", "a/b", "c~d"), "msg": "x"}, "/a~1b/c~0d"),
        ({"loc": ("body",), "msg": "x"}, "body"),
        ({"loc": ("query", "limit"), "msg": "x"}, "limit"),
        ({"loc": ("path", "clientId"), "msg": "x"}, "clientId"),
    ],
)
def test_a_field_is_named_by_a_pointer_into_the_body_or_by_its_name(
    error: Mapping[str, Any], field: str
) -> None:
    assert [found.field for found in field_errors([error])] == [field]


def test_of_the_ways_in_which_a_value_failed_only_the_first_is_told() -> None:
    errors = [{"loc": ("body", "a"), "msg": "first"}, {"loc": ("body", "a"), "msg": "second"}]
    assert [found.message for found in field_errors(errors)] == ["first"]


@pytest.mark.parametrize(
    ("kind", "message"),
    [("missing", "is required"), ("tuple_type", "must be an array"), ("model_type", "must be an object")],
)
def test_messages_speak_of_json_and_not_of_python(kind: str, message: str) -> None:
    assert field_errors([{"loc": ("body", "a"), "msg": "tuple", "type": kind}])[0].message == message


def test_messages_tell_the_numbers_that_they_are_about() -> None:
    context = {"max_length": 16, "actual_length": 17}
    (error,) = field_errors([{"loc": ("body", "a"), "msg": "Tuple", "type": "too_long", "ctx": context}])
    assert error.message == "must have at most 16 items, and has 17"


def broken() -> None:
    raise RuntimeError("the password is hunter2")


@pytest.fixture
def broken_studios(local_service: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from studios_api.handler import app

    monkeypatch.setattr(app, "dependency_overrides", {runtime.studios: broken})


@pytest.mark.usefixtures("broken_studios")
def test_an_unexpected_error_is_logged_and_its_text_is_told_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[BaseException] = []
    monkeypatch.setattr(runtime.logger, "exception", lambda *_args, exc_info, **_more: logged.append(exc_info))
    answer = call("GET", STUDIO)
    assert_problem(answer, 500, "internal-error")
    assert b"hunter2" not in answer.body
    assert b"RuntimeError" not in answer.body
    assert [str(error) for error in logged] == ["the password is hunter2"]


@pytest.mark.usefixtures("broken_studios")
def test_what_is_logged_of_a_request_bears_the_id_that_its_answer_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = io.StringIO()
    monkeypatch.setattr(runtime.logger.registered_handler, "stream", log)
    runtime.logger.setLevel("ERROR")
    try:
        answer = call("GET", STUDIO)
    finally:
        runtime.logger.setLevel("CRITICAL")
    line = json.loads(log.getvalue())
    assert line["correlation_id"] == answer.json["requestId"] == "test-request"


@pytest.mark.usefixtures("broken_studios")
def test_after_an_unexpected_error_the_function_goes_on_answering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime.logger, "exception", lambda *_args, **_more: None)
    assert call("GET", STUDIO).status == 500
    from studios_api.handler import app

    app.dependency_overrides.clear()
    assert_problem(call("GET", STUDIO), 404, "not-found")


@pytest.mark.parametrize("error", [Busy("Try again."), OutcomeUnknown("Try again.")])
def test_who_is_told_to_come_back_is_told_when(
    error: SceneStudioError, local_service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studios_api.handler import app

    def refuse() -> None:
        raise error

    monkeypatch.setattr(app, "dependency_overrides", {runtime.studios: refuse})
    answer = call("DELETE", STUDIO)
    assert_problem(answer, 503, problem_for(error).type)
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("GET", "/nowhere"),
        ("GET", "/api"),
        ("GET", "/api/nothing"),
        ("GET", f"{CLIENT}/"),
        ("HEAD", "/api/health"),
        ("POST", CLIENT),
        ("PATCH", CLIENT),
        ("DELETE", "/api/health"),
        ("PUT", f"{CLIENT}/import"),
        ("POST", f"{STUDIO}/slots/slot-1"),
        ("GET", f"{STUDIO}/generate"),
        ("OPTIONS", STUDIO),
        ("GET", "/scenes/a/b"),
        ("GET", "//api/health"),
    ],
)
def test_an_unknown_address_or_method_is_a_problem_too(method: str, path: str, local_service: Path) -> None:
    answer = call(method, path)
    assert_problem(answer, HTTPStatus.NOT_FOUND, "no-such-route")
    assert answer.json["instance"] == path


def test_no_answer_is_to_be_sniffed_kept_by_others_or_named_to_other_sites(local_service: Path) -> None:
    for path in ("/api/health", "/nowhere", STUDIO):
        headers = call("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "private, no-cache"
