import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scene_studio.model.identifiers import Id, IsoTime, days_after, derive, digest, iso_time
from tests.model.strategies import ids

ID: TypeAdapter[str] = TypeAdapter(Id)
TIME: TypeAdapter[str] = TypeAdapter(IsoTime)
parts = st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), min_size=1)


@given(ids)
def test_an_id_is_kept_as_it_is(value: str) -> None:
    assert ID.validate_python(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-a",
        "_a",
        "a" * 65,
        "a/b",
        "..",
        "a.b",
        "a b",
        "a\n",
        "\na",
        "é",
        "a%2Fb",
        "a\x00",
        "٣",
        "a\\b",
        "a:b",
    ],
)
def test_what_could_bend_a_key_is_no_id(value: str) -> None:
    with pytest.raises(ValidationError, match="1 to 64 letters"):
        ID.validate_python(value)


@given(st.text(max_size=70))
def test_whatever_is_an_id_is_one_plain_segment_of_a_key(value: str) -> None:
    try:
        ID.validate_python(value)
    except ValidationError:
        return
    assert value.isascii()
    assert 1 <= len(value) <= 64
    assert not set(value) & set("/.\\%~ \n")


@pytest.mark.parametrize(
    "time",
    [
        "2024-01-01T00:00:00Z",
        "2024-01-01T12:00:00.000Z",
        "2024-01-01T12:00:00.5+02:00",
        "2024-02-29T23:59:59.123456789-11:30",
    ],
)
def test_a_time_is_given_back_to_the_letter(time: str) -> None:
    assert TIME.validate_python(time) == time


@pytest.mark.parametrize(
    "time",
    [
        "",
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-02-30T00:00:00Z",
        "2024-01-01 00:00:00Z",
        "1704067200000",
        "2024-01-01T25:00:00Z",
        "2024-01-01T00:00:00+99:99",
        "٢٠٢٤-01-01T00:00:00Z",
        "2024-01-01T00:00:00Z\n",
    ],
)
def test_what_is_no_moment_is_no_time(time: str) -> None:
    with pytest.raises(ValidationError):
        TIME.validate_python(time)


@given(st.integers(0, 253_402_300_799_999))
def test_milliseconds_are_spelled_as_javascript_spells_them(milliseconds: int) -> None:
    spelled = iso_time(milliseconds)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", spelled)
    assert TIME.validate_python(spelled) == spelled
    since = datetime.fromisoformat(spelled) - datetime(1970, 1, 1, tzinfo=UTC)
    assert since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000 == milliseconds


def test_the_seeds_timestamp_is_the_start_of_2024() -> None:
    assert iso_time(1704067200000) == "2024-01-01T00:00:00.000Z"


def test_days_are_counted_in_utc_from_any_zone() -> None:
    assert days_after("2024-02-01T23:00:00-02:00", 30) == "2024-03-03T01:00:00.000Z"


def test_days_end_with_the_last_moment_there_is_and_begin_with_the_first():
    assert days_after("9999-12-31T23:59:00-23:59", 30) == "9999-12-31T23:59:59.999Z"
    assert days_after("0001-01-01T00:00:00+23:59", 30) == "0001-01-30T00:01:00.000Z"


@given(parts)
def test_a_derived_id_is_an_id_and_always_the_same(names: list[str]) -> None:
    assert ID.validate_python(derive(*names)) == derive(*names)


@given(parts, parts)
def test_different_parts_give_different_ids(one: list[str], other: list[str]) -> None:
    assert (derive(*one) == derive(*other)) == (one == other)
    assert (digest(*one, length=16) == digest(*other, length=16)) == (one == other)


def test_where_one_part_ends_and_the_next_begins_makes_another_id() -> None:
    assert len({derive("ab", "c"), derive("a", "bc"), derive("abc"), derive("", "abc")}) == 4


@given(parts, st.integers(1, 40))
def test_a_digest_has_the_length_asked_for(names: list[str], length: int) -> None:
    assert len(digest(*names, length=length)) == length
