"""The port to whatever makes pictures: what a model declares, is asked, and answers."""

from dataclasses import dataclass
from typing import Protocol

from scene_studio.model.settings import AspectRatio, ResolvedSettings


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an image model declares; it is asked nothing else.

    Attributes:
        name: what is recorded with each revision, such as `compositor-1`.
        aspect_ratios: those it makes.
        max_products: how many products it can show in one picture.
        seeded: whether a seed makes its pictures repeatable.
        price_micros: what one picture costs at most, in millionths of a US dollar, cut-outs aside.
        cutout_micros: what cutting one product out may cost.
        max_cutouts: how many products of one picture are cut out at a price.
    """

    name: str
    aspect_ratios: tuple[AspectRatio, ...]
    max_products: int
    seeded: bool
    price_micros: int
    cutout_micros: int = 0
    max_cutouts: int = 0

    def price_of(self, products: int) -> int:
        """What a picture of so many products costs at most, in millionths of a US dollar."""
        return self.price_micros + min(products, self.max_cutouts) * self.cutout_micros


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
        negative_prompt: what is not to be in the picture, as nouns.
        seconds: how long it may take; a model that cannot answer by then gives up before.
    """

    prompt: str
    settings: ResolvedSettings
    products: tuple[ProductPicture, ...]
    scene: bytes | None
    seed: int
    negative_prompt: str = ""
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class ImageResult:
    """A finished picture.

    Attributes:
        jpeg: the encoded picture.
        width: in pixels, as encoded.
        height: in pixels, as encoded.
        seed: the seed that the model used.
        cost_micros: what was paid for it, in millionths of a US dollar.
    """

    jpeg: bytes
    width: int
    height: int
    seed: int
    cost_micros: int = 0


class ImageModel(Protocol):
    """Makes pictures."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can be asked for."""
        ...

    def generate(self, request: ImageRequest) -> ImageResult:
        """Make one picture.

        Raises:
            GenerationRefused: the model would not make this picture, now or later.
            ImageRejected: a product or scene picture could not be read.
            ModelUnavailable: it could not be made now, and may be asked for again.

        Whatever is raised may say in its member `costMicros` what was paid for nothing.
        """
        ...
