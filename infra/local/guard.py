"""What the local server refuses before any function runs.

Nobody signs in to the local server, so the loopback address is all that protects it, and any web page that
a browser shows can send requests there. Three things give such a page away: a `Host` that is not ours (its
name was pointed at 127.0.0.1), an `Origin` that is not ours, and `Sec-Fetch-Site: cross-site`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

MAX_BODY_BYTES: Final = 10 * 1024 * 1024
"""API Gateway's own cap (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html)."""

_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class BodyTooLargeError(Exception):
    """The body is over the cap; the rest of it was not kept."""


class ClientGoneError(Exception):
    """The connection closed before the body was complete."""


def own_hosts(port: int) -> frozenset[str]:
    """The values of `Host` by which a server on this loopback port may be called."""
    names = ("127.0.0.1", "localhost", "[::1]")
    # A browser leaves the port out when it is the scheme's own.
    return frozenset(f"{name}:{port}" for name in names) | frozenset(names if port == 80 else ())


def refusal(method: str, headers: Iterable[tuple[bytes, bytes]], port: int) -> str | None:
    """Why a request is refused, as a sentence for the caller, or None if it is let in.

    Args:
        method: the request's method, in capitals.
        headers: its headers, with lower-case names.
        port: the server's port.
    """
    values: dict[bytes, list[str]] = {}
    for name, value in headers:
        values.setdefault(name, []).append(value.decode("latin-1").strip().lower())
    hosts = own_hosts(port)
    host = values.get(b"host", [])
    if len(host) != 1 or host[0] not in hosts:
        return f"This server answers only to its own address; call it as http://127.0.0.1:{port}/."
    if method in _SAFE_METHODS:
        return None
    origins = {f"http://{name}" for name in hosts}
    if not origins.issuperset(values.get(b"origin", ())):
        return "Pages of other sites may not change anything here; send the request from this server's page."
    if "cross-site" in values.get(b"sec-fetch-site", ()):
        return "Another site started this request; open this server's own page and do it there."
    return None


async def read_pieces(
    receive: Receive, headers: Iterable[tuple[bytes, bytes]], limit: int
) -> AsyncIterator[bytes]:
    """Give a request's body piece by piece as it comes.

    Args:
        receive: the ASGI callable that gives the next piece.
        headers: the request's headers; a `Content-Length` over the limit is refused before reading.
        limit: the most bytes.

    Raises:
        BodyTooLargeError: the body is, or says it is, over the limit.
        ClientGoneError: the caller hung up.
    """
    for name, value in headers:
        if name == b"content-length" and value.isdigit() and int(value) > limit:
            raise BodyTooLargeError
    left = limit
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        piece = message.get("body", b"")
        left -= len(piece)
        if left < 0:
            raise BodyTooLargeError
        yield piece
        more = message.get("more_body", False)


async def read_body(
    receive: Receive, headers: Iterable[tuple[bytes, bytes]], limit: int = MAX_BODY_BYTES
) -> bytes:
    """Read a request's body, keeping at most `limit` bytes of it; as `read_pieces`."""
    body = bytearray()
    async for piece in read_pieces(receive, headers, limit):
        body += piece
    return bytes(body)
