import math
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from scene_studio.generation.bedrock.canvas import (
    CANVAS_PIXELS,
    around_mask,
    canvas_size,
    fitted,
    laid,
    nearest_ratio,
    neutral,
    painted_over,
    ring_mask,
)
from scene_studio.generation.bedrock.operations import ASPECT_RATIOS as OFFERED
from scene_studio.generation.bedrock.placing import GROUND, PlacedCutout, figures, moved, stand
from scene_studio.generation.staging.layout import Spot, arrange
from scene_studio.model.settings import ASPECT_RATIOS, AspectRatio, SceneGenerationSettings, resolve
from scene_studio.model.settings import Placement as Wish
from tests.support.pictures import photograph

SIZE = (400, 300)


def oval(size: tuple[int, int] = (80, 120), number: int = 1) -> Image.Image:
    """A cut-out with a soft edge."""
    large = Image.new("L", (size[0] * 4, size[1] * 4))
    ImageDraw.Draw(large).ellipse((0, 0, size[0] * 4 - 1, size[1] * 4 - 1), fill=255)
    picture = photograph(number, size).convert("RGBA")
    picture.putalpha(large.resize(size, Image.Resampling.BOX))
    return picture


def level(mask: Image.Image, point: tuple[int, int]) -> int:
    found = mask.getpixel(point)
    assert isinstance(found, int)
    return found


def slab(size: tuple[int, int], colour: tuple[int, int, int] = (200, 30, 40)) -> Image.Image:
    return Image.new("RGBA", size, (*colour, 255))


def standing(*cutouts: Image.Image, size: tuple[int, int] = SIZE, seed: int = 1, **members: Any) -> Any:
    names = ["Vase"] * len(cutouts)
    return stand(cutouts, names, size, resolve(SceneGenerationSettings.model_validate(members)), seed)


def extent(placed: tuple[PlacedCutout, ...]) -> tuple[int, int, int, int]:
    boxes = [cutout.box for cutout in placed]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


# Sizes


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
def test_every_aspect_ratio_has_a_canvas_of_two_megapixels_in_steps_of_eight(ratio: AspectRatio) -> None:
    width, height = canvas_size(ratio)
    across, down = (int(part) for part in ratio.split(":"))
    assert (width % 8, height % 8) == (0, 0)
    assert width / height == pytest.approx(across / down, rel=0.007)
    assert width * height == pytest.approx(CANVAS_PIXELS, rel=0.007)
    assert max(width, height) <= 2.5 * min(width, height)


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
def test_a_ratio_that_models_take_by_name_is_asked_for_and_any_other_by_the_closest(ratio: AspectRatio) -> None:
    assert nearest_ratio(ratio) == {"3:4": "4:5", "4:3": "5:4"}.get(ratio, ratio)
    assert nearest_ratio(ratio) in OFFERED


def test_a_scene_is_cropped_rather_at_its_top_than_at_its_floor() -> None:
    scene = Image.new("RGB", (100, 200), (255, 255, 255))
    scene.paste((0, 0, 0), (0, 100, 100, 200))
    cropped = fitted(scene, (100, 100))
    assert cropped.size == (100, 100)
    assert cropped.getpixel((50, 10)) == (255, 255, 255)
    assert cropped.getpixel((50, 20)) == (0, 0, 0)


# Masks and the finished picture


def test_where_a_cutout_is_opaque_the_picture_has_exactly_its_colours() -> None:
    cutout = PlacedCutout(oval(), 100, 90)
    behind = photograph(2, SIZE)
    picture = laid(behind, [cutout])
    opaque = cutout.alpha.point([0] * 255 + [255])
    crop = picture.crop(cutout.box)
    assert same_where(crop, cutout.image.convert("RGB"), opaque)
    assert not same_where(behind.crop(cutout.box), cutout.image.convert("RGB"), opaque)
    outside = Image.new("L", SIZE, 255)
    outside.paste(0, cutout.box)
    assert same_where(picture, behind, outside)
    assert behind.tobytes() == photograph(2, SIZE).tobytes()


def same_where(one: Image.Image, other: Image.Image, mask: Image.Image) -> bool:
    assert mask.getbbox() is not None
    black = Image.new("RGB", one.size)
    first, second = (Image.composite(picture.convert("RGB"), black, mask) for picture in (one, other))
    return ImageChops.difference(first, second).getbbox() is None


