"""What a Stability model on Amazon Bedrock answered; pure.

A picture that was filtered comes with status 200 and without pixels or a seed, so the reasons are looked at
first. The size of a picture is what its bytes say, whatever was asked for.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from scene_studio.images.inspect import inspect
from scene_studio.model.errors import GenerationRefused, ImageRejected, ModelUnavailable

_INFERENCE_ERROR: Final = "Inference error"
_REFUSALS: Final[Mapping[str, str]] = {
    "Filter reason: prompt": (
        "The image model's content filter refused the prompt. Reword what you typed, or choose other settings, "
        "and execute again."
    ),
    "Filter reason: input image": (
        "The image model's content filter refused a product or scene picture. Choose another picture, and "
        "execute again."
    ),
    "Filter reason: output image": (
        "The image model's content filter refused the picture that it had made. Execute again for another one, "
        "or reword the prompt."
    ),
}


class InferenceFailed(Exception):
    """The model broke down over this request, and may not the next time."""


@dataclass(frozen=True, slots=True)
class ModelImage:
    """A picture that a model made.

    Attributes:
        data: the encoded picture.
        width: in pixels.
        height: in pixels.
        seed: that the model used, or None where it says nothing of one.
    """

    data: bytes
    width: int
    height: int
    seed: int | None


def parse(body: bytes) -> ModelImage:
    """The picture in an answer.

    Raises:
        GenerationRefused: a content filter stopped it.
        InferenceFailed: the model broke down.
        ModelUnavailable: the answer cannot be read.
    """
    try:
        answer = json.loads(body)
        _stop_if_unfinished(answer)
        data = base64.b64decode(answer["images"][0], validate=True)
        size = inspect(data)
        seed = next(iter(answer.get("seeds") or []), None)
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        ImageRejected,
    ) as error:
        raise ModelUnavailable(
            "The image model's answer could not be read. Execute again; if that does not help, tell whoever "
            "operates this service.",
            {"mayBePaid": True},
        ) from error
    return ModelImage(data, size.width, size.height, seed)


def _stop_if_unfinished(answer: Mapping[str, Any]) -> None:
    for reason in answer.get("finish_reasons") or ():
        if reason == _INFERENCE_ERROR:
            raise InferenceFailed(reason)
        if reason is not None:
            refusal = (
                f"The image model would not make this picture ({reason}). Change the prompt or the settings."
            )
            raise GenerationRefused(_REFUSALS.get(reason, refusal))
