from pathlib import Path
from typing import Any

import pytest

from tests.support.api import CLIENT, STUDIO, call
from tests.support.pages import all_items, opened
from tests.support.pictures import as_image, data_url, jpeg, png
from tests.support.problems import assert_invalid, assert_problem
from tests.support.seed import SESSIONS, client_json
from tests.support.stored import stored_objects

PRODUCTS = f"{CLIENT}/products"
CHAIR = f"{PRODUCTS}/product-a"


def test_a_client_is_created_once_and_then_renamed(local_service: Path) -> None:
    made = call("PUT", CLIENT, {"name": "ACME"})
    assert (made.status, made.headers["location"], made.json["name"]) == (201, CLIENT, "ACME")
    renamed = call("PUT", CLIENT, {"name": "Acme & Söhne"})
    assert (renamed.status, renamed.json["name"]) == (200, "Acme & Söhne")
    assert renamed.json["createdAt"] == made.json["createdAt"]


def test_a_client_without_a_name_is_called_by_its_id_and_keeps_its_name_later(local_service: Path) -> None:
    assert call("PUT", CLIENT, {}).json["name"] == "acme-corp"
    call("PUT", CLIENT, {"name": "ACME"})
    before = stored_objects(local_service)
    assert call("PUT", CLIENT, {}).json["name"] == "ACME"
    assert stored_objects(local_service) == before


def test_a_client_that_must_be_new_is_not_renamed(seeded: Path) -> None:
    before = stored_objects(seeded)
    answer = call("PUT", CLIENT, {"name": "Other"}, {"If-None-Match": "*"})
    assert_problem(answer, 412, "precondition-failed")
    assert stored_objects(seeded) == before
    assert call("PUT", "/api/clients/other", {}, {"If-None-Match": "*"}).status == 201


def test_a_creation_that_is_repeated_under_its_key_is_answered_as_one(local_service: Path) -> None:
    first, again = (call("PUT", CLIENT, {"name": "ACME"}, {"Idempotency-Key": "new"}) for _ in range(2))
    assert (first.status, first.json) == (again.status, again.json)


def test_a_client_is_read_with_its_library_its_sessions_and_summaries_of_its_studios(seeded: Path) -> None:
    client = call("GET", CLIENT).json
    assert (client["id"], client["name"], client["clientSessions"]) == (
        "acme-corp",
        "ACME Corporation",
        SESSIONS,
    )
    assert [product["id"] for product in client["products"]] == ["product-a", "product-b"]
    assert [(studio["id"], studio["slotCount"]) for studio in client["sceneStudios"]] == [("default", 1)]
    assert not client.keys() & {"schema", "rev", "applied"}
    call("DELETE", STUDIO)
    assert call("GET", CLIENT).json["sceneStudios"] == []
    assert call("GET", f"{CLIENT}?expand=sceneStudios").json["sceneStudios"] == []


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_the_list_of_clients_leads_through_all_of_them_exactly_once(seeded: Path, limit: int) -> None:
    names = [f"client-{number}" for number in range(5)]
    for name in names:
        call("PUT", f"/api/clients/{name}", {})
    items = all_items("/api/clients", limit)
    assert [item["id"] for item in items] == ["acme-corp", *names]
    assert (items[0]["name"], items[0]["productCount"]) == ("ACME Corporation", 2)


def put(product_id: str, **members: Any) -> dict[str, Any]:
    answer = call("PUT", f"{PRODUCTS}/{product_id}", {"name": product_id} | members)
    assert answer.status == 200, answer.body
    product = answer.json
    assert isinstance(product, dict)
    return product


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_the_list_of_products_leads_through_the_library_in_its_order(seeded: Path, limit: int) -> None:
    for name in ("zebra", "ant", "mouse"):
        put(name)
    call("DELETE", f"{PRODUCTS}/zebra")
    ids = [item["id"] for item in all_items(PRODUCTS, limit)]
    assert ids == ["product-a", "product-b", "ant", "mouse"]


def test_a_list_goes_on_where_it_was_when_its_last_product_is_deleted_meanwhile(seeded: Path) -> None:
    put("product-c")
    first = call("GET", f"{PRODUCTS}?limit=1").json
    call("DELETE", CHAIR)
    rest = call("GET", f"{PRODUCTS}?cursor={first['nextCursor']}").json
    assert [item["id"] for item in rest["items"]] == ["product-b", "product-c"]