def test_everything_but_the_products_is_painted_and_the_seam_lies_under_them() -> None:
    cutout = PlacedCutout(slab((100, 100)), 150, 100)
    mask = around_mask(SIZE, [cutout])
    assert mask.size == SIZE
    assert set(mask.tobytes()) == {0, 255}
    assert [level(mask, (x, 150)) for x in range(149, 155)] == [255, 255, 255, 0, 0, 0]
    assert ImageChops.invert(mask).getbbox() == (152, 102, 248, 198)


def test_a_product_that_touches_the_border_is_kept_up_to_the_border() -> None:
    mask = around_mask(SIZE, [PlacedCutout(slab((100, 300)), 0, 0)])
    assert ImageChops.invert(mask).getbbox() == (0, 0, 98, 300)


def test_a_product_partly_beyond_the_border_is_kept_as_far_as_it_shows() -> None:
    mask = around_mask(SIZE, [PlacedCutout(slab((100, 100)), -50, 250)])
    assert ImageChops.invert(mask).getbbox() == (0, 252, 48, 300)


def test_soft_edges_are_painted_so_that_nothing_of_the_canvas_shines_through() -> None:
    cutout = PlacedCutout(oval(), 100, 90)
    mask = around_mask(SIZE, [cutout])
    soft = cutout.alpha.point([0] + [255] * 249 + [0] * 6)
    assert same_where(mask.crop(cutout.box).convert("RGB"), Image.new("RGB", cutout.image.size, "white"), soft)


