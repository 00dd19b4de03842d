"""What the local server does with whatever is posted in the place of a form."""

import time
from collections.abc import Iterator

import httpx
import pytest

from infra.local.upload_reader import MAX_FIELD_BYTES, MAX_FILE_BYTES
from scene_studio.queues import s3_notifications
from scene_studio.queues.s3_notifications import CreatedObject
from scene_studio.queues.sqlite_queue import SqliteQueue
from scene_studio.store.sqlite import SqliteObjectStore
from tests.infra.raw_forms import END, TYPE, connect, form, part, post, refusal, ticket
from tests.support.service import Service
from tests.support.stores import UploadTarget

NOT_A_FORM = (412, "PreconditionFailed")
MALFORMED = (400, "MalformedPOSTRequest")
WRONG_FIELDS = (400, "InvalidArgument")
TOO_MUCH = (400, "MaxPostPreDataLengthExceeded")
DENIED = (403, "AccessDenied")


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("", NOT_A_FORM),
        ("image/png", NOT_A_FORM),
        ("application/x-www-form-urlencoded", NOT_A_FORM),
        ("multipart/mixed; boundary=limit", NOT_A_FORM),
        ("multipart/form-data", MALFORMED),
        ("multipart/form-data; boundary=", MALFORMED),
        ("multipart/form-data; boundary=another", MALFORMED),
        (f"multipart/form-data; boundary={'x' * 300}", MALFORMED),
    ],
)
def test_a_request_of_another_type_is_refused_as_s3_does(
    target: UploadTarget, content_type: str, expected: tuple[int, str]
) -> None:
    body = form(ticket(target, "uploads/typed"))
    assert refusal(post(target.address, body, content_type)) == expected
    assert target.body("uploads/typed") is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", MALFORMED),
        (b"picture", MALFORMED),
        (b"--limit\r\nno header\r\n\r\nx\r\n--limit--", MALFORMED),
        (b"--limit\r\n\r\nwithout a name\r\n--limit--", MALFORMED),
        (b"--limit\r\nContent-Disposition: form-data\r\n\r\nx\r\n--limit--", MALFORMED),
        (b"--limit\r\nContent-Type: form-data; name=key\r\n\r\nx\r\n--limit--", MALFORMED),
        (part("key", b"named") + b"--limit\r\nX: y\r\n\r\nwithout a name\r\n" + END, MALFORMED),
        (END, WRONG_FIELDS),
        (part("key", b"without a file") + END, WRONG_FIELDS),
        (part("key", b"once") + part("key", b"twice") + part("file", b"x") + END, WRONG_FIELDS),
        (form({}), DENIED),
        (form({"key": "uploads/unsigned"}), DENIED),
        (form({"key": "uploads/unsigned", "policy": "e30="}), DENIED),
        (form({"policy": "e30=", "x-amz-signature": "0" * 64}), (403, "SignatureDoesNotMatch")),
        (part("policy", b"\xff") + part("x-amz-signature", b"\xff") + form({}), (403, "SignatureDoesNotMatch")),
    ],
)
def test_what_is_no_form_of_ours_is_refused_as_s3_does(
    target: UploadTarget, body: bytes, expected: tuple[int, str]
) -> None:
    assert refusal(post(target.address, body)) == expected


def test_what_is_said_of_a_form_is_xml_whatever_it_held(target: UploadTarget) -> None:
    answer = post(target.address, form({**ticket(target, "uploads/odd"), "<b>&": ""}))
    assert refusal(answer) == DENIED
    assert "Extra input fields: '&lt;b&gt;&amp;'</Message>" in answer.text


def test_a_form_that_is_cut_off_stores_nothing(target: UploadTarget) -> None:
    whole = form(ticket(target, "uploads/cut"))
    needed = len(whole) - len(b"\r\n")
    for size in range(needed - len(END), needed):
        assert refusal(post(target.address, whole[:size])) == MALFORMED
    assert target.body("uploads/cut") is None
    assert post(target.address, whole[:needed]).status_code == 204


def test_what_comes_after_the_file_is_ignored(target: UploadTarget) -> None:
    after = [part("key", b"uploads/second"), part("file", b"another"), part("acl", b"x" * 100_000)]
    body = form(ticket(target, "uploads/first"), b"picture", *after)
    assert post(target.address, body).status_code == 204
    assert target.body("uploads/first") == b"picture"
    assert target.body("uploads/second") is None


def test_fields_after_the_file_do_not_count(target: UploadTarget) -> None:
    fields = [part(name, value.encode()) for name, value in ticket(target, "uploads/early").items()]
    body = part("file", b"picture") + b"".join(fields) + END
    assert refusal(post(target.address, body)) == DENIED
    assert target.body("uploads/early") is None


