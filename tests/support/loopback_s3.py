"""A small S3 on 127.0.0.1 for what no emulator offers: atomic conditions, and faults at a chosen moment.

It holds one versioned bucket, speaks enough of the REST protocol for botocore's own client, and answers from
behind one lock, so compare-and-swap is atomic. A plan of faults says what goes wrong with the next requests
that match. The contract suite of the object store runs over it, which keeps it honest.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler
from socket import SHUT_RDWR
from typing import Any, Final, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.support.loopback_bucket import Bucket, Reply, Request, error_reply
from tests.support.loopback_http import LoopbackHttp

_HOLD_SECONDS: Final = 5.0


class Fault(Enum):
    """What goes wrong with one request."""

    DROP_REPLY = auto()
    """It is applied, and the connection is cut before the answer."""
    DROP_REQUEST = auto()
    """The connection is cut and nothing is applied."""
    APPLY_LATE = auto()
    """The connection is cut; it is applied when the test says so."""
    HOLD_REPLY = auto()
    """It is applied, and the answer waits until the test lets it go."""
    CUT_BODY = auto()
    """The answer ends in the middle of its body."""
    INTERNAL_ERROR = auto()
    """500, nothing is applied."""
    SLOW_DOWN = auto()
    """503, nothing is applied."""
    CONFLICT = auto()
    """409 ConditionalRequestConflict, nothing is applied."""
    ACCESS_DENIED = auto()
    """403, nothing is applied."""


_REFUSALS: Final = {
    Fault.INTERNAL_ERROR: (500, "InternalError"),
    Fault.SLOW_DOWN: (503, "SlowDown"),
    Fault.CONFLICT: (409, "ConditionalRequestConflict"),
    Fault.ACCESS_DENIED: (403, "AccessDenied"),
}


@dataclass(frozen=True)
class Exchange:
    """A request with the answer that it got; None when the connection was cut."""

    request: Request
    reply: Reply | None


class LoopbackS3:
    """The server with its plan of faults and its record of what was asked.

    Attributes:
        bucket: what it holds.
        exchanges: every request with its answer, in the order of their ends.
    """

    def __init__(self) -> None:
        self.reset()
        self._http = LoopbackHttp(_handler_for(self))
        self.endpoint = self._http.endpoint

    def reset(self) -> None:
        """Forget all objects, faults and records."""
        self.bucket = Bucket()
        self.exchanges: list[Exchange] = []
        self._plan: list[tuple[Fault, str, str]] = []
        self._late: list[Request] = []
        self._released = threading.Event()
        self._lock = threading.Lock()

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Serve until the end of the block."""
        with self._http.running():
            yield self

    def fail(self, fault: Fault, method: str, key: str = "", *, times: int = 1) -> None:
        """Let this go wrong with the next requests of this method whose key contains `key`."""
        self._plan.extend([(fault, method, key)] * times)

    def forgive(self) -> None:
        """Let nothing go wrong any more."""
        self._plan.clear()

    def requests(self, method: str = "", key: str = "") -> list[Request]:
        """What was asked of this method with a key that contains `key`; all of it by default."""
        asked = [exchange.request for exchange in self.exchanges]
        return [request for request in asked if method in {"", request.method} and key in request.key]

    def apply_late(self) -> list[int]:
        """Apply what `APPLY_LATE` kept back; gives the statuses that nobody will see."""
        late, self._late = self._late, []
        return [self.bucket.apply(request).status for request in late]

    def release(self) -> None:
        """Let the answers go that `HOLD_REPLY` keeps."""
        self._released.set()

    def answer(self, request: Request) -> tuple[Reply | None, bool]:
        """The answer, None to cut the connection; and whether it is cut in mid-body."""
        with self._lock:
            fault = self._next_fault(request)
            reply = None if fault in _WITHOUT_REPLY else self._outcome(request, fault)
            if fault is Fault.DROP_REPLY:
                self.bucket.apply(request)
            if fault is Fault.APPLY_LATE:
                self._late.append(request)
            self.exchanges.append(Exchange(request, reply))
        if fault is Fault.HOLD_REPLY:
            self._released.wait(_HOLD_SECONDS)
        return reply, fault is Fault.CUT_BODY

    def _outcome(self, request: Request, fault: Fault | None) -> Reply:
        return error_reply(*_REFUSALS[fault]) if fault in _REFUSALS else self.bucket.apply(request)

    def _next_fault(self, request: Request) -> Fault | None:
        for number, (fault, method, key) in enumerate(self._plan):
            if method == request.method and key in request.key:
                del self._plan[number]
                return fault
        return None


_WITHOUT_REPLY: Final = {Fault.DROP_REPLY, Fault.DROP_REQUEST, Fault.APPLY_LATE}


def _handler_for(server: LoopbackS3) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            request = Request(
                method=self.command,
                key=unquote(parts.path).lstrip("/").partition("/")[2],
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(int(self.headers.get("content-length", 0))),
            )
            reply, cut = server.answer(request)
            if reply is not None:
                self._send(reply, cut=cut)
            if reply is None or cut:
                self.close_connection = True
                self.connection.shutdown(SHUT_RDWR)

        def _send(self, reply: Reply, *, cut: bool) -> None:
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status not in {204, 304}:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            body = b"" if self.command == "HEAD" or reply.status in {204, 304} else reply.body
            self.wfile.write(body[: len(body) // 2] if cut else body)
            self.wfile.flush()

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815 - names of the standard library

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler
