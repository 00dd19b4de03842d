"""Going through all that documents name, object by object, wherever the objects are: in a store or in a bundle.

Export, import and check are the same walk; they differ in what they do with what it gives.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from hashlib import sha256
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from pydantic import ValidationError

from scene_studio.model.client import Client
from scene_studio.model.revision import GeneratedSceneImage, HistoryPage
from scene_studio.model.studio import OutputSlot, Studio
from scene_studio.store import keys
from scene_studio.store.object_store import ObjectStore
from scene_studio.store.references import (
    Reference,
    client_references,
    page_reference,
    revision_references,
    studio_references,
)

T = TypeVar("T")

AT_ONCE: Final = 16
"""So many objects are held in memory at a time, and read side by side where that is faster."""

Fetch = Callable[[Sequence[str]], Sequence[bytes | None]]
"""Gives the bytes of the objects with these keys; None for those that do not exist."""


class Fault(Enum):
    """What is wrong with an object."""

    MISSING = "is named and not there"
    DIFFERENT = "is not what was stored: its SHA-256 is another than its document says"
    BROKEN = ""


class Problem(NamedTuple):
    """Something that is wrong.

    Attributes:
        key: the object with which.
        fault: of what kind.
        said: what, in words.
    """

    key: str
    fault: Fault
    said: str


class Item(NamedTuple):
    """An object that a document names, as it was stored."""

    key: str
    body: bytes


class Contents:
    """All that documents of one client name.

    Attributes:
        named: the keys of all that was named so far, whether or not it is there.
        problems: what was found wrong so far.
    """

    def __init__(self, fetch: Fetch) -> None:
        """Go through what `fetch` gives."""
        self._fetch = fetch
        self.named: set[str] = set()
        self.problems: list[Problem] = []

    def of(self, document: Client | Studio) -> Iterator[Item]:
        """What a document names, if it is there and sound; always in the same order, the newest first."""
        if isinstance(document, Client):
            yield from self._sound(client_references(document))
            return
        yield from self._sound(studio_references(document))
        for slot in document.output_slots:
            yield from self._history(document, slot)

    def _history(self, studio: Studio, slot: OutputSlot) -> Iterator[Item]:
        key = keys.studio(studio.client_id, studio.id)
        seen: set[str] = set()
        below = slot.history_count - len(slot.history)
        yield from self._revisions(studio, slot, slot.history, seen)
        name = slot.older_history
        while name is not None:
            reference = page_reference(studio, slot.id, name)
            stored = next(self._sound([reference]), None)
            page = stored and self._page(slot.id, below, stored)
            if stored is None or page is None:
                return
            yield stored
            yield from self._revisions(studio, slot, page.revisions, seen)
            below, name = page.start, page.older
        if below != 0:
            found = slot.history_count - below
            self._broken(key, f"slot {slot.id} counts {slot.history_count} revisions and has {found}")
        if slot.output_image is not None and slot.output_image not in seen:
            self._broken(key, f"slot {slot.id} shows {slot.output_image}, which is not in its history")

    def _revisions(
        self, studio: Studio, slot: OutputSlot, revisions: Sequence[GeneratedSceneImage], seen: set[str]
    ) -> Iterator[Item]:
        for revision in revisions:
            if revision.id in seen:
                key = keys.studio(studio.client_id, studio.id)
                self._broken(key, f"slot {slot.id} has the revision {revision.id} twice")
            seen.add(revision.id)
        yield from self._sound(revision_references(studio, slot.id, revisions))

    def _page(self, slot_id: str, below: int, stored: Item) -> HistoryPage | None:
        """The page, if it ends where what is newer begins; pages then tile the history, in its order."""
        try:
            page = HistoryPage.model_validate_json(stored.body)
        except ValidationError as error:
            self._broken(stored.key, f"is no page of a history: {first_error(error)}")
            return None
        ends = page.start + len(page.revisions)
        if page.slot_id != slot_id or not page.revisions or ends != below:
            self._broken(
                stored.key,
                f"does not join: it is of slot {page.slot_id} and ends at revision {ends}, not at {below}",
            )
            return None
        return page

    def _sound(self, references: Iterable[Reference]) -> Iterator[Item]:
        """Those of these objects that are there and as they should be; of the others, the problems."""
        for batch in batched(self._new(references), AT_ONCE):
            for reference, body in zip(batch, self._fetch([one.key for one in batch]), strict=True):
                if body is None:
                    if reference.required:
                        self._found(reference.key, Fault.MISSING)
                elif reference.sha256 not in {None, sha256(body).hexdigest()}:
                    self._found(reference.key, Fault.DIFFERENT)
                else:
                    yield Item(reference.key, body)

    def _new(self, references: Iterable[Reference]) -> Iterator[Reference]:
        for reference in references:
            if reference.key not in self.named:
                self.named.add(reference.key)
                yield reference

    def _found(self, key: str, fault: Fault) -> None:
        self.problems.append(Problem(key, fault, fault.value))

    def _broken(self, key: str, said: str) -> None:
        self.problems.append(Problem(key, Fault.BROKEN, said))


def fetch_from(store: ObjectStore) -> Fetch:
    """What gives objects of a store."""
    return lambda wanted: [None if one is None else one.body for one in store.get_all(wanted)]


def first_error(error: ValidationError) -> str:
    """What is wrong first, and where."""
    detail = error.errors(include_url=False, include_input=False)[0]
    place = "/".join(map(str, detail["loc"]))
    return f"/{place}: {detail['msg']}"


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """These items, so many at a time."""
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch
