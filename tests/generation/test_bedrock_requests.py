import base64
import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scene_studio.generation.bedrock import operations
from scene_studio.generation.bedrock.operations import (
    CORE,
    ERASE,
    FAST_UPSCALE,
    INPAINT,
    OPERATIONS,
    OUTPAINT,
    REMOVE_BACKGROUND,
    STYLE_GUIDE,
    OneOf,
    Operation,
    Picture,
    Rule,
    Share,
    Whole,
    Words,
)
from scene_studio.generation.bedrock.requests import MAX_BODY, WISHES, build, encode
from tests.support.loopback_stability import KINDS, Refused, check, kind_of


def png(width: int = 96, height: int = 64) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), (90, 120, 60)).save(out, "PNG")
    return out.getvalue()


PICTURE = png()


def example(rule: Rule) -> Any:
    match rule:
        case Words():
            return "oak"
        case Whole(_, most):
            return most
        case Share(least, _):
            return least
        case OneOf(values):
            return values[-1]
        case Picture():
            return PICTURE


def shown(value: Any) -> str:
    return value.name if isinstance(value, Operation) else repr(value)[:40]


each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)


@pytest.mark.parametrize(
    ("operation", "model_id", "cents"),
    [
        ("CORE", "stability.stable-image-core-v1:1", 4),
        ("ULTRA", "stability.stable-image-ultra-v1:1", 14),
        ("SD35", "stability.sd3-5-large-v1:0", 8),
        ("INPAINT", "us.stability.stable-image-inpaint-v1:0", 7),
        ("OUTPAINT", "us.stability.stable-outpaint-v1:0", 6),
        ("ERASE", "us.stability.stable-image-erase-object-v1:0", 7),
        ("REMOVE_BACKGROUND", "us.stability.stable-image-remove-background-v1:0", 7),
        ("STYLE_GUIDE", "us.stability.stable-image-style-guide-v1:0", 7),
        ("CONTROL_STRUCTURE", "us.stability.stable-image-control-structure-v1:0", 7),
        ("STYLE_TRANSFER", "us.stability.stable-style-transfer-v1:0", 8),
        ("CONSERVATIVE_UPSCALE", "us.stability.stable-conservative-upscale-v1:0", 40),
        ("FAST_UPSCALE", "us.stability.stable-fast-upscale-v1:0", 3),
    ],
)
def test_each_operation_has_its_published_id_and_price(operation: str, model_id: str, cents: int) -> None:
    found = getattr(operations, operation)
    assert found in OPERATIONS
    assert (found.model_id, found.price_micros) == (model_id, cents * 10_000)


@each_operation
def test_the_fields_of_an_operation_are_those_of_the_service(operation: Operation) -> None:
    kind = KINDS[operation.foundation_model_id]
    assert set(operation.required) == set(kind.required)
    assert set(operation.fields) <= set(kind.allowed)
    for region in operation.regions:
        assert kind_of(operation.model_id, region) is kind
    assert operation.fields["output_format"] is not None
    assert operation.asked_format in kind.formats.split()


def test_every_operation_is_known_under_a_name_of_its_own() -> None:
    assert len({operation.model_id for operation in OPERATIONS}) == len(OPERATIONS) == len(KINDS)


@each_operation
def test_a_request_with_every_field_at_a_bound_is_taken(operation: Operation) -> None:
    wanted = {name: example(rule) for name, rule in operation.fields.items()}
    members = build(operation, wanted)
    assert members.keys() == operation.fields.keys()
    check(KINDS[operation.foundation_model_id], members)


@each_operation
def test_a_request_with_no_more_than_it_needs_is_taken(operation: Operation) -> None:
    wanted = {name: example(rule) for name, rule in operation.required.items()}
    if operation is OUTPAINT:
        wanted["left"] = 1
    members = build(operation, wanted)
    assert members.keys() == wanted.keys() | {"output_format"}
    assert members["output_format"] == operation.asked_format
    check(KINDS[operation.foundation_model_id], members)


@st.composite
def requests(draw: st.DrawFn) -> tuple[Operation, dict[str, Any]]:
    operation = draw(st.sampled_from(OPERATIONS))
    values = {
        Words: st.text(max_size=20) | st.just("x" * 10_000) | st.just("x" * 10_001),
        Whole: st.integers(-1, 2**32) | st.booleans(),
        Share: st.floats(-1, 2) | st.integers(0, 1) | st.booleans(),
        OneOf: st.sampled_from(["png", "1:1", "4:3", "photographic", "x"]),
        Picture: st.sampled_from([PICTURE, png(63, 64), png(161, 64), png(160, 64), b"", b"GIF89a"]),
    }
    fields: dict[str, Rule] = {name: rule for other in OPERATIONS for name, rule in other.fields.items()}
    names = draw(st.lists(st.sampled_from([*sorted(fields), "width"]), unique=True))
    wanted = {name: example(rule) for name, rule in operation.required.items()} if draw(st.booleans()) else {}
    for name in names:
        wanted[name] = draw(st.none() | values[type(fields.get(name, Words()))])
    return operation, wanted


