"""Studios, slots and revisions as they are answered."""

from typing import Annotated, Any, Literal

from pydantic import Field

from infra.contract.answers.base import (
    Address,
    Answer,
    Count,
    Cursor,
    Growing,
    OpenAnswer,
    OwnAddress,
    Pixels,
    SignedAddress,
    Tag,
    Words,
)
from infra.contract.answers.scenes import UserScene
from scene_studio.model.costs import Micros
from scene_studio.model.identifiers import Id, IsoTime
from scene_studio.model.intent import MAX_REASON
from scene_studio.model.revision import (
    INLINE_LIMIT,
    MAX_DEBUG_PROMPT,
    MAX_PRODUCTS_IN_SLOT,
    Milliseconds,
    Sha256,
)
from scene_studio.model.scene import MAX_USER_SCENES
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.share import MAX_MARKS, MAX_SHARES, ShareName
from scene_studio.model.studio import MAX_FAVORITES, MAX_SLOTS, Name, SlotStatus

MAX_LISTED: int = 100
MAX_DELETED: int = 10_000
MAX_EXPANDED: int = 50_000

Reason = Annotated[str, Field(max_length=MAX_REASON)]


class Revision(OpenAnswer):
    """A generated picture with all that made it; members of other names are those that it was imported with.

    Attributes:
        id: names it within its slot.
        url: where its picture is: a stable path, or a web address that it was imported with.
        timestamp: when it was made, in milliseconds since the Unix epoch.
        product_ids: the products that stand in it.
        product_names: their names when it was made.
        settings: the settings it was made with.
        debug_prompt: the prompt that the image model was given.
        model: the image model.
        seed: the seed that the image model was given.
        width: in pixels.
        height: in pixels.
        took_milliseconds: how long making it took.
        cost_micros: what it cost, in millionths of a US dollar.
        sha256: that of the picture as stored.
    """

    id: Id
    url: Address
    timestamp: Milliseconds
    product_ids: Annotated[list[Id], Field(max_length=MAX_PRODUCTS_IN_SLOT)]
    product_names: Annotated[
        list[Annotated[str, Field(max_length=200)]], Field(max_length=MAX_PRODUCTS_IN_SLOT)
    ]
    settings: SceneGenerationSettings
    debug_prompt: Annotated[str, Field(max_length=MAX_DEBUG_PROMPT)] | None = None
    model: Words | None = None
    seed: Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1)] | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    took_milliseconds: Milliseconds | None = None
    cost_micros: Micros | None = None
    sha256: Sha256 | None = None


class HistoryRevision(Revision):
    """A revision in its slot's history.

    Attributes:
        inputs_changed: whether a product or scene picture of which it was made has been replaced or deleted
            since; absent if that is not known.
        signed_url: a short-lived address of its picture or thumbnail, where `sign` asked for one.
    """

    inputs_changed: bool | None = None
    signed_url: SignedAddress | None = None


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


class StudioSummary(Answer):
    """A studio in a list; what an object written by other hands does not state is null.

    Attributes:
        id: names it within its client.
        name: for people.
        client_id: whose it is.
        updated_at: when it was changed last.
        slot_count: how many slots it has.
        revision_count: how many revisions they have.
        cover_image: the picture that stands for it.
    """

    id: Id
    name: Name | None
    client_id: Id
    updated_at: IsoTime | None
    slot_count: Count | None
    revision_count: Count | None
    cover_image: OwnAddress | None = None


class StudioList(Answer):
    """Some of a client's studios.

    Attributes:
        items: the studios.
        next_cursor: asks for those that follow; absent at the end.
    """

    items: Annotated[list[StudioSummary], Field(max_length=MAX_LISTED)]
    next_cursor: Cursor | None = None


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


class RevisionList(Answer):
    """Some of a slot's revisions, newest first.

    Attributes:
        items: the revisions.
        next_cursor: asks for those that follow; absent at the end.
        total: how many there are in all.
    """

    items: Annotated[list[HistoryRevision], Field(max_length=MAX_LISTED)]
    next_cursor: Cursor | None = None
    total: Count
