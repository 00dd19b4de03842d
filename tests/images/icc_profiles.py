"""ICC profiles of the kinds that cameras and print shops embed, built here (ICC.1:2001-04)."""

import struct
from collections.abc import Mapping, Sequence
from itertools import product

Lab = tuple[float, float, float]

D50 = (0.9642, 1.0, 0.8249)
DISPLAY_P3 = ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
"""The colours of the three primaries, adapted to D50."""


def rgb_profile(primaries: Sequence[Sequence[float]] = DISPLAY_P3) -> bytes:
    """A display with these primaries and the tone curve of sRGB."""
    names = (b"rXYZ", b"gXYZ", b"bXYZ")
    columns = {name: _xyz(colour) for name, colour in zip(names, primaries, strict=True)}
    return _profile(
        b"mntr", b"RGB ", b"XYZ ", columns | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _srgb_curve())
    )


def gray_profile(gamma: float) -> bytes:
    """Grays with this gamma."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": _fixed_curve(gamma)})


def cmyk_profile(inks: Mapping[tuple[int, ...], Lab], otherwise: Lab) -> bytes:
    """A press on which full inks in these combinations look like this; between them it is linear."""
    header = struct.pack(
        ">4s4xBBBx9i", b"mft1", 4, 3, 2, *(65_536 * one for one in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    )
    straight = bytes(range(256))
    corners = b"".join(_lab(inks.get(corner, otherwise)) for corner in product((0, 1), repeat=4))
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": header + straight * 4 + corners + straight * 3})


def _profile(kind: bytes, space: bytes, connection: bytes, tags: Mapping[bytes, bytes]) -> bytes:
    described = {b"desc": _description("A profile of the tests"), b"wtpt": _xyz(D50), **tags}
    position = 128 + 4 + 12 * len(described)
    table, contents = struct.pack(">I", len(described)), b""
    for name, content in described.items():
        table += struct.pack(">4sII", name, position + len(contents), len(content))
        contents += content + bytes(-len(content) % 4)
    header = struct.pack(
        ">I4xI4s4s4s12x4s24xI3i48x",
        position + len(contents),
        0x02100000,
        kind,
        space,
        connection,
        b"acsp",
        0,
        *_fixed(D50),
    )
    return header + table + contents


def _fixed(numbers: Sequence[float]) -> list[int]:
    return [round(number * 65_536) for number in numbers]


def _xyz(colour: Sequence[float]) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *_fixed(colour))


def _lab(colour: Lab) -> bytes:
    lightness, a, b = colour
    return bytes([round(lightness * 2.55), round(a) + 128, round(b) + 128])


def _fixed_curve(gamma: float) -> bytes:
    return struct.pack(">4s4xIH", b"curv", 1, round(gamma * 256))


def _srgb_curve() -> bytes:
    levels = (step / 1023 for step in range(1024))
    linear = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in levels)
    return struct.pack(">4s4xI1024H", b"curv", 1024, *(round(one * 65_535) for one in linear))


def _description(text: str) -> bytes:
    words = text.encode() + b"\0"
    return struct.pack(">4s4xI", b"desc", len(words)) + words + bytes(4 + 4 + 2 + 1 + 67)
