"""A small Amazon Bedrock on 127.0.0.1 to which boto3's own clients talk, with faults at a chosen moment.

It takes and refuses requests by the rules of `loopback_stability`, and counts what would have been paid for:
every picture that was made, whether or not its answer arrived.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler
from socket import SHUT_RDWR
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from tests.support.loopback_http import LoopbackHttp
from tests.support.loopback_stability import KINDS, MAX_RESPONSE, Painter, Refused, check, encoded, kind_of

MAX_BODY: Final = 25_000_000
_HOLD_SECONDS: Final = 60.0
_REGION: Final = re.compile(r"Credential=[^/]+/\d{8}/([a-z0-9-]+)/")


class Fault(Enum):
    """What goes wrong with one request, as the reason or the error that it is answered with."""

    FILTERED_PROMPT = "Filter reason: prompt"
    FILTERED_INPUT = "Filter reason: input image"
    FILTERED_OUTPUT = "Filter reason: output image"
    FILTERED_OTHERWISE = "Filter reason: something new"
    INFERENCE_ERROR = "Inference error"
    THROTTLED = "ThrottlingException"
    NOT_READY = "ModelNotReadyException"
    UNAVAILABLE = "ServiceUnavailableException"
    INTERNAL = "InternalServerException"
    MODEL_TIMEOUT = "ModelTimeoutException"
    MODEL_ERROR = "ModelErrorException"
    QUOTA = "ServiceQuotaExceededException"
    INVALID = "ValidationException"
    DENIED = "AccessDeniedException"
    NOT_FOUND = "ResourceNotFoundException"
    BAD_GATEWAY = "BadGateway"
    TOO_MANY = "TooManyRequestsException"
    EXPIRED_TOKEN = "ExpiredTokenException"
    HANG = "the picture is made, and the answer comes too late"
    DROP_REQUEST = "the connection is cut before anything is made"
    DROP_REPLY = "the picture is made, and the connection is cut before the answer"
    CUT_BODY = "the picture is made, and the answer ends in the middle"
    NOT_JSON = "the picture is made, and the answer is no JSON"
    NO_PICTURE = "an answer without any picture or reason"
    BROKEN_PICTURE = "the picture is made, and its bytes are damaged"
    NO_SEED = "the picture is made, and its seed is not told"


STATUSES: Final[Mapping[str, int]] = {
    "ThrottlingException": 429,
    "ModelNotReadyException": 429,
    "ServiceUnavailableException": 503,
    "InternalServerException": 500,
    "ModelTimeoutException": 408,
    "ModelErrorException": 424,
    "ServiceQuotaExceededException": 400,
    "ValidationException": 400,
    "AccessDeniedException": 403,
    "ResourceNotFoundException": 404,
}
"""The errors of InvokeModel, with their statuses."""
_OTHER_STATUSES: Final = {"BadGateway": 502, "TooManyRequestsException": 429, "ExpiredTokenException": 403}
_UNPAID: Final = {Fault.DROP_REQUEST, Fault.NO_PICTURE, Fault.INFERENCE_ERROR}


@dataclass(frozen=True)
class Call:
    """A request to a model as it came."""

    model_id: str
    region: str
    members: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What the documentation calls the model, or its id if there is none."""
        kind = KINDS.get(self.model_id.removeprefix("us."))
        return kind.name if kind else self.model_id


@dataclass(frozen=True)
class _Reply:
    status: int
    body: bytes
    error: str = ""