def test_a_product_is_put_with_its_picture_and_members_of_the_clients_own(seeded: Path) -> None:
    product = put("lamp", imageUrl=data_url(png(4)), sku="L-1", size={"height": 40, "depth": None})
    assert product == {
        "id": "lamp",
        "name": "lamp",
        "sku": "L-1",
        "size": {"height": 40, "depth": None},
        "imageUrl": f"{PRODUCTS}/lamp/image",
        "imageId": product["imageId"],
        "pictures": product["pictures"],
    }
    (picture,) = product["pictures"]
    assert (picture["id"], picture["width"], picture["height"]) == (product["imageId"], 48, 64)
    assert call("GET", f"{PRODUCTS}/lamp").json == product
    shown = as_image(opened(call("GET", product["imageUrl"]), seeded).body)
    assert (shown.mode, shown.size) == ("RGBA", (48, 64))
    assert shown.tobytes() == as_image(png(4)).tobytes()


def test_putting_a_product_that_is_there_as_it_is_writes_nothing(seeded: Path) -> None:
    before = stored_objects(seeded)
    product = call("GET", CHAIR).json
    assert call("PUT", CHAIR, {"name": "Oak Chair"}).json == product
    assert call("PUT", CHAIR, product).json == product
    assert call("PATCH", CHAIR, product).json == product
    assert stored_objects(seeded) == before


def test_a_product_without_a_new_picture_keeps_its_old_one(seeded: Path) -> None:
    before = opened(call("GET", f"{CHAIR}/image"), seeded).body
    assert put("product-a", name="Ash Chair")["imageUrl"] == f"{CHAIR}/image"
    assert call("PATCH", CHAIR, {"name": "Elm Chair"}).json["imageUrl"] == f"{CHAIR}/image"
    assert opened(call("GET", f"{CHAIR}/image"), seeded).body == before


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_new_picture_takes_the_place_of_the_old_one(seeded: Path, method: str) -> None:
    answer = call(method, CHAIR, {"name": "Oak Chair", "imageUrl": data_url(jpeg(8))})
    assert answer.json["imageUrl"] == f"{CHAIR}/image"
    picture = as_image(opened(call("GET", f"{CHAIR}/image"), seeded).body)
    assert picture.tobytes() == as_image(jpeg(8)).tobytes()


def test_a_picture_that_lies_elsewhere_is_shown_from_there(seeded: Path) -> None:
    url = "https://example.com/chair.jpg"
    assert call("PATCH", CHAIR, {"imageUrl": url}).json["imageUrl"] == url
    answer = call("GET", f"{CHAIR}/image")
    assert (answer.status, answer.headers["location"]) == (302, url)


def test_null_takes_a_picture_and_any_member_but_the_name_away(seeded: Path) -> None:
    put("lamp", sku="L-1", imageUrl="https://example.com/lamp.jpg")
    assert call("PATCH", f"{PRODUCTS}/lamp", {"sku": None, "imageUrl": None}).json == {
        "id": "lamp",
        "name": "lamp",
    }
    assert_problem(call("GET", f"{PRODUCTS}/lamp/image"), 404, "not-found")
    assert_invalid(call("PATCH", f"{PRODUCTS}/lamp", {"name": None}), "/name")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_machines_own_in_a_product_cannot_be_set(seeded: Path, method: str) -> None:
    machines = {"id": "other", "deletedAt": "2024-01-01T00:00:00Z", "pictures": [{"id": "x"}], "uploads": []}
    if method == "PUT":
        machines |= {"imageId": "stolen", "image_id": "stolen"}
    before = call("GET", CHAIR).json
    answer = call(method, CHAIR, machines | {"name": "Oak Chair", "deleted_at": "2024-01-01T00:00:00Z"})
    assert (answer.status, answer.json) == (200, before)


def test_a_deleted_product_is_gone_until_it_is_put_again_with_its_picture(seeded: Path) -> None:
    assert call("DELETE", CHAIR).status == 204
    for method, path in (("GET", CHAIR), ("GET", f"{CHAIR}/image"), ("PATCH", CHAIR)):
        gone = call(method, path, {} if method == "PATCH" else None)
        assert_problem(gone, 410, "deleted")
        assert gone.json["restorableUntil"]
    assert call("DELETE", CHAIR).status == 204
    assert put("product-a", name="Oak Chair")["imageUrl"] == f"{CHAIR}/image"
    assert call("GET", f"{CHAIR}/image").status == 302


def test_a_product_download_has_a_name_to_be_saved_under(seeded: Path) -> None:
    found = opened(call("GET", f"{CHAIR}/image?download=1"), seeded)
    assert found.headers["content-disposition"] == 'attachment; filename="product-a.png"'


def test_an_import_for_another_client_than_the_address_says_is_refused(seeded: Path) -> None:
    before = stored_objects(seeded)
    assert_invalid(call("POST", "/api/clients/other/import", client_json()), "/id")
    assert stored_objects(seeded) == before
