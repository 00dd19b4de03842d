"""What the generation routes take in their bodies."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field

from scene_studio.model.base import Items
from scene_studio.model.edits import Request
from scene_studio.model.identifiers import Id
from scene_studio.model.revision import MAX_PRODUCTS_IN_SLOT
from scene_studio.model.settings import SceneGenerationSettings, Seed
from scene_studio.model.studio import MAX_SLOTS, ProductIds

MAX_PICTURES: Final = 100
"""How many pictures one request may ask for."""


class ProductReference(Request):
    """A product as the browser has it; only its id is read."""

    id: Id


class Generate(Request):
    """Pictures to make.

    Attributes:
        slot_id: for which slot; one that does not exist is made if the body has products.
        slot_ids: for which slots, in place of `slotId`.
        product_ids: what stands in the scene; absent means `products`, and without these the slot's own.
        products: the same, as browsers of the original product send it.
        settings: absent members are taken from the slot.
        count: how many pictures for each slot.
        seed: of the first picture of each slot; each further one has the next.
    """

    slot_id: Id | None = None
    slot_ids: Annotated[tuple[Id, ...], Items(MAX_SLOTS, minimum=1, all_told=True)] | None = None
    product_ids: ProductIds | None = None
    products: Annotated[tuple[ProductReference, ...], Items(MAX_PRODUCTS_IN_SLOT, all_told=True)] | None = None
    settings: SceneGenerationSettings | None = None
    count: Annotated[int, Field(ge=1, le=8, strict=True)] = 1
    seed: Seed | None = None

    def named_slots(self) -> Mapping[str, str]:
        """The slots that the body names, each with its field and each once."""
        if self.slot_ids is None:
            return {} if self.slot_id is None else {self.slot_id: "/slotId"}
        return {slot_id: f"/slotIds/{self.slot_ids.index(slot_id)}" for slot_id in self.slot_ids}

    def named_products(self) -> dict[str, str] | None:
        """The ids of the products that the body names, each with its field; None if it names none."""
        if self.product_ids is not None:
            return {product_id: f"/productIds/{at}" for at, product_id in enumerate(self.product_ids)}
        if self.products is not None:
            return {product.id: f"/products/{at}/id" for at, product in enumerate(self.products)}
        return None


class Retry(Request):
    """Failed pictures to ask for once more.

    Attributes:
        image_ids: which; absent means all that failed.
    """

    image_ids: Annotated[tuple[Id, ...], Items(MAX_PICTURES, minimum=1, all_told=True)] | None = None
