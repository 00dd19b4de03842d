"""XMP is put into JPEG files of any kind and read back, and every other byte stays as it is."""

import hashlib
import re
import struct
from io import BytesIO
from random import Random
from typing import Any, Final

import pytest
from PIL import Image

from scene_studio.images.xmp import MAX_PACKET, Properties, embed, extract
from scene_studio.model.errors import ImageRejected
from tests.support.pictures import jpeg, photograph, png
from tests.support.xmp import packets, without_xmp

NAMESPACES: Final = {"ours": "https://example.com/ours/"}
PROPERTIES: Final = Properties(NAMESPACES, "<ours:a>one</ours:a>", "<ours:b>two</ours:b>")
PACKET: Final = b"http://ns.adobe.com/xap/1.0/\0"
EXTENSION: Final = b"http://ns.adobe.com/xmp/extension/\0"
SPECIFIED_CHUNK: Final = 65_535 - 2 - 75


def saved(**options: Any) -> bytes:
    out = BytesIO()
    photograph(1).save(out, "JPEG", **options)
    return out.getvalue()


def segment(marker: int, content: bytes, *, fill: bytes = b"") -> bytes:
    return fill + struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content


def with_segments(*segments: bytes, start: int = 20) -> bytes:
    """A JPEG file with these segments; Pillow's JFIF segment ends at byte 20."""
    plain = jpeg(1)
    assert plain[2:4] == b"\xff\xe0"
    return plain[:2] + plain[2:start] + b"".join(segments) + plain[20:]


def length_at(marked: bytes, start: int) -> int:
    """The length of the segment whose extension's header ends here."""
    at = start - len(EXTENSION) - 2
    return int.from_bytes(marked[at : at + 2])


def exif() -> Image.Exif:
    tags = Image.Exif()
    tags[0x010E] = "A chair"
    return tags


KINDS: Final = {
    "with JFIF": jpeg(1),
    "without JFIF": with_segments(start=2),
    "with Exif": saved(exif=exif()),
    "with Exif alone": with_segments(segment(0xE1, b"Exif\0\0" + exif().tobytes()[6:]), start=2),
    "with a colour profile and a comment": saved(icc_profile=bytes(70_000), comment=b"hello"),
    "with another APP1 segment": with_segments(segment(0xE1, b"http://example.com/\0other")),
    "with fill bytes": with_segments(segment(0xE2, b"filled", fill=b"\xff\xff\xff")),
    "progressive": saved(progressive=True),
    "with restart markers": saved(restart_marker_blocks=1),
    "with bytes after its end": jpeg(1) + b"\xff\xe1 and more",
}


def found(picture: bytes) -> list[tuple[str, str | None]]:
    """The properties of our own namespace."""
    return [
        (element.tag.removeprefix("{https://example.com/ours/}"), element.text)
        for description in extract(picture)
        for element in description
        if element.tag.startswith("{https://example.com/ours/}")
    ]


def long(letters: int) -> Properties:
    """Properties of which the long ones have so many letters, no two parts of which are alike."""
    text = "".join(Random(1).choices("abcdefgh", k=letters))
    return PROPERTIES._replace(long=f"<ours:b>{text}</ours:b>")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("letters", [3, 200_000])
def test_what_is_put_in_is_read_back_and_every_other_byte_stays(kind: str, letters: int) -> None:
    original = KINDS[kind]
    properties = long(letters)
    marked = embed(original, properties)
    assert found(marked) == [("a", "one"), ("b", properties.long[8:-9])]
    assert len(marked) > len(original) + letters
    assert without_xmp(marked) == original


@pytest.mark.parametrize("kind", KINDS)
def test_decoders_see_the_same_picture_with_the_same_notes_and_find_the_packet(kind: str) -> None:
    before, after = (Image.open(BytesIO(data)) for data in (KINDS[kind], embed(KINDS[kind], PROPERTIES)))
    assert "xmp" not in before.info
    assert after.info.pop("xmp").endswith(b'<?xpacket end="r"?>')
    assert after.info == before.info
    assert after.getexif() == before.getexif()
    assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        ("with JFIF", [0xE0]),
        ("without JFIF", []),
        ("with Exif", [0xE0, 0xE1]),
        ("with Exif alone", [0xE1]),
        ("with a colour profile and a comment", [0xE0]),
        ("with another APP1 segment", [0xE0]),
    ],
)
def test_the_packet_stands_behind_what_readers_look_for_at_the_beginning(kind: str, before: list[int]) -> None:
    marked = embed(KINDS[kind], PROPERTIES)
    at = 2
    markers = []
    while marked[at + 4 :].startswith(PACKET) is False:
        markers.append(marked[at + 1])
        at += 2 + int.from_bytes(marked[at + 2 : at + 4])
    assert markers == before


@pytest.mark.parametrize(("first", "second"), [(3, 200_000), (200_000, 3), (200_000, 70_000)])
def test_what_a_file_said_before_is_replaced(first: int, second: int) -> None:
    once = embed(jpeg(1), long(first)._replace(short="<ours:old>gone</ours:old>"))
    assert embed(once, long(second)) == embed(jpeg(1), long(second))


