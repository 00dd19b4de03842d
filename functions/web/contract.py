"""The contract: one OpenAPI document over all functions, as `make openapi` wrote it."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).resolve().parents[1] / "openapi.json"


@dataclass(frozen=True, slots=True)
class Contract:
    """The document.

    Attributes:
        body: its JSON.
        tag: its entity tag.
    """

    body: str
    tag: str


@cache
def contract() -> Contract:
    """The document, read when it is first asked for."""
    body = _FILE.read_text("utf-8")
    return Contract(body, f'"{hashlib.sha256(body.encode()).hexdigest()[:24]}"')
