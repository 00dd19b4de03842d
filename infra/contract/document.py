"""The contract: one OpenAPI document over all functions.

Routes come from the route table, parameters and bodies from what validates them, problems from the table of
errors, and answers from `infra.contract.answers`; `infra.contract.operations` says which answers each route
gives.
"""

import importlib
import inspect
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aws_lambda_powertools.event_handler.api_gateway import Route as HandledRoute
from pydantic import TypeAdapter

from infra.contract.answering import needs_token, problems_of, refusals, success_response
from infra.contract.examples import EXAMPLES
from infra.contract.headers import headers
from infra.contract.links import add_links
from infra.contract.operation import JSON, Operation
from infra.contract.operations import clients, generation, scenes, shares, slots, studios, web
from infra.contract.parameters import dependencies_of, parameters_of
from infra.contract.refused import problem_examples
from infra.contract.schemas import REFERENCE, AnswerSchema, BodySchema, prose
from infra.contract.texts import DESCRIPTION, SECURITY, SUMMARY, TAGS, TITLE
from infra.routes import DEFAULT_PATH, ROUTES, Route
from shares_api.guests import share_token

_ROOT: Final = Path(__file__).resolve().parents[2]
_MERGE_PATCH: Final = "application/merge-patch+json"
_DECLARED: Final[Mapping[str, Operation]] = {
    **clients.OPERATIONS,
    **studios.OPERATIONS,
    **slots.OPERATIONS,
    **generation.OPERATIONS,
    **scenes.OPERATIONS,
    **shares.OPERATIONS,
    **web.OPERATIONS,
}


def document() -> dict[str, Any]:
    """The whole document."""
    writer = _Writer()
    paths: dict[str, dict[str, Any]] = {}
    for route, handled in described_routes():
        paths.setdefault(route.path, {})[route.method.lower()] = writer.operation(route, handled)
    add_links(paths)
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": project["version"],
            "summary": SUMMARY,
            "description": DESCRIPTION,
        },
        "servers": [{"url": "/", "description": "The origin that this document was read from."}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": writer.schemas(),
            "responses": dict(sorted(writer.responses.items())),
            "headers": headers(json.dumps([paths, writer.responses])),
            "securitySchemes": SECURITY,
        },
    }


def described_routes() -> list[tuple[Route, HandledRoute]]:
    """The routes that callers of the API use, in the order of the table: not the page's own, which are HTML."""
    handled = {}
    for function in dict.fromkeys(route.function for route in ROUTES):
        app = importlib.import_module(f"{function}.handler").app
        for one in [*app._static_routes, *app._dynamic_routes]:  # noqa: SLF001 - listed nowhere else
            handled[one.method, re.sub(r"<(\w+)>", r"{\1}", one.path)] = one
    return [
        (route, handled[route.method, route.path])
        for route in ROUTES
        if route.path != DEFAULT_PATH and (route.path.startswith("/api/") or route.path == "/scenes/{file}")
    ]


@dataclass(slots=True)
class _Writer:
    """Writes operations, and keeps what they refer to.

    Attributes:
        bodies: the types that are sent, by the names of references to them.
        answers: the types that are answered, likewise.
        responses: the responses that refuse, by name.
    """

    bodies: list[Any] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    responses: dict[str, Any] = field(default_factory=dict)

    def operation(self, route: Route, handled: HandledRoute) -> dict[str, Any]:
        """An operation."""
        name = handled.func.__name__
        declared = _DECLARED[name]
        body = next((one.field_info.annotation for one in handled.dependant.body_params), None)
        closed = needs_token(route)
        problems = problems_of(declared, route, handled)
        responses = {str(one.status): success_response(one, self._answer) for one in declared.successes}
        for status, (named, response) in refusals(problems, closed=closed, reference=self._answer).items():
            self.responses[named] = response
            responses[str(status)] = {"$ref": f"#/components/responses/{named}"}
        guest = share_token in dependencies_of(handled.func)
        summary, _, more = inspect.cleandoc(handled.func.__doc__ or "").partition("\n")
        written: dict[str, Any] = {
            "operationId": re.sub(r"_(\w)", lambda letter: letter[1].upper(), name),
            "tags": [declared.tag],
            "summary": summary.rstrip("."),
            "description": prose(f"{summary}\n{more}"),
            "security": [{"bearer": []}] if closed else [{"shareToken": []}] if guest else [],
            "parameters": parameters_of(handled),
            "requestBody": body and self._body(body, declared.example, route.method),
            "responses": responses,
        }
        return {name: part for name, part in written.items() if part or name == "security"}

    def _body(self, body: Any, example: Any, method: str) -> dict[str, Any]:
        if body not in self.bodies:
            self.bodies.append(body)
        content = {"schema": {"$ref": REFERENCE.format(model=body.__name__)}, "example": example}
        types = (_MERGE_PATCH, JSON) if method == "PATCH" else (JSON,)
        return {"required": True, "content": dict.fromkeys(types, content)}

    def _answer(self, body: Any) -> dict[str, Any]:
        """A reference to the description of an answer, which must be a class or several."""
        parts = getattr(body, "__args__", (body,))
        for part in parts:
            if part not in self.answers:
                self.answers.append(part)
        references = [{"$ref": REFERENCE.format(model=part.__name__)} for part in parts]
        return references[0] if len(references) == 1 else {"anyOf": references}

    def schemas(self) -> dict[str, Any]:
        """The descriptions of all types that were referred to.

        A type that is both sent and answered has two: where it is sent, null is a value too.
        """
        answers = _definitions(self.answers, AnswerSchema)
        bodies = _definitions(self.bodies, BodySchema)
        twice = {name for name in answers.keys() & bodies.keys() if "enum" not in answers[name]}
        renamed = {name: f"{name}Edit" if name in twice else name for name in bodies}
        sent = {renamed[name]: _renamed(schema, renamed) for name, schema in bodies.items()}
        for name, example in {**EXAMPLES, **problem_examples()}.items():
            if name in answers:
                answers[name]["examples"] = [example]
        return dict(sorted({**sent, **answers}.items()))


def _definitions(types: Iterable[Any], generator: type[BodySchema]) -> dict[str, Any]:
    inputs = [(str(at), "validation", TypeAdapter(one)) for at, one in enumerate(types)]
    _, found = TypeAdapter.json_schemas(inputs, schema_generator=generator, ref_template=REFERENCE)  # type: ignore[arg-type]
    definitions: dict[str, Any] = found["$defs"]
    return definitions


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    """A schema whose references lead to other names."""
    if isinstance(schema, list):
        return [_renamed(part, names) for part in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {name: _renamed(part, names) for name, part in schema.items()}
    if isinstance(schema.get("$ref"), str):
        changed["$ref"] = REFERENCE.format(model=names[schema["$ref"].rpartition("/")[2]])
    return changed