def test_a_packet_takes_a_segment_of_its_own_up_to_the_last_byte_and_no_byte_more() -> None:
    room = MAX_PACKET - (len(packets(embed(jpeg(1), long(1)))[0]) - 4 - len(PACKET) - 1)
    fitting, over = embed(jpeg(1), long(room)), embed(jpeg(1), long(room + 1))
    assert len(packets(fitting)[0]) == 4 + len(PACKET) + 65_502
    assert (EXTENSION in fitting, EXTENSION in over) == (False, True)
    assert found(over) == [("a", "one"), ("b", long(room + 1).long[8:-9])]


def test_the_segments_of_an_extension_are_no_longer_than_segments_can_be() -> None:
    marked = embed(jpeg(1), long(200_000))
    at = [place for place in range(len(marked)) if marked.startswith(EXTENSION, place)]
    sizes = [int.from_bytes(marked[place - 2 : place]) for place in at]
    assert len(sizes) == 4
    assert all(size - 2 - 75 <= SPECIFIED_CHUNK for size in sizes)
    assert marked.startswith(b"\xff\xdb", at[-1] - 2 + sizes[-1])


def test_an_extension_is_named_by_its_digest_and_those_of_other_names_are_left_out() -> None:
    marked = embed(jpeg(1), long(70_000))
    starts = [place + len(EXTENSION) for place in range(len(marked)) if marked.startswith(EXTENSION, place)]
    (name,) = {marked[start : start + 32] for start in starts}
    parts = [marked[start + 40 : start - len(EXTENSION) - 2 + length_at(marked, start)] for start in starts]
    assert name == hashlib.md5(b"".join(parts), usedforsecurity=False).hexdigest().upper().encode()
    assert b"HasExtendedXMP>" + name in packets(marked)[0]
    other = segment(0xE1, EXTENSION + b"0" * 32 + struct.pack(">II", 5, 7) + b"other")
    assert found(marked[:20] + other + marked[20:]) == found(marked)
    assert len(found(marked)) == 2


def test_short_properties_that_no_packet_can_hold_are_refused() -> None:
    with pytest.raises(ValueError, match="over 65502"):
        embed(jpeg(1), PROPERTIES._replace(short=f"<ours:a>{'x' * MAX_PACKET}</ours:a>"))


@pytest.mark.parametrize(
    ("what", "other"),
    [(b"abc", b"xyz"), (rb"/xmp/extension/\0", rb"/xmp/EXTENSION/\0"), (rb"(HasExtendedXMP>)\w", rb"\1z")],
)
def test_of_an_extension_that_is_not_whole_nothing_is_read_and_the_packet_all_the_same(
    what: bytes, other: bytes
) -> None:
    marked = embed(jpeg(1), long(200_000))
    assert len(found(marked)) == 2
    assert found(re.sub(what, other, marked, count=1)) == [("a", "one")]


@pytest.mark.parametrize(
    "packet",
    [  # the last would be read if it had no document type
        b"",
        b"no XML",
        b"<a>",
        b"<a/>",
        b"\xff\xfe<\0a\0/\0>\0",
        (
            b'<!DOCTYPE r:a [<!ENTITY a "aaaa">]><r:a xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            b"<r:Description>&a;</r:Description></r:a>"
        ),
    ],
)
def test_xmp_that_cannot_be_read_says_nothing(packet: bytes) -> None:
    assert extract(with_segments(segment(0xE1, PACKET + packet))) == []


def test_a_file_without_xmp_says_nothing() -> None:
    assert extract(jpeg(1)) == []


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a JPEG"),
        (b"no picture", "not a JPEG"),
        (png(1), "not a JPEG"),
        (b"\xff\xd8", "damaged"),
        (b"\xff\xd8\xff", "damaged"),
        (b"\xff\xd8\xff\xd9", "damaged"),
        (b"\xff\xd8\xff\xd9\0\2" + jpeg(1)[2:], "damaged"),
        (b"\xff\xd8\xff\xd0\0\2" + jpeg(1)[2:], "damaged"),
        (jpeg(1)[:30], "damaged"),
        (jpeg(1)[:100], "damaged"),
        (b"\xff\xd8\xff\xe0\0\0" + jpeg(1)[20:], "damaged"),
        (b"\xff\xd8\xff\xe0\0\1" + jpeg(1)[20:], "damaged"),
        (b"\xff\xd8\0\0" + jpeg(1)[2:], "damaged"),
    ],
)
def test_what_is_no_jpeg_file_is_refused_with_the_reason(data: bytes, why: str) -> None:
    for use in (lambda: embed(data, PROPERTIES), lambda: extract(data)):
        with pytest.raises(ImageRejected) as refusal:
            use()
        assert why in refusal.value.detail


def test_no_end_of_a_header_is_mistaken_for_a_picture() -> None:
    whole = jpeg(1)
    scan = whole.index(b"\xff\xda")
    for end in range(scan):
        with pytest.raises(ImageRejected):
            extract(whole[:end])
