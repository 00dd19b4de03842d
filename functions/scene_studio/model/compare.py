"""What changed between two versions of a studio, by slot and field, in words that a page can show."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from scene_studio.model.owned import owned_slot
from scene_studio.model.studio import OutputSlot, Studio

_LABELS: Final[Mapping[str, str]] = {
    "aspectRatio": "aspect ratio",
    "cameraAngle": "camera angle",
    "colorScheme": "colour scheme",
    "colorTheme": "colour theme",
    "promptText": "prompt text",
    "roomType": "room type",
    "varietyLevel": "variety level",
}
_LONGEST: Final = 60


class Difference(NamedTuple):
    """One thing that is not as it was.

    Attributes:
        slot_id: the slot it is in; None for the studio itself.
        field: its path, with dots, such as `settings.style`.
        before: its value in the first version; None where it had none.
        after: its value in the second.
        words: a sentence without its full stop, such as `Slot 1: style changed from Modern to Industrial`.
    """

    slot_id: str | None
    field: str
    before: Any
    after: Any
    words: str


def compare(before: Studio, after: Studio) -> list[Difference]:
    """The differences, the studio's own first, then slot by slot in the order of the second version."""
    return list(_differences(before, after))


def _differences(before: Studio, after: Studio) -> Iterator[Difference]:
    if before.name != after.name:
        yield Difference(None, "name", before.name, after.name, _changed("Name", before.name, after.name))
    places = {slot.id: f"Slot {at}" for at, slot in enumerate(before.live_slots(), 1)}
    places |= {slot.id: f"Slot {at}" for at, slot in enumerate(after.live_slots(), 1)}
    orders = [[slot.id for slot in studio.live_slots()] for studio in (before, after)]
    common = set(orders[0]) & set(orders[1])
    kept = [[one for one in order if one in common] for order in orders]
    if kept[0] != kept[1]:
        yield Difference(None, "outputSlots", kept[0], kept[1], "Slots put into another order")
    for slot in after.output_slots:
        old = before.find_slot(slot.id)
        yield from _slot(places.get(slot.id, f"Slot {slot.id}"), _live(old), _live(slot))
    for slot in before.live_slots():
        if after.find_slot(slot.id) is None:
            yield from _slot(places[slot.id], slot, None)


def _live(slot: OutputSlot | None) -> OutputSlot | None:
    return slot if slot is not None and slot.deleted_at is None else None


def _slot(place: str, before: OutputSlot | None, after: OutputSlot | None) -> Iterator[Difference]:
    if before is None or after is None:
        if slot := before or after:
            words = f"{place} added" if before is None else f"{place} deleted"
            yield Difference(slot.id, "deleted", before is None, after is None, words)
        return
    was, now = owned_slot(before), owned_slot(after)
    if was.product_ids != now.product_ids:
        words = f"{place}: products changed from {_text(was.product_ids)} to {_text(now.product_ids)}"
        yield Difference(after.id, "productIds", list(was.product_ids), list(now.product_ids), words)
    for name in dict.fromkeys([*was.settings, *now.settings]):
        old, new = was.settings.get(name), now.settings.get(name)
        if old != new:
            words = _changed(f"{place}: {_LABELS.get(name, name)}", old, new)
            yield Difference(after.id, f"settings.{name}", old, new, words)
    if was.favorites != now.favorites:
        words = f"{place}: favourites changed"
        yield Difference(after.id, "favorites", list(was.favorites), list(now.favorites), words)
    added = after.history_count - before.history_count
    if added:
        words = f"{place}: {abs(added)} {'picture' if abs(added) == 1 else 'pictures'} made"
        if added < 0:
            words = f"{place}: {abs(added)} fewer pictures, as it was then"
        yield Difference(after.id, "historyCount", before.history_count, after.history_count, words)
    if was.output_image != now.output_image:
        words = f"{place}: another picture shown"
        yield Difference(after.id, "outputImage", was.output_image, now.output_image, words)


def _changed(what: str, before: Any, after: Any) -> str:
    if before is None:
        return f"{what} set to {_text(after)}"
    if after is None:
        return f"{what} cleared, was {_text(before)}"
    return f"{what} changed from {_text(before)} to {_text(after)}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value) or "none"
    if isinstance(value, Mapping):
        return _text(value.get("name") or value.get("id") or "none")
    text = str(value) or "nothing"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
