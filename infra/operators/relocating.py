"""A document of a bundle with what it names, as the store that it is imported into is to hold them.

Under its old client everything stays to the byte, but for the document itself. Under another one, pages that
speak of addresses become other pages, with other names, from the oldest on: each names the one before it.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from pydantic_core import to_json

from infra.operators.bundle import Bundle
from infra.operators.contents import Item
from infra.operators.moving import moved_client, moved_page, moved_studio
from infra.operators.verifying import Part, read_document
from scene_studio.model.client import Client
from scene_studio.model.revision import HistoryPage
from scene_studio.model.studio import OutputSlot, Studio
from scene_studio.store import keys


class _Page(NamedTuple):
    """A page on its way.

    Attributes:
        place: the studio's id, and the slot's.
        name: its new name.
        older: the new name of the page before it.
    """

    place: tuple[str, str]
    name: str
    older: str | None


class Relocated:
    """A part of a bundle on its way to a client.

    Attributes:
        document: as it is to be stored.
        key: where.
    """

    def __init__(self, bundle: Bundle, part: Part, to: str) -> None:
        """Take this part of the bundle to this client."""
        self._bundle = bundle
        self._from = bundle.manifest.client_id
        self._to = to
        self._pages: dict[str, _Page] = {}
        self.key = self._place(part.key)
        source, _ = read_document(bundle, part.studio_id)
        self.document: Client | Studio
        if isinstance(source, Client):
            self.document = moved_client(source, to)
        else:
            newest = [self._rename_pages(source, slot) for slot in source.output_slots]
            moved = moved_studio(source, to)
            slots = zip(moved.output_slots, newest, strict=True)
            self.document = moved.replace(
                output_slots=tuple(slot.replace(older_history=name) for slot, name in slots)
            )

    def item(self, key: str) -> Item:
        """What stands under this key in the bundle, as it is to be stored."""
        page = self._pages.get(key)
        if page is None:
            return Item(self._place(key), self._body(key))
        return Item(keys.history_page(self._to, *page.place, page.name), self._page_body(key, page.older))

    def _rename_pages(self, studio: Studio, slot: OutputSlot) -> str | None:
        """Give the pages of a slot their new names, the oldest first, and give that of the newest."""
        renamed: dict[str | None, str | None] = {}
        if self._from != self._to:
            for name, key in reversed(list(self._pages_of(studio, slot))):
                older = self._page(key).older
                older = renamed.get(older, older)
                renamed[name] = sha256(self._page_body(key, older)).hexdigest()
                self._pages[key] = _Page((studio.id, slot.id), str(renamed[name]), older)
        return renamed.get(slot.older_history, slot.older_history)

    def _pages_of(self, studio: Studio, slot: OutputSlot) -> Iterator[tuple[str, str]]:
        """The names and keys of a slot's pages in the bundle, the newest first."""
        name = slot.older_history
        while name is not None:
            key = keys.history_page(self._from, studio.id, slot.id, name)
            if not self._holds(key):
                return
            yield name, key
            name = self._page(key).older

    def _page_body(self, key: str, older: str | None) -> bytes:
        page = self._page(key)
        moved = moved_page(page, self._from, self._to).replace(older=older)
        return self._body(key) if moved == page else to_json(moved, by_alias=True, exclude_none=True)

    def _page(self, key: str) -> HistoryPage:
        return HistoryPage.model_validate_json(self._body(key))

    def _body(self, key: str) -> bytes:
        body = self._bundle.body(key.removeprefix(keys.client_folder(self._from)))
        if body is None:
            raise KeyError(key)
        return body

    def _holds(self, key: str) -> bool:
        return key.removeprefix(keys.client_folder(self._from)) in self._bundle.entries

    def _place(self, key: str) -> str:
        return keys.client_folder(self._to) + key.removeprefix(keys.client_folder(self._from))
