"""What bodies must hold beside what each member must be: rules of our own, told in JSON Schema."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from pydantic import BaseModel

from generation_api.messages import Generate
from intake_api.messages import ProductFields
from user_scenes_api.messages import NewScene, Source

_NULL: Final = {"type": "null"}
_SOURCE: Final = {field.alias or name for name, field in Source.model_fields.items()}


def _has(*names: str) -> dict[str, Any]:
    """These members are there, and not null."""
    return {"required": list(names), "properties": {name: {"not": _NULL} for name in names}}


def _lacks(names: Collection[str]) -> dict[str, Any]:
    """These members are absent, or null."""
    return {"properties": dict.fromkeys(sorted(names), _NULL)}


def _has_only(*names: str) -> dict[str, Any]:
    """Of the members of a source, these are there and no others."""
    return {"allOf": [_has(*names), _lacks(_SOURCE - set(names))]}


RULES: Final[Mapping[type[BaseModel], Mapping[str, Any]]] = {
    ProductFields: {"not": {"required": ["name"], "properties": {"name": _NULL}}},
    Generate: {"anyOf": [_has("slotId"), _has("slotIds")]},
    NewScene: {
        "oneOf": [_has("contentType"), _has("from"), _has("imageUrl")],
        "anyOf": [_has("size"), _lacks(["contentType"])],
    },
    Source: {
        "anyOf": [_has_only("stock"), _has_only("slotId", "imageId"), _has_only("studioId", "sceneId")],
    },
}
"""What the functions check of these bodies after all members were found to be right."""
