import string

import pytest

from scene_studio.store import keys
from scene_studio.store.object_store import (
    ABSENT,
    MAX_METADATA_BYTES,
    UNCHANGED,
    Conflict,
    ObjectStore,
    StoredObject,
    VersionInfo,
    VersionName,
)

KEY = "clients/acme/client.json"
JSON = "application/json"
EVERY_CHARACTER = string.ascii_letters + string.digits + "_-"


def body_of(store: ObjectStore, key: str, version_id: str | None = None) -> bytes | None:
    found = store.get(key, version_id=version_id)
    return found.body if isinstance(found, StoredObject) else None


def create(store: ObjectStore, *names: str, prefix: str = "") -> None:
    for name in names:
        store.put_once(prefix + name, b"{}", content_type=JSON)


def test_what_was_never_written_is_not_there(store: ObjectStore) -> None:
    assert store.get(KEY) is None
    assert store.get(KEY, unless_etag='"0"') is None


def test_a_put_returns_the_version_that_a_get_reads(store: ObjectStore) -> None:
    version = store.put(KEY, b"one", expected=ABSENT, content_type=JSON)

    assert store.get(KEY) == StoredObject(b"one", version, {})
    assert store.get(KEY, version_id=version.version_id) == StoredObject(b"one", version, {})


def test_a_get_gives_no_body_for_an_etag_that_is_still_current(store: ObjectStore) -> None:
    first = store.put(KEY, b"one", expected=ABSENT, content_type=JSON)
    assert store.get(KEY, unless_etag=first.etag) is UNCHANGED

    store.put(KEY, b"two", expected=first.etag, content_type=JSON)
    assert body_of(store, KEY) == b"two"
    found = store.get(KEY, unless_etag=first.etag)
    assert isinstance(found, StoredObject)
    assert found.body == b"two"


def test_several_objects_are_read_at_once_in_the_order_asked_for(store: ObjectStore) -> None:
    names = [f"inbox/{number}" for number in range(40)]
    for name in names:
        store.put_once(name, name.encode(), content_type=JSON)
    wanted = ["inbox/none", *reversed(names), "inbox/other"]
    found = [one and one.body.decode() for one in store.get_all(wanted)]
    assert found == [None, *reversed(names), None]
    assert store.get_all([]) == []


def test_several_objects_are_deleted_at_once_and_others_stay(store: ObjectStore) -> None:
    create(store, *EVERY_CHARACTER[:30], prefix="inbox/a&b<")
    gone = [f"inbox/a&b<{name}" for name in EVERY_CHARACTER[:29]]
    store.delete_all([*gone, "inbox/none"])
    store.delete_all([])
    assert store.list_names("inbox/").names == (f"inbox/a&b<{EVERY_CHARACTER[29]}",)


def test_every_old_version_stays_readable_by_its_id(store: ObjectStore) -> None:
    bodies = [b"one", b"two", b"three"]
    version = store.put(KEY, bodies[0], expected=ABSENT, content_type=JSON)
    versions = [version]
    for body in bodies[1:]:
        versions.append(store.put(KEY, body, expected=versions[-1].etag, content_type=JSON))

    assert [body_of(store, KEY, version.version_id) for version in versions] == bodies


@pytest.mark.parametrize(
    "version_id",
    ["null", "garbage", "1", "999999", "9" * 40, "0" * 32, "a" * 32, "²", "-1", "1.0", " 1", "'", "%00"],
)
def test_a_version_id_that_names_nothing_reads_nothing(store: ObjectStore, version_id: str) -> None:
    create(store, "another", "and-another")
    store.put(KEY, b"one", expected=ABSENT, content_type=JSON)

    assert store.get(KEY, version_id=version_id) is None


def test_a_version_id_of_one_key_reads_nothing_under_another(store: ObjectStore) -> None:
    version = store.put(KEY, b"one", expected=ABSENT, content_type=JSON)
    create(store, "another")

    assert store.get("another", version_id=version.version_id) is None


