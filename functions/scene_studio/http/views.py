"""Documents as callers see them: the original product's shapes, addresses in place of what only we need."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

from scene_studio.http.entity_tags import entity_tag
from scene_studio.model import addresses
from scene_studio.model.client import RESTORABLE_DAYS, Client, Product
from scene_studio.model.errors import InvalidRequest
from scene_studio.model.identifiers import days_after, iso_time
from scene_studio.model.intent import Intent
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.scene import Scene
from scene_studio.model.studio import OutputSlot, Studio
from scene_studio.model.upload import Picture, Upload
from scene_studio.store.cache import Versioned
from scene_studio.store.studios import StudioSummary

_NOT_SHOWN: Final = {"product_image_ids", "scene_sha256", "inputsChanged"}
"""Of a revision: what only its history's `inputsChanged` is told by, and one that was imported with it."""
_NOT_SHOWN_OF_SLOT: Final[dict[str, Any]] = {
    "asked_rev": True,
    "born": True,
    "deleted_at": True,
    "history": {"__all__": _NOT_SHOWN},
    "intents": True,
    "older_history": True,
    "output_image": True,
    "picked_rev": True,
}


def studio_view(entry: Versioned[Studio]) -> dict[str, Any]:
    """A studio with the newest revisions of each slot; each slot's `etag` is the version it was read at."""
    studio = entry.document
    view = studio.model_dump(
        mode="json",
        by_alias=True,
        exclude_none=True,
        exclude={"schema_version", "rev", "applied", "output_slots", "user_scenes", "costs", "shares"},
    )
    view["outputSlots"] = [slot_view(entry, slot) for slot in studio.live_slots()]
    view["userScenes"] = [scene_view(studio, scene) for scene in studio.user_scenes if scene.deleted_at is None]
    view["deletedSlots"] = [
        {
            "id": slot.id,
            "deletedAt": slot.deleted_at,
            "restorableUntil": days_after(slot.deleted_at, RESTORABLE_DAYS),
        }
        for slot in studio.output_slots
        if slot.deleted_at is not None
    ]
    return view


def current_view(entry: Versioned[Any]) -> dict[str, Any]:
    """A document as it stands, for an answer that refuses an edit of it."""
    return studio_view(entry) if isinstance(entry.document, Studio) else client_view(entry.document)


def slot_view(entry: Versioned[Studio], slot: OutputSlot) -> dict[str, Any]:
    """A slot with its newest revisions."""
    studio = entry.document
    # Its revisions are dumped along with it: one by one they take half as long again.
    view = slot.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=_NOT_SHOWN_OF_SLOT)
    history = view.pop("history")
    for revision, shown in zip(slot.history, history, strict=True):
        shown["url"] = _url(studio, slot.id, revision)
    if slot.output_image is not None:
        view["outputImage"] = _image_address(studio, slot, slot.output_image)
    view["history"] = history
    view["generation"] = [_intent_view(intent) for intent in slot.intents if not intent.dismissed]
    if marked := _guest_favorites(studio, slot.id):
        view["guestFavorites"] = marked
    view["etag"] = entity_tag(entry)
    return view


def _guest_favorites(studio: Studio, slot_id: str) -> list[dict[str, Any]]:
    """The pictures of a slot that guests marked, by the link through which they came."""
    return [
        {"shareId": share.id, "imageIds": share.favorites[slot_id]}
        | ({"name": share.name} if share.name else {})
        for share in studio.shares
        if slot_id in share.favorites
    ]


def _intent_view(intent: Intent) -> dict[str, Any]:
    """A picture that was asked for; whether work on it has begun is told by the studio's generation address."""
    view = {"id": intent.id, "state": "pending" if intent.is_open else "failed"}
    view["askedAt"] = iso_time(intent.asked_at)
    return view if intent.error is None else {**view, "reason": intent.error}


def revision_view(studio: Studio, slot_id: str, revision: GeneratedSceneImage) -> dict[str, Any]:
    """A revision, with its picture's address."""
    view = revision.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=_NOT_SHOWN)
    return {**view, "url": _url(studio, slot_id, revision)}


def scene_view(studio: Studio, scene: Scene) -> dict[str, Any]:
    """A scene of the team's own, with its state and, once it has a picture, that picture's address."""
    view = scene.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"picture", "upload"})
    view["state"] = scene.state
    if scene.upload is not None and scene.upload.reason is not None:
        view["reason"] = scene.upload.reason
    if scene.picture_id is not None:
        own = addresses.scene_image(studio.client_id, studio.id, scene.id)
        view |= {"imageUrl": own, "thumbnailUrl": _chosen(own, scene.picture_id, "thumb")}
    if scene.picture is not None:
        view |= _facts(scene.picture)
    if scene.deleted_at is not None:
        view["restorableUntil"] = days_after(scene.deleted_at, RESTORABLE_DAYS)
    return view


