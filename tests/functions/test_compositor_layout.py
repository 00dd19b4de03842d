from collections.abc import Iterator, Sequence
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scene_studio.generation.compositor import SIZES
from scene_studio.generation.staging.layout import Figure, Spot, arrange, comparable, moved
from scene_studio.generation.staging.plan import Plan, plan, staged
from scene_studio.generation.staging.sizes import real_size
from scene_studio.model.settings import ASPECT_RATIOS, AspectRatio, SceneGenerationSettings, resolve

GROUND = (0.62, 0.9)


def overlapping(spots: Sequence[Spot]) -> list[tuple[Spot, Spot]]:
    return [
        (one, other)
        for one, other in combinations(spots, 2)
        if one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    ]


def outside(spots: Sequence[Spot], canvas: tuple[int, int]) -> list[Spot]:
    return [s for s in spots if s.left < 0 or s.top < 0 or s.right > canvas[0] or s.ground > canvas[1]]


def figures_of(shapes: Sequence[float]) -> tuple[Figure, ...]:
    return tuple(Figure(index, shape, 1.0) for index, shape in enumerate(shapes))


def layouts() -> Iterator[tuple[tuple[Figure, ...], AspectRatio, Random]]:
    random = Random(4)
    for ratio in ASPECT_RATIOS:
        for count in range(1, 17):
            shapes = [random.uniform(0.3, 3.0) for _ in range(count)]
            yield (
                comparable([Figure(i, shape, random.uniform(0.1, 2)) for i, shape in enumerate(shapes)]),
                ratio,
                random,
            )


def planned(
    *products: tuple[str, float], ratio: AspectRatio = "1:1", in_scene: bool = False, **members: str
) -> Plan:
    names, shapes = [name for name, _ in products], [shape for _, shape in products]
    chosen = resolve(
        SceneGenerationSettings.model_validate({**members, "aspect_ratio": ratio, "variety_level": 0})
    )
    return plan(chosen, names, shapes, SIZES[ratio], seed=1, in_scene=in_scene, table_height=0.74)


# Arranging


def test_up_to_sixteen_products_stand_apart_inside_every_picture() -> None:
    for top in (GROUND[0], 0.2):
        for figures, ratio, random in layouts():
            spots = arrange(figures, SIZES[ratio], (top, 0.9), 1.0, random)
            assert sorted(spot.index for spot in spots) == list(range(len(figures)))
            assert overlapping(spots) == []
            assert outside(spots, SIZES[ratio]) == []


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.floats(0.05, 20), st.floats(0.1, 2)), min_size=1, max_size=16),
    st.sampled_from(ASPECT_RATIOS),
    st.floats(0.3, 0.72),
    st.floats(0, 1),
    st.integers(0, 2**32 - 2),
)
def test_products_of_any_shape_stand_apart_on_any_ground(
    sizes: list[tuple[float, float]], ratio: AspectRatio, top: float, looseness: float, seed: int
) -> None:
    figures = comparable([Figure(i, shape * height, height) for i, (shape, height) in enumerate(sizes)])
    spots = arrange(figures, SIZES[ratio], (top, 0.88), looseness, Random(seed))
    assert (overlapping(spots), outside(spots, SIZES[ratio])) == ([], [])


def test_every_product_stands_on_the_ground() -> None:
    for figures, ratio, random in layouts():
        grounds = [spot.ground for spot in arrange(figures, SIZES[ratio], GROUND, 1.0, random)]
        assert [ground for ground in grounds if ground <= GROUND[0] * SIZES[ratio][1]] == []


def test_products_keep_their_proportions() -> None:
    for figures, ratio, random in layouts():
        for spot in arrange(figures, SIZES[ratio], GROUND, 1.0, random):
            shape = figures[spot.index].width / figures[spot.index].height
            assert spot.width == pytest.approx(spot.height * shape, abs=0.5 + shape)


def test_one_product_fills_a_good_part_of_the_picture() -> None:
    for ratio in ASPECT_RATIOS:
        width, height = SIZES[ratio]
        (only,) = arrange(figures_of([0.8]), (width, height), GROUND, 0.0, Random(1))
        assert max(only.width / width, only.height / height) > 0.5


def test_products_side_by_side_have_the_sizes_they_have_beside_one_another() -> None:
    large, small = arrange([Figure(0, 0.5, 1.0), Figure(1, 0.3, 0.6)], (1024, 1024), GROUND, 0.0, Random(1))
    assert small.height / large.height == pytest.approx(0.6, abs=0.01)


def test_products_in_front_come_last_and_stand_lower() -> None:
    grounds = [
        spot.ground for spot in arrange(figures_of([1.0] * 16), (1024, 1024), (0.5, 0.9), 0.0, Random(1))
    ]
    assert grounds == sorted(grounds)
    assert len(set(grounds)) > 1


def test_products_of_one_row_keep_their_order() -> None:
    figures = [Figure(0, 0.3, 0.7), Figure(1, 0.5, 1.0), Figure(2, 0.4, 0.8)]
    spots = arrange(figures, (1024, 1024), GROUND, 0.0, Random(1))
    assert len({spot.ground for spot in spots}) == 1
    assert [spot.index for spot in sorted(spots, key=lambda spot: spot.left)] == [0, 1, 2]


