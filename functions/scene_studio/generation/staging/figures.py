"""Products as they come into the picture: cut out, turned, and at the size at which they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from scene_studio.generation.image_model import ProductPicture
from scene_studio.generation.staging.kraft_box import kraft_box
from scene_studio.generation.staging.layout import Spot
from scene_studio.images.cutout import cut_out
from scene_studio.images.inspect import open_upright, shrink_to

_VISIBLE: Final = 16
"""The least alpha that counts as part of the product when its extent is measured."""
_LONGEST_SIDE: Final = 1024
_LONGEST_SIDE_OF_MANY: Final = 640
"""Where many products share the picture none is ever shown larger than this."""
_FEW: Final = 2


@dataclass(frozen=True, slots=True)
class Placed:
    """A product as it is in the picture.

    Attributes:
        index: which product of the request.
        cutout: RGBA, at the size at which it is shown.
        left: where its first column is in the picture.
        top: where its first row is.
    """

    index: int
    cutout: Image.Image
    left: int
    top: int

    @property
    def corner(self) -> tuple[int, int]:
        """Its left and top."""
        return self.left, self.top

    @property
    def outline(self) -> Image.Image:
        """Where it covers the picture: a mask."""
        return self.cutout.getchannel("A")


def cut_outs(products: Sequence[ProductPicture], rotation: float) -> list[Image.Image]:
    """The products without their backgrounds; a box with its name on it for those without a picture.

    Args:
        products: what is to be shown.
        rotation: how far each is turned clockwise, in degrees.

    Raises:
        ImageRejected: a product's picture could not be read.
    """
    longest_side = _LONGEST_SIDE if len(products) <= _FEW else _LONGEST_SIDE_OF_MANY
    return [_turned(_cut_out(product, longest_side), rotation) for product in products]


def _cut_out(product: ProductPicture, longest_side: int) -> Image.Image:
    if product.picture is None:
        return kraft_box(product.name)
    return cut_out(shrink_to(open_upright(product.picture, longest_side), longest_side))


def _turned(figure: Image.Image, degrees: float) -> Image.Image:
    """The cut-out turned clockwise and cropped to its extent."""
    if not degrees:
        return figure
    turned = figure.convert("RGBa").rotate(-degrees, Image.Resampling.BICUBIC, expand=True).convert("RGBA")
    return turned.crop(turned.getchannel("A").point([0] * _VISIBLE + [255] * (256 - _VISIBLE)).getbbox())


def at_spots(figures: Sequence[Image.Image], spots: Sequence[Spot]) -> tuple[Placed, ...]:
    """The cut-outs at the sizes and places of their spots, in the order of the spots."""
    return tuple(
        Placed(
            spot.index,
            figures[spot.index].resize((spot.width, spot.height), Image.Resampling.LANCZOS),
            spot.left,
            spot.top,
        )
        for spot in spots
    )
