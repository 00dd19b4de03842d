"""Asking Amazon Bedrock: the one module that sends requests to it, and knows what its errors mean.

Every picture that comes back is paid for, so nothing is sent again unless it is known, or stands to reason,
that it was not made: the client never repeats a request by itself, and when an answer is late or lost in
transit, whoever asked is told instead (botocore counts a read time-out among the errors it would repeat).
"""

import random
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any, Final, Protocol

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
)
from botocore.exceptions import (
    ConnectionError as NotConnected,
)

from scene_studio.generation.bedrock.operations import Operation
from scene_studio.generation.bedrock.requests import build, encode
from scene_studio.generation.bedrock.responses import InferenceFailed, ModelImage, parse
from scene_studio.generation.names import Region
from scene_studio.model.errors import GenerationRefused, ModelUnavailable

CONNECT_SECONDS: Final = 5
LEAST_SECONDS: Final = 3.0
"""A request that would have less time than this is not begun: it would be paid for, and come too late."""

_PAUSE_SECONDS: Final = 0.5
_LONGEST_PAUSE_SECONDS: Final = 8.0

_RANDOM: Final = random.SystemRandom()

_PASSING: Final = frozenset(
    {
        "ThrottlingException",
        "ModelNotReadyException",
        "ServiceUnavailableException",
        "InternalServerException",
    }
)
_ONCE_MORE: Final = frozenset({"ModelTimeoutException", "ModelErrorException"})
_LATE: Final = "The image model did not answer in time. Execute again in a minute."
_BUSY: Final = "The image model is busy. Execute again in a minute."
_NO_TIME: Final = "There was no time left to ask the image model. Execute again, with fewer products at once."


class BedrockRuntime(Protocol):
    """The part of botocore's `bedrock-runtime` client that is used."""

    def invoke_model(self, *, modelId: str, body: bytes, contentType: str, accept: str) -> Mapping[str, Any]:  # noqa: N803 - botocore's names
        """Ask a model, and wait for its answer."""
        ...

    def close(self) -> None:
        """Close its connections."""
        ...


class _Passing(Exception):
    """Nothing was made, and the same request may succeed in a moment."""


class _OnceMore(Exception):
    """The model broke down over the request; the same again may succeed, but hardly more often."""


class Transport:
    """Asks for pictures, one request at a time.

    Each request has a client of its own, which takes a few milliseconds: its read time-out is the time that
    is left, and it has no idle connection that may have died since. Of a connection that is cut nobody can
    tell whether the request had been taken.

    Attributes:
        region: where requests go.
    """

    def __init__(
        self,
        region: Region,
        client: Callable[[float], BedrockRuntime],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        uniform: Callable[[float, float], float] = _RANDOM.uniform,
    ) -> None:
        """Use these clients.

        Args:
            region: where they send their requests.
            client: makes one that waits so many seconds for an answer and repeats nothing.
            monotonic: seconds on a clock that never jumps.
            sleep: waits for so many seconds.
            uniform: a random number between two bounds.
        """
        self.region = region
        self.monotonic = monotonic
        self._client = client
        self._sleep = sleep
        self._uniform = uniform

    @classmethod
    def connect(cls, region: Region, **client_options: Any) -> "Transport":
        """The transport with clients of botocore; options such as `endpoint_url` go to each."""
        from botocore.session import get_session

        session = get_session()

        def client(read_seconds: float) -> BedrockRuntime:
            retries: Any = {"mode": "standard", "total_max_attempts": 1}
            config = Config(retries=retries, connect_timeout=CONNECT_SECONDS, read_timeout=read_seconds)
            made: Any = session.create_client(
                "bedrock-runtime", region_name=region, config=config, **client_options
            )
            runtime: BedrockRuntime = made
            return runtime

        return cls(region, client)

    def ask(self, operation: Operation, wanted: Mapping[str, Any], until: float) -> ModelImage:
        """Ask for one picture; it has been paid for if it is returned.

        Throttling and passing troubles of the service are waited out with full jitter while there is time.
        What the model itself breaks down over is asked once more.

        Args:
            operation: what is asked.
            wanted: see `requests.build`.
            until: the moment, on `monotonic`'s scale, by which the answer has to be here.

        Raises:
            GenerationRefused: a content filter stopped it; or, with the member `misconfigured`, this
                deployment may not ask that or asks it wrongly, and its operator has to be told.
            ModelUnavailable: there was no answer in time, or it was lost; with the member `mayBePaid` if the
                picture may have been made all the same.
        """
        if self.region not in operation.regions:
            raise _misconfigured(f"{operation.name} is not offered in {self.region}")
        body = encode(build(operation, wanted))
        broke_down = False
        tries = 0
        while True:
            left = until - self.monotonic()
            if left < LEAST_SECONDS:
                raise ModelUnavailable(_NO_TIME)
            tries += 1
            try:
                return parse(self._send(operation.model_id, body, left))
            except _Passing as error:
                cause: Exception = error
            except (_OnceMore, InferenceFailed) as error:
                if broke_down:
                    raise ModelUnavailable(
                        "The image model failed over this picture twice. Execute again in a minute, or with "
                        "other settings."
                    ) from error
                broke_down, cause = True, error
            longest = min(_LONGEST_PAUSE_SECONDS, _PAUSE_SECONDS * 2 ** min(tries, 10))
            pause = self._uniform(0, longest)
            if self.monotonic() + pause + LEAST_SECONDS > until:
                raise ModelUnavailable(_BUSY) from cause
            self._sleep(pause)

    def _send(self, model_id: str, body: bytes, read_seconds: float) -> bytes:
        try:
            with closing(self._client(read_seconds)) as client:
                answer = client.invoke_model(
                    modelId=model_id, body=body, contentType="application/json", accept="application/json"
                )
                received: bytes = answer["body"].read()
                return received
        except ClientError as error:
            raise _failure(error) from error
        except NotConnected as error:
            raise _Passing(str(error)) from error
        except (HTTPClientError, IncompleteReadError) as error:
            raise ModelUnavailable(_LATE, {"mayBePaid": True}) from error
        except BotoCoreError as error:
            raise _misconfigured(type(error).__name__) from error


def _failure(error: ClientError) -> Exception:
    """What an error of the service means (Bedrock API reference, InvokeModel)."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response["ResponseMetadata"]["HTTPStatusCode"])
    if code in _ONCE_MORE:
        return _OnceMore(code)
    if code in _PASSING or status == 429 or status >= 500:
        return _Passing(code)
    return _misconfigured(code)


def _misconfigured(what: str) -> GenerationRefused:
    return GenerationRefused(
        f"The image model cannot be used as this service is set up ({what}). Tell whoever operates it; "
        "executing again helps only after that.",
        {"misconfigured": what},
    )
