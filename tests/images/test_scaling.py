"""Scaling by bands gives what scaling the whole gives, and takes less memory."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from scene_studio.images.inspect import shrink_to
from scene_studio.images.scaling import shrink, shrunk
from tests.support.pictures import difference, photograph

MIXED = {"LA": "La", "RGBA": "RGBa"}


def as_it_is(part: Image.Image) -> Image.Image:
    return part


def farthest(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of any channel of any pixel, in levels, as it shows on black."""
    shown = [picture.convert(MIXED.get(picture.mode, picture.mode)).tobytes() for picture in (one, other)]
    assert one.size == other.size
    return max((abs(a - b) for a, b in zip(*shown, strict=True)), default=0)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "LA", "RGBA"])
@pytest.mark.parametrize("size", [(90, 600), (600, 90), (257, 256), (1, 700), (700, 1)])
def test_scaling_by_bands_gives_what_scaling_the_whole_gives(mode: str, size: tuple[int, int]) -> None:
    picture = photograph(7, size)
    if mode.endswith("A"):
        picture.putalpha(photograph(8, size).convert("L"))
    picture = picture.convert(mode)
    smaller = max(1, size[0] * 2 // 5), max(1, size[1] * 2 // 5)
    whole = picture.resize(smaller, Image.Resampling.LANCZOS)
    assert farthest(shrink(picture, as_it_is, smaller), whole) <= 2


def test_what_is_prepared_is_what_is_scaled() -> None:
    picture = photograph(3, (40, 600))
    prepared = shrink(picture, ImageChops.invert, (20, 300))
    assert farthest(prepared, ImageChops.invert(picture).resize((20, 300), Image.Resampling.LANCZOS)) <= 2


def test_no_more_than_a_band_is_prepared_at_a_time() -> None:
    heights = []

    def prepare(part: Image.Image) -> Image.Image:
        heights.append(part.height)
        return part

    shrink(photograph(3, (10, 1000)), prepare, (5, 500))
    assert (max(heights) <= 256, sum(heights)) == (True, 1001)


def test_the_colours_of_transparent_pixels_do_not_show_at_edges() -> None:
    picture = Image.new("RGBA", (64, 64), (0, 255, 0, 0))
    picture.paste((200, 0, 0, 255), (0, 0, 31, 64))
    smaller = shrink(picture, as_it_is, (16, 16))
    seen = [pixel for pixel in smaller.get_flattened_data() if isinstance(pixel, tuple) and pixel[3] > 16]
    assert seen
    assert max(pixel[1] for pixel in seen) < 8


def test_a_picture_of_the_wanted_size_is_only_prepared() -> None:
    picture = photograph(1)
    assert shrink(picture, as_it_is, picture.size) is picture


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 60_000), st.integers(1, 60_000), st.integers(1, 5000))
def test_sizes_keep_their_proportions_and_fit(width: int, height: int, longest_side: int) -> None:
    size = shrunk((width, height), longest_side)
    assert 1 <= min(size) <= max(size) <= max(1, longest_side)
    assert size[0] <= width
    assert size[1] <= height
    assert abs(size[0] * max(width, height) - width * max(size)) <= max(width, height)


@pytest.mark.parametrize("arguments", [((400, 200), (100, 50)), ((100, 40), (100, 40)), ((3000, 1), (100, 1))])
def test_pictures_are_made_smaller_and_never_larger(arguments: Any) -> None:
    size, expected = arguments
    assert shrink_to(Image.new("RGB", size), 100).size == expected


def test_a_small_picture_is_close_to_the_large_one() -> None:
    large = photograph(2, (960, 720))
    assert difference(shrink_to(large, 96), photograph(2, (96, 72))) < 3
