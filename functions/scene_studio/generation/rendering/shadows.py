"""The shadows and reflections that make a product stand on a surface instead of floating before it."""

from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageChops, ImageFilter

from scene_studio.generation.rendering.camera import Camera
from scene_studio.generation.rendering.drawing import Point, between, darken, dimmed, downwards, pool
from scene_studio.generation.rendering.light import Light

LEFT: Final = -1.0
RIGHT: Final = 1.0

_FEET: Final = 0.12
"""The lowest part of a product in which its feet are looked for, as a share of its height."""
_PENUMBRA: Final = 0.1
"""How blurred the shadow of a product's top is under the softest light, as a share of its height."""
_SLICES: Final = 9
_LIGHTER_FAR: Final = 0.6
"""How much of its darkness a soft shadow loses on its way."""


@dataclass(frozen=True, slots=True)
class Lighting:
    """The light on the products.

    Attributes:
        light: the light of the room.
        side: where it comes from, `LEFT` or `RIGHT`.
    """

    light: Light
    side: float

    @property
    def strength(self) -> float:
        """How dark shadows are (0 to 1)."""
        return self.light.shadow


def lay_shadow(
    picture: Image.Image,
    outline: Image.Image,
    corner: tuple[int, int],
    camera: Camera,
    lighting: Lighting,
    *,
    depth: float = 0.0,
) -> None:
    """Darken the ground around a product.

    Three shadows are laid over each other: the product's outline thrown on the ground, away from the light;
    a broad soft pool between its feet, where it keeps the room's light off the ground; and a dark line of
    contact under each foot.

    Args:
        picture: what to darken, RGB, changed in place.
        outline: of the product, with the stand below it if there is one.
        corner: the outline's left and top in the picture.
        camera: what looks at the ground, which the outline's lowest row meets.
        lighting: where shadows fall and how dark they are.
        depth: how far the product reaches back from its front, divided by its width.
    """
    if not lighting.strength:
        return
    thrown = thrown_shadow(outline, corner, camera, lighting, depth)
    darken(picture, thrown, lighting.strength, lighting.light.shade)
    _pool(picture, outline, corner, camera, lighting)
    touch(picture, outline, corner, lighting)


def thrown_shadow(
    outline: Image.Image, corner: Point, camera: Camera, lighting: Lighting, depth: float
) -> Image.Image:
    """A mask of the outline's shadow on the ground: sharp at its foot, softer and lighter away from it.

    Where a point of the outline throws its shadow depends on its height alone, so the shadow is the outline
    laid on the ground, a plane like any other to the camera. What a picture does not show is how far the
    product reaches back; its outline, thrown from several places behind one another, stands for that.
    """
    light, size = lighting.light, camera.size
    # A shadow has few sharp edges, so half the resolution is enough for it.
    outline, corner, camera = outline.reduce(2), (corner[0] / 2, corner[1] / 2), camera.shrunk(0.5)
    z = camera.distance(max(corner[1] + outline.height, camera.horizon + 4))
    scale = camera.scale(z)
    spread = round(outline.height * _PENUMBRA * light.softness * 3) + 4
    source = Image.new("L", (outline.width + 2 * spread, outline.height + 2 * spread))
    source.paste(outline, (spread, spread))
    source = _softened(source, spread, light.softness)
    tall = (outline.height + spread) / scale
    run = -lighting.side * light.run
    thrown = Image.new("L", camera.size)
    for step in range(_SLICES if depth else 1):
        behind = depth * outline.width / scale * step / (_SLICES - 1)
        left = (corner[0] - spread - camera.centre) / scale
        origin = (left + tall * run, 0.0, z + behind + tall * light.back)
        data = camera.plane(origin, (1 / scale, 0.0, 0.0), (-run / scale, 0.0, -light.back / scale))
        slice_ = source.transform(camera.size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BILINEAR)
        thrown = ImageChops.lighter(thrown, slice_)
    if depth:
        # The slices run together, as the thing between them would make them do.
        apart = depth * outline.width * max(light.back, 0.3) / (_SLICES - 1)
        thrown = thrown.filter(ImageFilter.GaussianBlur(max(1.0, 0.5 * apart)))
    return thrown.resize(size, Image.Resampling.BILINEAR)


