"""A generated picture says how it was made, to people, to programs, and to us."""

import json
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scene_studio.images.provenance import (
    DigitalSource,
    Provenance,
    UsedProduct,
    UsedScene,
    read_provenance,
    with_provenance,
)
from scene_studio.images.xmp import Properties, embed
from scene_studio.model.base import Text
from scene_studio.model.errors import ImageRejected
from tests.support.pictures import jpeg, png
from tests.support.xmp import packets, stated, without_xmp

PROVENANCE: Final = Provenance(
    revision_id="img-1",
    created=1_704_067_200_123,
    source=DigitalSource.COMPOSITE_WITH_TRAINED,
    model="bedrock-inpaint-1",
    seed=4711,
    cost_micros=70_000,
    took_milliseconds=6_543,
    prompt="A <tall> chair & a vase,\n“soft” light, 椅子.",
    settings={"style": "Modern", "props": ["Plants"], "varietyLevel": 7, "shadowStrength": 0.5},
    products=(
        UsedProduct("chair", "Oak & Ash", "c1", "ab" * 32),
        UsedProduct("vase", "Vase <2>"),
    ),
    scene=UsedScene("user-scenes/beach", "cd" * 32),
)
BARE: Final = replace(PROVENANCE, settings={}, products=(), scene=None, prompt="", cost_micros=0)

JPEG: Final = jpeg(1, (8, 8))
OWN: Final = "https://scene-studio.example/ns/1.0/"

TYPED: Final = st.text(max_size=60).map(lambda text: "".join(map(allowed, text)))
NAMES: Final = st.builds(UsedProduct, id=st.just("p"), name=TYPED)
MEMBERS: Final = st.dictionaries(
    st.text(),
    st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans(),
)


def allowed(letter: str) -> str:
    """The letter, if the rule for typed text lets it through and XML can hold it."""
    try:
        Text(1, empty=True, multiline=True).check(letter)
    except ValueError:
        return ""
    return "" if letter in "\ufffe\uffff" or "\ud800" <= letter <= "\udfff" else letter


def told(provenance: Provenance) -> dict[str, Any]:
    (packet,) = packets(with_provenance(JPEG, provenance))
    return stated(packet)


@pytest.mark.parametrize("provenance", [PROVENANCE, BARE], ids=["everything", "little"])
def test_what_is_said_is_read_back(provenance: Provenance) -> None:
    marked = with_provenance(JPEG, provenance)
    assert read_provenance(marked) == provenance
    assert without_xmp(marked) == JPEG


def test_other_programs_read_everything_in_its_place() -> None:
    assert told(PROVENANCE) == {
        "Iptc4xmpExt:DigitalSourceType": (
            "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
        ),
        "xmp:CreatorTool": "Scene Studio",
        "xmp:CreateDate": "2024-01-01T00:00:00.123Z",
        "sceneStudio:revisionId": "img-1",
        "sceneStudio:created": "2024-01-01T00:00:00.123Z",
        "sceneStudio:model": "bedrock-inpaint-1",
        "sceneStudio:seed": "4711",
        "sceneStudio:costMicros": "70000",
        "sceneStudio:tookMilliseconds": "6543",
        "sceneStudio:scene": {
            "sceneStudio:address": "user-scenes/beach",
            "sceneStudio:sha256": "cd" * 32,
        },
        "dc:description": ["A <tall> chair & a vase,\n“soft” light, 椅子."],
        "sceneStudio:settings": ('{"style":"Modern","props":["Plants"],"varietyLevel":7,"shadowStrength":0.5}'),
        "sceneStudio:products": [
            {
                "sceneStudio:id": "chair",
                "sceneStudio:name": "Oak & Ash",
                "sceneStudio:imageId": "c1",
                "sceneStudio:sha256": "ab" * 32,
            },
            {"sceneStudio:id": "vase", "sceneStudio:name": "Vase <2>"},
        ],
    }


def test_the_names_are_those_of_the_standards() -> None:
    (packet,) = packets(with_provenance(JPEG, PROVENANCE))
    for declared in (
        b'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"',
        b'xmlns:dc="http://purl.org/dc/elements/1.1/"',
        b'xmlns:xmp="http://ns.adobe.com/xap/1.0/"',
        f'xmlns:sceneStudio="{OWN}"'.encode(),
        b'<rdf:Description rdf:about=""',
    ):
        assert declared in packet


@pytest.mark.parametrize(
    ("source", "term"),
    [
        (DigitalSource.TRAINED, "trainedAlgorithmicMedia"),
        (DigitalSource.COMPOSITE_WITH_TRAINED, "compositeWithTrainedAlgorithmicMedia"),
        (DigitalSource.COMPOSITE, "composite"),
        (DigitalSource.ALGORITHMIC, "algorithmicMedia"),
    ],
)
def test_each_source_has_a_name_in_the_vocabulary(source: DigitalSource, term: str) -> None:
    provenance = replace(PROVENANCE, source=source)
    uri = told(provenance)["Iptc4xmpExt:DigitalSourceType"]
    assert uri == f"http://cv.iptc.org/newscodes/digitalsourcetype/{term}"
    assert read_provenance(with_provenance(JPEG, provenance)) == provenance


