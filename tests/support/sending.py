"""Sending files with tickets, and what becomes of them, without the functions that deal with uploads."""

import hashlib
from typing import Any

from scene_studio import runtime
from scene_studio.images.inspect import inspect
from scene_studio.images.normalise import photo_jpeg, product_png
from scene_studio.images.thumbnail import thumbnail_jpeg
from scene_studio.model.client import Client
from scene_studio.model.product_pictures import fold_product_uploads
from scene_studio.model.studio import Studio
from scene_studio.model.upload import Picture, UploadResult
from scene_studio.model.user_scenes import fold_uploads
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.keys import UploadPlace
from scene_studio.store.object_store import StoredObject
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.scripted_store import FakeTime

COLORS = ("#336699", "#ffffff")
"""The colours that every picture is said to have here."""


def send(ticket: dict[str, Any], body: bytes) -> str:
    """Send a file with the form of a ticket, and give its key."""
    store = runtime.object_store()
    assert isinstance(store, SqliteObjectStore)
    form = store.open_form(ticket["fields"])
    store.put_form(form, body)
    return form.key


def place_of(key: str) -> UploadPlace:
    """What the file of this key is for."""
    place = keys.upload_place(key)
    assert place is not None, key
    return place


def deal_with(key: str) -> None:
    """Make the file of this key the picture that it is to be, and delete it."""
    store = runtime.object_store()
    raw = store.get(key)
    assert isinstance(raw, StoredObject), key
    place = place_of(key)
    end(key, _stored_scene(place, raw.body) if place.owner == "scene" else _stored_product(place, raw.body))
    store.delete(key)


def reject(key: str, reason: str) -> None:
    """Reject the file of this key, whether or not it came."""
    end(key, None, reason)


def end(key: str, picture: Picture | None, reason: str | None = None) -> None:
    """Fold an upload's end into its document."""
    place = place_of(key)
    result = UploadResult(
        owner=place.owner, owner_id=place.owner_id, id=place.upload_id, picture=picture, reason=reason
    )
    now = runtime.now_milliseconds()

    def fold_scene(current: Versioned[Studio] | None) -> Studio | None:
        assert current is not None
        return fold_uploads(current.document, [result], now)

    def fold_product(current: Versioned[Client] | None) -> Client | None:
        assert current is not None
        return fold_product_uploads(current.document, [result], now)

    pacing = FakeTime().pacing()
    if place.owner == "scene":
        runtime.studios().commit(place.client_id, place.studio_id, fold_scene, None, pacing)
    else:
        runtime.clients().commit(place.client_id, fold_product, None, pacing)


def _stored_scene(place: UploadPlace, raw: bytes) -> Picture:
    jpeg = photo_jpeg(raw)
    path = (place.client_id, place.studio_id, place.upload_id)
    _put(keys.user_scene_thumbnail(*path), thumbnail_jpeg(jpeg))
    _put(keys.user_scene(*path), jpeg)
    return _picture(place, jpeg)


def _stored_product(place: UploadPlace, raw: bytes) -> Picture:
    png = product_png(raw)
    path = (place.client_id, place.owner_id, place.upload_id)
    _put(keys.product_thumbnail(*path), b"\x89PNG thumbnail")
    _put(keys.product_cutout(*path), b"\x89PNG cut-out")
    _put(keys.product_image(*path), png)
    return _picture(place, png).replace(cutout=True)


def _put(key: str, body: bytes) -> None:
    runtime.object_store().put_once(key, body, content_type="image/jpeg")


def _picture(place: UploadPlace, stored: bytes) -> Picture:
    size = inspect(stored)
    return Picture(
        id=place.upload_id,
        width=size.width,
        height=size.height,
        colors=COLORS,
        sha256=hashlib.sha256(stored).hexdigest(),
    )
