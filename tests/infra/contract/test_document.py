"""The contract is what the code says, and leaves nothing out."""

import json
import re

from infra.contract.document import described_routes, document
from infra.contract.write import text_of
from infra.routes import DEFAULT_PATH, ROUTES
from scene_studio.http.problems import PROBLEMS
from scene_studio.model import errors
from tests.support.contract import FILE, contract, validate

PAGE = {
    "GET /",
    "GET /{clientId}/scene-studio",
    "GET /{clientId}/scene-studio/{studioId}",
    "GET /shared/{shareId}",
    "GET /signin",
    "GET /static/{release}/{file}",
    "GET /static/{release}/{folder}/{file}",
}
"""What a browser opens: HTML and the files it names, which are no part of the contract."""

WORKERS_OWN = {errors.ImageRejected, errors.ModelUnavailable}
"""What no function of the API answers: it becomes `invalid-request`, or the reason of a failed picture."""


def test_it_speaks_of_json_and_not_of_python():
    told = re.findall(r'"(?:description|summary)": "(.*)"', text_of(document()))
    assert told
    assert [
        text for text in told if re.search(r"`[a-z]+_[a-z_]+`|\bNone (?!of\b)|\b(True|False)\b", text)
    ] == []


def test_the_committed_contract_is_the_one_that_the_code_makes():
    assert FILE.read_text("utf-8") == text_of(document()), "run `make openapi`"


def test_every_route_is_described_but_those_of_the_page_and_the_default_one():
    described = {route.key for route, _ in described_routes()}
    assert described == {route.key for route in ROUTES} - PAGE - {DEFAULT_PATH}
    written = {f"{method.upper()} {path}" for path, item in contract()["paths"].items() for method in item}
    assert written == described


def test_every_problem_that_a_function_answers_is_described_for_some_operation():
    described = {name for response in contract()["components"]["responses"] for name in response.split(".")}
    expected = {problem.type for kind, problem in PROBLEMS.items() if kind not in WORKERS_OWN}
    assert described >= expected
    assert not described & {PROBLEMS[kind].type for kind in WORKERS_OWN}


def answered_types() -> set[str]:
    """The descriptions that responses refer to."""
    items = [operation for item in contract()["paths"].values() for operation in item.values()]
    parts = [one["responses"] for one in items] + [contract()["components"]["responses"]]
    return set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(parts)))


def test_every_answer_has_an_example_that_is_described_so():
    for name in answered_types():
        (example,) = contract()["components"]["schemas"][name]["examples"]
        validate(f"/components/schemas/{name}", example)


def test_what_needs_a_token_says_so_and_what_guests_do_takes_the_secret_of_a_link():
    needed = {
        f"{method.upper()} {path}": [name for one in operation["security"] for name in one]
        for path, item in contract()["paths"].items()
        for method, operation in item.items()
    }
    guests = {"GET /api/shares/{shareId}", "PUT /api/shares/{shareId}/favorites"}
    anybody = {"GET /api/health", "GET /api/openapi.json", "GET /api/scenes", "GET /scenes/{file}"}
    assert {key for key, names in needed.items() if names == []} == anybody
    assert {key for key, names in needed.items() if names == ["shareToken"]} == guests
    assert {key for key, names in needed.items() if names == ["bearer"]} == needed.keys() - guests - anybody


def test_a_changing_request_may_be_named_and_one_that_only_reads_may_not():
    for path, item in contract()["paths"].items():
        for method, operation in item.items():
            names = {parameter["name"] for parameter in operation.get("parameters", ())}
            assert ("Idempotency-Key" in names) == (method != "get"), (method, path)


def test_a_partial_update_is_a_merge_patch_too():
    for path, item in contract()["paths"].items():
        for method, operation in item.items():
            types = operation.get("requestBody", {"content": {}})["content"].keys()
            merge_patch = {"application/merge-patch+json"} if method == "patch" else set()
            assert types in (merge_patch | {"application/json"}, set()), (method, path)
