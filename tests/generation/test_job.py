"""What an image model is asked for a picture, and what the revision says of it."""

import dataclasses
import hashlib
from collections.abc import Callable
from typing import Any, Final

import pytest

from scene_studio.generation.image_model import ImageRequest, ImageResult, ProductPicture
from scene_studio.generation.job import Job
from scene_studio.generation.message import WantedPicture, encode_messages
from scene_studio.generation.prompt import build_negative_prompt
from scene_studio.images.provenance import (
    DigitalSource,
    Provenance,
    UsedProduct,
    UsedScene,
    read_provenance,
)
from scene_studio.model.addresses import scene_image
from scene_studio.model.errors import Busy, ImageRejected, InvalidRequest
from scene_studio.model.intent import IntendedProduct, Intent
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.settings import SceneGenerationSettings, SceneReference, resolve
from scene_studio.stock_scenes import STOCK_SCENES, stock_picture
from scene_studio.store import keys
from scene_studio.store.object_store import StoredObject
from tests.support.models import SIZE, StubModel, stub_jpeg
from tests.support.pictures import as_image, jpeg, png
from tests.support.scripted_store import FakeTime, MemoryStore, ScriptedStore, unavailable
from tests.support.xmp import without_xmp

PLACE: Final = ("acme-corp", "default", "a", "p")
WANTED: Final = WantedPicture(client_id=PLACE[0], studio_id=PLACE[1], slot_id=PLACE[2], image_id=PLACE[3])
T0: Final = 1_700_000_000_000
SEED: Final = 4711
SETTINGS: Final = SceneGenerationSettings(style="Coastal", prompt_text="On a quay.")
INTENT: Final = Intent(
    id="p",
    asked_at=T0,
    asked_rev=1,
    queued_at=T0,
    deadline=T0 + 1000,
    products=(
        IntendedProduct(id="jug", name="Tall Jug", image_id="j1"),
        IntendedProduct(id="mug", name="Oak Mug", image_id="m1"),
        IntendedProduct(id="bowl", name="Bowl"),
    ),
    settings=SETTINGS,
    prompt="A jug, a mug and a bowl.",
    seed=SEED,
)
IN_OWN_SCENE: Final = SceneGenerationSettings.model_validate(
    {
        "scene": {
            "id": "beach",
            "name": "Beach",
            "imageUrl": f"https://example.com{scene_image(*PLACE[:2], 'beach')}?token=1",
            "uploadedBy": "someone@example.com",
        },
        "placement": {"x": 0.5, "movedBy": "someone@example.com"},
        "style": "Coastal",
        "savedBy": "someone@example.com",
    }
)


class PricedModel(StubModel):
    """Uses another seed than it is asked to, and costs something."""

    def generate(self, request: ImageRequest) -> ImageResult:
        made = super().generate(request)
        return dataclasses.replace(made, seed=request.seed + 1, cost_micros=70_000)


class Studio:
    """One picture to make, over a store in which every product has its picture; the model takes 40 ms."""

    def __init__(self) -> None:
        self.store = ScriptedStore(MemoryStore())
        self.time = FakeTime()
        self.model = StubModel()
        self.model.meanwhile = lambda: self.time.sleep(0.04)
        for number, (product_id, image_id) in enumerate([("jug", "j1"), ("mug", "m1"), ("bowl", "b1")]):
            self.keep(keys.product_image(PLACE[0], product_id, image_id), png(number))

    def keep(self, key: str, body: bytes) -> None:
        self.store.inner.put_once(key, body, content_type="image/png")

    def job(self, **changes: Any) -> Job:
        return Job(WANTED, INTENT.replace(**changes), self.store, lambda: T0 + round(self.time.now * 1000))

    def make(self, **changes: Any) -> GeneratedSceneImage:
        return self.job(**changes).make(self.model, 30, self.time.pacing)

    def asked(self, **changes: Any) -> ImageRequest:
        """What the model was asked."""
        self.make(**changes)
        return self.model.requests[-1]

    def stored(self, key: str) -> bytes | None:
        found = self.store.inner.get(key)
        return found.body if isinstance(found, StoredObject) else None

    def picture(self) -> bytes:
        """The picture that is stored."""
        found = self.stored(keys.revision(*PLACE))
        assert found is not None
        return found

    def provenance(self, **changes: Any) -> Provenance:
        """What the picture that is made says of itself."""
        self.make(**changes)
        found = read_provenance(self.picture())
        assert found is not None
        return found


