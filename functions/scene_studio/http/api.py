"""The resolver that every HTTP function is built on: validation on, and every error a problem document."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic_core import to_json

from scene_studio import runtime
from scene_studio.http import problems
from scene_studio.http.admission import (
    check_path_ids,
    check_tenant,
    is_preflight,
    json_object,
    with_json_body,
)
from scene_studio.http.entity_tags import entity_tag
from scene_studio.http.merge_view import conflicts_view
from scene_studio.http.problems import Problem
from scene_studio.http.views import current_view
from scene_studio.model.errors import (
    Busy,
    EditConflict,
    InvalidRequest,
    OutcomeUnknown,
    RefusedAsItStands,
    SceneStudioError,
    UnsupportedMediaType,
)
from scene_studio.store.commit import RETRY_AFTER_SECONDS

_HEADERS = {
    "cache-control": "private, no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class Api(APIGatewayHttpResolver):
    """A resolver whose every answer, good or bad, has one form: JSON, or a problem document."""

    def __init__(self) -> None:
        super().__init__(enable_validation=True, json_body_deserializer=json_object, debug=False)
        self.exception_handler(SceneStudioError)(self.refused)
        self.exception_handler(RequestValidationError)(self._invalid)
        self.exception_handler(RequestUnsupportedContentType)(self._unsupported)
        self.exception_handler(NotFoundError)(self._no_such_route)
        self.exception_handler(Exception)(self._broken)

    def resolve(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer an API Gateway HTTP API event (payload format 2.0)."""
        self.append_context(event=event, remaining_ms=context.get_remaining_time_in_millis())  # type: ignore[no-untyped-call]
        if is_preflight(event):
            return self._answer(
                Response(int(HTTPStatus.NO_CONTENT), content_type=None, headers=_HEADERS, body="")
            )
        try:
            if runtime.environment().tenancy == "token":
                check_tenant(event, runtime.environment().tenant_claim)
            check_path_ids(event)
            admitted = with_json_body(event)
        except SceneStudioError as error:
            answer = self._answer(self.refused(error))
        else:
            answer = super().resolve(admitted, context)
        answer["headers"] = {**_HEADERS, **answer.get("headers", {})}
        return answer

    def refused(self, error: SceneStudioError) -> Response[Any]:
        """The answer to an error of ours."""
        problem = problems.problem_for(error)
        headers = {}
        if isinstance(error, Busy | OutcomeUnknown):
            headers["retry-after"] = str(RETRY_AFTER_SECONDS)
            runtime.logger.warning("gave up", problem=problem.type)
        if problem.status == HTTPStatus.UNAUTHORIZED:
            headers["www-authenticate"] = "Bearer"
        members = dict(error.members)
        if isinstance(error, RefusedAsItStands) and error.current is not None:
            headers["etag"] = members["etag"] = entity_tag(error.current)
            members["current"] = current_view(error.current)
        if isinstance(error, EditConflict):
            members["conflicts"] = conflicts_view(error.current.document, error.conflicts)
        return self._problem(problem, error.detail, members, headers)

    def _invalid(self, error: RequestValidationError) -> Response[Any]:
        return self.refused(InvalidRequest(problems.field_errors(error.errors())))

    def _unsupported(self, _: RequestUnsupportedContentType) -> Response[Any]:
        return self.refused(UnsupportedMediaType("Send JSON as application/json."))

    def _no_such_route(self, _: NotFoundError) -> Response[Any]:
        detail = "There is nothing at this address for this method; the README lists what there is."
        return self._problem(problems.NO_SUCH_ROUTE, detail)

    def _broken(self, error: Exception) -> Response[Any]:
        runtime.logger.exception("unexpected error", exc_info=error)
        detail = (
            "The request could not be answered, and whether it changed anything is not known. Repeat it with "
            "the same Idempotency-Key; if this happens again, report the requestId."
        )
        return self._problem(problems.INTERNAL, detail)

    def _problem(
        self,
        problem: Problem,
        detail: str,
        members: Mapping[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response[Any]:
        event = self.context["event"]
        request_id = str(event.get("requestContext", {}).get("requestId", ""))
        body = problems.document(problem, detail, str(event.get("rawPath", "")), request_id, members)
        return Response(
            status_code=int(problem.status),
            content_type=problems.CONTENT_TYPE,
            headers=dict(headers or {}),
            body=to_json(body).decode(),
        )

    def _answer(self, response: Response[Any]) -> dict[str, Any]:
        self.clear_context()  # type: ignore[no-untyped-call]
        return {
            "statusCode": response.status_code,
            "headers": {name: str(value) for name, value in response.headers.items()},
            "body": response.body,
            "isBase64Encoded": False,
        }


def entry_point(api: Api) -> Callable[[dict[str, Any], LambdaContext], dict[str, Any]]:
    """The Lambda handler of a function: answers an event, with a log context and one metric for its outcome."""

    @runtime.logger.inject_lambda_context
    def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        # The id that an answer tells is API Gateway's; with it, the lines of its request are found.
        runtime.logger.set_correlation_id(str(event.get("requestContext", {}).get("requestId", "")))
        answer = api.resolve(event, context)
        outcome = f"Status{answer['statusCode'] // 100}xx"
        runtime.metrics.add_metric(name=outcome, unit=MetricUnit.Count, value=1)
        runtime.metrics.flush_metrics()
        runtime.metrics.clear_metrics()  # where metrics are switched off, flushing would let them pile up
        return answer

    return lambda_handler


def json_answer(
    value: Any, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response[Any]:
    """An answer whose body is this value as JSON."""
    return Response(
        status_code=int(status),
        content_type="application/json",
        headers=dict(headers or {}),
        body=to_json(value, by_alias=True, exclude_none=True).decode(),
    )
