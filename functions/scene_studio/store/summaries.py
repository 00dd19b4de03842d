"""Small summaries in an object's user metadata, so that a list needs no bodies.

S3 takes 2 KB of ASCII there; a summary is base64url of UTF-8 JSON.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic_core import from_json, to_json

_NAME: Final = "summary"


def encode_summary(facts: Sequence[Any]) -> dict[str, str]:
    """The user metadata that says this."""
    return {_NAME: base64.urlsafe_b64encode(to_json(facts)).decode()}


def decode_summary(metadata: Mapping[str, str], count: int) -> list[Any]:
    """The first `count` facts that the user metadata states; None for each that it does not.

    A newer function may state more, an older one less, and an object written by hand nothing at all.
    """
    return [*_stated(metadata), *[None] * count][:count]


def contradicts(metadata: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two summaries state different values of a fact that both state."""
    return any(one != another for one, another in zip(_stated(metadata), _stated(other), strict=False))


def _stated(metadata: Mapping[str, str]) -> list[Any]:
    facts: list[Any] = from_json(base64.urlsafe_b64decode(metadata[_NAME])) if _NAME in metadata else []
    return facts