def test_a_stand_lifts_its_product_and_takes_its_own_width() -> None:
    figures = [Figure(0, 0.5, 1.0), Figure(1, 0.2, 0.3, lift=0.5, stand=0.4)]
    floor, lifted = arrange(figures, (1024, 1024), GROUND, 0.0, Random(1))
    assert floor.bottom == floor.ground == lifted.ground
    assert (lifted.ground - lifted.bottom) / lifted.scale == pytest.approx(0.5, abs=0.01)
    assert lifted.middle - floor.right > 0.2 * lifted.scale


def test_without_products_nothing_is_placed() -> None:
    assert arrange([], (1024, 1024), GROUND, 1.0, Random(1)) == ()
    assert moved([], 5, 5, 2) == ()


def test_nothing_is_shown_too_small_to_judge() -> None:
    sofa, ring = comparable([Figure(0, 2.0, 0.85), Figure(1, 0.02, 0.02)])
    assert sofa.width == 2.0
    assert ring.width == pytest.approx(0.72)


# Real sizes


@pytest.mark.parametrize(
    ("name", "height", "on_floor"),
    [
        ("Oak Chair", 0.88, True),
        ("Ceramic Vase", 0.34, False),
        ("CHAIR CUSHIONS", 0.42, False),
        ("Vase for the Table", 0.74, True),
        ("Coffee Table", 0.42, True),
        ("Desk lamp", 0.48, False),
        ("Drugstore Benchmark", 0.3, False),
        ("Ærø 花瓶 \ud800", 0.3, False),
        ("", 0.3, False),
    ],
)
def test_the_last_known_word_of_a_name_tells_how_large_a_product_is(
    name: str, height: float, *, on_floor: bool
) -> None:
    size = real_size(name, 0.5)
    assert (size.height, size.on_floor) == (height, on_floor)
    assert size.width == height / 2


def test_nothing_is_wider_than_a_room_or_a_table_allows() -> None:
    assert real_size("Bench", 20).width == pytest.approx(2.3)
    assert real_size("Tray", 20).width == pytest.approx(2.3 / 3)


def test_small_things_alone_stand_on_a_table_and_beside_furniture_on_stands() -> None:
    alone, on_table = staged(["Vase", "Mug"], [0.6, 0.9], stands=True)
    assert (on_table, [figure.lift for figure in alone]) == (True, [0, 0])
    beside, on_table = staged(["Chair", "Vase"], [0.6, 0.6], stands=True)
    assert (on_table, [figure.lift > 0 for figure in beside]) == (False, [False, True])
    unaided, _ = staged(["Chair", "Vase"], [0.6, 0.6], stands=False)
    assert [figure.lift for figure in unaided] == [0, 0]


# The camera


def test_the_camera_angle_decides_where_the_horizon_is() -> None:
    horizons = {}
    for angle in ("High Angle", "Eye Level", "Straight On", "Low Angle"):
        view = planned(("Chair", 0.6), cameraAngle=angle).view
        assert view is not None
        horizons[angle] = view.camera.horizon
    assert list(horizons.values()) == sorted(horizons.values())
    assert horizons["High Angle"] < 0 < horizons["Eye Level"] < 512 < horizons["Straight On"]


def test_from_straight_above_there_is_no_horizon_and_the_group_is_in_the_middle() -> None:
    layout = planned(("Vase", 0.6), ("Mug", 0.9), cameraAngle="Top Down")
    assert layout.view is None
    top, bottom = min(s.top for s in layout.spots), max(s.bottom for s in layout.spots)
    assert (top + bottom) / 2 == pytest.approx(512, abs=2)


def test_the_camera_sees_products_at_the_scale_at_which_they_are_placed() -> None:
    layout = planned(("Chair", 0.6))
    assert layout.view is not None
    (spot,) = layout.spots
    assert layout.view.camera.scale(layout.view.focus) == pytest.approx(spot.scale, rel=0.01)
    assert layout.view.camera.row(layout.view.focus) == pytest.approx(spot.ground, abs=1)


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
@pytest.mark.parametrize("angle", ["Eye Level", "Low Angle", "High Angle", "Straight On"])
def test_products_stand_between_the_wall_and_the_viewer(ratio: AspectRatio, angle: str) -> None:
    for count in (1, 2, 4, 9, 16):
        layout = planned(*[("Chair", 0.7)] * count, ratio=ratio, cameraAngle=angle)
        assert layout.view is not None
        camera = layout.view.camera
        assert min(spot.ground for spot in layout.spots) > camera.row(layout.view.wall) > camera.horizon
        assert max(spot.ground for spot in layout.spots) <= camera.size[1]


def test_a_table_has_room_for_every_row_of_a_crowd() -> None:
    layout = planned(*[("Mug", 0.9)] * 12)
    assert layout.view is not None
    assert min(spot.ground for spot in layout.spots) > layout.view.camera.row(layout.view.edge)
