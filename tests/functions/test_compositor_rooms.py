from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from scene_studio.generation.rendering import ground, materials
from scene_studio.generation.rendering.backdrop import render
from scene_studio.generation.rendering.camera import Camera
from scene_studio.generation.rendering.decor import Surface, decor_of
from scene_studio.generation.rendering.drawing import seeded
from scene_studio.generation.rendering.flat_lay import render_flat
from scene_studio.generation.rendering.ground import Ground, ground_plane
from scene_studio.generation.rendering.interior import interior_of
from scene_studio.generation.rendering.light import DAYLIGHT, light_of
from scene_studio.generation.rendering.rooms import room_of
from scene_studio.generation.rendering.shadows import LEFT, RIGHT, Lighting, lay_reflection, lay_shadow
from scene_studio.generation.staging.grading import brighter_side, finished, light_on, matched
from scene_studio.generation.staging.plan import plan
from scene_studio.model.settings import SUGGESTIONS, SceneGenerationSettings, resolve

SIZE = (256, 256)
CHAIR, VASE = ("Chair", 0.65), ("Vase", 0.6)


def room(framed_for: tuple[str, float] = CHAIR, **members: Any) -> Image.Image:
    """A small picture of a room, without the product that it is framed for."""
    settings = resolve(SceneGenerationSettings(variety_level=0, **members))
    interior = interior_of(settings, light_of(settings.lighting), 0)
    name, shape = framed_for
    layout = plan(
        settings, [name], [shape], SIZE, seed=0, in_scene=False, table_height=interior.room.table_height
    )
    if layout.view is None:
        return render_flat(SIZE, layout.scale, interior, on_floor=not layout.on_table)
    return render(layout.view, interior)


def difference(first: Image.Image, second: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(first, second)).mean)


def means(picture: Image.Image) -> list[float]:
    return ImageStat.Stat(picture).mean


# Settings


@pytest.mark.parametrize("framed_for", [CHAIR, VASE])
@pytest.mark.parametrize(
    ("member", "suggestions"),
    [
        ("room_type", "roomType"),
        ("style", "style"),
        ("lighting", "lighting"),
        ("camera_angle", "cameraAngle"),
        ("color_scheme", "colorScheme"),
        ("surroundings", "surroundings"),
    ],
)
def test_every_suggested_choice_makes_a_visibly_different_room(
    member: str, suggestions: str, framed_for: tuple[str, float]
) -> None:
    chosen: list[dict[str, Any]] = [{member: choice} for choice in SUGGESTIONS[suggestions]]
    pictures = [room(framed_for, **each) for each in chosen]
    pairs = combinations(zip(SUGGESTIONS[suggestions], pictures, strict=True), 2)
    assert [(a, b) for (a, one), (b, other) in pairs if difference(one, other) < 1] == []


@pytest.mark.parametrize("kind", [*SUGGESTIONS["roomType"], "Spaceship"])
def test_more_surroundings_fill_every_kind_of_room(kind: str) -> None:
    pictures = [room(room_type=kind, surroundings=each) for each in SUGGESTIONS["surroundings"]]
    assert [difference(*pair) > 0.4 for pair in pairwise(pictures)] == [True] * 3


@pytest.mark.parametrize("kind", SUGGESTIONS["roomType"])
def test_every_kind_of_room_takes_all_props_at_once_at_night(kind: str) -> None:
    props = (*SUGGESTIONS["props"], "accessories")
    empty = room(room_type=kind, lighting="Evening", surroundings="Minimal")
    assert difference(room(room_type=kind, lighting="Evening", surroundings="Minimal", props=props), empty) > 2


@pytest.mark.parametrize("prop", SUGGESTIONS["props"])
def test_every_suggested_prop_can_be_seen(prop: str) -> None:
    # On a table there is no rug and no cushion, and in a sparse room nothing hides what was chosen.
    framed_for = VASE if prop in {"Books", "Candles", "Lamp", "Plants", "Throw"} else CHAIR
    without, chosen = (room(framed_for, surroundings="Minimal", props=props) for props in ((), (prop,)))
    assert difference(without, chosen) > 0.4


def test_props_nobody_knows_and_the_case_of_letters_change_nothing() -> None:
    assert room(VASE, props=(" bOOKS", "Unicorns")) == room(VASE, props=("Books",)) != room(VASE)


def test_accessories_can_be_seen() -> None:
    assert difference(room(VASE, accessories=True), room(VASE)) > 0.4


