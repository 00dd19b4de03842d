"""What people own in a studio, drawn at random: bases, edits of them, and what an edit changed.

Values come from small pools, so that two edits often meet in one field. `changes` tells what an edit changed
without a word of the merge's own, so that properties can hold the merge against it.
"""

import json
from collections.abc import Iterable
from itertools import chain, combinations
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from scene_studio.model.owned import Owned, OwnedSlot

Field = tuple[str | None, tuple[str, ...]]
"""A slot's id (None for the studio itself) and the path of a field in it."""

NAME: Field = (None, ("name",))
ORDER: Field = (None, ("outputSlots",))
NOTHING = OwnedSlot((), {}, (), None, deleted=False)

_SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"style": "Modern", "grain": 1},  # `grain` is a member that this version does not know
    {"style": "Modern", "grain": True, "props": ["Rug"]},
    {"style": "Rustic", "colorTheme": False, "scene": {"id": "loft"}},
    {"style": "Coastal", "grain": 0, "scene": {"id": "loft", "name": "Loft"}},
    {"colorTheme": True, "grain": False, "props": []},
    {"props": ["Rug", "Lamp"], "scene": {"id": "patio", "lights": [1, True]}},
    {"props": ["Rug", "Lamp"], "scene": {"id": "patio", "lights": [True, 1]}},
)
_MEMBERS = tuple(sorted({member for chosen in _SETTINGS for member in chosen}))
_PATHS = (("productIds",), ("favorites",), ("outputImage",), *(("settings", name) for name in _MEMBERS))
_FEW_PATHS = (*chain.from_iterable(combinations(_PATHS, count) for count in range(3)), _PATHS)
_PRODUCTS = ((), ("mug",), ("mug", "jug"), ("jug", "mug"))
_REVISIONS = (None, "r1", "r2", "r3")
_FAVORITES = ((), ("r1",), ("r2",), ("r1", "r2"), ("r2", "r1"), ("r3", "r1"))
_NAMES = ("Spring", "Summer", "Autumn")
_BASE_IDS = ("a", "b", "c", "d")
_NEW_IDS = ("m", "n")


def examples(count: int = 100) -> settings:
    """Run a property on this many examples, however slow the machine is."""
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _flag() -> st.SearchStrategy[bool]:
    return st.sampled_from([False, False, True])


def slots(deleted: st.SearchStrategy[bool] | None = None) -> st.SearchStrategy[OwnedSlot]:
    """Any slot."""
    return st.builds(
        OwnedSlot,
        product_ids=st.sampled_from(_PRODUCTS),
        settings=st.sampled_from(_SETTINGS),
        favorites=st.sampled_from(_FAVORITES),
        output_image=st.sampled_from(_REVISIONS),
        deleted=_flag() if deleted is None else deleted,
    )


@st.composite
def studios(draw: st.DrawFn) -> Owned:
    """Any studio, deleted slots among its others."""
    ids = _BASE_IDS[: draw(st.sampled_from([3, 4, 2, 1, 0]))]
    return Owned(_NAMES[0], {slot_id: draw(slots()) for slot_id in ids})


@st.composite
def edits(draw: st.DrawFn, base: Owned, keep_off: frozenset[Field] = frozenset()) -> Owned:
    """The studio after an edit that changes no field of `keep_off`.

    A deletion and a change of the same slot keep off each other, and so do two additions of one id.
    """
    name = draw(st.sampled_from(_NAMES)) if NAME not in keep_off and draw(_flag()) else base.name
    edited = {slot_id: draw(_slot_edits(slot_id, slot, keep_off)) for slot_id, slot in base.slots.items()}
    taken = {slot_id for slot_id, _ in keep_off}
    for slot_id in _NEW_IDS:
        if slot_id not in taken and draw(_flag()):
            edited[slot_id] = draw(slots(st.just(value=False)))
    return Owned(name, {slot_id: edited[slot_id] for slot_id in draw(_orders(base, edited, keep_off))})


def single_edits() -> st.SearchStrategy[tuple[Owned, Owned]]:
    """A studio and an edit of it."""
    return studios().flatmap(lambda base: st.tuples(st.just(base), edits(base)))


def pairs_of_edits() -> st.SearchStrategy[tuple[Owned, Owned, Owned]]:
    """A studio and two edits of it."""
    return studios().flatmap(lambda base: st.tuples(st.just(base), edits(base), edits(base)))


