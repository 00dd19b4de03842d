"""What a browser's tab holds of a studio: rows, perhaps stale, perhaps with unsaved changes."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scene_studio.model import addresses
from scene_studio.model.studio import default_settings
from tests.simulation.containers import CLIENT, STUDIO
from tests.simulation.oracle import Intent
from tests.simulation.state import OUTPUT, PRODUCTS, Path, PeoplesSlot, State, fields_of

DEFAULTS: Final = PeoplesSlot({PRODUCTS: [], **fields_of({"settings": default_settings().to_json()})})


@dataclass(slots=True)
class Row:
    """A row of the tab.

    Attributes:
        content: as it was read.
        named: the version whose entity tag it carries; None for a row that was never saved.
        exact: whether the content is that of this very version.
        changes: unsaved values.
        favorites: unsaved favourites.
    """

    content: PeoplesSlot
    named: State | None
    exact: bool = True
    changes: dict[Path, Any] = field(default_factory=dict)
    favorites: tuple[str, ...] | None = None

    @property
    def dirty(self) -> bool:
        """Whether something in it is unsaved."""
        return bool(self.changes) or self.favorites is not None or self.named is None

    def values(self) -> PeoplesSlot:
        """What the row shows."""
        marks = self.content.favorites if self.favorites is None else self.favorites
        return PeoplesSlot({**self.content.fields, **self.changes}, marks)


class Tab:
    """A tab that shows a studio.

    Attributes:
        state: the version that it read whole last.
        rows: what it shows, in order.
        known: every slot that it ever showed.
    """

    def __init__(self) -> None:
        self.state: State | None = None
        self.rows: dict[str, Row] = {}
        self.known: set[str] = set()

    def load(self, state: State, *, keep_changes: bool = False) -> None:
        """Show this version; rows with unsaved changes may stay as they are."""
        rows = {one: Row(state.people.slots[one], state) for one in state.people.live()}
        if keep_changes:
            rows |= {one: row for one, row in self.rows.items() if row.dirty and (one in rows or not row.named)}
        self.state, self.rows = state, rows
        self.known |= set(state.people.slots) | set(rows)

    def settle(self, state: State, *, all_rows: bool) -> None:
        """What the tab shows is saved, but perhaps not its new rows, and this version is just that."""
        self.state = state
        for slot_id, row in self.rows.items():
            if all_rows or row.named is not None:
                self.rows[slot_id] = Row(row.values(), state)
        self.known |= set(self.rows)

    def saved_without_tag(self) -> None:
        """What the tab shows is saved, but there is no version that is just that."""
        for slot_id, row in self.rows.items():
            self.rows[slot_id] = Row(row.values(), row.named or self.state, exact=False)

    def take_slot(self, slot_id: str, slot: PeoplesSlot) -> None:
        """Show a slot as a one-slot answer brought it; its tag names more than the tab has seen, so it goes."""
        old = self.rows.get(slot_id)
        self.known.add(slot_id)
        if slot.deleted:
            self.rows.pop(slot_id, None)
        else:
            self.rows[slot_id] = Row(slot, (old and old.named) or self.state, exact=False)

    def reorder(self, source: random.Random) -> None:
        """Move a row."""
        ids = list(self.rows)
        moved = ids.pop(source.randrange(len(ids)))
        ids.insert(source.randrange(len(ids) + 1), moved)
        self.rows = {one: self.rows[one] for one in ids}

    def base(self) -> State | None:
        """The oldest version that a row carries the tag of."""
        named = [row.named for row in self.rows.values() if row.named is not None]
        return min(named, key=lambda state: state.rev) if named else None

    def uniform(self) -> bool:
        """Whether all rows are of the version that was read last."""
        return all(row.named in {None, self.state} for row in self.rows.values())

    def intent(self, base: State, name: str | None) -> Intent:
        """What saving all rows over this base is to do, as the person sees it."""
        fields: dict[str, Mapping[Path, Any]] = {}
        favorites: dict[str, tuple[str, ...]] = {}
        deleted = {one: True for one in sorted(self.known) if one not in self.rows and one in base.people.slots}
        for slot_id, row in self.rows.items():
            values = row.values()
            if row.named is base and row.exact:
                fields[slot_id] = dict(row.changes)
                if row.favorites is not None:
                    favorites[slot_id] = row.favorites
            else:
                fields[slot_id] = values.fields
                favorites[slot_id] = values.favorites
                deleted[slot_id] = False
        return Intent(
            base=base.version_id,
            name=name,
            fields=fields,
            favorites=favorites,
            deleted=deleted,
            defaults=DEFAULTS,
            order=tuple(self.rows),
        )

    def body(self, source: random.Random, *, tagged: bool) -> list[dict[str, Any]]:
        """The rows as they are sent."""
        return [self._row(slot_id, row, source, tagged=tagged) for slot_id, row in self.rows.items()]

    def _row(self, slot_id: str, row: Row, source: random.Random, *, tagged: bool) -> dict[str, Any]:
        members = slot_members(slot_id, row.values(), source)
        members |= {"id": slot_id, "history": [], "historyCount": 0, "status": "EMPTY"}
        if tagged and row.named is not None:
            members["etag"] = row.named.tag
        return members


def slot_members(slot_id: str, slot: PeoplesSlot, source: random.Random) -> dict[str, Any]:
    """A slot's fields as JSON members; its picture by id or by address."""
    members: dict[str, Any] = {"productIds": slot.fields[PRODUCTS], "favorites": list(slot.favorites)}
    members["settings"] = {path[1]: value for path, value in slot.fields.items() if path[0] == "settings"}
    shown = slot.fields.get(OUTPUT)
    if shown is not None:
        members["outputImage"] = picture(slot_id, shown, source)
    return members


def picture(slot_id: str, image_id: str, source: random.Random) -> str:
    """A revision's id or its address."""
    if source.random() < 0.5:
        return image_id
    return addresses.revision_image(CLIENT, STUDIO, slot_id, image_id)
