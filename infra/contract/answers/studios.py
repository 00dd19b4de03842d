"""Studios as they are answered."""

from typing import Annotated

from pydantic import Field

from infra.contract.answers.base import MAX_DELETED, MAX_LISTED, Answer, Count, Cursor, Growing, OwnAddress
from infra.contract.answers.scenes import UserScene
from infra.contract.answers.slots import DeletedSlot, ExpandedSlot, Slot
from scene_studio.model.identifiers import Id, IsoTime
from scene_studio.model.scene import MAX_USER_SCENES
from scene_studio.model.studio import MAX_SLOTS, Name


class Studio(Growing):
    """A studio with the newest revisions of each slot.

    Attributes:
        id: names it within its client.
        name: for people.
        client_id: whose it is.
        output_slots: its slots, in order.
        user_scenes: the scenes of the team's own.
        deleted_slots: the slots that can be brought back.
        created_at: when it was made.
        updated_at: when it was changed last.
        deleted_at: when it was deleted, in an answer that refuses an edit of a deleted studio.
    """

    id: Id
    name: Name
    client_id: Id
    output_slots: Annotated[tuple[Slot, ...], Field(max_length=MAX_SLOTS)]
    user_scenes: Annotated[list[UserScene], Field(max_length=2 * MAX_USER_SCENES)]
    deleted_slots: Annotated[list[DeletedSlot], Field(max_length=MAX_DELETED)]
    created_at: IsoTime
    updated_at: IsoTime
    deleted_at: IsoTime | None = None


class ExpandedStudio(Studio):
    """A studio with the whole history of every slot.

    Attributes:
        output_slots: its slots, in order.
    """

    output_slots: Annotated[tuple[ExpandedSlot, ...], Field(max_length=MAX_SLOTS)]


class StudioSummary(Answer):
    """A studio in a list; null where the stored object does not tell.

    Attributes:
        id: names it within its client.
        name: for people.
        client_id: whose it is.
        updated_at: when it was changed last.
        slot_count: how many slots it has.
        revision_count: how many revisions they have.
        cover_image: the picture that stands for it.
        deleted_at: when it was deleted, if it was.
        restorable_until: until when it can surely be brought back.
    """

    id: Id
    name: Name | None
    client_id: Id
    updated_at: IsoTime | None
    slot_count: Count | None
    revision_count: Count | None
    cover_image: OwnAddress | None = None
    deleted_at: IsoTime | None = None
    restorable_until: IsoTime | None = None


class StudioList(Answer):
    """Some of a client's studios.

    Attributes:
        items: the studios.
        next_cursor: asks for those that follow; absent at the end.
    """

    items: Annotated[list[StudioSummary], Field(max_length=MAX_LISTED)]
    next_cursor: Cursor | None = None
