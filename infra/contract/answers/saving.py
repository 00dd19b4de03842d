"""What came of edits as it is answered."""

from typing import Annotated, Any

from pydantic import Field

from infra.contract.answers.base import MAX_DELETED, MAX_EXPANDED, Answer, Tag
from infra.contract.answers.slots import SlotAlone
from infra.contract.answers.studios import Studio
from scene_studio.model.identifiers import Id


class Conflict(Answer):
    """A field that others changed too, to another value.

    Attributes:
        pointer: a JSON pointer into the document that the answer brings.
        slot_id: the slot it is in; absent for the studio itself.
        field: its path within the slot, with dots; `deleted` where one side deleted what the other changed.
        base: its value before both edits; null where it had none or it is not known any more.
        mine: its value in this edit, which stands.
        theirs: its value as others left it.
    """

    pointer: Annotated[str, Field(max_length=1000, pattern=r"^(/[^\s].*)?$")]
    slot_id: Id | None = None
    field: Annotated[str, Field(max_length=1000)] | None = None
    base: Any
    mine: Any
    theirs: Any


class FieldProblem(Answer):
    """One thing that is wrong with one member of a request.

    Attributes:
        field: where: a JSON pointer into the body (RFC 6901), or the name of a parameter or header.
        message: what is wrong and what would be right.
    """

    field: Annotated[str, Field(max_length=1_000_000)]
    message: Annotated[str, Field(max_length=1_000_000)]


class Merge(Answer):
    """What a save has to tell beside its outcome.

    Attributes:
        conflicts: the fields that others had changed too, to other values; this edit's stand.
        ignored: parts of a save of all rows that could not be taken, and why.
    """

    conflicts: Annotated[list[Conflict], Field(max_length=MAX_EXPANDED)]
    ignored: Annotated[list[FieldProblem], Field(max_length=MAX_DELETED)]


class SavedStudio(Studio):
    """A studio after an edit.

    Attributes:
        merge: what the save has to tell; absent if all went in as it was.
    """

    merge: Merge | None = None


class SavedSlot(SlotAlone):
    """A slot after an edit.

    Attributes:
        etag: the version of the studio; absent where changes of others were merged that this row does not show.
        merge: what the save has to tell; absent if all went in as it was.
    """

    etag: Tag | None = None
    merge: Merge | None = None


class MergeAlone(Answer):
    """What a save has to tell, where `Prefer: return=minimal` left its outcome out.

    Attributes:
        merge: the conflicts, and what was ignored.
    """

    merge: Merge
