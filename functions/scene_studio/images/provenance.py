"""What a generated picture says of itself: the facts of its making, as XMP inside the JPEG file.

A picture outlives its studio: it is downloaded, sent on and published. So it carries along what it was made
of, for people, for whoever looks for generative AI, and for a worker that finds it stored and not described.
It names no client and no studio.
"""

import html
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final
from xml.etree.ElementTree import Element

from scene_studio.images import xmp
from scene_studio.model.identifiers import iso_time

CREATOR: Final = "Scene Studio"
NAMESPACE: Final = "https://scene-studio.example/ns/1.0/"

_XMP: Final = "http://ns.adobe.com/xap/1.0/"
_DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"
_IPTC: Final = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_NAMESPACES: Final[Mapping[str, str]] = {
    "xmp": _XMP,
    "dc": _DUBLIN_CORE,
    "Iptc4xmpExt": _IPTC,
    "sceneStudio": NAMESPACE,
}


class DigitalSource(Enum):
    """Where a picture's pixels come from, as the IPTC's vocabulary of digital source types tells it.

    The vocabulary (of September 2024) has `compositeSynthetic` too, but that says that one of the elements
    comes from generative AI, which is not so, or not known, where no trained model was asked.
    """

    TRAINED = "trainedAlgorithmicMedia"
    """A model made the whole picture that was trained on captured content."""
    COMPOSITE_WITH_TRAINED = "compositeWithTrainedAlgorithmicMedia"
    """Such a model painted around what is not its own, as with inpainting: products, and perhaps a scene."""
    COMPOSITE = "composite"
    """Pictures were put together without a model; any of them may or may not come from generative AI."""
    ALGORITHMIC = "algorithmicMedia"
    """An algorithm that was trained on nothing drew the whole picture."""

    @property
    def uri(self) -> str:
        """Its name in the vocabulary."""
        return f"http://cv.iptc.org/newscodes/digitalsourcetype/{self.value}"


