import json
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from scene_studio.model.errors import InvalidRequest
from scene_studio.model.merge import Conflict, merge
from scene_studio.model.owned import Owned, OwnedSlot
from scene_studio.model.settings import (
    ASPECT_RATIOS,
    MAX_SEED,
    MAX_UNKNOWN_SETTINGS,
    SUGGESTIONS,
    SceneGenerationSettings,
    patched,
    resolve,
    settings_of,
)
from tests.model.strategies import settings_edits, settings_members
from tests.support.seed import SETTINGS


def read(members: Any) -> SceneGenerationSettings:
    return SceneGenerationSettings.model_validate(members)


def test_the_seeds_settings_are_given_back_to_the_letter() -> None:
    assert read(SETTINGS).to_json() == SETTINGS
    assert SceneGenerationSettings.model_validate_json(json.dumps(SETTINGS)).to_json() == SETTINGS


@given(settings_members)
def test_settings_are_given_back_as_they_came(members: dict[str, Any]) -> None:
    assert read(members).to_json() == members


@given(settings_members, settings_edits)
def test_null_clears_absent_leaves_and_anything_else_replaces(
    members: dict[str, Any], edit: dict[str, Any]
) -> None:
    after = patched(members, read(edit))
    for name in members.keys() | edit.keys():
        if name not in edit:
            assert after[name] == members[name]
        elif edit[name] is None:
            assert name not in after
        else:
            assert after[name] == edit[name]
    assert after.keys() <= members.keys() | edit.keys()


@given(settings_members)
def test_an_empty_edit_changes_nothing_and_null_in_place_of_settings_clears_all(
    members: dict[str, Any],
) -> None:
    assert patched(members, read({})) == members
    assert patched(members, None) == {}


def test_a_scene_is_replaced_whole_and_never_mixed_from_two() -> None:
    edit = read({"scene": {"id": "beach"}})
    assert patched(SETTINGS, edit)["scene"] == {"id": "beach"}
    assert read(patched(SETTINGS, edit)).style == "Modern"


def test_a_placement_is_replaced_whole_and_never_mixed_from_two() -> None:
    placed = SETTINGS | {"placement": {"x": 0.2, "y": 0.9, "scale": 1.5, "rotation": -10}}
    edit = read({"placement": {"x": 0.7}})
    assert patched(placed, edit) == SETTINGS | {"placement": {"x": 0.7}}
    assert patched(placed, read({"style": "Coastal"}))["placement"] == placed["placement"]
    assert patched(placed, read({"placement": None})) == SETTINGS
    assert patched(placed, read({"placement": {}}))["placement"] == {}


def test_two_placements_are_merged_as_one_value_and_never_mixed() -> None:
    def studio(placement: dict[str, float]) -> Owned:
        slot = OwnedSlot((), {"placement": placement}, (), None, deleted=False)
        return Owned("Spring", {"a": slot})

    base, mine, theirs = {"x": 0.5, "y": 0.9}, {"x": 0.2, "y": 0.9}, {"x": 0.5, "y": 0.4}
    merged = merge(studio(base), studio(mine), studio(theirs))

    assert merged.owned == studio(mine)
    assert merged.conflicts == (Conflict("a", ("settings", "placement"), base=base, mine=mine, theirs=theirs),)
    assert merge(studio(base), studio(base), studio(theirs)).owned == studio(theirs)


def test_what_was_added_to_the_seeds_settings_is_absent_until_it_is_chosen() -> None:
    resolved = resolve(read({}))
    added = (resolved.negative_prompt, resolved.placement, resolved.shadow_strength, resolved.seed)
    assert added == (None, None, None, None)
    assert read(SETTINGS).to_json().keys().isdisjoint({"negativePrompt", "placement", "shadowStrength", "seed"})


@pytest.mark.parametrize(
    "members",
    [
        {"negativePrompt": "plastic, people\nand birds"},
        {"negativePrompt": ""},
        {"negativePrompt": "x" * 4000},
        {"placement": {}},
        {"placement": {"x": 0, "y": 0, "scale": 0.1, "rotation": -180}},
        {"placement": {"x": 1, "y": 1, "scale": 4, "rotation": 180}},
        {"placement": {"x": 0.25}},
        {"shadowStrength": 0},
        {"shadowStrength": 1},
        {"shadowStrength": 0.35},
        {"seed": 0},
        {"seed": MAX_SEED},
    ],
    ids=lambda members: json.dumps(members)[:40],
)
def test_negative_prompt_placement_shadow_and_seed_are_given_back_as_they_came(members: dict[str, Any]) -> None:
    assert read(members).to_json() == members
    assert resolve(read(members)).to_json() == resolve(read({})).to_json() | members
    assert patched(SETTINGS, read(members)) == SETTINGS | members
    assert patched(SETTINGS | members, read({next(iter(members)): None})) == SETTINGS