def _softened(source: Image.Image, spread: int, softness: float) -> Image.Image:
    """The outline, the more blurred and the fainter the higher up it is."""
    height = source.height - 2 * spread
    foot = source.height - spread
    farthest = max(1.0, height * _PENUMBRA * softness)
    levels = source.filter(ImageFilter.GaussianBlur(max(0.7, farthest * 0.1)))
    for share, start, end in ((0.4, 0.03, 0.35), (1.0, 0.35, 1.0)):
        blurred = source.filter(ImageFilter.GaussianBlur(farthest * share))
        mask = ImageChops.invert(between(source.size, foot - height * end, foot - height * start))
        levels = Image.composite(blurred, levels, mask)
    # Below its foot the blurred outline would darken the ground in front of the product.
    below = ImageChops.invert(between(source.size, foot - 1, foot + max(3.0, farthest * 0.25)))
    fading = downwards(source.size, 1 - _LIGHTER_FAR * softness, 1)
    return ImageChops.multiply(ImageChops.multiply(levels, fading), below)


def _pool(
    picture: Image.Image, outline: Image.Image, corner: tuple[int, int], camera: Camera, lighting: Lighting
) -> None:
    """The ground between the feet, a circle seen at a slant that reaches a little beyond them."""
    rows = max(3, round(outline.height * _FEET))
    feet = outline.crop((0, outline.height - rows, *outline.size))
    left, _, right, _ = feet.getbbox() or (0, 0, outline.width, 1)
    across = (right - left) / 2
    bottom = corner[1] + outline.height
    slant = min(0.6, max(0.06, camera.eye / camera.distance(max(bottom, camera.horizon + 8))))
    deep = max(3.0, across * slant)
    middle: Point = (corner[0] + (left + right) / 2 - lighting.side * across * 0.06, bottom - deep * 0.5)
    pool(picture, middle, (across * 1.4, deep * 1.6), min(0.8, lighting.strength * 1.05), lighting.light.shade)


def touch(picture: Image.Image, outline: Image.Image, corner: tuple[int, int], lighting: Lighting) -> None:
    """Darken the undersides of the feet, wherever they end, spread a little downwards."""
    if not lighting.strength:
        return
    rows = max(3, round(outline.height * _FEET))
    feet = outline.crop((0, outline.height - rows, *outline.size))
    reach = min(outline.size)
    for deep, blur, strength in ((0.03, 0.014, 0.55), (0.012, 0.004, 0.75)):
        depth, radius = max(2, round(reach * deep)), max(0.8, reach * blur)
        edge = round(radius * 3) + depth
        mask = Image.new("L", (feet.width + 2 * edge, feet.height + 2 * edge))
        mask.paste(feet, (edge, edge))
        undersides = ImageChops.subtract(mask, ImageChops.offset(mask, 0, -depth))
        undersides = ImageChops.offset(undersides, 0, round(depth * 0.5)).filter(
            ImageFilter.GaussianBlur(radius)
        )
        place = (corner[0] - edge, corner[1] + outline.height - rows - edge)
        strong = dimmed(undersides, 1.5).point(
            [round(level * min(1.0, strength * (0.45 + lighting.strength))) for level in range(256)]
        )
        picture.paste(lighting.light.shade, place, strong)


def lay_flat_shadow(
    picture: Image.Image, outline: Image.Image, corner: tuple[int, int], lighting: Lighting
) -> None:
    """Darken the surface around a product that lies on it and is seen from above."""
    if not lighting.strength:
        return
    light, reach = lighting.light, min(outline.size)
    away = reach * (0.035 + 0.05 * light.run)
    for share, blur, strength in ((1.0, 0.05, 0.75), (0.35, 0.014, 0.8)):
        radius = max(1.0, reach * blur * (0.5 + light.softness))
        edge = round(radius * 3)
        mask = Image.new("L", (outline.width + 2 * edge, outline.height + 2 * edge))
        mask.paste(outline, (edge, edge))
        mask = mask.filter(ImageFilter.GaussianBlur(radius))
        place = (
            round(corner[0] - edge - lighting.side * away * share),
            round(corner[1] - edge + away * 0.8 * share),
        )
        picture.paste(light.shade, place, dimmed(mask, min(1.0, strength * lighting.strength * 1.3)))


def lay_reflection(picture: Image.Image, product: Image.Image, corner: tuple[int, int], gloss: float) -> None:
    """Mirror the foot of a product in a polished surface below it."""
    tall = min(product.height, round(product.height * 0.4), picture.height - corner[1] - product.height)
    if gloss < 0.1 or tall < 4:
        return
    image = product.crop((0, product.height - tall, *product.size)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    blurred = image.convert("RGBa").filter(ImageFilter.GaussianBlur(max(1.0, tall * 0.03))).convert("RGBA")
    fading = downwards(blurred.size, min(0.5, gloss), 0)
    mask = ImageChops.multiply(blurred.getchannel("A"), fading)
    picture.paste(blurred.convert("RGB"), (corner[0], corner[1] + product.height), mask)
