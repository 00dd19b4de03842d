"""What an edit must come to, said a second time and independently of the product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tests.simulation.state import DELETED, NAME, ORDER, OUTPUT, Path, People, PeoplesSlot, State, peoples_slot

Where = tuple[str | None, Path]
"""A field: its slot, or None for the studio, and its path."""

_NEVER_WAS: Final = PeoplesSlot({("productIds",): []})


@dataclass(frozen=True, slots=True)
class Intent:
    """What somebody wants of a studio, as they know it themselves and not as their request says it.

    Attributes:
        base: the version that they look at; None for whatever is the latest.
        from_nothing: whether they never looked at any, and made all their rows themselves.
        name: the studio's new name.
        fields: new values, by slot.
        favorites: whole new sets of favourites, by slot.
        deleted: slots to delete (True) or to bring back (False).
        defaults: what a slot has that is new here.
        order: the order of the rows they see, if they see all.
        restore: the version to put back, and the one slot of it or None for all.
        picks: slots whose picture they choose, even if they choose what stands there.
    """

    base: str | None = None
    from_nothing: bool = False
    name: str | None = None
    fields: Mapping[str, Mapping[Path, Any]] = field(default_factory=dict)
    favorites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    deleted: Mapping[str, bool] = field(default_factory=dict)
    defaults: PeoplesSlot = _NEVER_WAS
    order: tuple[str, ...] | None = None
    restore: tuple[State, str | None] | None = None
    picks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of an intent.

    Attributes:
        people: what people own then; the order of its slots says nothing.
        conflicts: what must be reported.
        picked: the slots in which a person chose the picture.
    """

    people: People
    conflicts: frozenset[Where]
    picked: frozenset[str]


def wanted(intent: Intent, base: People) -> People:
    """The base with the intent carried out."""
    mine = base
    if intent.restore is not None:
        old, only = intent.restore
        was = old.people
        if only is not None:
            return base.with_slot(only, was.slots[only])
        gone = {one: replace(slot, deleted=True) for one, slot in base.slots.items() if one not in was.slots}
        return People(was.name, {**was.slots, **gone})
    if intent.name is not None:
        mine = replace(mine, name=intent.name)
    for slot_id in {**intent.fields, **intent.favorites, **intent.deleted}:
        slot = mine.slots.get(slot_id, intent.defaults)
        slot = replace(slot, fields={**slot.fields, **intent.fields.get(slot_id, {})})
        slot = replace(slot, favorites=intent.favorites.get(slot_id, slot.favorites))
        mine = mine.with_slot(slot_id, replace(slot, deleted=intent.deleted.get(slot_id, slot.deleted)))
    return mine


def expected(intent: Intent, base: State, theirs: State) -> Expected:
    """What must come of an intent when `theirs` is the current version."""
    conflicts: set[Where] = set()
    mine = wanted(intent, base.people)
    b, t = base.people, theirs.people
    name = _value((None, NAME), b.name, mine.name, t.name, conflicts)
    slots = {}
    for slot_id in {**t.slots, **mine.slots}:
        asked = theirs.asked.get(slot_id, 0) > base.rev
        sides = (b.slots.get(slot_id), mine.slots.get(slot_id), t.slots.get(slot_id))
        born = theirs.machines.get(slot_id, {}).get("born")
        never_was = peoples_slot(born) if born else _NEVER_WAS
        slots[slot_id] = _slot(slot_id, *sides, asked, never_was, conflicts)
    if _order_conflict(intent, base, theirs, People(name, slots)):
        conflicts.add((None, ORDER))
    chosen = {
        one
        for one, slot in mine.slots.items()
        if (one in b.slots or intent.restore is None)
        and slot.fields.get(OUTPUT) != b.slots.get(one, _NEVER_WAS).fields.get(OUTPUT)
    }
    return Expected(People(name, slots), frozenset(conflicts), intent.picks | chosen)


