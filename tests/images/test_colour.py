"""Every kind of samples becomes eight bits a channel, and every kind of colours sRGB."""

import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms

from scene_studio.images.inspect import open_upright
from scene_studio.model.errors import ImageRejected
from tests.images.icc_profiles import cmyk_profile, gray_profile, rgb_profile
from tests.support.pictures import GREEN, RED, encoded, quarters

WITH_PROFILES = ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"]
PHOTOMETRIC, BITS, WHITE_IS_ZERO = 262, 258, 0


def flat(mode: str, colour: Any, size: tuple[int, int] = (16, 16)) -> Image.Image:
    return Image.new(mode, size, colour)


def middle(picture: Image.Image) -> tuple[int, ...]:
    value = picture.getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(value, tuple)
    return value


def near(colour: tuple[int, ...], expected: tuple[int, ...], by: int = 5) -> bool:
    return all(abs(one - other) <= by for one, other in zip(colour, expected, strict=True))


def png_chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def png_16_bit(rows: list[list[int]], colour_type: int, key: tuple[int, ...] = ()) -> bytes:
    samples = {0: 1, 2: 3, 4: 2, 6: 4}[colour_type]
    header = struct.pack(">IIBBBBB", len(rows[0]) // samples, len(rows), 16, colour_type, 0, 0, 0)
    lines = b"".join(b"\0" + struct.pack(f">{len(row)}H", *row) for row in rows)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    if key:
        chunks.insert(1, (b"tRNS", struct.pack(f">{len(key)}H", *key)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def row_of(data: bytes) -> list[Any]:
    picture = open_upright(data)
    return [picture.getpixel((x, 0)) for x in range(picture.width)]


def test_16_bit_grays_are_rounded_to_eight_bits() -> None:
    levels = (0, 128, 129, 0x7FFF, 0x8080, 0xFFFE, 0xFFFF)
    assert row_of(png_16_bit([list(levels)], 0)) == [(round(level / 257),) * 3 for level in levels]


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_16_bit_gray_pages_are_rounded_to_eight_bits(compression: str | None) -> None:
    picture = Image.frombytes("I;16", (3, 1), struct.pack("<3H", 0, 0x8080, 0xFFFF))
    assert row_of(encoded(picture, "TIFF", compression=compression)) == [(0,) * 3, (128,) * 3, (255,) * 3]


def test_16_bit_gray_pages_in_which_zero_is_white_are_not_shown_as_negatives() -> None:
    picture = Image.frombytes("I;16", (2, 1), struct.pack("<2H", 0, 0xC0C0))
    page = encoded(picture, "TIFF", compression="tiff_lzw")
    entry = struct.pack("<HHIH", PHOTOMETRIC, 3, 1, 1)
    assert page.count(entry) == 1
    inverted = page.replace(entry, struct.pack("<HHIH", PHOTOMETRIC, 3, 1, WHITE_IS_ZERO))
    assert row_of(inverted) == [(255,) * 3, (63,) * 3]


def test_12_bit_gray_pages_reach_from_black_to_white() -> None:
    packed = b"\x00\x0f\xff\x80\x00\x00"  # 0, 4095, 2048 and nothing, in 12 bits each
    entries = [(256, 3, 4), (257, 3, 1), (BITS, 3, 12), (259, 3, 1), (PHOTOMETRIC, 3, 1), (277, 3, 1)]
    entries += [(273, 4, 8 + 2 + 12 * 8 + 4), (279, 4, len(packed))]
    directory = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in sorted(entries))
    page = b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(4) + packed
    assert row_of(page)[:3] == [(0,) * 3, (255,) * 3, (128,) * 3]


@pytest.mark.parametrize(
    ("colour_type", "samples", "expected"),
    [
        (2, [0xFFFF, 0x8000, 0], (255, 128, 0)),
        (4, [0xFFFF, 0x8000], (255, 255, 255, 128)),
        (6, [0xFFFF, 0x8000, 0, 0x4000], (255, 128, 0, 64)),
    ],
)
def test_16_bit_colours_keep_their_lightness_and_their_alpha(
    colour_type: int, samples: list[int], expected: tuple[int, ...]
) -> None:
    assert row_of(png_16_bit([samples], colour_type)) == [expected]


def test_a_16_bit_gray_that_stands_for_transparent_is_transparent_and_its_neighbours_are_not() -> None:
    pixels = row_of(png_16_bit([[0x1234, 0x1235, 0xFFFF]], 0, (0x1234,)))
    assert pixels == [(18, 18, 18, 0), (18, 18, 18, 255), (255, 255, 255, 255)]


def test_a_16_bit_colour_that_stands_for_transparent_is_transparent() -> None:
    pixels = row_of(png_16_bit([[0x1234, 0x5678, 0x9ABC, 0x3434, 0x7878, 0xBCBC]], 2, (0x1234, 0x5678, 0x9ABC)))
    assert [pixel[3] for pixel in pixels] == [0, 255]


@pytest.mark.parametrize("mode", ["I", "F"])
def test_samples_without_an_agreed_white_are_refused_by_saying_what_to_do(mode: str) -> None:
    with pytest.raises(ImageRejected, match="Save it with 8 or 16 bits"):
        open_upright(encoded(flat(mode, 7), "TIFF"))


def test_palettes_become_rgb() -> None:
    picture = open_upright(encoded(quarters().quantize(4), "PNG"))
    assert (picture.mode, picture.getpixel((5, 5))) == ("RGB", RED)


@pytest.mark.parametrize("picture_format", ["PNG", "GIF"])
def test_palettes_with_a_transparent_entry_become_rgba(picture_format: str) -> None:
    picture = Image.new("P", (4, 4), 1)
    picture.putpalette([9, 9, 9, *RED])
    picture.putpixel((0, 0), 0)
    opened = open_upright(encoded(picture, picture_format, transparency=0))
    assert (opened.mode, opened.getpixel((0, 0))[3], opened.getpixel((2, 2))) == ("RGBA", 0, (*RED, 255))  # type: ignore[index]


def test_palettes_whose_entries_have_alphas_keep_them_when_they_are_scaled_down() -> None:
    picture = Image.new("P", (64, 64), 1)
    picture.putpalette([9, 9, 9, *RED])
    opened = open_upright(encoded(picture, "PNG", transparency=bytes([0, 77])), 16)
    assert (opened.size, near(middle(opened), (*RED, 77), 2)) == ((16, 16), True)


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 77, (77, 77, 77)),
        ("LA", (77, 40), (77, 77, 77, 40)),
        ("RGB", RED, RED),
        ("RGBA", (*RED, 40), (*RED, 40)),
    ],
)
@pytest.mark.parametrize("picture_format", ["PNG", "TIFF"])
@pytest.mark.parametrize("longest_side", [None, 4])
def test_every_other_mode_becomes_rgb_or_rgba(
    mode: str, colour: Any, expected: tuple[int, ...], picture_format: str, longest_side: int | None
) -> None:
    picture = open_upright(encoded(flat(mode, colour), picture_format), longest_side)
    # Colours go through 40 levels of alpha where they are mixed.
    assert near(middle(picture), expected, 0 if longest_side is None or len(expected) == 3 else 3)


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_a_colour_that_stands_for_transparent_is_transparent(mode: str) -> None:
    black = (0, 0, 0) if mode == "RGB" else 0
    picture = open_upright(encoded(flat(mode, black), transparency=black))
    assert middle(picture) == (0, 0, 0, 0)


