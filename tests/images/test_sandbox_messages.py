"""What a child says is believed as far as it can be true."""

import hashlib
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scene_studio.images.forms import Purpose, TakenIn
from scene_studio.images.intake import take_in
from scene_studio.images.sandbox_messages import MOST_BYTES, say_picture, say_rejection, understand
from tests.support.pictures import encoded, jpeg, photograph, png

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
TAKEN: dict[Purpose, TakenIn] = {"scene": take_in(jpeg(1), "scene"), "product": take_in(png(1), "product")}
SIDEWAYS = encoded(photograph(1, (4097, 2)), "JPEG")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_picture_is_understood_as_it_was_said(purpose: Purpose) -> None:
    assert TAKEN["product"].cutout
    assert understand(say_picture(TAKEN[purpose]), purpose) == TAKEN[purpose]


def test_a_reason_is_understood_as_it_was_said() -> None:
    assert understand(say_rejection("The picture is für nobody."), "scene") == "The picture is für nobody."


def test_hash_and_size_are_not_taken_from_what_is_said() -> None:
    lying = replace(TAKEN["scene"], sha256="0" * 64, width=1, height=2)
    understood = understand(say_picture(lying), "scene")
    assert understood == TAKEN["scene"]
    assert understood.sha256 == hashlib.sha256(TAKEN["scene"].picture).hexdigest()


@pytest.mark.parametrize(
    ("purpose", "changes"),
    [
        ("scene", {"picture": png(1)}),
        ("scene", {"picture": b""}),
        ("scene", {"picture": jpeg(1) + b"<script>"}),
        ("scene", {"picture": jpeg(1)[:-2]}),
        ("scene", {"picture": SIDEWAYS}),
        ("scene", {"thumbnail": png(1)}),
        ("scene", {"thumbnail": b""}),
        ("scene", {"thumbnail": jpeg(1, (321, 10))}),
        ("scene", {"cutout": png(1)}),
        ("scene", {"colors": ("#000000",) * 6}),
        ("product", {"picture": jpeg(1)}),
        ("product", {"picture": png(1, (2049, 2))}),
        ("product", {"picture": png(1) + b"<script>"}),
        ("product", {"thumbnail": jpeg(1)}),
        ("product", {"thumbnail": png(1, (10, 321))}),
        ("product", {"cutout": jpeg(1)}),
        ("product", {"cutout": png(1, (2, 2049))}),
        ("product", {"cutout": b"PK\3\4"}),
    ],
)
def test_a_picture_that_is_none_of_ours_is_not_believed(purpose: Purpose, changes: Any) -> None:
    with pytest.raises(ValueError, match=r"no JPEG file|no PNG file|not as long"):
        understand(say_picture(replace(TAKEN[purpose], **changes)), purpose)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_message_that_breaks_off_anywhere_is_not_believed(purpose: Purpose) -> None:
    message = say_picture(TAKEN[purpose])
    for length in [*range(60), len(message) // 2, len(message) - 1]:
        with pytest.raises(ValueError, match=r"."):
            understand(message[:length], purpose)
    with pytest.raises(ValueError, match="not as long"):
        understand(message + b"\0", purpose)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"?",
        b"R",
        b"R" + b"x" * 501,
        b"R\xff\xfe",
        b"Rone\nline",
        b"R\x1b[31mred",
        b"Rright to \xe2\x80\xaeleft",
        b"P" + b"\xff" * 13,
        b"P" + b"\xff" * 1000,
    ],
)
def test_what_is_neither_picture_nor_reason_is_not_believed(message: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        understand(message, "scene")


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(PURPOSES))
def test_no_message_does_anything_but_be_understood_or_not(message: bytes, purpose: Purpose) -> None:
    try:
        understood = understand(message, purpose)
    except ValueError:
        return
    assert understood == message[1:].decode()


@settings(deadline=None)
@given(st.integers(0, 900), st.integers(0, 255), st.sampled_from(PURPOSES))
def test_a_message_of_which_a_byte_is_another_is_a_picture_all_the_same_or_not_believed(
    at: int, value: int, purpose: Purpose
) -> None:
    message = bytearray(say_picture(TAKEN[purpose]))
    message[at % len(message)] = value
    try:
        understood = understand(bytes(message), purpose)
    except ValueError:
        return
    assert isinstance(understood, TakenIn)
    assert len(understood.colors) == len(TAKEN[purpose].colors)


def test_the_largest_pictures_that_are_stored_can_be_said() -> None:
    # Random pixels, which nothing compresses, in the sizes of a picture, its preview and its cut-out.
    pixels = 4 * (2048 * 2048 + 320 * 320 + 2048 * 2048)
    assert pixels * 1.05 < MOST_BYTES
