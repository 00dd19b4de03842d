import json
from typing import Any

import pytest
from hypothesis import given

from scene_studio.generation.prompt import build_prompt
from scene_studio.model.settings import SceneGenerationSettings, resolve
from tests.model.strategies import settings_members
from tests.support.seed import SETTINGS

BOTH = ("Oak Chair", "Ceramic Vase")


def prompt(members: dict[str, Any], names: tuple[str, ...] = BOTH) -> str:
    return build_prompt(resolve(SceneGenerationSettings.model_validate(members)), names)


def test_the_seeds_settings_make_this_prompt() -> None:
    assert prompt(SETTINGS) == (
        "A professional product photograph of Oak Chair and Ceramic Vase, "
        "standing in a modern living room like the scene 'Modern Living Room', "
        "moderate surroundings, with plants and books nearby, a palette of neutral tones, "
        "natural light, soft contact shadows, eye level view, sharp focus on the products."
    )


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "photograph of ,"),
        (("Chair",), "photograph of Chair,"),
        (("A", "B"), "photograph of A and B,"),
        (("A", "B", "C"), "photograph of A, B and C,"),
    ],
)
def test_products_are_named_as_people_list_things(names: tuple[str, ...], said: str) -> None:
    assert said in prompt({}, names)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"style": "Industrial", "roomType": "Kitchen"}, "standing in an industrial kitchen,"),
        ({"style": "", "roomType": "Office"}, "standing in an office,"),
        ({"style": "Coastal", "roomType": " "}, "standing in a coastal,"),
        ({"style": "", "roomType": ""}, "standing on a plain floor,"),
        ({"scene": {"id": "x", "name": "Dune"}}, "living room like the scene 'Dune',"),
        ({"props": ["Rug"]}, "with rug nearby,"),
        ({"props": ["Rug", "Lamp", "Books"]}, "with rug, lamp and books nearby,"),
        ({"surroundings": "Rich"}, ", rich surroundings,"),
        ({"accessories": True}, ", styled with fitting accessories,"),
        ({"colorScheme": "Pastels"}, ", a palette of pastels,"),
        ({"lighting": "Golden Hour"}, ", golden hour, soft contact shadows,"),
        ({"cameraAngle": "Top Down"}, ", top down view,"),
        ({"promptText": "  Morning mist\noutside. "}, "on the products. Morning mist\noutside."),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else "",
)
def test_each_setting_says_its_part(members: dict[str, Any], said: str) -> None:
    assert said in prompt(members)


@pytest.mark.parametrize(
    ("members", "silent"),
    [
        ({"surroundings": "None"}, "surroundings"),
        ({"surroundings": " "}, "surroundings"),
        ({"props": []}, "nearby"),
        ({"accessories": False}, "accessories"),
        ({"colorTheme": False, "colorScheme": "Pastels"}, "pastels"),
        ({"colorScheme": " "}, "palette"),
        ({"scene": {"id": "x"}}, "scene"),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else "",
)
def test_a_setting_that_is_off_or_empty_is_not_spoken_of(members: dict[str, Any], silent: str) -> None:
    assert silent not in prompt(members)


@given(settings_members)
def test_any_settings_make_a_prompt_the_same_every_time_that_names_the_products(
    members: dict[str, Any],
) -> None:
    made = prompt(members)
    assert made == prompt(members)
    assert made.startswith("A professional product photograph of Oak Chair and Ceramic Vase, ")
    assert "sharp focus on the products." in made


def test_what_was_typed_comes_last_and_as_it_was_typed() -> None:
    assert prompt(SETTINGS | {"promptText": "Keep THE Vase left"}).endswith(". Keep THE Vase left")