def carried_out(request: Callable[[], Any]) -> Any:
    return request()


@pytest.fixture
def studio() -> Studio:
    return Studio()


def test_a_revision_says_what_was_asked_for_and_what_came_of_it(studio: Studio) -> None:
    assert studio.make() == GeneratedSceneImage(
        id="p",
        timestamp=T0 + 40,
        product_ids=("jug", "mug", "bowl"),
        product_names=("Tall Jug", "Oak Mug", "Bowl"),
        settings=SETTINGS,
        debug_prompt="A jug, a mug and a bowl.",
        model="stub-1",
        seed=SEED,
        width=SIZE[0],
        height=SIZE[1],
        took_milliseconds=40,
        cost_micros=0,
        sha256=hashlib.sha256(studio.picture()).hexdigest(),
        product_image_ids=("j1", "m1", None),
    )


def test_the_seed_and_the_cost_are_those_that_the_model_tells(studio: Studio) -> None:
    class Seedless(StubModel):
        def generate(self, request: ImageRequest) -> ImageResult:
            return ImageResult(stub_jpeg(1), *SIZE, seed=5, cost_micros=70_000)

    studio.model = Seedless()
    revision = studio.make()
    assert (revision.seed, revision.cost_micros) == (5, 70_000)


def test_the_size_is_that_of_the_picture_and_not_what_the_model_says_of_it(studio: Studio) -> None:
    class Boasting(StubModel):
        def generate(self, request: ImageRequest) -> ImageResult:
            return ImageResult(jpeg(1, (40, 30)), 4000, 3000, request.seed)

    studio.model = Boasting()
    revision = studio.make()
    assert (revision.width, revision.height) == (40, 30)


def test_a_clock_that_was_set_back_makes_no_picture_take_less_than_no_time(studio: Studio) -> None:
    studio.model.meanwhile = lambda: studio.time.sleep(-5)
    assert studio.make().took_milliseconds == 0


def test_the_model_is_asked_with_every_setting_and_the_products_in_order(studio: Studio) -> None:
    assert studio.asked() == ImageRequest(
        prompt="A jug, a mug and a bowl.",
        settings=resolve(SETTINGS),
        products=(
            ProductPicture("jug", "Tall Jug", png(0)),
            ProductPicture("mug", "Oak Mug", png(1)),
            ProductPicture("bowl", "Bowl", None),
        ),
        scene=None,
        seed=SEED,
        negative_prompt=build_negative_prompt(resolve(SETTINGS)),
        seconds=30,
    )


def test_a_product_whose_picture_is_gone_is_asked_for_without_one(studio: Studio) -> None:
    studio.store.inner.delete(keys.product_image(PLACE[0], "mug", "m1"))
    assert [product.picture for product in studio.asked().products] == [png(0), None, None]
    assert studio.make().product_names == ("Tall Jug", "Oak Mug", "Bowl")


def test_the_picture_of_a_product_is_the_one_it_had_when_the_picture_was_asked_for(studio: Studio) -> None:
    studio.keep(keys.product_image(PLACE[0], "mug", "m2"), png(9))
    assert studio.asked().products[1].picture == png(1)


CUT_OUT: Final = IntendedProduct(id="mug", name="Oak Mug", image_id="m1", cutout=True, sha256="5" * 64)


def test_a_product_is_shown_cut_out_where_its_picture_has_been(studio: Studio) -> None:
    studio.keep(keys.product_cutout(PLACE[0], "mug", "m1"), png(20))
    assert studio.asked(products=(CUT_OUT,)).products[0].picture == png(20)
    assert studio.asked(products=(CUT_OUT.replace(cutout=False),)).products[0].picture == png(1)


