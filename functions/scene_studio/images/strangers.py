"""Files that are no pictures of an accepted format, told by their first bytes, and what to do instead."""

import re
from typing import Final, NamedTuple

from scene_studio.images import isobmff, tiff

ACCEPTED: Final = "JPEG, PNG, WebP, AVIF, GIF or TIFF"

_AS_JPEG: Final = "Save it as JPEG and upload that."
_AS_PNG: Final = "Export it as PNG and upload that."
_STILL: Final = "Take a still picture from it, save it as JPEG and upload that."


class Stranger(NamedTuple):
    """A kind of file that is not accepted.

    Attributes:
        name: with its article.
        advice: what brings the picture in all the same; empty where there is no picture.
    """

    name: str
    advice: str = ""


_HEIC: Final = Stranger(
    "a HEIC picture, as iPhones take them",
    "Save it as JPEG and upload that. With Settings, Camera, Formats, Most Compatible, the iPhone takes its "
    "pictures as JPEG.",
)
_RAW: Final = Stranger("a camera's raw file", "Develop it, save it as JPEG and upload that.")
_VIDEO: Final = Stranger("a video", _STILL)

_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_RAW_BRANDS: Final = frozenset({b"crx "})

_SIGNATURES: Final = (
    (b"%PDF-", Stranger("a PDF document", _AS_PNG)),
    (b"8BPS", Stranger("a Photoshop document", _AS_PNG)),
    (b"%!PS", Stranger("a PostScript drawing", _AS_PNG)),
    (b"BM", Stranger("a BMP picture", "Save it as PNG and upload that.")),
    (b"\0\0\1\0", Stranger("an icon file", _AS_PNG)),
    (b"\xff\x0a", Stranger("a JPEG XL picture", _AS_JPEG)),
    (b"\0\0\0\x0cJXL ", Stranger("a JPEG XL picture", _AS_JPEG)),
    (b"\0\0\0\x0cjP  ", Stranger("a JPEG 2000 picture", _AS_JPEG)),
    (b"\xff\x4f\xff\x51", Stranger("a JPEG 2000 picture", _AS_JPEG)),
    (b"\x1aE\xdf\xa3", _VIDEO),
    (b"\0\0\1\xba", _VIDEO),
    (b"FUJIFILMCCD-RAW", _RAW),
    (b"PK\3\4", Stranger("a ZIP archive or an office document", "Unpack it and upload the picture inside.")),
    (b"MZ", Stranger("a program")),
    (b"\x7fELF", Stranger("a program")),
)

# Of an XML or HTML file what counts is the first element, behind declarations and comments.
_MARKUP: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?.{0,1000}?\?>\s*|<!--.{0,2000}?-->\s*)*<(svg[\s>]|!doctype\s+svg|html|!doctype\s+html)",
    re.DOTALL | re.IGNORECASE,
)


def identify(data: bytes) -> Stranger | None:
    """What a file is that is not accepted; None if that cannot be told, or it may be accepted."""
    if tiff.is_tiff(data):
        return _RAW if tiff.is_camera_raw(data) else None
    if data.startswith(b"RIFF"):
        return _VIDEO if data[8:12] == b"AVI " else None
    if brands := isobmff.brands(data):
        return _in_boxes(brands)
    if markup := _MARKUP.match(data[:8192]):
        svg = b"svg" in markup[1].lower()
        return Stranger("an SVG drawing", _AS_PNG) if svg else Stranger("a web page")
    return next((stranger for signature, stranger in _SIGNATURES if data.startswith(signature)), None)


def _in_boxes(brands: frozenset[bytes]) -> Stranger | None:
    if brands & {b"avif", b"avis"}:
        return None
    if brands & _RAW_BRANDS:
        return _RAW
    return _HEIC if brands & _HEIC_BRANDS else _VIDEO
