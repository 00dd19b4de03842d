"""What is checked of every request before it is routed: size, media type, encoding, tenancy."""

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from scene_studio.model.errors import (
    Forbidden,
    InvalidRequest,
    MalformedJson,
    RequestTooLarge,
    Unauthenticated,
    UnsupportedMediaType,
)
from scene_studio.model.identifiers import ID_PATTERN

MAX_BODY_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 100
"""How deep arrays and objects may stand in one another; documents could not be read back far beyond it."""
_JSON_TYPES: Final = re.compile(
    r"(text/plain|application/json|[a-z0-9.+-]+/[a-z0-9.+-]+\+json)\s*(;.*)?", re.IGNORECASE
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ID: Final = re.compile(ID_PATTERN)
_TENANT_PATH: Final = re.compile(r"/api/clients/([^/]+)(/.*)?")


def with_json_body(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event with its body as text, declared as JSON.

    The seed's browser code names no type, so none, `text/plain` and every JSON type are all read as JSON.

    Raises:
        RequestTooLarge: the body is over `MAX_BODY_BYTES`.
        UnsupportedMediaType: it is declared as something else.
        MalformedJson: it is not UTF-8.
    """
    admitted = dict(event)
    if not event.get("body"):
        return admitted
    headers = dict(event.get("headers") or {})
    declared = headers.get("content-type", "")
    body = _text(event)
    if declared and not _JSON_TYPES.fullmatch(declared.strip()):
        raise UnsupportedMediaType(f"Send JSON as application/json; {declared!r} is not read.")
    headers["content-type"] = "application/json"
    return {**admitted, "headers": headers, "body": body, "isBase64Encoded": False}


def _text(event: Mapping[str, Any]) -> str:
    body = str(event["body"])
    if len(body) > MAX_BODY_BYTES * 2:  # before decoding; base64 takes 4/3
        _too_large()
    if not event.get("isBase64Encoded"):
        if len(body.encode("utf-8", "surrogatepass")) > MAX_BODY_BYTES:
            _too_large()
        return body
    try:
        raw = base64.b64decode(body, validate=True)
        if len(raw) > MAX_BODY_BYTES:
            _too_large()
        return raw.decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise MalformedJson("The body is not UTF-8 text; send JSON in UTF-8.") from error


def _too_large() -> NoReturn:
    raise RequestTooLarge(
        f"A body may have {MAX_BODY_BYTES} bytes; send less at once.", {"maximumBytes": MAX_BODY_BYTES}
    )


def json_object(text: str) -> dict[str, Any]:
    """The object of a JSON text; no body of ours is anything else.

    Left to itself, the resolver's validation takes an array for the last object in it.

    Raises:
        MalformedJson: it is not JSON to the letter, as `strict_json` says.
        InvalidRequest: it is another value.
    """
    value = strict_json(text)
    if not isinstance(value, dict):
        raise InvalidRequest.of("body", "must be an object")
    return value


def strict_json(text: str) -> Any:
    """The value of a JSON text, which is JSON to the letter: no NaN, no Infinity, no lone surrogates.

    What could not be kept as it came is refused too: numbers beyond the range of a double, which would be
    infinite, and values nested deeper than `MAX_DEPTH`.

    Raises:
        MalformedJson: it is not.
    """
    try:
        value = json.loads(text, parse_constant=_not_json, parse_float=_finite)
        _check_depth(value)
        _check_characters(text, value)
    except json.JSONDecodeError as error:
        raise MalformedJson(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            {"line": error.lineno, "column": error.colno},
        ) from error
    except (ValueError, RecursionError) as error:
        raise MalformedJson(f"The body is not JSON that can be read: {error}.") from error
    return value


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits[:40]} is beyond the range of numbers")
    return number


def _check_depth(value: Any) -> None:
    containers = _containers([value])
    for _ in range(MAX_DEPTH):
        containers = [inner for outer in containers for inner in _containers(outer)]
        if not containers:
            return
    raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")


def _containers(value: dict[str, Any] | list[Any]) -> list[dict[str, Any] | list[Any]]:
    parts = value.values() if isinstance(value, dict) else value
    return [part for part in parts if isinstance(part, dict | list)]


def _check_characters(text: str, value: Any) -> None:
    if "\\u" in text and _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        raise ValueError("a lone surrogate is not a character")


def _not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def check_path_ids(event: Mapping[str, Any]) -> None:
    """Refuse an id in the address that is none.

    A gateway decodes `%2F` only after it has chosen the route, so the path that the function sees would be
    another one; and with some characters it would be none that the function knows.

    Raises:
        InvalidRequest: there is such an id.
    """
    for name, value in (event.get("pathParameters") or {}).items():
        if name.endswith("Id") and not _ID.fullmatch(value):
            raise InvalidRequest.of(
                name, "must be 1 to 64 letters, digits, _ and -, the first a letter or digit"
            )


def tenant_of(path: str) -> str | None:
    """The client whose address this is, or None for an address of no client."""
    match = _TENANT_PATH.fullmatch(path)
    return match[1] if match else None


def claimed_groups(event: Mapping[str, Any], claim: str) -> frozenset[str]:
    """The groups that the verified token claims.

    API Gateway hands a list on as text in brackets, parted by spaces; other issuers as a list.

    Raises:
        Unauthenticated: no verified token came with the request.
    """
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    claims = (authorizer.get("jwt") or {}).get("claims")
    if not isinstance(claims, Mapping):
        raise Unauthenticated("Send a valid access token in the Authorization header.")
    if claims.get("token_use", "access") != "access":
        raise Unauthenticated("Send an access token; this is a token of another use.")
    groups = claims.get(claim) or ()
    if isinstance(groups, str):
        groups = groups.removeprefix("[").removesuffix("]").split()
    return frozenset(str(group) for group in groups)


def check_tenant(event: Mapping[str, Any], claim: str) -> None:
    """Refuse a request about a client that the caller's token does not name.

    Raises:
        Unauthenticated: no verified token came with the request.
        Forbidden: the token does not name the client, whether or not there is such a client.
    """
    path = str(event.get("rawPath", ""))
    if not path.startswith("/api/clients"):
        return
    groups = claimed_groups(event, claim)
    tenant = tenant_of(path)
    if tenant is not None and f"client:{tenant}" not in groups:
        raise Forbidden("Your token gives no access to this client; ask its owner for it.")
