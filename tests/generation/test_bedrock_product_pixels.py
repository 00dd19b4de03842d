import base64
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from scene_studio.generation.bedrock.canvas import canvas_size, fitted, ring_mask
from scene_studio.generation.bedrock.model import BedrockModel
from scene_studio.generation.bedrock.operations import Operation
from scene_studio.generation.bedrock.requests import build, encode
from scene_studio.generation.bedrock.responses import ModelImage, parse
from scene_studio.generation.capabilities import BEDROCK_PLATES, CAPABILITIES
from scene_studio.generation.names import BedrockName, Region
from scene_studio.model.settings import MAX_SEED
from tests.generation.asking import (
    CUT,
    NAMES,
    PLAIN,
    ROOM,
    SCENE,
    Wire,
    asked,
    assert_sacred,
    model_on,
    opaque,
    same_where,
)
from tests.model.strategies import settings_members
from tests.support.loopback_bedrock import LoopbackBedrock
from tests.support.loopback_stability import painted_colour
from tests.support.pictures import as_image, photograph


@pytest.mark.parametrize("name", ["bedrock-inpaint", "bedrock-core"])
@pytest.mark.parametrize("level", [0, 7, 10])
@pytest.mark.parametrize("scene", [None, SCENE], ids=["made up", "scene"])
@pytest.mark.parametrize("shown", [(CUT,), (PLAIN, CUT), (ROOM,)], ids=["one", "two", "cut for money"])
def test_product_pixels_come_out_exactly_as_they_were_placed(
    wire: Wire, name: BedrockName, level: int, scene: bytes | None, shown: tuple[bytes | str, ...]
) -> None:
    made = model_on(wire, name).compose(asked(*shown, scene=scene, varietyLevel=level))
    assert len(made.cutouts) == len(shown)
    assert_sacred(made)


def test_product_pixels_are_the_products_own_wherever_and_however_it_is_placed(model: BedrockModel) -> None:
    placement = {"x": 0.9, "y": 0.5, "scale": 1.4, "rotation": 33}
    assert_sacred(model.compose(asked(CUT, PLAIN, placement=placement)))


def test_the_model_itself_would_have_changed_them(model: BedrockModel, bedrock: LoopbackBedrock) -> None:
    made = model.compose(asked(CUT))
    (cutout,) = made.cutouts
    sent = as_image(_sent(bedrock, "image"))
    drifted = sent.point([min(255, level + 5) for level in range(256)] * 3)
    assert not same_where(drifted.crop(cutout.box), cutout.image, opaque(cutout.image))


def _sent(bedrock: LoopbackBedrock, field: str, call: int = -1) -> bytes:
    return base64.b64decode(bedrock.calls[call].members[field])


def test_a_product_is_as_large_and_as_coloured_as_its_picture(model: BedrockModel) -> None:
    (cutout,) = model.compose(asked(PLAIN)).cutouts
    source = photograph(30, (60, 90)).resize(cutout.image.size)
    difference = ImageStat.Stat(
        ImageChops.difference(source, cutout.image.convert("RGB")), opaque(cutout.image)
    )
    assert max(difference.mean) < 8


def test_without_a_scene_everything_but_the_product_is_painted(
    model: BedrockModel, bedrock: LoopbackBedrock
) -> None:
    made = model.compose(asked(CUT))
    mask = as_image(_sent(bedrock, "mask"))
    assert mask.size == made.picture.size
    outside = Image.new("L", made.picture.size, 255)
    outside.paste(0, made.cutouts[0].box)
    painted = Image.new("RGB", made.picture.size, painted_colour(7))
    assert same_where(mask.convert("RGB"), Image.new("RGB", mask.size, "white"), outside)
    difference = ImageStat.Stat(ImageChops.difference(made.picture, painted), outside)
    assert max(difference.mean) < 1


