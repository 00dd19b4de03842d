"""The headers of answers."""

from collections.abc import Mapping
from typing import Any, Final

EVERY: Final = ("Cache-Control", "Referrer-Policy", "X-Content-Type-Options")
"""The headers of every answer of a function."""

_HEADERS: Final[Mapping[str, tuple[str, dict[str, Any], str]]] = {
    "Cache-Control": (
        "How long, and by whom, the answer may be kept.",
        {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[a-z0-9=, -]+$"},
        "private, no-cache",
    ),
    "ETag": (
        "The version of the document, as a strong entity tag; opaque.",
        {"type": "string", "maxLength": 1100, "pattern": r'^"[\x21\x23-\x7e]*"$'},
        '"7:12"',
    ),
    "Location": (
        "The address of what was made or is wanted.",
        {"type": "string", "format": "uri-reference", "minLength": 1, "maxLength": 20_000},
        "/api/clients/acme-corp/scene-studio/summer",
    ),
    "Preference-Applied": (
        "The preferences that were heeded (RFC 7240).",
        {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[a-z0-9=, -]+$"},
        "handling=strict",
    ),
    "Referrer-Policy": (
        "Tells browsers not to pass on which page a request came from.",
        {"type": "string", "const": "no-referrer"},
        "no-referrer",
    ),
    "Retry-After": (
        "After how many seconds to look or to ask again.",
        {"type": "string", "pattern": "^[0-9]{1,4}$", "minLength": 1, "maxLength": 4},
        "2",
    ),
    "WWW-Authenticate": (
        "How to authenticate.",
        {"type": "string", "minLength": 1, "maxLength": 1000, "pattern": "^Bearer"},
        "Bearer",
    ),
    "X-Content-Type-Options": (
        "Tells browsers to trust the media type.",
        {"type": "string", "const": "nosniff"},
        "nosniff",
    ),
}
"""Of each what it says, its schema, and an example."""


def header(name: str, *, always: bool) -> dict[str, Any]:
    """A reference to a header's description."""
    return {"$ref": f"#/components/headers/{name}{'' if always else '.optional'}"}


def headers(text: str) -> dict[str, Any]:
    """The descriptions of the headers that a text refers to, by the names of `header`."""
    return {
        f"{name}{suffix}": {
            "description": meaning,
            **({"required": True} if not suffix else {}),
            "schema": schema,
            "example": example,
        }
        for name, (meaning, schema, example) in _HEADERS.items()
        for suffix in ("", ".optional")
        if f'/{name}{suffix}"' in text
    }
