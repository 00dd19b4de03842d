"""XMP in JPEG files: descriptions put in and taken out, every other byte left as it is.

As the XMP specification has it (part 3, "JPEG"): one packet in an APP1 segment, and what does not fit there
in an extension, cut into segments of its own. Nothing of the picture is decoded or encoded.
"""

import hashlib
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from scene_studio.model.errors import ImageRejected

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NOTE: Final = "http://ns.adobe.com/xmp/note/"

MAX_PACKET: Final = 65_502
"""The most bytes of a packet, so that it fits into a segment with its header."""
_MAX_CHUNK: Final = 65_400

_START_OF_IMAGE: Final = b"\xff\xd8"
_APP0: Final = 0xE0
_APP1: Final = 0xE1
_START_OF_SCAN: Final = 0xDA
# What may stand before the first scan: markers with a length, perhaps behind fill bytes.
_SEGMENT: Final = re.compile(rb"\xff+([\xc0-\xcf\xda-\xfe])(?=(..))", re.DOTALL)

_EXIF: Final = b"Exif\x00"
_PACKET: Final = b"http://ns.adobe.com/xap/1.0/\x00"
_EXTENSION: Final = b"http://ns.adobe.com/xmp/extension/\x00"
_CHUNK_HEADER: Final = struct.Struct(">32sII")

NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""The characters that XML 1.0 has no way to write, not even as references."""


class Properties(NamedTuple):
    """The properties of a picture, in RDF/XML.

    Attributes:
        namespaces: the prefixes they use.
        short: those that every reader is to find.
        long: those that stand in the extension if there is no room for all.
    """

    namespaces: Mapping[str, str]
    short: str
    long: str


class _Segment(NamedTuple):
    """A segment before the first scan: its marker, what it holds, and all its bytes."""

    marker: int
    content: bytes
    whole: bytes


def embed(jpeg: bytes, properties: Properties) -> bytes:
    """The file with these properties in place of any XMP that it had.

    Args:
        jpeg: a JPEG file of any kind.
        properties: well-formed; the short ones take at most `MAX_PACKET` bytes with all that is around them.

    Raises:
        ImageRejected: this is no JPEG file, or its header is damaged.
        ValueError: the short properties are too long.
    """
    segments, scans = _split(jpeg)
    kept = [segment for segment in segments if not _is_xmp(segment)]
    # Readers look for JFIF and Exif at the very beginning of the file.
    before = next((at for at, one in enumerate(kept) if not _comes_first(one)), len(kept))
    pieces = [segment.whole for segment in kept]
    pieces[before:before] = [_segment(content) for content in _contents(properties)]
    return b"".join([_START_OF_IMAGE, *pieces, scans])


def extract(jpeg: bytes) -> list[ET.Element]:
    """What the file's XMP says: the `rdf:Description` elements of its packet, then those of its extension.

    Returns:
        None of what cannot be read, or is not whole.

    Raises:
        ImageRejected: this is no JPEG file, or its header is damaged.
    """
    contents = [segment.content for segment in _split(jpeg)[0] if segment.marker == _APP1]
    packet = next((one.removeprefix(_PACKET) for one in contents if one.startswith(_PACKET)), None)
    found = _descriptions(packet) if packet is not None else []
    for name in [note.text or "" for one in found for note in one.findall(f"{{{_NOTE}}}HasExtendedXMP")]:
        found.extend(_descriptions(_extension(contents, name)))
    return found


def _split(jpeg: bytes) -> tuple[list[_Segment], bytes]:
    """The segments before the first scan, and the rest of the file from there."""
    if not jpeg.startswith(_START_OF_IMAGE):
        raise ImageRejected("This is not a JPEG picture.")
    segments: list[_Segment] = []
    position = len(_START_OF_IMAGE)
    while found := _SEGMENT.match(jpeg, position):
        marker, begin = found[1][0], found.end()
        if marker == _START_OF_SCAN:
            return segments, jpeg[position:]
        end = begin + int.from_bytes(found[2])
        segments.append(_Segment(marker, jpeg[begin + 2 : end], jpeg[position:end]))
        position = end
    raise ImageRejected("This JPEG picture is damaged: there is no picture behind its header.")


def _is_xmp(segment: _Segment) -> bool:
    return segment.marker == _APP1 and segment.content.startswith((_PACKET, _EXTENSION))


def _comes_first(segment: _Segment) -> bool:
    return segment.marker == _APP0 or (segment.marker == _APP1 and segment.content.startswith(_EXIF))


def _segment(content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, _APP1, 2 + len(content)) + content


def _contents(properties: Properties) -> Iterator[bytes]:
    """What the segments hold."""
    namespaces, short, long = properties
    whole = _packet(_rdf(namespaces, short + long))
    if len(whole) <= MAX_PACKET:
        yield _PACKET + whole
        return
    extension = _rdf(namespaces, long).encode()
    name = _digest(extension)
    note = f"<xmpNote:HasExtendedXMP>{name}</xmpNote:HasExtendedXMP>"
    packet = _packet(_rdf({**namespaces, "xmpNote": _NOTE}, note + short))
    if len(packet) > MAX_PACKET:
        raise ValueError(f"the short properties take {len(packet)} bytes, over {MAX_PACKET}")
    yield _PACKET + packet
    for offset in range(0, len(extension), _MAX_CHUNK):
        header = _CHUNK_HEADER.pack(name.encode(), len(extension), offset)
        yield _EXTENSION + header + extension[offset : offset + _MAX_CHUNK]


def _rdf(namespaces: Mapping[str, str], properties: str) -> str:
    declared = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in namespaces.items())
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        f'<rdf:Description rdf:about=""{declared}>{properties}</rdf:Description></rdf:RDF></x:xmpmeta>'
    )


def _packet(rdf: str) -> bytes:
    # Read-only ("r"), so without room for editing in place.
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{rdf}<?xpacket end="r"?>'.encode()


def _digest(extension: bytes) -> str:
    """The name that the specification gives an extension."""
    return hashlib.md5(extension, usedforsecurity=False).hexdigest().upper()


def _extension(contents: Iterable[bytes], name: str) -> bytes:
    """The extension of this name; nothing if a part of it is missing or another than it was."""
    chunks = {}
    for content in contents:
        header = content[len(_EXTENSION) : len(_EXTENSION) + _CHUNK_HEADER.size]
        if content.startswith(_EXTENSION) and len(header) == _CHUNK_HEADER.size:
            chunk_name, _, offset = _CHUNK_HEADER.unpack(header)
            if chunk_name == name.encode():
                chunks[offset] = content[len(_EXTENSION) + len(header) :]
    whole = b"".join(chunks[offset] for offset in sorted(chunks))
    return whole if _digest(whole) == name else b""


def _descriptions(rdf: bytes) -> list[ET.Element]:
    try:
        text = rdf.decode()
        # A document type could declare entities that grow without bound; XMP has none.
        if "<!" in text:
            return []
        root = ET.fromstring(text)  # noqa: S314 - see above
    except (UnicodeDecodeError, ET.ParseError):
        return []
    return root.findall(f".//{{{RDF}}}Description")
