"""Each member of each body with what it cannot be: refused, named, and not a byte written."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.api import CLIENT, STUDIO, call
from tests.support.models import StubModel
from tests.support.problems import assert_invalid, assert_problem
from tests.support.stored import stored_objects

STUDIOS = f"{CLIENT}/scene-studio"
SLOT = f"{STUDIO}/slots/slot-1"
PRODUCT = f"{CLIENT}/products/product-a"
NEW = f"{STUDIOS}/new"

BAD_NAMES: list[Any] = ["x" * 201, "", "  ", "a\nb", "a\x00", 7, True, ["x"], {"x": 1}]
BAD_IDS: list[Any] = ["a/b", "..", "", "x" * 65, 7, ["a"]]
BAD_SETTINGS: list[tuple[str, Any]] = [
    ("", []),
    ("", "Modern"),
    ("/aspectRatio", "1:2"),
    ("/aspectRatio", 1),
    ("/varietyLevel", 11),
    ("/varietyLevel", -1),
    ("/varietyLevel", 7.5),
    ("/varietyLevel", "7"),
    ("/varietyLevel", True),
    ("/roomType", "x" * 101),
    ("/style", 1),
    ("/lighting", ["x"]),
    ("/cameraAngle", "a\x1b"),
    ("/surroundings", False),
    ("/colorScheme", {}),
    ("/props", "Plants"),
    ("/props", ["x"] * 33),
    ("/props/1", ["Plants", 2]),
    ("/colorTheme", "true"),
    ("/accessories", 1),
    ("/promptText", "x" * 4001),
    ("/promptText", "a\x00b"),
    ("/scene", "beach"),
    ("/scene/id", {"name": "x"}),
    ("/scene/imageUrl", {"id": "x", "imageUrl": 1}),
    ("/scene/imageUrl", {"id": "x", "imageUrl": "/" + "x" * 2048}),
]


def with_setting(pointer: str, value: Any) -> Any:
    """Settings that are wrong at this place."""
    return value if pointer == "" else {pointer.split("/")[1]: value}


def refused(method: str, path: str, body: Any, field: str, store: Path, **headers: str) -> None:
    before = stored_objects(store)
    assert_invalid(call(method, path, body, headers), field)
    assert stored_objects(store) == before


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_bad_name_is_refused_wherever_one_is_given(seeded: Path, name: Any) -> None:
    for method, path in (
        ("PUT", CLIENT),
        ("PUT", "/api/clients/new"),
        ("PUT", PRODUCT),
        ("PATCH", PRODUCT),
        ("POST", STUDIOS),
        ("PUT", NEW),
        ("PATCH", STUDIO),
        ("POST", f"{STUDIO}/duplicate"),
        ("POST", f"{CLIENT}/import"),
    ):
        body = {"name": name, "id": "acme-corp"} if path.endswith("import") else {"name": name}
        refused(method, path, body, "/name", seeded)


@pytest.mark.parametrize("bad", BAD_IDS)
def test_a_bad_id_is_refused_wherever_one_is_given(seeded: Path, bad: Any) -> None:
    tag = call("GET", STUDIO).etag
    for method, path, body, field in (
        ("POST", STUDIOS, {"id": bad}, "/id"),
        ("POST", f"{STUDIO}/duplicate", {"id": bad}, "/id"),
        ("POST", f"{STUDIO}/slots", {"id": bad}, "/id"),
        ("POST", f"{STUDIO}/slots", {"productIds": ["product-a", bad]}, "/productIds/1"),
        ("PATCH", STUDIO, {"outputSlots": [{"id": bad}]}, "/outputSlots/0/id"),
        ("PATCH", SLOT, {"productIds": [bad]}, "/productIds/0"),
        ("PATCH", SLOT, {"favorites": [bad]}, "/favorites/0"),
        ("POST", f"{STUDIO}/generate", {"slotId": bad}, "/slotId"),
        ("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "productIds": [bad]}, "/productIds/0"),
        ("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "products": [{"id": bad}]}, "/products/0/id"),
        ("POST", f"{CLIENT}/import", {"id": bad, "name": "x"}, "/id"),
    ):
        refused(method, path, body, field, seeded, **{"If-Match": tag})


@pytest.mark.parametrize(("pointer", "value"), BAD_SETTINGS)
def test_bad_settings_are_refused_wherever_they_are_given(seeded: Path, pointer: str, value: Any) -> None:
    tag = call("GET", STUDIO).etag
    settings = with_setting(pointer, value)
    row = {"id": "slot-1", "settings": settings}
    for method, path, body, place in (
        ("PATCH", SLOT, {"settings": settings}, ""),
        ("POST", f"{STUDIO}/slots", {"settings": settings}, ""),
        ("PATCH", STUDIO, {"outputSlots": [row]}, "/outputSlots/0"),
        ("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "settings": settings}, ""),
    ):
        refused(method, path, body, f"{place}/settings{pointer}", seeded, **{"If-Match": tag})


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", f"{STUDIO}/slots", {"productIds": "product-a"}, "/productIds"),
        ("POST", f"{STUDIO}/slots", {"productIds": ["product-a"] * 17}, "/productIds"),
        ("POST", f"{STUDIO}/slots", {"productIds": None}, "/productIds"),
        ("PATCH", SLOT, {"favorites": "img-3"}, "/favorites"),
        ("PATCH", SLOT, {"outputImage": 3}, "/outputImage"),
        ("PATCH", SLOT, {"outputImage": "x" * 2049}, "/outputImage"),
        ("PATCH", STUDIO, {"outputSlots": {}}, "/outputSlots"),
        ("PATCH", STUDIO, {"outputSlots": ["slot-1"]}, "/outputSlots/0"),
        ("PATCH", STUDIO, {"outputSlots": [{}]}, "/outputSlots/0/id"),
        ("PATCH", STUDIO, {"outputSlots": [{"id": "a", "etag": 1}]}, "/outputSlots/0/etag"),
        ("PATCH", STUDIO, {"outputSlots": [{"id": f"s{n}"} for n in range(201)]}, "/outputSlots"),
        ("PATCH", STUDIO, {"outputSlots": [{"id": f"s{n}"} for n in range(101)]}, "/outputSlots"),
        ("PATCH", STUDIO, {"outputSlots": [{"id": "a"}, {"id": "a"}]}, "/outputSlots/1/id"),
        ("POST", f"{STUDIO}/duplicate", {"withHistory": "yes"}, "/withHistory"),
        ("POST", f"{STUDIO}/duplicate", {"withHistory": 1}, "/withHistory"),
        ("POST", f"{STUDIO}/generate", {}, "/slotId"),
        ("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "products": [{}]}, "/products/0/id"),
        ("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "products": {"id": "a"}}, "/products"),
        ("PUT", PRODUCT, {}, "/name"),
        ("PUT", PRODUCT, {"name": "x", "imageUrl": 1}, "/imageUrl"),
        ("PUT", PRODUCT, {"name": "x", "imageUrl": "data:image/png;base64,!"}, "/imageUrl"),
        ("PUT", PRODUCT, {"name": "x", "imageUrl": "data:image/png;base64,AAAA"}, "/imageUrl"),
        ("PUT", PRODUCT, {"name": "x", "imageUrl": "data:text/html,<b>"}, "/imageUrl"),
        ("PUT", PRODUCT, {"name": "x", "imageUrl": "javascript:alert(1)"}, "/imageUrl"),
        ("PUT", PRODUCT, {"name": "x", "imageUrl": "https://example.com/" + "x" * 2048}, "/imageUrl"),
        ("PATCH", PRODUCT, {"name": None}, "/name"),
        ("PATCH", PRODUCT, {"imageUrl": "/etc/passwd"}, "/imageUrl"),
    ],
)
def test_a_member_of_the_wrong_type_or_beyond_its_limit_is_refused(
    seeded: Path, method: str, path: str, body: Any, field: str
) -> None:
    refused(method, path, body, field, seeded, **{"If-Match": call("GET", STUDIO).etag})


@pytest.mark.parametrize("count", [0, 9, -1, 1.5, "2", True])
def test_a_bad_count_is_refused(ready: Path, model: StubModel, count: Any) -> None:
    refused("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "count": count}, "/count", ready)
    assert model.calls == 0


@pytest.mark.parametrize("seed", [-1, 4_294_967_295, 1.5, "2", False])
def test_a_bad_seed_is_refused(ready: Path, model: StubModel, seed: Any) -> None:
    refused("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "seed": seed}, "/seed", ready)
    assert model.calls == 0


def test_products_that_do_not_exist_are_refused_wherever_they_are_chosen(
    seeded: Path, model: StubModel
) -> None:
    tag = call("GET", STUDIO).etag
    both = ["product-a", "nowhere"]
    rows = [{"id": "slot-1"}, {"id": "new", "productIds": both}]
    for method, path, body, field in (
        ("POST", f"{STUDIO}/slots", {"productIds": both}, "/productIds"),
        ("PATCH", SLOT, {"productIds": both}, "/productIds"),
        ("PATCH", STUDIO, {"outputSlots": rows}, "/outputSlots/1/productIds"),
        ("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "productIds": both}, "/productIds/1"),
        (
            "POST",
            f"{STUDIO}/generate",
            {"slotId": "slot-1", "products": [{"id": name} for name in both]},
            "/products/1/id",
        ),
    ):
        refused(method, path, body, field, seeded, **{"If-Match": tag})
    assert model.calls == 0


@pytest.mark.parametrize("reference", ["//[", "http://[", "img-9", ""])
def test_an_output_that_is_no_picture_of_the_slot_is_refused(seeded: Path, reference: str) -> None:
    refused("PATCH", SLOT, {"outputImage": reference}, "/outputImage", seeded)


def test_settings_of_other_names_are_refused_when_they_would_become_too_many(
    seeded: Path, model: StubModel
) -> None:
    many = {f"a{number}": 1 for number in range(16)}
    more = {f"b{number}": 1 for number in range(16)}
    assert call("PATCH", SLOT, {"settings": many}).status == 200
    refused("PATCH", SLOT, {"settings": more}, "/settings", seeded)
    refused("POST", f"{STUDIO}/generate", {"slotId": "slot-1", "settings": more}, "/settings", seeded)
    assert model.calls == 0


@pytest.mark.parametrize(
    ("method", "path", "member", "field", "message"),
    [
        ("PATCH", SLOT, "favorites", "/favorites/0", "must be a string"),
        ("PATCH", SLOT, "productIds", "/productIds/0", "must be a string"),
        ("PATCH", SLOT, "settings.props", "/settings/props/0", "must be a string"),
        ("PATCH", STUDIO, "outputSlots", "/outputSlots", "must have at most 200 items, and has 50000"),
        ("POST", f"{STUDIO}/generate", "slotIds", "/slotIds", "must have at most 100 items, and has 50000"),
        ("POST", f"{STUDIO}/generate", "products", "/products", "must have at most 16 items, and has 50000"),
    ],
)
def test_of_an_array_of_wrong_items_far_beyond_its_limit_one_error_is_told(
    seeded: Path, method: str, path: str, member: str, field: str, message: str
) -> None:
    wrong: Any = [1] * 50_000
    for name in reversed(member.split(".")):
        wrong = {name: wrong}
    answer = call(method, path, wrong)
    assert_problem(answer, 422, "invalid-request")
    assert [{"field": field, "message": message}] == answer.json["errors"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "must be text, a number, true, false or null"),
        ({"a": 1}, "must be text, a number, true, false or null"),
        ("x" * 101, "at most 100 characters, this has 101"),
    ],
)
def test_a_wrong_setting_of_a_later_version_is_named_once_and_by_its_place(
    seeded: Path, value: Any, message: str
) -> None:
    answer = call("PATCH", SLOT, {"settings": {"ofALaterVersion": value}})
    assert [{"field": "/settings/ofALaterVersion", "message": message}] == answer.json["errors"]


def test_every_row_that_is_wrong_is_told(seeded: Path) -> None:
    answer = call("PATCH", STUDIO, {"outputSlots": [{"id": "a/b"}, {"id": "ok"}, {"id": ""}]})
    assert ["/outputSlots/0/id", "/outputSlots/2/id"] == [one["field"] for one in answer.json["errors"]]


@pytest.mark.parametrize("written", ["7.0", "70e-1", "0.7e1"])
def test_a_whole_number_may_be_written_with_a_fraction_or_an_exponent(seeded: Path, written: str) -> None:
    body = f'{{"settings": {{"varietyLevel": {written}}}}}'
    answer = call("PATCH", SLOT, raw=body.encode())
    assert (200, 7) == (answer.status, answer.json["settings"]["varietyLevel"])


def test_a_long_text_of_digits_in_a_setting_of_a_later_version_is_no_number(seeded: Path) -> None:
    answer = call("PATCH", SLOT, {"settings": {"ofALaterVersion": "1" * 101}})
    assert_problem(answer, 422, "invalid-request")
    assert answer.json["errors"][0]["message"] == "at most 100 characters, this has 101"


def test_the_name_of_a_product_cannot_be_cleared(seeded: Path) -> None:
    answer = call("PATCH", PRODUCT, {"name": None})
    assert_problem(answer, 422, "invalid-request")
    assert [{"field": "/name", "message": "is required"}] == answer.json["errors"]
