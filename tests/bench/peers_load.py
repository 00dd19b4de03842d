"""A load client that takes little of the processor itself: keep-alive connections over bare sockets.

Each connection sends its next request once the answer to the last one is complete, as a browser does.
"""

import re
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

_HOST: Final = "127.0.0.1"
_PIECE: Final = 1 << 18
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_LAST_CHUNK: Final = b"\r\n0\r\n\r\n"
"""JSON escapes its line breaks, so none of its bodies holds this."""
_PATIENCE_SECONDS: Final = 30.0


class UnexpectedAnswer(Exception):
    """The server did not do what it was asked, so that counting it would be wrong."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server did under load.

    Attributes:
        answers: complete answers of a status of 2xx.
        seconds: how long it took.
        client_seconds: of the processor, what sending and reading took here.
    """

    answers: int
    seconds: float
    client_seconds: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


@dataclass
class _Connection:
    socket: socket.socket
    requests: Iterator[bytes]
    received: bytearray = field(default_factory=bytearray)

    def send(self) -> None:
        self.received.clear()
        self.socket.sendall(next(self.requests))

    def receive(self) -> bool:
        """Read what is there; whether the answer is complete now."""
        piece = self.socket.recv(_PIECE)
        if not piece:
            raise UnexpectedAnswer(f"the server hung up after {bytes(self.received[:200])!r}")
        self.received += piece
        return _is_complete(self.received)


def _is_complete(answer: bytearray) -> bool:
    end = answer.find(_HEAD_END)
    if end < 0:
        return False
    if (length := _LENGTH.search(answer, 0, end)) is not None:
        return len(answer) >= end + len(_HEAD_END) + int(length[1])
    if _CHUNKED.search(answer, 0, end) is not None:
        return answer.endswith(_LAST_CHUNK)
    raise UnexpectedAnswer(f"an answer without an end: {bytes(answer[:200])!r}")


def request(method: str, port: int, path: str, body: bytes = b"") -> bytes:
    """A request as it goes over the socket."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {_HOST}:{port}", "Accept: application/json"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def drive(port: int, connections: Sequence[Iterator[bytes]], seconds: float) -> Load:
    """Keep a server on loopback busy for a while.

    Args:
        port: the server's.
        connections: for each connection the requests that it sends, without an end.
        seconds: after this no request is sent; those under way are answered still.

    Raises:
        UnexpectedAnswer: an answer was not of a status of 2xx, or a connection broke.
        TimeoutError: nothing was answered for long.
    """
    answers, under_way = 0, 0
    with selectors.DefaultSelector() as selector:
        opened = [
            _Connection(socket.create_connection((_HOST, port), timeout=_PATIENCE_SECONDS), requests)
            for requests in connections
        ]
        try:
            for connection in opened:
                connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(connection.socket, selectors.EVENT_READ, connection)
            used, started = time.process_time(), time.perf_counter()
            for connection in opened:
                connection.send()
                under_way += 1
            until = started + seconds
            while under_way:
                ready = selector.select(_PATIENCE_SECONDS)
                if not ready:
                    raise TimeoutError(f"no answer in {_PATIENCE_SECONDS:.0f} s")
                for key, _ in ready:
                    connection = key.data
                    if not connection.receive():
                        continue
                    if connection.received[9:10] != b"2":
                        raise UnexpectedAnswer(bytes(connection.received[:600]).decode("latin-1"))
                    answers += 1
                    under_way -= 1
                    if time.perf_counter() < until:
                        connection.send()
                        under_way += 1
                    else:
                        selector.unregister(connection.socket)
            return Load(answers, time.perf_counter() - started, time.process_time() - used)
        finally:
            for connection in opened:
                connection.socket.close()
