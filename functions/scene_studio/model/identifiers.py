"""Ids that are safe as parts of keys and addresses, and times as the documents spell them."""

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

ID_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"

_ID: Final = re.compile(ID_PATTERN.removesuffix("$"))


def is_id(value: str) -> bool:
    """Whether this is an id as `Id` wants it."""
    return _ID.fullmatch(value) is not None


def _check_id(value: str) -> str:
    if not is_id(value):
        raise PydanticCustomError(
            "identifier", "must be 1 to 64 letters, digits, _ and -, the first a letter or digit"
        )
    return value


Id = Annotated[str, AfterValidator(_check_id)]
"""1 to 64 letters, digits, `_` and `-`, the first a letter or digit: no `/`, no `.`, nothing to escape."""

ISO_TIME_PATTERN: Final = (
    r"^(?!0000)[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-5][0-9]){2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-5][0-9])$"
)

_ISO_TIME: Final = re.compile(ISO_TIME_PATTERN.removesuffix("$"))


def _check_iso_time(value: str) -> str:
    if not _ISO_TIME.fullmatch(value):
        raise ValueError("must be an ISO 8601 time with a zone, such as 2024-01-01T12:00:00Z")
    datetime.fromisoformat(value)
    return value


IsoTime = Annotated[str, AfterValidator(_check_iso_time)]
"""An RFC 3339 time, kept as the text it came in, so that it is given back to the letter."""


def iso_time(milliseconds: int) -> str:
    """The time so many milliseconds after the Unix epoch, as JavaScript's `toISOString` writes it."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def days_after(time: str, days: int) -> str:
    """The moment so many days after an `IsoTime`, in UTC, or the last moment there is."""
    moment = datetime.fromisoformat(time)
    offset = moment.utcoffset() or timedelta(0)
    try:
        # In one step: near the first and the last year, UTC alone may be beyond what there is.
        after = moment.replace(tzinfo=UTC) + (timedelta(days=days) - offset)
    except OverflowError:
        after = datetime.max.replace(tzinfo=UTC)
    return after.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def derive(*parts: str) -> str:
    """An `Id` that only these parts give: 26 characters of base 32 of their SHA-256.

    Whatever an operation creates is named so from its idempotency key, so a repeated request names the
    same things.
    """
    digest = hashlib.sha256("\x00".join(parts).encode()).digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()


def digest(*parts: str, length: int) -> str:
    """The first characters of the base64url SHA-256 of these parts, for telling them from others."""
    raw = hashlib.sha256("\x00".join(parts).encode()).digest()
    return base64.urlsafe_b64encode(raw).decode()[:length]
