"""From an operation and what is wanted of it to the body of a request; pure.

Whatever Bedrock would refuse is found here, before it is sent.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from scene_studio.generation.bedrock.operations import (
    OUTPAINT,
    OneOf,
    Operation,
    Picture,
    Rule,
    Share,
    Whole,
    Words,
)
from scene_studio.images.containers import dimensions, recognise

MAX_BODY: Final = 25_000_000
"""The most bytes that a request may have."""

WISHES: Final = frozenset({"prompt", "negative_prompt", "seed", "aspect_ratio", "style_preset", "mode"})
"""What is wanted of a picture on the whole. An operation that does not know one of these goes without."""


def build(operation: Operation, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON members of a request.

    Args:
        operation: what is asked.
        wanted: values for its fields, pictures as encoded bytes. None, and a wish that the operation does not
            know, is left out.

    Raises:
        ValueError: a field is missing, unknown, or beyond its bounds. This is a mistake of ours.
    """
    fields = operation.fields
    given = {
        name: value
        for name, value in wanted.items()
        if value is not None and (name in fields or name not in WISHES)
    }
    given.setdefault("output_format", operation.asked_format)
    wrong = [f"{name}: not a field" for name in given.keys() - fields.keys()]
    wrong += [f"{name}: missing" for name in operation.required.keys() - given.keys()]
    for name in given.keys() & fields.keys():
        complaint = _complaint(fields[name], given[name])
        if complaint:
            wrong.append(f"{name}: {complaint}")
    if operation is OUTPAINT and not any(given.get(side) for side in ("left", "right", "up", "down")):
        wrong.append("left, right, up, down: one has to be more than 0")
    if wrong:
        raise ValueError(f"{operation.name} cannot be asked this: {'; '.join(sorted(wrong))}")
    return {
        name: base64.b64encode(value).decode("ascii") if isinstance(fields[name], Picture) else value
        for name, value in given.items()
    }


def encode(members: Mapping[str, Any]) -> bytes:
    """The body of a request with these members.

    Raises:
        ValueError: it would be larger than Bedrock takes.
    """
    body = json.dumps(members).encode()
    if len(body) > MAX_BODY:
        raise ValueError(f"the request has {len(body)} bytes and at most {MAX_BODY} are taken")
    return body


def _complaint(rule: Rule, value: Any) -> str:
    match rule:
        case Words(most):
            return "" if isinstance(value, str) and len(value) <= most else f"text of at most {most} characters"
        case Whole(least, most):
            fits = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
            return "" if fits else f"a whole number from {least} to {most}"
        case Share(lowest, highest):
            fits = isinstance(value, int | float) and not isinstance(value, bool) and lowest <= value <= highest
            return "" if fits else f"a number from {lowest} to {highest}"
        case OneOf(values):
            return "" if value in values else f"one of {', '.join(values)}"
        case Picture():
            return _picture_complaint(rule, value)


def _picture_complaint(rule: Picture, value: Any) -> str:
    kind = recognise(value) if isinstance(value, bytes) else None
    size = dimensions(value, kind) if kind in {"JPEG", "PNG", "WEBP"} else None
    if size is None:
        return "an encoded JPEG, PNG or WEBP picture"
    width, height = size
    short, long = sorted(size)
    if short < rule.least_side or long > rule.most_side or width * height > rule.most_pixels:
        return f"{width} x {height} pixels are too few or too many"
    return "" if long <= rule.most_ratio * short else f"{width} x {height} pixels are too long a shape"
