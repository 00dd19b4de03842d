"""What each image model can do, as data; reading it opens no picture and calls nobody."""

from collections.abc import Mapping
from typing import Final, Literal

from scene_studio.generation.image_model import Capabilities
from scene_studio.model.revision import MAX_PRODUCTS_IN_SLOT
from scene_studio.model.settings import ASPECT_RATIOS

ModelName = Literal["compositor"]
"""The image models that a deployment can choose."""

COMPOSITOR: Final = Capabilities(
    name="compositor-1",
    aspect_ratios=ASPECT_RATIOS,
    max_products=MAX_PRODUCTS_IN_SLOT,
    seeded=True,
    price_micros=0,
)

CAPABILITIES: Final[Mapping[ModelName, Capabilities]] = {"compositor": COMPOSITOR}
