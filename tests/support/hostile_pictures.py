"""Files that people with bad intentions upload, each made here from nothing.

They are made when they are asked for, since some take a moment and some megabytes.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from random import Random
from typing import Final, Literal, NamedTuple

from PIL import Image

from tests.support.pictures import encoded, jpeg, photograph, png

SCRIPT: Final = b"<script>alert(document.cookie)</script>"
HUGE: Final = (50_000, 50_000)


class Hostile(NamedTuple):
    """One file.

    Attributes:
        name: what it tries.
        make: gives its bytes.
        ends: how it has to end; either way where decoders may differ.
    """

    name: str
    make: Callable[[], bytes]
    ends: Literal["rejected", "ready", "either"] = "rejected"

    def __str__(self) -> str:
        """The name, which is what a test of it is called by."""
        return self.name


# Pieces of the formats.


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(size: tuple[int, int], *chunks: bytes, depth: int = 8, colours: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", *size, depth, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + b"".join(chunks) + _chunk(b"IEND", b"")


def png_of_16_bits(size: tuple[int, int]) -> bytes:
    """A PNG file of nothing but zeros, 16 bits each of red, green, blue and alpha."""
    return _png(size, _chunk(b"IDAT", _deflated_zeros((8 * size[0] + 1) * size[1])), depth=16, colours=6)


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content


def _deflated_zeros(length: int) -> bytes:
    """A zlib stream of so many zeros, about a thousandth of their size."""
    packer = zlib.compressobj(9, wbits=-15)
    # Behind a full flush nothing refers to what was before, so the same piece can stand there many times.
    megabyte = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = packer.compress(bytes(length & 0xFFFFF)) + packer.flush()
    return b"\x78\x9c" + megabyte * (length >> 20) + rest + struct.pack(">HH", length % 65_521, 1)


def _blank_jpeg(size: tuple[int, int], *, progressive: bool = False, scans: int = 1) -> bytes:
    """A gray picture in which every block takes two bits: both codes that there are have one."""
    width, height = size
    blocks = -(-width // 8) * -(-height // 8)
    table = bytes([1] + [0] * 15 + [0])
    frame = struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0)
    pieces = [
        b"\xff\xd8",
        _segment(0xDB, b"\0" + bytes([1] * 64)),
        _segment(0xC2 if progressive else 0xC0, frame),
        _segment(0xC4, b"\x00" + table + b"\x10" + table),
    ]
    if not progressive:
        pieces += [_segment(0xDA, b"\1\1\0\0\x3f\0"), bytes(-(-blocks // 4))]
    else:
        pieces += [_segment(0xDA, b"\1\1\0\0\0\0"), bytes(-(-blocks // 8))]
        pieces += [_segment(0xDA, b"\1\1\0\1\x3f\0") + bytes(-(-blocks // 8))] * (scans - 1)
    return b"".join([*pieces, b"\xff\xd9"])


def _riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(content)) + content + bytes(len(content) & 1) for kind, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _blank_vp8l(size: tuple[int, int]) -> bytes:
    """A picture of one colour, of which no pixel takes a bit: each of its five codes has one symbol."""
    bits = (size[0] - 1) | (size[1] - 1) << 14
    position = 14 + 14 + 1 + 3 + 1 + 1 + 1
    for _ in range(5):
        bits |= 0b0001 << position
        position += 4
    return b"\x2f" + bits.to_bytes(-(-position // 8) + 1, "little")


def _canvas(size: tuple[int, int], flags: int = 0) -> tuple[bytes, bytes]:
    sides = b"".join((side - 1).to_bytes(3, "little") for side in size)
    return b"VP8X", struct.pack("<I", flags) + sides


def _tiff(tags: dict[int, tuple[int, int, int]], *, then: int = 0, behind: bytes = b"") -> bytes:
    """One directory of values that fit into it: type, count and value by tag; then what is behind it."""
    entries = b"".join(struct.pack("<HHII", tag, *entry) for tag, entry in sorted(tags.items()))
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", then) + behind


def _page(size: tuple[int, int], strip: bytes, changes: dict[int, tuple[int, int, int]] | None = None) -> bytes:
    """A gray page whose one strip is compressed by zlib."""
    tags = {
        256: (4, 1, size[0]),
        257: (4, 1, size[1]),
        258: (3, 1, 8),
        259: (3, 1, 8),
        262: (3, 1, 1),
        273: (4, 1, 0),
        277: (3, 1, 1),
        278: (4, 1, size[1]),
        279: (4, 1, len(strip)),
    } | (changes or {})
    place = 8 + 2 + 12 * len(tags) + 4
    tags = {
        tag: (kind, count, place if tag in {273, 324} else value) for tag, (kind, count, value) in tags.items()
    }
    return _tiff(tags, behind=strip)


def _with_exif(exif: bytes) -> bytes:
    whole = jpeg(1)
    return whole[:2] + _segment(0xE1, b"Exif\0\0" + exif) + whole[2:]


def _gif(size: tuple[int, int], frames: int = 1, frame: tuple[int, int] | None = None) -> bytes:
    """Frames of one pixel each, or of the given size with data for one pixel."""
    image = b"\x21\xf9\x04\x04\0\0\0\0" + b"\x2c\0\0\0\0" + struct.pack("<HH", *(frame or (1, 1))) + b"\0"
    palette = bytes([0, 0, 0, 250, 20, 20])
    screen = b"GIF89a" + struct.pack("<HH", *size) + b"\x80\0\0" + palette
    return screen + (image + b"\2\2\x4c\1\0") * frames + b";"


def _patched(data: bytes, old: bytes, new: bytes) -> bytes:
    assert data.count(old) >= 1
    return data.replace(old, new)


def _ispe(size: tuple[int, int]) -> bytes:
    return b"ispe" + bytes(4) + struct.pack(">II", *size)


def _avif(size: tuple[int, int], says: tuple[int, int]) -> bytes:
    data = encoded(Image.new("RGB", size, (9, 99, 199)), "AVIF", speed=10, quality=30)
    return _patched(data, _ispe(size), _ispe(says))


def _moving(picture_format: str, frames: int = 12) -> bytes:
    first, *others = (photograph(number, (40, 30)) for number in range(frames))
    return encoded(first, picture_format, save_all=True, append_images=others, duration=50)


# What is uploaded.


def whole_pictures() -> Iterator[tuple[str, bytes]]:
    """Sound files of every format and many kinds, with their metadata: the material for damage."""
    picture = photograph(3, (40, 30))
    alpha = picture.convert("RGBA")
    alpha.putalpha(Image.radial_gradient("L").resize(picture.size))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"
    yield "JPEG", encoded(picture, "JPEG", exif=exif, comment=b"comment")
    yield "progressive JPEG", encoded(picture, "JPEG", progressive=True, restart_marker_rows=1)
    yield "JPEG in inks", encoded(picture.convert("CMYK"), "JPEG")
    yield "PNG", encoded(picture, exif=exif)
    yield "PNG with alpha", encoded(alpha)
    yield "PNG with a palette and alpha", encoded(picture.quantize(30), transparency=3)
    yield "WebP", encoded(picture, "WEBP", exif=exif)
    yield "lossless WebP with alpha", encoded(alpha, "WEBP", lossless=True)
    yield "moving WebP", _moving("WEBP", 3)
    yield "AVIF", encoded(picture, "AVIF", exif=exif, speed=9)
    yield "AVIF with alpha", encoded(alpha, "AVIF", speed=9)
    yield "GIF with alpha", encoded(picture.quantize(30), "GIF", comment=b"comment", transparency=3)
    yield "moving GIF", _moving("GIF", 3)
    yield "TIFF", encoded(picture, "TIFF", exif=exif)
    yield "TIFF by LZW", encoded(picture, "TIFF", compression="tiff_lzw")
    yield "TIFF by zlib with alpha", encoded(alpha, "TIFF", compression="tiff_adobe_deflate")
    yield "TIFF by JPEG", encoded(picture, "TIFF", compression="jpeg")


def mended(data: bytes) -> bytes:
    """A file that was cut off, with an end put to it, so that it is a decoder that meets the gap."""
    if data.startswith(b"\xff\xd8"):
        return data + b"\xff\xd9"
    if data.startswith(b"GIF"):
        return data + b"\0;"
    if data.startswith(b"RIFF") and len(data) > 20:
        inner = struct.pack("<I", len(data) - 20)
        return b"RIFF" + struct.pack("<I", len(data) - 8) + data[8:16] + inner + data[20:]
    if (at := data.find(b"mdat")) > 0:
        return data[: at - 4] + struct.pack(">I", len(data) - at + 4) + data[at:]
    if (at := data.find(b"IDAT")) > 0:
        return data[: at - 4] + _chunk(b"IDAT", data[at + 4 :]) + _chunk(b"IEND", b"")
    return data + bytes(40_000)


def with_flipped_bits(data: bytes, seed: int) -> bytes:
    """The file with one to eight bits of it the other way round."""
    random = Random(seed)
    damaged = bytearray(data)
    for _ in range(random.choice([1, 1, 2, 8])):
        damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
    return bytes(damaged)


BOMBS: Final = (
    Hostile("a PNG header of 50,000 x 50,000 pixels", lambda: _png(HUGE, _chunk(b"IDAT", b""))),
    Hostile(
        "a whole PNG of 50,000 x 50,000 pixels",
        lambda: _png(HUGE, _chunk(b"IDAT", _deflated_zeros(6251 * 50_000)), depth=1, colours=0),
    ),
    Hostile(
        "a small PNG whose pixels go on for a gigabyte",
        lambda: _png((20, 20), _chunk(b"IDAT", _deflated_zeros(1 << 30))),
        "either",
    ),
    Hostile(
        "a PNG whose profile is a gigabyte",
        lambda: _png(
            (20, 20),
            _chunk(b"iCCP", b"profile\0\0" + _deflated_zeros(1 << 30)),
            _chunk(b"IDAT", zlib.compress(bytes(61 * 20))),
        ),
        "either",
    ),
    Hostile(
        "a PNG whose comment is a gigabyte",
        lambda: _png(
            (20, 20),
            _chunk(b"zTXt", b"comment\0\0" + _deflated_zeros(1 << 30)),
            _chunk(b"IDAT", zlib.compress(bytes(61 * 20))),
        ),
        "either",
    ),
    Hostile(
        "a PNG with a thousand comments of a megabyte",
        lambda: _png(
            (20, 20),
            _chunk(b"iTXt", b"comment\0\1\0\0\0" + _deflated_zeros(1 << 20)) * 1000,
            _chunk(b"IDAT", zlib.compress(bytes(61 * 20))),
        ),
        "either",
    ),
    Hostile(
        "a PNG of two million pieces",
        lambda: _png(
            (20, 20), _chunk(b"teXt", b"") * 2_000_000, _chunk(b"IDAT", zlib.compress(bytes(61 * 20)))
        ),
        "either",
    ),
    Hostile("a JPEG header of 50,000 x 50,000 pixels", lambda: _blank_jpeg(HUGE)[:400] + b"\xff\xd9"),
    Hostile("a whole JPEG of 50,000 x 50,000 pixels", lambda: _blank_jpeg(HUGE)),
    Hostile(
        "a JPEG of 200 scans",
        lambda: _blank_jpeg((3000, 3000), progressive=True, scans=200),
        "either",
    ),
    Hostile(
        "a JPEG of six million pieces",
        lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * 6_000_000 + jpeg(1)[2:],
        "either",
    ),
    Hostile("a GIF header of 50,000 x 50,000 pixels", lambda: _gif(HUGE)),
    Hostile("a small GIF with a frame of 50,000 x 50,000 pixels", lambda: _gif((20, 20), frame=HUGE)),
    Hostile("a GIF of 10,000 frames", lambda: _gif((60, 40), 10_000), "ready"),
    Hostile(
        "a GIF of twelve million blocks",
        lambda: _gif((60, 40))[:-2] + b"\1\0" * 12_000_000 + b"\0;",
        "either",
    ),
    Hostile("a WebP header of 50,000 x 50,000 pixels", lambda: _riff(_canvas(HUGE), (b"VP8L", bytes(9)))),
    Hostile("a WebP header of 281 terapixels", lambda: _riff(_canvas((1 << 24, 1 << 24)), (b"VP8L", bytes(9)))),
    Hostile("a whole WebP of 268 megapixels", lambda: _riff((b"VP8L", _blank_vp8l((16_383, 16_383))))),
    Hostile(
        "a small WebP with a frame of 268 megapixels",
        lambda: _riff(_canvas((20, 20)), (b"VP8L", _blank_vp8l((16_383, 16_383)))),
    ),
    Hostile(
        "a small moving WebP with a frame of 268 megapixels",
        lambda: _riff(
            _canvas((20, 20), 2),
            (b"ANIM", bytes(6)),
            (
                b"ANMF",
                bytes(6)
                + 2 * (16_382).to_bytes(3, "little")
                + bytes(4)
                + b"VP8L"
                + struct.pack("<I", len(_blank_vp8l((16_383, 16_383))))
                + _blank_vp8l((16_383, 16_383)),
            ),
        ),
    ),
    Hostile("an AVIF header of 50,000 x 50,000 pixels", lambda: _avif((64, 48), HUGE)),
    Hostile("a small AVIF that says it has 9 megapixels", lambda: _avif((64, 48), (3000, 3000)), "either"),
    Hostile("an AVIF of 9 megapixels that says it is small", lambda: _avif((3000, 3000), (20, 20)), "either"),
    Hostile("a whole TIFF of 50,000 x 50,000 pixels", lambda: _page(HUGE, _deflated_zeros(HUGE[0] * HUGE[1]))),
    Hostile(
        "a small TIFF whose tile is 60,000 x 60,000 pixels",
        lambda: _page(
            (20, 20), _deflated_zeros(1 << 20), {322: (4, 1, 60_000), 323: (4, 1, 60_000), 324: (4, 1, 0)}
        ),
    ),
    Hostile(
        "a small TIFF whose strip goes on for a gigabyte",
        lambda: _page((20, 20), _deflated_zeros(1 << 30)),
        "either",
    ),
    Hostile(
        "a TIFF of 65,535 samples a pixel",
        lambda: _page((20, 20), _deflated_zeros(1 << 20), {277: (3, 1, 65_535)}),
    ),
    Hostile(
        "a TIFF with four billion strips",
        lambda: _page((20, 20), _deflated_zeros(400), {273: (4, 0xFFFFFFFF, 0), 279: (4, 0xFFFFFFFF, 0)}),
    ),
)

LARGEST: Final = (
    Hostile(
        "a progressive JPEG of 50 megapixels",
        lambda: _blank_jpeg((7071, 7071), progressive=True, scans=3),
        "ready",
    ),
    Hostile(
        "a WebP of 30 megapixels in 30 bytes", lambda: _riff((b"VP8L", _blank_vp8l((5477, 5477)))), "ready"
    ),
    Hostile(
        "a TIFF of 30 megapixels in one strip", lambda: _page((5477, 5477), _deflated_zeros(5477**2)), "ready"
    ),
    Hostile(
        "a PNG of 50 megapixels",
        lambda: _png((7071, 7071), _chunk(b"IDAT", _deflated_zeros((4 * 7071 + 1) * 7071)), colours=6),
        "ready",
    ),
    Hostile("a picture of one row", lambda: encoded(Image.new("L", (1_000_000, 1)), "PNG"), "ready"),
    Hostile("a picture of one column", lambda: encoded(Image.new("L", (1, 1_000_000)), "PNG"), "ready"),
)

STRANGERS: Final = (
    Hostile("no bytes", lambda: b""),
    Hostile("30 MiB of nothing", lambda: bytes(30 << 20)),
    Hostile("a picture of 30 MiB", lambda: jpeg(1)[:2] + _segment(0xFE, bytes(65_000)) * 484 + jpeg(1)[2:]),
    Hostile("a web page", lambda: b"<!doctype html><html>" + SCRIPT),
    Hostile(
        "a drawing with a script", lambda: b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"
    ),
    Hostile("an archive", lambda: b"PK\3\4" + bytes(200)),
    Hostile("a program", lambda: b"MZ" + bytes(200)),
    Hostile("a document", lambda: b"%PDF-1.7\n" + jpeg(1)),
    Hostile(
        "a picture of a telephone that few can read", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99)
    ),
    Hostile("a web page that begins like a JPEG", lambda: b"\xff\xd8\xff" + SCRIPT * 9),
    Hostile("a web page that begins like a PNG", lambda: b"\x89PNG\r\n\x1a\n" + SCRIPT * 9),
    Hostile("a web page that begins like a TIFF", lambda: b"II*\0" + SCRIPT * 9),
)

POLYGLOTS: Final = (
    Hostile("a PNG in the guise of a JPEG", lambda: png(1), "ready"),
    Hostile(
        "a JPEG that is an archive too", lambda: jpeg(1) + b"PK\3\4" + SCRIPT + b"PK\5\6" + bytes(18), "ready"
    ),
    Hostile(
        "a JPEG with a script in its comment",
        lambda: jpeg(1)[:2] + _segment(0xFE, SCRIPT) + jpeg(1)[2:],
        "ready",
    ),
    Hostile(
        "a GIF that is a script too",
        lambda: (
            _gif((0x2A2F, 40), frame=(1, 1))[:-1]
            + b"\x21\xfe"
            + bytes([len(SCRIPT)])
            + SCRIPT
            + b"\0;*/=1;"
            + SCRIPT
        ),
        "ready",
    ),
    Hostile("a PNG with a web page behind it", lambda: png(1) + b"<html>" + SCRIPT, "ready"),
    Hostile(
        "a PNG with a script as its text",
        lambda: png(1)[:33] + _chunk(b"tEXt", b"a\0" + SCRIPT) + png(1)[33:],
        "ready",
    ),
    Hostile("a WebP with a script behind it", lambda: encoded(photograph(1), "WEBP") + SCRIPT, "ready"),
    Hostile("an AVIF with a script behind it", lambda: encoded(photograph(1), "AVIF") + SCRIPT, "ready"),
    Hostile("a TIFF with a script behind it", lambda: encoded(photograph(1), "TIFF") + SCRIPT, "ready"),
)

LOOPS: Final = (
    Hostile(
        "EXIF whose next directory is itself", lambda: _with_exif(_tiff({271: (3, 1, 1)}, then=8)), "ready"
    ),
    Hostile("EXIF inside itself", lambda: _with_exif(_tiff({34665: (4, 1, 8), 34853: (4, 1, 8)})), "ready"),
    Hostile(
        "EXIF with four billion orientations", lambda: _with_exif(_tiff({274: (3, 0xFFFFFFFF, 8)})), "ready"
    ),
    Hostile(
        "an orientation that is a fraction of nothing", lambda: _with_exif(_tiff({274: (5, 1, 8)})), "ready"
    ),
    Hostile("an orientation that is a word", lambda: _with_exif(_tiff({274: (2, 4, 0x41414141)})), "ready"),
    Hostile("EXIF of 5,000 tags", lambda: _with_exif(_tiff(dict.fromkeys(range(5000), (4, 1, 8)))), "ready"),
    Hostile(
        "a TIFF whose next page is itself",
        lambda: _patched(
            _page((20, 20), zlib.compress(bytes(400))),
            b"\0\0\0\0x\x9c",
            b"\x08\0\0\0x\x9c",
        ),
        "ready",
    ),
    Hostile(
        "a TIFF of 100,000 pages of nothing",
        lambda: _chained(100_000),
        "ready",
    ),
    Hostile(
        "a TIFF of 14,000 tags",
        lambda: _page((20, 20), zlib.compress(bytes(400)), dict.fromkeys(range(51_000, 65_000), (4, 1, 8))),
        "either",
    ),
)

MOVING: Final = (
    Hostile("a moving WebP", lambda: _moving("WEBP"), "ready"),
    Hostile("a moving AVIF", lambda: _moving("AVIF"), "ready"),
    Hostile("a JPEG of several pictures", lambda: _moving("MPO"), "ready"),
    Hostile("a moving GIF", lambda: _moving("GIF"), "ready"),
    Hostile("a TIFF of many pages", lambda: _moving("TIFF"), "ready"),
)

ALL: Final = (*BOMBS, *LARGEST, *STRANGERS, *POLYGLOTS, *LOOPS, *MOVING)


def _chained(pages: int) -> bytes:
    """A page whose next page has no tags, nor has the one after it, and so on."""
    page = _page((20, 20), zlib.compress(bytes(400)))
    begin = len(page)
    following = b"".join(struct.pack("<HI", 0, begin + 6 * (number + 1)) for number in range(pages))
    return _patched(page, b"\0\0\0\0x\x9c", struct.pack("<I", begin) + b"x\x9c") + following + bytes(6)
