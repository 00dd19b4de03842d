"""What files say of themselves before anything is decoded."""

import struct
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scene_studio.images import isobmff, tiff
from scene_studio.images.containers import dimensions, is_complete, jpeg_frame, recognise
from scene_studio.images.inspect import ImageInfo, inspect
from scene_studio.images.strangers import identify
from scene_studio.model.errors import ImageRejected
from tests.support.pictures import encoded, quarters

Tags = Mapping[int, tuple[str, tuple[int, ...]]]
ACCEPTED = ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"]


def box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def full(kind: bytes, *contents: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *contents)


def ispe(width: int, height: int) -> bytes:
    return full(b"ispe", struct.pack(">II", width, height))


def avif(
    *, wide: bool = False, properties: tuple[int, ...] = (2,), rest: bytes = box(b"mdat", b"...")
) -> bytes:
    """A file of two pictures: the first one small, the other one, of 70 by 50 pixels, the primary one."""
    number, index = (">I", ">H") if wide else (">H", ">B")
    associations = struct.pack(">I", 2) + struct.pack(number, 1) + b"\1" + struct.pack(index, 1)
    associations += struct.pack(number, 2) + bytes([len(properties)])
    associations += b"".join(struct.pack(index, one | (0x8000 if wide else 0x80)) for one in properties)
    meta = full(
        b"meta",
        full(b"hdlr", bytes(20)),
        full(b"pitm", struct.pack(number, 2), version=wide),
        box(
            b"iprp",
            box(b"ipco", ispe(8, 6), ispe(70, 50), box(b"pixi", bytes(8))),
            full(b"ipma", associations, version=wide, flags=wide),
        ),
    )
    return box(b"ftyp", b"avif", bytes(4), b"mif1avifmiaf") + meta + rest


@pytest.mark.parametrize("wide", [False, True])
def test_the_size_of_an_avif_picture_is_that_of_its_primary_item(*, wide: bool) -> None:
    assert inspect(avif(wide=wide, properties=(3, 2))) == ImageInfo("AVIF", 70, 50)


@pytest.mark.parametrize("properties", [(), (3,), (9,)])
def test_an_avif_picture_whose_size_is_not_told_is_rejected(properties: tuple[int, ...]) -> None:
    with pytest.raises(ImageRejected, match="damaged"):
        inspect(avif(properties=properties))


