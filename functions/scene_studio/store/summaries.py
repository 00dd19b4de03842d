"""Small summaries in an object's user metadata, so that a list needs no bodies (design §3).

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
    stated = from_json(base64.urlsafe_b64decode(metadata[_NAME])) if _NAME in metadata else []
    facts: list[Any] = [*stated, *[None] * count][:count]
    return facts
