import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scene_studio.images.inspect import MAX_BYTES, ImageInfo, flattened, inspect, open_upright
from scene_studio.model.errors import ImageRejected
from tests.support.pictures import BLUE, GREEN, RED, WHITE, encoded, quarters

FORMATS = ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"]
MAKE = 0x010F


def png_chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def png_header(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def colour_at(picture: Image.Image, x: float, y: float) -> tuple[int, ...]:
    value = picture.getpixel((round(x * picture.width), round(y * picture.height)))
    assert isinstance(value, tuple)
    return value


def nearest(colour: tuple[int, ...]) -> tuple[int, int, int]:
    return min((RED, GREEN, BLUE, WHITE), key=lambda c: sum(abs(a - b) for a, b in zip(c, colour, strict=True)))


@pytest.mark.parametrize("picture_format", FORMATS)
def test_inspect_tells_format_and_size_of_every_accepted_kind(picture_format: str) -> None:
    assert inspect(encoded(quarters((48, 32)), picture_format)) == ImageInfo(picture_format, 48, 32)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "options", [{"lossless": True}, {"lossless": False}, {"lossless": True, "exif": b"Exif\0\0"}]
)
def test_inspect_reads_the_size_of_every_flavour_of_webp(options: dict[str, Any]) -> None:
    assert inspect(encoded(quarters((51, 33)), "WEBP", **options)) == ImageInfo("WEBP", 51, 33)


def test_inspect_reads_the_size_of_a_progressive_jpeg() -> None:
    assert inspect(encoded(quarters((51, 33)), "JPEG", progressive=True)) == ImageInfo("JPEG", 51, 33)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG",
        b"GIF88a",
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"BM" + bytes(60),
    ],
)
def test_what_is_not_an_accepted_picture_is_rejected_by_naming_what_is(data: bytes) -> None:
    with pytest.raises(ImageRejected, match="JPEG, PNG, WebP, AVIF, GIF or TIFF"):
        inspect(data)


def test_the_magic_bytes_decide_and_nothing_else_is_tried() -> None:
    with pytest.raises(ImageRejected):
        open_upright(b"\xff\xd8\xff" + encoded(quarters(), "PNG"))


def test_a_file_over_25_mib_is_rejected_with_both_sizes() -> None:
    with pytest.raises(ImageRejected, match=r"25\.0 MiB and at most 25 MiB"):
        inspect(encoded(quarters()) + bytes(MAX_BYTES))


def test_a_file_of_exactly_25_mib_is_accepted() -> None:
    picture = encoded(quarters())
    assert inspect(picture + bytes(MAX_BYTES - len(picture))) == ImageInfo("PNG", 48, 32)


@pytest.mark.parametrize(
    "bomb",
    [
        png_header(50_000, 50_000),
        b"GIF89a" + struct.pack("<HH", 50_000, 50_000) + bytes(20),
        b"\xff\xd8\xff\xc0\x00\x11\x08" + struct.pack(">HH", 50_000, 50_000) + bytes(20),
        b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + bytes(8) + b"\x4f\xc3\x00\x4f\xc3\x00" + bytes(8),
    ],
    ids=["png", "gif", "jpeg", "webp"],
)
def test_a_header_of_50000_by_50000_pixels_is_rejected_without_decoding(
    bomb: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: Any, **__: Any) -> None:
        pytest.fail("the picture was opened")

    monkeypatch.setattr(Image, "open", opened)
    with pytest.raises(ImageRejected, match=r"50000 x 50000 pixels and at most .0 megapixels.*Scale it down"):
        open_upright(bomb)


def test_exactly_50_megapixels_pass_the_cap_and_one_row_more_does_not() -> None:
    with pytest.raises(ImageRejected, match="breaks off"):
        inspect(png_header(10_000, 5_000))
    with pytest.raises(ImageRejected, match="megapixels"):
        inspect(png_header(10_000, 5_001))


def test_a_gif_frame_larger_than_its_screen_does_not_slip_past_the_cap() -> None:
    gif = bytearray(encoded(Image.new("P", (4, 4)), "GIF"))
    frame = gif.index(b"\x2c")
    struct.pack_into("<HH", gif, frame + 5, 60_000, 60_000)
    with pytest.raises(ImageRejected):
        open_upright(bytes(gif))


def test_a_picture_without_pixels_is_rejected() -> None:
    with pytest.raises(ImageRejected, match="damaged"):
        inspect(png_header(0, 10))


@pytest.mark.parametrize("picture_format", FORMATS)
@pytest.mark.parametrize("metadata", [False, True])
def test_a_file_that_breaks_off_anywhere_is_rejected(picture_format: str, *, metadata: bool) -> None:
    options: dict[str, Any] = {}
    if metadata and picture_format != "GIF":
        exif = Image.Exif()
        exif[MAKE] = "Camera"
        options["exif"] = exif
    whole = encoded(quarters((96, 64)), picture_format, **options)
    assert open_upright(whole).size == (96, 64)
    step = max(1, len(whole) // 150)
    for length in [*range(0, len(whole), step), *range(max(0, len(whole) - 24), len(whole))]:
        with pytest.raises(ImageRejected):
            inspect(whole[:length])
        with pytest.raises(ImageRejected):
            open_upright(whole[:length])


def test_bytes_after_the_end_of_a_picture_do_no_harm() -> None:
    assert open_upright(encoded(quarters(), "JPEG") + b"trailer of a camera").size == (48, 32)


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x40\0\0\0WEBPVP8 ", b""]),
    st.binary(),
)
def test_random_bytes_raise_nothing_but_image_rejected(magic: bytes, rest: bytes) -> None:
    with pytest.raises(ImageRejected):
        open_upright(magic + rest)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from([encoded(quarters(), name) for name in FORMATS]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_damaged_pictures_open_or_raise_image_rejected(whole: bytes, changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(whole)
    for position, value in changes:
        damaged[position % len(damaged)] = value
    try:
        picture = open_upright(bytes(damaged))
    except ImageRejected as rejected:
        assert rejected.detail  # noqa: PT017 - both ends are right; only other errors are not
    else:
        assert picture.mode in {"RGB", "RGBA"}


def test_broken_exif_does_not_spoil_the_picture() -> None:
    data = encoded(quarters(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f broken")
    assert open_upright(data).size == (48, 32)


def test_the_opened_picture_carries_no_metadata() -> None:
    exif = Image.Exif()
    exif[MAKE] = "Camera"
    picture = open_upright(encoded(quarters(), "JPEG", exif=exif, comment=b"private"))
    assert (picture.info, dict(picture.getexif())) == ({}, {})


def test_the_first_frame_stands_for_a_moving_picture() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert nearest(colour_at(open_upright(data).convert("RGB"), 0.5, 0.5)) == RED


@pytest.mark.parametrize("picture_format", FORMATS)
def test_a_picture_comes_no_larger_than_what_is_asked_for(picture_format: str) -> None:
    data = encoded(Image.new("RGB", (800, 500), RED), picture_format)
    assert [open_upright(data, side).size for side in (None, 800, 400, 160)] == [
        (800, 500),
        (800, 500),
        (400, 250),
        (160, 100),
    ]


def test_flattening_puts_transparent_pictures_on_white() -> None:
    assert flattened(Image.new("RGBA", (2, 2), (0, 0, 0, 0))).getpixel((0, 0)) == WHITE
