"""A client's studios in full, in the shape of the original client.json."""

from typing import Any, Final

from pydantic_core import to_json

from scene_studio.http.views import revision_view, studio_view
from scene_studio.model.errors import Deleted, NotFound, ResponseTooLarge
from scene_studio.model.studio import Studio
from scene_studio.store.cache import Versioned
from scene_studio.store.studios import Studios

MAX_BYTES: Final = 5_000_000
"""Of the body as Lambda sends it, which takes 6 MB at most: as a string inside other JSON."""


def expanded_studios(studios: Studios, client_id: str, *, beside: Any) -> list[dict[str, Any]]:
    """All studios of the client with the whole history of every slot.

    Args:
        studios: where they are.
        client_id: whose they are.
        beside: what else the answer holds.

    Raises:
        ResponseTooLarge: the answer would be over `MAX_BYTES`.
        Busy: the store could not be read.
    """
    budget = _Budget(MAX_BYTES)
    budget.spend(beside)
    found = []
    after = ""
    while True:
        summaries, following = studios.summaries(client_id, after=after, limit=100)
        for summary in summaries:
            if summary.deleted_at is not None:
                continue
            try:
                entry = studios.read(client_id, summary.id)
            except (Deleted, NotFound):
                continue  # deleted since it was listed
            found.append(_expanded(studios, entry, budget))
        if following is None:
            return found
        after = following


def _expanded(studios: Studios, entry: Versioned[Studio], budget: "_Budget") -> dict[str, Any]:
    studio = entry.document
    view = studio_view(entry)
    budget.spend(view)
    for slot, shown in zip(studio.live_slots(), view["outputSlots"], strict=True):
        older = studios.history(studio, slot)
        next(older)
        for part in older:
            revisions = [revision_view(studio, slot.id, revision) for revision in part.revisions]
            budget.spend(revisions)
            shown["history"].extend(revisions)
    return view


class _Budget:
    """The bytes that an answer may still take."""

    def __init__(self, size: int) -> None:
        self._left = size

    def spend(self, value: Any) -> None:
        self._left -= len(to_json(to_json(value).decode()))
        if self._left < 0:
            raise ResponseTooLarge(
                f"The client and all its studios are over {MAX_BYTES} bytes; read them one by one, their "
                "histories page by page, or use `export`.",
                {"maximumBytes": MAX_BYTES, "instead": "export"},
            )
