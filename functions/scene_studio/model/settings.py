"""SceneGenerationSettings: how a slot's pictures are to look.

Members are open strings: the original product names one value of each and no list, and `SUGGESTIONS` offers
more, as data. Only `aspectRatio` and `varietyLevel` are closed. A member that is absent was never chosen;
`resolve` gives it its default when a picture is made.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BeforeValidator, Field, StrictBool, StrictFloat, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from scene_studio.model.base import Items, Model, Text
from scene_studio.model.errors import InvalidRequest

AspectRatio = Literal["1:1", "4:5", "5:4", "3:4", "4:3", "2:3", "3:2", "9:16", "16:9", "9:21", "21:9"]
ASPECT_RATIOS: Final = get_args(AspectRatio)

MAX_PROPS: Final = 32
MAX_PROMPT_TEXT: Final = 4000
MAX_UNKNOWN_SETTINGS: Final = 16

MAX_SEED: Final = 4_294_967_294
"""The largest seed that any of the image models takes."""

_TEXT: Final = Text(maximum=100, empty=True)
SettingText = Annotated[str, _TEXT]
VarietyLevel = Annotated[int, Field(ge=0, le=10, strict=True)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED, strict=True)]
ShadowStrength = Annotated[float, Field(ge=0, le=1, strict=True)]
SceneUrl = Annotated[str, Field(max_length=2048)]


def _check_other(value: Any) -> Any:
    if isinstance(value, str):
        return _TEXT.check(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    raise PydanticCustomError("setting_type", "must be text, a number, true, false or null")


OtherSetting = Annotated[
    SettingText | StrictFloat | StrictInt | StrictBool | None, BeforeValidator(_check_other)
]
"""A setting of another name. What is wrong with one is told once, and not for each type that it is not."""


class SceneReference(Model):
    """The scene a slot's products are placed in."""

    id: SettingText
    name: SettingText | None = None
    image_url: SceneUrl | None = None


class Placement(Model):
    """Where the products stand in the picture, for whoever wants to say so; each member may be left out.

    Attributes:
        x: the middle of the group, from 0 (left edge) to 1 (right edge).
        y: where it stands, from 0 (top edge) to 1 (bottom edge).
        scale: its size, 1 being what would be chosen without a word.
        rotation: in degrees, clockwise.
    """

    x: Annotated[float, Field(ge=0, le=1, strict=True)] | None = None
    y: Annotated[float, Field(ge=0, le=1, strict=True)] | None = None
    scale: Annotated[float, Field(ge=0.1, le=4, strict=True)] | None = None
    rotation: Annotated[float, Field(ge=-180, le=180, strict=True)] | None = None


class SceneGenerationSettings(Model):
    """The settings of a slot, or the snapshot of them in a revision.

    Members that this version does not know are kept as they came, so that an older function never strips
    what a newer browser wrote.

    Attributes:
        negative_prompt: what is not to be in the picture, as nouns.
        placement: where the products stand; without it, where they look best.
        shadow_strength: from 0, none, to 1, the darkest; without it, what suits the lighting.
        seed: for every picture of the slot; without it each picture has one of its own.
    """

    __pydantic_extra__: dict[str, OtherSetting]

    scene: SceneReference | None = None
    room_type: SettingText | None = None
    style: SettingText | None = None
    lighting: SettingText | None = None
    camera_angle: SettingText | None = None
    aspect_ratio: AspectRatio | None = None
    variety_level: VarietyLevel | None = None
    surroundings: SettingText | None = None
    color_scheme: SettingText | None = None
    props: Annotated[tuple[SettingText, ...], Items(MAX_PROPS)] | None = None
    color_theme: StrictBool | None = None
    accessories: StrictBool | None = None
    prompt_text: Annotated[str, Text(maximum=MAX_PROMPT_TEXT, empty=True, multiline=True)] | None = None
    negative_prompt: Annotated[str, Text(maximum=MAX_PROMPT_TEXT, empty=True, multiline=True)] | None = None
    placement: Placement | None = None
    shadow_strength: ShadowStrength | None = None
    seed: Seed | None = None

    @model_validator(mode="after")
    def _few_unknown_members(self) -> "SceneGenerationSettings":
        if len(self.__pydantic_extra__) > MAX_UNKNOWN_SETTINGS:
            raise ValueError(f"at most {MAX_UNKNOWN_SETTINGS} settings of other names are kept")
        return self


_KNOWN: Final = frozenset(field.alias for field in SceneGenerationSettings.model_fields.values())


class ResolvedSettings(SceneGenerationSettings):
    """Settings with a value for every member of the original product's but the scene."""

    room_type: SettingText = "Living Room"
    style: SettingText = "Modern"
    lighting: SettingText = "Natural Light"
    camera_angle: SettingText = "Eye Level"
    aspect_ratio: AspectRatio = "1:1"
    variety_level: VarietyLevel = 5
    surroundings: SettingText = "Moderate"
    color_scheme: SettingText = "Neutral Tones"
    props: Annotated[tuple[SettingText, ...], Items(MAX_PROPS)] = ()
    color_theme: StrictBool = True
    accessories: StrictBool = False
    prompt_text: Annotated[str, Text(maximum=MAX_PROMPT_TEXT, empty=True, multiline=True)] = ""


def resolve(settings: SceneGenerationSettings) -> ResolvedSettings:
    """The settings with the default in place of every member that was never chosen."""
    return ResolvedSettings.model_validate(settings.to_json())


def patched(settings: Mapping[str, Any], edit: SceneGenerationSettings | None) -> dict[str, Any]:
    """The JSON members of settings after an edit: absent leaves a member, null clears it, None clears all.

    A scene is one value, and so is a placement: it is replaced whole, never mixed from two.
    """
    if edit is None:
        return {}
    given = edit.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if edit.scene is not None:
        given["scene"] = edit.scene.to_json()
    if edit.placement is not None:
        given["placement"] = edit.placement.to_json()
    return {name: value for name, value in {**settings, **given}.items() if value is not None}


def settings_of(members: Mapping[str, Any]) -> SceneGenerationSettings:
    """The settings with these JSON members, each of which is valid.

    Raises:
        InvalidRequest: there are more than `MAX_UNKNOWN_SETTINGS` members of other names.
    """
    if len(members.keys() - _KNOWN) > MAX_UNKNOWN_SETTINGS:
        raise InvalidRequest.of(
            "/settings", f"at most {MAX_UNKNOWN_SETTINGS} settings of other names are kept; clear one with null"
        )
    return SceneGenerationSettings.model_validate(dict(members))


SUGGESTIONS: Final = {
    "roomType": ("Living Room", "Bedroom", "Kitchen", "Dining Room", "Office", "Bathroom", "Patio", "Studio"),
    "style": ("Modern", "Industrial", "Scandinavian", "Rustic", "Coastal", "Mid-Century", "Minimalist"),
    "lighting": ("Natural Light", "Golden Hour", "Soft Studio", "Dramatic", "Evening", "Overcast"),
    "cameraAngle": ("Eye Level", "Low Angle", "High Angle", "Top Down", "Straight On"),
    "aspectRatio": ASPECT_RATIOS,
    "surroundings": ("None", "Minimal", "Moderate", "Rich"),
    "colorScheme": ("Neutral Tones", "Warm Tones", "Cool Tones", "Earth Tones", "Pastels", "Monochrome"),
    "props": ("Plants", "Books", "Candles", "Cushions", "Rug", "Artwork", "Lamp", "Throw"),
}
"""What a page may offer for each setting; any other string is as good."""
