from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scene_studio.model import addresses
from scene_studio.model.edits import (
    SlotEdit,
    StudioEdit,
    Wanted,
    chosen_products,
    edited_slot,
    edited_studio,
    new_products,
)
from scene_studio.model.errors import Deleted, InvalidRequest, NotFound
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.studio import OutputSlot, Studio, new_slot, new_studio
from tests.model.strategies import THEN, revision, studio_bodies, studios

ELSEWHERE = "https://pictures.example.com/7.jpg"


def slot(**members: Any) -> OutputSlot:
    history = (revision(3), revision(2), revision(7).replace(url=ELSEWHERE))
    return new_slot("slot-1", ["product-a"]).replace(
        history=history, history_count=5, output_image="img-3", **members
    )


def studio(*slots: OutputSlot) -> Studio:
    made = new_studio("acme-corp", "default", None, THEN)
    return made.replace(output_slots=slots or (slot(),), rev=10)


def only_page_1(_slot_id: str, image_id: str) -> bool:
    return image_id == "img-1"


def edit_slot(body: dict[str, Any], base: Studio | None = None) -> Wanted:
    return edited_slot(base or studio(), "slot-1", SlotEdit.model_validate(body), only_page_1)


def save_rows(base: Studio, *rows: dict[str, Any]) -> Wanted:
    return edited_studio(base, StudioEdit.model_validate({"outputSlots": rows}), only_page_1)


OWN = addresses.revision_image("acme-corp", "default", "slot-1", "img-2")


@pytest.mark.parametrize(
    ("reference", "image_id"),
    [
        ("img-2", "img-2"),
        ("img-1", "img-1"),
        ("img-3", "img-3"),
        (OWN, "img-2"),
        (f"http://127.0.0.1:8000{OWN}?size=thumb", "img-2"),
        (OWN.replace("img-2", "img-1"), "img-1"),
        (ELSEWHERE, "img-7"),
    ],
)
def test_the_output_is_named_by_id_by_address_or_by_where_the_picture_lies(
    reference: str, image_id: str
) -> None:
    wanted = edit_slot({"outputImage": reference})
    assert wanted.owned.slots["slot-1"].output_image == image_id
    assert wanted.picked == {"slot-1"}


UNKNOWN = ["img-9", "", "//[", OWN.replace("slot-1", "slot-2"), OWN.replace("img-2", "img-9"), "data:,x"]


