"""Studio and OutputSlot, and the rules that machines and people alike are held to.

Everything here is a pure function from document to document. None in place of a document means that there
is nothing to do.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from scene_studio.model.base import Items, Model, Text
from scene_studio.model.client import RESTORABLE_DAYS
from scene_studio.model.document import Document
from scene_studio.model.errors import Deleted, InvalidRequest, NotFound, Purged
from scene_studio.model.identifiers import Id, IsoTime, days_after
from scene_studio.model.intent import Intent
from scene_studio.model.revision import MAX_PRODUCTS_IN_SLOT, GeneratedSceneImage, History, PageName
from scene_studio.model.scene import MAX_USER_SCENES, Scene
from scene_studio.model.settings import ResolvedSettings, SceneGenerationSettings
from scene_studio.model.share import Share

MAX_SLOTS: Final = 100
MAX_FAVORITES: Final = 1000
DEFAULT_NAME: Final = "Main Studio"

Name = Annotated[str, Text(200)]
ProductIds = Annotated[tuple[Id, ...], Items(MAX_PRODUCTS_IN_SLOT)]
Favorites = Annotated[tuple[Id, ...], Items(MAX_FAVORITES)]


class SlotStatus(StrEnum):
    """What a slot is doing."""

    EMPTY = "EMPTY"
    GENERATING = "GENERATING"
    COMPLETED = "COMPLETED"
    ERROR = "ERROR"


class Birth(Model):
    """What people owned in a slot when it was made.

    The base for rows of browsers that made the slot themselves and never read it back: compared with this,
    only what such a browser really changed counts as its change.
    """

    product_ids: ProductIds = ()
    settings: SceneGenerationSettings = SceneGenerationSettings()


class OutputSlot(Model):
    """A row of the studio: products, settings, and every picture made of them.

    Attributes:
        output_image: the id of the revision that is shown.
        history: the newest revisions, newest first.
        history_count: how many revisions there are in all.
        older_history: the newest page of older revisions.
        favorites: ids of the revisions that people marked.
        picked_rev: the `rev` of the commit in which a person last chose `output_image`; 0 for never.
        error: why the last generation failed, for people to read.
        intents: the pictures that were asked for and have not ended well, in the order they were asked for.
        asked_rev: the `rev` of the commit in which pictures were last asked for; 0 for never.
        deleted_at: the tombstone; a deleted slot keeps everything.
        born: how a person made it; absent for slots that came in by an import or a copy.
    """

    id: Id
    product_ids: ProductIds = ()
    status: SlotStatus = SlotStatus.EMPTY
    output_image: Id | None = None
    history: tuple[GeneratedSceneImage, ...] = ()
    history_count: Annotated[int, Field(ge=0)] = 0
    older_history: PageName | None = None
    settings: SceneGenerationSettings = SceneGenerationSettings()
    favorites: Favorites = ()
    picked_rev: int = 0
    error: str | None = None
    intents: tuple[Intent, ...] = ()
    asked_rev: int = 0
    deleted_at: IsoTime | None = None
    born: Birth | None = None

    def revisions(self) -> History:
        """The slot's history as a value of its own."""
        return History(self.history, self.history_count, self.older_history)

    def with_revisions(self, history: History) -> "OutputSlot":
        """The slot with this history in place of its own."""
        return self.replace(history=history.inline, history_count=history.count, older_history=history.older)

    def inline_revision(self, image_id: str) -> GeneratedSceneImage | None:
        """The revision with this id if it stands in the document itself."""
        return next((revision for revision in self.history if revision.id == image_id), None)


class Studio(Document):
    """A persistent workspace; its JSON is `config.json`.

    Attributes:
        costs: what its pictures cost, in millionths of a US dollar, by month of their making.
        shares: the guest links to it, some of which may have expired.
        deleted_at: the tombstone.
        purging_at: since when it is being cleared away; nothing changes it any more.
    """

    id: Id
    name: Name
    client_id: Id
    output_slots: tuple[OutputSlot, ...] = ()
    user_scenes: Annotated[tuple[Scene, ...], Field(max_length=2 * MAX_USER_SCENES)] = ()
    costs: dict[str, int] = Field(default_factory=dict)
    shares: tuple[Share, ...] = ()
    created_at: IsoTime
    updated_at: IsoTime
    deleted_at: IsoTime | None = None
    purging_at: IsoTime | None = None

    def reserved_micros(self) -> int:
        """What the pictures under way may cost, in millionths of a US dollar."""
        return sum(one.price_micros for slot in self.output_slots for one in slot.intents if one.is_open)

    def find_slot(self, slot_id: str) -> OutputSlot | None:
        """The slot with this id, deleted or not."""
        return next((slot for slot in self.output_slots if slot.id == slot_id), None)

    def slots_by_id(self) -> dict[str, OutputSlot]:
        """All slots, deleted or not, by their ids and in their order; for whoever looks for many of them."""
        return {slot.id: slot for slot in self.output_slots}

    def slot(self, slot_id: str) -> OutputSlot:
        """The slot with this id.

        Raises:
            NotFound: there never was one.
            Deleted: it is deleted and can be restored.
        """
        slot = self.find_slot(slot_id)
        if slot is None:
            raise NotFound("slot", slot_id)
        if slot.deleted_at is not None:
            raise Deleted("slot", slot_id, slot.deleted_at, days_after(slot.deleted_at, RESTORABLE_DAYS))
        return slot

    def live_slots(self) -> tuple[OutputSlot, ...]:
        """The slots that are not deleted, in order."""
        return tuple(slot for slot in self.output_slots if slot.deleted_at is None)

    def with_slot(self, slot: OutputSlot) -> "Studio":
        """The studio with this slot in place of the one with its id, or at the end."""
        if self.find_slot(slot.id) is None:
            return self.replace(output_slots=(*self.output_slots, slot))
        slots = tuple(slot if old.id == slot.id else old for old in self.output_slots)
        return self.replace(output_slots=slots)


