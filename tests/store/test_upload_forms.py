import base64
import hashlib
import hmac
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene_studio.store import sqlite
from scene_studio.store.object_store import ABSENT, StoredObject
from scene_studio.store.sqlite import SqliteObjectStore
from scene_studio.store.upload_forms import FormRefused, UploadForm, judged, signed_fields
from tests.support.stores import sqlite_store

KEY = "uploads/acme/s-1"
FORM = UploadForm(KEY, "image/png", 1000)
EXPIRES = 1_700_000_060
NOW = EXPIRES - 60
CHARACTERS = st.characters(codec="utf-8")


def sign(text: str) -> str:
    return hmac.new(b"key", text.encode(), hashlib.sha256).hexdigest()


FIELDS = signed_fields(FORM, EXPIRES, sign)


def refusal(fields: dict[str, str], now: float = NOW) -> str:
    with pytest.raises(FormRefused) as refused:
        judged(fields, now, sign)
    assert refused.value.status == 403
    return str(refused.value)


def with_policy(policy: str) -> dict[str, str]:
    return {**FIELDS, "policy": policy}


def test_a_form_lets_through_what_it_was_made_for() -> None:
    assert judged(FIELDS, NOW, sign) == FORM


def test_a_form_has_the_fields_of_s3_and_its_policy_is_one_that_s3_reads() -> None:
    assert {**FIELDS, "policy": "", "x-amz-signature": ""} == {
        "key": KEY,
        "Content-Type": "image/png",
        "policy": "",
        "x-amz-signature": "",
    }
    assert json.loads(base64.b64decode(FIELDS["policy"])) == {
        "expiration": "2023-11-14T22:14:20Z",
        "conditions": [{"key": KEY}, {"Content-Type": "image/png"}, ["content-length-range", 1, 1000]],
    }


def test_a_form_is_taken_until_its_time_is_over() -> None:
    assert judged(FIELDS, EXPIRES - 0.01, sign) == FORM
    assert refusal(FIELDS, EXPIRES) == "AccessDenied: Invalid according to Policy: Policy expired."


@given(name=st.sampled_from(sorted(FIELDS)), at=st.integers(0, 10_000), character=CHARACTERS)
def test_a_form_with_one_changed_character_is_refused(name: str, at: int, character: str) -> None:
    value = FIELDS[name]
    at %= len(value)
    changed = value[:at] + character + value[at + 1 :]
    if changed == value:
        assert judged({**FIELDS, name: changed}, NOW, sign) == FORM
    else:
        refusal({**FIELDS, name: changed})


@given(name=st.sampled_from(sorted(FIELDS)), more=st.text(CHARACTERS, min_size=1), front=st.booleans())
def test_a_form_with_a_longer_field_is_refused(name: str, more: str, *, front: bool) -> None:
    value = more + FIELDS[name] if front else FIELDS[name] + more
    refusal({**FIELDS, name: value})


@given(fields=st.dictionaries(st.sampled_from([*FIELDS, "acl"]), st.text(CHARACTERS) | st.sampled_from(KEY)))
def test_a_form_with_other_fields_is_refused(fields: dict[str, str]) -> None:
    refusal(fields)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_a_form_that_lacks_a_field_is_refused(name: str) -> None:
    refusal({other: value for other, value in FIELDS.items() if other != name})


@given(name=st.text(CHARACTERS).filter(lambda name: name not in FIELDS))
def test_a_form_with_one_more_field_is_refused(name: str) -> None:
    assert "Extra input fields" in refusal({**FIELDS, name: "public-read"})


def test_what_is_wrong_is_said_as_s3_says_it() -> None:
    policy = "Invalid according to Policy:"
    condition = f'AccessDenied: {policy} Policy Condition failed: ["eq", "$key", "{KEY}"]'
    assert refusal({"key": KEY}) == "AccessDenied: Access Denied"
    assert refusal({**FIELDS, "key": "uploads/other"}) == condition
    assert refusal({**FIELDS, "acl": "x", "b\n<": ""}) == (
        f"AccessDenied: {policy} Extra input fields: 'acl', 'b\\n<'"
    )
    assert refusal(with_policy("e30=")).startswith("SignatureDoesNotMatch: The request signature")


def test_a_policy_that_lets_more_through_needs_a_signature_of_its_own() -> None:
    larger = signed_fields(UploadForm(KEY, "image/png", 10**9), EXPIRES, sign)
    refusal(with_policy(larger["policy"]))
    assert judged(larger, NOW, sign).max_bytes == 10**9


@pytest.mark.parametrize("size", [1, 999, 1000])
def test_a_file_of_a_size_that_the_form_names_is_let_through(size: int) -> None:
    FORM.check_size(size)


@pytest.mark.parametrize(("size", "code"), [(0, "EntityTooSmall"), (1001, "EntityTooLarge")])
def test_a_file_of_another_size_is_refused(size: int, code: str) -> None:
    with pytest.raises(FormRefused, match=code) as refused:
        FORM.check_size(size)
    assert refused.value.status == 400


@pytest.fixture
def told() -> list[tuple[str, str, int]]:
    return []


