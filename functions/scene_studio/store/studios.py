"""Studios in the store: documents in, documents out, and the pages of their slots' histories."""

import hashlib
from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from pydantic_core import to_json

from scene_studio.model.document import RequestKey
from scene_studio.model.errors import NotFound, StudioFull
from scene_studio.model.purging import marked_as_purging
from scene_studio.model.revision import INLINE_LIMIT, PAGE_SIZE, GeneratedSceneImage, HistoryPage
from scene_studio.model.studio import OutputSlot, Studio, check_kept, existing
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.commit import Commit, Documents, Encoded, Operation, Page, encode, unavailable_is_busy
from scene_studio.store.object_store import ObjectStore, StoredObject, VersionInfo
from scene_studio.store.pacing import Pacing
from scene_studio.store.summaries import decode_summary, encode_summary

TARGET_BYTES: Final = 512 * 1024
LIMIT_BYTES: Final = 4 * 1024 * 1024
SUMMARY_MONTHS: Final = 3
"""Of how many months summaries know the cost."""


class StudioSummary(NamedTuple):
    """What a list of studios shows, without reading the studios.

    A fact that is None was not stated.

    Attributes:
        cover: the slot and revision whose picture stands for the studio, or None.
        costs: what its pictures cost in each of the last `SUMMARY_MONTHS` months that cost anything, in
            millionths of a US dollar.
        reserved: what those under way may cost.
        purging_at: since when it is being cleared away.
    """

    id: str
    name: str | None
    updated_at: str | None
    slots: int | None
    revisions: int | None
    cover: list[str] | None
    deleted_at: str | None
    costs: dict[str, int] | None
    reserved: int | None
    purging_at: str | None


class HistoryPart(NamedTuple):
    """A part of a slot's history.

    Attributes:
        revisions: newest first.
        older: the page to go on with, or None at the end.
    """

    revisions: tuple[GeneratedSceneImage, ...]
    older: str | None


class Studios:
    """All studios of all clients."""

    def __init__(self, store: ObjectStore, cache: DocumentCache[Studio]) -> None:
        self._store = store
        self._documents = Documents(store, Studio, cache, prepare)

    def cached(self, client_id: str, studio_id: str) -> Studio | None:
        """The studio as this process knew it last, perhaps long since replaced."""
        entry = self._documents.cached(keys.studio(client_id, studio_id))
        return entry.document if entry else None

    def read(self, client_id: str, studio_id: str) -> Versioned[Studio]:
        """The studio as it stands.

        Raises:
            NotFound: there is none.
            Purged: it is being cleared away.
            Deleted: it is deleted and can be restored.
            Busy: the store could not be read.
        """
        entry = self.read_any(client_id, studio_id)
        existing(entry.document, studio_id)
        return entry

    def read_any(self, client_id: str, studio_id: str) -> Versioned[Studio]:
        """The studio as it stands, deleted or not.

        Raises:
            NotFound: there is none.
            Purged: it is being cleared away.
            Busy: the store could not be read.
        """
        entry = self.read_stored(client_id, studio_id)
        if entry is None:
            raise NotFound("studio", studio_id)
        check_kept(entry.document)
        return entry

    def read_stored(self, client_id: str, studio_id: str) -> Versioned[Studio] | None:
        """The studio as it stands, even if it is being cleared away; None if there is none.

        Raises:
            Busy: the store could not be read.
        """
        return self._documents.read(keys.studio(client_id, studio_id))

    def repeated(self, client_id: str, studio_id: str, request: RequestKey) -> Commit[Studio] | None:
        """The commit of this request, if the studio holds it; see `Documents.repeated`."""
        return self._documents.repeated(keys.studio(client_id, studio_id), request)

    def version(self, client_id: str, studio_id: str, version_id: str) -> Versioned[Studio] | None:
        """The studio as it was in one version, without a request if that is the one known here.

        Returns:
            None if the store does not have that version.

        Raises:
            Busy: the store could not be read.
        """
        key = keys.studio(client_id, studio_id)
        known = self._documents.cached(key)
        if known is not None and known.version.version_id == version_id:
            return known
        return self._documents.read_version(key, version_id)

    def versions(
        self, client_id: str, studio_id: str, *, before: str, limit: int
    ) -> tuple[list[VersionInfo], str | None]:
        """The kept versions of a studio, newest first, and the one to go on before, or None at the end.

        Raises:
            Busy: the store could not be read.
        """
        with unavailable_is_busy():
            found = self._store.list_versions(keys.studio(client_id, studio_id), before=before, limit=limit + 1)
        shown = list(found[:limit])
        return shown, shown[-1].version_id if len(found) > limit else None

    def commit(
        self,
        client_id: str,
        studio_id: str,
        operation: Operation[Studio],
        request: RequestKey | None,
        pacing: Pacing,
    ) -> Commit[Studio]:
        """Change a studio; see `Documents.commit`.

        Raises:
            Purged: it is being cleared away.
        """

        def apply(current: Versioned[Studio] | None) -> Studio | None:
            if current is not None:
                check_kept(current.document)
            return operation(current)

        return self._documents.commit(keys.studio(client_id, studio_id), apply, request, pacing)

    def mark_as_purging(
        self, client_id: str, studio_id: str, stands_since: str, now: str, pacing: Pacing
    ) -> Versioned[Studio] | None:
        """Mark a deleted studio whose time has come, so that nobody brings it back any more.

        Args:
            client_id: whose studio.
            studio_id: the studio.
            stands_since: see `marked_as_purging`.
            now: the time.
            pacing: how long to try.

        Returns:
            The marked studio; None if there is none, or it is not to go, or not yet.

        Raises:
            SceneStudioError: see `Documents.commit`.
        """

        def mark(current: Versioned[Studio] | None) -> Studio | None:
            if current is None:
                raise NotFound("studio", studio_id)
            return marked_as_purging(current.document, stands_since, now)

        try:
            marked = self._documents.commit(keys.studio(client_id, studio_id), mark, None, pacing).current
        except NotFound:
            return None
        return marked if marked.document.purging_at is not None else None

    def summaries(self, client_id: str, *, after: str, limit: int) -> tuple[list[StudioSummary], str | None]:
        """Summaries of a client's studios, deleted ones among them, in the order of their ids.

        Args:
            client_id: whose studios.
            after: the id after which to go on; empty to begin.
            limit: how many to look at.

        Returns:
            The summaries, and the id to go on after, or None at the end.

        Raises:
            Busy: the store could not be read.
        """
        prefix = keys.studios(client_id)
        with unavailable_is_busy():
            listing = self._store.list_names(
                prefix, after=f"{prefix}{after}/" if after else "", limit=limit, by_folder=True
            )
            ids = [name.removeprefix(prefix).removesuffix("/") for name in listing.names]
            heads = self._store.heads([keys.studio(client_id, studio_id) for studio_id in ids])
        found = zip(ids, heads, strict=True)
        summaries = [
            StudioSummary(studio_id, *decode_summary(head.metadata, len(StudioSummary._fields) - 1))
            for studio_id, head in found
            if head
        ]
        return summaries, ids[-1] if listing.more else None

    def page(self, studio: Studio, slot_id: str, name: str) -> HistoryPage:
        """A page of a slot's older revisions.

        Raises:
            NotFound: there is no such page.
            Busy: the store could not be read.
        """
        with unavailable_is_busy():
            found = self._store.get(keys.history_page(studio.client_id, studio.id, slot_id, name))
        if not isinstance(found, StoredObject):
            raise NotFound("history page", name)
        return HistoryPage.model_validate_json(found.body)

    def history(self, studio: Studio, slot: OutputSlot) -> Iterator[HistoryPart]:
        """The whole history of a slot, newest first: what is inline, then page by page."""
        part = HistoryPart(slot.history, slot.older_history)
        yield part
        while part.older is not None:
            page = self.page(studio, slot.id, part.older)
            part = HistoryPart(page.revisions, page.older)
            yield part

    def find_revisions(
        self, studio: Studio, slot: OutputSlot, image_ids: Collection[str]
    ) -> dict[str, GeneratedSceneImage]:
        """Those of these revisions that the slot's history has; each page is read once at most.

        Raises:
            NotFound: a page is not there.
            Busy: the store could not be read.
        """
        found: dict[str, GeneratedSceneImage] = {}
        if image_ids:
            for part in self.history(studio, slot):
                found |= {revision.id: revision for revision in part.revisions if revision.id in image_ids}
                if len(found) == len(image_ids):
                    break
        return found

    def find_revision(self, studio: Studio, slot: OutputSlot, image_id: str) -> GeneratedSceneImage | None:
        """The revision with this id, wherever in the slot's history it is."""
        return self.find_revisions(studio, slot, {image_id}).get(image_id)


