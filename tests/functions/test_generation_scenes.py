"""What is shown of scenes and products is settled when a picture is asked for, and only what is there is."""

from pathlib import Path
from typing import Any, Final

import pytest

from scene_studio import runtime
from scene_studio.images.provenance import read_provenance
from scene_studio.model.addresses import scene_image
from scene_studio.model.client import Client
from scene_studio.model.scene import Scene
from scene_studio.model.studio import Studio
from scene_studio.model.upload import Picture, Upload, new_upload
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.object_store import StoredObject
from tests.support.api import STUDIO, Answer, call
from tests.support.models import StubModel
from tests.support.pictures import jpeg, png
from tests.support.queues import WorkingQueue
from tests.support.scripted_store import FakeTime

PLACE: Final = ("acme-corp", "default")
OWN: Final = {"id": "beach", "imageUrl": scene_image(*PLACE, "beach")}
ASYNC: Final = {"Prefer": "respond-async"}
THEN: Final = "2024-01-01T00:00:00Z"
REJECTED: Final = new_upload("sand", 1).replace(reason="This is an SVG drawing.")


def list_scene(**members: Any) -> None:
    """List the scene, with these members, among the studio's own."""

    def change(current: Versioned[Studio] | None) -> Studio:
        assert current is not None
        return current.document.replace(user_scenes=(Scene(id="beach", **members),))

    runtime.studios().commit(*PLACE, change, None, FakeTime().pacing())


def store_scene(picture_id: str, number: int) -> None:
    key = keys.user_scene(*PLACE, picture_id)
    runtime.object_store().put_once(key, jpeg(number), content_type="image/jpeg")


def execute(headers: dict[str, str] | None = None, **members: Any) -> Answer:
    body = {"slotId": "slot-1", "settings": {"scene": OWN}, **members}
    return call("POST", f"{STUDIO}/generate", body, headers)


def refusal(answer: Answer) -> str:
    assert answer.status == 422, answer.body
    (error,) = answer.json["errors"]
    assert error["field"] == "/settings/scene/imageUrl"
    return str(error["message"])


def test_a_picture_is_made_with_the_scene_as_it_was_asked_for_although_that_is_replaced(
    ready: Path, model: StubModel, queue: WorkingQueue
) -> None:
    store_scene("sand", 5)
    store_scene("rock", 6)
    list_scene(picture=Picture(id="sand"))
    queue.held = True
    execute(ASYNC)
    list_scene(picture=Picture(id="rock"))
    queue.held = False
    queue.work()
    execute()
    assert [request.scene for request in model.requests] == [jpeg(5), jpeg(6)]


def test_a_scene_with_a_picture_is_used_while_its_next_one_is_processed_or_was_rejected(
    ready: Path, model: StubModel
) -> None:
    store_scene("sand", 5)
    for upload in (new_upload("rock", 1), REJECTED):
        list_scene(picture=Picture(id="sand"), upload=upload)
        assert execute().status == 200
    assert [request.scene for request in model.requests] == [jpeg(5)] * 2


@pytest.mark.parametrize(
    ("upload", "told"),
    [
        (
            new_upload("sand", 1),
            "this scene's picture is still being processed; execute again when it is ready",
        ),
        (REJECTED, "this scene has no picture. This is an SVG drawing. Upload another file for it"),
    ],
)
def test_a_scene_without_a_picture_is_refused_with_what_to_do(
    ready: Path, model: StubModel, upload: Upload, told: str
) -> None:
    store_scene("beach", 5)  # of no concern: it is not what the scene waits for
    list_scene(upload=upload)
    assert refusal(execute()) == f"{told}, or choose another scene"
    assert model.calls == 0


def test_a_scene_that_is_listed_costs_no_look_into_the_store(
    ready: Path, model: StubModel, queue: WorkingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_scene(picture=Picture(id="sand"))
    queue.held = True
    monkeypatch.setattr(runtime.object_store(), "heads", None)
    assert execute(ASYNC).status == 202


def test_a_deleted_scene_is_still_used_in_slots_that_keep_it(ready: Path, model: StubModel) -> None:
    store_scene("sand", 5)
    list_scene(picture=Picture(id="sand"), deleted_at=THEN)
    assert execute().status == 200
    list_scene(upload=new_upload("sand", 1), deleted_at=THEN)
    assert "still being processed" in refusal(execute())


@pytest.mark.parametrize("listed", [False, True])
def test_a_scene_that_was_imported_is_used_if_its_picture_is_there(
    ready: Path, model: StubModel, *, listed: bool
) -> None:
    if listed:
        list_scene()
    assert "is not here" in refusal(execute())
    store_scene("beach", 5)
    assert execute().status == 200
    assert [request.scene for request in model.requests] == [jpeg(5)]


def test_several_slots_in_one_scene_are_all_made_in_it(ready: Path, model: StubModel) -> None:
    store_scene("sand", 5)
    list_scene(picture=Picture(id="sand"))
    call("POST", f"{STUDIO}/slots", {"id": "slot-9", "productIds": ["product-a"]})
    assert execute(slotId=None, slotIds=["slot-1", "slot-9"]).status == 200
    assert [request.scene for request in model.requests] == [jpeg(5)] * 2


def test_a_product_is_shown_as_its_picture_was_cut_out_when_it_was_asked_for(
    ready: Path, model: StubModel
) -> None:
    cut = Picture(id="front", sha256="5" * 64, cutout=True)

    def change(current: Versioned[Client] | None) -> Client:
        assert current is not None
        products = [
            product.replace(image_id="front", pictures=(Picture(id="back"), cut))
            if product.id == "product-a"
            else product
            for product in current.document.products
        ]
        return current.document.replace(products=tuple(products))

    runtime.clients().commit(PLACE[0], change, None, FakeTime().pacing())
    store = runtime.object_store()
    store.put_once(keys.product_image(PLACE[0], "product-a", "front"), png(1), content_type="image/png")
    store.put_once(keys.product_cutout(PLACE[0], "product-a", "front"), png(2), content_type="image/png")

    image = execute(settings={"scene": None}, productIds=["product-a"]).json["images"][0]

    assert model.requests[0].products[0].picture == png(2)
    revision = call("GET", f"{STUDIO}/slots/slot-1/history/{image['id']}").json
    assert revision["inputsChanged"] is False
    stored = store.get(keys.revision(*PLACE, "slot-1", image["id"]))
    assert isinstance(stored, StoredObject)
    told = read_provenance(stored.body)
    assert told is not None
    assert [(one.image_id, one.sha256) for one in told.products] == [("front", "5" * 64)]
