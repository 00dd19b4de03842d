"""Generation: ask for pictures, look at what became of them, and what they cost."""

from typing import Final

from infra.contract.answers.generation import Estimate, Generated, Generating, GenerationProgress, Usage
from infra.contract.answers.slots import SlotAlone
from infra.contract.operation import (
    LOCATION,
    PREFERENCE_APPLIED,
    RETRY_AFTER,
    Operation,
    Operations,
    Success,
    found,
)
from scene_studio.model.errors import (
    BudgetSpent,
    Deleted,
    GenerationCancelled,
    GenerationLimit,
    GenerationRefused,
    NotFound,
    StudioFull,
)

_GENERATION: Final = "Generation"
_COSTS: Final = "Costs"
_LOOKED_UP: Final = (NotFound, Deleted)
_CANCELLED: Final = Operation(
    _GENERATION, (found(SlotAlone, "The slot as it is now."),), (NotFound, StudioFull)
)

OPERATIONS: Final[Operations] = {
    "execute": Operation(
        _GENERATION,
        (
            Success(200, "The pictures, all of which have ended.", Generated, may_have=(PREFERENCE_APPLIED,)),
            Success(
                202,
                "Pictures are under way; what became of them is told at `Location`.",
                Generating,
                (LOCATION, RETRY_AFTER),
                (PREFERENCE_APPLIED,),
            ),
        ),
        (
            NotFound,
            Deleted,
            GenerationRefused,
            GenerationLimit,
            GenerationCancelled,
            BudgetSpent,
            StudioFull,
        ),
        {"slotId": "slot-1", "productIds": ["product-a"], "settings": {"style": "Industrial"}, "count": 2},
    ),
    "read_generation": Operation(
        _GENERATION, (found(GenerationProgress, "What became of the pictures."),), _LOOKED_UP
    ),
    "estimate": Operation(_COSTS, (found(Estimate, "The price."),), _LOOKED_UP),
    "read_usage": Operation(_COSTS, (found(Usage, "The cost."),), (NotFound,)),
    "retry_failed": Operation(
        _GENERATION,
        (
            found(GenerationProgress, "None of the slot's pictures is under way."),
            Success(
                202,
                "Pictures are under way; what became of them is told at `Location`.",
                GenerationProgress,
                (LOCATION, RETRY_AFTER),
            ),
        ),
        (NotFound, Deleted, BudgetSpent, StudioFull),
        {"imageIds": ["img-1"]},
    ),
    "cancel_all": _CANCELLED,
    "cancel_one": _CANCELLED,
}