def order_fault(intent: Intent, base: State, before: State, after: State) -> str | None:
    """What is wrong with the order of the slots that people see, after an edit; None if nothing is."""
    was, now = before.people.live(), after.people.live()
    rows = [one for one in _rows(intent) if one in now]
    if not _moved(list(base.people.slots), rows):
        if _moved(list(base.people.slots), _rows(intent)):
            return None  # something was moved, past a slot that is gone now; only what came of that is seen
        old = [one for one in was if one in now and one in base.people.slots]
        return None if [one for one in now if one in old] == old else "slots that nobody moved have moved"
    if [one for one in now if one in rows] != rows:
        return "slots are not in the order that was asked for"
    if any(before.people.slots[one].deleted for one in now if one in before.people.slots):
        return None  # one came back; where it stands, and what stood behind it, is for the product to say
    was = [one for one in was if one in now]
    for one in was:
        if one in base.people.slots or one in rows:
            continue
        neighbours = [other for other in now[: now.index(one)] if other in was]
        if was[: was.index(one)][-1:] != neighbours[-1:]:
            return f"slot {one}, never seen by the one who moved others, has lost its place"
    return None


def _rows(intent: Intent) -> Sequence[str]:
    if intent.restore is not None and intent.restore[1] is None:
        return intent.restore[0].people.live()
    return intent.order or ()


def _order_conflict(intent: Intent, base: State, theirs: State, kept: People) -> bool:
    current, rows, live = theirs.people.live(), _rows(intent), kept.live()
    common = set(base.people.slots) & set(current) & set(rows) & set(live)
    orders = [[one for one in ids if one in common] for ids in (base.people.slots, rows, current)]
    return orders[0] != orders[1] and orders[1] != orders[2] and orders[0] != orders[2]


def _moved(before: Sequence[str], rows: Sequence[str]) -> bool:
    return [one for one in before if one in rows] != [one for one in rows if one in before]


def _value(where: Where, base: Any, mine: Any, theirs: Any, conflicts: set[Where]) -> Any:
    if mine == base:
        return theirs
    if theirs not in (base, mine):
        conflicts.add(where)
    return mine


def _slot(
    slot_id: str,
    base: PeoplesSlot | None,
    mine: PeoplesSlot | None,
    theirs: PeoplesSlot | None,
    asked: bool,  # noqa: FBT001
    never_was: PeoplesSlot,
    conflicts: set[Where],
) -> PeoplesSlot:
    if mine is None or theirs is None:
        only = mine or theirs
        assert only is not None
        return only
    deleted = _deleted(slot_id, base, mine, theirs, asked, conflicts)
    base = base or never_was
    fields = {}
    for path in {**theirs.fields, **mine.fields}:
        sides = (base.fields.get(path), mine.fields.get(path), theirs.fields.get(path))
        value = _value((slot_id, path), *sides, conflicts)
        if value is not None:
            fields[path] = value
    kept = set(theirs.favorites) - (set(base.favorites) - set(mine.favorites))
    marks = kept | (set(mine.favorites) - set(base.favorites))
    return PeoplesSlot(fields, tuple(sorted(marks)), deleted)


def _deleted(
    slot_id: str,
    base: PeoplesSlot | None,
    mine: PeoplesSlot,
    theirs: PeoplesSlot,
    asked: bool,  # noqa: FBT001
    conflicts: set[Where],
) -> bool:
    if mine.deleted == theirs.deleted:
        return mine.deleted
    if base is None:
        conflicts.add((slot_id, DELETED))
        return theirs.deleted
    if base.deleted:
        return False
    keeper = theirs if mine.deleted else mine
    changed = _content(keeper) != _content(base) or (mine.deleted and asked)
    if changed:
        conflicts.add((slot_id, DELETED))
    return not changed


def _content(slot: PeoplesSlot) -> tuple[Mapping[Path, Any], frozenset[str]]:
    return slot.fields, frozenset(slot.favorites)
