from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scene_studio.model import client as client_model
from scene_studio.model.client import (
    MAX_PICTURES,
    Client,
    Product,
    delete_product,
    edit_client,
    edit_product,
    import_into_client,
    new_client,
    put_product,
    undelete_product,
)
from scene_studio.model.errors import Deleted, InvalidRequest, NotFound
from scene_studio.model.upload import Picture, new_upload
from tests.model.strategies import NOW, THEN, json_values
from tests.support.seed import SESSIONS

CHAIR = Product(id="product-a", name="Oak Chair", image_id="picture-1")
FIRST = Picture(id="picture-1", width=40, height=30)
SECOND = Picture(id="picture-2", width=20, height=30)
VASE = Product(id="product-b", name="Ceramic Vase", image_url="https://example.com/vase.jpg")

products = st.lists(
    st.builds(Product, id=st.sampled_from(("a", "b", "c", "d")), name=st.sampled_from(("One", "Two"))),
    unique_by=lambda product: product.id,
)


def client(*own: Product, sessions: tuple[Any, ...] = ()) -> Client:
    return new_client("acme-corp", "ACME", THEN).replace(products=own, client_sessions=sessions)


def done(after: Client | None) -> Client:
    assert after is not None
    return after


def test_a_client_is_renamed_only_to_another_name() -> None:
    renamed = done(edit_client(client(), {"name": "Acme"}, NOW))
    assert (renamed.name, renamed.updated_at, renamed.created_at) == ("Acme", NOW, THEN)
    assert edit_client(renamed, {"name": "Acme"}, NOW) is None


def test_a_product_is_added_at_the_end_and_replaced_in_its_place() -> None:
    both = done(put_product(client(CHAIR), VASE, NOW))
    assert both.products == (CHAIR, VASE)
    replaced = done(put_product(both, CHAIR.replace(name="Ash Chair"), NOW))
    assert [product.name for product in replaced.products] == ["Ash Chair", "Ceramic Vase"]
    assert put_product(both, CHAIR, NOW) is None


@pytest.mark.parametrize("old", [CHAIR, VASE])
def test_a_product_that_brings_no_picture_keeps_the_one_it_had(old: Product) -> None:
    after = done(put_product(client(old), Product(id=old.id, name="New"), NOW)).products[0]
    assert (after.name, after.image_id, after.image_url) == ("New", old.image_id, old.image_url)


def test_a_product_that_brings_a_picture_shows_that_one_and_keeps_the_old() -> None:
    elsewhere = Product(id="product-a", name="Oak Chair", image_url="https://example.com/chair.jpg")
    after = done(put_product(client(CHAIR), elsewhere, NOW)).products[0]
    assert after == elsewhere.replace(pictures=(Picture(id="picture-1"),))
    here = Product(id="product-a", name="Oak Chair", image_id="picture-2", pictures=(SECOND,))
    after = done(put_product(client(after), here, NOW)).products[0]
    assert after == here.replace(pictures=(SECOND, Picture(id="picture-1")))
    again = done(put_product(client(after), CHAIR.replace(pictures=(FIRST,)), NOW)).products[0]
    assert again == CHAIR.replace(pictures=(SECOND, Picture(id="picture-1")))


def test_no_save_of_a_whole_product_or_of_a_part_of_it_touches_its_pictures_and_uploads() -> None:
    upload = new_upload("picture-3", 1)
    chair = CHAIR.replace(pictures=(SECOND, FIRST), uploads=(upload,))
    bare = Product(id="product-a", name="Ash Chair")
    for rule in (
        lambda: put_product(client(chair), bare, NOW),
        lambda: put_product(client(chair), bare.replace(uploads=(new_upload("x", 1),)), NOW),
        lambda: edit_product(client(chair), "product-a", {"name": "Ash Chair"}, NOW),
        lambda: edit_product(client(chair), "product-a", {"name": "Ash Chair", "pictures": []}, NOW),
    ):
        assert done(rule()).products[0] == chair.replace(name="Ash Chair")


def test_a_product_has_at_most_twelve_pictures_those_on_their_way_among_them() -> None:
    pictures = tuple(Picture(id=f"p{number}") for number in range(10))
    rejected = new_upload("late", 1).replace(reason="Damaged.")
    chair = CHAIR.replace(pictures=pictures, uploads=(rejected,))
    eleventh = done(edit_product(client(chair), "product-a", {}, NOW, [SECOND]))
    assert len(eleventh.products[0].pictures) == MAX_PICTURES
    full = client(chair.replace(uploads=(rejected, new_upload("soon", 1))))
    for rule in (
        lambda: edit_product(eleventh, "product-a", {}, NOW, [Picture(id="one-more")]),
        lambda: edit_product(full, "product-a", {}, NOW, [SECOND]),
        lambda: put_product(full, CHAIR.replace(image_id=SECOND.id, pictures=(SECOND,)), NOW),
    ):
        with pytest.raises(InvalidRequest) as error:
            rule()
        assert "12" in error.value.errors[0].message
    assert edit_product(full, "product-a", {}, NOW, [Picture(id="picture-1")]) is None


def test_the_one_picture_of_an_older_product_is_among_its_pictures() -> None:
    assert CHAIR.all_pictures() == (Picture(id="picture-1"),)
    assert CHAIR.picture("picture-1") == Picture(id="picture-1")
    assert CHAIR.replace(pictures=(SECOND,)).all_pictures() == (SECOND, Picture(id="picture-1"))
    assert CHAIR.replace(pictures=(SECOND, FIRST)).all_pictures() == (SECOND, FIRST)
    assert (VASE.all_pictures(), VASE.picture("picture-1")) == ((), None)


