"""The colours that a picture is told to have are those that somebody would name."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scene_studio.images.palette import dominant_colours
from tests.support.pictures import BLUE, GREEN, RED, WHITE, photograph, quarters


def hexadecimal(colour: tuple[int, int, int]) -> str:
    return "#" + bytes(colour).hex()


def striped(*stripes: tuple[tuple[int, int, int], int]) -> Image.Image:
    picture = Image.new("RGB", (50, sum(rows for _, rows in stripes)))
    top = 0
    for colour, rows in stripes:
        picture.paste(colour, (0, top, 50, top + rows))
        top += rows
    return picture


def test_the_most_common_colour_comes_first() -> None:
    colours = dominant_colours(striped((RED, 10), (BLUE, 30), (GREEN, 20)))
    assert colours == (hexadecimal(BLUE), hexadecimal(GREEN), hexadecimal(RED))


def test_colours_as_common_as_each_other_come_in_an_order_that_is_always_the_same() -> None:
    assert dominant_colours(quarters((32, 32))) == tuple(map(hexadecimal, sorted([RED, GREEN, BLUE, WHITE])))


def test_shades_of_one_colour_are_one_colour() -> None:
    (colour,) = dominant_colours(striped((RED, 20), ((225, 26, 18), 10), ((236, 14, 27), 10)))
    assert colour == hexadecimal((230, 20, 21))


def test_at_most_five_are_told() -> None:
    stripes = [((60 * (number % 4), 60 * (number // 4), 0), 5 + number) for number in range(12)]
    assert len(dominant_colours(striped(*stripes))) == 5
    assert len(dominant_colours(striped(*stripes), most=12)) == 12


def test_a_colour_that_hardly_shows_is_not_told() -> None:
    picture = Image.new("RGB", (60, 60), RED)
    picture.paste(BLUE, (0, 0, 5, 6))
    assert dominant_colours(picture) == (hexadecimal(RED),)
    picture.paste(BLUE, (0, 0, 6, 7))
    assert dominant_colours(picture) == (hexadecimal(RED), hexadecimal(BLUE))


def test_transparent_pixels_are_not_counted() -> None:
    picture = striped((RED, 30), (GREEN, 10)).convert("RGBA")
    picture.paste((*RED, 0), (0, 0, 50, 30))
    assert dominant_colours(picture) == (hexadecimal(GREEN),)


def test_a_picture_that_is_transparent_throughout_has_no_colours() -> None:
    assert dominant_colours(Image.new("RGBA", (9, 9), (*RED, 0))) == ()


def test_a_large_picture_has_the_colours_of_a_small_one() -> None:
    assert dominant_colours(quarters((1000, 800))) == dominant_colours(quarters((60, 40)))


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 1000), st.tuples(st.integers(1, 90), st.integers(1, 90)), st.sampled_from(["RGB", "RGBA"])
)
def test_every_picture_has_one_to_five_colours_and_always_the_same(
    number: int, size: tuple[int, int], mode: str
) -> None:
    picture = photograph(number, size).convert(mode)
    colours = dominant_colours(picture)
    assert 1 <= len(set(colours)) == len(colours) <= 5
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)
    assert dominant_colours(picture.copy()) == colours


def test_a_picture_in_which_no_colour_is_common_has_some_all_the_same() -> None:
    levels = range(0, 256, 63)
    picture = Image.new("RGB", (25, 5))
    picture.putdata(list(product(levels, levels, levels)))
    assert len(dominant_colours(picture)) == 5


@pytest.mark.parametrize("colour", [RED, WHITE, (0, 0, 0), (1, 2, 3)])
def test_a_picture_of_one_colour_has_that_colour(colour: tuple[int, int, int]) -> None:
    assert dominant_colours(Image.new("RGB", (1, 1), colour)) == (hexadecimal(colour),)
