"""Histories through all their pages: nothing vanishes, doubles or changes places."""

from typing import Any, Final

from pydantic_core import from_json

from tests.simulation.containers import CLIENT, STUDIO
from tests.simulation.state import State
from tests.simulation.store import MemoryStore
from tests.simulation.world import Violation

_SLOTS: Final = f"clients/{CLIENT}/scene-studios/{STUDIO}/slots"


class Histories:
    """Follows each slot's history from version to version."""

    def __init__(self, store: MemoryStore, inline: int) -> None:
        self._store = store
        self._inline = inline
        self._pages: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {}
        self._revisions: dict[tuple[str, str], Any] = {}
        self._whole: dict[tuple[str, str, int], tuple[str, ...]] = {}

    def of(self, state: State, slot_id: str) -> tuple[str, ...]:
        """The ids of a slot's revisions, the newest first."""
        return self._ids(slot_id, state.machines[slot_id]) if slot_id in state.machines else ()

    def revision(self, slot_id: str, image_id: str) -> Any:
        """The JSON members of a revision."""
        return self._revisions[slot_id, image_id]

    def check(self, before: State | None, after: State) -> dict[str, list[str]]:
        """Compare with the version before.

        Returns:
            The new revisions of each slot that has new ones, the newest first.

        Raises:
            Violation: something is wrong.
        """
        made = {}
        for slot_id in before.machines if before else ():
            if slot_id not in after.machines:
                raise Violation(f"slot {slot_id} has vanished")
        for slot_id, members in after.machines.items():
            old = before.machines.get(slot_id, {}) if before else {}
            if old == members:
                continue
            had, have = self._ids(slot_id, old) if old else (), self._ids(slot_id, members)
            if had != have[len(have) - len(had) :]:
                raise Violation(f"revisions of slot {slot_id} were {had} and are {have}")
            if len(set(have)) != len(have):
                raise Violation(f"revisions of slot {slot_id} double: {have}")
            new = list(have[: len(have) - len(had)])
            if new:
                made[slot_id] = new
                self._stored(slot_id, new)
        return made

    def _stored(self, slot_id: str, new: list[str]) -> None:
        for image_id in new:
            elsewhere = self._revisions[slot_id, image_id].get("url")
            if elsewhere is None and not self._store.current(f"{_SLOTS}/{slot_id}/revisions/{image_id}.jpg"):
                raise Violation(f"revision {image_id} is named before its picture is stored")

    def _ids(self, slot_id: str, members: Any) -> tuple[str, ...]:
        inline = members.get("history", [])
        if len(inline) > self._inline:
            raise Violation(f"{len(inline)} revisions of slot {slot_id} are inline")
        for revision in inline:
            self._unchanging(slot_id, revision)
        count, older = members.get("historyCount", 0), members.get("olderHistory")
        start, ids = self._page(slot_id, older) if older is not None else (0, ())
        if start + len(inline) != count:
            raise Violation(f"slot {slot_id} counts {count} revisions and has {start + len(inline)}")
        return (*(revision["id"] for revision in inline), *ids)

    def _page(self, slot_id: str, name: str) -> tuple[int, tuple[str, ...]]:
        """How many revisions there are up to the end of this page, and their ids."""
        known = self._pages.get((slot_id, name))
        if known is not None:
            return known
        stored = self._store.current(f"{_SLOTS}/{slot_id}/history/{name}.json")
        if stored is None:
            raise Violation(f"page {name[:8]} of slot {slot_id} is named and does not exist")
        page = from_json(stored.body)
        start, ids = self._page(slot_id, page["older"]) if "older" in page else (0, ())
        if page["slotId"] != slot_id or page["start"] != start or not page["revisions"]:
            raise Violation(f"page {name[:8]} of slot {slot_id} does not fit")
        for revision in page["revisions"]:
            self._unchanging(slot_id, revision)
        whole = start + len(page["revisions"]), (*(one["id"] for one in page["revisions"]), *ids)
        self._pages[slot_id, name] = whole
        return whole

    def _unchanging(self, slot_id: str, revision: Any) -> None:
        if self._revisions.setdefault((slot_id, revision["id"]), revision) != revision:
            raise Violation(f"revision {revision['id']} of slot {slot_id} was changed")