@st.composite
def with_unseen_deletions(draw: st.DrawFn) -> tuple[Owned, Owned, Owned]:
    """A studio, my edit and theirs; of what theirs added, some is deleted again."""
    base, mine, theirs = draw(pairs_of_edits())
    slots_of_theirs = {
        slot_id: slot if slot_id in base.slots else slot._replace(deleted=draw(st.booleans()))
        for slot_id, slot in theirs.slots.items()
    }
    return base, mine, theirs._replace(slots=slots_of_theirs)


@st.composite
def pairs_of_disjoint_edits(draw: st.DrawFn) -> tuple[Owned, Owned, Owned]:
    """A studio and two edits of it that change no field both."""
    base = draw(studios())
    one = draw(edits(base))
    return base, one, draw(edits(base, frozenset(changes(base, one))))


@st.composite
def _slot_edits(draw: st.DrawFn, slot_id: str, slot: OwnedSlot, keep_off: frozenset[Field]) -> OwnedSlot:
    others = {path for owner, path in keep_off if owner == slot_id}
    if ("deleted",) in others or draw(_flag()):
        return slot
    other = draw(slots(st.just(slot.deleted) if others else None))
    paths = [path for path in draw(st.sampled_from(_FEW_PATHS)) if path not in others]
    members = {path[1] for path in paths if path[0] == "settings"}
    kept = {name: value for name, value in slot.settings.items() if name not in members}
    kept |= {name: value for name, value in other.settings.items() if name in members}
    return OwnedSlot(
        product_ids=other.product_ids if ("productIds",) in paths else slot.product_ids,
        settings=kept,
        favorites=other.favorites if ("favorites",) in paths else slot.favorites,
        output_image=other.output_image if ("outputImage",) in paths else slot.output_image,
        deleted=other.deleted,
    )


@st.composite
def _orders(
    draw: st.DrawFn, base: Owned, edited: dict[str, OwnedSlot], keep_off: frozenset[Field]
) -> list[str]:
    """The ids of an edited studio: rows left or moved, new ones and deleted ones anywhere."""
    rows = [slot_id for slot_id in base.slots if not edited[slot_id].deleted]
    if ORDER not in keep_off and draw(_flag()):
        rows = draw(st.permutations(rows))
    for slot_id in edited:
        if slot_id not in rows:
            rows.insert(draw(st.integers(0, len(rows))), slot_id)
    return rows


def shown(owned: Owned) -> list[str]:
    """The ids of the slots that people see, in order."""
    return [slot_id for slot_id, slot in owned.slots.items() if not slot.deleted]


def only(ids: Iterable[str], *among: Iterable[str]) -> list[str]:
    """Those of the ids, in order, that are in each of the others."""
    sets = [set(other) for other in among]
    return [one for one in ids if all(one in other for other in sets)]


def fields(slot: OwnedSlot) -> dict[tuple[str, ...], str]:
    """A slot's fields by their paths, each value as canonical JSON."""
    values: dict[tuple[str, ...], Any] = {("settings", name): value for name, value in slot.settings.items()}
    values |= {
        ("productIds",): slot.product_ids,
        ("favorites",): sorted(slot.favorites),
        ("outputImage",): slot.output_image,
        ("deleted",): slot.deleted,
    }
    return {path: json.dumps(value, sort_keys=True) for path, value in values.items()}


def field_of(owned: Owned, field: Field) -> str:
    """The value of one field as canonical JSON; null if the studio has none."""
    slot_id, path = field
    if field == NAME:
        return json.dumps(owned.name)
    slot = None if slot_id is None else owned.slots.get(slot_id)
    return "null" if slot is None else fields(slot).get(path, "null")


def changes(base: Owned, after: Owned) -> set[Field]:
    """Every field that an edit changed. A slot that it added has a tombstone that was nothing before."""
    changed: set[Field] = set() if base.name == after.name else {NAME}
    for slot_id, slot in after.slots.items():
        old, new = fields(base.slots.get(slot_id, NOTHING)), fields(slot)
        if slot_id not in base.slots:
            old[("deleted",)] = "null"
        changed |= {(slot_id, path) for path in {*old, *new} if old.get(path) != new.get(path)}
    if only(base.slots, shown(after)) != only(shown(after), base.slots):
        changed.add(ORDER)
    return changed


def same(one: Owned, other: Owned) -> bool:
    """Whether people see the same in both: deleted slots have no place, and favorites no order."""
    return (one.name, shown(one), canonical(one)) == (other.name, shown(other), canonical(other))


def canonical(owned: Owned) -> dict[str, dict[tuple[str, ...], str]]:
    """The fields of all slots, whatever the order of the slots."""
    return {slot_id: fields(slot) for slot_id, slot in owned.slots.items()}
