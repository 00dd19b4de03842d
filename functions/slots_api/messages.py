"""What the slot routes take in their bodies, beside `SlotEdit`."""

from scene_studio.model.edits import Request
from scene_studio.model.identifiers import Id
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.studio import ProductIds


class NewSlot(Request):
    """A slot to add; without an id it is given one, without settings the default ones."""

    id: Id | None = None
    product_ids: ProductIds = ()
    settings: SceneGenerationSettings | None = None
