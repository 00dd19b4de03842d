"""Every way in which Scene Studio says no, as one tree.

The tree knows nothing of HTTP; `scene_studio.http.problems` holds the one table from these classes to
statuses and problem types. A message is read by the person or program that caused it, so each says what
to do next.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

MAX_TOLD: Final = 100
"""So many errors of one request are told at most; a body of 4 MiB has room for millions."""
_MAX_NAMED: Final = 10


class FieldError(NamedTuple):
    """One thing that is wrong with one member of a request."""

    field: str
    """Where: a JSON pointer into the body (RFC 6901), or the name of a parameter or header."""
    message: str
    """What is wrong and what would be right."""


class SceneStudioError(Exception):
    """The base of all errors that callers are told about.

    Attributes:
        detail: a sentence or two for the caller, ending in what to do next.
        members: further facts for programs, in the names they have in the answer.
    """

    def __init__(self, detail: str, members: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members: dict[str, Any] = dict(members or {})


class InvalidRequest(SceneStudioError):
    """The request says something that cannot be; nothing was changed.

    Of many errors it tells the first `MAX_TOLD`.
    """

    def __init__(self, errors: Sequence[FieldError]) -> None:
        fields = list(dict.fromkeys(error.field for error in errors))
        more = len(fields) - _MAX_NAMED
        named = ", ".join(fields[:_MAX_NAMED]) + (f" and {more} more" if more > 0 else "")
        super().__init__(
            f"Correct {named} and send the request again; nothing was changed.",
            {"errors": [error._asdict() for error in errors[:MAX_TOLD]]},
        )
        self.errors = tuple(errors)

    @classmethod
    def of(cls, field: str, message: str) -> "InvalidRequest":
        """An error about a single field."""
        return cls([FieldError(field, message)])


class MalformedJson(SceneStudioError):
    """The body is not JSON as RFC 8259 defines it."""


class UnsupportedMediaType(SceneStudioError):
    """The body is declared as something that is not read as JSON."""


class RequestTooLarge(SceneStudioError):
    """The body is over the limit."""


class Unauthenticated(SceneStudioError):
    """No verified token came with the request."""


class Forbidden(SceneStudioError):
    """The caller may not do this, whether or not the thing exists."""


class NotFound(SceneStudioError):
    """There is no such thing, or none that this caller may know of."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(
            f"There is no {kind} {name!r} here; check the address or list what there is.",
            {"kind": kind, "name": name},
        )


class LinkInvalid(SceneStudioError):
    """A guest does not come in; why is not told, so that nobody learns which links there are."""

    def __init__(self) -> None:
        super().__init__(
            "This link is not valid: it may have expired, been withdrawn, or lost its end on the way. Ask "
            "whoever sent it for a new one."
        )


class Deleted(SceneStudioError):
    """The thing was deleted and can still be restored."""

    def __init__(self, kind: str, name: str, deleted_at: str, restorable_until: str) -> None:
        super().__init__(
            f"The {kind} {name!r} was deleted at {deleted_at}; POST to its undelete address before "
            f"{restorable_until} to bring it back.",
            {"kind": kind, "name": name, "deletedAt": deleted_at, "restorableUntil": restorable_until},
        )


class Purged(NotFound):
    """The thing was deleted so long ago that it is gone for good; what is left of it is being cleared away.

    To machines, which have no more to do there, it is not found. A person may ask for its id again later.
    """

    def __init__(self, kind: str, name: str) -> None:
        SceneStudioError.__init__(
            self,
            f"The {kind} {name!r} was deleted and can no longer be brought back. Choose another id, or take "
            "this one again once everything is cleared away.",
            {"kind": kind, "name": name},
        )


class AlreadyExists(SceneStudioError):
    """The id is taken."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(
            f"There is already a {kind} {name!r}; choose another id, or read and edit that one.",
            {"kind": kind, "name": name},
        )


class RefusedAsItStands(SceneStudioError):
    """The document as it stands does not admit the edit; the answer brings the document.

    Attributes:
        current: the document with its version, or None if there is none.
    """

    def __init__(self, current: Any, detail: str) -> None:
        super().__init__(detail)
        self.current = current


class PreconditionFailed(RefusedAsItStands):
    """The document is not in the state that If-Match or If-None-Match asks for."""


class PreconditionRequired(RefusedAsItStands):
    """The request must name the version that it was made from."""

    def __init__(self, current: Any) -> None:
        super().__init__(
            current,
            "Say which version the rows were read from: send If-Match with its ETag, or each row with its "
            "`etag`. `current` is the document as it stands.",
        )


class VersionGone(RefusedAsItStands):
    """The version that the edit was made from is no longer kept, so it cannot be merged."""

    def __init__(self, current: Any) -> None:
        super().__init__(
            current,
            "The version that the edit was made from is no longer kept. Make the edit again on `current`, and "
            "send it with the ETag that came with this answer.",
        )


class EditConflict(RefusedAsItStands):
    """Others changed the same fields to other values, and the edit was to be refused then.

    Attributes:
        conflicts: those fields, as `scene_studio.model.merge.Conflict`.
    """

    def __init__(self, current: Any, conflicts: Sequence[Any]) -> None:
        super().__init__(
            current,
            "Others changed the same fields since the version that the edit was made from, and nothing was "
            "written. Choose between the values in `conflicts`, and send the edit again with the ETag that "
            "came with this answer.",
        )
        self.conflicts = tuple(conflicts)


class IdempotencyKeyReused(SceneStudioError):
    """The idempotency key came with a different request before."""


class StudioFull(SceneStudioError):
    """The edit would leave the studio document over its limit."""


class ClientFull(SceneStudioError):
    """The edit would leave the client document over its limit."""


class ResponseTooLarge(SceneStudioError):
    """The answer would be over what a function may return."""


class ImageRejected(SceneStudioError):
    """The bytes are not a picture that can be used."""


class GenerationRefused(SceneStudioError):
    """The image model would not or could not make this picture."""


class GenerationLimit(SceneStudioError):
    """More pictures were asked for than may be under way at once."""


class BudgetSpent(SceneStudioError):
    """The pictures would cost more than the client may spend this month."""


class GenerationCancelled(SceneStudioError):
    """Somebody cancelled the pictures before there was any."""


class ModelUnavailable(SceneStudioError):
    """The image model could not make this picture now; asked again, it may."""


class Busy(SceneStudioError):
    """Nothing was written, because the store was too busy or out of reach."""


class OutcomeUnknown(SceneStudioError):
    """The write may or may not have landed; repeating it with its idempotency key is safe."""
