"""Three-way merge of what people own: base, mine and theirs.

Where only one side changed a field, that side's value holds. Where both changed it to the same value, that
value. Where both changed it to different values, it is a conflict: mine holds, because it is the later edit,
and the conflict is listed with all three, so that nobody's change is dropped unseen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from scene_studio.model.owned import Owned, OwnedSlot

ORDER: Final = ("outputSlots",)
DELETED: Final = ("deleted",)
_NEVER_WAS: Final = OwnedSlot((), {}, (), None, deleted=False)


class Conflict(NamedTuple):
    """A field that both sides changed, to different values.

    Attributes:
        slot_id: the slot it is in; None for the studio itself.
        field: its path, such as `("settings", "style")`; `("deleted",)` where one side deleted the slot that
            the other changed; `("outputSlots",)` for the order of the slots.
        base: its value before both edits; None where it had none.
        mine: its value in the edit that is merged.
        theirs: its value in the current document.
    """

    slot_id: str | None
    field: tuple[str, ...]
    base: Any
    mine: Any
    theirs: Any


class Merged(NamedTuple):
    """The outcome of a merge.

    Attributes:
        owned: what people own now.
        conflicts: what both sides changed; mine stands there.
    """

    owned: Owned
    conflicts: tuple[Conflict, ...]


def merge(
    base: Owned,
    mine: Owned,
    theirs: Owned,
    asked: frozenset[str] = frozenset(),
    born: Mapping[str, OwnedSlot] | None = None,
) -> Merged:
    """Merge what I made of `base` into what others made of it.

    Args:
        base: what people owned in the version that I edited.
        mine: that version with my edit.
        theirs: what people own in the current version.
        asked: the slots that were asked to generate since `base`; that counts as an edit by others.
        born: the slots of `theirs` as they were made. It is the base of a slot that `base` does not have: a
            browser that made a slot, and never read it back, has changed only what is not as it made it.
    """
    merging = _Merging(born or {})
    name = merging.value(None, ("name",), base.name, mine.name, theirs.name)
    slots = {
        slot_id: merging.slot(
            slot_id,
            base.slots.get(slot_id),
            mine.slots.get(slot_id),
            theirs.slots.get(slot_id),
            asked=slot_id in asked,
        )
        for slot_id in dict.fromkeys([*theirs.slots, *mine.slots])
    }
    order = merging.order(base, mine, theirs, slots)
    return Merged(Owned(name, {slot_id: slots[slot_id] for slot_id in order}), tuple(merging.conflicts))


def touched(base: Owned, mine: Owned) -> tuple[Conflict, ...]:
    """Every field that an edit changed, in the form of conflicts whose other side is not known any more.

    A slot that the edit added has a tombstone that was nothing before and is False now.
    """
    changes = []
    if mine.name != base.name:
        changes.append(Conflict(None, ("name",), base.name, mine.name, None))
    for slot_id, slot in mine.slots.items():
        before = base.slots.get(slot_id)
        for path, (old, new) in _changes(before or _NEVER_WAS, slot).items():
            changes.append(Conflict(slot_id, path, old, new, None))
        was_deleted = before.deleted if before else None
        if slot.deleted != was_deleted:
            changes.append(Conflict(slot_id, DELETED, was_deleted, slot.deleted, None))
    if _reordered(list(base.slots), _shown(mine)):
        changes.append(Conflict(None, ORDER, _shown(base), _shown(mine), None))
    return tuple(changes)


def weave(primary: Sequence[str], secondary: Sequence[str]) -> list[str]:
    """The ids of both, in the order of `primary`; each that only `secondary` has keeps its place there.

    That is behind the one that it follows in `secondary`, or in front of all if it follows none.
    """
    woven = list(primary)
    have = set(primary)
    previous: str | None = None
    for slot_id in secondary:
        if slot_id not in have:
            woven.insert(0 if previous is None else woven.index(previous) + 1, slot_id)
            have.add(slot_id)
        previous = slot_id
    return woven


@dataclass
class _Merging:
    born: Mapping[str, OwnedSlot]
    conflicts: list[Conflict] = field(default_factory=list)

    def value(self, slot_id: str | None, path: tuple[str, ...], base: Any, mine: Any, theirs: Any) -> Any:
        if _same(mine, theirs) or _same(mine, base):
            return theirs
        if not _same(theirs, base):
            self.conflicts.append(Conflict(slot_id, path, base, mine, theirs))
        return mine

    def order(self, base: Owned, mine: Owned, theirs: Owned, merged: Mapping[str, OwnedSlot]) -> Sequence[str]:
        before = list(base.slots)
        kept = {slot_id for slot_id, slot in merged.items() if not slot.deleted}
        # A slot that one side deleted and the merge keeps has, for that side, the place it had before.
        wanted = [slot_id for slot_id in weave(_shown(mine), before) if slot_id in kept]
        current = [slot_id for slot_id in weave(_shown(theirs), before) if slot_id in kept]
        mine_moved, theirs_moved = _reordered(before, wanted), _reordered(before, current)
        # If neither moved what was there and they differ still, both added a slot, in different places.
        if mine_moved == theirs_moved and _reordered(wanted, current):
            self.conflicts.append(Conflict(None, ORDER, _shown(base), _shown(mine), _shown(theirs)))
        rows = weave(current, wanted) if theirs_moved and not mine_moved else weave(wanted, current)
        return weave(weave(rows, list(theirs.slots)), list(mine.slots))

    def slot(
        self,
        slot_id: str,
        base: OwnedSlot | None,
        mine: OwnedSlot | None,
        theirs: OwnedSlot | None,
        *,
        asked: bool,
    ) -> OwnedSlot:
        if mine is None or theirs is None:
            # Only one side has it: it is new there. (A slot is never missing where the base has it; deleted
            # slots stay, as tombstones.)
            return next(slot for slot in (mine, theirs, base) if slot is not None)
        deleted = self.deletion(slot_id, base, mine, theirs, asked=asked)
        base = base or self.born.get(slot_id, _NEVER_WAS)
        return OwnedSlot(
            product_ids=self.value(
                slot_id, ("productIds",), base.product_ids, mine.product_ids, theirs.product_ids
            ),
            settings=self.settings(slot_id, base.settings, mine.settings, theirs.settings),
            favorites=_merged_sets(base.favorites, mine.favorites, theirs.favorites),
            output_image=self.value(
                slot_id, ("outputImage",), base.output_image, mine.output_image, theirs.output_image
            ),
            deleted=deleted,
        )

    def settings(
        self, slot_id: str, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> dict[str, Any]:
        merged = {}
        for name in dict.fromkeys([*theirs, *mine]):
            path = ("settings", name)
            value = self.value(slot_id, path, base.get(name), mine.get(name), theirs.get(name))
            if value is not None:
                merged[name] = value
        return merged

    def deletion(
        self, slot_id: str, base: OwnedSlot | None, mine: OwnedSlot, theirs: OwnedSlot, *, asked: bool
    ) -> bool:
        if mine.deleted == theirs.deleted:
            return mine.deleted
        if base is None:
            # Somebody added it and deleted it since. Who has not seen that does not bring it back; what they
            # put there waits in the deleted slot.
            self.conflicts.append(Conflict(slot_id, DELETED, None, mine.deleted, theirs.deleted))
            return theirs.deleted
        if base.deleted:
            return False
        keeper = theirs if mine.deleted else mine
        edited = bool(_changes(base, keeper)) or (mine.deleted and asked)
        if edited:
            self.conflicts.append(Conflict(slot_id, DELETED, base.deleted, mine.deleted, theirs.deleted))
        return not edited


def _changes(before: OwnedSlot, after: OwnedSlot) -> dict[tuple[str, ...], tuple[Any, Any]]:
    """What differs between two states of a slot, but for its tombstone: by path, the old and the new value."""
    old, new = _fields(before), _fields(after)
    paths = dict.fromkeys([*old, *new])
    return {p: (old.get(p), new.get(p)) for p in paths if not _same(old.get(p), new.get(p))}


def _fields(slot: OwnedSlot) -> dict[tuple[str, ...], Any]:
    fields: dict[tuple[str, ...], Any] = {("settings", name): value for name, value in slot.settings.items()}
    fields["productIds",] = slot.product_ids
    fields["favorites",] = tuple(sorted(slot.favorites))  # a set, whatever the order it was sent in
    fields["outputImage",] = slot.output_image
    return fields


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; unlike in Python, true is not 1 and false is not 0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _shown(owned: Owned) -> list[str]:
    """The slots that people see, in order."""
    return [slot_id for slot_id, slot in owned.slots.items() if not slot.deleted]


def _reordered(before: Sequence[str], after: Sequence[str]) -> bool:
    common = set(before) & set(after)
    return [one for one in before if one in common] != [one for one in after if one in common]


def _merged_sets(base: Iterable[str], mine: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """A mark is there or not, so two sides that both change one agree: sets never conflict."""
    added = [one for one in mine if one not in base]
    removed = {one for one in base if one not in mine}
    return tuple(dict.fromkeys([one for one in theirs if one not in removed] + added))