@pytest.mark.parametrize("picture_format", WITH_PROFILES)
@pytest.mark.parametrize("longest_side", [None, 8])
def test_the_colours_of_a_wide_display_become_those_of_srgb(
    picture_format: str, longest_side: int | None
) -> None:
    # The red of sRGB in the coordinates of Display P3.
    picture = flat("RGB", (234, 51, 35))
    data = encoded(picture, picture_format, icc_profile=rgb_profile(), quality=95)
    plain = encoded(picture, picture_format, quality=95)
    assert near(middle(open_upright(data, longest_side)), (255, 0, 0), 8)
    assert near(middle(open_upright(plain, longest_side)), (234, 51, 35), 8)


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "TIFF"])
def test_grays_go_through_their_profile(picture_format: str) -> None:
    data = encoded(flat("L", 128), picture_format, icc_profile=gray_profile(1.0))
    assert near(middle(open_upright(data)), (188, 188, 188), 2)


@pytest.mark.parametrize("picture_format", ["PNG", "TIFF"])
def test_grays_with_alpha_go_through_their_profile_and_keep_their_alpha(picture_format: str) -> None:
    data = encoded(flat("LA", (128, 60)), picture_format, icc_profile=gray_profile(1.0))
    assert near(middle(open_upright(data)), (188, 188, 188, 60), 2)