@settings(deadline=None)
@given(requests())
def test_whatever_is_wanted_is_either_refused_here_or_taken_by_the_service(
    request: tuple[Operation, dict[str, Any]],
) -> None:
    operation, wanted = request
    try:
        members = build(operation, wanted)
    except ValueError:
        return
    check(KINDS[operation.foundation_model_id], json.loads(encode(members)))
    for name, value in wanted.items():
        assert name in members or value is None or name in WISHES


def test_pictures_travel_in_base_64_and_everything_else_as_it_is() -> None:
    members = build(INPAINT, {"prompt": "a chair", "image": PICTURE, "grow_mask": 0, "seed": 7})
    assert base64.b64decode(members.pop("image")) == PICTURE
    assert members == {"prompt": "a chair", "grow_mask": 0, "seed": 7, "output_format": "jpeg"}


def test_a_wish_that_an_operation_does_not_know_is_left_out() -> None:
    wishes = {"prompt": "p", "negative_prompt": "n", "seed": 1, "aspect_ratio": "1:1", "style_preset": "anime"}
    assert build(CORE, wishes).keys() == wishes.keys() - {"style_preset"} | {"output_format"}
    assert build(REMOVE_BACKGROUND, {**wishes, "image": PICTURE}).keys() == {"image", "output_format"}


@pytest.mark.parametrize(
    ("operation", "wanted", "complaint"),
    [
        (CORE, {}, "prompt: missing"),
        (CORE, {"prompt": None}, "prompt: missing"),
        (CORE, {"prompt": "p", "image": PICTURE}, "image: not a field"),
        (CORE, {"prompt": "p", "width": 1024}, "width: not a field"),
        (CORE, {"prompt": "p" * 10_001}, "prompt: text of at most 10000 characters"),
        (CORE, {"prompt": 7}, "prompt: text"),
        (CORE, {"prompt": "p", "seed": -1}, "seed: a whole number from 0 to 4294967294"),
        (CORE, {"prompt": "p", "seed": 4_294_967_295}, "seed: a whole number"),
        (CORE, {"prompt": "p", "seed": 1.0}, "seed: a whole number"),
        (CORE, {"prompt": "p", "seed": True}, "seed: a whole number"),
        (CORE, {"prompt": "p", "aspect_ratio": "4:3"}, "aspect_ratio: one of 16:9"),
        (CORE, {"prompt": "p", "output_format": "webp"}, "output_format: one of png, jpeg"),
        (STYLE_GUIDE, {"prompt": "p", "fidelity": 1.1, "image": PICTURE}, "fidelity: a number from 0.0 to 1.0"),
        (STYLE_GUIDE, {"prompt": "p", "fidelity": "1", "image": PICTURE}, "fidelity: a number"),
        (STYLE_GUIDE, {"prompt": "p", "fidelity": True, "image": PICTURE}, "fidelity: a number"),
        (ERASE, {"image": PICTURE, "grow_mask": 21}, "grow_mask: a whole number from 0 to 20"),
        (ERASE, {"image": "text"}, "image: an encoded JPEG"),
        (ERASE, {"image": b""}, "image: an encoded JPEG"),
        (ERASE, {"image": b"\x89PNG\r\n\x1a\n"}, "image: an encoded JPEG"),
        (ERASE, {"image": png(63, 64)}, "63 x 64 pixels are too few or too many"),
        (ERASE, {"image": png(3073, 3072)}, "3073 x 3072 pixels are too few or too many"),
        (ERASE, {"image": png(64, 161)}, "64 x 161 pixels are too long a shape"),
        (FAST_UPSCALE, {"image": png(1537, 640)}, "1537 x 640 pixels are too few or too many"),
        (OUTPAINT, {"image": PICTURE}, "one has to be more than 0"),
        (OUTPAINT, {"left": 0, "up": 0, "image": PICTURE}, "one has to be more than 0"),
    ],
    ids=shown,
)
def test_what_the_service_would_refuse_is_refused_before_it_is_sent(
    operation: Operation, wanted: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        build(operation, wanted)


@pytest.mark.parametrize("size", [(64, 64), (64, 160), (3072, 3072)])
def test_pictures_at_the_limits_are_taken(size: tuple[int, int]) -> None:
    members = build(ERASE, {"image": png(*size)})
    assert check(KINDS[ERASE.foundation_model_id], members)["image"].size == size


def test_a_request_over_25_million_bytes_is_refused_before_it_is_sent() -> None:
    empty = len(encode({"image": ""}))
    assert len(encode({"image": "x" * (MAX_BODY - empty)})) == MAX_BODY
    with pytest.raises(ValueError, match="25000001 bytes"):
        encode({"image": "x" * (MAX_BODY - empty + 1)})


def test_the_check_of_the_loopback_can_fail() -> None:
    with pytest.raises(Refused, match="Available fields for inpaint are: prompt, image, mask"):
        check(KINDS[INPAINT.foundation_model_id], {"text_prompts": []})
