"""Links as the team sees them, and a studio as a guest sees it.

What a guest is shown is named here member by member, so that whatever is added to a document stays among the
team until somebody adds it here. Guests see how a picture was meant to look, and neither the prompt that was
made of that, nor models, seeds, costs, ids of products, pictures under way, scenes that no slot uses, or links
of others.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from scene_studio.http.pictures import SIGNED_SECONDS
from scene_studio.model import addresses
from scene_studio.model.client import Client
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.share import Share
from scene_studio.model.studio import OutputSlot, Studio
from scene_studio.stock_scenes import stock_scene_at
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.studios import Studios

_OF_A_SHARE: Final = {"id", "name", "created_at", "expires_at"}
_OF_A_REVISION: Final = {"id", "timestamp", "product_names", "width", "height"}
_OF_SETTINGS: Final = set(SceneGenerationSettings.model_fields) - {"scene", "placement", "seed"}


def share_view(share: Share) -> dict[str, Any]:
    """A link, without anything that would let anybody in."""
    return share.model_dump(mode="json", by_alias=True, exclude_none=True, include=_OF_A_SHARE)


def favorites_view(share: Share) -> list[dict[str, str]]:
    """The marks left through a link."""
    return [{"slotId": mark.slot_id, "imageId": mark.image_id} for mark in share.marks()]


class GuestView:
    """A studio as one guest sees it; every picture of ours has a short-lived signed address."""

    def __init__(
        self, studios: Studios, objects: ObjectStore, client: Client, studio: Studio, share: Share
    ) -> None:
        """Show a studio.

        Args:
            studios: where the older parts of its histories are.
            objects: where its pictures are.
            client: whose it is.
            studio: the studio.
            share: the link by which the guest came.
        """
        self._studios = studios
        self._objects = objects
        self._studio = studio
        self._share = share
        self._product_names = {product.id: product.name for product in client.products}
        self._sign: Callable[[str], str] = cache(lambda key: objects.presigned_url(key, seconds=SIGNED_SECONDS))

    def of(self, slots: Sequence[OutputSlot]) -> dict[str, Any]:
        """The view with these slots.

        Raises:
            Busy: the store could not be read.
        """
        older = self._older_outputs(slots)
        return {
            "share": share_view(self._share),
            "name": self._studio.name,
            "outputSlots": [self._slot(slot, older) for slot in slots],
        }

    def _slot(self, slot: OutputSlot, older: Mapping[str, str]) -> dict[str, Any]:
        history = [self._revision(slot, revision) for revision in slot.history]
        names = (self._product_names.get(product_id) for product_id in slot.product_ids)
        view: dict[str, Any] = {
            "id": slot.id,
            "productNames": [name for name in names if name is not None],
            "settings": self._settings(slot.settings),
            "history": history,
            "historyCount": slot.history_count,
            "favorites": self._share.favorites.get(slot.id, ()),
        }
        urls = {revision["id"]: revision["url"] for revision in history}
        url = urls.get(slot.output_image) or older.get(slot.id)
        return view if url is None else {**view, "outputImage": url, "outputImageId": slot.output_image}

    def _revision(self, slot: OutputSlot, revision: GeneratedSceneImage) -> dict[str, Any]:
        view = revision.model_dump(mode="json", by_alias=True, exclude_none=True, include=_OF_A_REVISION)
        view["settings"] = self._settings(revision.settings)
        if revision.url is not None:
            return {**view, "url": revision.url}
        place = (self._studio.client_id, self._studio.id, slot.id, revision.id)
        thumbnail = self._sign(keys.revision_thumbnail(*place))
        return {**view, "url": self._sign(keys.revision(*place)), "thumbnailUrl": thumbnail}

    def _settings(self, settings: SceneGenerationSettings) -> dict[str, Any]:
        view = settings.model_dump(mode="json", by_alias=True, exclude_none=True, include=_OF_SETTINGS)
        if settings.scene is not None:
            view["scene"] = {"id": settings.scene.id, "name": settings.scene.name or ""}
            if url := self._scene_url(settings.scene.image_url or ""):
                view["scene"]["imageUrl"] = url
        return view

    def _scene_url(self, address: str) -> str | None:
        place = (self._studio.client_id, self._studio.id)
        own = addresses.named_scene(address, *place)
        if own is not None:
            return self._sign(keys.user_scene(*place, own))
        return address if stock_scene_at(address) or addresses.is_elsewhere(address) else None

    def _older_outputs(self, slots: Sequence[OutputSlot]) -> dict[str, str]:
        """The addresses of pictures on show that are not among the newest of their slots, by slot."""
        found: dict[str, str] = {}
        place = (self._studio.client_id, self._studio.id)
        older = [
            (slot, slot.output_image)
            for slot in slots
            if slot.output_image is not None and slot.inline_revision(slot.output_image) is None
        ]
        stored = [keys.revision(*place, slot.id, image_id) for slot, image_id in older]
        with unavailable_is_busy():
            heads = self._objects.heads(stored)
        for (slot, image_id), key, head in zip(older, stored, heads, strict=True):
            if head is not None:
                found[slot.id] = self._sign(key)
            elif revision := self._studios.find_revision(self._studio, slot, image_id):
                found[slot.id] = revision.url or self._sign(key)
        return found
