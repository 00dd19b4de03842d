"""Every sample of `events/` through the asset of its function, under Lambda's own runtime client."""

import json
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import pytest

from infra.http_api import needs_token
from infra.routes import ROUTES
from tests.functions.test_sample_events import EVENTS, EXPECTED, LEFT_IN_THE_QUEUE
from tests.functions.test_sample_uploads import OF_SQS
from tests.support.deployment import template_of
from tests.support.loopback_lambda import LoopbackLambda
from tests.support.ministack import REGION, MiniStack
from tests.support.runtime_api import FunctionFailed, RunningFunction, runtime_client

ROUTE_OF = {route.key: route for route in ROUTES}


class Environments:
    """Execution environments of all functions, each started when it is first wanted."""

    def __init__(self, cloud: MiniStack, assembly: Path, folder: Path) -> None:
        self._stack = ExitStack()
        self._assembly, self._folder = assembly, folder
        self._client = runtime_client(folder / "client")
        self._running: dict[str, RunningFunction] = {}
        self._queues = cloud.client("sqs")
        self.generation = self._queues.create_queue(QueueName=f"generation-{uuid.uuid4().hex}")["QueueUrl"]
        self._named = {
            "StorageBucket": cloud.store()._bucket,
            "GenerationQueue": self.generation,
            "UploadsQueue": self._queues.create_queue(QueueName=f"uploads-{uuid.uuid4().hex}")["QueueUrl"],
        }
        self._lambda = LoopbackLambda(lambda event: self.of("inline_pictures").invoke(event, seconds=20))
        self._around = {
            "AWS_ENDPOINT_URL": cloud.address,
            "AWS_ENDPOINT_URL_LAMBDA": self._lambda.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def __enter__(self) -> Self:
        self._stack.enter_context(self._lambda.running())
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def of(self, name: str) -> RunningFunction:
        """The one of a function, with the handler, the asset and the environment of the template."""
        if name not in self._running:
            (found,) = [
                one["Properties"]
                for one in template_of(self._assembly)["Resources"].values()
                if one["Type"] == "AWS::Lambda::Function"
                and one["Properties"]["Handler"].startswith(f"{name}.")
            ]
            variables = self._resolved(found["Environment"]["Variables"])
            self._running[name] = self._stack.enter_context(
                RunningFunction(
                    self._assembly / f"asset.{found['Code']['S3Key']}",
                    found["Handler"],
                    {**variables, **self._around},
                    client=self._client,
                    folder=self._folder / name,
                )
            )
        return self._running[name]

    def make_pictures(self, stop: threading.Event) -> None:
        """Give the messages of the queue to the worker, as the feed of the stack does."""
        while not stop.is_set():
            given = self._queues.receive_message(QueueUrl=self.generation, WaitTimeSeconds=1)
            for message in given.get("Messages", []):
                sample = json.loads((EVENTS / "sqs" / "generation.unknown-picture.json").read_text())
                sample["Records"][0] |= {"body": message["Body"], "md5OfBody": message["MD5OfBody"]}
                self.of("generation_worker").invoke(sample, seconds=120)
                self._queues.delete_message(QueueUrl=self.generation, ReceiptHandle=message["ReceiptHandle"])

    def _resolved(self, value: Any) -> Any:
        """A value of the template; what is not made here, such as the user pool, goes by its logical name."""
        match value:
            case {"Ref": str(name)}:
                return next((real for begins, real in self._named.items() if name.startswith(begins)), name)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return f"{name}.{attribute}"
            case {"Fn::Join": [separator, parts]}:
                return separator.join(self._resolved(part) for part in parts)
            case dict():
                return {name: self._resolved(part) for name, part in value.items()}
        return value


@pytest.fixture
def environments(ministack: MiniStack, assembly: Path, tmp_path: Path) -> Iterator[Environments]:
    with Environments(ministack, assembly, tmp_path) as running:
        yield running


def test_the_samples_of_http_are_answered_as_their_names_say(environments: Environments) -> None:
    stop = threading.Event()
    feed = threading.Thread(target=environments.make_pictures, args=(stop,))
    feed.start()
    try:
        for name, expected in EXPECTED.items():
            if name == "generate.accepted":
                stop.set()
                feed.join()
            event = _with_token(json.loads((EVENTS / "http" / f"{name}.json").read_text()))
            function = environments.of(ROUTE_OF[event["routeKey"]].function)
            answer = function.invoke(event)
            assert (name, expected) == (name, answer["statusCode"]), f"{answer}\n{function.log()}"
    finally:
        stop.set()
        feed.join()


@pytest.mark.parametrize("name", LEFT_IN_THE_QUEUE)
def test_the_worker_answers_its_samples(environments: Environments, name: str) -> None:
    event = json.loads((EVENTS / "sqs" / f"{name}.json").read_text())
    answer = environments.of("generation_worker").invoke(event, seconds=120)
    left = [{"itemIdentifier": record["messageId"]} for record in event["Records"]]
    assert {"batchItemFailures": left if LEFT_IN_THE_QUEUE[name] else []} == answer


@pytest.mark.parametrize("name", OF_SQS)
def test_ingestion_answers_its_samples_where_no_file_waits(environments: Environments, name: str) -> None:
    event = json.loads((EVENTS / "sqs" / f"{name}.json").read_text())
    answer = environments.of("upload_ingestion").invoke(event, seconds=60)
    left = [{"itemIdentifier": event["Records"][at]["messageId"]} for at in OF_SQS[name][1]]
    assert {"batchItemFailures": left} == answer


def test_pictures_inside_json_are_answered_as_their_samples_say(environments: Environments) -> None:
    for name, rejected in {"taken": None, "rejected": 1}.items():
        event = json.loads((EVENTS / "invoke" / f"inline-pictures.{name}.json").read_text())
        answer = environments.of("inline_pictures").invoke(event, seconds=20)
        assert rejected == answer.get("rejected", {}).get("at")
        assert len(answer["pictures"]) == (3 if rejected is None else 0)


def test_the_janitor_answers_its_sample(environments: Environments) -> None:
    event = json.loads((EVENTS / "schedule" / "janitor.json").read_text())
    assert 0 == environments.of("janitor").invoke(event, seconds=60)["failed"]


def test_a_function_without_one_of_its_files_does_not_start(
    environments: Environments, assembly: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.zip"
    empty.write_bytes(b"PK\x05\x06" + bytes(18))
    client = tmp_path / "client"
    with (
        RunningFunction(
            empty, "web.handler.lambda_handler", {}, client=client, folder=tmp_path / "bare"
        ) as bare,
        pytest.raises(FunctionFailed, match="No module named 'web'"),
    ):
        bare.invoke({})


def _with_token(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event as the gateway gives it where it has verified a token for the client in the address."""
    context = dict(event["requestContext"])
    if needs_token(ROUTE_OF[event["routeKey"]]):
        client_id = event["pathParameters"]["clientId"]
        claims = {"token_use": "access", "cognito:groups": f"[client:{client_id}]"}
        context["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    return {**event, "requestContext": context}
