"""The pictures of products: asked for, there, rejected, chosen, taken away; several at once."""

import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scene_studio import runtime
from scene_studio.inline import opening
from scene_studio.model.client import Client
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from tests.support.api import CLIENT, Answer, call
from tests.support.pages import opened
from tests.support.pictures import as_image, data_url, encoded, jpeg, png
from tests.support.problems import assert_invalid, assert_problem
from tests.support.scripted_store import FakeTime
from tests.support.sending import COLORS, deal_with, end, reject, send
from tests.support.stored import CLIENT_KEY, stored_document, stored_objects

PRODUCTS = f"{CLIENT}/products"
LAMP = f"{PRODUCTS}/lamp"
CHAIR = f"{PRODUCTS}/product-a"
FILE = {"contentType": "image/png", "size": 200_000}

pytestmark = pytest.mark.usefixtures("seeded", "tickets")


@pytest.fixture(autouse=True)
def lamp(seeded: Path) -> None:
    """A product without a picture."""
    assert call("PUT", LAMP, {"name": "Lamp"}).status == 200


def ask(path: str = LAMP, **headers: str) -> Answer:
    answer = call("POST", f"{path}/image", FILE, headers)
    assert answer.status == 201, answer.body
    return answer


def add(number: int = 1, path: str = LAMP) -> str:
    """Give a product one more picture, and its id."""
    ticket = ask(path).json["upload"]
    deal_with(send(ticket, png(number)))
    return str(ticket["fields"]["key"].rpartition("/")[2])


def lamp_now() -> dict[str, Any]:
    answer = call("GET", LAMP)
    assert answer.status == 200, answer.body
    product = answer.json
    assert isinstance(product, dict)
    return product


def make_older(product_id: str) -> str:
    """Leave of a product's picture only the id, as it was before there could be several."""

    def change(current: Versioned[Client] | None) -> Client:
        assert current is not None
        products = [
            product.replace(pictures=()) if product.id == product_id else product
            for product in current.document.products
        ]
        return current.document.replace(products=tuple(products))

    runtime.clients().commit("acme-corp", change, None, FakeTime().pacing())
    found = runtime.clients().read("acme-corp").document.product(product_id).image_id
    assert found is not None
    return found


def test_a_product_awaits_a_file_and_gives_out_a_ticket_for_it(tickets: list[dict[str, Any]]) -> None:
    made = ask()
    upload_id = made.json["product"]["uploads"][0]["id"]
    assert made.headers["location"] == f"{LAMP}/image"
    assert made.json["product"] == {
        "id": "lamp",
        "name": "Lamp",
        "uploads": [{"id": upload_id, "state": "PROCESSING"}],
    }
    assert made.json["upload"].keys() == {"url", "fields", "expiresAt"}
    assert tickets == [
        {
            "key": f"uploads/acme-corp/_library/product/lamp/{upload_id}",
            "content_type": "image/png",
            "max_bytes": 200_000,
            "seconds": 900,
        }
    ]
    assert lamp_now() == made.json["product"]


def test_once_the_file_is_a_picture_it_is_the_one_that_is_shown(seeded: Path) -> None:
    image_id = add(1)
    at = f"{LAMP}/image?image={image_id}"
    assert lamp_now() == {
        "id": "lamp",
        "name": "Lamp",
        "imageUrl": f"{LAMP}/image",
        "imageId": image_id,
        "pictures": [
            {
                "id": image_id,
                "imageUrl": at,
                "thumbnailUrl": f"{at}&size=thumb",
                "width": 48,
                "height": 64,
                "colors": list(COLORS),
                "cutout": True,
            }
        ],
    }
    for address in (f"{LAMP}/image", at):
        assert as_image(opened(call("GET", address), seeded).body).tobytes() == as_image(png(1)).tobytes()
    assert opened(call("GET", f"{at}&size=thumb"), seeded).body == b"\x89PNG thumbnail"
    assert opened(call("GET", f"{LAMP}/image?size=cutout"), seeded).body == b"\x89PNG cut-out"
    saved = opened(call("GET", f"{at}&size=cutout&download=1"), seeded).headers["content-disposition"]
    assert saved == 'attachment; filename="lamp-cutout.png"'


