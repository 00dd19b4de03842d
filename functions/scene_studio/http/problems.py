"""Errors as problem details (RFC 9457): the one table from errors to answers."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from scene_studio.model import errors
from scene_studio.model.errors import FieldError, SceneStudioError

CONTENT_TYPE: Final = "application/problem+json"


class Problem(NamedTuple):
    """How a kind of error is answered."""

    status: HTTPStatus
    type: str
    title: str


PROBLEMS: Final[Mapping[type[SceneStudioError], Problem]] = {
    errors.MalformedJson: Problem(HTTPStatus.BAD_REQUEST, "malformed-json", "The body is not JSON"),
    errors.Unauthenticated: Problem(HTTPStatus.UNAUTHORIZED, "unauthenticated", "Sign in first"),
    errors.Forbidden: Problem(HTTPStatus.FORBIDDEN, "forbidden", "Not yours to see or change"),
    errors.NotFound: Problem(HTTPStatus.NOT_FOUND, "not-found", "Not found"),
    errors.LinkInvalid: Problem(HTTPStatus.NOT_FOUND, "link-invalid", "The link is not valid"),
    errors.Purged: Problem(HTTPStatus.GONE, "purged", "Deleted for good"),
    errors.AlreadyExists: Problem(HTTPStatus.CONFLICT, "already-exists", "The id is taken"),
    errors.Deleted: Problem(HTTPStatus.GONE, "deleted", "Deleted, and restorable"),
    errors.PreconditionFailed: Problem(
        HTTPStatus.PRECONDITION_FAILED, "precondition-failed", "Changed in the meantime"
    ),
    errors.VersionGone: Problem(
        HTTPStatus.PRECONDITION_FAILED, "version-gone", "That version is no longer kept"
    ),
    errors.EditConflict: Problem(HTTPStatus.CONFLICT, "edit-conflict", "Others changed the same fields"),
    errors.RequestTooLarge: Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request-too-large", "The body is too large"
    ),
    errors.UnsupportedMediaType: Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Not a type that is read"
    ),
    errors.InvalidRequest: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-request", "Something is wrong"),
    errors.IdempotencyKeyReused: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency-key-reused", "The idempotency key is taken"
    ),
    errors.StudioFull: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "studio-full", "The studio is full"),
    errors.ClientFull: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "client-full", "The client is full"),
    errors.ResponseTooLarge: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "response-too-large", "The answer would be too large"
    ),
    errors.ImageRejected: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "image-rejected", "Not a picture that can be used"
    ),
    errors.GenerationRefused: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "generation-refused", "The picture cannot be made"
    ),
    errors.GenerationLimit: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "too-many-pictures", "Too many pictures at once"
    ),
    errors.BudgetSpent: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "budget-spent", "The month's budget is spent"),
    errors.GenerationCancelled: Problem(
        HTTPStatus.CONFLICT, "generation-cancelled", "The pictures were cancelled"
    ),
    errors.ModelUnavailable: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "model-unavailable", "The image model is out of reach"
    ),
    errors.PreconditionRequired: Problem(
        HTTPStatus.PRECONDITION_REQUIRED, "precondition-required", "Say what the edit is based on"
    ),
    errors.Busy: Problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy", "Busy; nothing was changed"),
    errors.OutcomeUnknown: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "outcome-unknown", "The change may or may not have been made"
    ),
}

INTERNAL: Final = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "Something broke on our side")
NO_SUCH_ROUTE: Final = Problem(HTTPStatus.NOT_FOUND, "no-such-route", "No such address or method")


_MESSAGES: Final[Mapping[str, str]] = {
    "missing": "is required",
    "tuple_type": "must be an array",
    "list_type": "must be an array",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "string_type": "must be a string",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "too_long": "must have at most {max_length} items, and has {actual_length}",
    "too_short": "must have at least {min_length} items, and has {actual_length}",
    "value_error": "{error}",
}
"""What pydantic says in terms of Python, in terms of JSON."""


def problem_for(error: SceneStudioError) -> Problem:
    """The row of the table for this error, that of the nearest class above its own."""
    return next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)


def document(
    problem: Problem, detail: str, instance: str, request_id: str, members: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A problem document; `members` are what this type of problem adds."""
    return {
        **(members or {}),
        "type": problem.type,
        "title": problem.title,
        "status": int(problem.status),
        "detail": detail,
        "instance": instance,
        "requestId": request_id,
    }


def field_errors(validation_errors: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """What Powertools and pydantic found wrong with a request, by field.

    A member of the body is named by a JSON pointer, a parameter or header by its name. Of the many ways in
    which a value failed a choice of types, only the first is told.
    """
    found: dict[str, FieldError] = {}
    for error in validation_errors:
        place, *path = error["loc"]
        field = _pointer(path) if place == "body" else ".".join(str(part) for part in path)
        ours = _MESSAGES.get(str(error.get("type")))
        message = str(error["msg"]) if ours is None else ours.format(**error.get("ctx", {}))
        found.setdefault(field, FieldError(field or "body", message))
    return list(found.values())


def _pointer(path: Sequence[Any]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
