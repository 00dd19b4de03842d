"""Pictures that cameras stored on their side come out as they were seen."""

from typing import Any

import pytest
from PIL import Image

from scene_studio.images.inspect import open_upright
from tests.support.pictures import difference, encoded, photograph

ORIENTATION, NEXT_TO_IT, MAKE = 0x0112, 0x0113, 0x010F
CARRYING_EXIF = ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"]
STORED = {
    # What the stored picture has to be for a viewer that applies the orientation to show the picture.
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
SEEN = photograph(5, (96, 64))


def stored(orientation: int, picture_format: str, **options: Any) -> bytes:
    turn = STORED[orientation]
    exif = options.pop("exif", Image.Exif())
    exif[ORIENTATION] = orientation
    picture = SEEN if turn is None else SEEN.transpose(turn)
    if picture_format != "TIFF":
        options["quality"] = 95
    return encoded(picture, picture_format, exif=exif, **options)


@pytest.mark.parametrize("picture_format", CARRYING_EXIF)
@pytest.mark.parametrize("orientation", STORED)
def test_every_orientation_comes_out_upright(orientation: int, picture_format: str) -> None:
    assert difference(open_upright(stored(orientation, picture_format)), SEEN) < 4


@pytest.mark.parametrize("picture_format", CARRYING_EXIF)
@pytest.mark.parametrize("orientation", STORED)
def test_a_picture_that_is_scaled_down_comes_out_upright_too(orientation: int, picture_format: str) -> None:
    picture = open_upright(stored(orientation, picture_format), 48)
    assert difference(picture, SEEN.resize((48, 32), Image.Resampling.LANCZOS)) < 4


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "jpeg"])
def test_pages_are_turned_whichever_decoder_reads_them(compression: str | None) -> None:
    assert difference(open_upright(stored(8, "TIFF", compression=compression)), SEEN) < 4


def with_another_tag(number: int) -> Image.Exif:
    """EXIF that holds, under a tag that encoders leave alone, the number of another orientation."""
    exif = Image.Exif()
    exif[NEXT_TO_IT] = number
    return exif


def renamed(avif: bytes) -> bytes:
    """The file with that tag made the orientation."""
    assert avif.count(b"\x01\x13\0\x03") == 1
    return avif.replace(b"\x01\x13\0\x03", b"\x01\x12\0\x03")


@pytest.mark.parametrize("turned_by", [1, 8])
def test_an_avif_file_is_turned_as_its_container_says_and_not_once_more_by_its_exif(turned_by: int) -> None:
    both = renamed(stored(turned_by, "AVIF", exif=with_another_tag(6)))
    assert (b"irot" in both, b"Exif" in both) == (turned_by == 8, True)
    assert difference(open_upright(both), SEEN) < 4


@pytest.mark.parametrize("picture_format", CARRYING_EXIF)
@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_an_orientation_that_there_is_not_turns_nothing(orientation: int, picture_format: str) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = "Camera"
    assert open_upright(encoded(SEEN, picture_format, exif=exif)).size == SEEN.size
