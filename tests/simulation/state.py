"""A studio as its stored bytes say, read without the product's own model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic_core import from_json

Path = tuple[str, ...]

DELETED: Final[Path] = ("deleted",)
NAME: Final[Path] = ("name",)
ORDER: Final[Path] = ("outputSlots",)
OUTPUT: Final[Path] = ("outputImage",)
PRODUCTS: Final[Path] = ("productIds",)


@dataclass(frozen=True, slots=True)
class PeoplesSlot:
    """What people own in a slot; a field without a value is absent from `fields`."""

    fields: Mapping[Path, Any]
    favorites: tuple[str, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class People:
    """What people own in a studio; `slots` is in the order of the rows, deleted ones among them."""

    name: str
    slots: Mapping[str, PeoplesSlot]

    def live(self) -> list[str]:
        """The slots that are not deleted, in order."""
        return [slot_id for slot_id, slot in self.slots.items() if not slot.deleted]

    def with_slot(self, slot_id: str, slot: PeoplesSlot) -> "People":
        """The same with this slot in its place, or at the end."""
        return replace(self, slots={**self.slots, slot_id: slot})


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A version of a studio.

    Attributes:
        number: its place in the lineage, from 0.
        version_id: the store's id of it.
        raw: its JSON members.
        machines: what machines own in each slot.
        asked: the `rev` at which pictures of a slot were asked for last, as the simulator knows it.
    """

    number: int
    version_id: str
    raw: Mapping[str, Any]
    people: People
    machines: Mapping[str, Mapping[str, Any]]
    asked: Mapping[str, int] = field(default_factory=dict)

    def intents(self, slot_id: str) -> Sequence[Mapping[str, Any]]:
        """The intents of a slot as JSON members, in order."""
        intents: Sequence[Mapping[str, Any]] = self.machines.get(slot_id, {}).get("intents", ())
        return intents

    @property
    def rev(self) -> int:
        """Its `rev`."""
        rev: int = self.raw["rev"]
        return rev

    @property
    def deleted(self) -> bool:
        """Whether the studio is deleted."""
        return "deletedAt" in self.raw

    @property
    def purging(self) -> bool:
        """Whether the studio is being cleared away."""
        return "purgingAt" in self.raw

    @property
    def tag(self) -> str:
        """Its entity tag as clients hold it."""
        return f'"{self.rev}:{self.version_id}"'


_PEOPLES: Final = frozenset(
    {"id", "productIds", "outputImage", "settings", "favorites", "deletedAt", "pickedRev"}
)


def read_state(number: int, version_id: str, body: bytes) -> State:
    """The studio that these bytes are."""
    raw = from_json(body)
    slots, machines = {}, {}
    for slot in raw["outputSlots"]:
        slots[slot["id"]] = peoples_slot(slot)
        machines[slot["id"]] = {name: value for name, value in slot.items() if name not in _PEOPLES}
    return State(number, version_id, raw, People(raw["name"], slots), machines)


def peoples_slot(slot: Mapping[str, Any]) -> PeoplesSlot:
    """What people own in a slot of these JSON members."""
    fields = fields_of(slot)
    fields.setdefault(PRODUCTS, [])
    return PeoplesSlot(fields, tuple(slot.get("favorites", ())), "deletedAt" in slot)


def fields_of(members: Mapping[str, Any]) -> dict[Path, Any]:
    """The fields that these JSON members give, favourites aside."""
    fields: dict[Path, Any] = {("settings", name): value for name, value in members.get("settings", {}).items()}
    for (name,) in (PRODUCTS, OUTPUT):
        if name in members:
            fields[(name,)] = members[name]
    return fields
