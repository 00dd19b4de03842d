import base64
import json
from typing import Any

import pytest

from scene_studio.generation.bedrock.responses import InferenceFailed, ModelImage, parse
from scene_studio.model.errors import GenerationRefused, ModelUnavailable
from tests.support.pictures import jpeg

PICTURE = jpeg(1, (80, 50))
IMAGE = base64.b64encode(PICTURE).decode()


def answer(**members: Any) -> bytes:
    return json.dumps(members).encode()


def test_a_picture_comes_with_its_seed_and_the_size_that_its_bytes_say() -> None:
    body = answer(images=[IMAGE], seeds=[7], finish_reasons=[None], width=1024)
    assert parse(body) == ModelImage(PICTURE, 80, 50, 7)


@pytest.mark.parametrize("members", [{}, {"seeds": []}, {"seeds": None}, {"finish_reasons": None}])
def test_a_picture_may_come_without_a_seed_or_reasons(members: dict[str, Any]) -> None:
    assert parse(answer(images=[IMAGE], **members)) == ModelImage(PICTURE, 80, 50, None)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("Filter reason: prompt", "refused the prompt. Reword what you typed"),
        ("Filter reason: input image", "refused a product or scene picture. Choose another picture"),
        ("Filter reason: output image", "refused the picture that it had made. Execute again"),
        ("Filter reason: mood", "would not make this picture \\(Filter reason: mood\\). Change the prompt"),
    ],
)
@pytest.mark.parametrize("rest", [{}, {"images": [IMAGE], "seeds": [1]}], ids=["alone", "with a picture"])
def test_a_filtered_picture_is_refused_in_words_that_say_what_to_do(
    reason: str, said: str, rest: dict[str, Any]
) -> None:
    with pytest.raises(GenerationRefused, match=said):
        parse(answer(finish_reasons=[reason], **rest))


def test_an_inference_error_is_told_apart_since_it_may_pass() -> None:
    with pytest.raises(InferenceFailed):
        parse(answer(finish_reasons=["Inference error"]))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        answer(images=[]),
        answer(images=[None]),
        answer(images=["%%%"]),
        answer(images=[""]),
        answer(images=[base64.b64encode(b"no picture").decode()]),
        answer(images=[base64.b64encode(PICTURE[:200]).decode()]),
        answer(finish_reasons=[None], seeds=[1]),
        answer(finish_reasons=7),
    ],
    ids=lambda body: body[:40].decode("latin-1"),
)
def test_an_answer_that_cannot_be_read_is_no_refusal(body: bytes) -> None:
    with pytest.raises(ModelUnavailable, match="could not be read"):
        parse(body)
