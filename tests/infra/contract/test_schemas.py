"""What the contract says of values is what is checked of them."""

from itertools import product
from typing import Annotated, Any

import jsonschema_rs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, TypeAdapter, ValidationError

from generation_api.messages import Generate
from infra.contract.schemas import AnswerSchema, BodySchema
from scene_studio.http.uploads import ContentType, FileSize
from scene_studio.model.base import Text
from scene_studio.model.client import Name
from scene_studio.model.costs import Micros, Month
from scene_studio.model.identifiers import Id, IsoTime
from scene_studio.model.revision import Milliseconds, Sha256
from scene_studio.model.settings import Placement, SceneGenerationSettings, Seed, SettingText, VarietyLevel
from scene_studio.model.upload import Color

Paragraphs = Annotated[str, Text(20, empty=True, multiline=True)]

TEXTS = {
    "Id": Id,
    "Name": Name,
    "SettingText": SettingText,
    "Paragraphs": Paragraphs,
    "IsoTime": IsoTime,
    "ContentType": ContentType,
    "Sha256": Sha256,
    "Color": Color,
    "Month": Month,
}
NUMBERS = {
    "FileSize": FileSize,
    "Micros": Micros,
    "Milliseconds": Milliseconds,
    "Seed": Seed,
    "VarietyLevel": VarietyLevel,
}


def schema_of(kind: Any, generator: type[BodySchema] = BodySchema) -> dict[str, Any]:
    return TypeAdapter(kind).json_schema(schema_generator=generator)


def is_described(kind: Any, value: Any) -> bool:
    validator = jsonschema_rs.Draft202012Validator(schema_of(kind), validate_formats=True)
    return validator.is_valid(value)


def is_taken(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


def texts(kind: Any) -> st.SearchStrategy[str]:
    described = schema_of(kind)
    near = st.from_regex(described["pattern"]).filter(lambda text: len(text) < 300)
    return st.one_of(near, st.text(max_size=250), st.text(alphabet="aZ0-_. \t\n\x00\x7f\x85é", max_size=70))


@pytest.mark.parametrize("kind", TEXTS.values(), ids=TEXTS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_text_is_described_if_and_only_if_it_is_taken(kind: Any, data: st.DataObject):
    value = data.draw(texts(kind))
    assert is_described(kind, value) == is_taken(kind, value)


def test_a_time_is_described_if_and_only_if_it_is_taken():
    years = ("0000", "0001", "2023", "2024", "9999")
    days = ("02-28", "02-29", "02-30", "12-31", "13-01", "00-10")
    times = ("00:00:00", "23:59:59.123456789", "23:59:60", "24:00:00", "12:60:00")
    zones = ("Z", "+00:00", "-00:00", "+23:59", "+24:00", "+00:60", "z", "")
    described = jsonschema_rs.Draft202012Validator(schema_of(IsoTime), validate_formats=True)
    taken = TypeAdapter(IsoTime).validator
    for year, day, time, zone in product(years, days, times, zones):
        value = f"{year}-{day}T{time}{zone}"
        assert described.is_valid(value) == taken.isinstance_python(value), value


def test_a_name_of_one_character_is_described_if_and_only_if_it_is_taken():
    described = jsonschema_rs.Draft202012Validator(schema_of(Name))
    taken = TypeAdapter(Name).validator
    for code in (*range(0x3100), 0xFE00, 0xFEFF, 0xFFFD, 0x1F600):
        assert described.is_valid(chr(code)) == taken.isinstance_python(chr(code)), hex(code)


@pytest.mark.parametrize("kind", TEXTS.values(), ids=TEXTS)
def test_the_description_of_a_text_says_how_long_it_may_be(kind: Any):
    assert schema_of(kind)["maxLength"] > 0


@pytest.mark.parametrize("kind", NUMBERS.values(), ids=NUMBERS)
@settings(max_examples=40, deadline=None)
@given(value=st.integers(-(2**60), 2**60) | st.integers(-3, 20))
@example(value=0)
@example(value=25 * 1024 * 1024 + 1)
def test_a_number_is_described_if_and_only_if_it_is_taken(kind: Any, value: int):
    assert is_described(kind, value) == is_taken(kind, value)


@pytest.mark.parametrize("value", ["5", 5.5, True, None, [5]])
@pytest.mark.parametrize("kind", NUMBERS.values(), ids=NUMBERS)
def test_what_is_no_whole_number_is_neither_described_nor_taken(kind: Any, value: Any):
    assert (is_described(kind, value), is_taken(kind, value)) == (False, False)


@pytest.mark.parametrize(
    "placement", [{"x": 0.5}, {"x": 1}, {"x": "0.5"}, {"x": True}, {"x": 2}, {"scale": None}, {"later": "any"}]
)
def test_a_placement_is_described_if_and_only_if_it_is_taken(placement: dict[str, Any]):
    assert is_described(Placement, placement) == is_taken(Placement, placement)


def test_a_member_that_null_clears_is_described_so_where_it_is_sent_and_never_null_where_it_is_answered():
    sent = schema_of(SceneGenerationSettings)["properties"]["style"]
    answered = schema_of(SceneGenerationSettings, AnswerSchema)["properties"]["style"]
    assert {"type": "null"} in sent["anyOf"]
    assert answered["type"] == "string"


def test_what_a_docstring_says_of_a_member_describes_it():
    described = schema_of(Generate)
    assert described["properties"]["count"]["description"] == "How many pictures for each slot."
    assert described["description"] == "Pictures to make."


def test_a_check_of_which_nobody_told_what_it_means_is_an_error():
    class Body(BaseModel):
        member: Annotated[str, AfterValidator(str.strip)]

    with pytest.raises(KeyError, match="strip"):
        schema_of(Body)
