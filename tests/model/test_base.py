import ast
import sys
from pathlib import Path
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import scene_studio.model
from scene_studio.model.base import Model, Text
from tests.model.strategies import json_scalars, text

FOLDER = Path(next(iter(scene_studio.model.__path__)))


class Thing(Model):
    room_type: Annotated[str, Text(5)] | None = None
    notes: Annotated[str, Text(5, empty=True, multiline=True)] = ""


def imported(path: Path) -> set[str]:
    """The dotted names of all modules that a file imports, however deep inside it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_the_model_imports_nothing_of_ours_but_itself_and_does_no_io(path: Path) -> None:
    pure = {"pydantic", "pydantic_core"} | sys.stdlib_module_names
    for name in imported(path):
        root = name.partition(".")[0]
        assert root in pure or name.startswith("scene_studio.model"), name
        assert root not in {"os", "io", "time", "random", "secrets", "socket", "pathlib", "logging", "uuid"}


def test_json_is_camel_case_and_leaves_out_what_is_none() -> None:
    assert Thing(room_type="Den").to_json() == {"roomType": "Den", "notes": ""}
    assert Thing().to_json() == {"notes": ""}


def test_both_spellings_of_a_member_are_read() -> None:
    assert Thing.model_validate({"roomType": "Den"}) == Thing.model_validate({"room_type": "Den"})


@given(st.dictionaries(text.filter(lambda name: name not in {"roomType", "notes", "room_type"}), json_scalars))
def test_members_of_other_versions_are_kept(members: dict[str, object]) -> None:
    kept = Thing.model_validate(members).to_json()
    assert kept == {"notes": ""} | {name: value for name, value in members.items() if value is not None}


def test_a_value_never_changes_but_makes_another() -> None:
    thing = Thing(notes="a")
    with pytest.raises(ValidationError, match="frozen"):
        setattr(thing, "notes", "b")  # noqa: B010 - what a type checker would not let pass
    assert (thing.replace(notes="b").notes, thing.notes) == ("b", "a")


def test_the_text_that_was_refused_is_not_repeated_in_the_error() -> None:
    with pytest.raises(ValidationError) as refused:
        Thing(notes="secret")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("length", [1, 5])
def test_a_text_may_have_its_maximum_of_characters(length: int) -> None:
    assert Thing(room_type="🪑" * length).room_type == "🪑" * length


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"roomType": "123456"}, "at most 5 characters, this has 6"),
        ({"roomType": ""}, "must not be blank"),
        ({"roomType": " \u00a0"}, "must not be blank"),
        ({"roomType": "a\nb"}, "control characters"),
        ({"roomType": "a\x00"}, "control characters"),
        ({"roomType": "a\x85"}, "control characters"),
        ({"roomType": "a\x7f"}, "control characters"),
        ({"notes": "a\x1b"}, "control characters"),
        ({"notes": "a\r"}, "control characters"),
        ({"notes": "123456"}, "at most 5 characters, this has 6"),
    ],
)
def test_text_that_breaks_its_rule_is_refused_and_says_why(members: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Thing.model_validate(members)


def test_only_text_of_several_lines_may_have_line_feeds_and_tabs_and_be_empty() -> None:
    assert Thing(notes="a\n\tb").notes == "a\n\tb"
    assert Thing(notes="").notes == ""
