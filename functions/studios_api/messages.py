"""What the studio routes take in their bodies, beside `StudioEdit`."""

from typing import Annotated

from pydantic import Field, StrictBool

from scene_studio.model.edits import Request
from scene_studio.model.identifiers import Id
from scene_studio.model.studio import Name


class NewStudio(Request):
    """A studio to create; without an id it is given one."""

    id: Id | None = None
    name: Name | None = None


class NamedStudio(Request):
    """A studio to create under the id in the address."""

    name: Name | None = None


class Restore(Request):
    """An old version to put back.

    Attributes:
        version: its id or its entity tag.
        slot_id: the one slot to put back; absent for the whole studio.
    """

    version: Annotated[str, Field(min_length=1, max_length=1100)]
    slot_id: Id | None = None


class Duplicate(NewStudio):
    """A copy to make.

    Attributes:
        with_history: whether the copy has the revisions and their pictures too, or the slots alone.
    """

    with_history: Annotated[StrictBool, Field()] = False
