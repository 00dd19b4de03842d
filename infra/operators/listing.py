"""Listings of a store, however long, a part at a time."""

from collections.abc import Iterator

from scene_studio.store.object_store import ObjectStore


def names(store: ObjectStore, prefix: str) -> Iterator[str]:
    """The keys under a prefix, in their order.

    Raises:
        Unavailable: the store could not be asked.
    """
    return _listed(store, prefix, by_folder=False)


def folders(store: ObjectStore, prefix: str) -> Iterator[str]:
    """The names of the folders under a prefix, in the order of their keys.

    Raises:
        Unavailable: the store could not be asked.
    """
    for name in _listed(store, prefix, by_folder=True):
        yield name.removeprefix(prefix).removesuffix("/")


def _listed(store: ObjectStore, prefix: str, *, by_folder: bool) -> Iterator[str]:
    after, more = "", True
    while more:
        listing = store.list_names(prefix, after=after, by_folder=by_folder)
        yield from listing.names
        after, more = listing.names[-1] if listing.names else "", listing.more
