"""A client in full, as long as Lambda can give it back: it sends a body as a string inside other JSON."""

import json
from pathlib import Path

import pytest

from clients_api import expanding
from tests.support.api import CLIENT, Answer, call
from tests.support.problems import assert_problem
from tests.support.seed import client_json, import_client

EXPANDED = f"{CLIENT}?expand=sceneStudios"


def sent(answer: Answer) -> int:
    """The bytes of a body as Lambda sends it."""
    return len(json.dumps(answer.body.decode(), ensure_ascii=False).encode())


def test_an_answer_is_measured_as_lambda_sends_it(seeded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sent(call("GET", EXPANDED))
    monkeypatch.setattr(expanding, "MAX_BYTES", whole + 100)
    assert call("GET", EXPANDED).status == 200
    monkeypatch.setattr(expanding, "MAX_BYTES", whole - 100)
    refused = call("GET", EXPANDED)
    assert_problem(refused, 422, "response-too-large")
    assert (refused.json["maximumBytes"], refused.json["instead"]) == (whole - 100, "export")


def test_what_the_client_itself_takes_is_measured_too(
    local_service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_client({**client_json(), "clientSessions": [{"id": "of-another-tool", "notes": "x" * 50_000}]})
    monkeypatch.setattr(expanding, "MAX_BYTES", 50_000)
    assert_problem(call("GET", EXPANDED), 422, "response-too-large")
    assert call("GET", CLIENT).status == 200
