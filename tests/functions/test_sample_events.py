"""Every sample event in `events/http` runs through its function, in an order that makes sense."""

import importlib
import json
from pathlib import Path

import pytest

from infra.local.worker import Context
from infra.routes import ROUTES

EVENTS = Path(__file__).resolve().parents[2] / "events" / "http"
EXPECTED = {
    "put-client.created": 201,
    "put-product.created": 200,
    "import-client.made": 200,
    "put-studio.created": 201,
    "put-studio.exists": 412,
    "add-slot.created": 201,
    "generate.made": 200,
    "edit-slot.saved": 204,
    "edit-studio.rows-without-base": 428,
    "edit-studio.malformed": 400,
    "read-studio.found": 200,
    "list-history.found": 200,
    "read-studio.unknown": 404,
    "list-studios.found": 200,
    "delete-studio.deleted": 204,
    "read-studio.deleted": 410,
    "default-route.unknown": 404,
}


def test_every_sample_is_expected_and_every_expected_one_is_there():
    assert set(EXPECTED) == {path.stem for path in EVENTS.glob("*.json")}


@pytest.mark.usefixtures("local_service")
def test_the_samples_one_after_the_other_are_answered_as_their_names_say():
    functions = {route.key: route.function for route in ROUTES}
    for name, expected in EXPECTED.items():
        event = json.loads((EVENTS / f"{name}.json").read_text())
        function = functions[event["routeKey"]]
        handler = importlib.import_module(f"{function}.handler").lambda_handler
        answer = handler(event, Context(function, "sample", 29))
        assert (name, expected) == (name, answer["statusCode"])
