import pytest

from scene_studio.model.errors import (
    MAX_TOLD,
    AlreadyExists,
    Deleted,
    FieldError,
    InvalidRequest,
    NotFound,
    SceneStudioError,
)


def test_an_invalid_request_names_every_field_once_and_in_order() -> None:
    error = InvalidRequest([FieldError("/b", "one"), FieldError("/a", "two"), FieldError("/b", "three")])
    assert error.detail == "Correct /b, /a and send the request again; nothing was changed."
    assert error.members["errors"] == [
        {"field": "/b", "message": "one"},
        {"field": "/a", "message": "two"},
        {"field": "/b", "message": "three"},
    ]


def test_of_many_errors_the_first_are_told() -> None:
    error = InvalidRequest([FieldError(f"/{at}", "is wrong") for at in range(1000)])
    assert error.detail == (
        "Correct /0, /1, /2, /3, /4, /5, /6, /7, /8, /9 and 990 more and send the request again; nothing was "
        "changed."
    )
    assert len(error.members["errors"]) == MAX_TOLD


def test_an_error_about_one_field_is_an_invalid_request() -> None:
    assert InvalidRequest.of("/name", "is required").errors == (FieldError("/name", "is required"),)


@pytest.mark.parametrize(
    ("error", "members"),
    [
        (NotFound("slot", "slot-9"), {"kind": "slot", "name": "slot-9"}),
        (AlreadyExists("studio", "default"), {"kind": "studio", "name": "default"}),
        (
            Deleted("studio", "default", "2024-01-01T00:00:00Z", "2024-01-31T00:00:00.000Z"),
            {
                "kind": "studio",
                "name": "default",
                "deletedAt": "2024-01-01T00:00:00Z",
                "restorableUntil": "2024-01-31T00:00:00.000Z",
            },
        ),
    ],
)
def test_an_error_tells_programs_what_it_tells_people(error: SceneStudioError, members: dict[str, str]) -> None:
    assert error.members == members
    assert all(value in error.detail for name, value in members.items() if name != "deletedAt")
    assert str(error) == error.detail


def test_errors_do_not_share_their_members() -> None:
    shared = {"a": 1}
    first = SceneStudioError("no", shared)
    first.members["b"] = 2
    assert shared == {"a": 1}
    assert SceneStudioError("no").members == {}
