"""What a cold start costs: `python -m tests.aws.cold_starts` prints a table of all functions.

Each figure is of a process of its own that has the function's bundle, and nothing else, on its path. The first
request is a real one, to an S3 on loopback. Two processes to compare with are measured in turn with each
function. Time is that of the processor, from the start of the process to the answer: importing is work, not
waiting, and what else the machine does at the time is not in it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.bundling.bundle import Bundler
from infra.bundling.wheels import HERE, LAMBDA
from infra.functions import FUNCTIONS
from infra.http_api import needs_token
from infra.routes import ROUTES
from tests.support.loopback_s3 import LoopbackS3

ROUNDS: Final = 7
GOAL: Final = 1.25
EVENTS: Final = Path(__file__).resolve().parents[2] / "events"
FIRST_REQUEST: Final = {
    "clients_api": "http/put-client.created",
    "intake_api": "http/put-product.created",
    "studios_api": "http/read-studio.unknown",
    "slots_api": "http/list-history.found",
    "generation_api": "http/read-generation.found",
    "user_scenes_api": "http/list-scenes.found",
    "shares_api": "http/list-shares.found",
    "web": "http/default-route.unknown",
    "generation_worker": "sqs/generation.unknown-picture",
    "upload_ingestion": "sqs/uploads.created",
    "janitor": "schedule/janitor",
}
"""The sample that each function is given first."""
_OTHERS: Final = "studios_api"
"""Whose bundle the two others run in: it has the packages of a function that has them all."""

_MEASURE: Final = """
import json, sys, time
{code}
took = time.process_time()
modules = len(sys.modules)
# What getrusage tells counts the process that started this one too.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print("\\n" + json.dumps([took, modules, int(peak.split()[1])]), file=sys.__stdout__)
"""
_FUNCTION: Final = """
import importlib
class Context:
    function_name = memory_limit_in_mb = invoked_function_arn = aws_request_id = "x"
    def get_remaining_time_in_millis(self): return 29000
event = json.loads(sys.argv[1])
importlib.import_module(sys.argv[2] + ".handler").lambda_handler(event, Context())
"""
_REFERENCE: Final = """
import boto3
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from pydantic import BaseModel
class Named(BaseModel):
    name: str
app = APIGatewayHttpResolver(enable_validation=True)
@app.get("/x")
def read() -> Named:
    try:
        boto3.client("s3").get_object(Bucket="scene-studio", Key="x")
    except Exception:
        pass
    return Named(name="x")
http = {"method": "GET", "path": "/x", "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1", "userAgent": "x"}
event = {"version": "2.0", "routeKey": "GET /x", "rawPath": "/x", "rawQueryString": "", "headers": {},
         "requestContext": {"http": http, "stage": "$default", "requestId": "x"}, "isBase64Encoded": False}
assert app.resolve(event, None)["statusCode"] == 200
"""
_BARE: Final = """
import boto3
boto3.client("s3")
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took.

    Attributes:
        seconds: of the processor, from its start to the answer.
        modules: how many modules it had then.
        kilobytes: the most memory it had.
    """

    seconds: float
    modules: int
    kilobytes: int


def measure(code: str, path: Path, environment: Mapping[str, str], *arguments: str) -> Run:
    """Run code in a process that has one folder on its path."""
    done = subprocess.run(
        [sys.executable, "-S", "-P", "-c", _MEASURE.format(code=code), *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(path), **environment},
        cwd=path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode:
        raise RuntimeError(f"{path.name}: {done.stderr}")
    return Run(*json.loads(done.stdout.splitlines()[-1]))


def first_event(function: str) -> str | None:
    """The sample that a function is given first, with a token where its route asks for one."""
    path = EVENTS / f"{FIRST_REQUEST[function]}.json"
    if not path.is_file():
        return None
    event: dict[str, Any] = json.loads(path.read_text())
    closed = {route.key for route in ROUTES if needs_token(route)}
    if event.get("routeKey") in closed:
        claims = {"token_use": "access", "cognito:groups": "[client:acme-corp]"}
        event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    return json.dumps(event)


@dataclass(frozen=True, slots=True)
class ColdStart:
    """What the first request of a function took, and beside it the reference and the bare client.

    Attributes:
        function: its folder.
        megabytes: its bundle, zipped: for this machine, and as it is deployed.
        functions: its runs.
        references: those of the reference, each right after one of the function.
        clients: those of the bare client, likewise.
    """

    function: str
    megabytes: tuple[float, float]
    functions: list[Run]
    references: list[Run]
    clients: list[Run]

    @property
    def own(self) -> Run:
        """The run of the function that took the median time."""
        return sorted(self.functions, key=lambda run: run.seconds)[len(self.functions) // 2]

    @property
    def ratios(self) -> list[float]:
        """What the function took of what the reference did, round by round."""
        return [
            own.seconds / reference.seconds
            for own, reference in zip(self.functions, self.references, strict=True)
        ]


def cold_starts(rounds: int = ROUNDS, functions: Collection[str] = ()) -> Iterator[ColdStart]:
    """Measure every function that has a sample, or those of these names."""
    here, there = Bundler(HERE), Bundler(LAMBDA)
    with tempfile.TemporaryDirectory() as temporary, LoopbackS3().running() as s3:
        environment = {
            "SCENE_STUDIO_STORE": "s3:scene-studio",
            "SCENE_STUDIO_GENERATION_QUEUE": f"sqs:{s3.endpoint}/000000000000/generation",
            "SCENE_STUDIO_UPLOAD_QUEUE": f"sqs:{s3.endpoint}/000000000000/uploads",
            "POWERTOOLS_SERVICE_NAME": "scene-studio",
            "POWERTOOLS_METRICS_NAMESPACE": "SceneStudio",
            "AWS_ENDPOINT_URL": s3.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        names = [name for name in FUNCTIONS if first_event(name) and (not functions or name in functions)]
        unpacked = {}
        for name in {*names, _OTHERS}:
            unpacked[name] = Path(temporary) / name
            with zipfile.ZipFile(here.bundle(name).path) as archive:
                archive.extractall(unpacked[name])
        for name in names:
            path, others, event = unpacked[name], unpacked[_OTHERS], str(first_event(name))
            zipped = [bundler.bundle(name).path.stat().st_size / 1e6 for bundler in (here, there)]
            start = ColdStart(name, (zipped[0], zipped[1]), [], [], [])
            for _ in range(rounds):
                start.functions.append(measure(_FUNCTION, path, environment, event, name))
                start.references.append(measure(_REFERENCE, others, environment))
                start.clients.append(measure(_BARE, others, environment))
            yield start


def table(rounds: int = ROUNDS) -> Iterator[str]:
    """Measure every function that has a sample; gives the lines of the table."""
    yield "function              zip MB   in Lambda  modules  CPU to answer  to reference  to client   peak MB"
    for start in cold_starts(rounds):
        ratio = statistics.median(start.ratios)
        zipped, deployed = start.megabytes
        yield (
            f"{start.function:<20} {zipped:>7.2f} {deployed:>11.2f} {start.own.modules:>8} "
            f"{start.own.seconds * 1000:>11.0f} ms {ratio:>11.2f}{' ' if ratio <= GOAL else '!'} "
            f"{start.own.seconds / _median(start.clients):>10.2f} "
            f"{max(run.kilobytes for run in start.functions) / 1024:>10.0f}"
        )
    yield f"medians of {rounds}; ! is over the goal of {GOAL}"


def _median(runs: list[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


if __name__ == "__main__":
    for line in table():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