def test_a_product_is_shown_as_it_is_if_what_was_cut_out_is_gone(studio: Studio) -> None:
    assert studio.asked(products=(CUT_OUT,)).products[0].picture == png(1)


def test_a_picture_names_what_the_library_shows_of_a_product_and_not_what_was_cut_out_of_it(
    studio: Studio,
) -> None:
    studio.keep(keys.product_cutout(PLACE[0], "mug", "m1"), png(20))
    assert studio.make(products=(CUT_OUT,)).product_image_ids == ("m1",)
    assert studio.provenance(products=(CUT_OUT,)).products == (UsedProduct("mug", "Oak Mug", "m1", "5" * 64),)


def test_a_scene_from_stock_is_shown_to_the_model(studio: Studio) -> None:
    stock = STOCK_SCENES[0]
    scene = SceneReference(id=stock.id, image_url=stock.image_url)
    assert studio.asked(settings=SETTINGS.replace(scene=scene)).scene == stock_picture(stock)


def test_a_scene_of_the_studios_own_is_shown_to_the_model(studio: Studio) -> None:
    studio.keep(keys.user_scene(*PLACE[:2], "beach"), b"beach")
    scene = SceneReference(id="beach", image_url=scene_image(*PLACE[:2], "beach"))
    assert studio.asked(settings=SETTINGS.replace(scene=scene)).scene == b"beach"


def test_a_scene_is_shown_as_it_was_when_the_picture_was_asked_for(studio: Studio) -> None:
    for name in ("beach", "second", "third"):
        studio.keep(keys.user_scene(*PLACE[:2], name), name.encode())
    scene = SceneReference(id="beach", image_url=scene_image(*PLACE[:2], "beach"))
    asked = studio.asked(settings=SETTINGS.replace(scene=scene), scene_picture_id="second")
    assert asked.scene == b"second"


def test_a_scene_whose_picture_is_gone_is_refused_and_not_shown_as_another(studio: Studio) -> None:
    studio.keep(keys.user_scene(*PLACE[:2], "beach"), b"beach")
    scene = SceneReference(id="beach", image_url=scene_image(*PLACE[:2], "beach"))
    with pytest.raises(InvalidRequest):
        studio.make(settings=SETTINGS.replace(scene=scene), scene_picture_id="second")


def test_a_scene_without_a_picture_is_left_to_the_model(studio: Studio) -> None:
    for scene in (SceneReference(id="beach"), SceneReference(id="beach", image_url="")):
        assert studio.asked(settings=SETTINGS.replace(scene=scene)).scene is None


@pytest.mark.parametrize(
    "image_url",
    [
        scene_image(*PLACE[:2], "gone"),
        scene_image(PLACE[0], "other", "beach"),
        "/scenes/nowhere.jpg",
        "https://example.com/beach.jpg",
    ],
)
def test_a_scene_that_is_not_here_is_refused_before_it_costs_anything(studio: Studio, image_url: str) -> None:
    studio.keep(keys.user_scene(PLACE[0], "other", "beach"), b"beach")
    scene = SceneReference(id="beach", image_url=image_url)
    with pytest.raises(InvalidRequest) as refusal:
        studio.make(settings=SETTINGS.replace(scene=scene))
    assert [error.field for error in refusal.value.errors] == ["/settings/scene/imageUrl"]
    assert studio.model.calls == 0


def test_the_picture_is_stored_as_it_came_but_for_its_provenance_before_its_thumbnail(studio: Studio) -> None:
    class Large(StubModel):
        def generate(self, request: ImageRequest) -> ImageResult:
            return ImageResult(jpeg(3, (640, 480)), 640, 480, request.seed)

    studio.model = Large()
    studio.make()
    picture, thumbnail = keys.revision(*PLACE), keys.revision_thumbnail(*PLACE)
    assert [key for name, key in studio.store.calls if name == "put_once"] == [picture, thumbnail]
    assert without_xmp(studio.picture()) == jpeg(3, (640, 480))
    small = studio.stored(thumbnail)
    assert small is not None
    assert as_image(small).size == (320, 240)


