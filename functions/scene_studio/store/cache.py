"""The documents that a warm container keeps, with the versions they were read at."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from scene_studio.model.document import Document
from scene_studio.store.object_store import ObjectVersion

D = TypeVar("D", bound=Document)

_BYTES: Final = 24 * 1024 * 1024
"""Encoded size of all documents kept; parsed they take several times as much."""


@dataclass(frozen=True, slots=True)
class Versioned(Generic[D]):
    """A document as the store holds it.

    Attributes:
        document: its content.
        version: the version it was read or written as.
        size: its encoded size in bytes.
    """

    document: D
    version: ObjectVersion
    size: int


class DocumentCache(Generic[D]):
    """The documents used last, by key, bounded by their size. Losing one costs a read and nothing else."""

    def __init__(self, capacity: int = _BYTES) -> None:
        self._capacity = capacity
        self._size = 0
        self._entries: OrderedDict[str, Versioned[D]] = OrderedDict()

    def get(self, key: str) -> Versioned[D] | None:
        """What was kept last under this key."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def keep(self, key: str, entry: Versioned[D] | None) -> None:
        """Keep this in place of what was kept; None forgets."""
        old = self._entries.pop(key, None)
        self._size -= old.size if old else 0
        if entry is None:
            return
        self._entries[key] = entry
        self._size += entry.size
        while self._size > self._capacity:
            _, dropped = self._entries.popitem(last=False)
            self._size -= dropped.size
