from io import BytesIO
from random import Random

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scene_studio.images.cutout import cut_out, product_alone
from scene_studio.images.regions import paint, regions
from scene_studio.model.errors import ImageRejected

BLUE, WHITE = (30, 60, 160), (255, 255, 255)


def on_background(background: tuple[int, int, int] = WHITE) -> Image.Image:
    """A blue ring with the background's colour inside it, 100 x 120 pixels at (50, 40)."""
    picture = Image.new("RGB", (200, 200), background)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((50, 40, 149, 159), fill=BLUE)
    draw.rectangle((80, 70, 119, 129), fill=background)
    return picture


def photographed(picture: Image.Image) -> Image.Image:
    """The picture with the noise and the halos that cameras and JPEG files have."""
    noise = Image.frombytes("L", picture.size, Random(3).randbytes(picture.width * picture.height))
    noise = noise.point([128 + (level - 128) // 24 for level in range(256)])
    blurred = picture.filter(ImageFilter.GaussianBlur(1))
    noisy = ImageChops.add(blurred, Image.merge("RGB", (noise,) * 3), 1, -128)
    out = BytesIO()
    noisy.save(out, "JPEG", quality=80)
    return Image.open(BytesIO(out.getvalue())).convert("RGB")


def alpha_at(picture: Image.Image, x: int, y: int) -> int:
    value = picture.getpixel((x, y))
    assert isinstance(value, tuple)
    return value[3]


@pytest.mark.parametrize("background", [WHITE, (0, 0, 0), (127, 130, 126), (20, 200, 40)])
def test_a_plain_background_is_removed_and_the_rest_cropped_to_the_product(
    background: tuple[int, int, int],
) -> None:
    product = cut_out(on_background(background))
    assert (product.mode, product.size) == ("RGBA", (100, 120))


def test_the_inside_of_a_product_stays_although_it_has_the_colour_of_the_background() -> None:
    product = cut_out(on_background())
    assert product.getpixel((50, 60)) == (*WHITE, 255)


def test_an_opening_in_the_outline_lets_the_background_be_removed_inside() -> None:
    picture = on_background()
    ImageDraw.Draw(picture).rectangle((90, 120, 109, 199), fill=WHITE)
    assert alpha_at(cut_out(picture), 50, 60) == 0


def test_a_leak_of_a_pixel_in_the_outline_lets_nothing_in() -> None:
    picture = on_background()
    ImageDraw.Draw(picture).rectangle((99, 120, 99, 199), fill=WHITE)
    assert alpha_at(cut_out(picture), 50, 60) == 255


@pytest.mark.parametrize("picture", [on_background(), photographed(on_background())], ids=["clean", "photo"])
def test_pixels_that_come_out_opaque_have_the_colours_they_had(picture: Image.Image) -> None:
    product = cut_out(picture)
    left, top = 50 - (product.width - 100) // 2, 40 - (product.height - 120) // 2
    opaque = product.getchannel("A").point([0] * 255 + [255])
    original = picture.crop((left, top, left + product.width, top + product.height))
    difference = ImageChops.difference(product.convert("RGB"), original)
    black = Image.new("RGB", product.size)
    assert opaque.histogram()[255] > 8000
    assert Image.composite(difference, black, opaque).getbbox() is None


def test_edges_fade_over_a_pixel_or_two() -> None:
    product = cut_out(on_background())
    alphas = [alpha_at(product, x, 60) for x in range(4)]
    assert (0 < alphas[0] < 255, alphas[2], alphas[3]) == (True, 255, 255)


def test_edges_show_nothing_of_the_old_background() -> None:
    product = cut_out(photographed(on_background()))
    soft = [product.getpixel((x, 60)) for x in range(product.width // 4) if 0 < alpha_at(product, x, 60) < 255]
    assert soft
    assert all(isinstance(p, tuple) and p[0] < 140 for p in soft), soft


def test_no_pale_halo_of_the_background_stays_opaque_around_a_photographed_product() -> None:
    product = cut_out(photographed(on_background()))
    opaque = product.getchannel("A").point([0] * 255 + [255])
    # The inside of the ring is white and belongs to the product, so only the outer part is looked at.
    opaque.paste(0, (15, 15, product.width - 15, product.height - 15))
    reds = product.getchannel("R").histogram(opaque)
    assert sum(reds) > 3000
    assert sum(reds[190:]) == 0


def test_the_noise_of_a_photograph_neither_stops_the_cut_nor_widens_it() -> None:
    product = cut_out(photographed(on_background()))
    assert (96 <= product.width <= 104, 116 <= product.height <= 124) == (True, True), product.size


def test_dust_on_the_background_is_removed_with_it() -> None:
    picture = on_background()
    picture.paste((90, 90, 90), (10, 10, 12, 13))
    picture.paste((90, 90, 90), (188, 180, 191, 182))
    assert cut_out(picture).size == (100, 120)


def test_a_product_may_touch_the_edge_of_its_picture() -> None:
    picture = Image.new("RGB", (200, 200), WHITE)
    ImageDraw.Draw(picture).rectangle((70, 60, 129, 199), fill=BLUE)
    product = cut_out(picture)
    assert (product.size, alpha_at(product, 30, 139)) == ((60, 140), 255)


def test_a_picture_without_a_plain_background_is_kept_whole() -> None:
    scene = Image.radial_gradient("L").resize((120, 90)).convert("RGB")
    halves = Image.new("RGB", (120, 90), WHITE)
    halves.paste((0, 0, 0), (0, 0, 60, 90))
    for picture in (scene, halves):
        product = cut_out(picture)
        assert (picture.tobytes(), (255, 255)) == (
            product.convert("RGB").tobytes(),
            product.getchannel("A").getextrema(),
        )


def test_whether_a_product_was_told_from_its_background_need_not_be_guessed_from_the_result() -> None:
    alone = product_alone(on_background())
    assert alone is not None
    assert alone.tobytes() == cut_out(on_background()).tobytes()
    assert product_alone(Image.radial_gradient("L").convert("RGB")) is None
    # An alpha channel that hides nothing tells nothing either.
    assert product_alone(Image.radial_gradient("L").convert("RGBA")) is None


@pytest.mark.parametrize("colour", [WHITE, BLUE])
def test_a_picture_of_one_colour_is_kept_whole(colour: tuple[int, int, int]) -> None:
    product = cut_out(Image.new("RGB", (30, 20), colour))
    assert (product.size, product.getchannel("A").getextrema()) == ((30, 20), (255, 255))


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (1, 40)])
def test_the_smallest_pictures_are_kept_whole(size: tuple[int, int]) -> None:
    assert cut_out(Image.new("RGB", size, BLUE)).size == size


def test_a_useful_alpha_channel_is_kept_as_it_is_and_cropped_to_the_product() -> None:
    picture = Image.new("RGBA", (60, 60))
    product = Image.linear_gradient("L").resize((20, 30)).convert("RGBA")
    product.putalpha(Image.linear_gradient("L").resize((20, 30)).point([max(40, v) for v in range(256)]))
    picture.paste(product, (15, 10))
    assert cut_out(picture).tobytes() == product.tobytes()


def test_an_alpha_channel_that_hides_nothing_gives_way_to_the_plain_background() -> None:
    picture = on_background().convert("RGBA")
    picture.putpixel((0, 0), (255, 255, 255, 0))
    assert cut_out(picture).size == (100, 120)


def test_a_picture_that_is_transparent_throughout_is_rejected() -> None:
    with pytest.raises(ImageRejected, match="transparent throughout"):
        cut_out(Image.new("RGBA", (10, 10), (9, 9, 9, 0)))


def test_the_picture_that_is_handed_in_is_not_changed() -> None:
    picture = on_background().convert("RGBA")
    before = picture.tobytes()
    cut_out(picture)
    assert picture.tobytes() == before


def mask_of(*rows: str) -> Image.Image:
    mask = Image.new("L", (len(rows[0]), len(rows)))
    for y, row in enumerate(rows):
        for x, mark in enumerate(row):
            mask.putpixel((x, y), 255 if mark == "#" else 0)
    return mask


def test_regions_hang_together_by_sides_and_not_by_corners() -> None:
    mask = mask_of(
        "........",
        ".#.#..#.",
        ".###.#..",
        ".....#..",
        "#.......",
    )
    found = sorted((region.area, region.touches_border) for region in regions(mask))
    assert found == [(1, False), (1, True), (2, False), (5, False)]


def test_painting_all_regions_gives_back_any_mask() -> None:
    random = Random(8)
    for _ in range(40):
        width, height = random.randint(1, 30), random.randint(1, 30)
        mask = Image.new("L", (width, height))
        for index in range(width * height):
            mask.putpixel((index % width, index // width), random.choice([0, 255]))
        found = regions(mask)
        assert paint(mask.size, found).tobytes() == mask.tobytes()
        # Each region is the whole of what Pillow's own flood fill reaches from any of its pixels.
        for region in found:
            flooded = mask.copy()
            row, start, _ = region.runs[0]
            ImageDraw.floodfill(flooded, (start, row), 77)
            assert flooded.point([255 if v == 77 else 0 for v in range(256)]).tobytes() == (
                paint(mask.size, [region]).tobytes()
            )