@pytest.mark.parametrize("failures", [1, 2, 7])
def test_a_picture_that_could_not_be_stored_is_stored_without_asking_the_model_again(
    studio: Studio, failures: int
) -> None:
    studio.store.creates.extend([unavailable] * failures)
    assert studio.make().took_milliseconds == 40
    assert without_xmp(studio.picture()) == stub_jpeg(SEED)
    assert studio.model.calls == 1


def test_a_picture_that_cannot_be_stored_in_time_is_told(studio: Studio) -> None:
    studio.store.creates.extend([unavailable] * 100)
    with pytest.raises(Busy):
        studio.make()
    assert studio.stored(keys.revision(*PLACE)) is None


def test_a_product_that_cannot_be_read_now_is_not_left_out(studio: Studio) -> None:
    studio.store.gets.append(unavailable)
    with pytest.raises(Busy):
        studio.make()
    assert studio.model.calls == 0


def test_what_is_no_picture_is_not_stored(studio: Studio) -> None:
    class Babbling(StubModel):
        def generate(self, request: ImageRequest) -> ImageResult:
            return ImageResult(b"no picture", *SIZE, request.seed)

    studio.model = Babbling()
    with pytest.raises(ImageRejected):
        studio.make()
    assert [name for name, _ in studio.store.calls if name == "put_once"] == []


def test_a_picture_that_an_earlier_attempt_stored_is_described_as_if_that_attempt_had_gone_on(
    studio: Studio,
) -> None:
    studio.keep(keys.user_scene(*PLACE[:2], "beach"), b"beach")
    studio.model = PricedModel()
    made = studio.make(settings=IN_OWN_SCENE)
    assert (made.seed, made.cost_micros, made.took_milliseconds) == (SEED + 1, 70_000, 0)
    studio.time.sleep(9)
    studio.store.inner.delete(keys.product_image(PLACE[0], "jug", "j1"))
    assert studio.job(settings=IN_OWN_SCENE).stored() == made


def test_a_picture_stored_before_pictures_said_how_they_were_made_gives_what_the_intent_tells(
    studio: Studio,
) -> None:
    made = studio.make()
    studio.store.inner.delete(keys.revision(*PLACE))
    studio.keep(keys.revision(*PLACE), stub_jpeg(SEED))
    studio.time.sleep(9)
    assert studio.job().stored() == made.replace(
        timestamp=T0 + 9040,
        model=None,
        took_milliseconds=None,
        cost_micros=None,
        product_image_ids=None,
        sha256=hashlib.sha256(stub_jpeg(SEED)).hexdigest(),
    )


def test_of_two_attempts_at_once_both_describe_the_picture_that_was_stored_first(studio: Studio) -> None:
    first: list[GeneratedSceneImage] = []

    def meanwhile() -> None:
        studio.model = StubModel()
        first.append(studio.make())

    slower = PricedModel()
    slower.meanwhile = meanwhile
    studio.model = slower
    assert [studio.make()] == first
    assert first[0].model == "stub-1"


def test_a_stored_picture_that_cannot_be_read_back_at_once_is_read_again(studio: Studio) -> None:
    made = studio.make()
    reads = len(studio.store.calls)
    studio.store.gets.extend([carried_out, carried_out, unavailable])
    studio.model = PricedModel()
    assert studio.make() == made
    assert studio.store.calls[reads:].count(("get", keys.revision(*PLACE))) == 2


