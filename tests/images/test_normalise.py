from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms

from scene_studio.images.normalise import photo_jpeg, product_png
from scene_studio.images.thumbnail import thumbnail_jpeg
from scene_studio.model.errors import ImageRejected

RED = (200, 30, 30)
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def encoded(picture: Image.Image, picture_format: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, picture_format, **options)
    return out.getvalue()


def from_a_phone(picture_format: str) -> bytes:
    """A picture stored on its side, with a place, a maker and a profile written into it."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MAKE] = "PhoneMaker"
    exif[GPS] = {1: "N", 2: (52.0, 31.0, 12.0)}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = Image.new("RGB", (60, 40), RED)
    return encoded(picture, picture_format, exif=exif, icc_profile=profile)


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


STORED = [photo_jpeg, product_png, thumbnail_jpeg]


@pytest.mark.parametrize("store", STORED)
@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP"])
def test_place_camera_and_profile_are_dropped_and_the_picture_is_upright(
    store: Any, picture_format: str
) -> None:
    source = from_a_phone(picture_format)
    assert b"PhoneMaker" in source
    stored = store(source)
    picture = opened(stored)
    assert (
        picture.size,
        dict(picture.getexif()),
        "icc_profile" in picture.info,
        b"PhoneMaker" in stored,
    ) == ((40, 60), {}, False, False)


@pytest.mark.parametrize("store", STORED)
@pytest.mark.parametrize("data", [b"", b"no picture", encoded(Image.new("RGB", (9, 9)), "JPEG")[:-2]])
def test_what_is_not_a_whole_picture_is_rejected(store: Any, data: bytes) -> None:
    with pytest.raises(ImageRejected):
        store(data)


@pytest.mark.parametrize(
    ("store", "size", "expected"),
    [
        (photo_jpeg, (5000, 1250), (4096, 1024)),
        (photo_jpeg, (300, 200), (300, 200)),
        (product_png, (1000, 4000), (512, 2048)),
        (product_png, (300, 200), (300, 200)),
        (thumbnail_jpeg, (1280, 640), (320, 160)),
        (thumbnail_jpeg, (640, 1280), (160, 320)),
        (thumbnail_jpeg, (30, 20), (30, 20)),
    ],
)
@pytest.mark.parametrize("picture_format", ["JPEG", "PNG"])
def test_pictures_are_shrunk_to_the_limit_and_never_enlarged(
    store: Any, size: tuple[int, int], expected: tuple[int, int], picture_format: str
) -> None:
    assert opened(store(encoded(Image.new("RGB", size, RED), picture_format))).size == expected


def test_photos_and_thumbnails_are_rgb_jpeg_on_white() -> None:
    transparent = encoded(Image.new("RGBA", (20, 20), (0, 0, 0, 0)))
    pictures = [opened(photo_jpeg(transparent)), opened(thumbnail_jpeg(transparent))]
    assert [(p.format, p.mode, p.getpixel((9, 9))) for p in pictures] == [("JPEG", "RGB", (255, 255, 255))] * 2


def test_a_product_keeps_every_pixel_and_its_transparency() -> None:
    product = Image.new("RGBA", (3, 1))
    pixels = [(200, 30, 30, 255), (10, 20, 30, 128), (0, 0, 0, 0)]
    for x, pixel in enumerate(pixels):
        product.putpixel((x, 0), pixel)
    stored = opened(product_png(encoded(product)))
    assert ("PNG", pixels) == (stored.format, [stored.getpixel((x, 0)) for x in range(3)])


def test_a_product_without_transparency_is_stored_as_rgb() -> None:
    assert opened(product_png(encoded(Image.new("CMYK", (9, 9)), "JPEG"))).mode == "RGB"


@pytest.mark.parametrize("store", STORED)
def test_the_same_picture_is_stored_as_the_same_bytes(store: Any) -> None:
    data = from_a_phone("JPEG")
    assert store(data) == store(data)
