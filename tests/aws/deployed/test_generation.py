"""Pictures through the deployed queue: progress, cancelling, dead letters, and what the janitor finds."""

import json
import time
from collections.abc import Iterator

import pytest

from scene_studio.generation.timing import DELIVERIES
from scene_studio.store import keys
from tests.support.deployment import Deployment
from tests.support.signed_in import Person, slot_of


@pytest.fixture
def studio(team: Person) -> str:
    """The address of a new studio with one filled slot."""
    team.see(200, "PUT", f"{team.client}/products/product-a", {"name": "Oak Chair"})
    team.see(201, "PUT", team.studio, {}, if_none_match="*")
    team.see(201, "POST", f"{team.studio}/slots", {"id": "slot-1", "productIds": ["product-a"]})
    return team.studio


@pytest.fixture
def empty_queue(deployment: Deployment) -> None:
    """What other tests asked for and did not wait for is forgotten.

    A message may be hidden for minutes: the contract's test asks twice for one picture, and the worker that
    finds it claimed by another leaves its message for later.
    """
    deployment.cloud.client("sqs").purge_queue(QueueUrl=deployment.outputs["GenerationQueue"])
    assert 0 == _waiting(deployment, "GenerationQueue")


@pytest.fixture
def no_worker(empty_queue: None, deployment: Deployment) -> Iterator[None]:
    """Nobody takes messages from the queue of wanted pictures."""
    functions = deployment.cloud.client("lambda")
    (feed,) = [
        one["UUID"]
        for one in functions.list_event_source_mappings()["EventSourceMappings"]
        if "GenerationWorker" in one["FunctionArn"]
    ]
    functions.update_event_source_mapping(UUID=feed, Enabled=False)
    yield
    functions.update_event_source_mapping(UUID=feed, Enabled=True)


def test_progress_is_told_until_every_picture_of_a_respond_async_is_there(team: Person, studio: str) -> None:
    body = {"slotId": "slot-1", "count": 2}
    asked = team.see(202, "POST", f"{studio}/generate", body, prefer="respond-async")
    assert ("respond-async", True) == (asked.headers["preference-applied"], "retry-after" in asked.headers)
    assert "GENERATING" == slot_of(team.see(200, "GET", studio).json(), "slot-1")["status"]
    seen = team.wait(
        asked.headers["location"],
        lambda progress: {one["state"] for one in progress["generation"]} == {"done"},
        what="two pictures",
    )
    wanted = {one["id"] for one in asked.json()["generation"]}
    assert wanted == {one["id"] for one in seen["generation"]}
    slot = slot_of(team.see(200, "GET", studio).json(), "slot-1")
    assert ("COMPLETED", wanted) == (slot["status"], {image["id"] for image in slot["history"]})
    assert all(team.picture(image["url"]).startswith(b"\xff\xd8\xff") for image in slot["history"])


@pytest.mark.usefixtures("no_worker")
def test_what_is_cancelled_never_comes_though_its_message_is_still_in_the_queue(
    team: Person, studio: str, deployment: Deployment
) -> None:
    team.see(202, "POST", f"{studio}/generate", {"slotId": "slot-1"}, prefer="respond-async")
    assert 1 == _waiting(deployment, "GenerationQueue")
    team.see(200, "DELETE", f"{studio}/slots/slot-1/generation")
    (message,) = _taken(deployment)
    event = {"Records": [message]}
    assert {"batchItemFailures": []} == deployment.invoke("generation_worker", event)
    slot = slot_of(team.see(200, "GET", studio).json(), "slot-1")
    assert ("EMPTY", 0, []) == (slot["status"], slot["historyCount"], slot.get("generation", []))


@pytest.mark.usefixtures("empty_queue")
def test_a_message_that_nobody_can_read_ends_with_the_dead_letters(deployment: Deployment) -> None:
    queues = deployment.cloud.client("sqs")
    queue = deployment.outputs["GenerationQueue"]
    asked = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    before = _waiting(deployment, "GenerationDeadLetters")
    queues.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    try:
        queues.send_message(QueueUrl=queue, MessageBody='{"clientId": "acme-corp"}')
        until = time.monotonic() + 20 + 5 * DELIVERIES
        while _waiting(deployment, "GenerationDeadLetters") == before:
            assert time.monotonic() < until, f"no dead letter\n{deployment.cloud.complaints()}"
            time.sleep(0.2)
    finally:
        queues.set_queue_attributes(QueueUrl=queue, Attributes=asked)
    assert 0 == _waiting(deployment, "GenerationQueue")


@pytest.mark.usefixtures("no_worker")
def test_the_janitor_sends_a_message_that_was_lost_again_and_gives_up_what_is_hopeless(
    team: Person, studio: str, deployment: Deployment
) -> None:
    team.see(202, "POST", f"{studio}/generate", {"slotId": "slot-1"}, prefer="respond-async")
    (first,) = _taken(deployment)
    _hours_pass(deployment, team, "queuedAt")
    _janitor_runs(deployment)
    (second,) = _taken(deployment)
    assert first["body"] == second["body"]
    _hours_pass(deployment, team, "deadline")
    _janitor_runs(deployment)
    slot = slot_of(team.see(200, "GET", studio).json(), "slot-1")
    assert "ERROR" == slot["status"], slot


def _janitor_runs(deployment: Deployment) -> None:
    seen = deployment.invoke("janitor", {})
    assert seen["studios"] >= 1, seen
    assert 0 == seen["failed"], f"{seen}\n{deployment.cloud.complaints()}"


def _waiting(deployment: Deployment, output: str) -> int:
    """How many messages a queue holds, given out or not."""
    wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    asked = deployment.cloud.client("sqs").get_queue_attributes(
        QueueUrl=deployment.outputs[output], AttributeNames=wanted
    )
    return sum(int(asked["Attributes"][name]) for name in wanted)


def _taken(deployment: Deployment) -> list[dict[str, object]]:
    """The messages of the queue of wanted pictures, taken out, as records of an event."""
    queues, queue = deployment.cloud.client("sqs"), deployment.outputs["GenerationQueue"]
    got = queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=2)
    records = []
    for message in got.get("Messages", []):
        queues.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        record = {"messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"]}
        attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "0", "SenderId": "AROAEXAMPLE"}
        source = {"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:generation"}
        rest = {"messageAttributes": {}, "md5OfBody": message["MD5OfBody"], "awsRegion": "us-east-1"}
        records.append({**record, "body": message["Body"], "attributes": attributes, **source, **rest})
    return records


def _hours_pass(deployment: Deployment, team: Person, member: str) -> None:
    """Set a time of the one intent of the team's studio ten hours back, past all rules."""
    bucket, key = deployment.outputs["Bucket"], keys.studio(team.client_id, "default")
    objects = deployment.cloud.client("s3")
    found = objects.get_object(Bucket=bucket, Key=key)
    document = json.loads(found["Body"].read())
    (intent,) = document["outputSlots"][0]["intents"]
    intent[member] -= 36_000_000
    document["rev"] += 1
    objects.put_object(
        Bucket=bucket,
        Key=key,
        Body=json.dumps(document).encode(),
        IfMatch=found["ETag"],
        ContentType=found["ContentType"],
        Metadata=found["Metadata"],
    )
