"""Painting a room from back to front, with sizes and places in metres."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from PIL import Image, ImageChops, ImageFilter

from scene_studio.generation.rendering.camera import Camera
from scene_studio.generation.rendering.decor import Decor
from scene_studio.generation.rendering.drawing import (
    SHADOW,
    WHITE,
    Colour,
    Point,
    clouds,
    darken,
    downwards,
    glow,
    mixed,
    pool,
    rightwards,
    rounded,
    scaled,
    soft_polygon,
)
from scene_studio.generation.rendering.light import Light

Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""

_TOP: Final = 1.14
_LIT_SIDE: Final = 1.06
_DARK_SIDE: Final = 0.58
_UNDER: Final = 0.45


@dataclass(frozen=True, slots=True)
class Stage:
    """A picture of a room while it is painted; the light comes from the left.

    Attributes:
        picture: RGB, changed in place.
        camera: its heights count from the floor on which furniture stands.
        light: how the room is lit.
        decor: what things are made of.
        random: where variation comes from.
    """

    picture: Image.Image
    camera: Camera
    light: Light
    decor: Decor
    random: Random

    def frame(self, x: float, y: float, z: float, width: float, height: float) -> Box:
        """The pixels of an upright rectangle, given its lower left corner and its size."""
        left, bottom = self.camera.point(x, y, z)
        right, top = self.camera.point(x + width, y + height, z)
        return round(left), round(top), max(round(left) + 1, round(right)), max(round(top) + 1, round(bottom))

    def panel(self, box: Box, colour: Colour, shade: float = 0.16) -> None:
        """An upright even surface: less light towards the right and the bottom."""
        size = (box[2] - box[0], box[3] - box[1])
        surface = Image.new("RGB", size, colour)
        darken(surface, rightwards(size), shade)
        darken(surface, downwards(size), shade * 0.7)
        self.picture.paste(surface, box[:2])

    def polygon(self, points: Sequence[tuple[float, float, float]], colour: Colour) -> None:
        """An even surface between points of the room."""
        seen = [self.camera.point(*point) for point in points]
        width, height = self.picture.size
        left, top = max(-1, int(min(x for x, _ in seen)) - 1), max(-1, int(min(y for _, y in seen)) - 1)
        right, bottom = (
            min(width + 1, max(x for x, _ in seen) + 2),
            min(height + 1, max(y for _, y in seen) + 2),
        )
        if right > left and bottom > top:
            size = (int(right) - left, int(bottom) - top)
            self.picture.paste(colour, (left, top), soft_polygon(size, [(x - left, y - top) for x, y in seen]))

    def board(self, points: Sequence[tuple[float, float, float]], colour: Colour) -> None:
        """An upright board of any outline that stands before the wall and throws its shadow on it."""
        seen = [self.camera.point(*point) for point in points]
        mask = soft_polygon(self.picture.size, seen)
        away = max(2, round(0.06 * self.camera.scale(points[0][2])))
        shade = ImageChops.offset(mask.filter(ImageFilter.GaussianBlur(away)), away, away // 2)
        darken(self.picture, shade, 0.4)
        surface = Image.new("RGB", self.picture.size, colour)
        box = mask.getbbox() or (0, 0, 1, 1)
        across = Image.new("L", self.picture.size)
        across.paste(rightwards((box[2] - box[0], box[3] - box[1]), -0.2, 1), box[:2])
        darken(surface, across, 0.2)
        self.picture.paste(surface, (0, 0), mask)

    def block(
        self, x: float, y: float, z: float, width: float, height: float, depth: float, colour: Colour
    ) -> Box:
        """A box, given the lower left corner of its front; returns where its front appears."""
        far, top = z + depth, y + height
        if x > 0:
            self.polygon([(x, y, z), (x, y, far), (x, top, far), (x, top, z)], scaled(colour, _LIT_SIDE))
        elif x + width < 0:
            end = x + width
            dark = scaled(colour, _DARK_SIDE)
            self.polygon([(end, y, z), (end, y, far), (end, top, far), (end, top, z)], dark)
        level = top if top < self.camera.eye else y
        if top < self.camera.eye or y > self.camera.eye:
            face = scaled(colour, _TOP if level == top else _UNDER)
            self.polygon([(x, level, z), (x + width, level, z), (x + width, level, far), (x, level, far)], face)
        box = self.frame(x, y, z, width, height)
        self.panel(box, scaled(colour, 0.94))
        return box

    def cushion(
        self, x: float, y: float, z: float, width: float, height: float, colour: Colour, radius: float = 0.08
    ) -> None:
        """Something upholstered, given the lower left corner of its front: rounded, soft, a little creased."""
        box = self.frame(x, y, z, width, height)
        size = (box[2] - box[0], box[3] - box[1])
        scale = self.camera.scale(z)
        self.shade_behind(box, 0.03 * scale, 0.4)
        cloth = Image.new("RGB", size, colour)
        creases = clouds(size, (max(2.0, 0.2 * scale), max(2.0, 0.1 * scale)), self.random, 2)
        darken(cloth, creases, 0.12)
        darken(cloth, glow(size, (size[0] * 0.36, size[1] * 0.16), (size[0] * 0.9, size[1] * 0.8)), 0.22, WHITE)
        darken(cloth, downwards(size, -0.7, 1), 0.42)
        darken(cloth, rightwards(size, -0.9, 1), 0.26)
        mask = rounded(size, min(radius * scale, min(size) / 2))
        rim = ImageChops.subtract(mask, mask.filter(ImageFilter.GaussianBlur(max(1.0, 0.02 * scale))))
        darken(cloth, rim, 0.55)
        self.picture.paste(cloth, box[:2], mask)

    def shade_behind(self, box: Box, blur: float, strength: float) -> None:
        """The soft shadow around a thing on what is close behind it."""
        spread = round(blur * 3) + 2
        size = (box[2] - box[0] + 2 * spread, box[3] - box[1] + 2 * spread)
        mask = Image.new("L", size)
        shift = round(blur * 0.6)
        mask.paste(255, (spread + shift, spread + shift, size[0] - spread + shift, size[1] - spread + shift))
        mask = mask.filter(ImageFilter.GaussianBlur(max(0.5, blur)))
        self._paste_shade(mask, (box[0] - spread, box[1] - spread), strength)

    def floor_shade(self, x: float, z: float, across: float, along: float, strength: float = 0.6) -> None:
        """The soft dark pool under a thing that stands on the floor, given its middle and its extent."""
        self.shade_at(x, 0.0, z, across, along, strength)

    def shade_at(self, x: float, y: float, z: float, across: float, along: float, strength: float) -> None:
        """The same on a surface at this height."""
        left, front = self.camera.point(x - across / 2, y, max(0.3, z - along / 2))
        right, back = self.camera.point(x + across / 2, y, z + along / 2)
        middle = self.camera.point(x + 0.06 * across, y, z)
        radii = (max(2.0, (right - left) / 2 * 1.35), max(2.0, abs(front - back) / 2 * 1.7))
        pool(self.picture, middle, radii, strength)

    def shine(self, centre: Point, radii: Point, colour: Colour, strength: float) -> None:
        """Light around a lamp, given in pixels."""
        box = tuple(round(v) for v in (centre[0] - radii[0], centre[1] - radii[1]))
        size = (max(2, round(radii[0] * 2)), max(2, round(radii[1] * 2)))
        mask = glow(size, radii, radii).point([round(level * strength) for level in range(256)])
        under = self.picture.crop((box[0], box[1], box[0] + size[0], box[1] + size[1]))
        light = Image.new("RGB", size)
        light.paste(colour, (0, 0), mask)
        self.picture.paste(ImageChops.screen(under, light), (box[0], box[1]))

    def stand(self, sprite: Image.Image, x: float, y: float, z: float, shade: float = 0.55) -> None:
        """Paste a drawn thing so that the middle of its foot stands at a point, with its shadow below it."""
        column, row = self.camera.point(x, y, z)
        foot = sprite.getchannel("A").crop((0, sprite.height - max(2, sprite.height // 14), *sprite.size))
        extent = foot.getbbox()
        if extent is not None and shade:
            across = (extent[2] - extent[0]) / self.camera.scale(z)
            self.shade_at(x, y, z + across * 0.15, across * 1.25, across * 0.9, shade)
        corner = (round(column - sprite.width / 2), round(row - sprite.height))
        self.picture.paste(sprite, corner, sprite.getchannel("A"))

    def pixels(self, metres: float, z: float) -> int:
        """How many pixels this length has at this distance, at least two."""
        return max(2, round(metres * self.camera.scale(z)))

    def tone(self, colour: Colour, share: float = 0.12) -> Colour:
        """The colour a little lighter or darker, as no two things are quite alike."""
        towards = WHITE if self.random.random() < 0.5 else SHADOW
        return mixed(colour, towards, self.random.random() * share)

    def _paste_shade(self, mask: Image.Image, corner: tuple[int, int], strength: float) -> None:
        self.picture.paste(SHADOW, corner, mask.point([round(level * strength) for level in range(256)]))
