"""The loopback against botocore's description of the real service, and against its documentation."""

import base64
import json
from functools import cache
from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from PIL import Image

from tests.support import loopback_bedrock
from tests.support.loopback_bedrock import STATUSES, Fault, LoopbackBedrock
from tests.support.loopback_stability import DRIFT, KINDS
from tests.support.pictures import as_image, jpeg

CORE = "stability.stable-image-core-v1:1"
INPAINT = "us.stability.stable-image-inpaint-v1:0"


@cache
def described(service: Any) -> Any:
    return boto3.client(service, region_name="us-west-2").meta.service_model


@cache
def session() -> Any:
    return boto3.session.Session()


@pytest.fixture
def invoke(bedrock: LoopbackBedrock) -> Any:
    def send(model_id: str, *, region: str = "us-west-2", raw: bytes | None = None, **members: Any) -> Any:
        client = session().client(
            "bedrock-runtime",
            region_name=region,
            endpoint_url=bedrock.endpoint,
            config=Config(retries={"total_max_attempts": 1}),
        )
        try:
            answer = client.invoke_model(modelId=model_id, body=raw or json.dumps(members))
            return json.loads(answer["body"].read())
        finally:
            client.close()

    return send


def encoded(picture: Image.Image, picture_format: str = "PNG") -> str:
    out = BytesIO()
    picture.save(out, picture_format)
    return base64.b64encode(out.getvalue()).decode()


def test_the_errors_that_it_gives_are_all_those_of_invoke_model_with_their_statuses() -> None:
    operation = described("bedrock-runtime").operation_model("InvokeModel")
    assert {
        shape.name: shape.metadata["error"]["httpStatusCode"] for shape in operation.error_shapes
    } == STATUSES
    assert {fault.value for fault in Fault if fault.value.endswith("Exception")} >= STATUSES.keys()


def test_it_answers_where_invoke_model_is_sent_and_takes_as_large_a_body() -> None:
    operation = described("bedrock-runtime").operation_model("InvokeModel")
    assert (operation.http["method"], operation.http["requestUri"]) == ("POST", "/model/{modelId}/invoke")
    assert operation.input_shape.members["body"].metadata["max"] == loopback_bedrock.MAX_BODY


def test_it_tells_of_lifecycles_in_the_shape_of_get_foundation_model() -> None:
    operation = described("bedrock").operation_model("GetFoundationModel")
    assert (operation.http["method"], operation.http["requestUri"]) == (
        "GET",
        "/foundation-models/{modelIdentifier}",
    )
    lifecycle = operation.output_shape.members["modelDetails"].members["modelLifecycle"]
    assert lifecycle.members["status"].metadata["enum"] == ["ACTIVE", "LEGACY"]
    assert {"legacyTime", "endOfLifeTime", "publicExtendedAccessTime"} <= lifecycle.members.keys()
    assert "ResourceNotFoundException" in {shape.name for shape in operation.error_shapes}


@pytest.mark.parametrize("model_id", sorted(KINDS))
def test_every_id_of_a_model_is_one_that_the_service_could_have(model_id: str) -> None:
    pattern = described("bedrock-runtime").operation_model("InvokeModel").input_shape.members["modelId"]
    assert model_id.startswith("stability.")
    assert len(f"us.{model_id}") <= pattern.metadata["max"]


