import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from scene_studio.generation import sample_pictures
from scene_studio.generation.compositor import SIZES, Compositor, place
from scene_studio.generation.image_model import ImageModel, ImageRequest, ImageResult, ProductPicture
from scene_studio.generation.kraft_box import kraft_box
from scene_studio.generation.layout import Placement, arrange
from scene_studio.generation.rooms import floor_top
from scene_studio.images.cutout import cut_out
from scene_studio.model.errors import ImageRejected
from scene_studio.model.settings import ASPECT_RATIOS, AspectRatio, SceneGenerationSettings, resolve

STOCK_SCENE = Path(sample_pictures.__file__).parent.parent / "scenes" / "living-room-modern.jpg"
RED, GREEN, MAGENTA = (210, 30, 30), (20, 170, 50), (250, 0, 250)


def encoded(picture: Image.Image, picture_format: str = "PNG") -> bytes:
    out = BytesIO()
    picture.save(out, picture_format)
    return out.getvalue()


def slab(colour: tuple[int, int, int], size: tuple[int, int] = (120, 200)) -> bytes:
    """A product that fills its whole rectangle with one colour, in a transparent surround."""
    picture = Image.new("RGBA", (size[0] + 40, size[1] + 40))
    picture.paste((*colour, 255), (20, 20, 20 + size[0], 20 + size[1]))
    return encoded(picture)


def product(picture: bytes | None, index: int = 0) -> ProductPicture:
    return ProductPicture(f"p{index}", f"Product {index}", picture)


def asked(*products: ProductPicture, seed: int = 1, scene: bytes | None = None, **members: Any) -> ImageRequest:
    return ImageRequest("", resolve(SceneGenerationSettings(**members)), products, scene, seed)


def made(request: ImageRequest) -> Image.Image:
    picture = Image.open(BytesIO(Compositor().generate(request).jpeg))
    picture.load()
    return picture


def mean_colour(picture: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, ...]:
    return tuple(round(level) for level in ImageStat.Stat(picture.crop(box)).mean)


def lightness(picture: Image.Image, box: tuple[int, int, int, int]) -> float:
    return ImageStat.Stat(picture.crop(box).convert("L")).mean[0]


def difference(first: Image.Image, second: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(first, second)).mean)


@cache
def samples() -> dict[str, bytes]:
    return {
        "chair": sample_pictures.oak_chair_png(),
        "vase": sample_pictures.ceramic_vase_png(),
        "room": sample_pictures.living_room_jpeg(),
    }


# Sizes


def test_the_compositor_is_an_image_model_with_a_recorded_name() -> None:
    model: ImageModel = Compositor()
    assert model.capabilities.name == "compositor-1"


def test_there_is_a_size_for_every_aspect_ratio() -> None:
    assert set(SIZES) == set(get_args(AspectRatio))


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
def test_every_size_has_its_ratio_and_about_a_megapixel_in_steps_of_eight(ratio: AspectRatio) -> None:
    width, height = SIZES[ratio]
    across, down = (int(part) for part in ratio.split(":"))
    assert width / height == pytest.approx(across / down, rel=0.01)
    assert width * height == pytest.approx(1024 * 1024, rel=0.08)
    assert (width % 8, height % 8) == (0, 0)


@pytest.mark.parametrize("scene", [None, encoded(Image.new("RGB", (300, 200), GREEN), "JPEG")])
@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
def test_every_picture_is_a_jpeg_of_the_declared_size(ratio: AspectRatio, scene: bytes | None) -> None:
    result = Compositor().generate(asked(product(None), scene=scene, aspect_ratio=ratio, seed=77))
    picture = Image.open(BytesIO(result.jpeg))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", SIZES[ratio])
    assert result == ImageResult(result.jpeg, *SIZES[ratio], 77)


def test_a_square_picture_has_1024_pixels_a_side() -> None:
    assert SIZES["1:1"] == (1024, 1024)


# Layout


