"""Holding answers to the contract finds what is not in it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.contract import LATER, assert_as_described

HEADERS = {
    "Content-Type": "application/json",
    "cache-control": "private, no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "etag": '"1:1"',
    "location": "/api/clients/acme-corp/scene-studio/summer",
}
STUDIO = {
    "id": "summer",
    "name": "Summer Campaign",
    "clientId": "acme-corp",
    "outputSlots": [],
    "userScenes": [],
    "deletedSlots": [],
    "createdAt": "2026-01-01T00:00:00.000Z",
    "updatedAt": "2026-01-01T00:00:00.000Z",
}


Change = Callable[[dict[str, Any], dict[str, Any]], Any]


def hold(change: Change = lambda _answer, _studio: None, body: str = "{}"):
    """Hold the creation of a studio to the contract, with something changed about its answer."""
    answer: dict[str, Any] = {"statusCode": 201, "headers": dict(HEADERS)}
    studio = dict(STUDIO)
    change(answer, studio)
    answer.setdefault("body", json.dumps(studio))
    assert_as_described({"routeKey": "POST /api/clients/{clientId}/scene-studio", "body": body}, answer)


def test_an_answer_as_described_is_let_through():
    hold()


def test_a_member_of_a_later_version_is_let_through():
    hold(lambda _, studio: studio.update({LATER: "kept"}))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda answer, _: answer.update(statusCode=203), id="another status"),
        pytest.param(lambda answer, _: answer["headers"].update(x="y"), id="another header"),
        pytest.param(lambda answer, _: answer["headers"].pop("etag"), id="no ETag"),
        pytest.param(lambda answer, _: answer["headers"].update(etag="1:1"), id="an ETag without quotes"),
        pytest.param(lambda answer, _: answer["headers"].update({"Content-Type": "text/plain"}), id="a text"),
        pytest.param(lambda _, studio: studio.update(secret="s"), id="another member"),
        pytest.param(lambda _, studio: studio.pop("name"), id="a member less"),
        pytest.param(lambda _, studio: studio.update(name=None), id="null"),
        pytest.param(lambda _, studio: studio.update(createdAt="yesterday"), id="a time that is none"),
        pytest.param(lambda answer, _: answer.update(statusCode=409, body="{}"), id="another type"),
    ],
)
def test_an_answer_is_refused_that_has(change: Change):
    with pytest.raises(AssertionError):
        hold(change)


def test_a_body_that_was_taken_and_is_not_described_is_refused():
    with pytest.raises(AssertionError, match="does not describe"):
        hold(body='{"name": 7}')
