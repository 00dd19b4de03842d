import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scene_studio.model.document import RING_SIZE, SCHEMA, AppliedRequest, Document, RequestKey


def committed(times: int) -> Document:
    document = Document()
    for number in range(times):
        document = document.after(document.rev, RequestKey(f"key-{number}", f"body-{number}"), f"v{number}")
    return document


def test_a_new_document_is_of_this_schema_and_was_never_committed() -> None:
    assert Document().to_json() == {"schema": SCHEMA, "rev": 0, "applied": []}


@given(st.integers(0, 10**6), st.none() | st.just(RequestKey("key", "body")))
def test_every_commit_adds_one_to_the_revision(rev: int, request: RequestKey | None) -> None:
    assert Document(rev=3).after(rev, request, "v1").rev == rev + 1


@pytest.mark.parametrize("times", [0, 1, RING_SIZE - 1, RING_SIZE, RING_SIZE + 1, 2 * RING_SIZE + 7])
def test_the_ring_keeps_the_last_hundred_requests_oldest_first(times: int) -> None:
    kept = [entry.key for entry in committed(times).applied]
    assert kept == [f"key-{number}" for number in range(max(0, times - 100), times)]


def test_a_commit_by_a_machine_leaves_the_ring_alone() -> None:
    document = committed(3)
    after = document.after(document.rev, None, "v9")
    assert (after.rev, after.applied) == (4, document.applied)


def test_a_remembered_request_is_found_by_its_key_with_all_that_is_known_of_it() -> None:
    assert committed(RING_SIZE + 5).applied_request("key-50") == AppliedRequest("key-50", "body-50", "v50")


@pytest.mark.parametrize("key", ["key-4", "key-105", "", "body-50"])
def test_a_request_that_was_forgotten_or_never_came_is_not_found(key: str) -> None:
    assert committed(RING_SIZE + 5).applied_request(key) is None


def test_the_ring_is_stored_as_bare_arrays_and_read_back() -> None:
    document = committed(2)
    stored = document.model_dump_json(by_alias=True)
    assert '"applied":[["key-0","body-0","v0"],["key-1","body-1","v1"]]' in stored
    assert Document.model_validate_json(stored) == document


def test_members_of_a_later_version_survive_a_commit_of_this_one() -> None:
    document = Document.model_validate_json('{"schema":2,"rev":7,"applied":[],"intents":[{"a":null}]}')
    after = document.after(7, RequestKey("k", "b"), "v").to_json()
    assert (after["schema"], after["rev"], after["intents"]) == (2, 8, [{"a": None}])


def test_a_longer_ring_than_ours_is_no_document() -> None:
    entries = [["k", "b", "v"]] * (RING_SIZE + 1)
    with pytest.raises(ValidationError):
        Document.model_validate({"applied": entries})