def overlapping(placements: tuple[Placement, ...]) -> list[tuple[Placement, Placement]]:
    return [
        (one, other)
        for one, other in combinations(placements, 2)
        if one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    ]


def outside(placements: tuple[Placement, ...], canvas: tuple[int, int]) -> list[Placement]:
    return [p for p in placements if p.left < 0 or p.top < 0 or p.right > canvas[0] or p.bottom > canvas[1]]


def layouts() -> Iterator[tuple[list[float], AspectRatio, Random]]:
    random = Random(4)
    for ratio in ASPECT_RATIOS:
        for count in range(1, 17):
            yield [random.uniform(0.3, 3.0) for _ in range(count)], ratio, random


def test_up_to_sixteen_products_stand_apart_inside_every_picture() -> None:
    for shapes, ratio, random in layouts():
        placements = arrange(shapes, SIZES[ratio], 0.62, 1.0, random)
        assert sorted(p.index for p in placements) == list(range(len(shapes)))
        assert overlapping(placements) == []
        assert outside(placements, SIZES[ratio]) == []


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.floats(0.05, 20), min_size=1, max_size=16),
    st.sampled_from(ASPECT_RATIOS),
    st.floats(0.42, 0.72),
    st.floats(0, 1),
    st.integers(0, 2**32 - 2),
)
def test_products_of_any_shape_stand_apart_on_any_floor(
    shapes: list[float], ratio: AspectRatio, floor: float, looseness: float, seed: int
) -> None:
    placements = arrange(shapes, SIZES[ratio], floor, looseness, Random(seed))
    assert (overlapping(placements), outside(placements, SIZES[ratio])) == ([], [])


def test_every_product_stands_on_the_floor() -> None:
    for shapes, ratio, random in layouts():
        floor = 0.62 * SIZES[ratio][1]
        feet = [p.bottom for p in arrange(shapes, SIZES[ratio], 0.62, 1.0, random)]
        assert [foot for foot in feet if foot <= floor] == []


def test_products_keep_their_proportions() -> None:
    for shapes, ratio, random in layouts():
        for placement in arrange(shapes, SIZES[ratio], 0.62, 1.0, random):
            expected = placement.height * shapes[placement.index]
            assert placement.width == pytest.approx(expected, abs=0.5 + shapes[placement.index])


def test_one_product_fills_a_good_part_of_the_picture() -> None:
    for ratio in ASPECT_RATIOS:
        width, height = SIZES[ratio]
        (only,) = arrange([0.8], (width, height), 0.62, 0.0, Random(1))
        assert max(only.width / width, only.height / height) > 0.5


def test_products_side_by_side_are_given_equal_areas() -> None:
    areas = [p.width * p.height for p in arrange([0.5, 1.0], (1024, 1024), 0.62, 0.0, Random(1))]
    assert max(areas) < 1.02 * min(areas)


def test_products_in_front_come_last_and_stand_lower() -> None:
    feet = [p.bottom for p in arrange([1.0] * 16, (1024, 1024), 0.5, 0.0, Random(1))]
    assert feet == sorted(feet)
    assert len(set(feet)) > 1


def test_products_of_one_row_keep_their_order() -> None:
    placements = arrange([0.5, 1.5, 0.7], (1024, 1024), 0.62, 0.0, Random(1))
    assert [p.index for p in sorted(placements, key=lambda p: p.left)] == [0, 1, 2]


def test_without_products_nothing_is_placed_and_the_room_is_empty() -> None:
    assert arrange([], (1024, 1024), 0.62, 1.0, Random(1)) == ()
    assert made(asked()).size == (1024, 1024)


def test_a_crowd_is_seen_from_higher_up() -> None:
    chosen = resolve(SceneGenerationSettings())
    assert floor_top(chosen, 1) > floor_top(chosen, 10) > 0.4


# Determinism and variety