def test_settings_that_this_version_does_not_know_are_kept_through_an_edit() -> None:
    kept = {"filmGrain": 0.5, "mood": "calm", "hdr": True, "layers": 3}
    assert patched(kept, read({"style": "Coastal"})) == kept | {"style": "Coastal"}


@pytest.mark.parametrize("value", [True, False, 1, 0, 2.5, "x"])
def test_a_setting_of_another_name_keeps_its_type(value: object) -> None:
    kept = read({"someday": value}).to_json()["someday"]
    assert (kept, type(kept)) == (value, type(value))


def test_sixteen_settings_of_other_names_are_kept_and_more_are_refused() -> None:
    assert len(read({f"x{n}": n for n in range(MAX_UNKNOWN_SETTINGS)}).to_json()) == 16
    with pytest.raises(ValidationError, match="at most 16"):
        read({f"x{n}": n for n in range(MAX_UNKNOWN_SETTINGS + 1)})


def test_an_edit_that_would_leave_too_many_settings_of_other_names_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="settings"):
        settings_of(patched({f"x{n}": n for n in range(MAX_UNKNOWN_SETTINGS)}, read({"y": 1})))


@given(settings_members)
def test_resolved_settings_have_a_value_for_all_and_keep_what_was_chosen(members: dict[str, Any]) -> None:
    resolved = resolve(read(members)).to_json()
    assert set(SETTINGS) - {"scene"} <= resolved.keys()
    assert {name: resolved[name] for name in members} == members


@pytest.mark.parametrize("level", [0, 1, 10])
def test_the_variety_level_is_a_whole_number_from_0_to_10(level: int) -> None:
    assert read({"varietyLevel": level}).variety_level == level


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
def test_every_aspect_ratio_of_the_list_is_taken(ratio: str) -> None:
    assert read({"aspectRatio": ratio}).aspect_ratio == ratio


@pytest.mark.parametrize(
    "members",
    [
        {"varietyLevel": 11},
        {"varietyLevel": -1},
        {"varietyLevel": 7.5},
        {"varietyLevel": 7.0},
        {"varietyLevel": "7"},
        {"varietyLevel": True},
        {"aspectRatio": "1:2"},
        {"aspectRatio": "1 : 1"},
        {"aspectRatio": 1},
        {"roomType": "x" * 101},
        {"roomType": "a\nb"},
        {"roomType": 1},
        {"props": ["x"] * 33},
        {"props": "Plants"},
        {"props": ["x" * 101]},
        {"props": [None]},
        {"colorTheme": "true"},
        {"colorTheme": 1},
        {"accessories": 0},
        {"promptText": "x" * 4001},
        {"promptText": "a\x00"},
        {"scene": "beach"},
        {"scene": {"name": "no id"}},
        {"scene": {"id": "x", "imageUrl": "x" * 2049}},
        {"negativePrompt": "x" * 4001},
        {"negativePrompt": "a\x00"},
        {"placement": {"x": -0.01}},
        {"placement": {"y": 1.01}},
        {"placement": {"scale": 0.09}},
        {"placement": {"scale": 4.1}},
        {"placement": {"rotation": 181}},
        {"placement": {"x": "left"}},
        {"placement": "left"},
        {"placement": [0.5, 0.5]},
        {"shadowStrength": 1.01},
        {"shadowStrength": -0.01},
        {"shadowStrength": float("nan")},
        {"seed": -1},
        {"seed": MAX_SEED + 1},
        {"seed": 1.5},
        {"seed": "1"},
        {"seed": True},
        {"someday": {"nested": 1}},
        {"someday": [1]},
        {"someday": "x" * 101},
        {"someday": float("inf")},
        {"someday": float("nan")},
    ],
    ids=lambda members: json.dumps(members)[:40],
)
def test_settings_beyond_their_limits_are_refused(members: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(members)


def test_settings_at_their_limits_are_taken() -> None:
    members = {"promptText": "x\n" * 2000, "props": ["x" * 100] * 32, "roomType": "🪑" * 100, "style": ""}
    assert read(members).to_json() == members


def test_every_suggestion_is_a_setting_that_is_taken() -> None:
    for name, values in SUGGESTIONS.items():
        for value in values:
            member = [value] if name == "props" else value
            assert read({name: member}).to_json() == {name: member}
