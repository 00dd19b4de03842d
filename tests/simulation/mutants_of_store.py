"""Mutants of how documents, pages and pictures are written."""

import hashlib
from typing import Any, Final

from pydantic_core import to_json

from scene_studio.http.requests import Change
from scene_studio.model.document import Document
from scene_studio.model.studio import Studio
from scene_studio.store import keys, studios
from scene_studio.store.commit import Documents, Encoded, Page, encode
from scene_studio.store.object_store import Unavailable, WriteUnsettled
from tests.simulation.store import MemoryStore

_PUT: Final = MemoryStore.put
_WRITE: Final = Documents._write
_PUT_ONCE: Final = MemoryStore.put_once
_AFTER: Final = Document.after
_NEW_ID: Final = Change.new_id


def _holds_always(*_: Any) -> bool:
    return True


def _retried(store: MemoryStore, key: str, body: bytes, **given: Any) -> Any:
    """Sent again by the SDK when no answer comes, up to three times; what the last one is told is told."""
    for attempt in range(3):
        try:
            return _PUT(store, key, body, **given)
        except WriteUnsettled:
            if attempt == 2:
                raise
    raise AssertionError


def _same_rev(document: Any, rev: int, *rest: Any) -> Any:
    return _AFTER(document, rev, *rest).replace(rev=max(rev, 1))


def _head_first(documents: Any, key: str, current: Any, encoded: Encoded[Any]) -> Any:
    done = _WRITE(documents, key, current, encoded._replace(pages=()))
    for page in encoded.pages:
        documents._store.put_once(page.key, page.body, content_type="application/json")
    return done


def _hopefully(store: MemoryStore, key: str, body: bytes, *, content_type: str) -> bool:
    try:
        return _PUT_ONCE(store, key, body, content_type=content_type)
    except Unavailable:
        return True


def _page_hoped_for(documents: Any, key: str, current: Any, encoded: Encoded[Any]) -> Any:
    for page in encoded.pages:
        _hopefully(documents._store, page.key, page.body, content_type="application/json")
    return _WRITE(documents, key, current, encoded._replace(pages=()))


def _named_by_place(studio: Studio, slot: Any, size: int, pages: list[Page]) -> Any:
    history = slot.revisions()
    page = history.oldest_page(slot.id, size)
    name = hashlib.sha256(f"{slot.id} {page.start} {len(page.revisions)}".encode()).hexdigest()
    body = to_json(page, by_alias=True, exclude_none=True)
    pages.append(Page(keys.history_page(studio.client_id, studio.id, slot.id, name), body))
    return slot.with_revisions(history.without_oldest(size, name))


def _folded_once(studio: Studio) -> Encoded[Studio]:
    pages: list[Page] = []
    for slot in studio.output_slots:
        if len(slot.history) > studios.INLINE_LIMIT:  # type: ignore[attr-defined]
            studio = studio.with_slot(studios._fold(studio, slot, 1, pages))
    return Encoded(studio, encode(studio), {}, pages)


def _random_ids() -> list[tuple[Any, str, Any]]:
    made: list[None] = []

    def new_id(change: Change, *what: str) -> str:
        made.append(None)
        return _NEW_ID(change, *what, str(len(made)))

    return [(Change, "new_id", new_id)]


MUTANTS: Final = {
    "unconditional put": (
        "documents are written on a condition",
        "",
        lambda: [(MemoryStore, "holds", _holds_always)],
    ),
    "sdk retries": ("a write is sent once", "hasty", lambda: [(MemoryStore, "put", _retried)]),
    "rev not raised": ("every commit raises rev", "", lambda: [(Document, "after", _same_rev)]),
    "page after head": (
        "a page is written before the document that names it",
        "pictures",
        lambda: [(Documents, "_write", _head_first)],
    ),
    "page not definite": (
        "a page is written for certain before the document that names it",
        "executing, deaf",
        lambda: [(Documents, "_write", _page_hoped_for)],
    ),
    "pages named by place": (
        "a page is named by its content",
        "pictures",
        lambda: [(studios, "_fold", _named_by_place)],
    ),
    "folded once": (
        "pages are cut off until the window is within its bound",
        "pictures",
        lambda: [(studios, "prepare", _folded_once)],
    ),
    "random image ids": ("a request that is repeated makes the same ids", "pictures", _random_ids),
}
"""Name, then rule, profile, and what is replaced."""
