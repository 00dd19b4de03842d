"""The Prefer header (RFC 7240)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_PREFERENCE: Final = re.compile(r"""([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*("[^"]*"|[^\s;,"]*))?""")
_UNDERSTOOD: Final = {
    "handling": "strict|lenient",
    "return": "minimal|representation",
    "respond-async": "",
    "wait": "[0-9]{1,9}",
}
"""Each preference that is understood, with its values."""
_ABOUT_EDITS: Final = ("handling", "return")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the caller prefers; what is not understood is ignored, as the RFC wants.

    Attributes:
        strict: `handling=strict`: a conflicting edit is refused rather than merged.
        minimal: `return=minimal`: no body where none is needed.
        respond_async: `respond-async`: the answer may come before the work is done.
        wait: `wait=N`: how many seconds the caller would wait for the work; None if it does not say.
        stated: the preferences that were understood, by name, as they stood in the header.
    """

    strict: bool = False
    minimal: bool = False
    respond_async: bool = False
    wait: int | None = None
    stated: Mapping[str, str] = field(default_factory=dict)

    def applied(self, *names: str) -> Mapping[str, str]:
        """The Preference-Applied header, if there is anything to say in it.

        Args:
            names: the preferences that the answer heeds; those about edits if none are named.
        """
        said = [text for name, text in self.stated.items() if name in (names or _ABOUT_EDITS)]
        return {"preference-applied": ", ".join(said)} if said else {}


def read_preferences(value: str) -> Preferences:
    """The preferences in a header's value; of one that is repeated the first counts (RFC 7240, section 2)."""
    stated: dict[str, str] = {}
    for part in value.split(","):
        match = _PREFERENCE.fullmatch(part.partition(";")[0].strip())
        if match is not None:
            stated.setdefault(match[1].lower(), (match[2] or "").strip('"').lower())
    understood = {
        name: stated[name]
        for name, value in _UNDERSTOOD.items()
        if name in stated and re.fullmatch(value, stated[name])
    }
    return Preferences(
        strict=understood.get("handling") == "strict",
        minimal=understood.get("return") == "minimal",
        respond_async="respond-async" in understood,
        wait=int(understood["wait"]) if "wait" in understood else None,
        stated={name: f"{name}={chosen}" if chosen else name for name, chosen in understood.items()},
    )