def product_view(client_id: str, product: Product) -> dict[str, Any]:
    """A product, with the address of the picture that is shown, and all its pictures and uploads if any."""
    view = product.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"pictures", "uploads"})
    own = addresses.product_image(client_id, product.id)
    if product.image_id is not None:
        view["imageUrl"] = own
    if pictures := product.all_pictures():
        view["pictures"] = [_picture_view(own, picture) for picture in pictures]
    if product.uploads:
        view["uploads"] = [_upload_view(upload) for upload in product.uploads]
    return view


def _picture_view(address: str, picture: Picture) -> dict[str, Any]:
    return {
        "id": picture.id,
        "imageUrl": _chosen(address, picture.id),
        "thumbnailUrl": _chosen(address, picture.id, "thumb"),
        **_facts(picture),
        "cutout": picture.cutout,
    }


def _upload_view(upload: Upload) -> dict[str, Any]:
    if upload.reason is None:
        return {"id": upload.id, "state": "PROCESSING"}
    return {"id": upload.id, "state": "REJECTED", "reason": upload.reason}


def _facts(picture: Picture) -> dict[str, Any]:
    """What is known of a picture; nothing of one at which nobody looked."""
    facts = picture.model_dump(mode="json", exclude_none=True, include={"width", "height", "colors"})
    return {name: fact for name, fact in facts.items() if fact}


def _chosen(address: str, image_id: str, size: str = "") -> str:
    """The address of one picture of several, which never shows another, so that it can be cached."""
    return f"{address}?image={image_id}{size and f'&size={size}'}"


def client_view(client: Client) -> dict[str, Any]:
    """A client with its library and sessions."""
    view = client.model_dump(
        mode="json",
        by_alias=True,
        exclude_none=True,
        exclude={"schema_version", "rev", "applied", "products", "purged_studios"},
    )
    view["products"] = [product_view(client.id, product) for product in client.live_products()]
    view["clientSessions"] = list(client.client_sessions)
    return view


def summary_view(client_id: str, summary: StudioSummary) -> dict[str, Any]:
    """A studio in a list."""
    view: dict[str, Any] = {
        "id": summary.id,
        "name": summary.name,
        "clientId": client_id,
        "updatedAt": summary.updated_at,
        "slotCount": summary.slots,
        "revisionCount": summary.revisions,
    }
    if summary.cover is not None:
        view["coverImage"] = addresses.revision_image(client_id, summary.id, *summary.cover)
    if summary.deleted_at is not None:
        view["deletedAt"] = summary.deleted_at
        view["restorableUntil"] = days_after(summary.deleted_at, RESTORABLE_DAYS)
    return view


def list_view(items: Sequence[Any], cursor: str | None) -> dict[str, Any]:
    """A part of a list; `nextCursor` asks for the part that follows and is absent at the end."""
    return {"items": list(items)} | ({"nextCursor": cursor} if cursor else {})


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_Identified)


def part_of(
    items: Sequence[Item], is_listed: Callable[[Item], bool], limit: int, cursor: str
) -> tuple[list[Item], str | None]:
    """A part of a list that stands in a document, and the cursor of the part that follows, or None at the end.

    Args:
        items: all there is, also what is not listed: the item at the cursor may have been deleted since.
        is_listed: whether an item is in the list.
        limit: the most items.
        cursor: the id after which to go on; empty to begin.

    Raises:
        InvalidRequest: the cursor is none of this list.
    """
    ids = [item.id for item in items]
    if cursor and cursor not in ids:
        raise InvalidRequest.of("cursor", "must be a nextCursor of this list, or absent to begin")
    start = ids.index(cursor) + 1 if cursor else 0
    listed = [item for item in items[start:] if is_listed(item)]
    return listed[:limit], listed[limit - 1].id if len(listed) > limit else None


def _url(studio: Studio, slot_id: str, revision: GeneratedSceneImage) -> str:
    return revision.url or addresses.revision_image(studio.client_id, studio.id, slot_id, revision.id)


def _image_address(studio: Studio, slot: OutputSlot, image_id: str) -> str:
    revision = slot.inline_revision(image_id)
    own = addresses.revision_image(studio.client_id, studio.id, slot.id, image_id)
    return revision.url if revision is not None and revision.url is not None else own
