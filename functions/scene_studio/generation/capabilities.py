"""What each image model can do, as data; reading it opens no picture and calls nobody."""

from collections.abc import Mapping
from typing import Final

from scene_studio.generation.bedrock.operations import (
    CONTROL_STRUCTURE,
    CORE,
    INPAINT,
    REMOVE_BACKGROUND,
    SD35,
    ULTRA,
    Operation,
)
from scene_studio.generation.image_model import Capabilities
from scene_studio.generation.names import BedrockName, ModelName
from scene_studio.model.revision import MAX_PRODUCTS_IN_SLOT
from scene_studio.model.settings import ASPECT_RATIOS

COMPOSITOR: Final = Capabilities(
    name="compositor-1",
    aspect_ratios=ASPECT_RATIOS,
    max_products=MAX_PRODUCTS_IN_SLOT,
    seeded=True,
    price_micros=0,
)

MAX_PAID_CUTOUTS: Final = 4
"""How many products of one picture are cut out by a paid call; it bounds the price and the time."""

BEDROCK_PLATES: Final[Mapping[BedrockName, Operation | None]] = {
    "bedrock-inpaint": None,
    "bedrock-core": CORE,
    "bedrock-ultra": ULTRA,
    "bedrock-sd3.5": SD35,
}
"""What makes the empty places of each; with None everything is painted around the products."""


def _bedrock(name: BedrockName) -> Capabilities:
    plate = BEDROCK_PLATES[name]
    # A scene may be drawn anew even where there is no plate model.
    backdrop = max(CONTROL_STRUCTURE.price_micros, plate.price_micros if plate else 0)
    return Capabilities(
        name=f"{name}-1",
        aspect_ratios=ASPECT_RATIOS,
        max_products=MAX_PRODUCTS_IN_SLOT,
        seeded=False,  # the same seed mostly, but not always, makes the same picture
        price_micros=backdrop + INPAINT.price_micros,
        cutout_micros=REMOVE_BACKGROUND.price_micros,
        max_cutouts=MAX_PAID_CUTOUTS,
    )


CAPABILITIES: Final[Mapping[ModelName, Capabilities]] = {
    "compositor": COMPOSITOR,
    **{name: _bedrock(name) for name in BEDROCK_PLATES},
}
