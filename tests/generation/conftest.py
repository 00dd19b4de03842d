"""A Bedrock on this machine, and a model that asks it."""

from collections.abc import Iterator

import pytest

from scene_studio.generation.bedrock.model import BedrockModel
from tests.generation.asking import Wire, model_on, wire_to
from tests.support.loopback_bedrock import LoopbackBedrock


@pytest.fixture(scope="session")
def running_bedrock() -> Iterator[LoopbackBedrock]:
    with LoopbackBedrock().running() as server:
        yield server


@pytest.fixture
def bedrock(running_bedrock: LoopbackBedrock) -> Iterator[LoopbackBedrock]:
    """A loopback Bedrock that has not been asked anything; its pictures are small."""
    running_bedrock.reset()
    running_bedrock.painter.text_pixels = 40_000
    running_bedrock.painter.inpaint_pixels = 90_000
    yield running_bedrock
    running_bedrock.release()


@pytest.fixture
def wire(bedrock: LoopbackBedrock) -> Wire:
    return wire_to(bedrock)


@pytest.fixture
def model(wire: Wire) -> BedrockModel:
    return model_on(wire)
