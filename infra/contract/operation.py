"""What is said of an operation beside what its handler's signature says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from scene_studio.model.errors import SceneStudioError

JSON: Final = "application/json"
JPEG: Final = "image/jpeg"

ETAG: Final = "ETag"
LOCATION: Final = "Location"
PREFERENCE_APPLIED: Final = "Preference-Applied"
RETRY_AFTER: Final = "Retry-After"


@dataclass(frozen=True, slots=True)
class Success:
    """One way in which an operation succeeds.

    Attributes:
        status: the status.
        meaning: what it says, as a sentence.
        body: the type that describes the body; None for no body.
        headers: the headers that such an answer always has, beside those of every answer.
        may_have: the headers that it may have.
        media_type: the body's.
    """

    status: int
    meaning: str
    body: Any = None
    headers: tuple[str, ...] = ()
    may_have: tuple[str, ...] = ()
    media_type: str = JSON


@dataclass(frozen=True, slots=True)
class Operation:
    """What is said of an operation.

    Attributes:
        tag: the group in which it is listed.
        successes: the ways in which it succeeds.
        refusals: the errors that it is refused with, beside those that follow from what it takes.
        example: a body that it takes.
    """

    tag: str
    successes: tuple[Success, ...]
    refusals: tuple[type[SceneStudioError], ...] = ()
    example: Mapping[str, Any] | None = None


Operations = Mapping[str, Operation]
"""Operations by the names of their handlers."""


def found(body: Any, meaning: str, *headers: str) -> Success:
    """An answer with what was asked for, or with what a change made of it."""
    return Success(200, meaning, body, headers)


def picture_elsewhere(meaning: str) -> Success:
    """A redirect to the short-lived address of a picture."""
    return Success(302, meaning, None, (LOCATION,))
