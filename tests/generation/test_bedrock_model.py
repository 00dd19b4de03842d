from dataclasses import dataclass

import pytest

from scene_studio.generation.bedrock.canvas import canvas_size
from scene_studio.generation.bedrock.model import BedrockModel
from scene_studio.generation.capabilities import CAPABILITIES, MAX_PAID_CUTOUTS
from scene_studio.generation.image_model import ImageRequest
from scene_studio.generation.names import BedrockName, Region
from scene_studio.model.settings import ASPECT_RATIOS, MAX_SEED, AspectRatio
from tests.generation.asking import (
    CUT,
    NAMES,
    PIXELS,
    PLAIN,
    ROOM,
    SCENE,
    Wire,
    asked,
    assert_sacred,
    model_on,
    wire_to,
)
from tests.support.loopback_bedrock import Fault, LoopbackBedrock
from tests.support.pictures import as_image


@dataclass(frozen=True)
class Way:
    """How a picture is made: which calls, in order, and what they cost in cents."""

    says: str
    name: BedrockName
    request: ImageRequest
    calls: tuple[str, ...]
    cents: int
    region: Region = "us-west-2"


WAYS = [
    Way("painted around", "bedrock-inpaint", asked(CUT), ("inpaint",), 7),
    Way("painted around a plain one", "bedrock-inpaint", asked(PLAIN), ("inpaint",), 7),
    Way("two painted around", "bedrock-inpaint", asked(CUT, PLAIN), ("inpaint",), 7),
    Way("one cut out for money", "bedrock-inpaint", asked(ROOM), ("remove-background", "inpaint"), 14),
    Way(
        "two of three cut out for money",
        "bedrock-inpaint",
        asked(ROOM, CUT, ROOM),
        ("remove-background", "remove-background", "inpaint"),
        21,
    ),
    Way("painted around, elsewhere", "bedrock-inpaint", asked(CUT), ("inpaint",), 7, "us-east-1"),
    Way("on a plate of Core", "bedrock-core", asked(CUT), ("stable-image-core", "inpaint"), 11),
    Way("on a plate of Ultra", "bedrock-ultra", asked(CUT), ("stable-image-ultra", "inpaint"), 21),
    Way("on a plate of SD3.5", "bedrock-sd3.5", asked(CUT), ("sd3-5-large", "inpaint"), 15),
    Way("no Core elsewhere", "bedrock-core", asked(CUT), ("style-guide", "inpaint"), 14, "us-east-2"),
    Way("scene kept", "bedrock-inpaint", asked(CUT, scene=SCENE), ("inpaint",), 7),
    Way("scene kept, plate or not", "bedrock-ultra", asked(CUT, scene=SCENE), ("inpaint",), 7),
    Way("scene kept up to 6", "bedrock-core", asked(CUT, scene=SCENE, varietyLevel=6), ("inpaint",), 7),
    *(
        Way(
            f"same layout at {level}",
            "bedrock-core",
            asked(CUT, scene=SCENE, varietyLevel=level),
            ("control-structure", "inpaint"),
            14,
        )
        for level in (7, 8)
    ),
    *(
        Way(
            f"same look at {level}",
            "bedrock-core",
            asked(CUT, scene=SCENE, varietyLevel=level),
            ("style-guide", "inpaint"),
            14,
        )
        for level in (9, 10)
    ),
    Way("no product", "bedrock-inpaint", asked(), ("stable-image-core",), 4),
    Way("no picture of the product", "bedrock-inpaint", asked(None), ("stable-image-core",), 4),
    Way("no picture, Ultra", "bedrock-ultra", asked(None), ("stable-image-ultra",), 14),
    Way("no picture, elsewhere", "bedrock-core", asked(None), ("style-guide",), 7, "us-east-1"),
    Way("no picture, in a scene", "bedrock-core", asked(None, scene=SCENE), ("style-guide",), 7),
    Way("one of two has a picture", "bedrock-inpaint", asked(None, CUT), ("inpaint",), 7),
    Way(
        "as much as can be",
        "bedrock-ultra",
        asked(*[ROOM] * MAX_PAID_CUTOUTS),
        (*["remove-background"] * MAX_PAID_CUTOUTS, "stable-image-ultra", "inpaint"),
        49,
    ),
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.says)
def test_a_picture_takes_these_calls_and_costs_their_sum(bedrock: LoopbackBedrock, way: Way) -> None:
    result = model_on(wire_to(bedrock, way.region), way.name).generate(way.request)

    assert tuple(call.name for call in bedrock.calls) == tuple(bedrock.paid) == way.calls
    assert (
        result.cost_micros == way.cents * 10_000 <= CAPABILITIES[way.name].price_of(len(way.request.products))
    )
    picture = as_image(result.jpeg)
    assert (result.width, result.height) == picture.size == canvas_size("1:1", PIXELS)
    assert result.jpeg.startswith(b"\xff\xd8\xff")
    assert {call.region for call in bedrock.calls} == {way.region}


