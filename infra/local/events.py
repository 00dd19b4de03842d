"""HTTP requests as API Gateway events, and functions' answers as HTTP responses.

Payload format 2.0 of HTTP APIs, as
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
describes it. Nothing here reads a socket or a clock.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from infra.routes import Match

ACCOUNT_ID: Final = "000000000000"
API_ID: Final = "local"

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TEXT_TYPES: Final = frozenset({"application/json", "application/xml", "application/javascript"})
_HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "expect",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_REWRITTEN: Final = frozenset({"content-length", "cookie", "x-forwarded-port", "x-forwarded-proto"})
_FRAMING: Final = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"})
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
_WITHOUT_BODY: Final = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it came over the socket.

    Attributes:
        method: the method, in capitals.
        raw_path: the path, still percent-encoded, without the query.
        query: what follows the question mark, still percent-encoded; empty if there is none.
        headers: names and values in the order they came; names in any case.
        body: the whole body; empty if there is none.
        http_version: such as `1.1`.
        source_ip: the address of the caller.
    """

    method: str
    raw_path: str
    query: bytes = b""
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: bytes = b""
    http_version: str = "1.1"
    source_ip: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response that is ready for the socket.

    Attributes:
        status: 200 to 599.
        headers: lower-case names and values, without those that frame the message.
        body: the bytes of the body; empty for 204 and 304.
    """

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def build_event(request: HttpRequest, match: Match, time_epoch: int, request_id: str) -> dict[str, Any]:
    """The event that an HTTP API would pass to the function for this request.

    Members with nothing to say (`cookies`, `queryStringParameters`, `pathParameters`, `body`) are absent, as
    in real events. `rawPath` comes percent-decoded, which AWS's page does not say but real events show
    (https://github.com/honojs/hono/issues/2156); `rawQueryString` stays encoded.

    Args:
        request: the request.
        match: the route it takes.
        time_epoch: when it arrived, in milliseconds since 1970.
        request_id: the gateway's id of the request.
    """
    headers = _headers(request)
    path = unquote(request.raw_path, errors="replace")
    host = headers.get("host", "localhost")
    domain = host if host.endswith("]") else host.rpartition(":")[0] or host
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route_key,
        "rawPath": path,
        "rawQueryString": request.query.decode("latin-1"),
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT_ID,
            "apiId": API_ID,
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": request.method,
                "path": path,
                "protocol": f"HTTP/{request.http_version}",
                "sourceIp": request.source_ip,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": match.route_key,
            "stage": "$default",
            "time": _common_log_time(time_epoch),
            "timeEpoch": time_epoch,
        },
        "isBase64Encoded": False,
    }
    if cookies := _cookies(request.headers):
        event["cookies"] = cookies
    if parameters := _query_parameters(request.query):
        event["queryStringParameters"] = parameters
    if match.path_parameters:
        event["pathParameters"] = dict(match.path_parameters)
    if request.body:
        event["body"], event["isBase64Encoded"] = _body(request.body, headers.get("content-type", ""))
    return event


def build_response(answer: object, request_id: str) -> HttpResponse:
    """The response that an HTTP API makes of what a function returned.

    An object with `statusCode` is taken at its word. Anything else is the body of a 200 of type
    `application/json` (the page above, "Lambda function response for format 2.0"). What cannot be sent, such
    as a status of 42, a header with a line break or a body that is not base64 as promised, becomes the
    gateway's 500.

    Args:
        answer: what the function returned, as JSON values.
        request_id: the gateway's id of the request, sent as `apigw-requestid`.
    """
    explicit: Mapping[str, Any]
    if isinstance(answer, dict) and "statusCode" in answer:
        explicit = answer
    else:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        explicit = {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": text}
    try:
        status = int(explicit["statusCode"])
        body = _answer_body(explicit)
        headers = list(_answer_headers(explicit))
    except (AttributeError, TypeError, ValueError):
        return gateway_response(500, "Internal Server Error", request_id)
    if not 200 <= status <= 599:
        return gateway_response(500, "Internal Server Error", request_id)
    if status in _WITHOUT_BODY:
        body = b""
    if body and not any(name == b"content-type" for name, _ in headers):
        headers.append((b"content-type", b"text/plain;charset=UTF-8"))
    return HttpResponse(status, (*headers, _request_id_header(request_id)), body)


def gateway_response(status: int, message: str, request_id: str) -> HttpResponse:
    """An answer of the gateway itself, in the only shape that HTTP APIs have for it: `{"message": ...}`."""
    return HttpResponse(
        status,
        ((b"content-type", b"application/json"), _request_id_header(request_id)),
        json.dumps({"message": message}, separators=(",", ":")).encode(),
    )


def problem_response(status: int, members: Mapping[str, Any], request_id: str) -> HttpResponse:
    """A problem document (RFC 9457) from the local server itself; `status` and `requestId` are added."""
    document = {**members, "status": status, "requestId": request_id}
    return HttpResponse(
        status,
        ((b"content-type", b"application/problem+json"), _request_id_header(request_id)),
        json.dumps(document).encode(),
    )


def _request_id_header(request_id: str) -> tuple[bytes, bytes]:
    return b"apigw-requestid", request_id.encode("latin-1", "replace")


def _headers(request: HttpRequest) -> dict[str, str]:
    """Lower-cased names; the values of a repeated one joined by commas; what a gateway adds and removes."""
    values: dict[str, list[str]] = {}
    for raw_name, raw_value in request.headers:
        name = raw_name.decode("latin-1").lower()
        if name not in _HOP_BY_HOP and name not in _REWRITTEN:
            values.setdefault(name, []).append(raw_value.decode("latin-1"))
    values.setdefault("x-forwarded-for", []).append(request.source_ip)
    headers = {name: ",".join(parts) for name, parts in values.items()}
    headers["x-forwarded-proto"] = "http"
    port = headers.get("host", "").rpartition(":")[2]
    headers["x-forwarded-port"] = port if port.isdigit() else "80"
    if request.body:
        headers["content-length"] = str(len(request.body))
    return headers


def _cookies(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """Each cookie as `name=value`; format 2.0 takes them out of `headers`."""
    lines = [value.decode("latin-1") for name, value in headers if name.lower() == b"cookie"]
    return [cookie.strip() for line in lines for cookie in line.split(";") if cookie.strip()]


def _query_parameters(query: bytes) -> dict[str, str]:
    """Decoded names and values; the values of a repeated name joined by commas."""
    values: dict[str, list[str]] = {}
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, errors="replace")
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: ",".join(parts) for name, parts in values.items()}


def _body(body: bytes, content_type: str) -> tuple[str, bool]:
    """The body as it stands in an event, and whether that is base64.

    AWS's page only says that binary bodies are base64-encoded. Measured on a real HTTP API
    (https://github.com/ministackorg/ministack/pull/766), a body is text only if its type is `text/*` or
    JSON, XML or JavaScript proper; a body of no type, and `application/merge-patch+json`, come as base64.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.startswith("text/") or media_type in _TEXT_TYPES:
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass  # it calls itself text, but only base64 keeps its bytes
    return base64.b64encode(body).decode("ascii"), True


def _common_log_time(time_epoch: int) -> str:
    """A time such as `12/Mar/2020:19:03:58 +0000`, whatever the locale."""
    at = datetime.fromtimestamp(time_epoch // 1000, UTC)
    return f"{at.day:02}/{_MONTHS[at.month - 1]}/{at.year}:{at:%H:%M:%S} +0000"


def _answer_body(answer: Mapping[str, Any]) -> bytes:
    """The bytes of an answer's body.

    Raises:
        TypeError: it is not a string.
        ValueError: it is not base64 though it says so, or not Unicode.
    """
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise TypeError("body must be a string")
    if not answer.get("isBase64Encoded"):
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise ValueError("body is not base64") from error


def _answer_headers(answer: Mapping[str, Any]) -> Iterable[tuple[bytes, bytes]]:
    """The headers of an answer, one line each, without those that the server writes itself.

    Raises:
        TypeError: a value is neither string, number nor boolean.
        ValueError: a name or a value cannot stand in a header.
    """
    pairs = list((answer.get("headers") or {}).items())
    pairs += [(name, one) for name, many in (answer.get("multiValueHeaders") or {}).items() for one in many]
    pairs += [("set-cookie", cookie) for cookie in answer.get("cookies") or ()]
    for name, value in pairs:
        if not isinstance(value, str | int | float):
            raise TypeError(f"header {name} must be a string")
        text = str(value).lower() if isinstance(value, bool) else str(value).strip()
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(text):
            raise ValueError(f"header {name!r} cannot be sent")
        if name.lower() not in _FRAMING:
            yield name.lower().encode("ascii"), text.encode()