def test_the_newest_of_several_pictures_is_shown_until_another_is_chosen(seeded: Path) -> None:
    first, second, third = add(1), add(2), add(3)
    assert [one["id"] for one in lamp_now()["pictures"]] == [third, second, first]
    assert lamp_now()["imageId"] == third
    chosen = call("PATCH", LAMP, {"imageId": first})
    assert (chosen.status, chosen.json["imageId"]) == (200, first)
    assert [one["id"] for one in chosen.json["pictures"]] == [third, second, first]
    assert as_image(opened(call("GET", f"{LAMP}/image"), seeded).body).tobytes() == as_image(png(1)).tobytes()
    other = opened(call("GET", f"{LAMP}/image?image={second}"), seeded).body
    assert as_image(other).tobytes() == as_image(png(2)).tobytes()


def test_a_choice_is_not_undone_by_a_file_that_was_asked_for_before_it() -> None:
    first = add(1)
    ticket = ask().json["upload"]
    assert call("PATCH", LAMP, {"imageId": first}).json["imageId"] == first
    deal_with(send(ticket, png(2)))
    assert (lamp_now()["imageId"], len(lamp_now()["pictures"])) == (first, 2)
    assert add(3) == lamp_now()["imageId"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_picture_inside_a_save_is_a_choice_too(method: str) -> None:
    ticket = ask().json["upload"]
    chosen = call(method, LAMP, {"name": "Lamp", "imageUrl": data_url(jpeg(2))}).json["imageId"]
    deal_with(send(ticket, png(2)))
    assert (lamp_now()["imageId"], len(lamp_now()["pictures"])) == (chosen, 2)


@pytest.mark.parametrize("before", [None, "https://example.com/old.jpg", "https://example.com/lamp.jpg"])
def test_a_picture_elsewhere_is_a_choice_too_and_so_is_the_one_that_is_shown_already(
    before: str | None,
) -> None:
    call("PATCH", LAMP, {"imageUrl": before})
    ticket = ask().json["upload"]
    elsewhere = "https://example.com/lamp.jpg"
    assert call("PATCH", LAMP, {"imageUrl": elsewhere}).json["imageUrl"] == elsewhere
    deal_with(send(ticket, png(2)))
    assert (lamp_now()["imageUrl"], len(lamp_now()["pictures"])) == (elsewhere, 1)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_picture_that_is_shown_is_chosen_by_being_sent_again(method: str) -> None:
    body = {"name": "Lamp", "imageUrl": data_url(jpeg(2))}
    shown = call(method, LAMP, body).json["imageId"]
    ticket = ask().json["upload"]
    assert call(method, LAMP, body).json["imageId"] == shown
    deal_with(send(ticket, png(2)))
    assert (lamp_now()["imageId"], len(lamp_now()["pictures"])) == (shown, 2)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_product_that_is_sent_back_whole_with_a_picture_elsewhere_chooses_nothing(method: str) -> None:
    call("PATCH", LAMP, {"imageUrl": "https://example.com/lamp.jpg"})
    ticket = ask().json["upload"]
    assert call(method, LAMP, lamp_now() | {"name": "Floor Lamp"}).status == 200
    deal_with(send(ticket, png(2)))
    assert lamp_now()["imageId"] == ticket["fields"]["key"].rpartition("/")[2]


def test_a_product_that_is_sent_back_whole_chooses_nothing() -> None:
    add(1)
    ticket = ask().json["upload"]
    assert call("PATCH", LAMP, lamp_now() | {"name": "Floor Lamp"}).status == 200
    deal_with(send(ticket, png(2)))
    assert lamp_now()["imageId"] == ticket["fields"]["key"].rpartition("/")[2]


@pytest.mark.parametrize("image_id", ["nowhere", "img-3", "a/b", 7])
def test_only_a_picture_of_the_product_can_be_chosen(seeded: Path, image_id: Any) -> None:
    add(1)
    before = stored_objects(seeded)
    assert_invalid(call("PATCH", LAMP, {"imageId": image_id}), "/imageId")
    of_the_chair = call("GET", CHAIR).json["imageId"]
    assert_invalid(call("PATCH", LAMP, {"imageId": of_the_chair, "name": "Lamp"}), "/imageId")
    assert stored_objects(seeded) == before


def test_a_picture_can_be_chosen_in_place_of_one_that_lies_elsewhere_and_the_other_way(seeded: Path) -> None:
    image_id = add(1)
    elsewhere = "https://example.com/lamp.png"
    away = call("PATCH", LAMP, {"imageUrl": elsewhere, "imageId": image_id}).json
    assert (away["imageUrl"], "imageId" in away, len(away["pictures"])) == (elsewhere, False, 1)
    assert call("GET", f"{LAMP}/image").headers["location"] == elsewhere
    assert as_image(opened(call("GET", away["pictures"][0]["imageUrl"]), seeded).body).size == (48, 64)
    back = call("PATCH", LAMP, {"imageId": image_id}).json
    assert (back["imageUrl"], back["imageId"]) == (f"{LAMP}/image", image_id)


def test_null_shows_no_picture_and_takes_none_away() -> None:
    image_id = add(1)
    for body in ({"imageUrl": None}, {"imageId": None}):
        shown = call("PATCH", LAMP, body).json
        assert not {"imageUrl", "imageId"} & shown.keys()
        assert [one["id"] for one in shown["pictures"]] == [image_id]
        assert_problem(call("GET", f"{LAMP}/image"), 404, "not-found")
        assert call("PATCH", LAMP, {"imageId": image_id}).json["imageId"] == image_id


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_data_url_adds_a_picture_with_what_is_known_of_it(seeded: Path, method: str) -> None:
    first = add(1)
    product = call(method, LAMP, {"name": "Lamp", "imageUrl": data_url(jpeg(2))}).json
    newest, oldest = product["pictures"]
    assert (product["imageId"], oldest["id"]) == (newest["id"], first)
    assert (newest["width"], newest["height"], newest["cutout"]) == (96, 72, False)
    assert len(stored_document(seeded, CLIENT_KEY)["products"][-1]["pictures"][0]["sha256"]) == 64
    assert as_image(opened(call("GET", newest["imageUrl"]), seeded).body).size == (96, 72)
    again = call(method, LAMP, {"name": "Lamp", "imageUrl": data_url(jpeg(2))}).json
    assert again == product


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_product_that_is_sent_back_whole_keeps_its_pictures_and_what_it_awaits(
    seeded: Path, method: str
) -> None:
    add(1)
    stale = lamp_now()
    second = add(2)
    ask()
    body = stale | {"name": "Floor Lamp", "pictures": [], "uploads": [], "deletedAt": "2024-01-01T00:00:00Z"}
    if method == "PATCH":
        del body["imageId"]
    before = lamp_now()
    assert call(method, LAMP, body).json == before | {"name": "Floor Lamp"}
    assert before["imageId"] == second


def on_white() -> bytes:
    """A blue thing on white, as a PNG file without transparency."""
    picture = Image.new("RGB", (400, 600), "white")
    picture.paste("#141edc", (100, 150, 300, 450))
    return encoded(picture)


@pytest.mark.parametrize("way", ["PUT", "PATCH", "import"])
def test_a_data_url_brings_all_that_an_uploaded_file_would(seeded: Path, way: str) -> None:
    body = {"id": "desk", "name": "Desk", "imageUrl": data_url(on_white())}
    if way == "import":
        assert (
            call("POST", f"{CLIENT}/import", {"id": "acme-corp", "name": "x", "products": [body]}).status == 200
        )
    else:
        assert call("PUT", f"{PRODUCTS}/desk", {"name": "Desk"}).status == 200
        assert call(way, f"{PRODUCTS}/desk", body).status == 200
    (picture,) = call("GET", f"{PRODUCTS}/desk").json["pictures"]
    assert (picture["width"], picture["height"], picture["cutout"]) == (400, 600, True)
    assert picture["colors"] == ["#141edc"]
    preview = opened(call("GET", picture["thumbnailUrl"]), seeded).body
    assert as_image(preview).size == (213, 320)
    alone = opened(call("GET", f"{PRODUCTS}/desk/image?size=cutout"), seeded).body
    assert as_image(alone).size == (200, 300)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("brought", [{}, {"imageUrl": "https://example.com/lamp.png"}, {"imageUrl": None}])
def test_what_opens_pictures_is_loaded_only_for_a_save_that_brings_one(
    monkeypatch: pytest.MonkeyPatch, method: str, brought: dict[str, Any]
) -> None:
    monkeypatch.setitem(sys.modules, "scene_studio.inline.here", None)
    assert call(method, LAMP, {"name": "Floor Lamp", **brought}).json["name"] == "Floor Lamp"
    broken = call(method, LAMP, {"name": "Lamp", "imageUrl": data_url(jpeg(2))})
    assert_problem(broken, 500, "internal-error")


def test_an_import_of_many_pictures_looks_for_as_many_products_in_them_as_there_is_time_for(
    seeded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_CLOSELY_PIXELS", 2 * 400 * 600)
    products = [{"id": f"desk-{n}", "name": "Desk", "imageUrl": data_url(on_white())} for n in range(3)]
    assert (
        call("POST", f"{CLIENT}/import", {"id": "acme-corp", "name": "x", "products": products}).status == 200
    )
    brought = [call("GET", f"{PRODUCTS}/desk-{n}").json["pictures"][0] for n in range(3)]
    assert [one["cutout"] for one in brought] == [True, True, False]
    last = opened(call("GET", brought[-1]["thumbnailUrl"]), seeded).body
    assert as_image(last).size == (213, 320)


def test_a_product_has_at_most_twelve_pictures(seeded: Path) -> None:
    for number in range(10):
        url = data_url(png(number, (4, 4)))
        assert call("PATCH", LAMP, {"imageUrl": url}).status == 200
    kept = ask().json["upload"]["fields"]["key"]
    ask()
    before = stored_objects(seeded)
    refused = call("POST", f"{LAMP}/image", FILE)
    assert_problem(refused, 422, "invalid-request")
    assert "12 pictures" in refused.json["errors"][0]["message"]
    assert_invalid(call("PATCH", LAMP, {"imageUrl": data_url(png(11))}), "/imageUrl")
    assert before.keys() >= stored_objects(seeded).keys() - {
        key for key in stored_objects(seeded) if key.startswith("clients/acme-corp/products/lamp/")
    }
    reject(kept, "Damaged.")
    ask()


def test_a_rejected_file_is_told_and_can_be_dismissed() -> None:
    key = ask().json["upload"]["fields"]["key"]
    waiting = call("GET", f"{LAMP}/image")
    assert_problem(waiting, 404, "not-found")
    assert "PROCESSING" in waiting.json["detail"]
    reject(key, "This is not a picture.")
    upload_id = key.rpartition("/")[2]
    assert lamp_now()["uploads"] == [{"id": upload_id, "state": "REJECTED", "reason": "This is not a picture."}]
    refused = call("GET", f"{LAMP}/image")
    assert_problem(refused, 404, "not-found")
    assert "REJECTED: This is not a picture." in refused.json["detail"]
    assert call("DELETE", f"{LAMP}/images/{upload_id}").status == 204
    assert lamp_now() == {"id": "lamp", "name": "Lamp"}


def test_a_picture_is_taken_away_and_the_next_takes_its_place(seeded: Path) -> None:
    first, second = add(1), add(2)
    assert call("DELETE", f"{LAMP}/images/{second}").status == 204
    assert ([one["id"] for one in lamp_now()["pictures"]], lamp_now()["imageId"]) == ([first], first)
    assert_problem(call("GET", f"{LAMP}/image?image={second}"), 404, "not-found")
    assert_invalid(call("PATCH", LAMP, {"imageId": second}), "/imageId")
    assert keys.product_image("acme-corp", "lamp", second) in stored_objects(seeded)
    assert call("DELETE", f"{LAMP}/images/{first}").status == 204
    assert lamp_now() == {"id": "lamp", "name": "Lamp"}
    assert_problem(call("DELETE", f"{LAMP}/images/{first}"), 404, "not-found")
    assert_problem(call("DELETE", f"{PRODUCTS}/nowhere/images/x"), 404, "not-found")


def test_a_file_that_was_taken_away_is_not_taken_in() -> None:
    ticket = ask().json["upload"]
    key = send(ticket, png(1))
    assert call("DELETE", f"{LAMP}/images/{key.rpartition('/')[2]}").status == 204
    end(key, None, "Too late.")
    assert lamp_now() == {"id": "lamp", "name": "Lamp"}


def test_a_picture_of_an_older_product_is_shown_served_and_chosen_like_any_other(seeded: Path) -> None:
    older = make_older("product-a")
    chair = call("GET", CHAIR).json
    assert (chair["imageId"], [one["id"] for one in chair["pictures"]]) == (older, [older])
    assert chair["pictures"][0].keys() == {"id", "imageUrl", "thumbnailUrl", "cutout"}
    assert call("GET", f"{chair['pictures'][0]['thumbnailUrl']}").status == 302
    newer = add(1, CHAIR)
    chair = call("GET", CHAIR).json
    assert [one["id"] for one in chair["pictures"]] == [newer, older]
    assert call("PATCH", CHAIR, {"imageId": older}).json["imageId"] == older


def test_the_picture_of_an_older_product_can_be_taken_away() -> None:
    older = make_older("product-a")
    assert call("DELETE", f"{CHAIR}/images/{older}").status == 204
    assert call("GET", CHAIR).json == {"id": "product-a", "name": "Oak Chair"}


def test_a_save_of_an_older_product_as_it_is_writes_nothing(seeded: Path) -> None:
    make_older("product-a")
    before = stored_objects(seeded)
    chair = call("GET", CHAIR).json
    assert call("PUT", CHAIR, chair).json == chair
    assert call("PATCH", CHAIR, chair).json == chair
    assert stored_objects(seeded) == before


def test_what_is_not_there_is_not_found() -> None:
    add(1)
    call("PATCH", LAMP, {"imageUrl": data_url(jpeg(2))})
    for query in ("image=nowhere", "size=cutout", "image=nowhere&size=thumb"):
        assert_problem(call("GET", f"{LAMP}/image?{query}"), 404, "not-found")
    for query, field in (("image=a/b", "image"), ("size=huge", "size")):
        assert_invalid(call("GET", f"{LAMP}/image?{query}"), field)


def test_only_an_address_that_names_its_picture_may_be_cached() -> None:
    image_id = add(1)
    assert call("GET", f"{LAMP}/image?image={image_id}").headers["cache-control"] == "private, max-age=240"
    assert call("GET", f"{LAMP}/image").headers["cache-control"] == "private, no-cache"


def test_a_repeated_request_awaits_one_file_and_gives_out_an_equal_ticket(
    seeded: Path, tickets: list[dict[str, Any]]
) -> None:
    key = {"Idempotency-Key": "lamp-1"}
    first = ask(**key)
    before = stored_objects(seeded)
    again = ask(**key)
    assert first.json["product"] == again.json["product"]
    assert tickets[0] == tickets[1]
    assert stored_objects(seeded) == before
    deal_with(send(first.json["upload"], png(1)))
    done = ask(**key)
    assert done.json == {"product": lamp_now()}


def test_word_is_left_for_the_janitor_with_the_library_and_only_for_what_is_asked_for(seeded: Path) -> None:
    before = stored_objects(seeded).keys()
    ask()
    (reminder,) = stored_objects(seeded).keys() - before
    assert reminder.startswith("reminders/acme-corp/_library/")
    call("DELETE", LAMP)
    after = stored_objects(seeded)
    assert_problem(call("POST", f"{LAMP}/image", FILE), 410, "deleted")
    assert_problem(call("POST", f"{PRODUCTS}/nowhere/image", FILE), 404, "not-found")
    assert_problem(call("POST", "/api/clients/nobody/products/lamp/image", FILE), 404, "not-found")
    assert stored_objects(seeded) == after


def test_a_deleted_product_is_brought_back_with_its_pictures_by_undelete_or_by_a_put(seeded: Path) -> None:
    add(1)
    ask()
    before = lamp_now()
    for back in (("POST", f"{LAMP}/undelete", {}), ("PUT", LAMP, {"name": "Lamp"})):
        assert call("DELETE", LAMP).status == 204
        assert_problem(call("GET", LAMP), 410, "deleted")
        assert (call(*back).json, lamp_now()) == (before, before)
    stored = stored_objects(seeded)
    assert call("POST", f"{LAMP}/undelete", {}).json == before
    assert stored_objects(seeded) == stored
    assert_problem(call("POST", f"{PRODUCTS}/nowhere/undelete", {}), 404, "not-found")