def test_props_stand_on_a_surface_seen_from_above_as_well() -> None:
    above: dict[str, Any] = {"camera_angle": "Top Down"}
    plain = room(VASE, **above)
    for props in (("Plants",), ("Books",), ("Candles",), ("Rug",), ("Throw",), ("Cushions",)):
        assert difference(plain, room(VASE, props=props, **above)) > 0.4


def test_settings_nobody_foresaw_give_what_would_be_chosen_without_a_word() -> None:
    unforeseen: dict[str, Any] = {
        "style": "Øther",
        "lighting": "Bioluminescent",
        "color_scheme": "",
        "camera_angle": "Drone",
    }
    assert room(surroundings="?", **unforeseen) == room()
    assert light_of("Bioluminescent") == light_of("Natural Light") == DAYLIGHT


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("cosy LIVING area", "Living Room"),
        ("spa", "Bathroom"),
        ("Roof terrace", "Patio"),
        ("home library", "Office"),
        ("restaurant", "Dining Room"),
    ],
)
def test_a_room_is_known_by_its_words(text: str, known: str) -> None:
    assert room_of(text) == room_of(known)


def test_a_room_nobody_knows_is_a_neutral_interior_of_its_own() -> None:
    neutral = room_of("Spaceship")
    assert neutral not in [room_of(known) for known in SUGGESTIONS["roomType"]]
    assert difference(room(room_type="Spaceship"), room(room_type="Spaceship", surroundings="None")) > 1


def test_a_colour_scheme_counts_only_where_a_colour_theme_is_wanted() -> None:
    def wall(**members: Any) -> tuple[int, int, int]:
        return decor_of(resolve(SceneGenerationSettings(**members))).wall.colour

    assert wall(color_scheme="Cool Tones", color_theme=False) == wall()
    assert wall(color_scheme="Cool Tones", color_theme=True) != wall()
    red, _, blue = wall(color_scheme="Warm Tones")
    assert red > blue + 30


def test_golden_hour_is_warmer_and_evening_darker_than_day() -> None:
    day, golden, evening = (means(room(lighting=kind)) for kind in ("Natural", "Golden Hour", "Evening"))
    assert golden[0] - golden[2] > day[0] - day[2] + 15
    assert sum(evening) < sum(day) - 60


def test_every_named_material_covers_its_surface_evenly_in_its_colour() -> None:
    for name, material in materials.MATERIALS.items():
        surface = material((120, 90), 200.0, (180, 140, 100), seeded(1))
        assert (name, surface.size, surface.mode) == (name, (120, 90), "RGB")
        assert means(surface) == pytest.approx([180, 140, 100], abs=34), name


# Perspective


@pytest.fixture
def camera() -> Camera:
    return Camera((200, 160), 300.0, 100.0, 40.0, 1.2)


def test_the_ground_appears_where_its_points_do(camera: Camera) -> None:
    texture = Image.new("L", (100, 100))
    texture.paste(255, (40, 40, 60, 60))
    # The texture lies on two metres by two of ground, three to five metres away.
    data = camera.plane((-1.0, 0.0, 5.0), (0.02, 0.0, 0.0), (0.0, 0.0, -0.02))
    seen = texture.transform(camera.size, Image.Transform.PERSPECTIVE, data, Image.Resampling.NEAREST)
    left, top = camera.point(-0.2, 0.0, 4.2)
    right, bottom = camera.point(0.2, 0.0, 3.8)
    box = seen.getbbox()
    assert box is not None
    assert box[1] == pytest.approx(top, abs=1.5)
    assert box[3] == pytest.approx(bottom, abs=1.5)
    assert box[2] - box[0] == pytest.approx(camera.scale(3.8) * 0.4, abs=3)
    assert (left + right) / 2 == pytest.approx((box[0] + box[2]) / 2, abs=2)


def test_rows_and_distances_are_each_others_inverse(camera: Camera) -> None:
    assert camera.distance(camera.row(3.3)) == pytest.approx(3.3)
    assert camera.lowered(0.74).point(0, 0.74, 3.3)[1] == pytest.approx(camera.row(3.3))
    assert camera.shrunk(0.5).row(3.3) == pytest.approx(camera.row(3.3) / 2)


