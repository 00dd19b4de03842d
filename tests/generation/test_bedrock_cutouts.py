from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from scene_studio.generation.bedrock.cutouts import cut_by, jpeg, opened, png, sendable
from scene_studio.generation.bedrock.operations import REMOVE_BACKGROUND
from scene_studio.generation.bedrock.requests import build
from scene_studio.images.cutout import product_alone
from scene_studio.model.errors import GenerationRefused, ImageRejected
from tests.support.pictures import as_image, photograph
from tests.support.pictures import png as cut_png


def on_white() -> Image.Image:
    picture = Image.new("RGB", (120, 160), "white")
    picture.paste((170, 60, 40), (30, 40, 90, 130))
    return picture


def test_a_picture_with_alpha_is_its_product_alone() -> None:
    picture = as_image(cut_png(1))
    cutout = product_alone(picture)
    assert cutout is not None
    assert cutout.tobytes() == picture.crop(picture.getchannel("A").getbbox()).tobytes()


def test_a_rectangle_that_fills_its_own_alpha_is_a_cutout_too() -> None:
    picture = Image.new("RGBA", (100, 100))
    picture.paste((170, 60, 40, 255), (20, 20, 80, 80))
    cutout = product_alone(picture)
    assert cutout is not None
    assert (cutout.size, cutout.getchannel("A").getextrema()) == ((60, 60), (255, 255))


def test_a_product_on_a_plain_background_is_cut_out_here() -> None:
    cutout = product_alone(on_white())
    assert cutout is not None
    assert cutout.size == pytest.approx((60, 90), abs=3)


def test_a_product_in_a_room_is_not_cut_out_here() -> None:
    assert product_alone(photograph(3)) is None
    assert product_alone(photograph(3).convert("RGBA")) is None


def test_a_picture_that_is_transparent_throughout_is_no_product() -> None:
    with pytest.raises(ImageRejected):
        product_alone(Image.new("RGBA", (50, 50)))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 900), st.integers(1, 900))
@example(1, 2048)
@example(2048, 1)
@example(1, 1)
@example(2048, 2048)
def test_a_picture_of_any_shape_is_sent_in_one_that_the_service_takes(width: int, height: int) -> None:
    sheet, box = sendable(Image.new("RGB", (width, height), (1, 2, 3)))
    build(REMOVE_BACKGROUND, {"image": png(sheet)})
    left, top, right, bottom = box
    assert 0 <= left < right <= sheet.width
    assert 0 <= top < bottom <= sheet.height
    assert max(sheet.size) <= 1536


@pytest.mark.parametrize("size", [(300, 200), (64, 64), (400, 160)])
def test_a_picture_within_the_limits_is_sent_as_it_is(size: tuple[int, int]) -> None:
    picture = photograph(4, size)
    sheet, box = sendable(picture)
    assert box == (0, 0, *size)
    assert sheet.tobytes() == picture.tobytes()


def test_a_long_picture_is_sent_whole_on_a_wider_sheet() -> None:
    picture = photograph(4, (100, 500))
    sheet, box = sendable(picture)
    assert sheet.size == (200, 500)
    assert sheet.crop(box).tobytes() == picture.tobytes()


def answer_for(sheet: Image.Image, box: tuple[int, int, int, int], *, factor: int = 1) -> Image.Image:
    """The service's answer: an oval in the middle of the box, in other colours than were sent."""
    alpha = Image.new("L", sheet.size)
    left, top, right, bottom = box
    across, down = (right - left) // 5, (bottom - top) // 5
    ImageDraw.Draw(alpha).ellipse((left + across, top + down, right - across, bottom - down), fill=255)
    answer = Image.new("RGBA", sheet.size, (1, 2, 3, 255))
    answer.putalpha(alpha)
    return answer.resize((sheet.width * factor, sheet.height * factor))


@pytest.mark.parametrize("size", [(300, 200), (100, 500), (60, 48), (1600, 1000)])
@pytest.mark.parametrize("factor", [1, 2])
def test_a_bought_cutout_has_the_pixels_of_our_own_picture(size: tuple[int, int], factor: int) -> None:
    picture = photograph(5, size)
    sheet, box = sendable(picture)

    cutout = cut_by(picture, answer_for(sheet, box, factor=factor), sheet.size, box)

    assert cutout.width / size[0] == pytest.approx(0.6, abs=0.07)
    assert cutout.height / size[1] == pytest.approx(0.6, abs=0.07)
    best = min(
        ImageChops.difference(
            picture.crop((left, top, left + cutout.width, top + cutout.height)), cutout.convert("RGB")
        ).getextrema()
        for left in range(max(0, size[0] // 5 - 2), size[0] // 5 + 3)
        for top in range(max(0, size[1] // 5 - 2), size[1] // 5 + 3)
        if left + cutout.width <= size[0] and top + cutout.height <= size[1]
    )
    assert best == ((0, 0),) * 3


@pytest.mark.parametrize(
    "answer",
    [
        Image.new("RGB", (96, 72)),
        Image.new("RGBA", (96, 72)),
        Image.new("RGBA", (96, 72), (9, 9, 9, 255)),
        Image.new("RGBA", (96, 72), (9, 9, 9, 100)),
    ],
    ids=["no alpha", "nothing", "everything", "only a haze"],
)
def test_an_answer_in_which_no_product_was_found_is_refused_with_what_to_do(answer: Image.Image) -> None:
    with pytest.raises(GenerationRefused, match="plain or transparent background, and execute again"):
        cut_by(photograph(6), answer, (96, 72), (0, 0, 96, 72))


def test_large_pictures_are_opened_no_larger_than_they_are_needed() -> None:
    assert opened(jpeg(photograph(7, (3000, 1500)), 90)).size == (2048, 1024)
    assert opened(png(photograph(7, (300, 150)))).size == (300, 150)


def test_pictures_are_encoded_as_what_they_say() -> None:
    picture = photograph(8)
    assert as_image(png(picture)).tobytes() == picture.tobytes()
    with Image.open(BytesIO(jpeg(picture, 95))) as opened_again:
        assert (opened_again.format, opened_again.size) == ("JPEG", picture.size)
    assert len(jpeg(picture, 30)) < len(jpeg(picture, 95))
