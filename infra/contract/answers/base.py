"""What all descriptions of answers share: the members that are named, and no others."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from scene_studio.model.intent import MAX_REASON

MAX_ADDRESS: Final = 2048
MAX_SIGNED: Final = 8192
MAX_LISTED: Final = 100
MAX_DELETED: Final = 10_000
MAX_EXPANDED: Final = 50_000


class Answer(BaseModel):
    """A part of an answer: camelCase; a member whose default is None may be absent, and is never null."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


class OpenAnswer(BaseModel):
    """A part of an answer that gives back members of other names as they came."""

    model_config = ConfigDict(alias_generator=to_camel, extra="allow")


class Growing(OpenAnswer):
    """A part of an answer with the members of a stored document, which may come from a later version."""


Address = Annotated[str, Field(max_length=MAX_ADDRESS, pattern=r"^(/[^\s]*|[Hh][Tt]{2}[Pp][Ss]?://[^\s]+)$")]
"""A stable path of this service, or a web address of another place."""

OwnAddress = Annotated[str, Field(max_length=MAX_ADDRESS, pattern=r"^/[^\s]*$")]
"""A stable path of this service, with a query perhaps."""

SignedAddress = Annotated[str, Field(max_length=MAX_SIGNED, pattern=r"^(/|https?://)[^\s]+$")]
"""An address that is good for some minutes."""

Tag = Annotated[str, Field(max_length=1100, pattern=r'^"[\x21\x23-\x7e]*"$')]
"""A strong entity tag."""

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Pixels = Annotated[int, Field(ge=1, le=100_000)]
TotalMicros = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""Millionths of a US dollar, of many pictures."""

Words = Annotated[str, Field(max_length=20_000)]
"""Text for people to read."""

Cursor = Annotated[str, Field(min_length=1, max_length=1100)]

Reason = Annotated[str, Field(max_length=MAX_REASON)]
"""Why something failed, for people to read."""
