"""The load client against a server that answers as it is told."""

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.bench.peers_load import UnexpectedAnswer, drive, request

Answer = Callable[[socket.socket], None]


def plain(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
    connection.sendall(b"done")


def chunked(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 204 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\ndo")
    connection.sendall(b"ne\r\n0\r\n\r\n")


def refusal(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n")


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")


def half(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndo")
    connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def answering(answer: Answer) -> Iterator[tuple[int, list[bytes]]]:
    """A server that gives every request this answer; gives its port, and the requests as they come."""
    received: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client goes as it likes
            while sent := connection.recv(65536):
                received.append(sent)
                answer(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield listener.getsockname()[1], received
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def asked(port: int, connections: int = 2) -> list[Iterator[bytes]]:
    return [itertools.repeat(request("PATCH", port, "/x", b"{}")) for _ in range(connections)]


@pytest.mark.parametrize("answer", [plain, chunked])
def test_every_complete_answer_is_counted_and_the_next_request_follows_it(answer: Answer) -> None:
    with answering(answer) as (port, received):
        load = drive(port, asked(port), 0.05)
    assert load.answers == len(received) > 2
    assert load.rate == load.answers / load.seconds
    assert load.client_seconds > 0


def test_a_request_is_sent_as_a_browser_would() -> None:
    with answering(plain) as (port, received):
        drive(port, asked(port, connections=1), 0)
    assert received == [
        f"PATCH /x HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}".encode()
    ]


@pytest.mark.parametrize(("answer", "said"), [(refusal, "503"), (endless, "without an end"), (half, "hung up")])
def test_what_is_no_success_is_no_figure(answer: Answer, said: str) -> None:
    with answering(answer) as (port, _), pytest.raises(UnexpectedAnswer, match=said):
        drive(port, asked(port), 1)