@pytest.mark.parametrize("reference", UNKNOWN)
def test_an_output_that_is_no_revision_of_the_slot_is_refused_in_an_edit_of_one_slot(reference: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        edit_slot({"outputImage": reference})
    assert [error.field for error in refused.value.errors] == ["/outputImage"]


@pytest.mark.parametrize("reference", UNKNOWN)
def test_and_is_listed_and_left_as_it_was_in_a_save_of_all_rows(reference: str) -> None:
    wanted = save_rows(studio(), {"id": "new"}, {"id": "slot-1", "outputImage": reference, "productIds": []})
    assert [error.field for error in wanted.ignored] == ["/outputSlots/1/outputImage"]
    assert wanted.owned.slots["slot-1"].output_image == "img-3"
    assert wanted.owned.slots["slot-1"].product_ids == ()
    assert wanted.picked == frozenset()


def test_picking_what_is_shown_counts_in_an_edit_of_one_slot_but_not_in_a_save_of_all_rows() -> None:
    assert edit_slot({"outputImage": "img-3"}).picked == {"slot-1"}
    assert save_rows(studio(), {"id": "slot-1", "outputImage": "img-3"}).picked == frozenset()
    assert save_rows(studio(), {"id": "slot-1", "outputImage": "img-2"}).picked == {"slot-1"}


def test_null_clears_and_absent_leaves() -> None:
    base = studio(slot(favorites=("img-2",)))
    kept = edit_slot({}, base).owned.slots["slot-1"]
    assert (kept.product_ids, kept.favorites, kept.output_image) == (("product-a",), ("img-2",), "img-3")
    body = {"productIds": None, "favorites": None, "outputImage": None, "settings": None}
    cleared = edit_slot(body, base).owned.slots["slot-1"]
    assert cleared[:4] == ((), {}, (), None)


def test_settings_are_edited_member_by_member_and_a_scene_whole() -> None:
    scene = {"id": "a", "name": "A", "imageUrl": "/scenes/a.jpg"}
    settings = SceneGenerationSettings.model_validate({"scene": scene, "style": "Modern", "lighting": "Soft"})
    body = {"settings": {"scene": {"id": "b"}, "style": None, "someday": 1}}
    after = edit_slot(body, studio(slot(settings=settings))).owned.slots["slot-1"].settings
    assert after == {"scene": {"id": "b"}, "lighting": "Soft", "someday": 1}


def test_a_favorite_is_marked_once() -> None:
    assert edit_slot({"favorites": ["a", "b", "a"]}).owned.slots["slot-1"].favorites == ("a", "b")


@given(studios(), studio_bodies())
def test_after_a_save_the_rows_stand_in_their_order_and_the_rest_is_deleted_where_it_stands(
    base: Studio, body: dict[str, Any]
) -> None:
    owned = edited_studio(base, StudioEdit.model_validate(body), lambda _slot, _image: True).owned
    rows = [row["id"] for row in body["outputSlots"]]
    assert [name for name in owned.slots if name in rows] == rows
    assert {name for name, kept in owned.slots.items() if not kept.deleted} == set(rows)
    assert set(owned.slots) == set(rows) | {found.id for found in base.output_slots}
    assert owned.name == body.get("name", base.name)


def test_a_save_without_rows_touches_no_slot() -> None:
    base = studio()
    for body in ({"name": "Summer"}, {"name": "Summer", "outputSlots": None}):
        owned = edited_studio(base, StudioEdit.model_validate(body), only_page_1).owned
        assert owned.name == "Summer"
        assert not owned.slots["slot-1"].deleted


def test_two_rows_of_one_id_are_refused_and_the_second_is_named() -> None:
    with pytest.raises(InvalidRequest) as refused:
        save_rows(studio(), {"id": "a"}, {"id": "b"}, {"id": "a"})
    assert refused.value.errors[0].field == "/outputSlots/2/id"


def test_one_slot_that_is_deleted_or_never_was_cannot_be_edited() -> None:
    with pytest.raises(Deleted):
        edit_slot({}, studio(slot(deleted_at=THEN)))
    with pytest.raises(NotFound):
        edit_slot({}, studio(new_slot("slot-2")))


@pytest.mark.parametrize(
    "body",
    [
        {"productIds": ["a"] * 17},
        {"productIds": ["../x"]},
        {"productIds": "a"},
        {"favorites": [1]},
        {"outputImage": 1},
        {"outputImage": "x" * 2049},
        {"settings": []},
        {"settings": {"varietyLevel": 11}},
    ],
)
def test_an_edit_beyond_the_limits_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SlotEdit.model_validate(body)


@pytest.mark.parametrize(
    "body", [{"name": "x" * 201}, {"name": ""}, {"name": "a\tb"}, {"outputSlots": [{}]}, {"outputSlots": {}}]
)
def test_a_save_beyond_the_limits_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        StudioEdit.model_validate(body)


@given(st.lists(st.sampled_from("abcd"), max_size=16), st.none() | st.lists(st.sampled_from("abcd")))
def test_only_products_that_the_slot_does_not_hold_yet_are_new(
    held: list[str], wanted: list[str] | None
) -> None:
    expected = [product for product in wanted or [] if product not in held]
    assert list(new_products(new_slot("slot-1", held), wanted)) == expected
    assert list(new_products(None, wanted)) == (wanted or [])


def test_each_new_product_of_a_save_is_named_by_the_first_row_that_has_it() -> None:
    rows = [
        {"id": "slot-1", "productIds": ["product-a", "product-b"]},
        {"id": "new", "productIds": ["product-b", "product-a"]},
    ]
    edit = StudioEdit.model_validate({"outputSlots": rows})
    assert chosen_products(studio(), edit) == {
        "product-b": "/outputSlots/0/productIds",
        "product-a": "/outputSlots/1/productIds",
    }


def test_a_body_is_named_and_not_spelled_out_where_it_is_shown() -> None:
    edit = StudioEdit.model_validate({"name": "Secret", "outputSlots": [{"id": "a"}]})
    assert str({"body": edit}) == "{'body': StudioEdit(...)}"
