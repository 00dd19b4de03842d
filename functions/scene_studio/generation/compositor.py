"""The embedded image model: products composited into a scene with real pixels, without any network."""

import random as randomness
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Final

from PIL import Image, ImageEnhance, ImageOps

from scene_studio.generation.capabilities import COMPOSITOR
from scene_studio.generation.drawing import Size
from scene_studio.generation.image_model import ImageRequest, ImageResult, ProductPicture
from scene_studio.generation.kraft_box import kraft_box
from scene_studio.generation.layout import Placement, arrange
from scene_studio.generation.rooms import floor_top, render_room
from scene_studio.generation.shadows import lay_shadow
from scene_studio.images.cutout import cut_out
from scene_studio.images.inspect import flattened, open_upright, shrink_to
from scene_studio.model.settings import AspectRatio

SIZES: Final[Mapping[AspectRatio, Size]] = {
    "1:1": (1024, 1024),
    "4:5": (896, 1120),
    "5:4": (1120, 896),
    "3:4": (864, 1152),
    "4:3": (1152, 864),
    "2:3": (816, 1224),
    "3:2": (1224, 816),
    "9:16": (768, 1360),
    "16:9": (1360, 768),
    "9:21": (648, 1512),
    "21:9": (1512, 648),
}
"""Width and height in pixels for each aspect ratio: about a megapixel, sides divisible by 8."""

_SCENE_FLOOR_TOP: Final = 0.68
"""Where the floor of a scene picture is taken to begin: in nearly all of them it fills the lowest third."""
_SCENE_CROP: Final = (0.5, 0.85)
"""Which part of a scene picture is kept when it is cropped: the middle, and rather its floor than its top."""
_MOST_VARIETY: Final = 10
_QUALITY: Final = 90


class Compositor:
    """Stands product cut-outs on the floor of the chosen scene, or of a plain rendered room.

    The picture depends on the request alone. Another seed moves placement and light, further at higher
    variety levels and not at all at level 0. Product pixels are scaled but never recoloured.
    """

    capabilities = COMPOSITOR

    def generate(self, request: ImageRequest) -> ImageResult:
        """Make one picture, as an `ImageModel` does.

        Raises:
            ImageRejected: a product or scene picture could not be read.
        """
        size = SIZES[request.settings.aspect_ratio]
        figures = _figures(request.products)
        placements = place(request, [figure.width / figure.height for figure in figures])
        floor = round(_floor_top(request) * size[1])
        picture, light_from = _backdrop(request, size, floor)
        standing = [
            (spot, figures[spot.index].resize((spot.width, spot.height), Image.Resampling.LANCZOS))
            for spot in placements
        ]
        # All shadows come before all products, so that no product is darkened by another's shadow.
        for placement, figure in standing:
            lay_shadow(picture, figure.getchannel("A"), placement, floor, light_from)
        for placement, figure in standing:
            picture.paste(figure, (placement.left, placement.top), figure.getchannel("A"))
        out = BytesIO()
        picture.save(out, "JPEG", quality=_QUALITY)
        return ImageResult(out.getvalue(), *size, request.seed)


def place(request: ImageRequest, shapes: Sequence[float]) -> tuple[Placement, ...]:
    """Where the products of a request stand in its picture, those at the back first.

    Args:
        request: its aspect ratio, camera angle, scene, variety level and seed decide.
        shapes: the width of each product's cut-out divided by its height.
    """
    size = SIZES[request.settings.aspect_ratio]
    return arrange(shapes, size, _floor_top(request), _looseness(request), _random(request.seed, "places"))


def _looseness(request: ImageRequest) -> float:
    return request.settings.variety_level / _MOST_VARIETY


def _random(seed: int, purpose: str) -> randomness.Random:
    """A source of variation that depends on the seed alone, independent for each purpose."""
    return randomness.Random(f"{seed} {purpose}")  # noqa: S311 - has to be repeatable


def _floor_top(request: ImageRequest) -> float:
    if request.scene is not None:
        return _SCENE_FLOOR_TOP
    return floor_top(request.settings, len(request.products))


def _figures(products: Sequence[ProductPicture]) -> list[Image.Image]:
    # Where many products share the picture none is ever shown larger than this.
    longest_side = 1024 if len(products) <= 2 else 640
    return [_figure(product, longest_side) for product in products]


def _figure(product: ProductPicture, longest_side: int) -> Image.Image:
    if product.picture is None:
        return kraft_box(product.name)
    return cut_out(shrink_to(open_upright(product.picture, longest_side), longest_side))


def _backdrop(request: ImageRequest, size: Size, floor: int) -> tuple[Image.Image, float]:
    """What the products stand in, and where its light comes from (-1 left, to 1 right)."""
    looseness = _looseness(request)
    variation = _random(request.seed, "light")
    light_from = -0.6 + looseness * variation.uniform(-0.4, 0.9)
    brightness = 1 + looseness * variation.uniform(-0.07, 0.05)
    if request.scene is None:
        # The grain stays the same for all seeds: at variety level 0 nothing may move.
        backdrop = render_room(request.settings, size, floor, light_from, _random(0, "grain"))
    else:
        scene = flattened(open_upright(request.scene, 2 * max(size)))
        backdrop = ImageOps.fit(scene, size, Image.Resampling.LANCZOS, centering=_SCENE_CROP)
    return ImageEnhance.Brightness(backdrop).enhance(brightness), light_from
