"""What happens to upload forms that are posted over HTTP; `tests/aws` says the same of another S3."""

from typing import Any

import pytest

from tests.support.stores import UPLOAD_BYTES, UploadTarget


def test_a_posted_file_is_stored_whole_as_the_version_that_the_answer_names(
    target: UploadTarget,
) -> None:
    body = bytes(range(256)) * 10 + b"\r\n--boundary--\r\n"
    answer = target.post(target.ticket("uploads/acme/whole"), body)

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["location"].endswith("/uploads/acme/whole")
    assert target.body("uploads/acme/whole") == body
    assert target.body("uploads/acme/whole", answer.headers["x-amz-version-id"]) == body


@pytest.mark.parametrize("key", ["uploads/a b+c%2F&=.png", "uploads/ü/€/\U0001f5bc", "uploads/$key/../x"])
def test_a_key_may_hold_any_character(target: UploadTarget, key: str) -> None:
    assert target.post(target.ticket(key)).status_code == 204
    assert target.body(key) == b"picture"


def test_a_form_that_is_posted_twice_stores_two_versions(target: UploadTarget) -> None:
    ticket = target.ticket("uploads/acme/twice")
    first, second = (target.post(ticket, body).headers["x-amz-version-id"] for body in (b"one", b"two"))

    assert target.body("uploads/acme/twice", first) == b"one"
    assert target.body("uploads/acme/twice", second) == target.body("uploads/acme/twice") == b"two"


@pytest.mark.parametrize("size", [1, UPLOAD_BYTES])
def test_a_file_of_a_size_that_the_ticket_names_is_taken(target: UploadTarget, size: int) -> None:
    key = f"uploads/acme/size-{size}"
    assert target.post(target.ticket(key), b"x" * size).status_code == 204
    assert target.body(key) == b"x" * size


@pytest.mark.parametrize(("size", "code"), [(0, "EntityTooSmall"), (UPLOAD_BYTES + 1, "EntityTooLarge")])
def test_a_file_of_another_size_is_refused(target: UploadTarget, size: int, code: str) -> None:
    key = f"uploads/acme/size-{size}"
    answer = target.post(target.ticket(key), b"x" * size)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/xml"
    assert f"<Code>{code}</Code>" in answer.text
    assert target.body(key) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "uploads/acme/other"},
        {"key": "clients/acme/client.json"},
        {"Content-Type": "image/svg+xml"},
        {"Content-Type": None},
        {"acl": "public-read"},
        {"x-amz-meta-summary": "mine"},
        {"success_action_redirect": "https://evil.example/"},
    ],
    ids=str,
)
def test_a_form_with_other_fields_is_refused(target: UploadTarget, changes: dict[str, Any]) -> None:
    answer = target.post(target.ticket("uploads/acme/changed"), **changes)

    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code>" in answer.text
    assert target.body("uploads/acme/changed") is None
    assert target.body("uploads/acme/other") is None
    assert target.body("clients/acme/client.json") is None


def test_a_form_whose_time_is_over_is_refused(target: UploadTarget) -> None:
    answer = target.post(target.ticket("uploads/acme/late", seconds=0))

    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code>" in answer.text
    assert "Policy expired" in answer.text
    assert target.body("uploads/acme/late") is None


@pytest.mark.parametrize(
    "filename",
    ["../../etc/passwd", "C:\\autoexec.bat", "${filename}", "uploads/acme/elsewhere", "a\u20ac'; x=y"],
)
def test_the_name_of_the_sent_file_means_nothing(target: UploadTarget, filename: str) -> None:
    ticket = target.ticket("uploads/acme/named")
    answer = target.post(ticket, filename.encode(), filename=filename)

    assert answer.status_code == 204
    assert target.body("uploads/acme/named") == filename.encode()
    assert target.store.list_names("uploads/acme/elsewhere").names == ()