@dataclass(frozen=True, slots=True)
class UsedProduct:
    """A product in the picture.

    Attributes:
        id: the product's.
        name: its name then.
        image_id: names the picture that was used of it; None if there was none.
        sha256: of that picture, in hexadecimal; likewise.
    """

    id: str
    name: str
    image_id: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class UsedScene:
    """The scene picture that was used.

    Attributes:
        address: where it is, without the client and the studio.
        sha256: of the picture, in hexadecimal.
    """

    address: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a picture came to be.

    Attributes:
        revision_id: the revision that it is.
        created: when it was made, in milliseconds since the Unix epoch.
        source: where its pixels come from.
        model: the image model.
        seed: that the model used.
        cost_micros: what it cost, in millionths of a US dollar.
        took_milliseconds: how long making it took.
        prompt: what the model was told.
        settings: those of the slot, as JSON members.
        products: in the order of the slot.
        scene: None if no scene picture was used.
    """

    revision_id: str
    created: int
    source: DigitalSource
    model: str
    seed: int
    cost_micros: int
    took_milliseconds: int
    prompt: str
    settings: Mapping[str, Any]
    products: tuple[UsedProduct, ...] = ()
    scene: UsedScene | None = None


def with_provenance(jpeg: bytes, provenance: Provenance) -> bytes:
    """The same picture, to the byte, that says how it came to be; any XMP that it had is replaced.

    Characters that XML cannot hold become U+FFFD, except in the settings, where JSON has escapes for them.

    Raises:
        ImageRejected: this is no JPEG file, or its header is damaged.
    """
    return xmp.embed(jpeg, xmp.Properties(_NAMESPACES, _facts(provenance), _texts(provenance)))


def read_provenance(jpeg: bytes) -> Provenance | None:
    """What `with_provenance` wrote; None if there is nothing of it, or not all.

    XMP that another program wrote anew, in another of the forms that RDF allows, may not be understood.

    Raises:
        ImageRejected: this is no JPEG file, or its header is damaged.
    """
    found = {element.tag: element for description in xmp.extract(jpeg) for element in description}
    try:
        return _read(found)
    except (KeyError, ValueError):
        return None


def _facts(provenance: Provenance) -> str:
    """What is always short."""
    created = iso_time(provenance.created)
    facts = [
        _element("Iptc4xmpExt:DigitalSourceType", provenance.source.uri),
        _element("xmp:CreatorTool", CREATOR),
        _element("xmp:CreateDate", created),
        _own("revisionId", provenance.revision_id),
        _own("created", created),
        _own("model", provenance.model),
        _own("seed", provenance.seed),
        _own("costMicros", provenance.cost_micros),
        _own("tookMilliseconds", provenance.took_milliseconds),
    ]
    if provenance.scene is not None:
        members = _own("address", provenance.scene.address) + _own("sha256", provenance.scene.sha256)
        facts.append(_structure("sceneStudio:scene", members))
    return "".join(facts)


def _texts(provenance: Provenance) -> str:
    """What holds the words of people, however long."""
    prompt = f'<rdf:li xml:lang="x-default">{_escaped(provenance.prompt)}</rdf:li>'
    settings = json.dumps(provenance.settings, ensure_ascii=False, separators=(",", ":"))
    settings = xmp.NOT_IN_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", settings)
    return (
        f"<dc:description><rdf:Alt>{prompt}</rdf:Alt></dc:description>"
        f"{_own('settings', settings)}{_products(provenance.products)}"
    )


def _products(products: Iterable[UsedProduct]) -> str:
    items = "".join(
        _structure(
            "rdf:li",
            "".join(
                _own(name, value)
                for name, value in (
                    ("id", product.id),
                    ("name", product.name),
                    ("imageId", product.image_id),
                    ("sha256", product.sha256),
                )
                if value is not None
            ),
        )
        for product in products
    )
    return f"<sceneStudio:products><rdf:Seq>{items}</rdf:Seq></sceneStudio:products>"


def _own(name: str, value: str | int) -> str:
    return _element(f"sceneStudio:{name}", str(value))


def _element(name: str, text: str) -> str:
    return f"<{name}>{_escaped(text)}</{name}>"


def _structure(name: str, members: str) -> str:
    return f'<{name} rdf:parseType="Resource">{members}</{name}>'


def _escaped(text: str) -> str:
    # A carriage return as it is would be read as a line feed.
    return html.escape(xmp.NOT_IN_XML.sub("\ufffd", text), quote=False).replace("\r", "&#13;")


def _read(found: Mapping[str, Element]) -> Provenance:
    own = _reader(found)
    scene = found.get(f"{{{NAMESPACE}}}scene")
    return Provenance(
        revision_id=own("revisionId"),
        created=round(datetime.fromisoformat(own("created")).timestamp() * 1000),
        source=DigitalSource(_text(found[f"{{{_IPTC}}}DigitalSourceType"]).rpartition("/")[2]),
        model=own("model"),
        seed=int(own("seed")),
        cost_micros=int(own("costMicros")),
        took_milliseconds=int(own("tookMilliseconds")),
        prompt="".join(map(_text, _items(found[f"{{{_DUBLIN_CORE}}}description"]))),
        settings=json.loads(own("settings")),
        products=tuple(map(_used_product, _items(found[f"{{{NAMESPACE}}}products"]))),
        scene=None if scene is None else _used_scene(scene),
    )


def _used_product(item: Element) -> UsedProduct:
    members = {element.tag: element for element in item}
    own = _reader(members)
    has_picture = f"{{{NAMESPACE}}}imageId" in members
    return UsedProduct(
        own("id"),
        own("name"),
        own("imageId") if has_picture else None,
        own("sha256") if has_picture else None,
    )


def _used_scene(scene: Element) -> UsedScene:
    own = _reader({element.tag: element for element in scene})
    return UsedScene(own("address"), own("sha256"))


def _reader(elements: Mapping[str, Element]) -> Callable[[str], str]:
    """Gives the text of one of our own properties; KeyError if it is not there."""
    return lambda name: _text(elements[f"{{{NAMESPACE}}}{name}"])


def _items(element: Element) -> list[Element]:
    return element.findall(f".//{{{xmp.RDF}}}li")


def _text(element: Element) -> str:
    return element.text or ""
