"""The port to whatever makes pictures: what a model declares, is asked, and answers."""

from dataclasses import dataclass
from typing import Final, Protocol

from scene_studio.model.settings import ResolvedSettings

MAX_SEED: Final = 4_294_967_294


@dataclass(frozen=True, slots=True)
class ProductPicture:
    """A product as the image model sees it.

    Attributes:
        id: the product's id.
        name: its name, for labels and prompts.
        picture: the encoded product picture (PNG or JPEG), or None when the library holds none.
    """

    id: str
    name: str
    picture: bytes | None


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One picture to make.

    Attributes:
        prompt: the whole prompt.
        settings: every setting, with a value for each.
        products: what stands in the scene, in the order of the slot.
        scene: the encoded scene picture chosen in the settings, or None to make up a room.
        seed: 0 to `MAX_SEED`; the same request with the same seed asks for the same picture.
    """

    prompt: str
    settings: ResolvedSettings
    products: tuple[ProductPicture, ...]
    scene: bytes | None
    seed: int


@dataclass(frozen=True, slots=True)
class ImageResult:
    """A finished picture.

    Attributes:
        jpeg: the encoded picture.
        width: in pixels, as encoded.
        height: in pixels, as encoded.
        seed: the seed that the model used.
    """

    jpeg: bytes
    width: int
    height: int
    seed: int


class ImageModel(Protocol):
    """Makes pictures.

    Attributes:
        name: what is recorded with each revision, such as `compositor-1`.
    """

    name: str

    def generate(self, request: ImageRequest) -> ImageResult:
        """Make one picture.

        Raises:
            GenerationRefused: the model would not make this picture.
            ImageRejected: a product or scene picture could not be read.
        """
        ...
