"""A stand-in for products of which there is no picture: a kraft box with the product's name on it."""

import textwrap
from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from scene_studio.generation.rendering.drawing import (
    SHADOW,
    Colour,
    darken,
    dimmed,
    downwards,
    mixed,
    noise,
    rightwards,
    seeded,
    soft_polygon,
)

_SIZE: Final = (560, 520)
_LID_DEPTH: Final = 92
_INSET: Final = 44
_KRAFT: Final[Colour] = (190, 150, 106)
_LABEL: Final = (96, 214, 464, 410)
_MOST_LINES: Final = 4
_FONT_SIZES: Final = (52, 44, 38, 32, 27, 23, 20)


def kraft_box(name: str) -> Image.Image:
    """A cut-out of a cardboard box.

    Args:
        name: what the label says; as much of it as fits in four lines.

    Returns:
        An RGBA picture, 560 x 520 pixels.
    """
    width, height = _SIZE
    front = [(0, _LID_DEPTH), (width, _LID_DEPTH), (width, height), (0, height)]
    lid = [(_INSET, 0), (width - _INSET, 0), (width, _LID_DEPTH), (0, _LID_DEPTH)]
    # The cardboard of every box is the same, so that a picture depends on nothing but its request.
    fibres = Image.new("RGB", _SIZE, _KRAFT)
    speckle = noise(_SIZE, seeded(1)).filter(ImageFilter.BoxBlur(1))
    darken(fibres, speckle, 0.07)
    darken(fibres, downwards(_SIZE, 0.0, 1.0), 0.16)
    darken(fibres, rightwards(_SIZE, 0.0, 1.0), 0.1)
    top = fibres.copy()
    top.paste(mixed(_KRAFT, (255, 244, 226), 0.42), (0, 0), dimmed(Image.new("L", _SIZE, 255), 0.75))
    box = Image.new("RGBA", _SIZE)
    box.paste(fibres, (0, 0), soft_polygon(_SIZE, front))
    box.paste(top, (0, 0), soft_polygon(_SIZE, lid))
    _tape(box)
    _edge(box)
    _label(box, name)
    return box


def _tape(box: Image.Image) -> None:
    middle = _SIZE[0] / 2
    strip = [(middle - 32, 0), (middle + 32, 0), (middle + 36, _LID_DEPTH), (middle - 36, _LID_DEPTH)]
    flap = [(middle - 36, _LID_DEPTH), (middle + 36, _LID_DEPTH), (middle + 36, 158), (middle - 36, 158)]
    for part, colour in ((strip, (222, 196, 156)), (flap, (204, 170, 126))):
        box.paste(colour, (0, 0), dimmed(soft_polygon(_SIZE, part), 0.75))


def _edge(box: Image.Image) -> None:
    """A crease of light and shade where the lid folds over into the front."""
    crease = Image.new("L", _SIZE)
    crease.paste(255, (0, _LID_DEPTH - 1, _SIZE[0], _LID_DEPTH + 2))
    box.paste((240, 212, 172), (0, 0), dimmed(crease, 0.6))
    shade = Image.new("L", _SIZE)
    shade.paste(downwards((_SIZE[0], 26), 1, 0), (0, _LID_DEPTH + 2))
    box.paste(SHADOW, (0, 0), dimmed(shade, 0.12))


def _label(box: Image.Image, name: str) -> None:
    left, top, right, bottom = _LABEL
    shade = Image.new("L", _SIZE)
    shade.paste(255, (left + 2, top + 4, right + 2, bottom + 4))
    box.paste(SHADOW, (0, 0), dimmed(shade.filter(ImageFilter.GaussianBlur(4)), 0.28))
    draw = ImageDraw.Draw(box)
    draw.rounded_rectangle(_LABEL, radius=10, fill=(250, 247, 240, 255))
    draw.rounded_rectangle(
        (left + 9, top + 9, right - 9, bottom - 9), radius=5, outline=(190, 178, 160, 255), width=2
    )
    text, font = _fitted(name, right - left - 44, bottom - top - 40)
    draw.multiline_text(
        ((left + right) / 2, (top + bottom) / 2),
        text,
        font=font,
        fill=(58, 48, 40, 255),
        anchor="mm",
        align="center",
        spacing=6,
    )


def _fitted(name: str, width: float, height: float) -> tuple[str, ImageFont.FreeTypeFont | ImageFont.ImageFont]:
    """The name broken into lines at the largest size that fits, shortened if none does."""
    words = " ".join(name.encode("utf-8", "replace").decode("utf-8").split())
    measure = ImageDraw.Draw(Image.new("L", (1, 1)))
    smallest = _FONT_SIZES[-1]
    whole = [(size, int(width / (size * 0.56)), None) for size in _FONT_SIZES]
    shortened = [(smallest, columns, _MOST_LINES) for columns in range(whole[-1][1], 10, -1)]
    for size, columns, most_lines in [*whole, *shortened]:
        font = ImageFont.load_default(size)
        lines = textwrap.wrap(words, columns, max_lines=most_lines, placeholder="…")
        text = "\n".join(lines)
        box = measure.multiline_textbbox((0, 0), text, font=font, spacing=6)
        fits = box[2] - box[0] <= width and box[3] - box[1] <= height and len(lines) <= _MOST_LINES
        unbroken = all(len(word) <= columns for word in words.split())
        if fits and (unbroken or most_lines):
            break
    return text, font
