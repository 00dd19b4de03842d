"""What is checked of every request before it is routed: size, media type, encoding, tenancy."""

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

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
_TOO_DEEP: Final = f"it is nested deeper than {MAX_DEPTH} levels"
_JSON_TYPES: Final = re.compile(
    r"(text/plain|application/json|[a-z0-9.+-]+/[a-z0-9.+-]+\+json)\s*(;.*)?", re.IGNORECASE
)
_MAX_DIGITS: Final = 4300
"""So many digits of a whole number Python reads; a limit of its own, which nobody should be told of as such."""
_MAX_EXACT: Final = 2.0**53
"""The largest number up to which a double tells every whole number from the next."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ID: Final = re.compile(ID_PATTERN)
_CONTAINERS: Final = frozenset({dict, list})
_PREFLIGHT: Final = frozenset({"origin", "access-control-request-method"})
_COGNITO: Final = "cognito:"
_API: Final = "/api/"
_CLIENTS: Final = "/api/clients"
_SHARES: Final = "/api/shares/"
_CORRECT_IT: Final = "Correct it and send the request again."
_ABOUT_NO_CLIENT: Final = frozenset({"/api/health", "/api/openapi.json", "/api/scenes"})


def is_preflight(event: Mapping[str, Any]) -> bool:
    """Whether a browser asks if a page of another origin may send a request; it sends no token with that.

    An HTTP API hands it on to the function of `$default`, which takes every method, and writes which origins
    may call, if any, into whatever that answers. But only with a status of success does the browser go on.
    """
    headers = event.get("headers") or {}
    method = event.get("requestContext", {}).get("http", {}).get("method")
    return method == "OPTIONS" and headers.keys() >= _PREFLIGHT


def with_json_body(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event with its body as text, declared as JSON.

    Browsers of the original product name no type, so none, `text/plain` and every JSON type are all read as
    JSON.

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
    if text.startswith("\ufeff"):
        raise MalformedJson("The body begins with a byte order mark; send it as UTF-8 without one.")
    try:
        value = json.loads(text, parse_constant=_not_json, parse_float=_number, parse_int=_whole_number)
        _check_depth(value)
        _check_characters(text, value)
    except json.JSONDecodeError as error:
        raise MalformedJson(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}. {_CORRECT_IT}",
            {"line": error.lineno, "column": error.colno},
        ) from error
    except RecursionError as error:
        raise MalformedJson(f"The body is not JSON that can be read: {_TOO_DEEP}. {_CORRECT_IT}") from error
    except ValueError as error:
        raise MalformedJson(f"The body is not JSON that can be read: {error}. {_CORRECT_IT}") from error
    return value


def _whole_number(digits: str) -> int:
    size = len(digits.lstrip("-"))
    if size > _MAX_DIGITS:
        raise ValueError(f"a number has {size} digits; send it as text")
    return int(digits)


def _number(digits: str) -> float | int:
    """A number with a fraction or an exponent: JSON has one kind of numbers, where 5.0 is 5."""
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits[:40]} is beyond the range of numbers")
    if not number.is_integer() or abs(number) > _MAX_EXACT or (number == 0 and digits.startswith("-")):
        return number  # no whole number is the same
    return int(number)


def _check_depth(value: Any) -> None:
    # Every part of every body passes here, so the types are compared as cheaply as can be: the decoder makes
    # exact dicts and lists.
    level: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        level = [
            part
            for outer in level
            for part in (outer.values() if type(outer) is dict else outer)
            if type(part) in _CONTAINERS
        ]
        if not level:
            return
    raise ValueError(_TOO_DEEP)


def _check_characters(text: str, value: Any) -> None:
    # In UTF-8 there are no surrogates but escaped ones; whether two make a character, the value tells.
    escaped = "\\ud" in text or "\\uD" in text
    if escaped and _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
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


def is_open(path: str) -> bool:
    """Whether this address needs no token: it is no part of the API, about no client, or a guest's.

    Whatever of the API is not listed here needs one, so that a route that is new begins closed.
    """
    return not path.startswith(_API) or path in _ABOUT_NO_CLIENT or path.startswith(_SHARES)


def tenant_of(path: str) -> str | None:
    """The client whose address this is, or None for an address of no client."""
    prefix, _, rest = path.partition(f"{_CLIENTS}/")
    return rest.partition("/")[0] if rest and not prefix else None


def claimed_groups(event: Mapping[str, Any], claim: str) -> frozenset[str]:
    """The groups that the verified token claims.

    API Gateway hands a list on as text in brackets, parted by spaces; other issuers as a list. Amazon Cognito
    says in `token_use` what a token is for, and must say that it gives access; other issuers need not say it.

    Raises:
        Unauthenticated: no verified token came with the request, or one that is not for access.
    """
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    claims = (authorizer.get("jwt") or {}).get("claims")
    if not isinstance(claims, Mapping):
        raise Unauthenticated("Send a valid access token in the Authorization header.")
    unsaid = None if claim.startswith(_COGNITO) else "access"
    if claims.get("token_use", unsaid) != "access":
        raise Unauthenticated("Send an access token; this is a token of another use.")
    groups = claims.get(claim)
    if isinstance(groups, str):
        groups = (groups[1:-1] if groups[:1] + groups[-1:] == "[]" else groups).split()
    return frozenset(map(str, groups)) if isinstance(groups, list) else frozenset()


def check_tenant(event: Mapping[str, Any], claim: str) -> None:
    """Refuse a request about a client that the caller's token does not name.

    Raises:
        Unauthenticated: no verified token came with the request.
        Forbidden: the token does not name the client, whether or not there is such a client.
    """
    path = APIGatewayProxyEventV2(dict(event)).path  # what the resolver goes by: without the stage's name
    if is_open(path):
        return
    groups = claimed_groups(event, claim)
    tenant = tenant_of(path)
    if path != _CLIENTS and (tenant is None or f"client:{tenant}" not in groups):
        raise Forbidden("Your token gives no access to this client; ask its owner for it.")