def test_an_object_is_created_only_where_there_is_none(store: ObjectStore) -> None:
    store.put(KEY, b"one", expected=ABSENT, content_type=JSON)

    with pytest.raises(Conflict):
        store.put(KEY, b"two", expected=ABSENT, content_type=JSON)
    assert body_of(store, KEY) == b"one"


def test_an_object_is_replaced_only_at_the_expected_etag(store: ObjectStore) -> None:
    first = store.put(KEY, b"one", expected=ABSENT, content_type=JSON)
    second = store.put(KEY, b"two", expected=first.etag, content_type=JSON)

    for stale in (first.etag, '"00000000000000000000000000000000"', "garbage"):
        with pytest.raises(Conflict):
            store.put(KEY, b"three", expected=stale, content_type=JSON)
    assert store.get(KEY) == StoredObject(b"two", second, {})


def test_nothing_is_replaced_where_nothing_is(store: ObjectStore) -> None:
    with pytest.raises(Conflict):
        store.put(KEY, b"one", expected='"00000000000000000000000000000000"', content_type=JSON)
    assert store.get(KEY) is None


def test_the_same_bytes_written_twice_are_two_versions(store: ObjectStore) -> None:
    first = store.put(KEY, b"same", expected=ABSENT, content_type=JSON)
    second = store.put(KEY, b"same", expected=first.etag, content_type=JSON)

    assert first.version_id != second.version_id
    assert body_of(store, KEY, first.version_id) == b"same"


def test_put_once_makes_an_object_and_never_changes_it(store: ObjectStore) -> None:
    assert store.put_once(KEY, b"one", content_type=JSON) is True
    assert store.put_once(KEY, b"two", content_type=JSON) is False
    assert body_of(store, KEY) == b"one"


def test_put_once_makes_again_what_was_deleted(store: ObjectStore) -> None:
    store.put_once(KEY, b"one", content_type=JSON)
    store.delete(KEY)

    assert store.put_once(KEY, b"two", content_type=JSON) is True
    assert body_of(store, KEY) == b"two"


def test_a_copy_has_the_bytes_of_its_source(store: ObjectStore) -> None:
    store.put_once("source-a/b.jpg", b"\xff\xd8picture", content_type="image/jpeg")

    assert store.copy_once("source-a/b.jpg", "target") is True
    assert store.copy_once("source-a/b.jpg", "target") is True
    assert body_of(store, "target") == body_of(store, "source-a/b.jpg") == b"\xff\xd8picture"


def test_there_is_no_copy_of_nothing(store: ObjectStore) -> None:
    assert store.copy_once("source", "target") is False
    assert store.get("target") is None

    create(store, "source")
    store.delete("source")
    assert store.copy_once("source", "target") is False


def test_heads_come_in_the_order_asked_with_none_for_what_is_missing(store: ObjectStore) -> None:
    first = store.put("b", b"12345", expected=ABSENT, content_type=JSON, metadata={"summary": "x"})
    create(store, "a", "c")
    store.delete("c")

    heads = store.heads(["b", "missing", "a", "c", "b"])

    assert [head and head.size for head in heads] == [5, None, 2, None, 5]
    assert heads[0] == heads[4]
    assert heads[0] is not None
    assert heads[0].version == first
    assert heads[0].metadata == {"summary": "x"}
    assert store.heads([]) == []


def test_metadata_comes_back_as_it_was_given(store: ObjectStore) -> None:
    metadata = {"summary": "WyJh-_9dIl0=", "other": "plain words; a=b"}
    version = store.put(KEY, b"{}", expected=ABSENT, content_type=JSON, metadata=metadata)

    (head,) = store.heads([KEY])
    assert head is not None
    assert head.metadata == metadata
    assert store.get(KEY) == StoredObject(b"{}", version, metadata)


