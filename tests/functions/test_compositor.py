import itertools
import os
import subprocess
import sys
from functools import cache
from io import BytesIO
from typing import Any, get_args

import pytest
from PIL import Image, ImageChops, ImageStat

from scene_studio.generation import sample_pictures
from scene_studio.generation.compositor import SIZES, Composition, Compositor, compose, planned
from scene_studio.generation.image_model import ImageModel, ImageRequest, ImageResult, ProductPicture
from scene_studio.model.errors import ImageRejected
from scene_studio.model.settings import ASPECT_RATIOS, AspectRatio, SceneGenerationSettings, resolve

RED, GREEN, GREY = (210, 30, 30), (20, 170, 50), (200, 200, 200)
Box = tuple[int, int, int, int]


def encoded(picture: Image.Image, picture_format: str = "PNG") -> bytes:
    out = BytesIO()
    picture.save(out, picture_format)
    return out.getvalue()


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (64, 64)) -> bytes:
    return encoded(Image.new("RGB", size, colour))


def slab(colour: tuple[int, int, int], size: tuple[int, int] = (120, 200)) -> bytes:
    """A product that fills its whole rectangle with one colour, in a transparent surround."""
    picture = Image.new("RGBA", (size[0] + 40, size[1] + 40))
    picture.paste((*colour, 255), (20, 20, 20 + size[0], 20 + size[1]))
    return encoded(picture)


def product(picture: bytes | None, index: int = 0, name: str = "Product") -> ProductPicture:
    return ProductPicture(f"p{index}", name, picture)


def asked(*products: ProductPicture, seed: int = 1, scene: bytes | None = None, **members: Any) -> ImageRequest:
    return ImageRequest("", resolve(SceneGenerationSettings(**members)), products, scene, seed)


@cache
def chair() -> ProductPicture:
    return product(sample_pictures.oak_chair_png(), 0, "Oak Chair")


@cache
def vase() -> ProductPicture:
    return product(sample_pictures.ceramic_vase_png(), 1, "Ceramic Vase")


def mean_colour(picture: Image.Image, box: Box) -> tuple[float, ...]:
    return tuple(ImageStat.Stat(picture.crop(box)).mean)


def lightness(picture: Image.Image, box: Box) -> float:
    return ImageStat.Stat(picture.crop(box).convert("L")).mean[0]


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


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
def test_every_picture_is_a_jpeg_of_the_declared_size(ratio: AspectRatio) -> None:
    result = Compositor().generate(asked(product(None), scene=plain(GREEN), aspect_ratio=ratio, seed=77))
    picture = Image.open(BytesIO(result.jpeg))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", SIZES[ratio])
    assert result == ImageResult(result.jpeg, *SIZES[ratio], 77)


@pytest.mark.parametrize("ratio", ["9:21", "21:9"])
def test_a_rendered_room_fills_the_most_extreme_pictures(ratio: AspectRatio) -> None:
    picture = compose(asked(chair(), aspect_ratio=ratio)).picture
    assert picture.size == SIZES[ratio]
    # Where nothing was painted the picture would be black to its edge.
    width, height = picture.size
    edges = [(0, 0, width, 4), (0, height - 4, width, height), (0, 0, 4, height), (width - 4, 0, width, height)]
    assert min(min(picture.crop(edge).convert("L").resize((8, 8)).tobytes()) for edge in edges) > 30


def test_a_square_picture_has_1024_pixels_a_side() -> None:
    assert SIZES["1:1"] == (1024, 1024)


# Product pixels


def altered(composition: Composition) -> list[Box | None]:
    """For each product where its opaque pixels differ from the picture's, or None if they nowhere do."""
    found = []
    for placed in composition.placed:
        left, top = placed.left, placed.top
        whole = composition.picture.crop((left, top, left + placed.cutout.width, top + placed.cutout.height))
        seen = Image.new("L", whole.size)
        area = (max(0, -left), max(0, -top), composition.picture.width - left, composition.picture.height - top)
        seen.paste(255, (area[0], area[1], min(area[2], whole.width), min(area[3], whole.height)))
        opaque = placed.cutout.getchannel("A").point([0] * 255 + [255])
        channels = ImageChops.difference(whole, placed.cutout.convert("RGB")).split()
        changed = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
        found.append(ImageChops.multiply(changed, ImageChops.darker(opaque, seen)).getbbox())
    return found


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"lighting": "Dramatic", "props": ("Candles", "Lamp", "Rug"), "accessories": True},
        {"camera_angle": "Top Down", "lighting": "Golden Hour", "props": ("Throw",)},
        {"placement": {"x": 0.3, "y": 0.8, "scale": 1.4, "rotation": 25}, "shadow_strength": 1},
        {"placement": {"x": 0.02, "y": 1.0, "scale": 2.5}, "room_type": "Bathroom"},
    ],
)
def test_the_opaque_pixels_of_products_are_those_of_their_cut_outs(members: dict[str, Any]) -> None:
    composition = compose(asked(chair(), vase(), seed=9, **members))
    assert len(composition.placed) == 2
    assert altered(composition) == [None, None]


