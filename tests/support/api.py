"""Calls the functions in this process as API Gateway would, over a real store, and under the contract."""

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.events import HttpRequest, build_event, build_response
from infra.local.worker import Context
from infra.routes import match
from tests.support.contract import assert_as_described

CLIENT = "/api/clients/acme-corp"
STUDIO = f"{CLIENT}/scene-studio/default"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def etag(self) -> str:
        """The entity tag."""
        return self.headers["etag"]


def call(
    method: str,
    path: str,
    json_body: Any = None,
    headers: Mapping[str, str] | None = None,
    *,
    raw: bytes | None = None,
    claims: Mapping[str, Any] | None = None,
    seconds: float = 29,
) -> Answer:
    """Send a request through the route table to its function.

    Args:
        method: the HTTP method.
        path: the path, percent-encoded, and a query.
        json_body: a body to send as JSON without naming a type, as browsers of the original product do.
        headers: request headers.
        raw: a body to send to the byte.
        claims: those of a verified token.
        seconds: the time that the invocation has.
    """
    raw_path, _, query = path.partition("?")
    body = raw if raw is not None else b"" if json_body is None else json.dumps(json_body).encode()
    request = HttpRequest(
        method=method,
        raw_path=raw_path,
        query=query.encode(),
        headers=tuple((name.encode(), value.encode()) for name, value in (headers or {}).items()),
        body=body,
        http_version="1.1",
        source_ip="127.0.0.1",
    )
    found = match(method, raw_path)
    assert found is not None
    event = build_event(request, found, 1_700_000_000_000, "test-request")
    if claims is not None:
        event["requestContext"]["authorizer"] = {"jwt": {"claims": dict(claims), "scopes": None}}
    handler = importlib.import_module(f"{found.route.function}.handler").lambda_handler
    answer = json.loads(json.dumps(handler(event, Context(found.route.function, "test-request", seconds))))
    assert_as_described(event, answer)
    response = build_response(answer, "test-request")
    return Answer(
        response.status, {name.decode(): value.decode() for name, value in response.headers}, response.body
    )