def test_metadata_belongs_to_the_version_it_was_written_with(store: ObjectStore) -> None:
    first = store.put(KEY, b"{}", expected=ABSENT, content_type=JSON, metadata={"summary": "old"})
    store.put(KEY, b"{ }", expected=first.etag, content_type=JSON)

    (head,) = store.heads([KEY])
    assert head is not None
    assert head.metadata == {}
    old = store.get(KEY, version_id=first.version_id)
    assert isinstance(old, StoredObject)
    assert old.metadata == {"summary": "old"}


def test_metadata_that_fills_the_limit_is_taken(store: ObjectStore) -> None:
    metadata = {"summary": "x" * (MAX_METADATA_BYTES - len("summary"))}
    store.put(KEY, b"{}", expected=ABSENT, content_type=JSON, metadata=metadata)

    (head,) = store.heads([KEY])
    assert head is not None
    assert head.metadata == metadata


@pytest.mark.parametrize(
    "metadata",
    [
        {"summary": "x" * (MAX_METADATA_BYTES - len("summary") + 1)},
        {"a": "x" * 1024, "b": "x" * 1024},
        {"summary": "größer"},
        {"größe": "x"},
    ],
    ids=["too long", "too long together", "value not ASCII", "name not ASCII"],
)
def test_metadata_that_s3_would_refuse_is_refused_everywhere(
    store: ObjectStore, metadata: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match="metadata"):
        store.put(KEY, b"{}", expected=ABSENT, content_type=JSON, metadata=metadata)
    assert store.get(KEY) is None


def test_what_is_deleted_is_absent_while_its_versions_stay_readable(store: ObjectStore) -> None:
    version = store.put(KEY, b"one", expected=ABSENT, content_type=JSON)

    store.delete(KEY)

    assert store.get(KEY) is None
    assert store.get(KEY, unless_etag=version.etag) is None
    assert store.heads([KEY, KEY]) == [None, None]
    assert body_of(store, KEY, version.version_id) == b"one"
    with pytest.raises(Conflict):
        store.put(KEY, b"two", expected=version.etag, content_type=JSON)
    again = store.put(KEY, b"three", expected=ABSENT, content_type=JSON)
    assert again.version_id != version.version_id


def test_deleting_what_is_not_there_is_no_error(store: ObjectStore) -> None:
    store.delete(KEY)
    store.delete(KEY)

    assert store.get(KEY) is None
    store.put(KEY, b"one", expected=ABSENT, content_type=JSON)


