"""Pictures for the sample client: two products, drawn instead of photographed.

They are the same on every call, so that a sample set up twice is the same sample.
"""

import math
from collections.abc import Sequence
from io import BytesIO
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scene_studio.generation.rendering.drawing import (
    Colour,
    Point,
    Size,
    darken,
    downwards,
    glow,
    gradient,
    lit,
    noise,
    rightwards,
    seeded,
    soft_polygon,
)
from scene_studio.generation.rendering.wood import wood

_SCALE: Final = 2
"""Products are drawn this much larger, then shrunk, for smooth edges."""
_OAK: Final[Colour] = (196, 150, 98)
_GRAIN: Final = 1700


def oak_chair_png() -> bytes:
    """A wooden chair seen from the front: an RGBA PNG cut-out, 520 x 800 pixels."""
    return _png(_Chair().draw())


def ceramic_vase_png() -> bytes:
    """A glazed vase: an RGBA PNG cut-out, 476 x 800 pixels."""
    return _png(_vase())


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


class _Chair:
    """Parts of oak, each with its own grain and rounding, painted from back to front."""

    def __init__(self) -> None:
        self.size: Size = (520 * _SCALE, 800 * _SCALE)
        self.colour = Image.new("RGB", self.size, _OAK)
        self.alpha = Image.new("L", self.size)
        self.random = seeded(11)

    def draw(self) -> Image.Image:
        self._back()
        self._under_the_seat()
        self._seat()
        self._front_legs()
        # The whole chair is lit from the left, as the vase is.
        darken(self.colour, rightwards(self.size, -0.4, 1), 0.16, (58, 34, 14))
        chair = self.colour.copy()
        chair.putalpha(self.alpha)
        return chair.resize((520, 800), Image.Resampling.LANCZOS)

    def _back(self) -> None:
        for side in (-1, 1):
            self._part(_mirrored([(126, 430), (160, 430), (152, 740), (134, 740)], side), shade=0.34)
        for index in range(5):
            x = 260 + (index - 2) * 56
            foot = 260 + (index - 2) * 50
            self._part([(x - 8, 96), (x + 8, 96), (foot + 9, 432), (foot - 9, 432)], shade=0.12)
        for side in (-1, 1):
            self._part(_mirrored([(84, 44), (112, 40), (148, 440), (112, 440)], side), shade=0.06)
        self._shadow([(96, 112), (424, 112), (420, 138), (100, 138)], 9, 0.4)
        arch = _curve((72, 42), (260, 4), (448, 42)) + _curve((440, 122), (260, 92), (80, 122))
        self._part(arch, across=True, shade=-0.04)

    def _under_the_seat(self) -> None:
        self._part([(140, 612), (380, 612), (380, 630), (140, 630)], across=True, shade=0.36)
        for side in (-1, 1):
            self._part(_mirrored([(92, 652), (146, 622), (146, 642), (92, 676)], side), shade=0.24)
        self._part([(96, 500), (424, 500), (420, 566), (100, 566)], across=True, shade=0.2)
        self._shadow([(60, 500), (460, 500), (452, 556), (68, 556)], 12, 0.6)

    def _seat(self) -> None:
        top = [(112, 414), (408, 414), *_curve((460, 476), (470, 494), (456, 500))]
        top += [(64, 500), *_curve((64, 500), (50, 494), (60, 476))]
        self._part(top, shade=-0.16, rounding=0.0)
        saddle = [(170, 436), (350, 436), (392, 484), (128, 484)]
        self._shadow(saddle, 18, 0.13)
        for index in range(5):
            foot = 260 + (index - 2) * 50
            self._shadow([(foot - 12, 426), (foot + 20, 426), (foot + 34, 444), (foot - 4, 444)], 5, 0.3)
        edge = [(55, 492), (465, 492), *_curve((466, 500), (466, 526), (448, 528))]
        edge += [(72, 528), *_curve((72, 528), (54, 526), (54, 500))]
        self._part(edge, across=True, shade=0.05)

    def _front_legs(self) -> None:
        for side in (-1, 1):
            leg = [(74, 526), (122, 526), (86, 792), (80, 797), (62, 797), (56, 792)]
            self._part(_mirrored(leg, side), shade=0.04)
            self._shadow(_mirrored([(70, 526), (126, 526), (120, 548), (72, 548)], side), 6, 0.45)
        self._part([(98, 664), (422, 664), (424, 686), (96, 686)], across=True, shade=0.06)

    def _part(
        self, points: Sequence[Point], *, across: bool = False, shade: float = 0.0, rounding: float = 0.34
    ) -> None:
        """A piece of wood.

        Args:
            points: its outline in pixels of the finished picture.
            across: whether its grain runs from left to right instead of from top to bottom.
            shade: how much darker (or lighter, below 0) than the wood it is.
            rounding: how dark its sides turn away from the light.
        """
        mask = soft_polygon(self.size, [(x * _SCALE, y * _SCALE) for x, y in points])
        box = mask.getbbox() or (0, 0, 1, 1)
        width, height = box[2] - box[0], box[3] - box[1]
        if across:
            piece = wood((height, width), _GRAIN, _OAK, self.random).transpose(Image.Transpose.TRANSPOSE)
            away, towards = downwards((width, height), -0.3, 1), downwards((width, height), 1, -1.2)
        else:
            piece = wood((width, height), _GRAIN, _OAK, self.random)
            away, towards = rightwards((width, height), -0.3, 1), rightwards((width, height), 1, -1.2)
        darken(piece, away, rounding, (70, 40, 16))
        piece = lit(piece, towards, (255, 226, 180), rounding * 0.5)
        veil = Image.new("L", piece.size, 255)
        if shade >= 0:
            darken(piece, veil, shade, (58, 34, 14))
        else:
            piece = lit(piece, veil, (255, 232, 196), -shade)
        self.colour.paste(piece, box[:2], mask.crop(box))
        self.alpha = ImageChops.lighter(self.alpha, mask)

    def _shadow(self, points: Sequence[Point], blur: float, strength: float) -> None:
        mask = soft_polygon(self.size, [(x * _SCALE, y * _SCALE) for x, y in points], blur * _SCALE)
        darken(self.colour, mask, strength, (48, 28, 12))


