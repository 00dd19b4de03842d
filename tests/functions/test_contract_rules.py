"""Rules about several members of a body: what the contract says is what the functions check."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from generation_api.messages import Generate
from infra.contract.rules import RULES
from tests.support.api import STUDIO, call
from user_scenes_api.messages import NewScene, Source

FILE = {"contentType": "image/jpeg", "size": 100}
STOCK = {"stock": "stock-kitchen-1"}
SCENES: list[Mapping[str, Any]] = [
    {},
    FILE,
    {"from": STOCK},
    {"imageUrl": "https://example.com/a.jpg"},
    {"contentType": "image/jpeg"},
    {"contentType": "image/jpeg", "size": None},
    {"size": 100},
    {**FILE, "from": STOCK},
    {**FILE, "imageUrl": "https://example.com/a.jpg"},
    {**FILE, "from": None, "imageUrl": None},
    {"contentType": None, "from": STOCK, "size": 5},
    {"from": {}},
    {"from": {"slotId": "slot-1"}},
    {"from": {**STOCK, "slotId": "slot-1"}},
    {"from": {**STOCK, "slotId": None}},
    {"from": {"slotId": "slot-1", "studioId": "default"}},
]


def is_allowed(body: Mapping[str, Any]) -> bool:
    if not jsonschema_rs.is_valid(dict(RULES[NewScene]), body):
        return False
    source = body.get("from")
    return source is None or jsonschema_rs.is_valid(dict(RULES[Source]), source)


@pytest.mark.parametrize("body", SCENES, ids=str)
def test_a_new_scene_is_allowed_if_and_only_if_its_picture_is_told_in_one_way(
    seeded: Path, body: Mapping[str, Any]
) -> None:
    assert is_allowed(body) == (call("POST", f"{STUDIO}/user-scenes", body).status == 201)


@pytest.mark.parametrize(
    "body", [{}, {"slotId": None}, {"slotId": None, "slotIds": None}, {"count": 2}], ids=str
)
def test_pictures_of_no_slot_are_neither_allowed_nor_made(seeded: Path, body: Mapping[str, Any]) -> None:
    assert not jsonschema_rs.is_valid(dict(RULES[Generate]), body)
    answer = call("POST", f"{STUDIO}/generate", body)
    assert (answer.status, [one["field"] for one in answer.json["errors"]]) == (422, ["/slotId"])


@pytest.mark.parametrize("body", [{"slotId": "slot-1"}, {"slotIds": ["slot-1"], "slotId": None}], ids=str)
def test_pictures_of_a_slot_are_allowed(body: Mapping[str, Any]) -> None:
    assert jsonschema_rs.is_valid(dict(RULES[Generate]), body)
