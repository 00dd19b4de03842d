"""The responses of an operation: how it succeeds, and with which problems it is refused."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.event_handler.api_gateway import Route as HandledRoute

from infra.contract.answers.problems import DESCRIBED, GatewayMessage
from infra.contract.headers import EVERY, header
from infra.contract.operation import ETAG, JSON, RETRY_AFTER, Operation, Success
from infra.contract.parameters import READ_FROM_HEADERS, dependencies_of
from infra.routes import Route
from scene_studio import runtime
from scene_studio.http import requests
from scene_studio.http.admission import is_open, tenant_of
from scene_studio.http.problems import CONTENT_TYPE, INTERNAL, NO_SUCH_ROUTE, PROBLEMS, Problem
from scene_studio.model import errors
from scene_studio.model.errors import SceneStudioError

_GATEWAY: Final[Mapping[int, str]] = {
    413: "the body is over 10 MB",
    429: "too many requests at once",
    500: "the function broke off",
    503: "the function did not answer in time",
}
"""What the gateway answers by itself, whatever the route."""

_OF_TOKENS: Final[Mapping[int, str]] = {401: "there is no valid token", 403: "the token does not suffice"}
"""What it answers where a token is needed."""

_CHALLENGE: Final = "WWW-Authenticate"

Reference = Callable[[Any], dict[str, Any]]
"""The schema of a type, as a reference to where it is described."""


def needs_token(route: Route) -> bool:
    """Whether a function answers only who has a token."""
    return not is_open(route.path)


def problems_of(operation: Operation, route: Route, handled: HandledRoute) -> list[Problem]:
    """The types of problems that an operation answers, by their statuses.

    Args:
        operation: what is said of the operation.
        route: its route.
        handled: the same as its function has it.
    """
    given = dependencies_of(handled.func)
    fields = [*handled.dependant.path_params, *handled.dependant.query_params]
    kinds: set[type[SceneStudioError]] = set(operation.refusals)
    if fields or handled.dependant.body_params or given & READ_FROM_HEADERS:
        kinds.add(errors.InvalidRequest)
    if handled.dependant.body_params:
        kinds |= {errors.MalformedJson, errors.RequestTooLarge, errors.UnsupportedMediaType}
    if given & {runtime.clients, runtime.studios}:
        kinds.add(errors.Busy)
    if requests.change in given:
        kinds.add(errors.OutcomeUnknown)
        if needs_token(route):  # what guests do is remembered under no key
            kinds.add(errors.IdempotencyKeyReused)
    if needs_token(route):
        kinds.add(errors.Unauthenticated)
    if tenant_of(route.path) is not None:
        kinds.add(errors.Forbidden)
    found = [*(PROBLEMS[kind] for kind in kinds), INTERNAL]
    if any(not one.alias.endswith("Id") for one in handled.dependant.path_params):
        found.append(NO_SUCH_ROUTE)  # some characters no route takes; in ids they are refused before
    return sorted(found, key=lambda problem: (problem.status, problem.type))


def success_response(success: Success, reference: Reference) -> dict[str, Any]:
    """A response that is no problem."""
    response: dict[str, Any] = {"description": success.meaning}
    names = [*EVERY, *success.headers]
    response["headers"] = {name: header(name, always=True) for name in names} | {
        name: header(name, always=False) for name in success.may_have
    }
    if success.body is not None:
        response["content"] = {success.media_type: {"schema": reference(success.body)}}
    elif success.media_type != JSON:
        response["content"] = {success.media_type: {}}
    return response


def refusals(
    problems: Iterable[Problem], *, closed: bool, reference: Reference
) -> dict[int, tuple[str, dict[str, Any]]]:
    """The responses that refuse an operation, by status, each with a name that no other one has.

    Args:
        problems: the types of problems it answers.
        closed: whether it needs a token.
        reference: gives the schema of a type.
    """
    by_status: dict[int, list[Problem]] = {}
    for problem in problems:
        by_status.setdefault(int(problem.status), []).append(problem)
    gateway = {**_GATEWAY, **(_OF_TOKENS if closed else {})}
    return {
        status: _refusal(status, by_status.get(status, []), gateway.get(status), reference)
        for status in sorted(by_status.keys() | gateway.keys())
    }


def _refusal(
    status: int, problems: list[Problem], of_gateway: str | None, reference: Reference
) -> tuple[str, dict[str, Any]]:
    lines = [f"`{problem.type}`: {problem.title}." for problem in problems]
    content: dict[str, Any] = {}
    if problems:
        content[CONTENT_TYPE] = {"schema": _one_of([reference(DESCRIBED[problem]) for problem in problems])}
    if of_gateway:
        lines.append(f"The gateway itself, in `application/json`: {of_gateway}.")
        content[JSON] = {"schema": reference(GatewayMessage)}
    headers = _headers_of(status, {problem.type for problem in problems})
    named = [problem.type for problem in problems] + (["gateway"] if of_gateway else [])
    response = {
        "description": "\n\n".join(lines),
        "headers": {name: header(name, always=not of_gateway) for name in EVERY if problems}
        | {name: header(name, always=False) for name in headers},
        "content": content,
    }
    return ".".join([str(status), *named]), {name: part for name, part in response.items() if part}


def _headers_of(status: int, types: set[str]) -> list[str]:
    names = []
    if status == HTTPStatus.UNAUTHORIZED:
        names.append(_CHALLENGE)
    if types & {"busy", "outcome-unknown"}:
        names.append(RETRY_AFTER)
    if types & {"edit-conflict", "precondition-failed", "precondition-required", "version-gone"}:
        names.append(ETAG)
    return names


def _one_of(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    return schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
