"""Problem details (RFC 9457): one description for each type, from the one table of errors."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, create_model

from infra.contract.answers.base import MAX_EXPANDED, Answer, Count, Reason, Tag, TotalMicros
from infra.contract.answers.clients import Client
from infra.contract.answers.generation import Progress
from infra.contract.answers.saving import Conflict, FieldProblem
from infra.contract.answers.studios import Studio
from scene_studio.http.problems import INTERNAL, NO_SUCH_ROUTE, PROBLEMS, Problem
from scene_studio.model import errors
from scene_studio.model.costs import Micros
from scene_studio.model.errors import SceneStudioError
from scene_studio.model.identifiers import IsoTime
from scene_studio.model.revision import Milliseconds

_Named = Annotated[str, Field(max_length=4_194_304)]


class ProblemDetails(Answer):
    """Why a request was refused.

    Attributes:
        type: the kind of problem.
        title: what kind that is, for people.
        status: the status of the answer.
        detail: what is wrong here, ending in what to do next.
        instance: the path of the request.
        request_id: names this request in the logs.
    """

    type: str
    title: str
    status: int
    detail: Annotated[str, Field(min_length=1, max_length=4_194_304)]
    instance: Annotated[str, Field(max_length=65_536)]
    request_id: Annotated[str, Field(max_length=200)]


class _OfThing(ProblemDetails):
    """A problem about one thing.

    Attributes:
        kind: what kind of thing.
        name: its id, or whatever the request called it.
    """

    kind: _Named
    name: _Named


class _NotFound(_OfThing):
    """A problem about one thing that is not there.

    Attributes:
        state: of a picture, what became of its file.
        reason: of a picture, why its file was rejected.
    """

    state: Literal["PROCESSING", "REJECTED"] | None = None
    reason: Reason | None = None


class _Deleted(_OfThing):
    """A problem about one thing that was deleted.

    Attributes:
        deleted_at: when.
        restorable_until: until when it can be brought back.
    """

    deleted_at: IsoTime
    restorable_until: IsoTime


class _AsItStands(ProblemDetails):
    """A problem with the document as it stands.

    Attributes:
        current: that document.
        etag: its entity tag.
    """

    current: Studio | Client | None = None
    etag: Tag | None = None


class _EditConflict(_AsItStands):
    """A problem with edits of others.

    Attributes:
        conflicts: the fields that others changed too, to other values.
    """

    conflicts: Annotated[list[Conflict], Field(max_length=MAX_EXPANDED)]


class _InvalidRequest(ProblemDetails):
    """A problem with members of the request.

    Attributes:
        errors: what is wrong with each.
    """

    errors: Annotated[list[FieldProblem], Field(min_length=1, max_length=MAX_EXPANDED)]


class _MalformedJson(ProblemDetails):
    """A problem with the text of the body.

    Attributes:
        line: where it was found.
        column: where it was found.
    """

    line: Count | None = None
    column: Count | None = None


class _TooLarge(ProblemDetails):
    """A problem with the size of something.

    Attributes:
        maximum_bytes: how large it may be.
        instead: what to use instead.
    """

    maximum_bytes: Count | None = None
    instead: Literal["export"] | None = None


class _GenerationRefused(ProblemDetails):
    """A problem with pictures that all failed.

    Attributes:
        generation: what became of each.
        typical_milliseconds: how long such pictures took lately; absent if that is not known.
    """

    generation: Annotated[list[Progress], Field(max_length=100)]
    typical_milliseconds: Milliseconds | None = None


class _BudgetSpent(ProblemDetails):
    """A problem with the month's limit, in millionths of a US dollar.

    Attributes:
        limit_micros: the limit.
        spent_micros: what was spent this month.
        reserved_micros: what pictures under way may cost.
        needed_micros: what these pictures may cost.
    """

    limit_micros: Micros
    spent_micros: TotalMicros
    reserved_micros: TotalMicros
    needed_micros: TotalMicros


_WITH_MEMBERS: Final[Mapping[type[SceneStudioError] | None, type[ProblemDetails]]] = {
    errors.AlreadyExists: _OfThing,
    errors.BudgetSpent: _BudgetSpent,
    errors.Deleted: _Deleted,
    errors.EditConflict: _EditConflict,
    errors.GenerationRefused: _GenerationRefused,
    errors.InvalidRequest: _InvalidRequest,
    errors.MalformedJson: _MalformedJson,
    errors.NotFound: _NotFound,
    errors.PreconditionFailed: _AsItStands,
    errors.PreconditionRequired: _AsItStands,
    errors.RequestTooLarge: _TooLarge,
    errors.ResponseTooLarge: _TooLarge,
    errors.VersionGone: _AsItStands,
}


def _described(problem: Problem, base: type[ProblemDetails]) -> type[ProblemDetails]:
    status = int(problem.status)
    words = "".join(word.capitalize() for word in problem.type.split("-"))
    members: dict[str, Any] = {
        "type": (Literal[problem.type], ...),
        "title": (Literal[problem.title], ...),
        "status": (Annotated[int, Field(ge=status, le=status)], ...),
    }
    return create_model(f"{words}Problem", __base__=base, __doc__=f"{problem.title}.", **members)


DESCRIBED: Final[Mapping[Problem, type[ProblemDetails]]] = {
    **{
        problem: _described(problem, _WITH_MEMBERS.get(kind, ProblemDetails))
        for kind, problem in PROBLEMS.items()
    },
    **{problem: _described(problem, ProblemDetails) for problem in (INTERNAL, NO_SUCH_ROUTE)},
}
"""What describes an answer of each type of problem."""


class GatewayMessage(Answer):
    """What API Gateway itself answers, before or in place of a function; it is no problem document.

    Attributes:
        message: a few words.
    """

    message: Annotated[str, Field(max_length=1000)]