def test_the_same_request_gives_the_same_bytes() -> None:
    request = asked(product(samples()["chair"]), product(None, 1), seed=5)
    assert Compositor().generate(request) == Compositor().generate(request)


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import sys\n"
        "from tests.functions.test_compositor import *\n"
        "sys.stdout.buffer.write(Compositor().generate(asked(product(None), seed=5)).jpeg)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "12"}
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment)
    assert other.stdout == Compositor().generate(asked(product(None), seed=5)).jpeg


def test_another_seed_gives_another_picture() -> None:
    jpegs = {Compositor().generate(asked(product(None), seed=seed)).jpeg for seed in range(4)}
    assert len(jpegs) == 4


def test_at_variety_level_0_no_seed_changes_anything() -> None:
    jpegs = {Compositor().generate(asked(product(None), seed=seed, variety_level=0)).jpeg for seed in range(3)}
    assert len(jpegs) == 1


def test_the_variety_level_decides_how_far_products_move() -> None:
    def reach(level: int) -> int:
        lefts = [
            place(asked(product(None), seed=seed, variety_level=level), [1.0])[0].left for seed in range(40)
        ]
        return max(lefts) - min(lefts)

    assert reach(0) == 0
    assert 0 < reach(3) < reach(10)


# The picture


@pytest.mark.parametrize("scene", [None, encoded(Image.new("RGB", (600, 400), (120, 120, 200)), "JPEG")])
@pytest.mark.parametrize("count", [1, 2, 5, 16])
def test_every_product_is_seen_where_it_was_placed(count: int, scene: bytes | None) -> None:
    colours = [(20 + 14 * index, 230 - 14 * index, 40 + 150 * (index % 2)) for index in range(count)]
    request = asked(*(product(slab(colour), i) for i, colour in enumerate(colours)), scene=scene, seed=3)
    picture = made(request)
    for spot in place(request, [0.6] * count):
        inside = (spot.left + 8, spot.top + 8, spot.right - 8, spot.bottom - 8)
        assert mean_colour(picture, inside) == pytest.approx(colours[spot.index], abs=4)


def test_a_product_on_a_plain_background_is_shown_without_it() -> None:
    photo = Image.new("RGB", (300, 300), (255, 255, 255))
    photo.paste(RED, (100, 50, 200, 250))
    request = asked(product(encoded(photo)), scene=encoded(Image.new("RGB", (64, 64), GREEN)), seed=1)
    (spot,) = place(request, [0.5])
    beside = (spot.left - 30, spot.top, spot.left - 10, spot.top + 60)
    picture = made(request)
    assert mean_colour(
        picture, (spot.left + 9, spot.top + 9, spot.right - 9, spot.bottom - 9)
    ) == pytest.approx(RED, abs=4)
    assert mean_colour(picture, beside) == pytest.approx(GREEN, abs=16)


def test_a_product_darkens_the_floor_it_stands_on_and_not_the_wall_above_it() -> None:
    scene = encoded(Image.new("RGB", (64, 64), (200, 200, 200)))
    request = asked(product(slab(RED)), scene=scene, variety_level=0)
    (spot,) = place(request, [0.6])
    picture = made(request)
    contact = lightness(picture, (spot.left + 20, spot.bottom + 1, spot.right - 20, spot.bottom + 5))
    further = lightness(picture, (spot.left + 20, 1000, spot.right - 20, 1020))
    above = lightness(picture, (spot.left, 0, spot.right, spot.top - 20))
    assert contact < further - 50
    assert (round(further), round(above)) == (200, 200)


def test_no_product_is_darkened_by_the_shadow_of_another() -> None:
    request = asked(*(product(slab(MAGENTA), i) for i in range(8)), seed=2)
    picture = made(request)
    levels = [
        mean_colour(picture, (p.left + 8, p.top + 8, p.right - 8, p.bottom - 8))
        for p in place(request, [0.6] * 8)
    ]
    assert levels == [pytest.approx(MAGENTA, abs=4)] * 8