@settings(deadline=None)
@given(TYPED, MEMBERS, st.lists(NAMES, max_size=3))
def test_whatever_people_may_type_survives(
    prompt: str, members: dict[str, Any], products: list[UsedProduct]
) -> None:
    provenance = replace(PROVENANCE, prompt=prompt, settings=members, products=tuple(products))
    marked = with_provenance(JPEG, provenance)
    assert read_provenance(marked) == provenance
    assert without_xmp(marked) == JPEG
    (packet,) = packets(marked)
    read = stated(packet)
    assert read["dc:description"] == [prompt]
    assert json.loads(read["sceneStudio:settings"]) == members


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 253_402_300_799_999), st.integers(0), st.integers(0), st.integers(0))
@example(1_001, 0, 0, 0)
def test_any_number_survives(created: int, seed: int, cost: int, took: int) -> None:
    provenance = replace(BARE, created=created, seed=seed, cost_micros=cost, took_milliseconds=took)
    assert read_provenance(with_provenance(JPEG, provenance)) == provenance


def test_characters_that_xml_cannot_hold_are_replaced_and_escaped_in_settings() -> None:
    refused = [*range(9), 0xB, 0xC, *range(0xE, 0x20), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF]
    text = "".join(f"{chr(code)}-" for code in refused) + "\t\r\n\r\n\x7f\x85\u2028\U0010ffff"
    provenance = replace(BARE, prompt=text, settings={"style": text}, products=(UsedProduct("chair", text),))
    marked = with_provenance(JPEG, provenance)
    replaced = "\ufffd-" * len(refused) + "\t\r\n\r\n\x7f\x85\u2028\U0010ffff"
    expected = replace(provenance, prompt=replaced, products=(UsedProduct("chair", replaced),))
    assert read_provenance(marked) == expected


def test_texts_too_long_for_one_packet_are_kept_whole_and_the_facts_stay_in_the_packet() -> None:
    provenance = replace(
        PROVENANCE,
        prompt="&" * 10_000,
        settings={"promptText": "<" * 4000, "negativePrompt": "椅" * 4000},
        products=tuple(UsedProduct(f"p{number}", "&" * 200) for number in range(16)),
    )
    marked = with_provenance(JPEG, provenance)
    assert read_provenance(marked) == provenance
    assert without_xmp(marked) == JPEG
    (packet,) = packets(marked)
    read = stated(packet)
    for name, value in told(PROVENANCE).items():
        if name not in {"dc:description", "sceneStudio:settings", "sceneStudio:products"}:
            assert read.pop(name) == value
    assert read.keys() == {"xmpNote:HasExtendedXMP"}


def test_what_was_said_before_is_replaced() -> None:
    assert with_provenance(with_provenance(JPEG, BARE), PROVENANCE) == with_provenance(JPEG, PROVENANCE)


def test_a_picture_that_says_nothing_has_no_provenance() -> None:
    assert read_provenance(JPEG) is None


@pytest.mark.parametrize(
    ("what", "other"),
    [
        (b"ns/1.0/", b"ns/2.0/"),
        (b"sceneStudio:seed>", b"sceneStudio:none>"),
        (b">4711<", b">many<"),
        (b"digitalsourcetype/composite", b"digitalsourcetype/opposites"),
        (b'{"style"', b'["style"'),
        (b">2024-01-01T00:00:00.123Z</sceneStudio", b">in the beginning of 2024</sceneStudio"),
        (b"sceneStudio:address>", b"sceneStudio:nowhere>"),
        (b"sceneStudio:sha256>abab", b"sceneStudio:sha255>abab"),
    ],
)
def test_what_is_said_in_part_or_in_another_way_is_no_provenance(what: bytes, other: bytes) -> None:
    marked = with_provenance(JPEG, PROVENANCE)
    assert what in marked
    assert len(what) == len(other)
    assert read_provenance(marked.replace(what, other)) is None


def test_xmp_of_others_is_no_provenance() -> None:
    others = Properties({"dc": "http://purl.org/dc/elements/1.1/"}, "<dc:format>image/jpeg</dc:format>", "")
    assert read_provenance(embed(JPEG, others)) is None


@pytest.mark.parametrize("data", [b"", b"no picture", png(1), JPEG[:40]], ids=["empty", "text", "PNG", "cut"])
def test_what_is_no_jpeg_file_is_refused(data: bytes) -> None:
    with pytest.raises(ImageRejected):
        with_provenance(data, PROVENANCE)
    with pytest.raises(ImageRejected):
        read_provenance(data)