def test_the_name_of_the_sent_file_is_not_put_into_the_key(target: UploadTarget) -> None:
    fields = {**ticket(target, "uploads/x.png"), "key": "uploads/${filename}"}
    sent = b"".join(part(name, value.encode()) for name, value in fields.items())
    body = sent + part("file", b"picture", '; filename="x.png"') + END
    assert refusal(post(target.address, body)) == DENIED
    assert target.body("uploads/x.png") is None


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"x": "x" * MAX_FIELD_BYTES}, TOO_MUCH),
        ({"x" * (MAX_FIELD_BYTES // 20) + str(n): "" for n in range(20)}, TOO_MUCH),
        ({f"x{n}": "" for n in range(MAX_FIELD_BYTES // 30)}, TOO_MUCH),
        ({"x": "x" * (MAX_FIELD_BYTES // 2)}, DENIED),
    ],
    ids=["one long value", "long names", "many fields", "one that is kept"],
)
def test_fields_are_kept_only_up_to_a_limit(
    target: UploadTarget, more: dict[str, str], expected: tuple[int, str]
) -> None:
    body = form({**ticket(target, "uploads/fields"), **more})
    assert refusal(post(target.address, body)) == expected


@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_may_have_25_mebibytes_and_no_more(target: UploadTarget, *, chunked: bool) -> None:
    def sent(size: int) -> bytes | Iterator[bytes]:
        whole = form(ticket(target, "uploads/large"), b"x" * size)
        return (whole[at : at + 300_000] for at in range(0, len(whole), 300_000)) if chunked else whole

    too_large = (400, "EntityTooLarge")
    assert post(target.address, sent(MAX_FILE_BYTES)).status_code == 204
    [head] = target.store.heads(["uploads/large"])
    assert head is not None
    assert head.size == MAX_FILE_BYTES
    assert refusal(post(target.address, sent(MAX_FILE_BYTES + 1))) == too_large
    assert refusal(post(target.address, sent(MAX_FILE_BYTES + MAX_FIELD_BYTES))) == too_large
    assert target.store.heads(["uploads/large"]) == [head]


def test_a_length_over_the_limit_is_refused_before_anything_is_sent(target: UploadTarget) -> None:
    length = MAX_FILE_BYTES + MAX_FIELD_BYTES + 1
    with connect(target.address, f"Content-Length: {length}") as connection:
        answer = b""
        while b"</Error>" not in answer:
            answer += connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"<Code>EntityTooLarge</Code>" in answer


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=str,
)
def test_a_form_from_another_site_is_refused_like_any_change(
    target: UploadTarget, headers: dict[str, str]
) -> None:
    answer = post(target.address, form(ticket(target, "uploads/foreign")), TYPE, **headers)
    assert answer.status_code == 403
    assert answer.json()["type"] == "forbidden"
    assert target.body("uploads/foreign") is None


def test_a_form_from_its_own_page_is_taken(target: UploadTarget) -> None:
    headers = {"Origin": target.address, "Sec-Fetch-Site": "same-origin"}
    answer = post(target.address, form(ticket(target, "uploads/own")), TYPE, **headers)
    assert answer.status_code == 204


@pytest.mark.parametrize("path", ["uploads/raw", "%75ploads/raw", "uploads%2Fraw"])
def test_a_raw_upload_is_never_served(target: UploadTarget, path: str) -> None:
    assert isinstance(target.store, SqliteObjectStore)
    statuses = {}
    for key, address in (("uploads/raw", path), ("served/raw", "served/raw")):
        target.store.put_once(key, b"picture", content_type="image/png")
        query = {"expires": "9999999999", "disposition": "inline"}
        query["signature"] = target.store._signature(key, query)
        statuses[key] = httpx.get(f"{target.address}/_objects/{address}", params=query).status_code
    assert statuses == {"uploads/raw": 403, "served/raw": 200}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_a_post_is_a_form(target: UploadTarget, method: str) -> None:
    answer = httpx.request(method, f"{target.address}/_uploads")
    assert "apigw-requestid" in answer.headers  # a function's answer, not the store's


def test_the_queue_is_told_of_each_form_that_was_taken(service: Service, target: UploadTarget) -> None:
    expected = []
    for number in range(3):
        key = f"uploads/told {number}"
        answer = post(target.address, form(ticket(target, key)))
        expected.append(CreatedObject(key, answer.headers["x-amz-version-id"]))
    post(target.address, form(ticket(target, "uploads/told of nothing", max_bytes=3)))

    queue = SqliteQueue(service.store, s3_notifications.QUEUE, visibility_seconds=90, max_receives=5)
    told = [s3_notifications.read_notification(message.body) for message in queue.receive(1000)]
    queue.close()
    assert sorted((one for [one] in told if "told" in one.key), key=str) == expected


def test_each_form_is_one_line_of_the_log_whatever_it_was(service: Service, target: UploadTarget) -> None:
    def lines() -> list[str]:
        return [line.partition(" ")[2] for line in service.log().splitlines()[before:]]

    before = len(service.log().splitlines())
    for body in (form(ticket(target, "uploads/logged")), b"no form", b"--limit\r\nno header\r\n\r\n--limit--"):
        post(target.address, body)
    until = time.monotonic() + 60
    while len(lines()) < 3:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert [line[: len("POST /_uploads 204")] for line in lines()] == [
        "POST /_uploads 204",
        "POST /_uploads 400",
        "POST /_uploads 400",
    ]