def test_the_chosen_scene_is_the_backdrop_with_its_floor_kept() -> None:
    scene = Image.new("RGB", (400, 400), GREEN)
    scene.paste(RED, (0, 350, 400, 400))
    picture = made(asked(scene=encoded(scene), aspect_ratio="21:9", variety_level=0))
    assert mean_colour(picture, (0, 0, 1512, 200)) == pytest.approx(GREEN, abs=3)
    assert mean_colour(picture, (0, 630, 1512, 648)) == pytest.approx(RED, abs=3)


@pytest.mark.parametrize(
    ("member", "choices"),
    [
        ("lighting", ("Natural Light", "Golden Hour", "Soft Studio", "Dramatic", "Evening", "Overcast")),
        (
            "color_scheme",
            ("Neutral Tones", "Warm Tones", "Cool Tones", "Earth Tones", "Pastels", "Monochrome"),
        ),
        ("style", ("Modern", "Industrial", "Scandinavian", "Rustic", "Coastal", "Mid-Century", "Minimalist")),
        ("camera_angle", ("Eye Level", "Low Angle", "High Angle", "Top Down")),
    ],
)
def test_every_choice_makes_a_visibly_different_room(member: str, choices: tuple[str, ...]) -> None:
    settings_of_each: list[dict[str, Any]] = [{member: choice} for choice in choices]
    rooms = [made(asked(variety_level=0, **members)) for members in settings_of_each]
    assert [difference(*pair) > 2.5 for pair in combinations(rooms, 2)] == [True] * (
        len(rooms) * (len(rooms) - 1) // 2
    )


def test_a_setting_nobody_foresaw_gives_the_neutral_room() -> None:
    unforeseen = asked(lighting="Bioluminescent", style="Øther", color_scheme="", camera_angle="Drone")
    assert Compositor().generate(unforeseen) == Compositor().generate(asked())


@pytest.mark.parametrize("data", [b"", b"not a picture", slab(RED)[:-9]])
def test_pictures_that_cannot_be_read_are_rejected(data: bytes) -> None:
    with pytest.raises(ImageRejected):
        Compositor().generate(asked(product(data)))
    with pytest.raises(ImageRejected):
        Compositor().generate(asked(scene=data))


# Stand-ins and samples


def test_a_product_without_a_picture_is_a_box_with_its_name_on_it() -> None:
    boxes = [kraft_box(name).tobytes() for name in ("Oak chair", "Vase", "Vase")]
    assert (boxes[0] == boxes[1], boxes[1] == boxes[2]) == (False, True)


@pytest.mark.parametrize("name", ["", "W" * 200, "many words " * 18, "Ærø 花瓶 \ud800", "line\nbreak\t"])
def test_any_name_fits_on_the_label(name: str) -> None:
    plain, named = kraft_box(""), kraft_box(name)
    changed = ImageChops.difference(plain.convert("RGB"), named.convert("RGB")).getbbox()
    assert changed is None or (
        changed[0] >= 96 and changed[1] >= 214 and changed[2] <= 464 and changed[3] <= 410
    )


@pytest.mark.parametrize("name", ["chair", "vase"])
def test_sample_products_are_cut_outs_about_800_pixels_high(name: str) -> None:
    picture = Image.open(BytesIO(samples()[name]))
    assert (picture.format, picture.mode, picture.height) == ("PNG", "RGBA", 800)
    assert cut_out(picture).height > 760


def test_sample_pictures_are_the_same_every_time() -> None:
    again = (
        sample_pictures.oak_chair_png(),
        sample_pictures.ceramic_vase_png(),
        sample_pictures.living_room_jpeg(),
    )
    assert again == tuple(samples().values())


def test_the_stock_scene_in_the_repository_is_the_one_that_is_drawn() -> None:
    stored = Image.open(STOCK_SCENE)
    assert (stored.format, stored.size) == ("JPEG", (1536, 1024))
    # Other builds of the image libraries may round differently, so not the bytes but the look is compared.
    assert difference(stored.convert("RGB"), Image.open(BytesIO(samples()["room"])).convert("RGB")) < 1
    assert 100_000 < STOCK_SCENE.stat().st_size < 250_000