@pytest.mark.parametrize(
    ("model_id", "region", "message"),
    [
        ("stability.stable-image-inpaint-v1:0", "us-west-2", "with on-demand throughput isn\u2019t supported"),
        ("us." + CORE, "us-west-2", "The provided model identifier is invalid"),
        (CORE, "us-east-1", "The provided model identifier is invalid"),
        (INPAINT, "eu-central-1", "The provided model identifier is invalid"),
        ("amazon.nova-canvas-v1:0", "us-west-2", "The provided model identifier is invalid"),
    ],
)
def test_an_id_in_the_wrong_form_or_region_is_refused(
    invoke: Any, bedrock: LoopbackBedrock, model_id: str, region: str, message: str
) -> None:
    with pytest.raises(ClientError, match=message) as refused:
        invoke(model_id, region=region, prompt="a chair", image=encoded(Image.new("RGB", (64, 64))))
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert bedrock.paid == []


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"prompt": "p", "text_prompts": []},
            "Invalid field 'text_prompts' in request. Available fields for inp",
        ),
        ({"prompt": "p"}, "image: required"),
        ({"prompt": "p", "image": "%%"}, "image: not an image"),
        ({"prompt": "p", "image": encoded(Image.new("RGB", (63, 64)))}, "invalid dimensions 63x64"),
        ({"prompt": "p", "image": encoded(Image.new("RGB", (161, 64)))}, "invalid dimensions 161x64"),
        ({"prompt": "p", "image": encoded(Image.new("L", (3073, 3072)))}, "invalid dimensions 3073x3072"),
        ({"prompt": "p", "image": encoded(Image.new("L", (64, 64)), "GIF")}, "unsupported format"),
        ({"prompt": "p", "seed": 4294967295}, "seed: invalid value"),
        ({"prompt": "p", "grow_mask": 21}, "grow_mask: invalid value"),
        ({"prompt": "p", "output_format": "gif"}, "output_format: invalid value"),
        ({"prompt": "p", "style_preset": "oil"}, "style_preset: invalid value"),
        ({"prompt": "p" * 10_001}, "prompt: invalid value"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_request_against_the_rules_is_refused_in_the_services_words(
    invoke: Any, bedrock: LoopbackBedrock, members: dict[str, Any], message: str
) -> None:
    given = {"image": encoded(Image.new("RGB", (64, 64))), **members}
    if message == "image: required":
        del given["image"]
    with pytest.raises(ClientError, match=message):
        invoke(INPAINT, **given)
    assert bedrock.paid == []


def test_a_body_that_is_too_large_or_no_json_is_refused(invoke: Any) -> None:
    with pytest.raises(ClientError, match="Malformed input request"):
        invoke(CORE, raw=b"{")
    with pytest.raises(ClientError, match="25000001 bytes is too large"):
        invoke(CORE, raw=b" " * 25_000_001)


def test_an_answer_over_the_limit_is_refused_although_its_picture_was_made(
    invoke: Any, bedrock: LoopbackBedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loopback_bedrock, "MAX_RESPONSE", 500)
    with pytest.raises(ClientError, match="exceeds the maximum allowed size of 500 bytes"):
        invoke(CORE, prompt="p")
    assert bedrock.paid == ["stable-image-core"]


def test_inpainting_answers_with_4_megapixels_and_lets_drift_what_it_keeps(
    invoke: Any, bedrock: LoopbackBedrock
) -> None:
    bedrock.painter.inpaint_pixels = 4_194_304
    mask = Image.new("L", (128, 64))
    mask.paste(255, (64, 0, 128, 64))
    sent = encoded(Image.new("RGB", (128, 64), (100, 100, 100)))
    answer = invoke(INPAINT, prompt="p", image=sent, mask=encoded(mask), seed=1, output_format="png")

    picture = as_image(base64.b64decode(answer["images"][0]))
    assert picture.width * picture.height == pytest.approx(4_194_304, rel=0.01)
    assert picture.getpixel((10, 10)) == (100 + DRIFT,) * 3
    assert picture.getpixel((picture.width - 10, 10)) == (41, 60, 200)
    assert (answer["seeds"], answer["finish_reasons"]) == ([1], [None])


def test_without_a_mask_what_is_transparent_is_painted(invoke: Any) -> None:
    image = Image.new("RGBA", (128, 64), (100, 100, 100, 255))
    image.paste((0, 0, 0, 0), (64, 0, 128, 64))
    answer = invoke(INPAINT, prompt="p", image=encoded(image), seed=1, output_format="png")
    picture = as_image(base64.b64decode(answer["images"][0]))
    assert picture.getpixel((10, 10)) == (100 + DRIFT,) * 3
    assert picture.getpixel((picture.width - 10, 10)) == (41, 60, 200)


@pytest.mark.parametrize("seed", [{}, {"seed": 0}])
def test_no_seed_and_seed_0_are_wishes_for_a_random_one(invoke: Any, seed: dict[str, int]) -> None:
    assert invoke(CORE, prompt="p", **seed)["seeds"][0] > 0


@pytest.mark.parametrize(
    ("reason", "members"),
    [
        (Fault.FILTERED_PROMPT, {"finish_reasons": ["Filter reason: prompt"]}),
        (Fault.FILTERED_INPUT, {"finish_reasons": ["Filter reason: input image"]}),
        (Fault.FILTERED_OUTPUT, {"finish_reasons": ["Filter reason: output image"]}),
    ],
)
def test_a_filtered_request_has_status_200_and_neither_picture_nor_seed(
    invoke: Any, bedrock: LoopbackBedrock, reason: Fault, members: dict[str, Any]
) -> None:
    bedrock.fail(reason)
    assert invoke(CORE, prompt="p") == members
    assert (len(bedrock.calls), bedrock.paid) == (1, [])


@pytest.mark.parametrize("code", STATUSES)
def test_each_error_comes_as_boto3s_own_exception(invoke: Any, bedrock: LoopbackBedrock, code: str) -> None:
    bedrock.fail(Fault(code))
    with pytest.raises(ClientError) as raised:
        invoke(CORE, prompt="p")
    assert type(raised.value).__name__ == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == STATUSES[code]


def test_a_fault_waits_for_the_model_that_it_is_meant_for(invoke: Any, bedrock: LoopbackBedrock) -> None:
    bedrock.fail(Fault.THROTTLED, "inpaint")
    invoke(CORE, prompt="p")
    with pytest.raises(ClientError, match="ThrottlingException"):
        invoke(INPAINT, prompt="p", image=base64.b64encode(jpeg(1, (64, 64))).decode())
    assert [call.name for call in bedrock.calls] == ["stable-image-core", "inpaint"]
    assert bedrock.paid == ["stable-image-core"]
