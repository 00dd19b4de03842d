"""The palette of a picture: its most common colours, as somebody sees them at a glance."""

from typing import Final, NamedTuple

from PIL import Image

_LOOKED_AT: Final = (64, 64)
_OPAQUE: Final = 128
"""The least alpha at which a pixel's colour counts."""
_LEAST_SHARE: Final = 0.01
"""The least share of the pixels; what is rarer is mostly the edges between other colours."""
_DISTINCT: Final = 48 * 48
"""The square of the distance from which two colours are two to the eye, in levels of all three channels."""


class _Shade(NamedTuple):
    """Pixels of nearly one colour."""

    pixels: int
    total: tuple[int, int, int]
    """The sums of their levels."""

    @property
    def colour(self) -> tuple[int, int, int]:
        red, green, blue = ((level + self.pixels // 2) // self.pixels for level in self.total)
        return red, green, blue

    def joined(self, other: "_Shade") -> "_Shade":
        red, green, blue = (mine + its for mine, its in zip(self.total, other.total, strict=True))
        return _Shade(self.pixels + other.pixels, (red, green, blue))


def dominant_colours(picture: Image.Image, most: int = 5) -> tuple[str, ...]:
    """The colours of a picture as "#rrggbb", the most common first.

    Pixels that are more transparent than not are left out, so a picture that is transparent throughout has
    none. The same picture always gives the same colours.

    Args:
        picture: in RGB or RGBA.
        most: how many are told at most.
    """
    chosen: list[_Shade] = []
    for shade in _shades(picture):
        for index, other in enumerate(chosen):
            if _distance(shade.colour, other.colour) < _DISTINCT:
                chosen[index] = other.joined(shade)
                break
        else:
            chosen.append(shade)
    chosen.sort(key=lambda shade: (-shade.pixels, shade.colour))
    least = _LEAST_SHARE * sum(shade.pixels for shade in chosen)
    common = [shade for shade in chosen if shade.pixels >= least] or chosen
    return tuple("#{:02x}{:02x}{:02x}".format(*shade.colour) for shade in common[:most])


def _shades(picture: Image.Image) -> list[_Shade]:
    """The picture's pixels by the upper four bits of their channels, the most common first."""
    cells: dict[tuple[int, ...], _Shade] = {}
    size = min(picture.width, _LOOKED_AT[0]), min(picture.height, _LOOKED_AT[1])
    # Pixels are picked, not mixed, since mixing makes colours that are nowhere in the picture.
    pixels = picture.resize(size, Image.Resampling.NEAREST).convert("RGBA").tobytes()
    for red, green, blue, alpha in zip(*(pixels[channel::4] for channel in range(4)), strict=True):
        if alpha >= _OPAQUE:
            cell = (red >> 4, green >> 4, blue >> 4)
            pixel = _Shade(1, (red, green, blue))
            cells[cell] = cells[cell].joined(pixel) if cell in cells else pixel
    return sorted(cells.values(), key=lambda shade: (-shade.pixels, shade.colour))


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return sum((mine - its) ** 2 for mine, its in zip(one, other, strict=True))