@pytest.mark.parametrize("horizon", [-2000.0, 0.0, 40.0, 159.0])
def test_no_texture_is_larger_than_a_picture_needs(horizon: float, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    def measured(size: tuple[int, int], *_: object) -> Image.Image:
        sizes.append(size)
        return Image.new("RGB", size)

    monkeypatch.setattr(ground, "MATERIALS", {"measured": measured})
    camera = Camera((1512, 648), 1700.0, 756.0, horizon, 1.0)
    ground_plane(camera, Ground(Surface("measured", (0, 0, 0)), 40.0, 2.0), "")
    assert sizes[0][0] * sizes[0][1] <= 1_520_000


@pytest.mark.parametrize("side", [LEFT, RIGHT])
def test_a_shadow_falls_to_the_side_away_from_the_light(side: float, camera: Camera) -> None:
    picture = Image.new("RGB", camera.size, (200, 200, 200))
    outline = Image.new("L", (20, 60), 255)
    lay_shadow(picture, outline, (90, 70), camera, Lighting(light_of("Golden Hour"), side))
    left = ImageStat.Stat(picture.crop((0, 90, 85, 130))).mean[0]
    right = ImageStat.Stat(picture.crop((115, 90, 200, 130))).mean[0]
    assert right < left - 2 if side == LEFT else left < right - 2


def test_hard_light_draws_harder_shadows_than_soft_light(camera: Camera) -> None:
    def steepest(softness: float) -> float:
        picture = Image.new("L", camera.size, 200).convert("RGB")
        light = replace(DAYLIGHT, softness=softness)
        lay_shadow(picture, Image.new("L", (20, 60), 255), (90, 60), camera, Lighting(light, LEFT))
        row = picture.convert("L").crop((112, 112, 190, 113)).tobytes()
        # As a share of the shadow's depth there, since soft shadows are fainter as well.
        return max(abs(a - b) for a, b in pairwise(row)) / (max(row) - min(row))

    assert steepest(0.1) > 1.3 * steepest(1.0) > 0.01


@pytest.mark.parametrize(("gloss", "seen"), [(0.08, False), (0.3, True)])
def test_a_product_is_mirrored_in_a_polished_surface_and_in_no_other(gloss: float, *, seen: bool) -> None:
    picture = Image.new("RGB", (60, 100), (200, 200, 200))
    lay_reflection(picture, Image.new("RGBA", (20, 40), (220, 20, 20, 255)), (20, 20), gloss)
    below, above = picture.crop((20, 60, 40, 66)), picture.crop((0, 0, 60, 59))
    assert (means(below)[1] < 190) == seen
    assert above.getextrema() == ((200, 200),) * 3


# Grading


def solid(colour: tuple[int, int, int]) -> Image.Image:
    return Image.new("RGBA", (80, 80), (*colour, 255))


def test_a_warm_product_warms_the_room_and_a_cold_one_cools_it() -> None:
    grey = Image.new("RGB", (8, 8), (150, 150, 150))
    warm, cold = (means(matched(grey, light_on([solid(c)]))) for c in ((210, 200, 180), (180, 200, 210)))
    assert warm[0] - warm[2] > 5
    assert cold[2] - cold[0] > 5


def test_a_saturated_product_says_nothing_of_the_colour_of_its_light() -> None:
    assert light_on([solid((220, 20, 20))]).tint == (1, 1, 1)


def test_a_dark_product_darkens_the_room_a_little_and_no_product_leaves_it() -> None:
    assert light_on([solid((60, 60, 60))]).exposure < light_on([solid((230, 230, 230))]).exposure
    assert light_on([]) == light_on([Image.new("RGBA", (9, 9))])
    assert light_on([]).exposure == 1


def test_an_evenly_lit_product_does_not_tell_where_its_light_came_from() -> None:
    assert light_on([solid((128, 128, 128))]).side is None
    assert brighter_side(Image.new("RGB", (90, 60), (128, 128, 128))) is None


def test_the_brighter_half_of_a_scene_is_where_its_light_comes_from() -> None:
    scene = Image.new("RGB", (90, 60), (90, 90, 90))
    scene.paste((200, 200, 200), (45, 0, 90, 60))
    assert brighter_side(scene) == RIGHT
    assert brighter_side(scene.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) == LEFT


def test_a_finished_room_has_darker_corners_and_grain() -> None:
    grey = Image.new("RGB", (200, 200), (150, 150, 150))
    room = finished(grey, 0.4, seeded(1))
    middle, corner = room.crop((90, 90, 110, 110)), room.crop((0, 0, 20, 20))
    assert means(middle)[0] > means(corner)[0] + 15
    assert ImageStat.Stat(middle).stddev[0] > 0.3
    assert grey.getextrema() == ((150, 150),) * 3
