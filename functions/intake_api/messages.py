"""What can hold pictures: products, and a whole client.json of the original product."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from scene_studio.http.admission import MAX_BODY_BYTES
from scene_studio.model.base import Items
from scene_studio.model.client import Name
from scene_studio.model.costs import Micros
from scene_studio.model.edits import MAX_ROWS, Request
from scene_studio.model.identifiers import Id, IsoTime
from scene_studio.model.revision import GeneratedSceneImage, Milliseconds
from scene_studio.model.scene import MAX_USER_SCENES, SceneName
from scene_studio.model.settings import SceneGenerationSettings, SceneReference, Seed
from scene_studio.model.studio import Favorites, ProductIds, SlotStatus

MAX_PRODUCTS: Final = 2000
_MACHINE_OWNED: Final = frozenset({"id", "pictures", "uploads", "deletedAt", "deleted_at", "image_id"})
_NOT_OF_A_SCENE: Final = frozenset(
    {"picture", "upload", "state", "reason", "thumbnailUrl", "width", "height", "colors", "restorableUntil"}
)

PictureUrl = Annotated[str, Field(max_length=MAX_BODY_BYTES)]
"""A data URL, a web address of another place, or an address of ours; as long as a body may be."""

Pixels = Annotated[int, Field(ge=1, le=100_000, strict=True)]


class ProductFields(BaseModel):
    """What people say of a product; members of names that we do not know are the client's own.

    Attributes:
        image_url: a data URL, which is stored, or a web address of another place, which is kept.
        image_id: which of its pictures is shown.
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="allow")

    name: Name | None = None
    image_url: PictureUrl | None = None
    image_id: Id | None = None

    def members(self) -> dict[str, Any]:
        """The given members by their JSON names, without those that machines own."""
        given = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return {name: value for name, value in given.items() if name not in _MACHINE_OWNED}


class PutProduct(ProductFields):
    """A whole product."""

    name: Name

    def members(self) -> dict[str, Any]:
        """As for any product; which picture is shown is chosen by an edit, not by a save of the whole."""
        return {name: value for name, value in super().members().items() if name != "imageId"}


class ImportedProduct(PutProduct):
    """A product of an imported client."""

    id: Id


class ImportedSceneReference(SceneReference):
    """The scene in an imported slot's settings."""

    image_url: PictureUrl | None = None


class ImportedSettings(SceneGenerationSettings):
    """The settings of an imported slot or revision."""

    scene: ImportedSceneReference | None = None


class ImportedRevision(GeneratedSceneImage):
    """A revision of an imported slot, whose facts are told as we tell them."""

    url: PictureUrl | None = None
    model: Annotated[str, Field(max_length=200)] | None = None
    seed: Seed | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    took_milliseconds: Milliseconds | None = None
    cost_micros: Micros | None = None
    settings: ImportedSettings = ImportedSettings()


class ImportedSlot(Request):
    """A slot of an imported studio."""

    id: Id
    product_ids: ProductIds = ()
    status: SlotStatus | None = None
    output_image: PictureUrl | None = None
    history: Annotated[tuple[ImportedRevision, ...], Items(10_000)] = ()
    settings: ImportedSettings | None = None
    favorites: Favorites = ()


class ImportedScene(BaseModel):
    """A scene of an imported studio; members of names that we do not know are kept."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="allow")

    id: Id
    name: SceneName = ""
    image_url: PictureUrl | None = None
    deleted_at: IsoTime | None = None

    def members(self) -> dict[str, Any]:
        """The given members by their JSON names, without what machines say of a scene."""
        given = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return {name: value for name, value in given.items() if name not in _NOT_OF_A_SCENE}


class ImportedStudio(Request):
    """A studio of an imported client."""

    id: Id
    name: Name | None = None
    client_id: Id | None = None
    output_slots: Annotated[tuple[ImportedSlot, ...], Items(MAX_ROWS, all_told=True)] = ()
    user_scenes: Annotated[tuple[ImportedScene, ...], Items(MAX_USER_SCENES, all_told=True)] = ()
    created_at: IsoTime | None = None
    updated_at: IsoTime | None = None


class ImportedClient(Request):
    """A client.json of the original product."""

    id: Id
    name: Name
    products: Annotated[tuple[ImportedProduct, ...], Items(MAX_PRODUCTS, all_told=True)] = ()
    client_sessions: Annotated[tuple[Any, ...], Field(max_length=10_000)] = ()
    scene_studios: Annotated[tuple[ImportedStudio, ...], Items(100, all_told=True)] = ()
