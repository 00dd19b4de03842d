"""What every store says of raw uploads; what it does with forms is in `tests/infra` and `tests/aws`."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from scene_studio.store.object_store import UPLOADS, StoredObject, UploadStore
from scene_studio.store.s3 import S3ObjectStore
from tests.support.stores import BUCKET, moto_store, sqlite_store

KEY = f"{UPLOADS}acme/s-1"


@pytest.fixture(params=["sqlite", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[UploadStore]:
    with sqlite_store(tmp_path) if request.param == "sqlite" else moto_store() as store:
        yield store


def test_a_ticket_says_where_it_goes_and_for_which_key_and_type(store: UploadStore) -> None:
    ticket = store.upload_ticket(KEY, content_type="image/webp", max_bytes=500, seconds=60)

    assert urlsplit(ticket.url).query == ""
    assert (ticket.fields["key"], ticket.fields["Content-Type"]) == (KEY, "image/webp")
    assert {"policy", "x-amz-signature"} < ticket.fields.keys()


@pytest.mark.parametrize(
    "key",
    [
        "",
        UPLOADS,
        "uploads",
        "upload/a",
        "clients/acme/client.json",
        "/uploads/a",
        f"clients/{KEY}",
        "Uploads/a",
    ],
)
def test_there_is_no_ticket_for_what_is_no_raw_upload(store: UploadStore, key: str) -> None:
    with pytest.raises(ValueError, match="not under uploads/"):
        store.upload_ticket(key, content_type="image/webp", max_bytes=500, seconds=60)


def test_there_is_no_ticket_whose_key_the_sender_could_choose(store: UploadStore) -> None:
    with pytest.raises(ValueError, match="another key for every file"):
        store.upload_ticket(f"{KEY}/${{filename}}", content_type="image/webp", max_bytes=500, seconds=60)


@pytest.mark.parametrize("max_bytes", [0, -1])
def test_there_is_no_ticket_for_nothing(store: UploadStore, max_bytes: int) -> None:
    with pytest.raises(ValueError, match="at least one byte"):
        store.upload_ticket(KEY, content_type="image/webp", max_bytes=max_bytes, seconds=60)


def test_there_is_no_address_for_a_raw_upload(store: UploadStore) -> None:
    store.put_once(KEY, b"raw", content_type="image/png")
    with pytest.raises(ValueError, match="raw upload"):
        store.presigned_url(KEY, seconds=60)
    assert store.presigned_url(f"clients/{KEY}", seconds=60)


def test_raw_uploads_are_written_once_copied_and_looked_at_like_all_objects(store: UploadStore) -> None:
    assert store.put_once(KEY, b"raw picture", content_type="image/png") is True
    assert store.put_once(KEY, b"another", content_type="image/png") is False
    assert store.copy_once(KEY, f"{KEY}.copy") is True
    [head, copied] = store.heads([KEY, f"{KEY}.copy"])
    assert head is not None
    assert copied is not None
    assert head.size == copied.size == 11
    found = store.get(KEY, version_id=head.version.version_id)
    assert isinstance(found, StoredObject)
    assert found.body == b"raw picture"


def test_not_even_a_good_signature_opens_a_raw_upload(tmp_path: Path) -> None:
    with sqlite_store(tmp_path) as store:
        opened = {}
        for key in ("picture", KEY):
            store.put_once(key, b"raw", content_type="image/png")
            query = {"expires": "99999999999", "disposition": "inline"}
            opened[key] = store.open_signed(key, {**query, "signature": store._signature(key, query)})

    assert opened["picture"] is not None
    assert opened[KEY] is None


def test_a_ticket_of_s3_goes_to_the_host_of_the_buckets_own_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")

    ticket = S3ObjectStore.connect("pictures").upload_ticket(
        KEY, content_type="image/webp", max_bytes=500, seconds=60
    )

    assert ticket.url == "https://pictures.s3.eu-central-1.amazonaws.com/"


def test_the_policy_of_s3_holds_each_condition_exactly() -> None:
    with moto_store() as store:
        ticket = store.upload_ticket(KEY, content_type="image/webp", max_bytes=500, seconds=60)

    policy = json.loads(base64.b64decode(ticket.fields["policy"]))
    assert [condition for condition in policy["conditions"] if "x-amz" not in str(condition)] == [
        {"Content-Type": "image/webp"},
        ["content-length-range", 1, 500],
        {"bucket": BUCKET},
        {"key": KEY},
    ]
    assert ticket.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


def test_a_file_that_is_posted_with_a_ticket_of_s3_is_stored_as_its_type() -> None:
    with moto_store() as store:
        ticket = store.upload_ticket(KEY, content_type="image/webp", max_bytes=500, seconds=60)
        answer = requests.post(
            ticket.url, data=dict(ticket.fields), files={"file": ("../a", b"picture")}, timeout=10
        )
        found = store.get(KEY)
        type_of = store._retrying.head_object(Bucket=BUCKET, Key=KEY)["ContentType"]

    assert answer.status_code == 204
    assert isinstance(found, StoredObject)
    assert found.body == b"picture"
    assert type_of == "image/webp"