class LoopbackBedrock:
    """The server with its plan of faults and its record of what was asked and paid for.

    Attributes:
        calls: every request to a model, in order.
        paid: the names of the models whose pictures have to be paid for, in order.
        painter: what makes the pictures.
        lifecycles: what is told of a model, by its id; models that are not listed here are active.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()
        self._http = LoopbackHttp(_handler_for(self))
        self.endpoint = self._http.endpoint

    def reset(self) -> None:
        """Forget all faults and records."""
        self.calls: list[Call] = []
        self.paid: list[str] = []
        self.painter = Painter()
        self.lifecycles: dict[str, Mapping[str, str] | None] = {}
        self._plan: list[tuple[Fault, str]] = []
        self._released = threading.Event()

    @contextmanager
    def running(self) -> Iterator["LoopbackBedrock"]:
        """Serve until the end of the block."""
        with self._http.running():
            yield self

    def fail(self, fault: Fault, model: str = "", *, times: int = 1) -> None:
        """Let this go wrong with the next requests to models whose name contains `model`."""
        self._plan.extend([(fault, model)] * times)

    def release(self) -> None:
        """Let the answers go that `HANG` keeps."""
        self._released.set()

    def answer_invoke(self, model_id: str, region: str, body: bytes) -> tuple[_Reply | None, bool]:
        """The answer, None to cut the connection; and whether it is cut in mid-body."""
        with self._lock:
            try:
                reply, fault = self._invoked(model_id, region, body)
            except Refused as refused:
                return _error("ValidationException", str(refused)), False
        if fault is Fault.HANG:
            self._released.wait(_HOLD_SECONDS)
        if fault in {Fault.DROP_REQUEST, Fault.DROP_REPLY}:
            return None, False
        return reply, fault is Fault.CUT_BODY

    def answer_lifecycle(self, model_id: str) -> _Reply:
        """What GetFoundationModel tells of a model."""
        told = self.lifecycles.get(model_id, {"status": "ACTIVE"} if model_id in KINDS else None)
        if told is None:
            return _error("ResourceNotFoundException", "Could not resolve the foundation model")
        if "error" in told:
            return _error(told["error"], "no")
        details = {
            "modelArn": f"arn:aws:bedrock:us-west-2::foundation-model/{model_id}",
            "modelId": model_id,
            "modelLifecycle": told,
        }
        return _Reply(200, json.dumps({"modelDetails": details}).encode())

    def _invoked(self, model_id: str, region: str, body: bytes) -> tuple[_Reply, Fault | None]:
        if len(body) > MAX_BODY:
            raise Refused(f"request body of {len(body)} bytes is too large")
        try:
            members = json.loads(body)
        except ValueError as error:
            raise Refused("Malformed input request, please reformat your input and try again.") from error
        call = Call(model_id, region, members)
        self.calls.append(call)
        kind = kind_of(model_id, region)
        given = check(kind, members)
        fault = self._next_fault(call.name)
        if fault is not None and fault.value in STATUSES.keys() | _OTHER_STATUSES.keys():
            return _error(fault.value, "as planned"), fault
        if fault is not None and fault.value.startswith("Filter reason"):
            return _Reply(200, json.dumps({"finish_reasons": [fault.value]}).encode()), fault
        if fault in _UNPAID:
            reason = [fault.value] if fault is Fault.INFERENCE_ERROR else [None]
            return _Reply(200, json.dumps({"finish_reasons": reason, "seeds": [1]}).encode()), fault
        self.paid.append(call.name)
        return self._made(call, given, fault), fault

    def _made(self, call: Call, given: Mapping[str, Any], fault: Fault | None) -> _Reply:
        kind = KINDS[call.model_id.removeprefix("us.")]
        seed = call.members.get("seed") or 987_654_321  # 0 is the wish for a random one
        picture = self.painter.paint(kind, call.members, given, seed)
        image = encoded(picture, call.members.get("output_format", "png"))
        if fault is Fault.BROKEN_PICTURE:
            image = image[: len(image) // 8 * 4]
        answer: dict[str, Any] = {"seeds": [seed], "finish_reasons": [None], "images": [image]}
        if fault is Fault.NO_SEED or "seed" not in kind.allowed:
            del answer["seeds"]
        body = b"<html>" if fault is Fault.NOT_JSON else json.dumps(answer).encode()
        if len(body) > MAX_RESPONSE:
            raise Refused(
                f'{{"detail":"Response payload size {len(body)} bytes exceeds the maximum allowed size of '
                f'{MAX_RESPONSE} bytes"}}'
            )
        return _Reply(200, body)

    def _next_fault(self, model: str) -> Fault | None:
        for number, (fault, name) in enumerate(self._plan):
            if name in model:
                del self._plan[number]
                return fault
        return None


def _error(code: str, message: str) -> _Reply:
    status = {**STATUSES, **_OTHER_STATUSES}[code]
    return _Reply(status, json.dumps({"message": message}).encode(), code)


def _handler_for(server: LoopbackBedrock) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            _, model, model_id, invoke = unquote(urlsplit(self.path).path).split("/")
            signed = _REGION.search(self.headers.get("authorization", ""))
            if (model, invoke) != ("model", "invoke") or signed is None:
                self._send(_error("AccessDeniedException", "not InvokeModel, or not signed"), cut=False)
                return
            reply, cut = server.answer_invoke(model_id, signed[1], body)
            if reply is not None:
                self._send(reply, cut=cut)
            if reply is None or cut:
                self.close_connection = True
                self.connection.shutdown(SHUT_RDWR)

        def do_GET(self) -> None:
            _, _, model_id = unquote(urlsplit(self.path).path).split("/")
            self._send(server.answer_lifecycle(model_id), cut=False)

        def _send(self, reply: _Reply, *, cut: bool) -> None:
            self.send_response_only(reply.status)
            self.send_header("Content-Type", "application/json")
            if reply.error:
                self.send_header("x-amzn-ErrorType", reply.error)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[: len(reply.body) // 2] if cut else reply.body)
            self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler
