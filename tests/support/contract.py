"""Holds what functions answer, and what they take, to the contract."""

import base64
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from infra.contract.answers import clients, saving, slots, studios
from infra.contract.answers.base import Growing

FILE: Final = Path(__file__).resolve().parents[2] / "functions" / "openapi.json"
LATER: Final = "someday"
"""What tests call a member that a later version has written."""
_GROWING: Final = {
    name
    for module in (clients, saving, slots, studios)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, Growing)
}
_HERE: Final = "urn:scene-studio:contract"
_JSON: Final = {"application/json", "application/problem+json"}
_OF_EVERY_ANSWER: Final = {"content-type"}


@cache
def contract() -> dict[str, Any]:
    """The contract as it is committed."""
    document: dict[str, Any] = json.loads(FILE.read_bytes())
    return document


def operation(route_key: str) -> tuple[str, dict[str, Any]] | None:
    """The operation of a route with the pointer to it, or None if the contract leaves the route out."""
    method, _, path = route_key.partition(" ")
    found = contract()["paths"].get(path, {}).get(method.lower())
    return None if found is None else (f"/paths/{escaped(path)}/{method.lower()}", found)


def assert_as_described(event: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """See that an answer, and the body that was taken if it succeeded, are as the contract says.

    Args:
        event: the event that a function was given.
        answer: what it answered.
    """
    found = operation(event["routeKey"])
    if found is None:
        return
    pointer, described = found
    status = str(answer["statusCode"])
    assert status in described["responses"], f"{event['routeKey']} does not say that it answers {answer}"
    place, response = resolved(f"{pointer}/responses/{status}", described["responses"][status])
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    _assert_headers(place, response, headers)
    _assert_body(place, response, headers, answer)
    if status.startswith("2") and "requestBody" in described and event.get("body"):
        body = base64.b64decode(event["body"]) if event.get("isBase64Encoded") else event["body"]
        validate(f"{pointer}/requestBody/content/application~1json/schema", json.loads(body))


def _assert_headers(place: str, response: Mapping[str, Any], headers: Mapping[str, str]) -> None:
    described = {name.lower(): name for name in response.get("headers", {})}
    assert headers.keys() - _OF_EVERY_ANSWER <= described.keys(), f"{place} does not describe all of {headers}"
    for lower, name in described.items():
        at, header = resolved(f"{place}/headers/{escaped(name)}", response["headers"][name])
        if lower in headers:
            validate(f"{at}/schema", headers[lower])
        else:
            assert not header.get("required"), f"{place} says that there is always {name}"


def _assert_body(
    place: str, response: Mapping[str, Any], headers: Mapping[str, str], answer: Mapping[str, Any]
) -> None:
    if "content" not in response:
        assert not answer["body"], f"{place} says that there is no body"
        return
    media_type = headers["content-type"].partition(";")[0]
    assert media_type in response["content"], f"{place} says nothing of {media_type}"
    if media_type in _JSON:
        validate(f"{place}/content/{escaped(media_type)}/schema", json.loads(answer["body"]))


def resolved(pointer: str, part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A part of the contract and its pointer, or what it is a reference to."""
    while "$ref" in part:
        pointer = part["$ref"].removeprefix("#")
        part = contract()
        for step in pointer.split("/")[1:]:
            part = part[step.replace("~1", "/").replace("~0", "~")]
    return pointer, part


def escaped(step: str) -> str:
    """A step of a JSON pointer."""
    return step.replace("~", "~0").replace("/", "~1")


def validate(pointer: str, value: Any) -> None:
    """See that a value is as the schema says to which the pointer leads."""
    error = next(_validator(pointer).iter_errors(value), None)
    assert error is None, f"{pointer} does not describe {value!r}: {error}"


@cache
def _validator(pointer: str) -> jsonschema_rs.Draft202012Validator:
    reference = _HERE + "#" + pointer.replace("%", "%25").replace("{", "%7B").replace("}", "%7D")
    return jsonschema_rs.Draft202012Validator({"$ref": reference}, registry=_registry(), validate_formats=True)


@cache
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(_HERE, closed(contract()))])


def closed(document: dict[str, Any]) -> dict[str, Any]:
    """The contract without room for members of later versions, so that all of this one's are described."""
    schemas = dict(document["components"]["schemas"])
    for name in _GROWING & schemas.keys():
        members = {**schemas[name]["properties"], LATER: True}
        schemas[name] = {**schemas[name], "properties": members, "additionalProperties": False}
    return {**document, "components": {**document["components"], "schemas": schemas}}
