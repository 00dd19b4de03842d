"""What documents name, kind by kind."""

from typing import Any

import pytest

from scene_studio.model.client import Client, Product, new_client
from scene_studio.model.intent import IntendedProduct, Intent
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.scene import Scene
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.studio import Birth, OutputSlot, Studio, new_studio
from scene_studio.model.upload import Picture, new_upload
from scene_studio.store.references import (
    Reference,
    client_references,
    page_reference,
    revision_references,
    studio_references,
)
from tests.support.histories import NOW

HASH = "a" * 64
FOLDER = "clients/acme/scene-studios/main"
OWN = {"scene": {"id": "x", "imageUrl": "/api/clients/acme/scene-studio/main/user-scenes/unlisted/image"}}
UNLISTED = {f"{FOLDER}/user-scenes/unlisted.jpg": False, f"{FOLDER}/user-scenes/unlisted.thumb.jpg": False}


def settings(members: dict[str, Any]) -> SceneGenerationSettings:
    return SceneGenerationSettings.model_validate(members)


def client(product: Product) -> Client:
    return new_client("acme", "Acme", NOW).replace(products=(product,))


def studio(*, scene: Scene | None = None, slot: OutputSlot | None = None) -> Studio:
    return new_studio("acme", "main", None, NOW).replace(
        user_scenes=(scene,) if scene else (), output_slots=(slot,) if slot else ()
    )


def required(references: Any) -> dict[str, bool]:
    """Whether each of these keys is required."""
    return {one.key: one.required for one in references}


def test_a_product_names_each_of_its_pictures_and_its_cutout_and_thumbnails_if_there_are_any() -> None:
    pictures = (Picture(id="one", sha256=HASH, cutout=True), Picture(id="two"))
    product = Product(id="chair", name="Chair", image_id="one", pictures=pictures, deleted_at=NOW)
    named = list(client_references(client(product)))
    assert named[0] == Reference("clients/acme/products/chair/one.png", HASH)
    assert required(named) == {
        "clients/acme/products/chair/one.png": True,
        "clients/acme/products/chair/one.cutout.png": True,
        "clients/acme/products/chair/one.thumb.png": False,
        "clients/acme/products/chair/two.png": True,
        "clients/acme/products/chair/two.thumb.png": False,
    }


def test_a_product_with_the_one_picture_that_it_always_had_names_it() -> None:
    product = Product(id="chair", name="Chair", image_id="only")
    assert Reference("clients/acme/products/chair/only.png") in client_references(client(product))


def test_a_product_whose_picture_lies_elsewhere_names_none() -> None:
    product = Product(id="chair", name="Chair", image_url="https://example.com/chair.png")
    assert not list(client_references(client(product)))


def test_a_product_may_have_the_picture_of_a_file_that_it_awaits() -> None:
    product = Product(id="chair", name="Chair", uploads=(new_upload("next", 0),))
    assert required(client_references(client(product))) == {
        "clients/acme/products/chair/next.png": False,
        "clients/acme/products/chair/next.cutout.png": False,
        "clients/acme/products/chair/next.thumb.png": False,
    }


@pytest.mark.parametrize(
    ("scene", "picture", "sha256"),
    [
        (Scene(id="beach"), "beach", None),
        (Scene(id="beach", deleted_at=NOW), "beach", None),
        (Scene(id="beach", picture=Picture(id="sand", sha256=HASH)), "sand", HASH),
    ],
)
def test_a_scene_names_its_picture(scene: Scene, picture: str, sha256: str | None) -> None:
    assert list(studio_references(studio(scene=scene))) == [
        Reference(f"{FOLDER}/user-scenes/{picture}.jpg", sha256),
        Reference(f"{FOLDER}/user-scenes/{picture}.thumb.jpg", required=False),
    ]


def test_a_scene_whose_picture_lies_elsewhere_or_is_still_to_come_names_none_that_must_be_there() -> None:
    assert not list(studio_references(studio(scene=Scene(id="far", image_url="https://example.com/far.jpg"))))
    awaited = studio(scene=Scene(id="beach", upload=new_upload("sand", 0)))
    assert required(studio_references(awaited)) == {
        f"{FOLDER}/user-scenes/sand.jpg": False,
        f"{FOLDER}/user-scenes/sand.thumb.jpg": False,
    }


def test_settings_may_name_a_scene_that_is_in_no_list_wherever_they_stand() -> None:
    revision = GeneratedSceneImage(id="r", timestamp=0, url="https://example.com/r.jpg", settings=settings(OWN))
    for slot in (
        OutputSlot(id="slot", settings=settings(OWN)),
        OutputSlot(id="slot", born=Birth(settings=settings(OWN))),
    ):
        assert required(studio_references(studio(slot=slot))) == UNLISTED
    assert required(revision_references(studio(), "slot", [revision])) == UNLISTED


@pytest.mark.parametrize(
    "address",
    [
        "/scenes/living-room-modern.jpg",
        "https://example.com/a.jpg",
        "/api/clients/acme/scene-studio/other/user-scenes/x/image",
    ],
)
def test_settings_with_a_scene_of_another_place_name_nothing_here(address: str) -> None:
    slot = OutputSlot(id="slot", settings=settings({"scene": {"id": "x", "imageUrl": address}}))
    assert not list(studio_references(studio(slot=slot)))


def test_a_picture_under_way_may_be_there_and_may_have_what_it_is_made_of() -> None:
    products = (
        IntendedProduct(id="chair", name="Chair", image_id="one", sha256=HASH),
        IntendedProduct(id="mug", name="Mug"),
    )
    intent = Intent(
        id="wanted", asked_at=0, asked_rev=1, queued_at=0, deadline=9, seed=1, products=products,
        scene_picture_id="sand",
    )  # fmt: skip
    slot = OutputSlot(id="slot", intents=(intent,))
    named = list(studio_references(studio(slot=slot)))
    assert Reference("clients/acme/products/chair/one.png", HASH, required=False) in named
    assert required(named) == dict.fromkeys(
        [
            f"{FOLDER}/slots/slot/revisions/wanted.jpg",
            f"{FOLDER}/slots/slot/revisions/wanted.thumb.jpg",
            "clients/acme/products/chair/one.png",
            "clients/acme/products/chair/one.cutout.png",
            f"{FOLDER}/user-scenes/sand.jpg",
            f"{FOLDER}/user-scenes/sand.thumb.jpg",
        ],
        False,
    )


def test_a_revision_names_its_picture_unless_that_lies_elsewhere() -> None:
    here = GeneratedSceneImage(id="here", timestamp=0, sha256=HASH)
    far = GeneratedSceneImage(id="far", timestamp=0, url="https://example.com/far.jpg")
    assert list(revision_references(studio(), "slot", [here, far])) == [
        Reference(f"{FOLDER}/slots/slot/revisions/here.jpg", HASH),
        Reference(f"{FOLDER}/slots/slot/revisions/here.thumb.jpg", required=False),
    ]


def test_a_page_is_named_by_the_hash_of_its_bytes() -> None:
    assert page_reference(studio(), "slot", HASH) == Reference(f"{FOLDER}/slots/slot/history/{HASH}.json", HASH)
