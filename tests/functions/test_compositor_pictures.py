from functools import cache
from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image, ImageChops, ImageStat

from scene_studio.generation import sample_pictures, stock_pictures
from scene_studio.generation.rendering.drawing import seeded
from scene_studio.generation.rendering.plants import plant
from scene_studio.generation.rendering.pottery import BOWL, JUG, turned
from scene_studio.generation.staging.kraft_box import kraft_box
from scene_studio.images.cutout import cut_out
from scene_studio.stock_scenes import STOCK_SCENES, stock_picture, stock_scene_at


@cache
def samples() -> dict[str, bytes]:
    return {"chair": sample_pictures.oak_chair_png(), "vase": sample_pictures.ceramic_vase_png()}


def difference(first: Image.Image, second: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(first, second)).mean)


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
    assert sample_pictures.oak_chair_png() == samples()["chair"]
    assert sample_pictures.ceramic_vase_png() == samples()["vase"]


# Drawn things


@pytest.mark.parametrize("kind", ["fig", "palm", "snake", "olive", "eucalyptus", "grasses"])
def test_plants_grow_differently_each_time_and_stay_inside_their_picture(kind: str) -> None:
    grown = [plant(kind, 160, (220, 210, 200), seeded(seed)) for seed in range(8)]
    assert len({each.tobytes() for each in grown}) == len(grown)
    for each in grown:
        left, top, right, bottom = each.getchannel("A").getbbox() or (0, 0, 0, 0)
        assert left > 0
        assert top > 0
        assert right < each.width
        assert bottom == each.height == 160


def test_turned_things_are_lit_from_the_left_and_as_wide_as_their_profile() -> None:
    jug = turned(200, JUG, (180, 90, 60))
    assert jug.height == 200
    assert jug.width == pytest.approx(2 * 0.38 * 200, abs=6)
    grey = jug.convert("L")
    row = [grey.getpixel((round(jug.width * share), 120)) for share in (0.2, 0.8)]
    assert isinstance(row[0], int)
    assert isinstance(row[1], int)
    assert row[0] > row[1] + 20
    bowl = turned(60, BOWL, (180, 90, 60))
    assert bowl.width > 2 * bowl.height


# Stock scenes


def test_there_is_a_stock_scene_for_every_kind_of_room_and_the_first_is_the_seeds() -> None:
    assert len(STOCK_SCENES) >= 8
    assert STOCK_SCENES[0] == ("stock-living-room-1", "Modern Living Room", "living-room-modern.jpg")
    for field in range(3):
        assert len({scene[field] for scene in STOCK_SCENES}) == len(STOCK_SCENES)


def test_stock_scenes_are_found_by_their_addresses_alone() -> None:
    assert [stock_scene_at(scene.image_url) for scene in STOCK_SCENES] == list(STOCK_SCENES)
    assert stock_scene_at("/scenes/nowhere.jpg") is None


def test_stock_scenes_are_small_jpegs_and_no_two_look_alike() -> None:
    pictures = []
    for scene in STOCK_SCENES:
        data = stock_picture(scene)
        picture = Image.open(BytesIO(data))
        assert (picture.format, picture.size) == ("JPEG", stock_pictures.SIZE)
        assert 20_000 < len(data) <= stock_pictures.MAX_BYTES
        pictures.append(picture.convert("RGB").resize((60, 40)))
    assert [difference(*pair) > 8 for pair in combinations(pictures, 2)] == [True] * (
        len(pictures) * (len(pictures) - 1) // 2
    )


@pytest.mark.parametrize("scene", STOCK_SCENES, ids=lambda scene: scene.id)
def test_the_stock_scenes_in_the_repository_are_the_ones_that_are_rendered(scene: tuple[str, str, str]) -> None:
    stored = next(each for each in STOCK_SCENES if each.id == scene[0])
    again = Image.open(BytesIO(stock_pictures.stock_jpeg(stored.id))).convert("RGB")
    # Other builds of the image libraries may round differently, so not the bytes but the look is compared.
    assert difference(Image.open(BytesIO(stock_picture(stored))).convert("RGB"), again) < 1.5
