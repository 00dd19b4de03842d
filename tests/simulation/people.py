"""People at their browsers, each with a tab or two, who do all that the routes allow."""

from collections.abc import Callable
from typing import Any

from tests.simulation.browsers import PRODUCT_IDS, STUDIO_PATH, id_of
from tests.simulation.containers import CLIENT, STUDIO
from tests.simulation.oracle import Intent
from tests.simulation.requests import Answer, Request
from tests.simulation.sending import Sending
from tests.simulation.state import OUTPUT, PRODUCTS, Path, PeoplesSlot
from tests.simulation.tabs import DEFAULTS, Row, slot_members


class Person(Sending):
    """Somebody who does now this and now that, as the profile says."""

    def live(self) -> None:
        """Do one thing after another, and go home."""
        actions, weights = list(self._profile.weights), list(self._profile.weights.values())
        for _ in range(self._steps):
            self.tab = self._random.choice(self._tabs)
            if self.tab.state is None or self._random.random() >= self._profile.stale:
                self.read()
            if self.tab.state is None:
                self._create()
            else:
                action: Callable[[], None] = getattr(self, self._random.choices(actions, weights)[0])
                action()
            self._service.world.pause(self._random.choice(self._profile.pauses) * self._random.random())
        self.gone = True

    def visit(self) -> None:
        """Come back to the address after a long time."""
        self._create()

    def _create(self) -> None:
        """Come to an address at which there is nothing yet, perhaps."""
        request = Request("create", self._session.new_key(), "{}")
        answer = self._session.send(
            request, f"PUT {STUDIO_PATH}", lambda container, change: container.create(change)
        )
        found = self._service.checker.shown(answer) if isinstance(answer, Answer) else answer
        if found is not None:
            self._show(found)

    # Whole rows ----------------------------------------------------------------------------------------

    def save_rows(self) -> None:
        """Type into some rows, and save all."""
        for _ in range(self._random.choice((1, 1, 2))):
            slot_id = self._some_row()
            if slot_id is not None:
                self._type_into(self.tab.rows[slot_id], slot_id)
        if self._random.random() < 0.1:
            self.tab.rows.setdefault(self._slot_name(), Row(DEFAULTS, None))
        if self._random.random() < 0.1 and len(self.tab.rows) > 1:
            del self.tab.rows[self._random.choice(list(self.tab.rows))]
        if self._random.random() < 0.8:
            self._save_rows(None)

    def save_own_rows(self) -> None:
        """Save rows as a browser does that made them itself and never reads anything back."""
        slot_id = self._random.choice(list(self._own) or [self._slot_name()])
        if self._random.random() < 0.4:
            slot_id = self._slot_name()
        path, value = self._new_value("")
        slot = self._own.get(slot_id, DEFAULTS)
        self._own[slot_id] = PeoplesSlot({**slot.fields, path: value})
        rows = [{"id": one, **slot_members(one, row, self._random)} for one, row in self._own.items()]
        intent = Intent(
            from_nothing=True,
            fields={one: row.fields for one, row in self._own.items()},
            deleted=dict.fromkeys(self._own, False),
            defaults=DEFAULTS,
            order=tuple(self._own),
        )
        self._edit(
            intent,
            {"outputSlots": rows},
            "PATCH",
            lambda container, body, prefer, change: container.edit_studio(body, None, prefer, change),
        )

    def reorder(self) -> None:
        """Move a row, and save all."""
        if self.tab.rows:
            self.tab.reorder(self._random)
            self._save_rows(None)

    def rename(self) -> None:
        """Rename the studio, with or without saving all rows."""
        name = f"name {next(self._values)}"
        if self._random.random() < 0.4:
            self._save_rows(name)
            return
        base = self.tab.state if self._random.random() < self._profile.based else None
        self._edit(
            Intent(base=id_of(base), name=name),
            {"name": name},
            "PATCH",
            lambda container, body, prefer, change: container.edit_studio(
                body, base and base.tag, prefer, change
            ),
        )

    def _save_rows(self, name: str | None) -> None:
        tab, state = self.tab, self.tab.state
        base = tab.base()
        by_tag = state is not None and tab.uniform() and (base is None or self._random.random() < 0.5)
        if by_tag:
            base = state
        if base is None:
            return
        rows = tab.body(self._random, tagged=not by_tag)
        body = {"outputSlots": rows, "updatedAt": "now"} | ({} if name is None else {"name": name})
        tag = base.tag if by_tag else None
        answer = self._edit(
            tab.intent(base, name),
            body,
            "PATCH",
            lambda container, body, prefer, change: container.edit_studio(body, tag, prefer, change),
        )
        if answer is not None and answer.entry is None and answer.etag is None:
            tab.saved_without_tag()

    def _type_into(self, row: Row, slot_id: str) -> None:
        if self._random.random() < 0.15:
            row.favorites = self._marks(row.values(), slot_id)
            return
        path, value = self._new_value(slot_id)
        if row.values().fields.get(path) != value:
            row.changes[path] = value

    # One slot ------------------------------------------------------------------------------------------

    def edit_field(self) -> None:
        """Change a field of one slot."""
        slot_id = self._some_row()
        if slot_id is not None:
            self._edit_slot(slot_id, dict([self._new_value(slot_id)]), None)

    def pick(self) -> None:
        """Choose one of a slot's pictures, or the one that stands there already."""
        slot_id = self._some_row()
        seen = list(self._seen.get(slot_id or "", ()))
        if slot_id is not None and seen:
            self._edit_slot(slot_id, {OUTPUT: self._random.choice(seen)}, None)

    def favourite(self) -> None:
        """Mark a picture, or take the mark away."""
        slot_id = self._some_row()
        if slot_id is not None:
            self._edit_slot(slot_id, {}, self._marks(self.tab.rows[slot_id].values(), slot_id))

    def _edit_slot(self, slot_id: str, fields: dict[Path, Any], marks: tuple[str, ...] | None) -> None:
        base = self._base_of_one()
        members = slot_members(slot_id, PeoplesSlot({PRODUCTS: [], **fields}), self._random)
        given = {path[0] for path in fields} | ({"favorites"} if marks is not None else set())
        body = {name: value for name, value in members.items() if name in given}
        if marks is not None:
            body["favorites"] = list(marks)
        intent = Intent(
            base=id_of(base),
            fields={slot_id: fields},
            favorites={} if marks is None else {slot_id: marks},
            picks=frozenset({slot_id}) if OUTPUT in fields else frozenset(),
        )
        self._edit(
            intent,
            body,
            f"PATCH {slot_id}",
            lambda container, body, prefer, change: container.edit_slot(
                slot_id, body, base and base.tag, prefer, change
            ),
            slot_id=slot_id,
        )

    def add_slot(self) -> None:
        """Add a slot of its own."""
        slot_id, base = self._slot_name(), self._base_of_one()
        body = {"id": slot_id, "productIds": [self._random.choice(PRODUCT_IDS)]}
        intent = Intent(
            base=id_of(base),
            fields={slot_id: {PRODUCTS: body["productIds"]}},
            deleted={slot_id: False},
            defaults=DEFAULTS,
        )
        self._edit(
            intent,
            body,
            "POST slots",
            lambda container, body, prefer, change: container.add_slot(body, base and base.tag, prefer, change),
            slot_id=slot_id,
            adds=True,
        )

    def drop_slot(self) -> None:
        """Delete a slot."""
        slot_id = self._some_row()
        if slot_id is not None:
            self._set_deleted(slot_id, deleted=True)

    def revive_slot(self) -> None:
        """Bring a deleted slot back."""
        state = self.tab.state
        gone = [one for one in state.people.slots if state.people.slots[one].deleted] if state else []
        if gone:
            self._set_deleted(self._random.choice(gone), deleted=False)

    def _set_deleted(self, slot_id: str, *, deleted: bool) -> None:
        base = self._base_of_one()
        self._edit(
            Intent(base=id_of(base), deleted={slot_id: deleted}),
            {},
            f"DELETE {slot_id}" if deleted else f"POST {slot_id}/undelete",
            lambda container, _, prefer, change: container.delete_slot(
                slot_id, base and base.tag, prefer, change, deleted=deleted
            ),
            slot_id=slot_id,
            revives=True,
        )

    # The whole studio ----------------------------------------------------------------------------------

    def restore(self) -> None:
        """Put an old version back."""
        self._restore(whole=True)

    def restore_slot(self) -> None:
        """Put one slot of an old version back."""
        self._restore(whole=False)

    def _restore(self, *, whole: bool) -> None:
        old = self._random.choice(list(self._versions.values()))
        base = self._base_of_one()
        if base is not None and base.number < old.number:
            base = None
        only = None if whole or not old.people.slots else self._random.choice(list(old.people.slots))
        body = {"version": old.tag if self._random.random() < 0.5 else old.version_id}
        self._edit(
            Intent(base=id_of(base), restore=(old, only)),
            body if only is None else {**body, "slotId": only},
            "POST restore",
            lambda container, body, prefer, change: container.restore(body, base and base.tag, prefer, change),
        )

    def delete_studio(self) -> None:
        """Delete the studio, perhaps only as it is known."""
        self._tombstone(deleted=True)

    def undelete_studio(self) -> None:
        """Bring the studio back."""
        self._tombstone(deleted=False)

    def _tombstone(self, *, deleted: bool) -> None:
        state = self.tab.state
        tag = state.tag if state is not None and self._random.random() < 0.3 else None
        request = Request("delete" if deleted else "undelete", self._session.new_key(), "", tag=tag)
        self._session.send(
            request,
            f"{'DELETE' if deleted else 'POST undelete'} {STUDIO_PATH}",
            lambda container, change: container.delete_studio(tag, change, deleted=deleted),
        )

    def bring_in(self) -> None:
        """Import a client with slots of which some are there."""
        slots = {}
        for _ in range(self._random.choice((1, 2))):
            number, slot_id = next(self._values), self._slot_name()
            history = [
                {
                    "id": f"i{number}-{at}",
                    "url": f"https://elsewhere.example/{number}/{at}.jpg",
                    "timestamp": number,
                }
                for at in range(self._random.randrange(4))
            ]
            slots[slot_id] = {
                "id": slot_id,
                "productIds": ["p1"],
                "settings": {"style": f"style {number}"},
                "history": history,
            } | ({"outputImage": history[0]["id"]} if history else {})
        body = {
            "id": CLIENT,
            "name": "Acme",
            "sceneStudios": [{"id": STUDIO, "name": "elsewhere", "outputSlots": list(slots.values())}],
        }
        request = Request("import", self._session.new_key(), repr(sorted(slots)), imported=slots)
        self._session.send(
            request,
            f"POST /api/clients/{CLIENT}/import",
            lambda container, change: container.bring_in(body, change),
        )
