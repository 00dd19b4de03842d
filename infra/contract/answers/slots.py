"""Slots as they are answered."""

from typing import Annotated, Literal

from pydantic import Field

from infra.contract.answers.base import MAX_DELETED, MAX_EXPANDED, Address, Answer, Count, Growing, Reason, Tag
from infra.contract.answers.revisions import Revision
from scene_studio.model.identifiers import Id, IsoTime
from scene_studio.model.revision import INLINE_LIMIT, MAX_PRODUCTS_IN_SLOT
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.share import MAX_MARKS, MAX_SHARES, ShareName
from scene_studio.model.studio import MAX_FAVORITES, SlotStatus


class PendingPicture(Answer):
    """A picture that was asked for and has not come.

    Attributes:
        id: the id of the revision that it will be.
        state: whether it may still come.
        asked_at: when it was asked for last.
        reason: why it failed, for people to read.
    """

    id: Id
    state: Literal["pending", "failed"]
    asked_at: IsoTime
    reason: Reason | None = None


class GuestMarks(Answer):
    """The pictures of a slot that guests marked by way of one link.

    Attributes:
        share_id: the link.
        name: what the team calls the link.
        image_ids: the pictures.
    """

    share_id: Id
    name: ShareName | None = None
    image_ids: Annotated[list[Id], Field(max_length=MAX_MARKS)]


class SlotAlone(Growing):
    """A slot with its newest revisions, without the tag of the version it was read at.

    Attributes:
        id: names it within its studio.
        product_ids: the products in it.
        status: what it is doing.
        output_image: where the picture that is shown is: a stable path, or a web address.
        history: the newest revisions, newest first.
        history_count: how many revisions there are in all.
        settings: how its pictures are to look; what is absent has its default.
        favorites: ids of the revisions that people marked.
        error: why the last generation failed, for people to read.
        generation: the pictures that were asked for and have not come.
        guest_favorites: the pictures that guests marked.
    """

    id: Id
    product_ids: Annotated[list[Id], Field(max_length=MAX_PRODUCTS_IN_SLOT)]
    status: SlotStatus
    output_image: Address | None = None
    history: Annotated[list[Revision], Field(max_length=INLINE_LIMIT)]
    history_count: Count
    settings: SceneGenerationSettings
    favorites: Annotated[list[Id], Field(max_length=MAX_FAVORITES)]
    error: Reason | None = None
    generation: Annotated[list[PendingPicture], Field(max_length=MAX_DELETED)]
    guest_favorites: Annotated[list[GuestMarks], Field(max_length=2 * MAX_SHARES)] | None = None


class Slot(SlotAlone):
    """A slot with its newest revisions.

    Attributes:
        etag: the version of the studio that it was read at; to be sent back with the row in a save of all.
    """

    etag: Tag


class ExpandedSlot(Slot):
    """A slot with its whole history.

    Attributes:
        history: all revisions, newest first.
    """

    history: Annotated[list[Revision], Field(max_length=MAX_EXPANDED)]


class DeletedSlot(Answer):
    """A deleted slot, which can be brought back.

    Attributes:
        id: its id.
        deleted_at: when it was deleted.
        restorable_until: until when it can be brought back.
    """

    id: Id
    deleted_at: IsoTime
    restorable_until: IsoTime
