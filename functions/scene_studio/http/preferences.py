"""The Prefer header (RFC 7240)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_PREFERENCE: Final = re.compile(r"""\s*([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*("[^"]*"|[^\s;,"]*))?\s*(?:;[^,]*)?""")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the caller prefers; what is not understood is ignored, as the RFC wants.

    Attributes:
        strict: `handling=strict`: a conflicting edit is refused rather than merged.
        minimal: `return=minimal`: no body where none is needed.
        stated: the preferences that were understood, as they stood in the header.
    """

    strict: bool = False
    minimal: bool = False
    stated: tuple[str, ...] = ()

    def applied(self) -> Mapping[str, str]:
        """The Preference-Applied header, if there is anything to say in it."""
        return {"preference-applied": ", ".join(self.stated)} if self.stated else {}


def read_preferences(value: str) -> Preferences:
    """The preferences in a header's value; of one that is repeated the first counts (RFC 7240, section 2)."""
    stated: dict[str, str] = {}
    for part in value.split(","):
        match = _PREFERENCE.fullmatch(part)
        if match is not None:
            stated.setdefault(match[1].lower(), (match[2] or "").strip('"').lower())
    understood = {
        name: stated[name]
        for name, values in (("handling", ("strict", "lenient")), ("return", ("minimal", "representation")))
        if stated.get(name) in values
    }
    return Preferences(
        strict=understood.get("handling") == "strict",
        minimal=understood.get("return") == "minimal",
        stated=tuple(f"{name}={chosen}" for name, chosen in understood.items()),
    )