def prepare(studio: Studio) -> Encoded[Studio]:
    """A studio ready to be written: history windows folded into pages, its summary beside it.

    Beyond `INLINE_LIMIT` revisions in a slot, pages of the `PAGE_SIZE` oldest are cut off. If the document is
    over `TARGET_BYTES` even so, the longest windows fold early, down to one revision.

    Raises:
        StudioFull: it is over `LIMIT_BYTES` all the same.
    """
    pages: list[Page] = []
    for slot in studio.output_slots:
        folded = slot
        while len(folded.history) > INLINE_LIMIT:
            folded = _fold(studio, folded, PAGE_SIZE, pages)
        if folded is not slot:
            studio = studio.with_slot(folded)
    body = encode(studio)
    while len(body) > TARGET_BYTES:
        longest = max(studio.output_slots, key=lambda slot: len(slot.history), default=None)
        if longest is None or len(longest.history) <= 1:
            break
        size = min(PAGE_SIZE, len(longest.history) - 1)
        studio = studio.with_slot(_fold(studio, longest, size, pages))
        body = encode(studio)
    if len(body) > LIMIT_BYTES:
        raise StudioFull(
            "The studio would be larger than a studio can be; shorten texts, or go on in a second studio."
        )
    return Encoded(studio, body, encode_summary(_summary_of(studio)), pages)


def _fold(studio: Studio, slot: OutputSlot, size: int, pages: list[Page]) -> OutputSlot:
    history = slot.revisions()
    page = history.oldest_page(slot.id, size)
    body = to_json(page, by_alias=True, exclude_none=True)
    name = hashlib.sha256(body).hexdigest()
    pages.append(Page(keys.history_page(studio.client_id, studio.id, slot.id, name), body))
    return slot.with_revisions(history.without_oldest(size, name))


def _summary_of(studio: Studio) -> list[Any]:
    live = studio.live_slots()
    return [
        studio.name,
        studio.updated_at,
        len(live),
        sum(slot.history_count for slot in live),
        next(([slot.id, slot.output_image] for slot in live if slot.output_image), None),
        studio.deleted_at,
        dict(sorted(studio.costs.items())[-SUMMARY_MONTHS:]),
        studio.reserved_micros(),
        studio.purging_at,
    ]