def test_a_deleted_product_is_brought_back_as_it_was() -> None:
    gone = done(delete_product(client(CHAIR, VASE), "product-a", THEN))
    assert done(undelete_product(gone, "product-a", NOW)).products == (CHAIR, VASE)
    assert undelete_product(client(CHAIR), "product-a", NOW) is None


def test_a_deleted_product_is_hidden_and_comes_back_when_it_is_put_again() -> None:
    gone = done(delete_product(client(CHAIR, VASE), "product-a", THEN))
    assert gone.live_products() == (VASE,)
    with pytest.raises(Deleted) as error:
        gone.product("product-a")
    assert error.value.members["restorableUntil"] == "2024-01-31T00:00:00.000Z"
    assert delete_product(gone, "product-a", NOW) is None
    back = done(put_product(gone, Product(id="product-a", name="Oak Chair"), NOW))
    assert back.live_products() == (CHAIR, VASE)


def test_what_never_was_a_product_is_not_found() -> None:
    for rule in (
        lambda: client().product("x"),
        lambda: delete_product(client(), "x", NOW),
        lambda: undelete_product(client(), "x", NOW),
        lambda: edit_product(client(), "x", {}, NOW),
    ):
        with pytest.raises(NotFound):
            rule()


def test_an_edit_changes_what_it_names_and_none_clears() -> None:
    before = client(Product.model_validate({"id": "p", "name": "P", "sku": "1", "colour": {"hex": None}}))
    after = done(edit_product(before, "p", {"sku": None, "weight": 2}, NOW))
    left = {"id": "p", "name": "P", "colour": {"hex": None}, "weight": 2, "pictures": [], "uploads": []}
    assert after.products[0].to_json() == left
    assert edit_product(after, "p", {"weight": 2}, NOW) is None


def test_an_edit_cannot_take_the_name_away_or_touch_what_is_deleted() -> None:
    with pytest.raises(ValidationError):
        edit_product(client(CHAIR), "product-a", {"name": None}, NOW)
    with pytest.raises(Deleted):
        edit_product(client(CHAIR.replace(deleted_at=THEN)), "product-a", {"name": "X"}, NOW)


@given(products, products)
def test_an_import_adds_the_products_that_are_absent_in_order_and_touches_no_other(
    have: list[Product], imported: list[Product]
) -> None:
    before = client(*(product.replace(deleted_at=THEN) for product in have[:1]), *have[1:])
    after = import_into_client(before, imported, (), NOW) or before
    there = {product.id for product in have}
    new = tuple(product for product in imported if product.id not in there)
    assert after.products == before.products + new
    assert (after is before) == (not new)
    assert import_into_client(after, imported, (), NOW) is None


@given(st.lists(json_values, max_size=4))
def test_sessions_are_kept_to_the_letter_and_imported_once(sessions: list[Any]) -> None:
    after = import_into_client(client(), (), deepcopy(sessions), NOW) or client()
    assert list(after.client_sessions) == sessions
    read_back = Client.model_validate_json(after.model_dump_json(by_alias=True, exclude_none=True))
    assert list(read_back.client_sessions) == sessions
    assert import_into_client(read_back, (), sessions, NOW) is None


def test_many_sessions_are_not_each_compared_with_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    class Identity(bytes):
        def __eq__(self, other: object) -> bool:
            compared.append(other)
            return super().__eq__(other)

        __hash__ = bytes.__hash__

    identity = client_model._session_identity
    monkeypatch.setattr(client_model, "_session_identity", lambda session: Identity(identity(session)))
    there = client(sessions=tuple({"id": f"there-{number}"} for number in range(100)))
    after = import_into_client(there, (), [{"id": f"new-{number}"} for number in range(100)], NOW)
    assert after is not None
    assert len(after.client_sessions) == 200
    assert len(compared) <= 200


def test_the_nulls_of_the_seeds_sessions_survive_storage() -> None:
    stored = client(sessions=tuple(SESSIONS)).model_dump_json(by_alias=True, exclude_none=True)
    assert list(Client.model_validate_json(stored).client_sessions) == SESSIONS


def test_a_session_that_is_there_by_its_id_stays_as_it_is() -> None:
    before = client(sessions=({"id": "s", "a": 1},))
    after = done(import_into_client(before, (), [{"id": "s", "a": 2}, {"id": "t"}], NOW))
    assert after.client_sessions == ({"id": "s", "a": 1}, {"id": "t"})


@pytest.mark.parametrize(
    ("there", "other"),
    [({"id": None, "a": 1}, {"id": None, "a": 2}), ("s", {"id": "s"}), (1, True), ({"id": 1}, {"id": True})],
)
def test_sessions_that_only_look_alike_are_not_taken_for_the_same(there: object, other: object) -> None:
    after = import_into_client(client(sessions=(there,)), (), [other], NOW)
    assert after is not None
    assert [repr(session) for session in after.client_sessions] == [repr(there), repr(other)]


@pytest.mark.parametrize("length", [1, 200])
def test_a_name_has_up_to_two_hundred_characters(length: int) -> None:
    assert new_client("c", "🏺" * length, NOW).name == "🏺" * length
    with pytest.raises(ValidationError):
        new_client("c", "🏺" * 201, NOW)
