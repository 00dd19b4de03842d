"""From one file, decoded once, everything that is stored of it."""

import hashlib
from typing import Any

import pytest
from PIL import Image, ImageDraw

from scene_studio.images import intake
from scene_studio.images.bare import is_bare
from scene_studio.images.cutout import cut_out
from scene_studio.images.forms import Purpose, TakenIn
from scene_studio.images.inspect import open_upright
from scene_studio.images.intake import take_in
from scene_studio.images.normalise import photo_jpeg, product_png
from scene_studio.images.thumbnail import thumbnail_jpeg
from scene_studio.model.errors import ImageRejected
from tests.support.pictures import BLUE, WHITE, as_image, difference, encoded, jpeg, photograph, png

ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F
PURPOSES: list[Purpose] = ["scene", "product"]


def on_white() -> Image.Image:
    picture = Image.new("RGB", (200, 200), WHITE)
    ImageDraw.Draw(picture).rectangle((50, 40, 149, 159), fill=BLUE)
    return picture


def files(taken: TakenIn) -> list[bytes]:
    return [file for file in (taken.picture, taken.thumbnail, taken.cutout) if file is not None]


def test_a_scene_is_stored_as_a_photograph_with_a_preview() -> None:
    data = jpeg(1, (900, 700))
    taken = take_in(data, "scene")
    assert (taken.picture, taken.cutout, taken.width, taken.height) == (photo_jpeg(data), None, 900, 700)
    assert as_image(taken.thumbnail).size == (320, 249)
    assert difference(as_image(taken.thumbnail), as_image(thumbnail_jpeg(data))) < 2


def test_a_product_is_stored_with_its_transparency_and_so_is_its_preview() -> None:
    data = png(1, (600, 800))
    taken = take_in(data, "product")
    thumbnail = as_image(taken.thumbnail)
    assert (taken.picture, taken.width, taken.height) == (product_png(data), 600, 800)
    assert (thumbnail.mode, thumbnail.size, thumbnail.getpixel((0, 0))[3]) == ("RGBA", (240, 320), 0)  # type: ignore[index]


def test_a_product_that_comes_with_its_alpha_is_cut_out_by_it() -> None:
    data = png(1, (600, 800))
    taken = take_in(data, "product")
    assert taken.cutout is not None
    assert as_image(taken.cutout).tobytes() == cut_out(open_upright(data)).tobytes()
    assert as_image(taken.cutout).size < (600, 800)


def test_a_product_is_not_looked_for_in_its_picture_where_there_is_no_time_for_that() -> None:
    taken = take_in(encoded(on_white()), "product", cut_out=False)
    assert (taken.cutout, taken.colors[0]) == (None, "#ffffff")
    assert taken.picture == take_in(encoded(on_white()), "product").picture
    assert as_image(taken.thumbnail).size == (200, 200)


def test_a_product_on_a_plain_background_is_cut_out_of_it() -> None:
    taken = take_in(encoded(on_white()), "product")
    assert taken.cutout is not None
    assert as_image(taken.cutout).size == (100, 120)


def test_a_product_that_cannot_be_told_from_its_background_has_no_cutout() -> None:
    assert take_in(jpeg(1), "product").cutout is None


def test_the_colours_of_a_product_are_not_those_of_its_background() -> None:
    data = encoded(on_white())
    assert take_in(data, "product").colors == ("#" + bytes(BLUE).hex(),)
    assert take_in(data, "scene").colors == ("#ffffff", "#" + bytes(BLUE).hex())


@pytest.mark.parametrize("purpose", PURPOSES)
def test_large_pictures_are_stored_at_the_size_that_is_told(purpose: Purpose) -> None:
    taken = take_in(jpeg(1, (5000, 2500)), purpose)
    expected = (4096, 2048) if purpose == "scene" else (2048, 1024)
    assert (taken.width, taken.height) == expected == as_image(taken.picture).size


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_nothing_of_the_metadata_comes_out(purpose: Purpose, picture_format: str) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "PhoneMaker"
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0)})
    options: dict[str, Any] = {} if picture_format == "TIFF" else {"xmp": b"<x:xmpmeta>PhoneMaker</x:xmpmeta>"}
    source = encoded(on_white(), picture_format, exif=exif, **options)
    assert b"PhoneMaker" in source
    taken = take_in(source, purpose)
    assert len(files(taken)) == (2 if purpose == "scene" else 3)
    for file in files(taken):
        assert b"PhoneMaker" not in file
        assert is_bare(file, "JPEG" if file.startswith(b"\xff\xd8") else "PNG")
        assert dict(as_image(file).getexif()) == {}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_same_file_always_gives_the_same_bytes(purpose: Purpose) -> None:
    data = jpeg(4, (700, 500))
    assert take_in(data, purpose) == take_in(data, purpose)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_hash_is_that_of_the_stored_picture(purpose: Purpose) -> None:
    taken = take_in(jpeg(1), purpose)
    assert taken.sha256 == hashlib.sha256(taken.picture).hexdigest()


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_file_is_decoded_once(purpose: Purpose, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def counting(data: bytes, longest_side: int | None = None) -> Image.Image:
        opened.append(longest_side)
        return open_upright(data, longest_side)

    monkeypatch.setattr(intake, "open_upright", counting)
    take_in(jpeg(1), purpose)
    assert opened == [4096 if purpose == "scene" else 2048]


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("data", [b"", b"no picture", jpeg(1)[:-2]])
def test_what_is_not_a_whole_picture_is_rejected(purpose: Purpose, data: bytes) -> None:
    with pytest.raises(ImageRejected):
        take_in(data, purpose)


def test_a_product_in_which_nothing_can_be_seen_is_rejected_and_a_scene_is_white() -> None:
    data = encoded(Image.new("RGBA", (30, 20)))
    with pytest.raises(ImageRejected, match="transparent throughout"):
        take_in(data, "product")
    assert take_in(data, "scene").colors == ("#ffffff",)


def test_photographs_keep_their_pixels() -> None:
    stored = as_image(take_in(encoded(photograph(6)), "product").picture)
    assert stored.tobytes() == photograph(6).tobytes()
