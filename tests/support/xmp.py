"""XMP in JPEG files, taken apart here without any of our own code."""

import re
from typing import Any, Final
from xml.dom.minidom import Element, parseString

# Read-only packets, as ours are, and extensions, whose segments say how long they are.
_PACKET: Final = re.compile(rb'\xff\xe1..http://ns\.adobe\.com/xap/1\.0/\0.*?<\?xpacket end="r"\?>', re.DOTALL)
_EXTENSION: Final = re.compile(rb"\xff\xe1(..)http://ns\.adobe\.com/xmp/extension/\0", re.DOTALL)


def without_xmp(jpeg: bytes) -> bytes:
    """The file without its packet and its extension."""
    jpeg = _PACKET.sub(b"", jpeg)
    while found := _EXTENSION.search(jpeg):
        end = found.start() + 2 + int.from_bytes(found[1])
        jpeg = jpeg[: found.start()] + jpeg[end:]
    return jpeg


def packets(jpeg: bytes) -> list[bytes]:
    """The segments of its packets, with all that stands around what they say."""
    return _PACKET.findall(jpeg)


def stated(packet: bytes) -> dict[str, Any]:
    """The properties that a packet states, by their prefixed names: text, lists, and structures of these."""
    start = packet.index(b"<?xpacket")
    document = parseString(packet[start:])  # noqa: S318 - made here
    (description,) = document.getElementsByTagName("rdf:Description")
    return _members(description)


def _members(element: Element) -> dict[str, Any]:
    return {child.tagName: _value(child) for child in _children(element)}


def _value(element: Element) -> Any:
    children = _children(element)
    if not children:
        return "".join(node.data for node in element.childNodes)  # type: ignore[union-attr]
    if children[0].tagName in {"rdf:Seq", "rdf:Alt"}:
        return [_value(item) for item in _children(children[0])]
    return _members(element)


def _children(element: Element) -> list[Element]:
    return [node for node in element.childNodes if isinstance(node, Element)]
