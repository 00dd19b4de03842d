"""Files as we write them are told from those that carry more than a picture."""

import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import PngImagePlugin

from scene_studio.images.bare import is_bare
from scene_studio.images.containers import PictureFormat
from tests.support.pictures import encoded, jpeg, photograph, png

SCRIPT = b"<script>alert(1)</script>"


@pytest.mark.parametrize("quality", [10, 82, 92])
@pytest.mark.parametrize("optimize", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (96, 72), (640, 480)])
def test_our_jpeg_files_are_bare(quality: int, size: tuple[int, int], *, optimize: bool) -> None:
    assert is_bare(encoded(photograph(1, size), "JPEG", quality=quality, optimize=optimize), "JPEG")


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (96, 72), (640, 480)])
def test_our_png_files_are_bare(mode: str, size: tuple[int, int]) -> None:
    assert is_bare(encoded(photograph(1, size).convert(mode)), "PNG")


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def texts() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "something", zip=True)
    return info


@pytest.mark.parametrize(
    "data",
    [
        jpeg(1) + SCRIPT,
        jpeg(1)[:-2],
        jpeg(1)[:2] + SCRIPT + jpeg(1)[2:],
        jpeg(1)[:2] + segment(0xFE, SCRIPT) + jpeg(1)[2:],
        jpeg(1)[:20] + segment(0xE1, b"Exif\0\0" + SCRIPT) + jpeg(1)[20:],
        jpeg(1)[:20] + segment(0xE0, b"JFXX\0" + SCRIPT) + jpeg(1)[20:],
        jpeg(1) + jpeg(2),
        encoded(photograph(1), "JPEG", progressive=True),
        encoded(photograph(1).convert("CMYK"), "JPEG"),
        b"\xff\xd8\xff\xd9",
        png(1),
        b"",
    ],
)
def test_whatever_else_a_jpeg_file_carries_is_seen(data: bytes) -> None:
    assert is_bare(jpeg(1), "JPEG")
    assert not is_bare(data, "JPEG")


@pytest.mark.parametrize(
    "data",
    [
        png(1) + SCRIPT,
        png(1)[:-1],
        png(1)[:-12],
        png(1)[:33] + chunk(b"tEXt", SCRIPT) + png(1)[33:],
        png(1)[:33] + chunk(b"eXIf", SCRIPT) + png(1)[33:],
        encoded(photograph(1), pnginfo=texts()),
        encoded(photograph(1), icc_profile=b"profile"),
        png(1) + png(2),
        png(1)[:8],
        jpeg(1),
        b"",
    ],
)
def test_whatever_else_a_png_file_carries_is_seen(data: bytes) -> None:
    assert is_bare(png(1), "PNG")
    assert not is_bare(data, "PNG")


BEGINNINGS = [("JPEG", jpeg(1)[:700]), ("PNG", png(1)[:60])]


@settings(deadline=None)
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=40), st.integers(0, 700))
def test_no_file_is_so_broken_that_looking_at_it_fails(
    beginning: tuple[PictureFormat, bytes], other: bytes, at: int
) -> None:
    picture_format, data = beginning
    assert not is_bare(data[:at] + other, picture_format)


def test_a_picture_is_not_bare_in_the_other_format() -> None:
    files: dict[Any, bytes] = {"JPEG": jpeg(1), "PNG": png(1)}
    assert [is_bare(files[name], other) for name in files for other in files] == [True, False, False, True]
