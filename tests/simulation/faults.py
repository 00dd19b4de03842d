"""How badly the store and the network behave: the chances of each fault, drawn once per seed."""

import random
from dataclasses import dataclass
from typing import Final, Self

_LEVELS: Final = (0.0, 0.0, 0.03, 0.1, 0.25)
_FAVOURED: Final = 0.12
_WEIGHTS: Final = {"crash": 0.2, "lengthy": 2.0}
"""For faults that should be rarer, or more frequent, than others."""


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
        crash: the process of a request, of a worker or of the janitor dies.
        unheard: an answer never reaches the client.
        unsent: the queue takes some messages or none, and says that it failed.
        twice: a message is delivered twice.
        tardy: a message is delivered late.
        refused: the image model will not make a picture.
        unavailable: it cannot make one now.
        broken: it fails in a way that nobody foresaw.
        lengthy: it takes so long that its worker is stopped, or nearly.
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
    unsent: float = 0.0
    twice: float = 0.0
    tardy: float = 0.0
    refused: float = 0.0
    unavailable: float = 0.0
    broken: float = 0.0
    lengthy: float = 0.0

    @classmethod
    def drawn(cls, source: random.Random, favoured: frozenset[str] = frozenset()) -> Self:
        """Faults of a seed; one seed in five has none but those that are favoured."""
        calm = source.random() < 0.2
        chances = {}
        for name in cls.__dataclass_fields__:
            level = 0.0 if calm else source.choice(_LEVELS)
            if name in favoured:
                level = max(level, _FAVOURED)
            chances[name] = level * _WEIGHTS.get(name, 1.0)
        return cls(**chances)