def large(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4sQ", 1, kind, 16 + len(content)) + content


def to_the_end(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 0, kind) + content


@pytest.mark.parametrize(
    ("rest", "complete"),
    [
        (box(b"mdat", b"..."), True),
        (large(b"mdat", b"..."), True),
        (to_the_end(b"mdat", b"..."), True),
        (box(b"free", b"...") + box(b"mdat", b"..."), True),
        (box(b"mdat", b"...") + b"PK\3\4 an archive", True),
        (box(b"mdat", b"...") + b"PK\3", True),
        (b"", False),
        (box(b"free", b"..."), False),
        (box(b"mdat", b"...")[:-1], False),
        (large(b"mdat", b"...")[:-1], False),
        (box(b"mdat", b"...") + box(b"mdat", b"...")[:-1], False),
    ],
)
def test_an_avif_file_is_complete_when_its_boxes_end_inside_it(rest: bytes, *, complete: bool) -> None:
    assert is_complete(avif(rest=rest), "AVIF") is complete


def test_an_avif_picture_may_lie_inside_the_description() -> None:
    without = avif(rest=b"")
    begin = without.index(b"meta") - 4
    meta = without[begin:]
    inside = struct.pack(">I", len(meta) + 11) + meta[4:] + box(b"idat", b"...")
    assert is_complete(without[:begin] + inside, "AVIF")


def test_a_box_smaller_than_its_own_header_ends_the_reading() -> None:
    # Read on in the middle of the header, it would seem to be a box with the picture.
    assert not is_complete(avif(rest=struct.pack(">I", 4) + box(b"mdat", b"...")), "AVIF")


@pytest.mark.parametrize("size", [2, 7, 1 << 31])
def test_boxes_of_impossible_sizes_end_the_reading(size: int) -> None:
    data = bytearray(avif())
    struct.pack_into(">I", data, data.index(b"iprp") - 4, size)
    assert dimensions(bytes(data), "AVIF") in {None, (70, 50)}


def page(order: str, tags: Tags, *, big: bool = False) -> bytes:
    """A TIFF file of one directory, with what is too long for it behind it."""
    kinds = {"B": 1, "H": 3, "I": 4, "Q": 16}
    count, offset, head = ("Q", "Q", 16) if big else ("H", "I", 8)
    room = struct.calcsize(order + offset)
    entry_size = struct.calcsize(f"{order}HH{offset}") + room
    end = head + struct.calcsize(order + count) + entry_size * len(tags) + room
    directory, values_after = struct.pack(order + count, len(tags)), b""
    for tag, (kind, values) in sorted(tags.items()):
        packed = struct.pack(f"{order}{len(values)}{kind}", *values)
        if len(packed) > room:
            place = struct.pack(order + offset, end + len(values_after))
            values_after += packed
        else:
            place = packed.ljust(room, b"\0")
        directory += struct.pack(f"{order}HH{offset}", tag, kinds[kind], len(values)) + place
    mark = b"II" if order == "<" else b"MM"
    version = struct.pack(f"{order}HHHQ", 43, 8, 0, 16) if big else struct.pack(f"{order}HI", 42, 8)
    return mark + version + directory + bytes(room) + values_after


SMALL: Tags = {256: ("H", (70,)), 257: ("I", (50,)), 273: ("I", (8, 12)), 279: ("H", (4, 4))}


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("big", [False, True])
def test_the_size_of_a_page_is_read_in_either_byte_order_and_in_large_files(order: str, *, big: bool) -> None:
    assert inspect(page(order, SMALL, big=big)) == ImageInfo("TIFF", 70, 50)


@pytest.mark.parametrize(
    ("changes", "complete"),
    [
        ({}, True),
        ({279: ("I", (4, 1_000_000))}, False),
        ({273: ("I", (8, 1_000_000))}, False),
        ({273: ("I", (8, 1_000_000)), 279: None}, False),
        ({279: None}, True),
        ({273: None, 279: None}, False),
        ({273: None, 279: None, 324: ("I", (8,)), 325: ("I", (20,))}, True),
        ({273: None, 279: None, 324: ("I", (8,)), 325: ("I", (2_000,))}, False),
    ],
)
def test_a_page_is_complete_when_its_strips_or_tiles_end_inside_the_file(
    changes: dict[int, Any], *, complete: bool
) -> None:
    tags = {tag: value for tag, value in ({**SMALL} | changes).items() if value is not None}
    assert is_complete(page("<", tags), "TIFF") is complete


def test_a_page_without_a_size_is_rejected() -> None:
    with pytest.raises(ImageRejected, match="damaged"):
        inspect(page("<", {257: ("I", (50,)), 273: ("I", (8,))}))


def test_more_strips_than_a_picture_can_have_are_not_even_read() -> None:
    tags = {**SMALL} | {273: ("I", (8,) * 300_000)}
    assert dimensions(page("<", tags), "TIFF") is None


@pytest.mark.parametrize(
    ("data", "name", "advice"),
    [
        (box(b"ftyp", b"heic", bytes(4), b"mif1heic"), "HEIC picture", "Most Compatible"),
        (box(b"ftyp", b"mif1", bytes(4), b"mif1heic"), "HEIC picture", "JPEG"),
        (box(b"ftyp", b"msf1", bytes(4), b"hevc"), "HEIC picture", "JPEG"),
        (box(b"ftyp", b"isom", bytes(4), b"mp42"), "video", "still picture"),
        (box(b"ftyp", b"qt  ", bytes(4)), "video", "still picture"),
        (box(b"ftyp", b"crx ", bytes(4), b"isom"), "raw file", "Develop"),
        (b"II*\0\x10\0\0\0CR\2\0", "raw file", "Develop"),
        (page("<", {**SMALL} | {50706: ("B", (1, 4, 0, 0))}), "raw file", "Develop"),
        (page(">", {**SMALL} | {254: ("I", (1,))}), "raw file", "Develop"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG drawing", "PNG"),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?>\n<!-- from a program --><svg >", "SVG drawing", "PNG"),
        (b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN'>", "SVG drawing", "PNG"),
        (b"<!doctype html><title>", "web page", ""),
        (b"<HTML>", "web page", ""),
        (b"%PDF-1.7\n", "PDF document", "PNG"),
        (b"8BPS\0\1", "Photoshop document", "PNG"),
        (b"BM" + bytes(60), "BMP picture", "PNG"),
        (b"RIFF\0\0\0\0AVI LIST", "video", "still picture"),
        (b"\x1aE\xdf\xa3", "video", "still picture"),
        (b"\0\0\1\0\1\0", "icon file", "PNG"),
        (b"\xff\x0a\0", "JPEG XL", "JPEG"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000", "JPEG"),
        (b"PK\3\4", "ZIP archive", "inside"),
        (b"MZ\x90\0", "program", ""),
        (b"\x7fELF", "program", ""),
    ],
)
def test_a_file_of_another_kind_is_named_and_what_to_do_is_said(data: bytes, name: str, advice: str) -> None:
    with pytest.raises(ImageRejected) as rejection:
        inspect(data)
    assert name in rejection.value.detail
    assert "not a JPEG, PNG, WebP, AVIF, GIF or TIFF picture" in rejection.value.detail
    assert rejection.value.detail.rpartition("TIFF picture.")[2].count(advice)
    assert rejection.value.detail == rejection.value.detail.strip()


@pytest.mark.parametrize("picture_format", ACCEPTED)
def test_no_accepted_picture_is_taken_for_something_else(picture_format: str) -> None:
    data = encoded(quarters(), picture_format)
    assert (identify(data), recognise(data)) == (None, picture_format)


def test_text_that_mentions_drawings_is_not_taken_for_one() -> None:
    assert identify(b"A letter about <svg> and <html>") is None


@pytest.mark.parametrize(
    ("mode", "progressive", "expected"),
    [("RGB", False, (3, False)), ("CMYK", True, (4, True)), ("L", False, (1, False))],
)
def test_the_frame_header_tells_channels_and_whether_there_are_scans_to_come(
    mode: str, expected: tuple[int, bool], *, progressive: bool
) -> None:
    frame = jpeg_frame(encoded(Image.new(mode, (51, 33)), "JPEG", progressive=progressive))
    assert frame is not None
    assert frame == (51, 33, *expected)


def jpeg_header(marker: int, components: int, size: tuple[int, int]) -> bytes:
    frame = struct.pack(">BBHBHHB", 0xFF, marker, 8 + 3 * components, 8, size[1], size[0], components)
    return b"\xff\xd8" + frame + bytes(3 * components)


def webp_header(size: tuple[int, int]) -> bytes:
    sides = b"".join((side - 1).to_bytes(3, "little") for side in size)
    return b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + bytes(8) + sides


@pytest.mark.parametrize(
    ("header", "megapixels"),
    [
        (lambda size: jpeg_header(0xC0, 3, size), 50),
        (lambda size: jpeg_header(0xC2, 3, size), 50),
        (lambda size: jpeg_header(0xC0, 4, size), 50),
        (lambda size: jpeg_header(0xC2, 4, size), 30),
        (webp_header, 30),
        (lambda size: page("<", {**SMALL} | {256: ("H", size[:1]), 257: ("H", size[1:])}), 30),
        (lambda size: avif().replace(ispe(70, 50), ispe(*size)), 30),
    ],
    ids=["JPEG", "progressive JPEG", "inks in JPEG", "progressive inks in JPEG", "WebP", "TIFF", "AVIF"],
)
def test_what_takes_more_memory_to_decode_may_have_fewer_pixels(header: Any, megapixels: int) -> None:
    rows = megapixels * 100
    with pytest.raises(ImageRejected, match=f"10000 x {rows + 1} pixels and at most {megapixels} megapixels"):
        inspect(header((10_000, rows + 1)))
    try:
        inspect(header((10_000, rows)))
    except ImageRejected as rejection:
        assert "megapixels" not in rejection.detail  # noqa: PT017 - accepted or cut off, but not too large


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]))
def test_no_directory_is_so_broken_that_reading_it_fails(rest: bytes, beginning: bytes) -> None:
    assert dimensions(beginning + rest, "TIFF") is None or not is_complete(beginning + rest, "TIFF")
    assert tiff.is_camera_raw(beginning + rest) in {True, False}


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(avif())), st.integers(0, 40))
def test_no_boxes_are_so_broken_that_reading_them_fails(other: bytes, begin: int, length: int) -> None:
    whole = avif()
    data = whole[:begin] + other + whole[begin + length :]
    size = dimensions(data, "AVIF")
    assert size is None or all(0 <= side < 1 << 32 for side in size)
    assert is_complete(data, "AVIF") in {True, False}
    assert all(len(brand) <= 4 for brand in isobmff.brands(data))
