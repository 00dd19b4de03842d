import pytest

from scene_studio.store.object_store import ObjectStore


def create(store: ObjectStore, *names: str, prefix: str = "") -> None:
    for name in names:
        store.put_once(prefix + name, b"{}", content_type="application/json")


def test_names_are_listed_in_the_order_of_their_bytes(store: ObjectStore) -> None:
    names = ["p/a", "p/a-b", "p/a.json", "p/a/x", "p/a0", "p/A", "p/_", "p/é", "p/z"]
    create(store, *names, "q", "o", "p")

    assert store.list_names("p/").names == tuple(sorted(names, key=str.encode))


def test_a_listing_goes_on_after_a_name_whether_or_not_it_is_there(store: ObjectStore) -> None:
    create(store, "p/a", "p/b", "p/c", "q/d")

    assert store.list_names("p/", after="p/a").names == ("p/b", "p/c")
    assert store.list_names("p/", after="p/aa").names == ("p/b", "p/c")
    assert store.list_names("p/", after="p/c").names == ()
    assert store.list_names("p/", after="p/c").more is False


def test_a_listing_tells_whether_there_is_more(store: ObjectStore) -> None:
    create(store, "p/a", "p/b", "p/c", "q")

    assert store.list_names("p/", limit=2) == store.list_names("p/", after="o", limit=2)
    assert store.list_names("p/", limit=2).names == ("p/a", "p/b")
    assert store.list_names("p/", limit=2).more is True
    assert store.list_names("p/", limit=3).more is False
    assert store.list_names("p/", after="p/a", limit=2).more is False


def test_a_listing_leaves_out_what_was_deleted(store: ObjectStore) -> None:
    create(store, "p/a", "p/b/x", "p/c")
    store.delete("p/a")
    store.delete("p/b/x")

    assert store.list_names("p/").names == ("p/c",)


def test_a_folder_of_deleted_objects_is_not_listed(store: ObjectStore, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.params["store"] == "s3":
        pytest.skip("moto lists such folders; S3 does not")
    create(store, "p/a/x", "p/b/x")
    store.delete("p/a/x")

    assert store.list_names("p/", by_folder=True).names == ("p/b/",)


def test_a_listing_of_nothing_is_empty(store: ObjectStore) -> None:
    assert store.list_names("p/").names == ()
    assert store.list_names("p/", by_folder=True).more is False


TRICKY_IDS = ("a", "a-b", "a0", "aa", "a_", "A", "a-", "aZ", "z" * 64, "0")


def test_folders_are_listed_once_each_however_much_is_in_them(store: ObjectStore) -> None:
    for name in TRICKY_IDS:
        create(store, "config.json", "slots/s/history/x.json", "zzz/~", prefix=f"p/{name}/")
    create(store, "other/config.json")

    listed = store.list_names("p/", by_folder=True)

    assert listed.names == tuple(sorted((f"p/{name}/" for name in TRICKY_IDS), key=str.encode))
    assert listed.more is False


@pytest.mark.parametrize("limit", [1, 2, 3, len(TRICKY_IDS)])
def test_paging_through_folders_visits_each_exactly_once(store: ObjectStore, limit: int) -> None:
    for name in TRICKY_IDS:
        create(store, "config.json", "slots/s/history/x.json", prefix=f"p/{name}/")

    visited: list[str] = []
    more = True
    while more:
        listing = store.list_names("p/", after=visited[-1] if visited else "", limit=limit, by_folder=True)
        assert 0 < len(listing.names) <= limit
        visited.extend(listing.names)
        more = listing.more

    assert visited == sorted((f"p/{name}/" for name in TRICKY_IDS), key=str.encode)
