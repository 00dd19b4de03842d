import hashlib
from pathlib import Path
from typing import Any

import pytest

from scene_studio import runtime
from scene_studio.generation.prompt import build_negative_prompt, build_prompt
from scene_studio.model.errors import GenerationRefused, ImageRejected, SceneStudioError
from scene_studio.model.settings import MAX_SEED, SceneGenerationSettings, resolve
from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.models import SIZE, StubModel, stub_jpeg
from tests.support.pages import opened
from tests.support.pictures import as_image, data_url, jpeg
from tests.support.problems import assert_invalid, assert_problem
from tests.support.seed import OAK_CHAIR, SETTINGS, import_client, ready_json
from tests.support.stored import stored_document, stored_objects
from tests.support.xmp import without_xmp

SLOT = f"{STUDIO}/slots/slot-1"
BOTH = ["product-a", "product-b"]


def generate(**members: Any) -> Answer:
    return call("POST", f"{STUDIO}/generate", {"slotId": "slot-1"} | members)


def made(**members: Any) -> dict[str, Any]:
    answer = generate(**members)
    assert answer.status == 200, answer.body
    body = answer.json
    assert isinstance(body, dict)
    return body


def test_execute_answers_as_the_seeds_browser_expects(ready: Path, model: StubModel) -> None:
    answer = made(products=[{"id": name, "name": "x", "imageUrl": "y"} for name in BOTH], settings=SETTINGS)
    (image,) = answer["images"]
    assert answer["imageUrl"] == image["url"] == f"{SLOT}/history/{image['id']}/image"
    chosen = resolve(SceneGenerationSettings.model_validate(SETTINGS))
    wanted = build_prompt(chosen, ["Oak Chair", "Ceramic Vase"], image["seed"])
    assert model.requests[0].negative_prompt == build_negative_prompt(chosen)
    assert answer["promptUsed"] == image["debugPrompt"] == wanted == model.requests[0].prompt
    assert (image["productIds"], image["productNames"]) == (BOTH, ["Oak Chair", "Ceramic Vase"])
    assert image["settings"] == SETTINGS
    assert (image["model"], (image["width"], image["height"])) == ("stub-1", SIZE)
    picture = opened(call("GET", answer["imageUrl"]), ready).body
    assert without_xmp(picture) == stub_jpeg(image["seed"])
    assert (image["sha256"], image["costMicros"]) == (hashlib.sha256(picture).hexdigest(), 0)
    assert not {"productImageIds", "sceneSha256"} & image.keys()
    assert opened(call("GET", answer["imageUrl"] + "?size=thumb"), ready).body.startswith(b"\xff\xd8")


def test_the_picture_is_kept_shown_and_at_the_head_of_the_history(ready: Path, model: StubModel) -> None:
    first, second = made()["images"][0], made()["images"][0]
    (slot,) = call("GET", STUDIO).json["outputSlots"]
    assert slot["history"] == [second, first]
    assert (slot["status"], slot["historyCount"], slot["outputImage"]) == ("COMPLETED", 2, second["url"])


def test_what_a_person_picked_before_does_not_hide_the_new_picture(ready: Path, model: StubModel) -> None:
    first = made()["images"][0]
    call("PATCH", SLOT, {"outputImage": first["id"]})
    second = made()["images"][0]
    assert call("GET", STUDIO).json["outputSlots"][0]["outputImage"] == second["url"]


def test_what_a_person_picked_meanwhile_stays_shown(ready: Path, model: StubModel) -> None:
    first = made()["images"][0]
    model.meanwhile = lambda: call("PATCH", SLOT, {"outputImage": first["id"]})
    second = made()["images"][0]
    (slot,) = call("GET", STUDIO).json["outputSlots"]
    assert slot["outputImage"] == first["url"]
    assert [image["id"] for image in slot["history"]] == [second["id"], first["id"]]


