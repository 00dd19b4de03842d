"""The page merges as the service does: the same cases through both."""

import json
import random
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from scene_studio.model.merge import Conflict, merge
from scene_studio.model.owned import Owned, OwnedSlot

CASES: Final = 4000
SCRIPT: Final = Path(__file__).with_name("merge_cases.mjs")
IDS: Final = ("a", "b", "c", "d", "1", "2")
VALUES: Final = (None, "x", "y", True, 1, ["p"], ["p", "q"], {"id": "s", "name": "S"}, {"name": "S", "id": "s"})


def some_slot(source: random.Random) -> OwnedSlot:
    settings = {name: source.choice(VALUES) for name in ("style", "lighting") if source.random() < 0.6}
    return OwnedSlot(
        product_ids=tuple(source.sample(("p", "q", "r"), source.randrange(3))),
        settings={name: value for name, value in settings.items() if value is not None},
        favorites=tuple(source.sample(("i", "j", "k"), source.randrange(3))),
        output_image=source.choice((None, "i", "j")),
        deleted=source.random() < 0.2,
    )


def some_edit(source: random.Random, base: Owned) -> Owned:
    """What somebody makes of `base`: some slots changed, added or deleted, perhaps in another order."""
    slots = dict(base.slots)
    for slot_id, slot in base.slots.items():
        luck = source.random()
        if luck < 0.2:
            slots[slot_id] = slot._replace(deleted=not slot.deleted)
        elif luck < 0.6 and not slot.deleted:
            changed = some_slot(source)
            kept = source.choice(("product_ids", "settings", "favorites", "output_image"))
            slots[slot_id] = changed._replace(deleted=False, **{kept: getattr(slot, kept)})
    for slot_id in source.sample(IDS, source.randrange(3)):
        slots.setdefault(slot_id, some_slot(source)._replace(deleted=False))
    order = list(slots)
    if source.random() < 0.4:
        source.shuffle(order)
    name = source.choice((base.name, base.name, "n", "m"))
    return Owned(name, {slot_id: slots[slot_id] for slot_id in order})


def rows(owned: Owned) -> dict[str, Any]:
    return {"name": owned.name, "rows": [row(slot_id, slot) for slot_id, slot in owned.slots.items()]}


def row(slot_id: str, slot: OwnedSlot) -> dict[str, Any]:
    return {
        "id": slot_id,
        "deleted": slot.deleted,
        "productIds": list(slot.product_ids),
        "settings": dict(slot.settings),
        "favorites": list(slot.favorites),
        "outputImage": slot.output_image,
    }


def told(conflict: Conflict) -> dict[str, Any]:
    values = {"base": conflict.base, "mine": conflict.mine, "theirs": conflict.theirs}
    return {"slotId": conflict.slot_id, "field": ".".join(conflict.field), **values}


def comparable(merged: Mapping[str, Any]) -> Any:
    """Without what means nothing: the order of favourites, of members and of conflicts."""
    found = [{**one, "favorites": sorted(one["favorites"])} for one in merged["owned"]["rows"]]
    conflicts = sorted(json.dumps(one, sort_keys=True) for one in merged["conflicts"])
    return json.loads(json.dumps([merged["owned"]["name"], found, conflicts]))


def test_every_merge_of_the_page_comes_out_as_at_the_service_with_the_same_conflicts() -> None:
    source = random.Random(20260101)
    cases, expected = [], []
    for _ in range(CASES):
        slots = {slot_id: some_slot(source) for slot_id in source.sample(IDS, source.randrange(1, 5))}
        base = Owned("n", slots)
        mine, theirs = some_edit(source, base), some_edit(source, base)
        asked = frozenset(source.sample(IDS, source.randrange(3)))
        sides = {"base": rows(base), "mine": rows(mine), "theirs": rows(theirs)}
        cases.append({**sides, "asked": sorted(asked)})
        owned, conflicts = merge(base, mine, theirs, asked)
        expected.append({"owned": rows(owned), "conflicts": [told(one) for one in conflicts]})
    ran = subprocess.run(
        ["node", str(SCRIPT)], input=json.dumps(cases), capture_output=True, text=True, timeout=60, check=False
    )
    assert "" == ran.stderr
    for case, wanted, found in zip(cases, expected, json.loads(ran.stdout), strict=True):
        assert comparable(wanted) == comparable(found), json.dumps(case)
    assert sum(bool(one["conflicts"]) for one in expected) > CASES / 3
