"""How badly the store and the network behave: the chances of each fault, drawn once per seed."""

import random
from dataclasses import dataclass
from typing import Final, Self

_LEVELS: Final = (0.0, 0.0, 0.03, 0.1, 0.25)


@dataclass(frozen=True, slots=True)
class Faults:
    """The chance of each fault, per call.

    Attributes:
        lost: a write is never received.
        reply_lost: a write is done and its answer never comes.
        late: a write is done, or refused, long after its sender gave up on it.
        conflict: 409, although nothing changed.
        server_error: 503 to a write, without effect, though the sender cannot know that.
        unreadable: a read fails.
        slow: a call takes seconds.
        crash: the process of a request dies.
        unheard: an answer never reaches the client.
    """

    lost: float = 0.0
    reply_lost: float = 0.0
    late: float = 0.0
    conflict: float = 0.0
    server_error: float = 0.0
    unreadable: float = 0.0
    slow: float = 0.0
    crash: float = 0.0
    unheard: float = 0.0

    @classmethod
    def drawn(cls, source: random.Random, favoured: frozenset[str] = frozenset()) -> Self:
        """Faults of a seed; one seed in five has none but those that are favoured."""
        calm = source.random() < 0.2
        chances = {}
        for name in cls.__dataclass_fields__:
            level = 0.0 if calm else source.choice(_LEVELS)
            if name == "crash":
                level /= 5
            chances[name] = max(level, 0.12) if name in favoured else level
        return cls(**chances)
