from typing import Any

import pytest

from scene_studio.model.client import Client, Product, delete_product, new_client, put_product
from scene_studio.model.document import RequestKey
from scene_studio.model.errors import Busy, ClientFull, InvalidRequest, NotFound
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.clients import Clients, ClientSummary
from scene_studio.store.object_store import ObjectStore
from tests.support.scripted_store import FakeTime, ScriptedStore, unavailable

NOW = "2024-01-01T12:00:00Z"
SESSIONS: tuple[Any, ...] = (
    {"id": "s1", "note": None, "nested": {"none": None, "list": [None, 1, 1.5, True]}},
    {"größe": "\U0001f6cb\u2028", "big": 12345678901234567890, "small": 1e-300, "": []},
    "text",
    None,
    [],
)


def clients_in(store: ObjectStore) -> Clients:
    return Clients(store, DocumentCache[Client]())


def make(clients: Clients, client_id: str, *products: Product, sessions: tuple[Any, ...] = ()) -> None:
    def create(current: Versioned[Client] | None) -> Client:
        client = current.document if current else new_client(client_id, client_id.title(), NOW)
        return client.replace(products=products, client_sessions=sessions)

    clients.commit(client_id, create, RequestKey("key", "body"), FakeTime().pacing())


def test_a_client_comes_back_as_it_was_kept_sessions_to_the_letter(store: ObjectStore) -> None:
    make(clients_in(store), "acme", Product(id="chair", name="Chair"), sessions=SESSIONS)

    found = clients_in(store).read("acme").document

    assert found.client_sessions == SESSIONS
    assert [product.name for product in found.products] == ["Chair"]


def test_a_client_that_was_written_is_known_as_it_is_read(store: ObjectStore) -> None:
    clients = clients_in(store)
    make(clients, "acme", Product(id="chair", name="Chair"), sessions=SESSIONS)

    assert clients.cached("acme") == clients_in(store).read("acme").document


def test_a_client_that_is_not_there_is_not_found(store: ObjectStore) -> None:
    clients = clients_in(store)
    with pytest.raises(NotFound):
        clients.read("nobody")
    with pytest.raises(NotFound):
        clients.products("nobody", {"chair": "/productIds/0"})
    assert clients.cached("nobody") is None


def test_a_client_over_its_limit_is_refused_and_nothing_is_written() -> None:
    store = ScriptedStore()
    clients = clients_in(store)
    make(clients, "acme")

    with pytest.raises(ClientFull):
        clients.commit(
            "acme",
            lambda current: new_client("acme", "A", NOW).replace(client_sessions=("x" * 4 * 1024 * 1024,)),
            None,
            FakeTime().pacing(),
        )
    assert clients_in(store).read("acme").document.client_sessions == ()


def test_clients_are_listed_with_what_a_list_shows(store: ObjectStore) -> None:
    clients = clients_in(store)
    deleted = Product(id="table", name="Table", deleted_at=NOW)
    for client_id in ("acme", "acme-corp", "b"):
        make(clients, client_id, Product(id="chair", name="Chair"), deleted)

    found: list[ClientSummary] = []
    cursor: str | None = ""
    while cursor is not None:
        page, cursor = clients.summaries(after=cursor, limit=1)
        found.extend(page)

    assert sorted(found) == [ClientSummary(one, one.title(), NOW, 1) for one in ("acme", "acme-corp", "b")]
    assert clients.summaries_of(["b", "nobody"]) == [ClientSummary("b", "B", NOW, 1)]
    assert clients.summaries_of([]) == []


def test_known_products_cost_no_request() -> None:
    store = ScriptedStore()
    clients = clients_in(store)
    make(clients, "acme", Product(id="chair", name="Chair"))
    store.calls.clear()

    assert [product.name for product in clients.products("acme", {"chair": "/productIds/0"})] == ["Chair"]
    assert store.calls == []


def test_a_product_that_somebody_else_added_lately_is_found() -> None:
    store = ScriptedStore()
    clients = clients_in(store)
    make(clients, "acme")

    def put(current: Versioned[Client] | None) -> Client | None:
        assert current is not None
        return put_product(current.document, Product(id="new", name="New"), NOW)

    clients_in(store).commit("acme", put, None, FakeTime().pacing())

    assert [product.id for product in clients.products("acme", {"new": "/productIds/0"})] == ["new"]


def test_products_that_are_not_in_the_library_are_named_with_their_fields() -> None:
    store = ScriptedStore()
    clients = clients_in(store)
    make(clients, "acme", Product(id="chair", name="Chair"), Product(id="table", name="Table"))

    def delete(current: Versioned[Client] | None) -> Client | None:
        assert current is not None
        return delete_product(current.document, "table", NOW)

    clients.commit("acme", delete, None, FakeTime().pacing())

    fields = {"lamp": "/productIds/0", "chair": "/productIds/1", "table": "/productIds/2"}
    with pytest.raises(InvalidRequest) as refused:
        clients.products("acme", fields)
    assert [error.field for error in refused.value.errors] == ["/productIds/0", "/productIds/2"]


def test_a_store_out_of_reach_is_busy() -> None:
    store = ScriptedStore()
    store.gets.extend([unavailable] * 2)

    with pytest.raises(Busy):
        clients_in(store).read("acme")
    with pytest.raises(Busy):
        clients_in(store).products("acme", {"chair": "/productIds/0"})
