import asyncio
from typing import Any

import pytest

from infra.local.guard import BodyTooLargeError, ClientGoneError, read_body, refusal

OWN = (b"host", b"127.0.0.1:8000")


@pytest.mark.parametrize("host", [b"127.0.0.1:8000", b"localhost:8000", b"[::1]:8000", b"LocalHost:8000"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_its_own_addresses_are_let_in(host, method):
    assert refusal(method, [(b"host", host)], 8000) is None


@pytest.mark.parametrize(
    "host",
    [
        b"evil.example",
        b"evil.example:8000",
        b"127.0.0.1",
        b"127.0.0.1:8001",
        b"localhost:80000",
        b"localhost.evil.example:8000",
        b"0.0.0.0:8000",
        b"",
        b"127.0.0.1:8000,evil.example",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_host_is_refused(host, method):
    assert refusal(method, [(b"host", host)], 8000) is not None


def test_a_missing_or_repeated_host_is_refused():
    assert refusal("GET", [], 8000) is not None
    assert refusal("GET", [OWN, OWN], 8000) is not None


def test_the_port_may_be_left_out_when_it_is_80():
    assert refusal("GET", [(b"host", b"localhost")], 80) is None


@pytest.mark.parametrize("origin", [b"http://127.0.0.1:8000", b"http://localhost:8000", b"http://[::1]:8000"])
def test_a_change_from_its_own_page_is_let_in(origin):
    headers = [OWN, (b"origin", origin), (b"sec-fetch-site", b"same-origin")]
    assert refusal("PATCH", headers, 8000) is None


@pytest.mark.parametrize(
    "origin",
    [
        b"https://evil.example",
        b"null",
        b"http://localhost:3000",
        b"https://127.0.0.1:8000",
        b"http://127.0.0.1:8000.evil.example",
        b"",
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CUSTOM"])
def test_a_change_from_a_foreign_origin_is_refused(origin, method):
    assert refusal(method, [OWN, (b"origin", origin)], 8000) is not None


def test_one_foreign_origin_among_several_is_refused():
    headers = [OWN, (b"origin", b"http://127.0.0.1:8000"), (b"origin", b"https://evil.example")]
    assert refusal("POST", headers, 8000) is not None


def test_a_change_that_another_site_started_is_refused():
    assert refusal("POST", [OWN, (b"sec-fetch-site", b"cross-site")], 8000) is not None


@pytest.mark.parametrize("site", [b"same-origin", b"none"])
def test_a_change_that_this_site_or_a_person_started_is_let_in(site):
    assert refusal("POST", [OWN, (b"sec-fetch-site", site)], 8000) is None


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_is_not_asked_where_it_comes_from(method):
    headers = [OWN, (b"origin", b"https://evil.example"), (b"sec-fetch-site", b"cross-site")]
    assert refusal(method, headers, 8000) is None


class Pieces:
    """A request body that comes in pieces and knows how many were taken."""

    def __init__(self, *pieces: bytes, complete: bool = True) -> None:
        self.taken = 0
        self._messages = [
            {"type": "http.request", "body": piece, "more_body": number < len(pieces) or not complete}
            for number, piece in enumerate(pieces, start=1)
        ]

    async def receive(self) -> dict[str, Any]:
        self.taken += 1
        if self.taken > len(self._messages):
            return {"type": "http.disconnect"}
        return self._messages[self.taken - 1]


def test_a_body_in_pieces_is_put_together_up_to_the_very_limit():
    pieces = Pieces(b"12", b"", b"345")
    assert asyncio.run(read_body(pieces.receive, [], limit=5)) == b"12345"


def test_a_body_over_the_limit_is_given_up_at_the_piece_that_passes_it():
    pieces = Pieces(b"123", b"456", b"789")
    with pytest.raises(BodyTooLargeError):
        asyncio.run(read_body(pieces.receive, [], limit=5))
    assert pieces.taken == 2


def test_a_body_that_says_it_is_over_the_limit_is_not_read_at_all():
    pieces = Pieces(b"1")
    with pytest.raises(BodyTooLargeError):
        asyncio.run(read_body(pieces.receive, [(b"content-length", b"6")], limit=5))
    assert pieces.taken == 0


def test_a_caller_who_hangs_up_in_the_middle_leaves_no_body():
    with pytest.raises(ClientGoneError):
        asyncio.run(read_body(Pieces(b"12", complete=False).receive, []))
