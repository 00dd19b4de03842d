import pytest

from scene_studio import runtime
from scene_studio.generation.bedrock.model import BedrockModel, bedrock_model
from scene_studio.generation.bedrock.transport import Transport
from scene_studio.generation.capabilities import BEDROCK_PLATES, CAPABILITIES
from scene_studio.generation.image_model import ImageModel
from scene_studio.generation.names import BedrockName
from scene_studio.model.settings import ASPECT_RATIOS
from tests.generation.asking import (
    NAMES,
    asked,
)
from tests.support.loopback_bedrock import LoopbackBedrock


@pytest.mark.parametrize("name", NAMES)
def test_a_deployment_chooses_a_model_and_a_region(monkeypatch: pytest.MonkeyPatch, name: BedrockName) -> None:
    monkeypatch.setenv("SCENE_STUDIO_STORE", "sqlite:nowhere")
    monkeypatch.setenv("SCENE_STUDIO_IMAGE_MODEL", name)
    monkeypatch.setenv("SCENE_STUDIO_BEDROCK_REGION", "us-east-2")
    _forget()
    model = runtime.image_model()
    _forget()
    assert isinstance(model, BedrockModel)
    assert model.capabilities is CAPABILITIES[name]
    assert model.capabilities.name == f"{name}-1"
    assert (model._transport.region, model._plate) == ("us-east-2", BEDROCK_PLATES[name])


def _forget() -> None:
    runtime.environment.cache_clear()
    runtime.image_model.cache_clear()


@pytest.mark.parametrize(
    ("variable", "value"), [("IMAGE_MODEL", "bedrock-nova"), ("BEDROCK_REGION", "eu-central-1")]
)
def test_a_model_or_region_that_there_is_not_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv("SCENE_STUDIO_STORE", "sqlite:nowhere")
    monkeypatch.setenv(f"SCENE_STUDIO_{variable}", value)
    _forget()
    with pytest.raises(RuntimeError, match=f"SCENE_STUDIO_{variable}: Input should be"):
        runtime.environment()
    _forget()


def test_without_a_choice_the_region_is_the_one_that_has_every_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENE_STUDIO_STORE", "sqlite:nowhere")
    monkeypatch.delenv("SCENE_STUDIO_BEDROCK_REGION", raising=False)
    _forget()
    region = runtime.environment().bedrock_region
    _forget()
    assert all(plate is None or region in plate.regions for plate in BEDROCK_PLATES.values())


def test_a_model_talks_to_its_region_with_clients_of_its_own(bedrock: LoopbackBedrock) -> None:
    model: ImageModel = bedrock_model("bedrock-core", "us-west-2", endpoint_url=bedrock.endpoint)
    assert model.capabilities.seeded is False
    assert model.capabilities.aspect_ratios == ASPECT_RATIOS
    assert isinstance(model, BedrockModel)
    assert isinstance(model._transport, Transport)
    result = model.generate(asked(None))
    assert (result.width, result.height, bedrock.paid) == (1448, 1448, ["stable-image-core"])
