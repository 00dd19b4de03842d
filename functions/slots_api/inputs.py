"""Whether the pictures that a revision was made of are still those that the library and the studio show."""

import hashlib
from collections.abc import Mapping
from functools import cache

from scene_studio.model import addresses
from scene_studio.model.client import Client
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.studio import Studio
from scene_studio.model.user_scenes import find_scene
from scene_studio.stock_scenes import StockScene, stock_picture, stock_scene_at

Library = Mapping[str, str | None]
"""The picture of each product that there is, by their ids."""


def library_of(client: Client) -> Library:
    """The library as `inputs_changed` looks at it."""
    return {product.id: product.image_id for product in client.live_products()}


def are_known(revision: GeneratedSceneImage) -> bool:
    """Whether the revision says which pictures it was made of; older and imported ones do not."""
    return revision.product_image_ids is not None


def inputs_changed(revision: GeneratedSceneImage, studio: Studio, library: Library) -> bool:
    """Whether a picture of which the revision was made has been replaced, added or deleted since.

    A product without a picture, for which a stand-in was drawn, changes when it gets one.
    """
    used = zip(revision.product_ids, revision.product_image_ids or (), strict=False)
    return _scene_changed(revision, studio) or any(
        product_id not in library or library[product_id] != image_id for product_id, image_id in used
    )


def _scene_changed(revision: GeneratedSceneImage, studio: Studio) -> bool:
    scene = revision.settings.scene
    if scene is None:
        return False
    address = scene.image_url or ""
    own = addresses.named_scene(address, studio.client_id, studio.id)
    if own is None:
        stock = stock_scene_at(address)
        return (_sha256(stock) if stock else None) != revision.scene_sha256
    listed = find_scene(studio, own)
    if listed is None:  # its picture may be there all the same, and never changes
        return False
    known = listed.picture.sha256 if listed.picture is not None else None
    return listed.deleted_at is not None or known not in {None, revision.scene_sha256}


@cache
def _sha256(stock: StockScene) -> str:
    return hashlib.sha256(stock_picture(stock)).hexdigest()
