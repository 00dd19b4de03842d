"""A revision says whether a picture it was made of has been replaced or deleted since, if that is known."""

import hashlib
from pathlib import Path
from typing import Any, Final

import pytest

from scene_studio import runtime
from scene_studio.model.addresses import scene_image
from scene_studio.model.client import Client
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio
from scene_studio.model.upload import Picture, new_upload
from scene_studio.stock_scenes import STOCK_SCENES
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from slots_api import inputs
from tests.support.api import CLIENT, STUDIO, call
from tests.support.models import StubModel
from tests.support.pictures import jpeg, png
from tests.support.scripted_store import FakeTime
from tests.support.seed import import_client

PLACE: Final = ("acme-corp", "default")
HISTORY: Final = f"{STUDIO}/slots/slot-1/history"
OWN: Final = {"id": "beach", "imageUrl": scene_image(*PLACE, "beach")}
THEN: Final = "2024-01-01T00:00:00Z"


def make(**body: Any) -> str:
    """A new revision's id."""
    answer = call("POST", f"{STUDIO}/generate", {"slotId": "slot-1", **body})
    assert answer.status == 200, answer.body
    return str(answer.json["images"][0]["id"])


def told(image_id: str) -> bool | None:
    """What the revision says in the list, and on its own."""
    alone = call("GET", f"{HISTORY}/{image_id}").json
    (listed,) = [item for item in call("GET", HISTORY).json["items"] if item["id"] == image_id]
    assert listed == alone
    changed: bool | None = alone.get("inputsChanged")
    return changed


def set_picture(product_id: str, image_id: str | None) -> None:
    """Give a product of the library another picture."""

    def change(current: Versioned[Client] | None) -> Client:
        assert current is not None
        products = [
            product.replace(image_id=image_id) if product.id == product_id else product
            for product in current.document.products
        ]
        return current.document.replace(products=tuple(products))

    if image_id is not None:
        key = keys.product_image(PLACE[0], product_id, image_id)
        runtime.object_store().put_once(key, png(7), content_type="image/png")
    runtime.clients().commit(PLACE[0], change, None, FakeTime().pacing())


def put_scene(**members: Any) -> None:
    """List the scene of the studio's own, with these members, behind one that is deleted."""

    def change(current: Versioned[Studio] | None) -> Studio:
        assert current is not None
        scenes = Scene(id="forest", deleted_at=THEN), Scene(id="beach", **members)
        return current.document.replace(user_scenes=scenes)

    key = keys.user_scene(*PLACE, "beach")
    runtime.object_store().put_once(key, jpeg(5), content_type="image/jpeg")
    runtime.studios().commit(*PLACE, change, None, FakeTime().pacing())


def picture_of(product_id: str) -> str | None:
    found = runtime.clients().read(PLACE[0]).document.find(product_id)
    assert found is not None
    return found.image_id


def test_nothing_changes_while_nothing_is_changed(ready: Path, model: StubModel) -> None:
    image = make()
    call("PATCH", f"{CLIENT}/products/product-a", {"name": "Another name"})
    call("PATCH", f"{STUDIO}/slots/slot-1", {"productIds": ["product-c"], "settings": {"style": "Rustic"}})
    assert told(image) is False


def test_a_product_picture_that_is_replaced_changes_what_shows_it_and_nothing_else(
    ready: Path, model: StubModel
) -> None:
    before = picture_of("product-a")
    both, other = make(), make(productIds=["product-b"])
    set_picture("product-a", "another")
    after = make()
    assert (told(both), told(other), told(after)) == (True, False, False)
    set_picture("product-a", before)
    assert (told(both), told(other), told(after)) == (False, False, True)


def test_a_product_that_is_deleted_changes_what_shows_it_until_it_comes_back(
    ready: Path, model: StubModel
) -> None:
    image = make(productIds=["product-a"])
    kept = call("GET", f"{CLIENT}/products/product-a").json
    assert call("DELETE", f"{CLIENT}/products/product-a").status == 204
    assert told(image) is True
    call("PUT", f"{CLIENT}/products/product-a", {"name": kept["name"]})
    assert told(image) is False


