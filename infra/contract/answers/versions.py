"""Versions of studios, and what changed between them, as they are answered."""

from typing import Annotated, Any

from pydantic import Field

from infra.contract.answers.base import MAX_EXPANDED, MAX_LISTED, Answer, Count, Cursor, Tag, Words
from scene_studio.model.identifiers import Id, IsoTime


class StudioVersion(Answer):
    """A version of a studio.

    Attributes:
        version: its id, for `version`, `compare` and `restore`.
        saved_at: when it was written.
        size: in bytes, as stored.
    """

    version: Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[^\s]+$")]
    saved_at: IsoTime
    size: Count


class VersionList(Answer):
    """Some of a studio's versions, newest first.

    Attributes:
        items: the versions.
        next_cursor: asks for those that follow; absent at the end.
    """

    items: Annotated[list[StudioVersion], Field(max_length=MAX_LISTED)]
    next_cursor: Cursor | None = None


class Difference(Answer):
    """One thing that is not as it was.

    Attributes:
        slot_id: the slot it is in; null for the studio itself.
        field: its path, with dots.
        before: its value in the first version; null where it had none.
        after: its value in the second.
        words: a sentence without its full stop.
    """

    slot_id: Id | None
    field: Annotated[str, Field(max_length=1000)]
    before: Any
    after: Any
    words: Words


class Comparison(Answer):
    """What changed between two versions.

    Attributes:
        before: the entity tag of the first.
        after: that of the second.
        changes: the differences, the studio's own first, then slot by slot.
    """

    before: Tag
    after: Tag
    changes: Annotated[list[Difference], Field(max_length=MAX_EXPANDED)]
