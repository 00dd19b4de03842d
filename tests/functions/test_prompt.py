import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scene_studio.generation.prompt import MAX_PROMPT, build_negative_prompt, build_prompt
from scene_studio.model.revision import MAX_PRODUCTS_IN_SLOT
from scene_studio.model.settings import SUGGESTIONS, SceneGenerationSettings, resolve
from tests.model.strategies import settings_members
from tests.support.seed import SETTINGS

BOTH = ("Oak Chair", "Ceramic Vase")
SEEDS = range(40)
NEGATION = re.compile(r"\b(no|not|none|never|without|nothing|avoid|don't)\b", re.IGNORECASE)


def prompt(members: dict[str, Any], names: tuple[str, ...] = BOTH, seed: int = 1) -> str:
    return build_prompt(resolve(SceneGenerationSettings.model_validate(members)), names, seed)


def negative(members: dict[str, Any]) -> str:
    return build_negative_prompt(resolve(SceneGenerationSettings.model_validate(members)))


def test_the_seeds_settings_make_this_prompt_at_a_low_variety_level() -> None:
    assert prompt(SETTINGS | {"varietyLevel": 3}) == (
        "A professional product photograph of Oak Chair and Ceramic Vase, "
        "standing on a light oak floor in a modern living room with the look of Modern Living Room, "
        "moderately furnished surroundings, plants and books beside them, "
        "a neutral palette of beige, cream and soft grey, "
        "soft natural window light from the left, soft contact shadows falling to the right, "
        "eye-level three-quarter view, 50mm lens, shallow depth of field, "
        "centred framing with open space above, sharp focus on the products."
    )


def test_without_products_it_is_the_caption_of_the_empty_place() -> None:
    assert prompt({"varietyLevel": 0, "props": ["Rug"], "style": "Rustic"}, ()) == (
        "A professional interior photograph of a rustic living room, open space on a weathered plank floor, "
        "moderately furnished surroundings, rug nearby, a neutral palette of beige, cream and soft grey, "
        "soft natural window light from the left, soft contact shadows falling to the right, "
        "eye-level three-quarter view, 50mm lens, shallow depth of field, "
        "centred framing with open space above, sharp focus."
    )


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("Chair",), "photograph of Chair, "),
        (("A", "B"), "photograph of A and B, "),
        (("A", "B", "C"), "photograph of A, B and C, "),
    ],
)
def test_products_are_named_as_people_list_things(names: tuple[str, ...], said: str) -> None:
    assert said in prompt({}, names)


@pytest.mark.parametrize(
    ("names", "said"),
    [(("Chair",), ("rug beside it,", "on the product.")), (BOTH, ("rug beside them,", "on the products."))],
)
def test_one_product_is_spoken_of_as_one(names: tuple[str, ...], said: tuple[str, str]) -> None:
    made = prompt({"props": ["Rug"], "varietyLevel": 0}, names)
    assert all(part in made for part in said)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (
            {"style": "Industrial", "roomType": "Kitchen"},
            "standing on a polished concrete floor in an industrial kitchen,",
        ),
        ({"style": "", "roomType": "Office"}, "standing on the floor in an office,"),
        ({"style": "Coastal", "roomType": " "}, "standing on a whitewashed plank floor in a coastal,"),
        ({"style": "Art Deco"}, "standing on the floor in an art deco living room,"),
        ({"style": "", "roomType": ""}, "standing on the floor, "),
        ({"scene": {"id": "x", "name": "Dune"}}, "modern living room with the look of Dune,"),
        (
            {"style": "", "roomType": "", "scene": {"id": "x", "name": "Dune"}},
            "in a place with the look of Dune,",
        ),
        ({"props": ["Rug"]}, ", rug beside them,"),
        ({"props": ["Rug", "Lamp", "Books"]}, ", rug, lamp and books beside them,"),
        ({"surroundings": "Rich"}, ", richly furnished surroundings,"),
        ({"surroundings": "Overgrown"}, ", overgrown surroundings,"),
        ({"accessories": True}, ", styled with matching accessories,"),
        ({"colorScheme": "Pastels"}, ", a pastel palette of blush, mint and pale lilac,"),
        ({"colorScheme": "Teal"}, ", a palette of teal,"),
        (
            {"lighting": "Golden Hour"},
            ", warm low golden hour sunlight from the left, soft contact shadows fal",
        ),
        ({"lighting": "Neon"}, ", neon from the left, soft contact shadows falling to the right,"),
        ({"lighting": "Backlit"}, ", backlit, soft contact shadows, "),
        ({"lighting": "Sun from the Right"}, ", sun from the right, soft contact shadows, "),
        ({"lighting": ""}, ", soft light from the left,"),
        ({"shadowStrength": 0.2}, ", faint contact shadows falling"),
        ({"shadowStrength": 0.9}, ", deep contact shadows falling"),
        ({"cameraAngle": "Top Down"}, ", top-down flat lay view, 50mm lens,"),
        ({"cameraAngle": "Fisheye"}, ", fisheye view, 50mm lens,"),
        ({"cameraAngle": ""}, ", eye-level view, 50mm lens,"),
        ({"aspectRatio": "21:9"}, ", centred framing with open space on both sides,"),
        ({"aspectRatio": "9:16"}, ", centred framing with open space above,"),
        ({"placement": {"x": 0.2}}, ", subject on the left with open space on the right,"),
        ({"placement": {"x": 0.8}}, ", subject on the right with open space on the left,"),
        ({"placement": {"x": 0.5}}, ", centred framing with"),
        ({"placement": {"y": 0.2}}, ", centred framing with"),
        ({"promptText": "  Morning mist\noutside. "}, "on the products. Morning mist\noutside."),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else "",
)
def test_each_setting_says_its_part(members: dict[str, Any], said: str) -> None:
    assert said in prompt({"varietyLevel": 0} | members)