def test_grays_go_through_the_profile_of_a_display() -> None:
    assert near(middle(open_upright(encoded(flat("L", 90), icc_profile=rgb_profile()))), (90, 90, 90), 2)
    # The same primaries with straight tone curves show grays lighter.
    bright = rgb_profile().replace(b"curv\0\0\0\0\0\0\x04\0", b"curv\0\0\0\0\0\0\0\0")
    assert near(middle(open_upright(encoded(flat("L", 128), icc_profile=bright))), (188, 188, 188), 2)


def without_adobe_marker(jpeg: bytes) -> bytes:
    begin = jpeg.index(b"\xff\xee")
    return jpeg[:begin] + jpeg[begin + 2 + int.from_bytes(jpeg[begin + 2 : begin + 4]) :]


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("longest_side", [None, 8])
def test_inks_become_rgb(*, progressive: bool, longest_side: int | None) -> None:
    data = encoded(flat("CMYK", (0, 255, 255, 0)), "JPEG", quality=95, progressive=progressive)
    assert near(middle(open_upright(data, longest_side)), (255, 0, 0), 15)


def test_inks_are_not_taken_for_their_negatives_with_or_without_adobes_marker() -> None:
    adobe = encoded(flat("CMYK", (0, 255, 255, 0)), "JPEG", quality=95)
    plain = without_adobe_marker(encoded(flat("CMYK", (255, 0, 0, 255)), "JPEG", quality=95))
    assert (b"Adobe" in adobe, b"Adobe" in plain) == (True, False)
    assert [near(middle(open_upright(data)), (255, 0, 0), 15) for data in (adobe, plain)] == [True, True]


@pytest.mark.parametrize("picture_format", ["JPEG", "TIFF"])
@pytest.mark.parametrize("longest_side", [None, 8])
def test_inks_go_through_their_profile(picture_format: str, longest_side: int | None) -> None:
    # On this press the cyan ink is green and the white of the paper is white.
    profile = cmyk_profile({(0, 0, 0, 0): (100, 0, 0), (1, 0, 0, 0): (72, -66, 61)}, otherwise=(0, 0, 0))
    printed = encoded(flat("CMYK", (255, 0, 0, 0)), picture_format, icc_profile=profile)
    paper = encoded(flat("CMYK", (0, 0, 0, 0)), picture_format, icc_profile=profile)
    colours = [middle(open_upright(data, longest_side)) for data in (printed, paper)]
    assert [near(colours[0], GREEN, 25), near(colours[1], (255, 255, 255), 3)] == [True, True], colours


@pytest.mark.parametrize(
    "profile",
    [
        b"not a profile",
        bytes(128),
        rgb_profile()[:200],
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
        gray_profile(1.0),
        cmyk_profile({}, (50, 0, 0)),
    ],
    ids=["no profile", "zeros", "cut off", "Lab", "gray", "CMYK"],
)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_profile_that_is_broken_or_for_other_colours_is_ignored(profile: bytes, mode: str) -> None:
    picture = open_upright(encoded(quarters().convert(mode), icc_profile=profile))
    assert picture.getpixel((1, 1)) == (*RED, 255)[: len(mode)]


def test_transparency_survives_a_profile() -> None:
    picture = flat("RGBA", (234, 51, 35, 40))
    assert near(middle(open_upright(encoded(picture, icc_profile=rgb_profile()))), (255, 0, 0, 40))


@pytest.mark.parametrize(
    "compression",
    [None, "packbits", "tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "jpeg", "lzma", "zstd"],
)
def test_pages_of_every_usual_compression_are_read(compression: str | None) -> None:
    data = encoded(flat("RGB", RED), "TIFF", compression=compression)
    assert near(middle(open_upright(data)), RED, 6)


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt"])
def test_scanned_pages_in_black_and_white_are_read(compression: str) -> None:
    assert middle(open_upright(encoded(flat("1", 1), "TIFF", compression=compression))) == (255, 255, 255)