@pytest.mark.parametrize("size", [0, 5 * 1024 * 1024], ids=["empty", "5 MB"])
def test_a_body_of_any_size_comes_back_to_the_byte(store: ObjectStore, size: int) -> None:
    body = bytes(range(256)) * (size // 256)
    store.put(KEY, body, expected=ABSENT, content_type="application/octet-stream")
    store.put_once("once", body, content_type="application/octet-stream")
    store.copy_once("once", "copy")

    assert body_of(store, KEY) == body_of(store, "once") == body_of(store, "copy") == body
    assert [head and head.size for head in store.heads([KEY, "copy"])] == [size, size]


@pytest.mark.parametrize(
    "key",
    [
        keys.client(EVERY_CHARACTER),
        keys.studio(EVERY_CHARACTER, EVERY_CHARACTER),
        keys.history_page(EVERY_CHARACTER, "b", EVERY_CHARACTER, "0123456789abcdef" * 4),
        keys.revision_thumbnail("a", "b-", "c_", EVERY_CHARACTER),
        keys.user_scene_thumbnail("0", "b", EVERY_CHARACTER),
        keys.product_image("a", "p-1", EVERY_CHARACTER),
    ],
)
def test_every_key_that_can_be_spelled_holds_an_object(store: ObjectStore, key: str) -> None:
    version = store.put(key, b"{}", expected=ABSENT, content_type=JSON)

    assert store.get(key) == StoredObject(b"{}", version, {})
    assert store.list_names("clients/").names == (key,)
    assert store.copy_once(key, f"{key}.copy") is True
    store.delete(key)
    assert store.get(key) is None


def test_versions_are_listed_newest_first_through_all_pages_and_only_those_of_the_key(
    store: ObjectStore,
) -> None:
    version = store.put(KEY, b"1", expected=ABSENT, content_type=JSON)
    written = [version.version_id]
    for size in (2, 3, 4, 5):
        version = store.put(KEY, b"x" * size, expected=version.etag, content_type=JSON)
        written.append(version.version_id)
    store.put_once(KEY + ".other", b"{}", content_type=JSON)

    assert [found.version_id for found in store.list_versions(KEY)] == list(reversed(written))
    paged: list[VersionInfo] = []
    page = store.list_versions(KEY, limit=2)
    while page:
        paged.extend(page)
        page = store.list_versions(KEY, before=paged[-1].version_id, limit=2)
    assert [(found.version_id, found.size) for found in paged] == list(
        zip(reversed(written), (5, 4, 3, 2, 1), strict=True)
    )


def test_a_key_without_versions_and_a_place_that_is_none_list_nothing(store: ObjectStore) -> None:
    assert list(store.list_versions(KEY)) == []
    store.put(KEY, b"1", expected=ABSENT, content_type=JSON)
    assert len(store.list_versions(KEY)) == 1


def test_all_versions_under_a_prefix_are_listed_delete_markers_among_them(store: ObjectStore) -> None:
    first = store.put("p/a&b<", b"one", expected=ABSENT, content_type=JSON)
    second = store.put("p/a&b<", b"two", expected=first.etag, content_type=JSON)
    other = store.put("p/x/y", b"x", expected=ABSENT, content_type=JSON)
    create(store, "p", "q/a", "o")
    store.delete("p/x/y")

    found = store.list_all_versions("p/")

    written = [("p/a&b<", first), ("p/a&b<", second), ("p/x/y", other)]
    assert {(key, version.version_id) for key, version in written} < set(found)
    assert [name.key for name in sorted(found)] == ["p/a&b<", "p/a&b<", "p/x/y", "p/x/y"]
    assert len(store.list_all_versions("p/", limit=3)) == 3
    assert store.list_all_versions("r/") == []


def test_what_is_deleted_version_by_version_leaves_nothing_behind(store: ObjectStore) -> None:
    create(store, *EVERY_CHARACTER[:20], prefix="p/")
    store.delete("p/a")
    store.put_once("p/a", b"again", content_type=JSON)
    create(store, "q")

    while found := store.list_all_versions("p/", limit=7):
        assert len(found) <= 7
        store.delete_versions(found)

    assert store.list_names("").names == ("q",)
    assert store.get("p/a") is None


def test_versions_that_are_deleted_twice_are_no_error_and_others_stay(store: ObjectStore) -> None:
    version = store.put("p/a", b"one", expected=ABSENT, content_type=JSON)
    gone = VersionName("p/a", version.version_id)
    store.delete_versions([gone])
    kept = store.put("p/a", b"two", expected=ABSENT, content_type=JSON)
    store.delete_versions([gone])
    store.delete_versions([])

    assert store.get("p/a") == StoredObject(b"two", kept, {})
    assert kept.version_id != version.version_id


def test_the_newest_version_that_is_left_is_the_current_one(store: ObjectStore) -> None:
    versions = [store.put(KEY, b"0", expected=ABSENT, content_type=JSON)]
    for body in (b"1", b"2"):
        versions.append(store.put(KEY, body, expected=versions[-1].etag, content_type=JSON))
    store.delete_versions([VersionName(KEY, versions[0].version_id)])
    assert body_of(store, KEY) == b"2"
    store.delete_versions([VersionName(KEY, versions[2].version_id)])
    assert store.get(KEY) == StoredObject(b"1", versions[1], {})


def test_a_delete_marker_that_is_deleted_brings_the_object_back(store: ObjectStore) -> None:
    version = store.put(KEY, b"one", expected=ABSENT, content_type=JSON)
    store.delete(KEY)
    (marker,) = [one for one in store.list_all_versions(KEY) if one.version_id != version.version_id]
    store.delete_versions([marker])

    assert store.get(KEY) == StoredObject(b"one", version, {})
