"""What every problem document of ours has to have."""

from tests.support.api import Answer

MEMBERS = {"type", "title", "status", "detail", "instance", "requestId"}


def assert_problem(answer: Answer, status: int, kind: str, field: str | None = None) -> None:
    """See that an answer is a problem document of this status and type, about this field if one is given."""
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json
    assert problem.keys() >= MEMBERS
    assert (problem["type"], problem["status"]) == (kind, status), problem
    assert problem["instance"].startswith("/")
    assert problem["requestId"] == "test-request"
    assert problem["title"]
    assert problem["detail"].endswith(".")
    if field is not None:
        assert field in {error["field"] for error in problem["errors"]}, problem


def assert_invalid(answer: Answer, field: str) -> None:
    """See that an answer refuses a request for this field of it."""
    assert_problem(answer, 422, "invalid-request", field)
