"""What S3 tells a queue about new objects: the bodies of its messages, and the queue between it and ingestion.

The structure is that of https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html,
version 2.1. An event is a hint: it may come twice, late, or not at all.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote_plus, unquote_plus

QUEUE: Final = "uploads"
"""The queue's name."""

INGESTION_SECONDS: Final = 60
"""The time limit of the function that takes uploads in."""
VISIBILITY_SECONDS: Final = 90
"""How long a message stays invisible once it is given out: longer than the function may run."""
DELIVERIES: Final = 5
"""How often a message is given out before it goes to the dead letters."""

_SOURCE: Final = "aws:s3"
_CREATED: Final = "ObjectCreated:"
_VERSION_DIGITS: Final = 20


class NotANotification(ValueError):
    """A message is nothing that S3 sends."""


@dataclass(frozen=True, slots=True)
class CreatedObject:
    """An object that S3 says was written.

    Attributes:
        key: its key.
        version_id: the version that was written; None from a bucket that keeps none.
    """

    key: str
    version_id: str | None


def created(key: str, version_id: str, size: int, bucket: str = "scene-studio") -> str:
    """The body of the message that S3 sends when a form has stored an object.

    There is no clock here, so the time is the one in S3's own example.

    Args:
        key: the object's key.
        version_id: the version that was written.
        size: its size in bytes.
        bucket: the bucket's name.
    """
    written = {
        "key": quote_plus(key, safe="/"),
        "size": size,
        "versionId": version_id,
        # Versions that are numbered have sequencers in the same order, as those of one key have in S3.
        "sequencer": version_id.rjust(_VERSION_DIGITS, "0").encode().hex().upper(),
    }
    record = {
        "eventVersion": "2.1",
        "eventSource": _SOURCE,
        "awsRegion": "us-east-1",
        "eventTime": "1970-01-01T00:00:00.000Z",
        "eventName": f"{_CREATED}Post",
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": QUEUE,
            "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
            "object": written,
        },
    }
    return json.dumps({"Records": [record]})


def read_notification(body: str) -> list[CreatedObject]:
    """The objects that a message says were written, in its order.

    Args:
        body: the message's body.

    Returns:
        The objects; none for S3's test event, and for records of other events or other services.

    Raises:
        NotANotification: the body has another shape.
    """
    try:
        return [_read_record(record) for record in _records(body) if _tells_of_a_write(record)]
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise NotANotification(f"this is no notification of S3 ({error!r}): {body[:200]!a}") from error


def _records(body: str) -> list[Any]:
    document = json.loads(body)
    if document.get("Event") == "s3:TestEvent":
        return []
    records = document["Records"]
    if not isinstance(records, list):
        raise TypeError("Records is no list")
    return records


def _tells_of_a_write(record: Mapping[str, Any]) -> bool:
    source, event = record["eventSource"], record["eventName"]
    return source == _SOURCE and str(event).startswith(_CREATED)


def _read_record(record: Mapping[str, Any]) -> CreatedObject:
    written = record["s3"]["object"]
    version_id = written.get("versionId")
    if not isinstance(version_id, str | None):
        raise TypeError("versionId is no text")
    return CreatedObject(unquote_plus(written["key"], errors="strict"), version_id)
