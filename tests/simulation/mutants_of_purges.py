"""Mutants of the purge: its mark, its order, and its day."""

from typing import Any, Final

from janitor.purge import Purge
from scene_studio.model import purging
from scene_studio.model.purging import marked_as_purging
from scene_studio.store import keys, studios
from scene_studio.store.studios import Studios


def _as_it_was_read(known: Any, client_id: str, studio_id: str, stands_since: str, now: str, _: Any) -> Any:
    """The studio that would be marked, without the mark."""
    stored = known.read_stored(client_id, studio_id)
    return stored if stored is not None and marked_as_purging(stored.document, stands_since, now) else None


def _mark_and_all(purge: Any, place: Any, _studio: Any, _mark: Any) -> Any:
    while found := purge.objects.list_all_versions(keys.studio_folder(*place)):
        yield found


MUTANTS: Final = {
    "purged unmarked": (
        "a studio is marked by a conditional write before anything of it is deleted",
        "weeks later",
        lambda: [(Studios, "mark_as_purging", _as_it_was_read)],
    ),
    "mark ignored": (
        "nobody changes a studio that is being cleared away",
        "weeks later",
        lambda: [(studios, "check_kept", lambda _: None)],
    ),
    "mark like the rest": (
        "the mark goes last",
        "weeks later",
        lambda: [(Purge, "_doomed", _mark_and_all)],
    ),
    "no margin": (
        "a studio is kept for a day longer, for clocks that differ",
        "weeks later",
        lambda: [(purging, "MARGIN_DAYS", 0)],
    ),
}
"""Name, then rule, profile, and what is replaced."""