def _mirrored(points: Sequence[Point], side: int) -> list[Point]:
    """The points as they are for -1, on the other side of the chair for 1."""
    return [(x, y) if side < 0 else (520 - x, y) for x, y in points]


def _curve(start: Point, control: Point, end: Point) -> list[Point]:
    """Points of a quadratic curve."""
    return [
        (
            (1 - t) ** 2 * start[0] + 2 * t * (1 - t) * control[0] + t**2 * end[0],
            (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * control[1] + t**2 * end[1],
        )
        for t in (step / 12 for step in range(13))
    ]


_VASE: Final[Size] = (476 * _SCALE, 800 * _SCALE)
_VASE_TOP: Final = 26 * _SCALE
_VASE_FOOT: Final = 782 * _SCALE
_VASE_PROFILE: Final = (
    *((0.0, 94), (0.03, 95), (0.1, 76), (0.2, 78), (0.34, 150), (0.5, 218)),
    *((0.6, 228), (0.72, 208), (0.86, 152), (0.95, 118), (1.0, 112)),
)
"""How far down, as a share of the height, and the radius there in pixels of the finished picture."""
_TILT: Final = 0.17
"""Height of the ellipse that a ring of the vase appears as, divided by its width."""
_OVERHANG: Final = 1.08
"""Light is painted past the outline by this factor, so that smoothing it leaves no dark rim."""


def _vase() -> Image.Image:
    random = seeded(23)
    light, alpha = _turned()
    glaze = gradient(_VASE, (236, 226, 206), (212, 198, 174))
    dip = Image.new("L", _VASE)
    border = [
        (x, _VASE[1] * 0.53 + 34 * _SCALE * math.sin(math.pi * x / _VASE[0]) + random.uniform(-3, 3) * _SCALE)
        for x in range(0, _VASE[0] + 1, 14 * _SCALE)
    ]
    dip = soft_polygon(_VASE, [*border, (_VASE[0], _VASE[1]), (0, _VASE[1])], 3 * _SCALE)
    glaze.paste(gradient(_VASE, (96, 146, 150), (58, 104, 118)), (0, 0), dip)
    clouds = noise((24, 40), random).resize(_VASE, Image.Resampling.BICUBIC)
    darken(glaze, clouds, 0.07, (96, 70, 44))
    specks = Image.new("L", _VASE)
    draw = ImageDraw.Draw(specks)
    for _ in range(900):
        x, y, r = random.uniform(0, _VASE[0]), random.uniform(0, _VASE[1]), random.uniform(0.5, 1.7) * _SCALE
        draw.ellipse((x - r, y - r, x + r, y + r), fill=random.randint(60, 200))
    darken(glaze, specks.filter(ImageFilter.GaussianBlur(1)), 0.6, (92, 62, 36))
    body = ImageChops.multiply(glaze, Image.merge("RGB", (light, light, light)))
    for centre, radii, strength in (
        ((150, 370), (42, 150), 0.6),
        ((168, 110), (14, 60), 0.45),
        ((372, 560), (60, 150), 0.12),
    ):
        shine = glow(_VASE, (centre[0] * _SCALE, centre[1] * _SCALE), (radii[0] * _SCALE, radii[1] * _SCALE))
        body = lit(body, shine, (255, 252, 246), strength)
    _mouth(body, alpha)
    body.putalpha(alpha)
    return body.resize((476, 800), Image.Resampling.LANCZOS)


def _radius(share: float) -> float:
    """The radius at a share of the height: a smooth curve through the points of the profile."""
    last = len(_VASE_PROFILE) - 1
    index = next((i for i in range(last) if share <= _VASE_PROFILE[i + 1][0]), last - 1)
    (above, first), (below, second) = _VASE_PROFILE[index : index + 2]
    span = below - above
    leaving, arriving = _slope(index) * span, _slope(index + 1) * span
    t = (share - above) / span
    return (
        (2 * t**3 - 3 * t**2 + 1) * first
        + (t**3 - 2 * t**2 + t) * leaving
        + (3 * t**2 - 2 * t**3) * second
        + (t**3 - t**2) * arriving
    )


def _slope(index: int) -> float:
    """How fast the radius changes at a point of the profile, from the points beside it."""
    above = _VASE_PROFILE[max(0, index - 1)]
    below = _VASE_PROFILE[min(len(_VASE_PROFILE) - 1, index + 1)]
    return (below[1] - above[1]) / (below[0] - above[0])


def _turned() -> tuple[Image.Image, Image.Image]:
    """How the light falls on the vase, row by row, and its outline."""
    light, alpha = Image.new("L", _VASE), Image.new("L", _VASE)
    middle = _VASE[0] // 2
    tall = _VASE_FOOT - _VASE_TOP
    foot_radius = _radius(1.0) * _SCALE
    for y in range(_VASE_TOP, _VASE_FOOT + round(foot_radius * _TILT)):
        share = min(1.0, (y - _VASE_TOP) / tall)
        radius = _radius(share) * _SCALE
        if y > _VASE_FOOT:
            # Below the foot's middle line its front edge curves towards the viewer.
            radius *= math.sqrt(max(0.0, 1 - ((y - _VASE_FOOT) / (foot_radius * _TILT)) ** 2))
        width = max(2, round(radius * 2))
        lit_width = round(width * _OVERHANG)
        lean = (_radius(min(1.0, share + 0.01)) - _radius(max(0.0, share - 0.01))) / (0.02 * tall / _SCALE)
        row = Image.frombytes("L", (64, 1), _row_of_light(lean))
        row = row.resize((lit_width, 1), Image.Resampling.BICUBIC)
        light.paste(row, (middle - lit_width // 2, y))
        alpha.paste(255, (middle - width // 2, y, middle - width // 2 + width, y + 1))
    return light.filter(ImageFilter.GaussianBlur(_SCALE)), alpha


def _row_of_light(lean: float) -> bytes:
    """Diffuse light across one ring, for a surface that leans outwards by this slope."""
    levels = bytearray()
    for step in range(64):
        across = max(-0.99, min(0.99, _OVERHANG * ((step + 0.5) / 32 - 1)))
        facing = math.sqrt(1 - across * across)
        diffuse = (-0.52 * across + 0.3 * lean + 0.74 * facing) / math.sqrt(1 + lean * lean)
        bounce = 0.14 * max(0.0, across) ** 3
        levels.append(min(255, max(0, round(255 * (0.36 + 0.66 * max(0.0, diffuse) + bounce)))))
    return bytes(levels)


def _mouth(body: Image.Image, alpha: Image.Image) -> None:
    """The rim, and the dark inside seen through it."""
    middle, radius = _VASE[0] / 2, _radius(0.0) * _SCALE
    for share, top, bottom in ((1.0, (246, 238, 222), (222, 208, 184)), (0.86, (46, 40, 34), (120, 104, 84))):
        ring = [
            (
                middle + radius * share * math.cos(math.tau * step / 90),
                _VASE_TOP + radius * _TILT * share * math.sin(math.tau * step / 90),
            )
            for step in range(90)
        ]
        mask = soft_polygon(_VASE, ring)
        deep = round(radius * _TILT * 2)
        colours = gradient((_VASE[0], deep), top, bottom)
        layer = Image.new("RGB", _VASE)
        layer.paste(colours, (0, round(_VASE_TOP - radius * _TILT)))
        body.paste(layer, (0, 0), mask)
        alpha.paste(255, (0, 0), mask)
