"""Where product cut-outs stand in a picture: the layout of all image models, and the person's wishes."""

import random as randomness
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from PIL import Image

from scene_studio.generation.staging.layout import Figure, Spot, arrange, comparable
from scene_studio.generation.staging.sizes import real_size
from scene_studio.model.settings import Placement as Wish
from scene_studio.model.settings import ResolvedSettings

Size = tuple[int, int]

GROUND: Final = (0.72, 0.9)
"""Between which rows products stand, as shares of the height; in most scenes the floor begins at 0.66."""
_MOST_VARIETY: Final = 10


@dataclass(frozen=True, slots=True)
class PlacedCutout:
    """A cut-out as it stands in a picture.

    Attributes:
        image: RGBA, at its size in the picture.
        left: in pixels from the picture's left edge.
        top: in pixels from the picture's top edge.
    """

    image: Image.Image
    left: int
    top: int

    @property
    def alpha(self) -> Image.Image:
        """Where it is opaque."""
        return self.image.getchannel("A")

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The rectangle that it fills: left, top, right, bottom."""
        return self.left, self.top, self.left + self.image.width, self.top + self.image.height


def stand(
    cutouts: Sequence[Image.Image], names: Sequence[str], size: Size, settings: ResolvedSettings, seed: int
) -> tuple[PlacedCutout, ...]:
    """Stand cut-outs in a picture of this size, those at the back first, as large as their names say.

    A placement in the settings turns each of them, and moves and scales the group as a whole, as far as all
    of it stays within the picture.
    """
    wish = settings.placement or Wish()
    turned = [_turned(cutout, wish.rotation or 0.0) for cutout in cutouts]
    places = arrange(
        figures(names, [cutout.width / cutout.height for cutout in turned]),
        size,
        GROUND,
        settings.variety_level / _MOST_VARIETY,
        randomness.Random(f"{seed} places"),  # noqa: S311 - has to be repeatable
    )
    return tuple(
        PlacedCutout(
            turned[place.index].resize((place.width, place.height), Image.Resampling.LANCZOS),
            place.left,
            place.top,
        )
        for place in moved(places, size, wish)
    )


def figures(names: Sequence[str], shapes: Sequence[float]) -> tuple[Figure, ...]:
    """The products at sizes that go together."""
    sizes = [real_size(name, shape) for name, shape in zip(names, shapes, strict=True)]
    return comparable([Figure(index, one.width, one.height) for index, one in enumerate(sizes)])


def moved(places: Sequence[Spot], size: Size, wish: Wish) -> tuple[Spot, ...]:
    """The group where the person wants it, at the size wanted, shrunk and shifted to lie within the picture.

    Args:
        places: as arranged.
        size: width and height of the picture.
        wish: what it leaves out stays as it was arranged.
    """
    if wish.x is None and wish.y is None and wish.scale is None:
        return tuple(places)
    left, top = min(place.left for place in places), min(place.top for place in places)
    right, bottom = max(place.right for place in places), max(place.bottom for place in places)
    scale = min(wish.scale or 1.0, size[0] / (right - left), size[1] / (bottom - top))
    middle = (left + right) / 2 if wish.x is None else wish.x * size[0]
    base = bottom if wish.y is None else wish.y * size[1]
    width, height = (right - left) * scale, (bottom - top) * scale
    new_left = min(max(middle - width / 2, 0), size[0] - width)
    new_top = min(max(base - height, 0), size[1] - height)
    return tuple(
        replace(
            place,
            left=round(new_left + (place.left - left) * scale),
            top=round(new_top + (place.top - top) * scale),
            width=max(1, int(place.width * scale)),
            height=max(1, int(place.height * scale)),
        )
        for place in places
    )


def _turned(cutout: Image.Image, degrees: float) -> Image.Image:
    if degrees == 0:
        return cutout
    turned = cutout.rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
    return turned.crop(turned.getchannel("A").getbbox())
