"""Small pictures, drawn here, and the files and data URLs that carry them."""

import base64
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageStat

RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 30), (20, 30, 220), (255, 255, 255)


def quarters(size: tuple[int, int] = (48, 32)) -> Image.Image:
    """Red, green, blue and white corners, so that every way of turning it looks different."""
    picture = Image.new("RGB", size)
    draw = ImageDraw.Draw(picture)
    across, down = size[0] // 2, size[1] // 2
    for colour, x, y in ((RED, 0, 0), (GREEN, across, 0), (BLUE, 0, down), (WHITE, across, down)):
        draw.rectangle((x, y, x + across - 1, y + down - 1), fill=colour)
    return picture


def encoded(picture: Image.Image, picture_format: str = "PNG", **options: Any) -> bytes:
    """A picture as a file of this format."""
    out = BytesIO()
    picture.save(out, picture_format, **options)
    return out.getvalue()


def difference(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures of the same size lie apart, in levels, on average over pixels and channels."""
    assert (one.mode, one.size) == (other.mode, other.size)
    means = ImageStat.Stat(ImageChops.difference(one, other)).mean
    return sum(means) / len(means)


def photograph(number: int, size: tuple[int, int] = (96, 72)) -> Image.Image:
    """A picture with grain and colours of its own; the same number gives the same picture."""
    source = Random(number)
    colours = [tuple(source.randrange(256) for _ in range(3)) for _ in range(12)]
    small = Image.new("RGB", (4, 3))
    for at, colour in enumerate(colours):
        small.putpixel((at % 4, at // 4), colour)
    return small.resize(size, Image.Resampling.BICUBIC)


def jpeg(number: int, size: tuple[int, int] = (96, 72)) -> bytes:
    """A photograph as a JPEG file."""
    out = BytesIO()
    photograph(number, size).save(out, "JPEG", quality=87)
    return out.getvalue()


def png(number: int, size: tuple[int, int] = (48, 64)) -> bytes:
    """A photograph of a thing as a PNG file: transparent around an oval."""
    oval = Image.radial_gradient("L").resize(size).point(lambda value: 255 if value < 170 else 0)
    picture = photograph(number, size).convert("RGBA")
    picture.putalpha(oval)
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def data_url(picture: bytes) -> str:
    """A picture file as a data URL of its type."""
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode('ascii')}"


def as_image(encoded: bytes) -> Image.Image:
    """The decoded picture of a file."""
    with Image.open(BytesIO(encoded)) as opened:
        opened.load()
        return opened.copy()