def test_a_product_that_gets_a_picture_changes_what_a_stand_in_was_drawn_for(
    ready: Path, model: StubModel
) -> None:
    image = make(productIds=["product-c"])
    assert told(image) is False
    set_picture("product-c", "first")
    assert told(image) is True


@pytest.mark.parametrize("listed", [False, True])
def test_a_scene_of_the_studios_own_changes_when_it_is_deleted(
    ready: Path, model: StubModel, *, listed: bool
) -> None:
    runtime.object_store().put_once(keys.user_scene(*PLACE, "beach"), jpeg(5), content_type="image/jpeg")
    if listed:
        put_scene()
    image, other = make(settings={"scene": OWN}), make(settings={"scene": None})
    assert (told(image), told(other)) == (False, False)
    put_scene(deleted_at=THEN)
    assert (told(image), told(other)) == (True, False)
    put_scene()
    assert (told(image), told(other)) == (False, False)


def test_a_scene_of_the_studios_own_changes_when_its_picture_is_replaced_and_not_before(
    ready: Path, model: StubModel
) -> None:
    put_scene()
    image = make(settings={"scene": OWN})
    put_scene(picture=Picture(id="beach"), upload=new_upload("second", 1))
    assert told(image) is False
    put_scene(picture=Picture(id="second", sha256=hashlib.sha256(jpeg(6)).hexdigest()))
    assert told(image) is True
    put_scene(picture=Picture(id="third", sha256=hashlib.sha256(jpeg(5)).hexdigest()))
    assert told(image) is False


@pytest.mark.parametrize("how", ["drawn anew", "gone"])
def test_a_scene_from_stock_changes_when_a_version_ships_another_picture_of_it(
    ready: Path, model: StubModel, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    stock = STOCK_SCENES[0]
    image = make(settings={"scene": {"id": stock.id, "imageUrl": stock.image_url}})
    assert told(image) is False
    inputs._sha256.cache_clear()
    if how == "gone":
        monkeypatch.setattr(inputs, "stock_scene_at", lambda address: None)
    else:
        monkeypatch.setattr(inputs, "stock_picture", lambda scene: jpeg(6))
    assert told(image) is True
    inputs._sha256.cache_clear()


def test_a_scene_without_a_picture_never_changes(ready: Path, model: StubModel) -> None:
    put_scene(deleted_at=THEN)
    image = make(settings={"scene": {"id": "beach"}})
    assert told(image) is False


def test_a_copy_of_a_studio_tells_the_same(ready: Path, model: StubModel) -> None:
    image = make(settings={"scene": {"id": "x"}})
    call("POST", f"{STUDIO}/duplicate", {"id": "copy", "withHistory": True})
    copied = f"{CLIENT}/scene-studio/copy/slots/slot-1/history/{image}"
    assert call("GET", copied).json["inputsChanged"] is False
    set_picture("product-b", "another")
    assert call("GET", copied).json["inputsChanged"] is True


def test_a_revision_of_which_it_is_not_known_says_nothing(seeded: Path) -> None:
    call("DELETE", f"{CLIENT}/products/product-a")
    assert told("img-3") is None


def test_a_revision_that_is_imported_says_nothing_whatever_it_said_where_it_came_from(
    ready: Path, model: StubModel
) -> None:
    image = make()
    client = call("GET", f"{CLIENT}?expand=sceneStudios").json
    (revision,) = client["sceneStudios"][0]["outputSlots"][0]["history"]
    revision.update(call("GET", f"{HISTORY}/{image}").json, url="https://example.com/x.jpg")
    assert revision["inputsChanged"] is False
    client["sceneStudios"][0]["id"] = "imported"
    client["sceneStudios"][0]["outputSlots"][0]["outputImage"] = revision["url"]
    import_client(client)
    (copied,) = call("GET", f"{CLIENT}/scene-studio/imported/slots/slot-1/history").json["items"]
    assert (copied["id"], "inputsChanged" in copied) == (image, False)


def test_a_studio_says_nothing_of_it(ready: Path, model: StubModel) -> None:
    make()
    (revision,) = call("GET", STUDIO).json["outputSlots"][0]["history"]
    assert not {"inputsChanged", "productImageIds", "sceneSha256"} & revision.keys()
