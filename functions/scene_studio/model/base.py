"""What all of the model's nouns share: immutable, camelCase in JSON, unknown members kept."""

import re
from dataclasses import dataclass
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_LINES: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Model(BaseModel):
    """An immutable value with camelCase JSON.

    Members that this version does not know are kept, so that functions of two versions can write the same
    document while a deployment rolls. Members that are None are absent in JSON.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        extra="allow",
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )

    def to_json(self) -> dict[str, Any]:
        """The JSON members of this value, as Python values, without those that are None."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def replace(self, **changes: Any) -> Self:
        """A copy with these members changed; the values must already be of the right types."""
        return self.model_copy(update=changes)


@dataclass(frozen=True, slots=True)
class Text:
    """A rule for text that people type: its length in characters, and no control characters.

    Attributes:
        maximum: the most characters (Unicode code points).
        empty: whether nothing, or only white space, will do.
        multiline: whether line feeds and tabs will do.
    """

    maximum: int
    empty: bool = False
    multiline: bool = False

    def check(self, value: str) -> str:
        """Return the text unchanged.

        Raises:
            PydanticCustomError: the text breaks this rule; the message says how.
        """
        if len(value) > self.maximum:
            raise PydanticCustomError(
                "text_too_long",
                "at most {maximum} characters, this has {length}",
                {"maximum": self.maximum, "length": len(value)},
            )
        if not self.empty and not value.strip():
            raise PydanticCustomError("text_blank", "must not be blank")
        if (_CONTROL_IN_LINES if self.multiline else _CONTROL).search(value):
            raise PydanticCustomError("text_control", "must not hold control characters")
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))


@dataclass(frozen=True, slots=True)
class Items:
    """A rule for arrays: how many items they have, and how many wrong ones are told.

    A body has room for a million items, and pydantic would spell out what is wrong with each.

    Attributes:
        maximum: the most items.
        minimum: the fewest.
        all_told: whether each item that is wrong is told, and not the first alone; an array that is too long is
            refused then before its items are looked at.
    """

    maximum: int
    minimum: int = 0
    all_told: bool = False

    def check(self, value: Any) -> Any:
        """Return the value unchanged, whatever it is.

        Raises:
            PydanticCustomError: it is an array that is too long.
        """
        if isinstance(value, list | tuple) and len(value) > self.maximum:
            context = {"max_length": self.maximum, "actual_length": len(value)}
            raise PydanticCustomError("too_long", "at most {max_length} items, not {actual_length}", context)
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        limits = {"max_length": self.maximum, "fail_fast": not self.all_told}
        if self.minimum:
            limits["min_length"] = self.minimum
        schema: Any = {**handler(source), **limits}
        return core_schema.no_info_before_validator_function(self.check, schema) if self.all_told else schema
