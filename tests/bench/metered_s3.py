"""A loopback S3 that counts every byte at its sockets, headers and all."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

from tests.support.loopback_s3 import LoopbackS3


class Traffic(NamedTuple):
    """What one piece of work asked of S3.

    Attributes:
        requests: how many requests it made.
        sent: the bytes of these requests.
        received: the bytes of their answers.
        content: those of the answers that were bodies.
    """

    requests: int
    sent: int
    received: int
    content: int

    @property
    def total(self) -> int:
        """All bytes, both ways."""
        return self.sent + self.received


class MeteredS3(LoopbackS3):
    """A loopback S3 whose clients can be asked what they cost."""

    def __init__(self) -> None:
        super().__init__()
        self._sent = self._received = 0
        self._counting = threading.Lock()
        self._http.RequestHandlerClass = _metered(self._http.RequestHandlerClass, self._count)

    def traffic_of(self, work: Callable[[], object]) -> Traffic:
        """Do some work, while nobody else does any, and tell what it asked."""
        self.exchanges.clear()  # the bodies of all that was asked before need not be kept
        sent, received = self._sent, self._received
        work()
        replies = [exchange.reply for exchange in self.exchanges]
        content = sum(len(reply.body) for reply in replies if reply is not None)
        return Traffic(len(replies), self._sent - sent, self._received - received, content)

    def _count(self, sent: int, received: int) -> None:
        with self._counting:
            self._sent += sent
            self._received += received


class _Metered:
    """One end of a connection, as a file that counts before it lets anybody go on."""

    def __init__(self, file: Any, count: Callable[[int, int], None]) -> None:
        self._file = file
        self._count = count

    def read(self, size: int) -> bytes:
        data: bytes = self._file.read(size)
        self._count(len(data), 0)
        return data

    def readline(self, limit: int) -> bytes:
        line: bytes = self._file.readline(limit)
        self._count(len(line), 0)
        return line

    def write(self, data: bytes) -> None:
        self._count(0, len(data))
        self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _metered(handler: Any, count: Callable[[int, int], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(handler):  # type: ignore[misc]
        rfile: Any
        wfile: Any

        def setup(self) -> None:
            super().setup()
            self.rfile, self.wfile = _Metered(self.rfile, count), _Metered(self.wfile, count)

    return Handler
