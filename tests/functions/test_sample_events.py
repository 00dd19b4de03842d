"""Every sample in `events/` runs through its function, those of HTTP in an order that makes sense."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

import generation_worker.handler
import janitor.handler
from infra.local.worker import Context
from infra.routes import ROUTES
from tests.support.contract import assert_as_described
from tests.support.queues import WorkingQueue

EVENTS = Path(__file__).resolve().parents[2] / "events"
EXPECTED = {
    "put-client.created": 201,
    "put-product.created": 200,
    "edit-product.with-picture": 200,
    "import-client.made": 200,
    "put-studio.created": 201,
    "put-studio.exists": 412,
    "add-slot.created": 201,
    "generate.made": 200,
    "generate.accepted": 202,
    "read-generation.found": 200,
    "cancel-generation.cancelled": 200,
    "retry-generation.nothing-failed": 200,
    "edit-slot.saved": 204,
    "edit-studio.rows-without-base": 428,
    "edit-studio.malformed": 400,
    "read-studio.found": 200,
    "list-history.found": 200,
    "create-share.created": 201,
    "list-shares.found": 200,
    "read-share.link-invalid": 404,
    "mark-favorites.link-invalid": 404,
    "withdraw-share.withdrawn": 204,
    "read-studio.unknown": 404,
    "list-studios.found": 200,
    "create-scene.ticket": 201,
    "create-scene.from-stock": 201,
    "create-scene.wrong-type": 422,
    "list-scenes.found": 200,
    "read-scene.found": 200,
    "read-scene-image.processing": 404,
    "edit-scene.renamed": 200,
    "replace-scene-image.ticket": 201,
    "delete-scene.deleted": 204,
    "read-scene.deleted": 410,
    "undelete-scene.restored": 200,
    "add-product-image.ticket": 201,
    "delete-product-image.unknown": 404,
    "undelete-product.nothing-deleted": 200,
    "delete-studio.deleted": 204,
    "read-studio.deleted": 410,
    "read-contract.found": 200,
    "default-route.unknown": 404,
}


def test_every_sample_is_expected_and_every_expected_one_is_there():
    assert set(EXPECTED) == {path.stem for path in (EVENTS / "http").glob("*.json")}


LEFT_IN_THE_QUEUE = {"generation.unknown-picture": False, "generation.malformed": True}
"""Whether the message of each sample has to come again."""


def test_every_sample_of_a_queue_and_of_a_schedule_is_expected_too():
    assert set(LEFT_IN_THE_QUEUE) == {path.stem for path in (EVENTS / "sqs").glob("generation.*.json")}
    assert {"janitor"} == {path.stem for path in (EVENTS / "schedule").glob("*.json")}


@pytest.mark.usefixtures("local_service")
@pytest.mark.parametrize("name", LEFT_IN_THE_QUEUE)
def test_a_worker_answers_a_sample_with_the_messages_that_have_to_come_again(name: str):
    event = json.loads((EVENTS / "sqs" / f"{name}.json").read_text())
    context: Any = Context("generation_worker", "sample", 120)
    answer = generation_worker.handler.lambda_handler(event, context)
    failures = [{"itemIdentifier": record["messageId"]} for record in event["Records"]]
    assert answer == {"batchItemFailures": failures if LEFT_IN_THE_QUEUE[name] else []}


@pytest.mark.usefixtures("local_service")
def test_the_janitor_answers_its_sample_with_what_it_did():
    event = json.loads((EVENTS / "schedule" / "janitor.json").read_text())
    context: Any = Context("janitor", "sample", 60)
    answer = janitor.handler.lambda_handler(event, context)
    assert answer == {"studios": 0, "failed": 0}


@pytest.mark.usefixtures("local_service", "tickets")
def test_the_samples_one_after_the_other_are_answered_as_their_names_say(queue: WorkingQueue):
    functions = {route.key: route.function for route in ROUTES}
    for name, expected in EXPECTED.items():
        event = json.loads((EVENTS / "http" / f"{name}.json").read_text())
        function = functions[event["routeKey"]]
        queue.held = name == "generate.accepted"
        handler = importlib.import_module(f"{function}.handler").lambda_handler
        answer = handler(event, Context(function, "sample", 29))
        assert (name, expected) == (name, answer["statusCode"])
        assert_as_described(event, answer)
