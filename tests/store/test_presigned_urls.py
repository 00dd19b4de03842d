import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from scene_studio.store.s3 import S3ObjectStore
from tests.support.stores import moto_store, sqlite_store

KEY = "clients/acme/scene-studios/default/slots/s-1/revisions/r_1.jpg"


def test_a_signed_address_of_s3_names_the_object_its_end_and_how_to_show_it() -> None:
    with moto_store() as store:
        address = store.presigned_url(KEY, seconds=300, disposition="attachment", filename="Hero shot.jpg")

    parts = urlsplit(address)
    query = parse_qs(parts.query)
    assert parts.scheme == "https"
    assert unquote(parts.path) == f"/{KEY}"
    assert query["X-Amz-Expires"] == ["300"]
    assert query["X-Amz-SignedHeaders"] == ["host"]
    assert query["response-content-disposition"] == ['attachment; filename="Hero shot.jpg"']
    assert query["X-Amz-Signature"][0]


def test_a_signed_address_names_the_host_of_the_buckets_own_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")

    address = S3ObjectStore.connect("pictures").presigned_url(KEY, seconds=60)

    assert urlsplit(address).hostname == "pictures.s3.eu-central-1.amazonaws.com"


def test_a_signed_address_gives_the_object_to_whoever_fetches_it(loopback_client: S3ObjectStore) -> None:
    loopback_client.put_once(KEY, b"\xff\xd8picture", content_type="image/jpeg")

    with urllib.request.urlopen(loopback_client.presigned_url(KEY, seconds=60)) as answer:  # noqa: S310
        assert answer.read() == b"\xff\xd8picture"
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["content-disposition"] == "inline"


def test_a_signed_local_address_gives_the_object_to_whoever_fetches_it(tmp_path: Path) -> None:
    with sqlite_store(tmp_path) as store:
        store.put_once(KEY, b"\xff\xd8picture", content_type="image/jpeg")
        address = urlsplit(
            store.presigned_url(KEY, seconds=60, disposition="attachment", filename="Hero shot.jpg")
        )
        assert address.path == f"/_objects/{KEY}"
        query = {name: values[0] for name, values in parse_qs(address.query).items()}

        opened = store.open_signed(KEY, query)

    assert opened is not None
    assert opened.body == b"\xff\xd8picture"
    assert opened.headers == {
        "content-type": "image/jpeg",
        "content-disposition": 'attachment; filename="Hero shot.jpg"',
    }