@pytest.mark.parametrize(
    ("members", "silent"),
    [
        ({"surroundings": "None"}, "surroundings"),
        ({"surroundings": " "}, "surroundings"),
        ({"props": []}, "beside"),
        ({"props": [" "]}, "beside"),
        ({"accessories": False}, "accessories"),
        ({"colorTheme": False, "colorScheme": "Pastels"}, "pastel"),
        ({"colorScheme": " "}, "palette"),
        ({"scene": {"id": "x"}}, "look of"),
        ({"shadowStrength": 0}, "shadows"),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else "",
)
def test_a_setting_that_is_off_or_empty_is_not_spoken_of(members: dict[str, Any], silent: str) -> None:
    assert silent not in prompt({"varietyLevel": 0} | members)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in SUGGESTIONS.items() for value in values]
)
def test_no_suggestion_makes_a_prompt_speak_of_what_is_not_there(name: str, value: str) -> None:
    member = {name: [value] if name == "props" else value}
    for names in ((), BOTH):
        assert NEGATION.search(prompt(member | {"varietyLevel": 10, "accessories": True}, names)) is None


@settings(deadline=None)
@given(settings_members, st.integers(0, 2**32 - 2))
def test_any_settings_make_a_prompt_the_same_every_time_that_names_the_products(
    members: dict[str, Any], seed: int
) -> None:
    made = prompt(members, seed=seed)
    assert made == prompt(members, seed=seed)
    assert made.startswith("A professional product photograph of Oak Chair and Ceramic Vase, ")
    assert "sharp focus on the products." in made
    assert len(made) <= MAX_PROMPT


def test_what_was_typed_comes_last_and_as_it_was_typed() -> None:
    assert prompt(SETTINGS | {"promptText": "Keep THE Vase left"}).endswith(". Keep THE Vase left")


@pytest.mark.parametrize("level", range(4))
def test_up_to_level_3_the_seed_changes_no_word(level: int) -> None:
    assert len({prompt(SETTINGS | {"varietyLevel": level}, seed=seed) for seed in SEEDS}) == 1


def test_each_further_step_of_variety_lets_the_seed_choose_more_words() -> None:
    kinds = {
        level: {prompt(SETTINGS | {"varietyLevel": level}, seed=seed) for seed in range(1500)}
        for level in (3, 4, 6, 7, 10)
    }
    assert [len(kinds[level]) for level in (3, 4, 6, 7, 10)] == [1, 9, 9, 108, 108]


def test_the_seed_never_changes_subject_place_colours_or_angle() -> None:
    settings = SETTINGS | {"varietyLevel": 10}
    for seed in SEEDS:
        made = prompt(settings, seed=seed)
        assert "of Oak Chair and Ceramic Vase, standing on a light oak floor in a modern living room" in made
        assert "a neutral palette of beige, cream and soft grey, " in made
        assert "eye-level three-quarter view, " in made


LONGEST = {
    "promptText": "t" * 4000,
    "props": ["p" * 100] * 32,
    "accessories": True,
    "placement": {"x": 0.1},
    "scene": {"id": "x", "name": "İ" * 100},
    **dict.fromkeys(("roomType", "style", "lighting", "cameraAngle", "surroundings"), "İ" * 100),
}


def test_the_longest_settings_stay_within_the_models_limit_and_keep_what_was_typed_whole() -> None:
    names = tuple("n" * 200 for _ in range(MAX_PRODUCTS_IN_SLOT))
    made = prompt(LONGEST | {"colorScheme": "İ" * 100}, names)
    assert len(made) <= MAX_PROMPT
    assert made.endswith(". " + "t" * 4000)
    assert made.count("n" * 200) == len(names)
    assert "p" * 100 + " " in made


def test_props_are_left_out_from_the_last_on() -> None:
    made = prompt(LONGEST | {"props": [f"{n:x>100}" for n in range(32)]}, tuple("n" * 200 for _ in range(16)))
    kept = [n for n in range(32) if f"{n:x>100}" in made]
    assert 0 < len(kept) < 32
    assert kept == list(range(len(kept)))


def test_what_is_not_wanted_is_a_list_of_nouns_that_ends_with_what_was_typed() -> None:
    assert negative({"negativePrompt": " plastic, Neon signs "}) == (
        "text, watermark, logo, duplicate product, extra objects on product, people, hands, floating object, "
        "cropped object, blurry, low quality, distorted perspective, cartoon, 3d render, plastic, Neon signs"
    )
    assert negative({}).endswith(", 3d render")
    assert NEGATION.search(negative({})) is None


@pytest.mark.parametrize(
    ("members", "wanted"),
    [
        ({"style": "Cartoon"}, "cartoon"),
        ({"style": "3D Render"}, "3d render"),
        ({"props": ["Two people", "Rug"]}, "people"),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else "",
)
def test_what_the_settings_ask_for_is_not_spoken_against(members: dict[str, Any], wanted: str) -> None:
    assert wanted in negative({}).split(", ")
    assert wanted not in negative(members).split(", ")
    assert "hands" in negative(members).split(", ")


def test_a_word_within_another_is_not_taken_for_it() -> None:
    assert "text" in negative({"props": ["Textiles"]}).split(", ")


def test_the_longest_that_can_be_typed_against_is_kept_whole() -> None:
    made = negative({"negativePrompt": "x" * 4000})
    assert made.endswith(", " + "x" * 4000)
    assert len(made) <= MAX_PROMPT
