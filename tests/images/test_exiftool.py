"""exiftool, which newsrooms and archives trust, reads everything that a generated picture says of itself."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from scene_studio.images.provenance import (
    DigitalSource,
    Provenance,
    UsedProduct,
    UsedScene,
    with_provenance,
)
from tests.support.pictures import jpeg

PROVENANCE: Final = Provenance(
    revision_id="img-1",
    created=1_704_067_200_123,
    source=DigitalSource.COMPOSITE_WITH_TRAINED,
    model="bedrock-inpaint-1",
    seed=4_294_967_294,
    cost_micros=70_000,
    took_milliseconds=6_543,
    prompt="A <tall> chair & a vase,\n“soft” light, 椅子.",
    settings={"style": "Modern", "props": ["Plants", "Büchér"], "varietyLevel": 7},
    products=(
        UsedProduct("chair", "Oak & Ash", "c1", "ab" * 32),
        UsedProduct("vase", "Vase <2>"),
    ),
    scene=UsedScene("user-scenes/beach", "cd" * 32),
)


def exiftool(picture: bytes, tmp_path: Path, *options: str) -> dict[str, Any]:
    """What exiftool says of a picture, with the group of each name."""
    program = shutil.which("exiftool")
    if program is None:
        pytest.fail("exiftool is not here; on Debian install libimage-exiftool-perl")
    path = tmp_path / "picture.jpg"
    path.write_bytes(picture)
    command = [program, "-json", "-G1", "-struct", *options, str(path)]
    (told,) = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
    assert isinstance(told, dict)
    return told


@pytest.mark.parametrize("repeated", [1, 3000], ids=["one packet", "extended"])
def test_exiftool_reads_everything_that_a_picture_says(tmp_path: Path, repeated: int) -> None:
    prompt = PROVENANCE.prompt * repeated
    picture = with_provenance(jpeg(1), replace(PROVENANCE, prompt=prompt))
    told = exiftool(picture, tmp_path, "-XMP:all", "-x", "XMP-xmpNote:all")
    settings = told.pop("XMP-sceneStudio:Settings")
    assert json.loads(settings) == PROVENANCE.settings
    assert told == {
        "SourceFile": str(tmp_path / "picture.jpg"),
        "XMP-iptcExt:DigitalSourceType": (
            "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
        ),
        "XMP-xmp:CreatorTool": "Scene Studio",
        "XMP-xmp:CreateDate": "2024:01:01 00:00:00.123Z",
        "XMP-dc:Description": prompt,
        "XMP-sceneStudio:RevisionId": "img-1",
        "XMP-sceneStudio:Created": "2024:01:01 00:00:00.123Z",
        "XMP-sceneStudio:Model": "bedrock-inpaint-1",
        "XMP-sceneStudio:Seed": 4_294_967_294,
        "XMP-sceneStudio:CostMicros": 70_000,
        "XMP-sceneStudio:TookMilliseconds": 6_543,
        "XMP-sceneStudio:Scene": {"Address": "user-scenes/beach", "Sha256": "cd" * 32},
        "XMP-sceneStudio:Products": [
            {"Id": "chair", "Name": "Oak & Ash", "ImageId": "c1", "Sha256": "ab" * 32},
            {"Id": "vase", "Name": "Vase <2>"},
        ],
    }


@pytest.mark.parametrize("repeated", [1, 3000], ids=["one packet", "extended"])
def test_exiftool_finds_nothing_wrong_with_the_file(tmp_path: Path, repeated: int) -> None:
    picture = with_provenance(jpeg(1), replace(PROVENANCE, prompt=PROVENANCE.prompt * repeated))
    told = exiftool(picture, tmp_path, "-validate", "-warning", "-error", "-a")
    assert told == {"SourceFile": str(tmp_path / "picture.jpg"), "ExifTool:Validate": "OK"}
