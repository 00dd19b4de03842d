"""Kinds of company that a studio can keep: who does what how often, and what goes wrong on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

EVERYBODY: Final[Mapping[str, int]] = {
    "read": 12,
    "save_rows": 16,
    "edit_field": 12,
    "save_own_rows": 2,
    "pick": 6,
    "favourite": 5,
    "rename": 2,
    "reorder": 3,
    "add_slot": 3,
    "drop_slot": 4,
    "revive_slot": 2,
    "generate": 6,
    "execute": 1,
    "cancel": 3,
    "retry": 3,
    "restore": 3,
    "restore_slot": 2,
    "bring_in": 2,
    "delete_studio": 1,
    "undelete_studio": 2,
}


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of company.

    Attributes:
        weights: how often each action is taken.
        faults: those that happen in every seed.
        stale: how often a tab goes on with what it has instead of reading.
        strict: how often an edit is to be refused on a conflict.
        based: how often a one-slot edit says what it was made from.
        few_slots: whether everybody is after the same one or two slots.
        ring: how many requests a document remembers, in seeds that choose to make it few.
        expiring: how often a seed drops old versions early.
        hasty: whether runs have only few attempts.
        pauses: one of these is the most seconds that somebody waits after an action.
        periods: one of these is after how many time limits of a worker the janitor comes, about.
        lives: one of these is how many time limits of a worker a picture may take.
        afterwards: how often the studio is seen again weeks later.
    """

    weights: Mapping[str, int] = field(default_factory=lambda: EVERYBODY)
    faults: frozenset[str] = frozenset()
    stale: float = 0.6
    strict: float = 0.2
    based: float = 0.6
    few_slots: bool = False
    ring: int = 100
    expiring: float = 0.1
    hasty: bool = False
    pauses: tuple[float, ...] = (0.0, 0.05, 1.0, 20.0)
    periods: tuple[float, ...] = (2, 6)
    lives: tuple[int, ...] = (3, 3, 6, 15)
    afterwards: float = 0.05


USUAL: Final = Profile()

_STALE: Final = Profile(
    {"save_rows": 10, "edit_field": 8, "reorder": 4, "favourite": 4, "rename": 2, "add_slot": 2},
    stale=0.9,
    strict=0.1,
)
_PICTURES: Final = Profile(
    {"generate": 14, "pick": 10, "drop_slot": 5, "revive_slot": 2, "save_rows": 5, "restore": 3, "read": 3},
    few_slots=True,
    stale=0.8,
    based=0.8,
)
_EXECUTING: Final = Profile(
    {"generate": 10, "execute": 2, "cancel": 3, "retry": 14, "read": 4, "pick": 5, "edit_field": 2}
    | {"drop_slot": 3, "revive_slot": 2, "restore": 1, "delete_studio": 1, "undelete_studio": 2},
    few_slots=True,
    stale=0.3,
    pauses=(0.1, 3.0, 10.0, 40.0),
    periods=(0.5, 2, 6),
)
_SENDING: Final = Profile(
    {"send_scene": 8, "replace_scene": 6, "send_product": 10, "generate": 2, "edit_field": 2, "read": 3}
    | {"delete_studio": 1, "undelete_studio": 2},
    stale=0.3,
    pauses=(0.1, 3.0, 10.0, 40.0),
    periods=(0.5, 2, 6),
)
_DEAF: Final = frozenset({"reply_lost", "late", "unheard", "unreadable"})

PROFILES: Final[Mapping[str, Profile]] = {
    "stale tabs": _STALE,
    "stale tabs, deaf": replace(_STALE, faults=_DEAF, based=0.9),
    "hasty": Profile(faults=frozenset({"reply_lost", "late", "unheard"}), hasty=True, few_slots=True),
    "pictures": _PICTURES,
    "executing": _EXECUTING,
    "executing, failing": replace(
        _EXECUTING, faults=frozenset({"refused", "unavailable", "broken", "lost", "crash"})
    ),
    "executing, dying": replace(_EXECUTING, faults=frozenset({"crash", "late", "twice", "unsent"})),
    "executing, doubled": replace(
        _EXECUTING,
        weights={"generate": 10, "execute": 6},
        faults=frozenset({"twice", "refused", "slow", "server_error", "tardy"}),
        lives=(15,),
    ),
    "executing, slow": replace(
        _EXECUTING, faults=frozenset({"lengthy", "tardy", "slow", "crash"}), periods=(0.5,), lives=(3,)
    ),
    "executing, deaf": replace(
        _EXECUTING, faults=frozenset({"reply_lost", "late", "lost", "unheard", "unsent"})
    ),
    "sending": _SENDING,
    "sending, dying": replace(_SENDING, faults=frozenset({"crash", "late", "lost", "twice", "unsent"})),
    "sending, slow": replace(
        _SENDING, faults=frozenset({"lengthy", "tardy", "slow", "twice", "unsent"}), periods=(0.5,)
    ),
    "weeks later": Profile(
        {"edit_field": 4, "add_slot": 2, "generate": 3},
        faults=frozenset({"late", "slow"}),
        pauses=(0.0, 3.0),
        afterwards=1.0,
    ),
    "come and go": Profile(
        {"drop_slot": 6, "revive_slot": 4, "bring_in": 5, "add_slot": 4, "save_rows": 6, "edit_field": 4}
        | {"delete_studio": 1, "undelete_studio": 3, "restore": 3, "restore_slot": 3, "generate": 4},
    ),
    "expiring": Profile(
        {"pick": 6, "drop_slot": 6, "add_slot": 8, "revive_slot": 3, "edit_field": 4, "restore": 2, "read": 2},
        faults=_DEAF,
        expiring=1.0,
        based=1.0,
        strict=0.0,
    ),
    "namesakes": Profile(
        {"save_own_rows": 12, "drop_slot": 8, "add_slot": 4, "save_rows": 4, "revive_slot": 1},
        stale=0.2,
        strict=0.1,
    ),
    "forgetful": Profile(
        {"edit_field": 10, "pick": 4, "rename": 5, "save_rows": 5, "favourite": 3, "generate": 3},
        faults=frozenset({"late", "reply_lost", "unreadable"}),
        ring=6,
        expiring=0.5,
        strict=0.4,
    ),
}
"""Company in which some things happen more often."""

DEAR: Final = frozenset({"executing, doubled"})
"""Company that takes ten times as long as others, and is there only for a rule that it shows."""