def test_a_kept_scene_keeps_every_pixel_outside_the_ring_around_its_products(model: BedrockModel) -> None:
    made = model.compose(asked(CUT, scene=SCENE))
    size = made.picture.size
    untouched = ImageChops.invert(ring_mask(size, made.cutouts, shadows=True)).point([0] * 255 + [255])
    untouched.paste(0, made.cutouts[0].box)
    assert sum(untouched.histogram()[255:]) > 0.4 * size[0] * size[1]
    assert same_where(made.picture, fitted(as_image(SCENE), size), untouched)


@pytest.mark.parametrize(("strength", "painted"), [(None, True), (0.4, True), (0, False)])
def test_without_shadows_the_floor_for_them_is_not_painted(
    model: BedrockModel, bedrock: LoopbackBedrock, strength: float | None, *, painted: bool
) -> None:
    made = model.compose(asked(CUT, scene=SCENE, shadowStrength=strength))
    mask = as_image(_sent(bedrock, "mask"))
    assert mask.tobytes() == ring_mask(made.picture.size, made.cutouts, shadows=painted).tobytes()
    assert mask.tobytes() != ring_mask(made.picture.size, made.cutouts, shadows=not painted).tobytes()


class Directly:
    """A transport that hands requests to the loopback without a network."""

    region: Region = "us-west-2"

    def __init__(self, server: LoopbackBedrock) -> None:
        self._server = server

    def monotonic(self) -> float:
        return 0.0

    def ask(self, operation: Operation, wanted: dict[str, Any], until: float) -> ModelImage:
        body = encode(build(operation, wanted))
        reply, _ = self._server.answer_invoke(operation.model_id, self.region, body)
        assert reply is not None
        assert reply.status == 200, reply.body
        return parse(reply.body)


everything = st.fixed_dictionaries(
    {},
    optional={
        "negativePrompt": st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=50),
        "placement": st.fixed_dictionaries(
            {},
            optional={
                "x": st.floats(0, 1),
                "y": st.floats(0, 1),
                "scale": st.floats(0.1, 4),
                "rotation": st.floats(-180, 180),
            },
        ),
        "shadowStrength": st.floats(0, 1),
        "varietyLevel": st.integers(0, 10),
        "style": st.sampled_from(["Anime", "Modern", "", "3d model"]),
    },
)


@pytest.fixture(scope="module")
def quiet() -> Iterator[LoopbackBedrock]:
    """A loopback for hypothesis, which wants it the same for all examples; nobody connects to it."""
    server = LoopbackBedrock()
    server.painter.text_pixels = server.painter.inpaint_pixels = 20_000
    yield server
    server._http.server_close()


@settings(max_examples=60, deadline=None)
@given(
    settings_members,
    everything,
    st.lists(st.sampled_from([CUT, PLAIN, ROOM, None]), max_size=4),
    st.sampled_from([SCENE, None]),
    st.sampled_from(NAMES),
    st.integers(0, MAX_SEED),
)
def test_whatever_the_settings_nothing_is_sent_that_the_service_refuses_and_products_stay_as_they_are(
    quiet: LoopbackBedrock,
    members: dict[str, Any],
    more: dict[str, Any],
    shown: list[bytes | str | None],
    scene: bytes | None,
    name: BedrockName,
    seed: int,
) -> None:
    members.pop("scene", None)
    request = asked(*shown, scene=scene, seed=seed, **{**members, **more})
    transport: Any = Directly(quiet)
    model = BedrockModel(CAPABILITIES[name], transport, plate=BEDROCK_PLATES[name], pixels=30_000)
    made = model.compose(request)

    assert made.picture.size == canvas_size(request.settings.aspect_ratio, 30_000)
    assert len(made.cutouts) == len([picture for picture in shown if picture is not None])
    assert 0 < made.cost_micros <= CAPABILITIES[name].price_of(16)
    for cutout in made.cutouts:
        solid = opaque(cutout.image)
        if solid.getbbox() is not None:
            assert same_where(made.picture.crop(cutout.box), cutout.image, solid)