def test_a_ring_is_painted_around_every_product_and_the_rest_of_the_scene_is_kept() -> None:
    left, right = PlacedCutout(slab((60, 60)), 60, 120), PlacedCutout(slab((60, 60)), 260, 120)
    mask = ring_mask(SIZE, [left, right], shadows=False)
    for cutout in (left, right):
        x0, y0, x1, y1 = cutout.box
        assert level(mask, ((x0 + x1) // 2, (y0 + y1) // 2)) == 0
        assert level(mask, (x0 - 3, 150)) > 200
        assert level(mask, (x1 + 3, 150)) > 200
        assert level(mask, (x0 + 30, y0 - 3)) > 200
    assert [mask.getpixel(point) for point in ((5, 150), (190, 150), (395, 150), (90, 20), (90, 290))] == [
        0
    ] * 5
    levels = mask.histogram()
    assert sum(levels[1:255]) > 500
    assert sum(levels[1:]) < 0.3 * SIZE[0] * SIZE[1]


def test_the_floor_for_the_shadow_is_painted_too_further_on_the_right() -> None:
    cutout = PlacedCutout(slab((100, 100)), 150, 100)
    without = ring_mask(SIZE, [cutout], shadows=False)
    with_shadow = ring_mask(SIZE, [cutout], shadows=True)
    more = ImageChops.subtract(with_shadow, without)
    assert ImageChops.subtract(without, with_shadow).getbbox() is None
    left, top, right, bottom = more.getbbox() or (0, 0, 0, 0)
    assert top > 150
    assert bottom > 205
    assert 250 < right < 350
    assert right - 250 > 150 - left > 0
    assert level(with_shadow, (280, 200)) > 200
    assert level(without, (290, 200)) == 0


def test_a_finished_picture_takes_from_the_answer_only_what_was_to_be_painted() -> None:
    canvas, answer = photograph(3, SIZE), Image.new("RGB", (801, 603), (9, 200, 9))
    cutout = PlacedCutout(oval(), 150, 100)
    mask = ring_mask(SIZE, [cutout], shadows=True)
    made = painted_over(canvas, answer, mask, [cutout])

    assert made.size == SIZE
    opaque = cutout.alpha.point([0] * 255 + [255])
    assert same_where(made.crop(cutout.box), cutout.image, opaque)
    untouched = ImageChops.invert(mask).point([0] * 255 + [255])
    untouched.paste(0, cutout.box)
    assert same_where(made, canvas, untouched)
    painted = mask.point([0] * 255 + [255])
    painted.paste(0, cutout.box)
    assert same_where(made, Image.new("RGB", SIZE, (9, 200, 9)), painted)


def test_a_neutral_canvas_is_grey() -> None:
    (colour,) = neutral((8, 8)).getcolors() or [None]
    assert colour is not None
    levels = colour[1]
    assert isinstance(levels, tuple)
    assert max(levels) - min(levels) < 10
    assert 128 < min(levels) < 200


# Placement


@pytest.mark.parametrize("count", [1, 2, 5])
def test_without_a_wish_products_stand_as_the_shared_layout_has_them(count: int) -> None:
    places = arrange(figures(["Vase"] * count, [80 / 120] * count), SIZE, GROUND, 0.0, Random(1))
    placed = standing(*(oval() for _ in range(count)), varietyLevel=0)
    assert [cutout.box for cutout in placed] == [
        (place.left, place.top, place.right, place.bottom) for place in places
    ]


@pytest.mark.parametrize("x", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("y", [0.6, 0.9])
def test_the_group_stands_where_the_person_wants_it(x: float, y: float) -> None:
    placed = standing(
        oval(), oval((60, 60)), varietyLevel=0, placement={"x": x, "y": y, "scale": 0.5}, size=(800, 600)
    )
    left, _, right, bottom = extent(placed)
    assert (left + right) / 2 == pytest.approx(x * 800, abs=2)
    assert bottom == pytest.approx(y * 600, abs=2)


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.2])
def test_scale_is_relative_to_what_would_have_been_chosen(scale: float) -> None:
    usual, scaled = (
        standing(oval(), varietyLevel=0),
        standing(oval(), varietyLevel=0, placement={"scale": scale}),
    )
    for side in (0, 1):
        assert scaled[0].image.size[side] == pytest.approx(usual[0].image.size[side] * scale, abs=1)
    assert extent(scaled)[3] == pytest.approx(extent(usual)[3], abs=1)


@pytest.mark.parametrize(("degrees", "turned"), [(90, (120, 40)), (-90, (120, 40)), (180, (40, 120))])
def test_rotation_turns_each_product(degrees: int, turned: tuple[int, int]) -> None:
    (placed,) = standing(slab((40, 120)), placement={"rotation": degrees})
    assert placed.image.width / placed.image.height == pytest.approx(turned[0] / turned[1], rel=0.05)


def test_rotation_is_clockwise() -> None:
    arrow = slab((40, 120))
    arrow.paste((0, 255, 0, 255), (0, 0, 40, 20))
    (placed,) = standing(arrow, placement={"rotation": 90})
    colour = placed.image.getpixel((placed.image.width - 3, placed.image.height // 2))
    assert isinstance(colour, tuple)
    assert colour[:2] == (0, 255)


wishes = st.builds(
    Wish,
    x=st.none() | st.floats(0, 1),
    y=st.none() | st.floats(0, 1),
    scale=st.none() | st.floats(0.1, 4),
)


@settings(deadline=None)
@given(
    wishes,
    st.lists(
        st.tuples(st.integers(0, 300), st.integers(0, 200), st.integers(1, 100), st.integers(1, 100)),
        min_size=1,
        max_size=5,
    ),
)
def test_wherever_the_person_wants_them_products_stay_whole_within_the_picture(
    wish: Wish, boxes: list[tuple[int, int, int, int]]
) -> None:
    places = [Spot(index, *box, ground=box[1] + box[3], scale=100.0) for index, box in enumerate(boxes)]
    for place in moved(places, SIZE, wish):
        assert place.left >= 0
        assert place.top >= 0
        assert place.right <= SIZE[0] + 1
        assert place.bottom <= SIZE[1] + 1


@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("count", [2, 5, 16])
def test_products_that_are_moved_and_scaled_together_still_do_not_cover_each_other(
    count: int, scale: float
) -> None:
    placed = standing(
        *(oval() for _ in range(count)), size=(1600, 1200), placement={"x": 0.1, "y": 0.5, "scale": scale}
    )
    assert len(placed) == count
    for one, other in combinations(placed, 2):
        apart_across = one.box[2] <= other.box[0] + 1 or other.box[2] <= one.box[0] + 1
        apart_down = one.box[3] <= other.box[1] + 1 or other.box[3] <= one.box[1] + 1
        assert apart_across or apart_down


def test_the_seed_moves_products_only_where_variety_is_wanted() -> None:
    def boxes(level: int) -> set[tuple[int, int, int, int]]:
        return {standing(oval(), seed=seed, varietyLevel=level)[0].box for seed in range(12)}

    assert len(boxes(0)) == 1
    assert len(boxes(10)) > 6


def test_a_cutouts_shape_is_kept_however_it_is_placed() -> None:
    for placement in ({}, {"scale": 0.4}, {"scale": 4.0}, {"x": 0.9, "y": 0.1}):
        (placed,) = standing(oval((100, 70)), size=(1600, 1200), placement=placement)
        assert math.log(placed.image.width / placed.image.height) == pytest.approx(math.log(100 / 70), abs=0.02)
