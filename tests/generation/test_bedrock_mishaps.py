from dataclasses import dataclass

import pytest

from scene_studio.generation.bedrock.model import BedrockModel
from scene_studio.generation.bedrock.responses import ModelImage
from scene_studio.generation.bedrock.transport import LEAST_SECONDS
from scene_studio.generation.capabilities import (
    MAX_PAID_CUTOUTS,
)
from scene_studio.generation.image_model import ImageRequest
from scene_studio.model.errors import (
    GenerationRefused,
    ImageRejected,
    ModelUnavailable,
    SceneStudioError,
)
from tests.generation.asking import (
    CUT,
    ROOM,
    SCENE,
    Wire,
    asked,
    model_on,
    wire_to,
)
from tests.support.loopback_bedrock import Fault, LoopbackBedrock
from tests.support.pictures import png


@dataclass(frozen=True)
class Mishap:
    """What becomes of a picture when a call goes wrong: what is raised, and what was paid all the same."""

    fault: Fault
    model: str
    error: type[SceneStudioError] | None
    sent: int
    paid: tuple[str, ...]


PLATE, AROUND = "stable-image-core", "inpaint"
MISHAPS = [
    Mishap(Fault.THROTTLED, PLATE, None, 4, ("remove-background", PLATE, AROUND)),
    Mishap(Fault.THROTTLED, AROUND, None, 4, ("remove-background", PLATE, AROUND)),
    Mishap(Fault.INFERENCE_ERROR, AROUND, None, 4, ("remove-background", PLATE, AROUND)),
    Mishap(Fault.FILTERED_INPUT, "remove", GenerationRefused, 1, ()),
    Mishap(Fault.FILTERED_PROMPT, PLATE, GenerationRefused, 2, ("remove-background",)),
    Mishap(Fault.FILTERED_OUTPUT, AROUND, GenerationRefused, 3, ("remove-background", PLATE)),
    Mishap(Fault.DENIED, "remove", GenerationRefused, 1, ()),
    Mishap(Fault.QUOTA, AROUND, GenerationRefused, 3, ("remove-background", PLATE)),
    Mishap(Fault.DROP_REPLY, PLATE, ModelUnavailable, 2, ("remove-background", PLATE)),
    Mishap(Fault.DROP_REQUEST, PLATE, ModelUnavailable, 2, ("remove-background",)),
    Mishap(Fault.HANG, AROUND, ModelUnavailable, 3, ("remove-background", PLATE, AROUND)),
    Mishap(Fault.CUT_BODY, AROUND, ModelUnavailable, 3, ("remove-background", PLATE, AROUND)),
    Mishap(Fault.BROKEN_PICTURE, AROUND, ModelUnavailable, 3, ("remove-background", PLATE, AROUND)),
]


@pytest.mark.parametrize("mishap", MISHAPS, ids=lambda mishap: f"{mishap.fault.name} of {mishap.model}")
def test_no_call_is_paid_for_twice_whatever_goes_wrong(bedrock: LoopbackBedrock, mishap: Mishap) -> None:
    wire = wire_to(bedrock, longest_wait=1.0 if mishap.fault is Fault.HANG else 30)
    bedrock.fail(mishap.fault, mishap.model)
    model = model_on(wire, "bedrock-core")
    if mishap.error is None:
        assert model.generate(asked(ROOM)).cost_micros == 180_000
    else:
        with pytest.raises(mishap.error) as raised:
            model.generate(asked(ROOM))
        assert type(raised.value) is mishap.error
    assert (len(bedrock.calls), tuple(bedrock.paid)) == (mishap.sent, mishap.paid)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (asked(CUT, b"no picture"), ImageRejected),
        (asked(ROOM, CUT, b"no picture"), ImageRejected),
        (asked(ROOM, scene=b"no picture"), ImageRejected),
        (asked(None, scene=SCENE[:900]), ImageRejected),
        (asked(*[ROOM] * (MAX_PAID_CUTOUTS + 1)), GenerationRefused),
    ],
    ids=["product", "last product", "scene", "cut-off scene", "too many to cut out"],
)
def test_what_is_wrong_with_pictures_is_found_before_anything_is_paid_for(
    model: BedrockModel, bedrock: LoopbackBedrock, request_: ImageRequest, error: type[SceneStudioError]
) -> None:
    with pytest.raises(error):
        model.generate(request_)
    assert bedrock.calls == []


def test_too_many_products_to_cut_out_are_refused_with_what_to_do(model: BedrockModel) -> None:
    with pytest.raises(GenerationRefused, match=r"5 of these products .* at most 4 .* or execute with fewer"):
        model.generate(asked(*[ROOM] * 5, CUT))


def test_all_calls_of_a_picture_share_its_time(wire: Wire, bedrock: LoopbackBedrock) -> None:
    bedrock.fail(Fault.THROTTLED, "remove", times=2)
    bedrock.fail(Fault.THROTTLED, "inpaint")
    model_on(wire).generate(asked(ROOM, seconds=40))
    assert wire.waits == [39, 38, 36, 36, 35]


def test_a_picture_that_would_come_too_late_is_not_begun(model: BedrockModel, bedrock: LoopbackBedrock) -> None:
    with pytest.raises(ModelUnavailable, match="no time left"):
        model.generate(asked(CUT, seconds=LEAST_SECONDS))
    assert bedrock.calls == []


def test_an_answer_whose_pixels_are_damaged_is_unavailable_and_not_the_persons_fault(
    model: BedrockModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = bytearray(png(3))
    damaged[damaged.index(b"IDAT") + 40] ^= 255
    made = ModelImage(bytes(damaged), 48, 64, 1)
    monkeypatch.setattr(model._transport, "ask", lambda *_: made)
    with pytest.raises(ModelUnavailable, match="arrived damaged"):
        model.generate(asked(None))