@pytest.fixture
def store(tmp_path: Path, told: list[tuple[str, str, int]]) -> Iterator[SqliteObjectStore]:
    store = SqliteObjectStore(tmp_path / "store.sqlite", on_created=lambda *created: told.append(created))
    yield store
    store.close()


def ticket_fields(store: SqliteObjectStore, *, max_bytes: int = 10) -> dict[str, str]:
    ticket = store.upload_ticket(KEY, content_type="image/png", max_bytes=max_bytes, seconds=60)
    assert ticket.url == "/_uploads"
    return dict(ticket.fields)


def test_a_form_of_one_file_is_refused_by_another(tmp_path: Path, store: SqliteObjectStore) -> None:
    (tmp_path / "other").mkdir()
    with sqlite_store(tmp_path / "other") as other:
        with pytest.raises(FormRefused, match="SignatureDoesNotMatch"):
            other.open_form(ticket_fields(store))
        assert other.open_form(ticket_fields(other)) == UploadForm(KEY, "image/png", 10)


def address_query(store: SqliteObjectStore, key: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(store.presigned_url(key, seconds=60)).query))


def test_the_signature_of_an_address_signs_no_policy(store: SqliteObjectStore) -> None:
    address = address_query(store, "picture")
    text = "\n".join(("picture", address["expires"], address["disposition"]))

    for policy in (text, f"address\n{text}", f"policy\n{text}"):
        with pytest.raises(FormRefused, match="SignatureDoesNotMatch"):
            store.open_form({"policy": policy, "x-amz-signature": address["signature"]})


def test_the_file_of_a_form_is_stored_as_a_version_of_its_own_each_time(store: SqliteObjectStore) -> None:
    form = store.open_form(ticket_fields(store))
    first = store.put_form(form, b"one")
    second = store.put_form(form, b"two")

    assert first.version_id != second.version_id
    assert store.get(KEY, version_id=first.version_id) == StoredObject(b"one", first, {})
    assert store.get(KEY) == StoredObject(b"two", second, {})
    store.copy_once(KEY, "served.png")
    served = store.open_signed("served.png", address_query(store, "served.png"))
    assert served is not None
    assert served.headers["content-type"] == "image/png"


@pytest.mark.parametrize("body", [b"", b"x" * 11])
def test_the_store_itself_takes_no_file_of_another_size(store: SqliteObjectStore, body: bytes) -> None:
    form = store.open_form(ticket_fields(store))
    with pytest.raises(FormRefused):
        store.put_form(form, body)
    assert store.get(KEY) is None


def test_each_new_version_of_a_raw_upload_is_told_of_once_it_stands(
    tmp_path: Path, told: list[tuple[str, str, int]]
) -> None:
    def tell(key: str, version_id: str, size: int) -> None:
        found = telling.get(key, version_id=version_id)
        assert isinstance(found, StoredObject)
        assert len(found.body) == size
        told.append((key, version_id, size))

    telling = SqliteObjectStore(tmp_path / "telling.sqlite", on_created=tell)
    posted = telling.put_form(telling.open_form(ticket_fields(telling)), b"posted")
    telling.put_once("uploads/once", b"once", content_type="image/png")
    telling.put_once("uploads/once", b"again", content_type="image/png")
    telling.copy_once("uploads/once", "uploads/copy")
    telling.copy_once("uploads/missing", "uploads/nothing")
    put = telling.put("uploads/put", b"put", expected=ABSENT, content_type="image/png")

    once, copy = telling.heads(["uploads/once", "uploads/copy"])
    assert once is not None
    assert copy is not None
    assert told == [
        (KEY, posted.version_id, 6),
        ("uploads/once", once.version.version_id, 4),
        ("uploads/copy", copy.version.version_id, 4),
        ("uploads/put", put.version_id, 3),
    ]
    telling.close()


def test_what_is_no_raw_upload_is_told_of_to_nobody(
    store: SqliteObjectStore, told: list[tuple[str, str, int]]
) -> None:
    store.put_once("uploads/once", b"once", content_type="image/png")
    told.clear()
    store.put_once("clients/uploads/once", b"once", content_type="image/png")
    store.put("uploads", b"{}", expected=ABSENT, content_type="image/png")
    store.copy_once("uploads/once", "clients/copy")
    store.delete("uploads/once")

    assert told == []


def test_an_upload_stands_though_telling_of_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(key: str, version_id: str, size: int) -> None:
        raise OSError("no queue")

    def note(message: str, key: str) -> None:
        said.append((message % key, str(sys.exception())))

    said: list[tuple[str, str]] = []
    monkeypatch.setattr(sqlite.logger, "exception", note)
    store = SqliteObjectStore(tmp_path / "store.sqlite", on_created=fail)

    assert store.put_once("uploads/once", b"once", content_type="image/png") is True
    version = store.put_form(store.open_form(ticket_fields(store)), b"posted")

    assert store.get(KEY) == StoredObject(b"posted", version, {})
    assert said == [
        ("nobody was told of uploads/once; the janitor finds it", "no queue"),
        (f"nobody was told of {KEY}; the janitor finds it", "no queue"),
    ]
    store.close()
