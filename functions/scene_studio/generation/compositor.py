"""The embedded image model: products composited into a scene with real pixels, without any network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from scene_studio.generation.capabilities import COMPOSITOR
from scene_studio.generation.image_model import ImageRequest, ImageResult
from scene_studio.generation.rendering.backdrop import render
from scene_studio.generation.rendering.drawing import Size, seeded
from scene_studio.generation.rendering.flat_lay import render_flat
from scene_studio.generation.rendering.interior import Interior, interior_of
from scene_studio.generation.rendering.light import DAYLIGHT, Light, light_levels, light_of, relit
from scene_studio.generation.rendering.rooms import room_of
from scene_studio.generation.rendering.shadows import LEFT, RIGHT, Lighting
from scene_studio.generation.staging.figures import Placed, at_spots, cut_outs
from scene_studio.generation.staging.grading import brighter_side, finished, light_on, matched
from scene_studio.generation.staging.grounding import set_down
from scene_studio.generation.staging.plan import Plan, looseness, plan
from scene_studio.images.inspect import flattened, open_upright
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

_SCENE_CROP: Final = (0.5, 0.85)
"""Which part of a scene picture is kept when it is cropped: the middle, and rather its floor than its top."""
_QUALITY: Final = 92
_VIGNETTE: Final = 0.2
_RELIT_SCENE: Final = 0.4
"""How far a scene picture takes on the chosen light."""
_LOOSE: Final = 0.6
"""From this share of the most variety on, a seed may let the light come from the other side."""


@dataclass(frozen=True, slots=True)
class Composition:
    """A finished picture before it is encoded.

    Attributes:
        picture: RGB; where a cut-out is opaque, its pixels are those of the cut-out.
        placed: the products, in the order in which they were pasted.
    """

    picture: Image.Image
    placed: tuple[Placed, ...]


class Compositor:
    """Stands product cut-outs in the chosen scene, or in a room rendered from the settings.

    The picture depends on the request alone. Another seed moves placement, light and what the room is made
    of, further at higher variety levels and not at all at level 0. Product pixels are scaled but never
    recoloured: everything that makes room and product one picture is done to the room.
    """

    capabilities = COMPOSITOR

    def generate(self, request: ImageRequest) -> ImageResult:
        """Make one picture, as an `ImageModel` does.

        Raises:
            ImageRejected: a product or scene picture could not be read.
        """
        picture = compose(request).picture
        out = BytesIO()
        picture.save(out, "JPEG", quality=_QUALITY)
        return ImageResult(out.getvalue(), *picture.size, request.seed)


def compose(request: ImageRequest) -> Composition:
    """Make one picture, and tell where its products are.

    Raises:
        ImageRejected: a product or scene picture could not be read.
    """
    placement = request.settings.placement
    turn = placement.rotation if placement is not None and placement.rotation is not None else 0.0
    figures = cut_outs(request.products, turn)
    layout = planned(request, [figure.width / figure.height for figure in figures])
    placed = at_spots(figures, layout.spots)
    product_light, scene, decor = light_on(figures), _scene(request), None
    side = (product_light.side if scene is None else brighter_side(scene)) or _side(request)
    lighting = Lighting(_light(request), side)
    if scene is None:
        interior = interior_of(request.settings, lighting.light, request.seed)
        scene, decor = _room(SIZES[request.settings.aspect_ratio], layout, interior, side), interior.decor
    picture = finished(matched(scene, product_light, _brightness(request)), _VIGNETTE, seeded("grain"))
    set_down(picture, layout, placed, lighting, decor)
    for product in placed:
        picture.paste(product.cutout, product.corner, product.outline)
    return Composition(picture, placed)


def planned(request: ImageRequest, shapes: Sequence[float]) -> Plan:
    """Where camera and products are in the picture of a request.

    Args:
        request: its settings and seed decide.
        shapes: the width of each product's cut-out divided by its height.
    """
    return plan(
        request.settings,
        [product.name for product in request.products],
        shapes,
        SIZES[request.settings.aspect_ratio],
        seed=request.seed,
        in_scene=request.scene is not None,
        table_height=room_of(request.settings.room_type).table_height,
    )


def _scene(request: ImageRequest) -> Image.Image | None:
    """The chosen scene picture, cropped to the picture's shape and in the light of the settings."""
    if request.scene is None:
        return None
    size, light = SIZES[request.settings.aspect_ratio], light_of(request.settings.lighting)
    scene = flattened(open_upright(request.scene, 2 * max(size)))
    scene = ImageOps.fit(scene, size, Image.Resampling.LANCZOS, centering=_SCENE_CROP)
    if light == DAYLIGHT:
        return scene
    return Image.blend(scene, relit(scene, light_levels(size, light, (0.4, 0.4), (1.2, 1.2))), _RELIT_SCENE)


def _room(size: Size, layout: Plan, interior: Interior, side: float) -> Image.Image:
    """A rendered room, the light coming from this side."""
    if layout.view is None:
        room = render_flat(size, layout.scale, interior, on_floor=not layout.on_table)
    else:
        room = render(layout.view if side == LEFT else layout.view.mirrored(), interior)
    return room if side == LEFT else ImageOps.mirror(room)


def _light(request: ImageRequest) -> Light:
    light, strength = light_of(request.settings.lighting), request.settings.shadow_strength
    return light if strength is None else replace(light, shadow=strength)


def _side(request: ImageRequest) -> float:
    """Where the light comes from if no picture tells: from the left, unless much may vary."""
    swap = looseness(request.settings) >= _LOOSE and seeded(f"{request.seed} side").random() < 0.5
    return RIGHT if swap else LEFT


def _brightness(request: ImageRequest) -> float:
    return 1 + looseness(request.settings) * seeded(f"{request.seed} light").uniform(-0.06, 0.05)
