from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scene_studio.model.client import (
    Client,
    Product,
    delete_product,
    edit_client,
    edit_product,
    import_into_client,
    new_client,
    put_product,
)
from scene_studio.model.errors import Deleted, NotFound
from tests.model.strategies import NOW, THEN, json_values
from tests.support.seed import SESSIONS

CHAIR = Product(id="product-a", name="Oak Chair", image_id="picture-1")
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


def test_a_product_that_brings_a_picture_loses_the_old_one() -> None:
    brought = Product(id="product-a", name="Oak Chair", image_url="https://example.com/chair.jpg")
    assert done(put_product(client(CHAIR), brought, NOW)).products == (brought,)


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
        lambda: edit_product(client(), "x", {}, NOW),
    ):
        with pytest.raises(NotFound):
            rule()


def test_an_edit_changes_what_it_names_and_none_clears() -> None:
    before = client(Product.model_validate({"id": "p", "name": "P", "sku": "1", "colour": {"hex": None}}))
    after = done(edit_product(before, "p", {"sku": None, "weight": 2}, NOW))
    assert after.products[0].to_json() == {"id": "p", "name": "P", "colour": {"hex": None}, "weight": 2}
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
