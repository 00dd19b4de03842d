"""Examples of problems, made of the very errors that functions raise."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.contract.answers.problems import DESCRIBED
from infra.contract.examples import CONFLICT, PROGRESS, STUDIO
from scene_studio.http.problems import INTERNAL, NO_SUCH_ROUTE, Problem, document, problem_for
from scene_studio.model import errors
from scene_studio.model.errors import SceneStudioError

_INSTANCE: Final = "/api/clients/acme-corp/scene-studio/summer"
_REQUEST_ID: Final = "UxH1dhWbIAMEJtA="
_AS_IT_STANDS: Final = {"current": STUDIO, "etag": '"7:12"'}

_RAISED: Final[tuple[SceneStudioError, ...]] = (
    errors.AlreadyExists("studio", "summer"),
    errors.BudgetSpent(
        "These pictures might cost more than is left of the month's limit; ask for fewer.",
        {
            "limitMicros": 200_000_000,
            "spentMicros": 199_950_000,
            "reservedMicros": 0,
            "neededMicros": 80_000,
        },
    ),
    errors.Busy("Others were changing the same document; nothing was changed. Send the request again."),
    errors.ClientFull("The client would be larger than a client can be; remove products or sessions."),
    errors.Deleted("studio", "summer", "2026-11-22T12:00:00.000Z", "2026-12-22T12:00:00.000Z"),
    errors.Purged("studio", "summer"),
    errors.EditConflict(None, ()),
    errors.Forbidden("Your token gives no access to this client; ask its owner for it."),
    errors.GenerationCancelled("Somebody cancelled these pictures; execute again if they are still wanted."),
    errors.GenerationLimit("A studio may have 1000 pictures under way or failed; wait for some."),
    errors.GenerationRefused(
        "The image model would not make this picture. Change the text.",
        {"generation": [{**PROGRESS, "state": "failed", "reason": "The image model would not make it."}]},
    ),
    errors.IdempotencyKeyReused("This Idempotency-Key came with a different request before; use a new key."),
    errors.InvalidRequest.of("/name", "must not be blank"),
    errors.LinkInvalid(),
    errors.MalformedJson(
        "The body is not JSON: Expecting value at line 1, column 9. Correct it and send the request again.",
        {"line": 1, "column": 9},
    ),
    errors.NotFound("studio", "winter"),
    errors.OutcomeUnknown("The change may or may not have been made; repeat the request under its key."),
    errors.PreconditionFailed(None, "There is a studio at this address already; `current` is that studio."),
    errors.PreconditionRequired(None),
    errors.RequestTooLarge(
        "A body may have 4194304 bytes; send less at once.", {"maximumBytes": 4 * 1024 * 1024}
    ),
    errors.ResponseTooLarge(
        "The client and all its studios are over 5000000 bytes; read them one by one.",
        {"maximumBytes": 5_000_000, "instead": "export"},
    ),
    errors.StudioFull("The studio would be larger than a studio can be; shorten texts."),
    errors.Unauthenticated("Send a valid access token in the Authorization header."),
    errors.UnsupportedMediaType("Send JSON as application/json; 'text/html' is not read."),
    errors.VersionGone(None),
)
_ADDED: Final[Mapping[type[SceneStudioError], Mapping[str, Any]]] = {
    errors.EditConflict: {**_AS_IT_STANDS, "conflicts": [CONFLICT]},
    errors.PreconditionFailed: _AS_IT_STANDS,
    errors.PreconditionRequired: _AS_IT_STANDS,
    errors.VersionGone: _AS_IT_STANDS,
}
"""What the answer adds that an error does not bring."""


def problem_examples() -> dict[str, Any]:
    """An example of each type of problem, by the names of their descriptions."""
    return {
        DESCRIBED[problem].__name__: document(problem, detail, _INSTANCE, _REQUEST_ID, members)
        for problem, detail, members in _refusals()
    }


def _refusals() -> Iterator[tuple[Problem, str, Mapping[str, Any]]]:
    for error in _RAISED:
        yield problem_for(error), error.detail, {**error.members, **_ADDED.get(type(error), {})}
    yield INTERNAL, "The request could not be answered; repeat it with the same Idempotency-Key.", {}
    yield NO_SUCH_ROUTE, "There is nothing at this address for this method.", {}
