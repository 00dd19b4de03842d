"""Which models on Amazon Bedrock a deployment asks, and how policies name them."""

from typing import Final

from aws_cdk import Aws

from scene_studio.generation.bedrock.operations import (
    CONTROL_STRUCTURE,
    INPAINT,
    REMOVE_BACKGROUND,
    STYLE_GUIDE,
    Operation,
)
from scene_studio.generation.capabilities import BEDROCK_PLATES
from scene_studio.generation.names import ModelName, Region

_ALWAYS: Final = (INPAINT, REMOVE_BACKGROUND, CONTROL_STRUCTURE, STYLE_GUIDE)
"""What every one of our image models on Bedrock asks, beside the one that makes its empty places."""


def model_arns(name: ModelName, region: Region) -> list[str]:
    """What an image model invokes; nothing if it is not on Bedrock.

    A profile sends a request on to any of its regions, so it takes leave to invoke the profile and, in each
    of them, the model behind it.
    """
    if name == "compositor":
        return []
    plate = BEDROCK_PLATES[name]
    return [arn for one in (*_ALWAYS, *([plate] if plate else [])) for arn in _arns(one, region)]


def _arns(operation: Operation, region: Region) -> list[str]:
    models = [
        f"arn:{Aws.PARTITION}:bedrock:{place}::foundation-model/{operation.foundation_model_id}"
        for place in operation.regions
    ]
    if operation.model_id == operation.foundation_model_id:
        return models
    profile = f"arn:{Aws.PARTITION}:bedrock:{region}:{Aws.ACCOUNT_ID}:inference-profile/{operation.model_id}"
    return [profile, *models]
