"""What a cold start costs: `python -m tests.aws.cold_starts` prints a table of all functions.

Each figure is of a process of its own that has the function's bundle, and nothing else, on its path. The first
request is a real one, to an S3 on loopback. Time is that of the processor, from the start of the process to
the answer: importing is work, not waiting. What else the machine does takes caches away and so adds to it, and
changes by the second. So each run is compared with those of the two other processes right before and after it,
and the median of these ratios stands; the load of the machine is printed beside.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import s3transfer

from infra.bundling.bundle import Bundler
from infra.bundling.wheels import HERE, LAMBDA
from infra.functions import FUNCTIONS
from infra.http_api import needs_token
from infra.routes import ROUTES
from tests.support.loopback_s3 import LoopbackS3

ROUNDS: Final = 9
"""With five, the median of a function differed by a tenth from one run to the next on a quiet machine."""
GOAL: Final = 1.25
EVENTS: Final = Path(__file__).resolve().parents[2] / "events"
FIRST_REQUEST: Final = {
    "clients_api": "http/put-client.created",
    "intake_api": "http/put-product.created",
    "inline_pictures": "invoke/inline-pictures.taken",
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


def first_event(function: str) -> str:
    """The sample that a function is given first, with a token where its route asks for one."""
    event: dict[str, Any] = json.loads((EVENTS / f"{FIRST_REQUEST[function]}.json").read_text())
    closed = {route.key for route in ROUTES if needs_token(route)}
    if event.get("routeKey") in closed:
        claims = {"token_use": "access", "cognito:groups": "[client:acme-corp]"}
        event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    return json.dumps(event)


def unpacked(bundle: Path, folder: Path) -> Path:
    """A folder with the files of a bundle."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    return folder


def with_boto3(bundle: Path, folder: Path) -> Path:
    """A folder with the packages of a bundle, and boto3, which no function has."""
    unpacked(bundle, folder)
    for package in (boto3, s3transfer):
        source = Path(package.__path__[0])
        shutil.copytree(source, folder / source.name)
    return folder


@dataclass(frozen=True, slots=True)
class ColdStart:
    """What the first requests of a function took, round by round.

    Attributes:
        function: its folder.
        runs: the requests.
        to_reference: what they took of what a process takes that loads what every function needs.
        to_client: what they took of what a process takes that only makes a client of S3.
    """

    function: str
    runs: list[Run]
    to_reference: list[float]
    to_client: list[float]


def cold_starts(functions: Collection[str] = FUNCTIONS, rounds: int = ROUNDS) -> Iterator[ColdStart]:
    """Measure some functions, or all."""
    bundler = Bundler(HERE)
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
        others = with_boto3(bundler.bundle("studios_api").path, Path(temporary) / "others")

        def compared() -> tuple[float, float]:
            reference, client = (measure(code, others, environment) for code in (_REFERENCE, _BARE))
            return reference.seconds, client.seconds

        for name in functions:
            path = unpacked(bundler.bundle(name).path, Path(temporary) / name)
            start = ColdStart(name, [], [], [])
            for _ in range(rounds):
                before = compared()
                own = measure(_FUNCTION, path, environment, first_event(name), name)
                after = compared()
                start.runs.append(own)
                start.to_reference.append(2 * own.seconds / (before[0] + after[0]))
                start.to_client.append(2 * own.seconds / (before[1] + after[1]))
            yield start


def table(rounds: int = ROUNDS) -> Iterator[str]:
    """Measure every function; gives the lines of the table."""
    deployed = Bundler(LAMBDA)
    yield f"{'function':<20} zip in Lambda  plain  modules  CPU to answer  to reference  to client  peak MB"
    for start in cold_starts(rounds=rounds):
        bundle = deployed.bundle(start.function).path
        to_reference = statistics.median(start.to_reference)
        yield (
            f"{start.function:<20} {bundle.stat().st_size / 1e6:>10.2f} MB {plain_bytes(bundle) / 1e6:>6.2f} "
            f"{start.runs[0].modules:>8} {min(run.seconds for run in start.runs) * 1000:>11.0f} ms "
            f"{to_reference:>12.2f}{' ' if to_reference <= GOAL else '!'} "
            f"{statistics.median(start.to_client):>10.2f} "
            f"{max(run.kilobytes for run in start.runs) / 1024:>8.0f}"
        )
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    yield f"{rounds} rounds; ! is over the goal of {GOAL}; load {load} on {os.cpu_count()} cores"


def plain_bytes(bundle: Path) -> int:
    """What a bundle weighs without bytecode."""
    with zipfile.ZipFile(bundle) as archive:
        return sum(entry.compress_size for entry in archive.infolist() if not entry.filename.endswith(".pyc"))


if __name__ == "__main__":
    for line in table():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