def test_products_are_not_altered_in_a_chosen_scene_either() -> None:
    scene = plain((90, 110, 160))
    composition = compose(asked(chair(), vase(), *(product(None, i) for i in range(14)), scene=scene))
    assert altered(composition) == [None] * 16


def test_a_cut_out_that_is_covered_would_be_noticed() -> None:
    composition = compose(asked(vase(), scene=plain(GREY)))
    placed = composition.placed[0]
    spot = (placed.left + placed.cutout.width // 2, placed.top + placed.cutout.height // 2)
    composition.picture.putpixel(spot, (1, 2, 3))
    assert altered(composition) != [None]


def test_a_product_on_a_plain_background_is_shown_without_it() -> None:
    photo = Image.new("RGB", (300, 300), (255, 255, 255))
    photo.paste(RED, (100, 50, 200, 250))
    composition = compose(asked(product(encoded(photo)), scene=plain(GREEN), shadow_strength=0))
    (placed,) = composition.placed
    assert placed.cutout.width / placed.cutout.height == pytest.approx(0.5, abs=0.02)
    beside = (placed.left - 30, placed.top, placed.left - 10, placed.top + 60)
    assert mean_colour(composition.picture, beside) == pytest.approx(GREEN, abs=20)


# Determinism and variety


def test_the_same_request_gives_the_same_bytes() -> None:
    request = asked(chair(), product(None, 1), seed=5)
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
    jpegs = {Compositor().generate(asked(product(None), seed=seed)).jpeg for seed in range(3)}
    assert len(jpegs) == 3


@pytest.mark.parametrize("scene", [None, plain(GREY)])
def test_at_variety_level_0_no_seed_changes_anything(scene: bytes | None) -> None:
    requests = [asked(product(None), seed=seed, variety_level=0, scene=scene) for seed in (1, 2)]
    first, second = (Compositor().generate(request).jpeg for request in requests)
    assert first == second


def test_the_variety_level_decides_how_far_products_move() -> None:
    def reach(level: int) -> int:
        requests = [asked(product(None), seed=seed, variety_level=level) for seed in range(40)]
        lefts = [planned(request, [1.0]).spots[0].left for request in requests]
        return max(lefts) - min(lefts)

    assert reach(0) == 0
    assert 0 < reach(3) < reach(10)


# Placement


def group_of(composition: Composition) -> tuple[float, int]:
    """The column of the middle of all products, and the row below the lowest."""
    left = min(placed.left for placed in composition.placed)
    right = max(placed.left + placed.cutout.width for placed in composition.placed)
    return (left + right) / 2, max(placed.top + placed.cutout.height for placed in composition.placed)


@pytest.mark.parametrize("ratio", ["1:1", "16:9"])
def test_the_group_stands_exactly_where_it_was_placed(ratio: AspectRatio) -> None:
    products = [product(slab(RED), i) for i in range(3)]
    request = asked(*products, scene=plain(GREY), aspect_ratio=ratio, placement={"x": 0.37, "y": 0.71})
    middle, foot = group_of(compose(request))
    assert middle == pytest.approx(0.37 * SIZES[ratio][0], abs=1)
    assert foot == pytest.approx(0.71 * SIZES[ratio][1], abs=1)


@pytest.mark.parametrize("scale", [0.1, 0.5, 1.7, 4.0])
def test_a_placement_scales_every_product_by_as_much(scale: float) -> None:
    without = planned(asked(chair(), vase()), [0.65, 0.6]).spots
    scaled = planned(asked(chair(), vase(), placement={"scale": scale}), [0.65, 0.6]).spots
    for before, after in zip(without, scaled, strict=True):
        assert after.width == pytest.approx(before.width * scale, abs=1)
        assert after.height == pytest.approx(before.height * scale, abs=1)


def test_a_placement_without_members_changes_nothing() -> None:
    assert planned(asked(chair(), placement={}), [0.65]) == planned(asked(chair()), [0.65])


def test_rotation_turns_products_clockwise() -> None:
    flag = Image.new("RGBA", (100, 300), (*GREY, 255))
    flag.paste((*RED, 255), (0, 0, 100, 60))
    request = asked(product(encoded(flag)), scene=plain(GREEN), placement={"rotation": 90})
    (placed,) = compose(request).placed
    assert placed.cutout.width / placed.cutout.height == pytest.approx(3, rel=0.05)
    right_end = (placed.cutout.width - 20, 10, placed.cutout.width - 8, placed.cutout.height - 10)
    assert mean_colour(placed.cutout.convert("RGB"), right_end) == pytest.approx(RED, abs=8)


# Shadows


def shadowed(strength: float) -> tuple[Image.Image, Box]:
    """A picture of a slab on an even ground, and the slab's rectangle."""
    composition = compose(asked(product(slab(RED)), scene=plain(GREY), shadow_strength=strength))
    (placed,) = composition.placed
    right, bottom = placed.left + placed.cutout.width, placed.top + placed.cutout.height
    return composition.picture, (placed.left, placed.top, right, bottom)


def test_a_product_darkens_the_floor_it_stands_on_and_nothing_above_it() -> None:
    (bare, (left, top, right, bottom)), (picture, _) = shadowed(0), shadowed(0.6)
    under, above = (left + 20, bottom + 1, right - 20, bottom + 5), (0, 0, 1024, top - 20)
    assert lightness(picture, under) < lightness(bare, under) - 40
    assert ImageChops.difference(picture.crop(above), bare.crop(above)).getbbox() is None


def test_shadow_strength_is_the_darkness_of_shadows() -> None:
    levels = []
    for strength in (0, 0.3, 0.6, 1):
        picture, (left, _, right, bottom) = shadowed(strength)
        levels.append(lightness(picture, (left, bottom + 1, right, bottom + 12)))
    picture, (left, _, right, bottom) = shadowed(0)
    # Without shadows the ground is as bright under the product as beside it, but for the picture's corners.
    assert levels[0] == pytest.approx(lightness(picture, (right, bottom + 1, right + 60, bottom + 12)), abs=6)
    assert [darker < level - 8 for level, darker in itertools.pairwise(levels)] == [True] * 3


@pytest.mark.parametrize("lit_side", ["left", "right"])
def test_shadows_fall_away_from_the_side_on_which_the_product_is_lit(lit_side: str) -> None:
    ramp = Image.linear_gradient("L").rotate(90 if lit_side == "right" else -90).resize((160, 240))
    picture = Image.merge("RGB", (ramp, ramp, ramp))
    picture.putalpha(255)
    framed = Image.new("RGBA", (200, 280))
    framed.paste(picture, (20, 20))
    members: dict[str, Any] = {"room_type": "Studio", "surroundings": "None", "variety_level": 0}
    composition, bare = compose(asked(product(encoded(framed)), **members)), compose(asked(**members))
    (placed,) = composition.placed
    foot = placed.top + placed.cutout.height
    left = (placed.left - 90, foot - 60, placed.left - 8, foot)
    edge = placed.left + placed.cutout.width
    right = (edge + 8, foot - 60, edge + 90, foot)
    on_left, on_right = lightness(composition.picture, left), lightness(composition.picture, right)
    assert bare.picture.size == composition.picture.size
    assert on_right < on_left - 8 if lit_side == "left" else on_left < on_right - 8


def test_no_product_is_darkened_by_the_shadow_of_another() -> None:
    composition = compose(asked(*(product(slab(RED), i) for i in range(8)), scene=plain(GREY)))
    assert altered(composition) == [None] * 8


# Scenes and bad pictures


def test_the_chosen_scene_is_the_backdrop_with_its_floor_kept() -> None:
    scene = Image.new("RGB", (400, 400), GREEN)
    scene.paste(RED, (0, 350, 400, 400))
    picture = compose(asked(scene=encoded(scene), aspect_ratio="21:9", variety_level=0)).picture
    assert mean_colour(picture, (600, 20, 900, 200)) == pytest.approx(GREEN, abs=16)
    assert mean_colour(picture, (600, 630, 900, 648)) == pytest.approx(RED, abs=40)


def test_a_chosen_scene_takes_on_the_light_of_the_settings() -> None:
    middle = (300, 300, 600, 600)
    day, evening = (
        mean_colour(compose(asked(scene=plain(GREY), lighting=kind, variety_level=0)).picture, middle)
        for kind in ("", "Evening")
    )
    assert max(day) - min(day) < 2
    assert evening[0] - evening[2] > 12


@pytest.mark.parametrize("data", [b"", b"not a picture", slab(RED)[:-9]])
def test_pictures_that_cannot_be_read_are_rejected(data: bytes) -> None:
    with pytest.raises(ImageRejected):
        Compositor().generate(asked(product(data)))
    with pytest.raises(ImageRejected):
        Compositor().generate(asked(scene=data))
