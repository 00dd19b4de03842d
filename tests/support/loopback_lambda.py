"""A small Lambda on 127.0.0.1: it runs functions when they are invoked and waited for, or fails as it is told.

It speaks enough of the REST protocol for botocore's own client (API reference, "Invoke"). The stack that is
deployed to the emulator invokes by the emulator's, which keeps this one honest.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler
from socket import SHUT_RDWR
from typing import Any, Final, Self

from tests.support.loopback_http import LoopbackHttp

MOST_BYTES: Final = 6 * 1024 * 1024
"""Of an invocation that is waited for (Developer Guide, "Lambda quotas")."""
_TASK_TIMED_OUT: Final = {"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out after 20.00 seconds"}


class Failure(Enum):
    """What goes wrong with one invocation."""

    DROP_REQUEST = auto()
    """The connection is cut, and nothing runs."""
    DROP_REPLY = auto()
    """The function runs, and the connection is cut before the answer."""
    THROTTLED = auto()
    """429: too many of its runs are under way."""
    BEING_REPLACED = auto()
    """409: its new version is not active yet."""
    OUT_OF_ORDER = auto()
    """500: Lambda itself fails."""
    FORBIDDEN = auto()
    """403: the caller may not invoke it."""
    HANG = auto()
    """The function runs, and the answer comes too late."""
    TIMED_OUT = auto()
    """The function ran into its time limit, of which the answer tells with status 200."""
    NONSENSE = auto()
    """It answers with what no version of it ever said."""


_REFUSALS: Final = {
    Failure.THROTTLED: (429, "TooManyRequestsException"),
    Failure.BEING_REPLACED: (409, "ResourceConflictException"),
    Failure.OUT_OF_ORDER: (500, "ServiceException"),
    Failure.FORBIDDEN: (403, "AccessDeniedException"),
}
_CUT: Final = {Failure.DROP_REQUEST, Failure.DROP_REPLY, Failure.HANG}
_HOLD_SECONDS: Final = 30.0


class LoopbackLambda:
    """The server, the functions that it runs, and the failures that it was told of.

    Attributes:
        invoked: the payload of each invocation, in order.
    """

    def __init__(self, run: Callable[[Any], Any]) -> None:
        """Serve from when it is `running`.

        Args:
            run: what every function does with its event.
        """
        self.invoked: list[bytes] = []
        self._run = run
        self._plan: list[Failure] = []
        self._ended = threading.Event()
        self._http = LoopbackHttp(_handler_for(self))
        self.endpoint = self._http.endpoint

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Serve until the end of the block."""
        with self._http.running():
            try:
                yield self
            finally:
                self._ended.set()

    def fail(self, failure: Failure) -> None:
        """Let this go wrong with the next invocation."""
        self._plan.append(failure)

    def answer(self, payload: bytes) -> tuple[int, dict[str, str], Any] | None:
        """Status, headers and body; None to cut the connection."""
        self.invoked.append(payload)
        if len(payload) > MOST_BYTES:
            return 413, {"x-amzn-errortype": "RequestTooLargeException"}, {}
        failure = self._plan.pop(0) if self._plan else None
        if failure in _REFUSALS:
            status, name = _REFUSALS[failure]
            return status, {"x-amzn-errortype": name}, {"message": name}
        if failure is Failure.TIMED_OUT:
            return 200, {"X-Amz-Function-Error": "Unhandled"}, _TASK_TIMED_OUT
        if failure is Failure.NONSENSE:
            return 200, {}, "nonsense"
        said = None if failure is Failure.DROP_REQUEST else self._run(json.loads(payload))
        if failure is Failure.HANG:
            self._ended.wait(_HOLD_SECONDS)
        return None if failure in _CUT else (200, {}, said)


def _handler_for(server: LoopbackLambda) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            assert self.path.endswith("/invocations"), self.path
            answer = server.answer(self.rfile.read(int(self.headers["Content-Length"])))
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(SHUT_RDWR)
                return
            status, headers, said = answer
            body = json.dumps(said).encode()
            self.send_response_only(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
            pass

    return Handler