@pytest.mark.parametrize("count", range(1, 9))
def test_several_pictures_come_in_one_answer_and_the_last_is_the_newest(
    ready: Path, model: StubModel, count: int
) -> None:
    answer = made(count=count)
    ids = [image["id"] for image in answer["images"]]
    assert (len(set(ids)), model.calls) == (count, count)
    assert answer["imageUrl"] == answer["images"][0]["url"]
    document = stored_document(ready)["outputSlots"][0]
    assert [revision["id"] for revision in document["history"]] == ids[::-1]
    assert document["outputImage"] == ids[-1]


@pytest.mark.parametrize(("seed", "used"), [(7, [7, 8, 9]), (0, [0, 1, 2]), (MAX_SEED, [MAX_SEED, 0, 1])])
def test_a_seed_is_that_of_the_first_picture_and_each_further_one_has_the_next(
    ready: Path, model: StubModel, seed: int, used: list[int]
) -> None:
    assert [image["seed"] for image in made(seed=seed, count=3)["images"]] == used
    assert [request.seed for request in model.requests] == used


def test_without_a_seed_every_picture_has_its_own(ready: Path, model: StubModel) -> None:
    seeds = [image["seed"] for _ in range(2) for image in made(count=4)["images"]]
    assert len(set(seeds)) == 8
    assert all(0 <= seed <= MAX_SEED for seed in seeds)


@pytest.mark.parametrize(
    ("members", "used"),
    [
        ({}, BOTH),
        ({"productIds": ["product-b"]}, ["product-b"]),
        ({"productIds": ["product-b", "product-a", "product-b"]}, ["product-b", "product-a"]),
        ({"products": [{"id": "product-c", "anything": [1]}]}, ["product-c"]),
        ({"productIds": ["product-a"], "products": [{"id": "product-b"}]}, ["product-a"]),
        ({"productIds": None, "products": None}, BOTH),
    ],
)
def test_products_are_those_of_the_body_or_else_of_the_slot(
    ready: Path, model: StubModel, members: dict[str, Any], used: list[str]
) -> None:
    assert made(**members)["images"][0]["productIds"] == used
    assert [product.id for product in model.requests[0].products] == used
    assert call("GET", STUDIO).json["outputSlots"][0]["productIds"] == BOTH


def test_the_model_sees_the_products_pictures_and_none_where_there_is_none(
    ready: Path, model: StubModel
) -> None:
    made(productIds=["product-a", "product-c"])
    chair, cushion = model.requests[0].products
    assert chair.picture is not None
    assert as_image(chair.picture).tobytes() == as_image(OAK_CHAIR).tobytes()
    assert (cushion.name, cushion.picture) == ("Linen Cushion", None)


def test_settings_of_the_body_go_over_those_of_the_slot_and_change_them_not(
    ready: Path, model: StubModel
) -> None:
    image = made(settings={"style": "Coastal", "lighting": None, "scene": None})["images"][0]
    assert (image["settings"]["style"], image["settings"]["lighting"]) == ("Coastal", "Natural Light")
    assert image["settings"]["varietyLevel"] == 7
    assert "scene" not in image["settings"]
    assert model.requests[0].scene is None
    assert call("GET", STUDIO).json["outputSlots"][0]["settings"] == SETTINGS


def test_a_slot_that_is_not_there_is_made_of_what_was_executed(ready: Path, model: StubModel) -> None:
    answer = made(slotId="slot-9", productIds=["product-b"], settings={"style": "Coastal"})
    slot = call("GET", STUDIO).json["outputSlots"][-1]
    assert (slot["id"], slot["productIds"], slot["settings"]["style"]) == ("slot-9", ["product-b"], "Coastal")
    assert (slot["history"], slot["outputImage"]) == (answer["images"], answer["imageUrl"])


@pytest.mark.parametrize("members", [{}, {"products": None}, {"productIds": []}, {"products": []}])
def test_a_slot_that_is_not_there_is_not_made_of_nothing(
    ready: Path, model: StubModel, members: dict[str, Any]
) -> None:
    before = stored_objects(ready)
    assert_problem(generate(slotId="slot-9", **members), 404, "not-found")
    assert (stored_objects(ready), model.calls) == (before, 0)