def existing(studio: Studio | None, studio_id: str) -> Studio:
    """The studio, if there is one that is not deleted.

    Raises:
        NotFound: there is none.
        Purged: it is being cleared away.
        Deleted: it is deleted and can be restored.
    """
    if studio is None:
        raise NotFound("studio", studio_id)
    check_kept(studio)
    if studio.deleted_at is not None:
        until = days_after(studio.deleted_at, RESTORABLE_DAYS)
        raise Deleted("studio", studio_id, studio.deleted_at, until)
    return studio


def check_kept(studio: Studio) -> None:
    """Refuse a studio that is being cleared away.

    Raises:
        Purged: it is.
    """
    if studio.purging_at is not None:
        raise Purged("studio", studio.id)


def new_studio(client_id: str, studio_id: str, name: str | None, now: str) -> Studio:
    """An empty studio."""
    return Studio(id=studio_id, name=name or DEFAULT_NAME, client_id=client_id, created_at=now, updated_at=now)


def new_slot(
    slot_id: str, product_ids: Sequence[str] = (), settings: SceneGenerationSettings | None = None
) -> OutputSlot:
    """An empty slot; without settings it has the default of each, so that a page has all to show."""
    birth = Birth(product_ids=tuple(product_ids), settings=settings or default_settings())
    return OutputSlot(id=slot_id, product_ids=birth.product_ids, settings=birth.settings, born=birth)


def default_settings() -> SceneGenerationSettings:
    """The settings of a slot for which none were given."""
    return SceneGenerationSettings.model_validate(ResolvedSettings().to_json())


def check_slot_limit(studio: Studio) -> Studio:
    """Return the studio, if it has no more slots than it may have.

    Raises:
        InvalidRequest: it has more.
    """
    if len(studio.live_slots()) > MAX_SLOTS:
        raise InvalidRequest.of("/outputSlots", f"a studio has at most {MAX_SLOTS} slots; delete one first")
    return studio


def check_scene_limit(studio: Studio) -> Studio:
    """Return the studio, if it has no more scenes of its own than it may have.

    Raises:
        InvalidRequest: it has more; the deleted ones, which can be restored, have a limit too.
    """
    live = [scene for scene in studio.user_scenes if scene.deleted_at is None]
    if len(live) > MAX_USER_SCENES:
        raise InvalidRequest.of(
            "/userScenes", f"a studio has at most {MAX_USER_SCENES} scenes; delete one first"
        )
    if len(studio.user_scenes) > 2 * MAX_USER_SCENES:
        raise InvalidRequest.of(
            "/userScenes",
            f"with the deleted ones a studio has at most {2 * MAX_USER_SCENES} scenes; bring one back and "
            "replace its picture, or go on in a second studio",
        )
    return studio


def delete_studio(studio: Studio, now: str) -> Studio | None:
    """The studio with its tombstone set; None when it is set already."""
    return None if studio.deleted_at is not None else studio.replace(deleted_at=now, updated_at=now)


def undelete_studio(studio: Studio, now: str) -> Studio | None:
    """The studio with its tombstone lifted; None when it is not deleted."""
    return None if studio.deleted_at is None else studio.replace(deleted_at=None, updated_at=now)


def add_revisions(
    studio: Studio, slot_id: str, revisions: Sequence[GeneratedSceneImage], asked_at_rev: int, now: str
) -> Studio | None:
    """The studio with finished revisions, newest first, at the head of a slot's history.

    The newest becomes the slot's `outputImage`, unless a person picked one after the revisions were asked
    for, that is in a commit after `asked_at_rev`. Revisions that the slot shows already are left out, and a
    deleted slot takes them like any other.

    Raises:
        NotFound: there never was such a slot.
    """
    slot = studio.find_slot(slot_id)
    if slot is None:
        raise NotFound("slot", slot_id)
    added = [revision for revision in revisions if slot.inline_revision(revision.id) is None]
    if not added:
        return None
    picked_since = slot.picked_rev > asked_at_rev
    slot = slot.with_revisions(slot.revisions().add(added)).replace(
        status=SlotStatus.COMPLETED,
        error=None,
        output_image=slot.output_image if picked_since else added[0].id,
    )
    return studio.with_slot(slot).replace(updated_at=now)


def import_into_studio(studio: Studio | None, imported: Studio, now: str) -> Studio | None:
    """The studio with the slots and scenes that it does not have yet; the imported one if there is none.

    Nothing that is there is touched, and tombstones count as there, the studio's own among them.

    Raises:
        InvalidRequest: the studio would have more slots or scenes than it may have.
    """
    if studio is None:
        return check_scene_limit(check_slot_limit(imported))
    if studio.deleted_at is not None:
        return None
    slots_there = {slot.id for slot in studio.output_slots}
    scenes_there = {scene.id for scene in studio.user_scenes}
    slots = tuple(slot for slot in imported.output_slots if slot.id not in slots_there)
    scenes = tuple(scene for scene in imported.user_scenes if scene.id not in scenes_there)
    if not slots and not scenes:
        return None
    changed = studio.replace(
        output_slots=studio.output_slots + slots,
        user_scenes=studio.user_scenes + scenes,
        updated_at=now,
    )
    return check_scene_limit(check_slot_limit(changed))
