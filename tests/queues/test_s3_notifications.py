import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene_studio.queues.queue import check_bodies
from scene_studio.queues.s3_notifications import CreatedObject, NotANotification, created, read_notification

KEYS = st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda key: len(key.encode()) <= 1024)

# With every member that S3 puts into one, most of which nobody here reads.
OF_S3 = {
    "eventVersion": "2.1",
    "eventSource": "aws:s3",
    "awsRegion": "eu-central-1",
    "eventTime": "2026-03-04T05:06:07.891Z",
    "eventName": "ObjectCreated:Post",
    "userIdentity": {"principalId": "AWS:somebody"},
    "requestParameters": {"sourceIPAddress": "192.0.2.1"},
    "responseElements": {"x-amz-request-id": "REQUEST", "x-amz-id-2": "HOST"},
    "s3": {
        "s3SchemaVersion": "1.0",
        "configurationId": "uploads",
        "bucket": {"name": "b", "ownerIdentity": {"principalId": "OWNER"}, "arn": "arn:aws:s3:::b"},
        "object": {
            "key": "uploads/a+b%2Bc.jpg",
            "size": 1024,
            "eTag": "0" * 32,
            "versionId": "Xx.9_-",
            "sequencer": "0055AED6DCD90281E5",
        },
    },
    "glacierEventData": {"restoreEventData": {}},
}
TEST_EVENT = {
    "Service": "Amazon S3",
    "Event": "s3:TestEvent",
    "Time": "2026-03-04T05:06:07.891Z",
    "Bucket": "b",
    "RequestId": "REQUEST",
    "HostId": "HOST",
}


def record(key: str = "a", version_id: str = "1", **members: Any) -> dict[str, Any]:
    [made] = json.loads(created(key, version_id, 3))["Records"]
    return {**made, **members}


def notification(*records: Any) -> str:
    return json.dumps({"Records": list(records)})


@given(
    key=KEYS, version_id=st.text("0123456789abcdefXYZ._-", min_size=1, max_size=64), size=st.integers(0, 2**43)
)
def test_what_is_written_is_read_whatever_the_key(key: str, version_id: str, size: int) -> None:
    body = created(key, version_id, size)

    check_bodies([body])
    assert read_notification(body) == [CreatedObject(key, version_id)]


@given(key=KEYS)
def test_a_key_is_read_however_much_of_it_is_encoded(key: str) -> None:
    for encoded in (quote_plus(key), quote_plus(key, safe="/*!"), quote(key), quote(key, safe="")):
        body = notification(record(s3={"object": {"key": encoded}}))
        assert read_notification(body) == [CreatedObject(key, None)]


def test_a_notification_is_written_as_s3_writes_it() -> None:
    [made] = json.loads(created("uploads/a b+c/é.png", "17", 5, bucket="pictures"))["Records"]
    sequencer = made["s3"]["object"].pop("sequencer")
    assert int(sequencer, 16) > 0
    assert made == {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": "1970-01-01T00:00:00.000Z",
        "eventName": "ObjectCreated:Post",
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "uploads",
            "bucket": {"name": "pictures", "arn": "arn:aws:s3:::pictures"},
            "object": {"key": "uploads/a+b%2Bc/%C3%A9.png", "size": 5, "versionId": "17"},
        },
    }


@given(versions=st.lists(st.integers(1, 10**15), min_size=2, max_size=2, unique=True))
def test_later_versions_have_later_sequencers(versions: list[int]) -> None:
    earlier, later = (
        json.loads(created("a", str(version), 1))["Records"][0]["s3"]["object"]["sequencer"]
        for version in sorted(versions)
    )
    assert earlier < later
    assert len(earlier) == len(later)


def test_what_s3_says_besides_is_passed_over() -> None:
    assert read_notification(notification(OF_S3)) == [CreatedObject("uploads/a b+c.jpg", "Xx.9_-")]


def test_several_records_are_read_in_their_order() -> None:
    body = notification(record("b", "2"), record("a", "1"), record("b", "2"))
    assert read_notification(body) == [
        CreatedObject("b", "2"),
        CreatedObject("a", "1"),
        CreatedObject("b", "2"),
    ]


@pytest.mark.parametrize("body", [json.dumps(TEST_EVENT), notification()])
def test_a_notification_of_nothing_gives_nothing(body: str) -> None:
    assert read_notification(body) == []


@pytest.mark.parametrize(
    "other",
    [
        {"eventName": "ObjectRemoved:Delete"},
        {"eventName": "ObjectRestore:Completed"},
        {"eventName": "s3:ObjectCreated:Put"},
        {"eventSource": "aws:sqs", "s3": None},
        {"eventSource": "minio:s3"},
    ],
    ids=str,
)
def test_records_of_other_events_are_passed_over(other: dict[str, Any]) -> None:
    body = notification(record("a"), record("b", **other), record("c"))
    assert read_notification(body) == [CreatedObject("a", "1"), CreatedObject("c", "1")]


@pytest.mark.parametrize("name", ["Put", "Post", "Copy", "CompleteMultipartUpload"])
def test_an_object_counts_however_it_was_created(name: str) -> None:
    body = notification(record(eventName=f"ObjectCreated:{name}"))
    assert read_notification(body) == [CreatedObject("a", "1")]


@pytest.mark.parametrize("written", [{"key": "a"}, {"key": "a", "versionId": None}])
def test_a_bucket_without_versions_names_none(written: dict[str, Any]) -> None:
    assert read_notification(notification(record(s3={"object": written}))) == [CreatedObject("a", None)]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "null",
        "[]",
        "3",
        '"Records"',
        "{}",
        '{"Records": null}',
        '{"Records": {}}',
        '{"Records": "ab"}',
        '{"Records": [null]}',
        '{"Records": [[]]}',
        '{"Records": [{}]}',
        '{"Event": "s3:OtherEvent"}',
        "[" * 100_000,
        notification(record(s3=None)),
        notification(record(s3={})),
        notification(record(s3={"object": {}})),
        notification(record(s3={"object": {"key": 5}})),
        notification(record(s3={"object": {"key": None}})),
        notification(record(s3={"object": {"key": "a", "versionId": 5}})),
        notification(record(s3={"object": {"key": "%ff"}})),
        notification(record("a"), {"eventSource": "aws:s3"}),
    ],
    ids=lambda body: f"{body[:30]}...{body[-30:]}",
)
def test_what_is_no_notification_is_refused_with_its_beginning(body: str) -> None:
    with pytest.raises(NotANotification, match="this is no notification of S3") as refused:
        read_notification(body)
    assert ascii(body[:200]) in str(refused.value)
    assert len(str(refused.value)) < 1000


@given(
    st.text()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["Records", "Event", "s3", "object", "key"]), inner)
        ),
    ).map(json.dumps)
)
def test_any_other_text_is_read_or_refused(body: str) -> None:
    try:
        found = read_notification(body)
    except NotANotification:
        return
    assert found == []