def test_a_picture_says_how_it_was_made(studio: Studio) -> None:
    assert studio.provenance() == Provenance(
        revision_id="p",
        created=T0 + 40,
        source=DigitalSource.COMPOSITE_WITH_TRAINED,
        model="stub-1",
        seed=SEED,
        cost_micros=0,
        took_milliseconds=40,
        prompt="A jug, a mug and a bowl.",
        settings={"style": "Coastal", "promptText": "On a quay."},
        products=(
            UsedProduct("jug", "Tall Jug", "j1", hashlib.sha256(png(0)).hexdigest()),
            UsedProduct("mug", "Oak Mug", "m1", hashlib.sha256(png(1)).hexdigest()),
            UsedProduct("bowl", "Bowl"),
        ),
    )


def test_a_picture_names_the_scene_from_stock_that_it_was_made_in(studio: Studio) -> None:
    stock = STOCK_SCENES[0]
    settings = SceneGenerationSettings(scene=SceneReference(id=stock.id, image_url=stock.image_url))
    sha256 = hashlib.sha256(stock_picture(stock)).hexdigest()
    assert studio.make(settings=settings).scene_sha256 == sha256
    assert studio.provenance(settings=settings).scene == UsedScene(stock.image_url, sha256)


def test_a_picture_names_neither_its_client_nor_its_studio_nor_what_else_came_with_the_settings(
    studio: Studio,
) -> None:
    studio.keep(keys.user_scene(*PLACE[:2], "beach"), b"beach")
    told = studio.provenance(settings=IN_OWN_SCENE)
    assert told.scene == UsedScene("user-scenes/beach", hashlib.sha256(b"beach").hexdigest())
    assert told.settings == {
        "scene": {"id": "beach", "name": "Beach", "imageUrl": "user-scenes/beach"},
        "placement": {"x": 0.5},
        "style": "Coastal",
    }
    for secret in (b"acme-corp", b"scene-studio/", b"someone@example.com", b"token"):
        assert secret not in studio.picture()


def test_a_product_whose_picture_is_gone_is_told_as_one_without(studio: Studio) -> None:
    studio.store.inner.delete(keys.product_image(PLACE[0], "mug", "m1"))
    assert studio.make().product_image_ids == ("j1", None, None)
    assert studio.provenance().products[1] == UsedProduct("mug", "Oak Mug")


@pytest.mark.parametrize(
    ("model", "has_product", "has_scene", "source"),
    [
        ("compositor-1", True, False, DigitalSource.COMPOSITE),
        ("compositor-1", False, True, DigitalSource.COMPOSITE),
        ("compositor-1", False, False, DigitalSource.ALGORITHMIC),
        ("bedrock-inpaint-1", True, True, DigitalSource.COMPOSITE_WITH_TRAINED),
        ("bedrock-core-1", True, False, DigitalSource.COMPOSITE_WITH_TRAINED),
        ("bedrock-core-1", False, True, DigitalSource.TRAINED),
        ("nobody-knows-1", False, False, DigitalSource.TRAINED),
    ],
)
def test_where_the_pixels_come_from_is_told_by_the_model_and_by_the_pictures_it_was_given(
    studio: Studio, model: str, source: DigitalSource, *, has_product: bool, has_scene: bool
) -> None:
    studio.keep(keys.user_scene(*PLACE[:2], "beach"), b"beach")
    studio.model.capabilities = dataclasses.replace(StubModel.capabilities, name=model)
    told = studio.provenance(
        products=INTENT.products[0 if has_product else 2 :], settings=IN_OWN_SCENE if has_scene else SETTINGS
    )
    assert (told.source, told.model) == (source, model)


def test_where_no_picture_is_stored_there_is_none(studio: Studio) -> None:
    assert studio.job().stored() is None


def test_a_store_out_of_reach_is_not_taken_for_one_without_the_picture(studio: Studio) -> None:
    studio.store.gets.append(unavailable)
    with pytest.raises(Busy):
        studio.job().stored()


def test_messages_are_read_back_as_they_were(studio: Studio) -> None:
    wanted = [WANTED, WANTED.replace(image_id="q")]
    bodies = encode_messages(wanted)
    assert [WantedPicture.model_validate_json(body) for body in bodies] == wanted
    assert '"imageId":"p"' in bodies[0]
