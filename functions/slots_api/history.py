"""Reading a slot's history part by part."""

import re
from typing import Final

from scene_studio.model.errors import InvalidRequest
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.studio import OutputSlot, Studio
from scene_studio.store.studios import Studios

_CURSOR: Final = re.compile(r"([0-9]{1,9})(?:\.([0-9a-f]{64}))?")


def read_history(
    studios: Studios, studio: Studio, slot: OutputSlot, limit: int, cursor: str
) -> tuple[list[GeneratedSceneImage], str | None]:
    """Some revisions, newest first, and the cursor of those that follow them, or None at the end.

    A cursor is the number of the revision to go on below, counted from the oldest, with the page it is in if
    it was in one. Pages never change, and revisions that fold into a page keep their number, so a reader
    misses none and sees none twice however many are added meanwhile.

    Raises:
        InvalidRequest: the cursor is not one of ours.
        NotFound: the cursor names a page that there is not.
        Busy: the store could not be read.
    """
    below, page_name = _position(cursor, slot)
    found: list[GeneratedSceneImage] = []
    if page_name is None:
        start = slot.history_count - len(slot.history)
        found.extend(_below(slot.history, start, below)[:limit])
        page_name = slot.older_history
        below -= len(found)
        if below > start:
            return found, str(below)
    while page_name is not None and len(found) < limit:
        page = studios.page(studio, slot.id, page_name)
        part = _below(page.revisions, page.start, below)[: limit - len(found)]
        found.extend(part)
        below -= len(part)
        if below > page.start:
            break
        page_name = page.older
    return found, f"{below}.{page_name}" if page_name is not None else None


def _below(
    revisions: tuple[GeneratedSceneImage, ...], start: int, below: int
) -> tuple[GeneratedSceneImage, ...]:
    """Those of these revisions, whose oldest has the number `start`, that have a number under `below`."""
    return revisions[max(0, start + len(revisions) - below) :]


def _position(cursor: str, slot: OutputSlot) -> tuple[int, str | None]:
    if not cursor:
        return slot.history_count, None
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise InvalidRequest.of("cursor", "must be a nextCursor of this history, or absent to begin")
    return min(int(match[1]), slot.history_count), match[2]
