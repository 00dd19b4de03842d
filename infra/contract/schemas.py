"""JSON Schemas of what is sent and answered, from the very types that check it.

Pydantic tells the limits that it knows. What functions of ours check, it takes for granted; so each such
function is told here what it means in JSON Schema, and one that nobody told is an error.
"""

import inspect
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from infra.contract.rules import RULES
from scene_studio.http.uploads import CONTENT_TYPES, ContentType, FileSize
from scene_studio.model.base import Text
from scene_studio.model.costs import Month
from scene_studio.model.identifiers import ID_PATTERN, ISO_TIME_PATTERN, Id, IsoTime
from scene_studio.model.revision import Sha256
from scene_studio.model.settings import MAX_UNKNOWN_SETTINGS, SceneGenerationSettings
from scene_studio.model.upload import MAX_UPLOAD_BYTES, Color

REFERENCE: Final = "#/components/schemas/{model}"
_MAX_INT32: Final = 2**31 - 1
_CONTROL: Final = r"\x00-\x1f\x7f-\x9f"
_CONTROL_IN_LINES: Final = r"\x00-\x08\x0b-\x1f\x7f-\x9f"


def _checked_by(annotated: Any) -> Callable[..., Any]:
    """The function that checks values of an annotated type."""
    (function,) = [one.func for one in get_args(annotated)[1:] if hasattr(one, "func")]
    return function  # type: ignore[no-any-return]


def _pattern_of(annotated: Any) -> str:
    (constraints,) = get_args(annotated)[1:]
    return str(constraints.pattern)


def _in_any_case(words: Collection[str]) -> JsonSchemaValue:
    """One of these words, of which capitals are as good."""
    letters = [[f"[{one.upper()}{one}]" if one.isalpha() else one for one in word] for word in words]
    either = "|".join(map("".join, letters))
    return {"pattern": f"^({either})$", "maxLength": max(map(len, words)), "examples": list(words)}


_MEANINGS: Final[Mapping[Callable[..., Any], JsonSchemaValue]] = {
    _checked_by(Id): {"pattern": ID_PATTERN, "minLength": 1, "maxLength": 64},
    _checked_by(IsoTime): {"format": "date-time", "pattern": ISO_TIME_PATTERN, "maxLength": 35},
    _checked_by(ContentType): _in_any_case(CONTENT_TYPES),
    _checked_by(FileSize): {"minimum": 1, "maximum": MAX_UPLOAD_BYTES, "format": "int32"},
}

_LONGEST: Final[Mapping[str, int]] = {
    _pattern_of(Sha256): 64,
    _pattern_of(Month): len("2026-11"),
    _pattern_of(Color): len("#ffffff"),
}
"""The most characters that a pattern lets through."""


def _meaning(function: Callable[..., Any]) -> JsonSchemaValue:
    """What passes a function, in JSON Schema.

    Raises:
        KeyError: nobody told what it checks.
    """
    rule = getattr(function, "__self__", None)
    if not isinstance(rule, Text):
        return _MEANINGS[function]
    refused = _CONTROL_IN_LINES if rule.multiline else _CONTROL
    shown = rf"([^\s{refused}]|\ufeff)"  # U+FEFF is white space to JavaScript alone
    pattern = f"^[^{refused}]*$" if rule.empty else f"^[^{refused}]*{shown}[^{refused}]*$"
    return {"pattern": pattern, "minLength": 0 if rule.empty else 1, "maxLength": rule.maximum}


class BodySchema(GenerateJsonSchema):
    """What may be sent: a member may be absent, and where null clears it or says nothing, null."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic calls it so
        """Titles would only repeat the names of members."""
        return False

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        """What one of our functions checks."""
        inner = super().function_after_schema(schema)
        if schema["schema"]["type"] == "model":
            return inner
        return inner | _meaning(schema["function"]["function"])

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """A text, with the length that its pattern lets it have."""
        found = super().str_schema(schema)
        longest = _LONGEST.get(found.get("pattern", ""))
        return found if longest is None else {**found, "maxLength": longest}

    def union_schema(self, schema: core_schema.UnionSchema) -> JsonSchemaValue:
        """One of several; a number may be a whole one without being told."""
        found = super().union_schema(schema)
        choices = found.get("anyOf", [])
        if {"type": "number"} in choices:
            found["anyOf"] = [one for one in choices if one.get("type") != "integer"]
        return found

    def int_schema(self, schema: core_schema.IntSchema) -> JsonSchemaValue:
        """A whole number, with the width that its limits need."""
        found = super().int_schema(schema)
        wide = max(abs(found.get("minimum", 0)), found.get("maximum", _MAX_INT32 + 1)) > _MAX_INT32
        return {**found, "format": "int64" if wide else "int32"}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A value with its default; that of None says only that a member may be absent."""
        found = super().default_schema(schema)
        if found.get("default", ...) is None:
            del found["default"]
        return found

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """An object, its members described by the docstrings of their class and of its bases."""
        found = super().model_schema(schema)
        found.pop("title", None)
        model = schema["cls"]
        found["description"] = _parts(model)[0]
        if model.model_config.get("extra") == "ignore":
            found["additionalProperties"] = True
        for name, text in _described(model).items():
            member = found["properties"].get(model.model_fields[name].alias or name)
            if member is not None:
                member["description"] = text
        found |= RULES.get(model, {})
        if issubclass(model, SceneGenerationSettings):
            found["maxProperties"] = len(found["properties"]) + MAX_UNKNOWN_SETTINGS
        return found


class AnswerSchema(BodySchema):
    """What is answered: a member whose default is None is absent rather than null (`json_answer`)."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A value that may be absent."""
        inner = schema["schema"]
        if inner["type"] == "nullable" and schema.get("default", ...) is None:
            return self.generate_inner(inner["schema"])
        return self.generate_inner(inner)


def _described(model: type[BaseModel]) -> dict[str, str]:
    """What docstrings say of a model's members, by their Python names."""
    told: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base.__doc__:
            told |= {name: text for name, text in _parts(base)[1].items() if name in model.model_fields}
    return told


def _parts(model: type[BaseModel]) -> tuple[str, dict[str, str]]:
    """A docstring's text, and what its section of attributes says of each."""
    text, _, attributes = inspect.cleandoc(model.__doc__ or "").partition("\nAttributes:\n")
    found = re.findall(r"^ {4}(\w+): ((?:.|\n {8})*)", attributes, re.MULTILINE)
    return prose(text), {name: sentence(prose(said)) for name, said in found}


def prose(text: str) -> str:
    """A docstring's text with a line for each paragraph."""
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


def sentence(text: str) -> str:
    """A text that begins with a capital and ends with a full stop."""
    return text[:1].upper() + text[1:].rstrip(".") + "."