def test_the_price_that_is_declared_is_that_of_the_dearest_picture() -> None:
    dearest = {name: CAPABILITIES[name].price_of(16) for name in NAMES}
    assert dearest == {
        "bedrock-inpaint": 420_000,
        "bedrock-core": 420_000,
        "bedrock-ultra": 490_000,
        "bedrock-sd3.5": 430_000,
    }


def test_the_product_is_named_to_who_paints_around_it_and_not_to_who_makes_the_empty_place(
    wire: Wire, bedrock: LoopbackBedrock
) -> None:
    model_on(wire, "bedrock-core").generate(asked(CUT, promptText="Morning mist."))
    plate, inpaint = (call.members["prompt"] for call in bedrock.calls)
    assert "Product 0" in inpaint
    assert "roduct" not in plate
    assert plate.endswith("Morning mist.")
    assert inpaint.endswith("Morning mist.")


def test_every_call_gets_the_wishes_that_it_knows(wire: Wire, bedrock: LoopbackBedrock) -> None:
    request = asked(ROOM, scene=SCENE, varietyLevel=9, aspectRatio="4:3", negativePrompt="plastic")
    model_on(wire).generate(request)
    removal, guide, inpaint = (call.members for call in bedrock.calls)
    assert removal.keys() == {"image", "output_format"}
    assert guide["aspect_ratio"] == "5:4"
    assert "aspect_ratio" not in inpaint
    for members in (guide, inpaint):
        assert members["negative_prompt"] == request.negative_prompt
        assert members["negative_prompt"].endswith(", plastic")
        assert (members["seed"], members["style_preset"]) == (7, "photographic")
    assert inpaint["grow_mask"] == 0


def test_the_mode_is_told_to_the_one_model_that_has_it(wire: Wire, bedrock: LoopbackBedrock) -> None:
    for name in NAMES:
        model_on(wire, name).generate(asked(None))
    assert [call.members.get("mode") for call in bedrock.calls] == [None, None, None, "text-to-image"]


@pytest.mark.parametrize(
    ("style", "preset"), [("3D Model", "3d-model"), ("anime", "anime"), ("Rustic", "photographic")]
)
def test_a_style_that_the_models_know_by_name_is_asked_for_by_it(
    model: BedrockModel, bedrock: LoopbackBedrock, style: str, preset: str
) -> None:
    model.generate(asked(CUT, style=style))
    assert bedrock.calls[0].members["style_preset"] == preset


@pytest.mark.parametrize(
    ("level", "field", "value"),
    [
        (7, "control_strength", 0.51),
        (8, "control_strength", 0.44),
        (9, "fidelity", 0.37),
        (10, "fidelity", 0.3),
    ],
)
def test_the_more_variety_is_wanted_the_less_a_picture_holds_to_its_scene(
    model: BedrockModel, bedrock: LoopbackBedrock, level: int, field: str, value: float
) -> None:
    model.generate(asked(CUT, scene=SCENE, varietyLevel=level))
    assert bedrock.calls[0].members[field] == value


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
@pytest.mark.parametrize("name", ["bedrock-inpaint", "bedrock-core"])
def test_every_aspect_ratio_is_made_whatever_the_models_know(
    wire: Wire, bedrock: LoopbackBedrock, ratio: AspectRatio, name: BedrockName
) -> None:
    for request in (asked(CUT, aspectRatio=ratio), asked(None, aspectRatio=ratio)):
        result = model_on(wire, name).generate(request)
        assert (result.width, result.height) == canvas_size(ratio, PIXELS)
        assert as_image(result.jpeg).size == (result.width, result.height)
    named = {call.members["aspect_ratio"] for call in bedrock.calls if "aspect_ratio" in call.members}
    assert named == {{"3:4": "4:5", "4:3": "5:4"}.get(ratio, ratio)}


def test_pictures_are_made_with_two_megapixels_from_an_answer_of_four(
    wire: Wire, bedrock: LoopbackBedrock
) -> None:
    bedrock.painter.inpaint_pixels = 4_194_304
    made = BedrockModel(CAPABILITIES["bedrock-inpaint"], wire.transport).compose(asked(CUT))
    assert made.picture.size == (1448, 1448)
    assert_sacred(made)


@pytest.mark.parametrize(("seed", "used"), [(7, 7), (MAX_SEED, MAX_SEED), (0, MAX_SEED)])
def test_the_seed_is_sent_and_0_is_never_left_to_chance(
    model: BedrockModel, bedrock: LoopbackBedrock, seed: int, used: int
) -> None:
    result = model.generate(asked(CUT, seed=seed))
    assert bedrock.calls[0].members["seed"] == result.seed == used


def test_the_seed_is_the_one_that_was_asked_for_if_the_answer_tells_none(
    model: BedrockModel, bedrock: LoopbackBedrock
) -> None:
    bedrock.fail(Fault.NO_SEED)
    assert model.generate(asked(CUT, seed=5)).seed == 5


def test_another_seed_paints_another_picture(model: BedrockModel) -> None:
    colours = [model.compose(asked(CUT, seed=seed)).picture.getpixel((2, 2)) for seed in (7, 8)]
    assert colours[0] != colours[1]