def test_no_picture_is_paid_for_when_there_is_no_room_for_its_slot(ready: Path, model: StubModel) -> None:
    rows = [{"id": f"row-{number}"} for number in range(100 - len(call("GET", STUDIO).json["outputSlots"]))]
    assert call("PATCH", STUDIO, {"outputSlots": rows}).status == 200
    before = stored_objects(ready)
    assert_invalid(generate(slotId="slot-9", productIds=BOTH), "/outputSlots")
    assert (stored_objects(ready), model.calls) == (before, 0)


@pytest.mark.parametrize("members", [{"productIds": []}, {"products": []}])
def test_a_picture_of_nothing_is_refused(ready: Path, model: StubModel, members: dict[str, Any]) -> None:
    assert_invalid(generate(**members), "/productIds")
    call("PATCH", SLOT, {"productIds": []})
    assert_invalid(generate(), "/productIds")
    assert model.calls == 0


def test_a_product_that_left_the_library_is_refused(ready: Path, model: StubModel) -> None:
    call("DELETE", f"{CLIENT}/products/product-b")
    assert_invalid(generate(), "/slotId")
    assert_invalid(generate(productIds=["product-b"]), "/productIds/0")
    assert model.calls == 0


def test_a_scene_from_stock_is_used(ready: Path, model: StubModel) -> None:
    made()
    assert model.requests[0].scene == call("GET", "/scenes/living-room-modern.jpg").body


def test_a_scene_of_the_studios_own_is_used(local_service: Path, model: StubModel) -> None:
    client = ready_json()
    picture = jpeg(9)
    client["sceneStudios"][0]["userScenes"] = [{"id": "beach", "imageUrl": data_url(picture)}]
    import_client(client)
    own = f"{STUDIO}/user-scenes/beach/image"
    for address in (own, f"http://localhost:8000{own}"):
        made(settings={"scene": {"id": "beach", "imageUrl": address}})
    assert [request.scene for request in model.requests] == [picture, picture]


@pytest.mark.parametrize(
    "address",
    [
        "/scenes/nowhere.jpg",
        "/scenes/../secret.jpg",
        "https://example.com/a.jpg",
        f"{STUDIO}/user-scenes/nowhere/image",
        "/api/clients/other/scene-studio/default/user-scenes/beach/image",
        f"{STUDIO}/user-scenes/../../../x/image",
        "http://[",
    ],
)
def test_a_scene_whose_picture_is_not_here_is_refused_and_named(
    ready: Path, model: StubModel, address: str
) -> None:
    before = stored_objects(ready)
    assert_invalid(generate(settings={"scene": {"id": "x", "imageUrl": address}}), "/settings/scene/imageUrl")
    assert (stored_objects(ready), model.calls) == (before, 0)


@pytest.mark.parametrize("refusal", [GenerationRefused("Not this one."), ImageRejected("Damaged.")])
def test_what_the_model_refuses_is_told_to_whoever_asked_and_to_whoever_looks_later(
    ready: Path, model: StubModel, refusal: SceneStudioError
) -> None:
    model.refusal = refusal
    answer = generate()
    assert_problem(answer, 422, "generation-refused")
    assert answer.json["detail"] == refusal.detail
    (slot,) = call("GET", STUDIO).json["outputSlots"]
    assert (slot["status"], slot["error"], slot["history"]) == ("ERROR", refusal.detail, [])
    (failed,) = slot["generation"]
    assert (failed["state"], failed["reason"]) == ("failed", refusal.detail)


def test_the_compositor_answers_where_no_other_model_is_named(ready: Path) -> None:
    answer = made(settings={"aspectRatio": "16:9"}, seed=1)
    picture = as_image(opened(call("GET", answer["imageUrl"]), ready).body)
    assert picture.size == (1360, 768) == (answer["images"][0]["width"], answer["images"][0]["height"])
    assert answer["images"][0]["model"] == runtime.image_model().capabilities.name == "compositor-1"
