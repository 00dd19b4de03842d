import re

import pytest

from infra.routes import ROUTES, Match, Route, match

STUDIO = "/api/clients/acme-corp/scene-studio/default"

TABLE = (
    Route("GET", "/pets/{id}", "parameter"),
    Route("GET", "/pets/list", "literal"),
    Route("GET", "/pets/{proxy+}", "greedy"),
    Route("GET", "/{proxy+}", "greediest"),
    Route("GET", "/{kind}/dog/name", "later_literal"),
    Route("GET", "/pets/{id}/name", "earlier_literal"),
    Route("ANY", "$default", "default"),
)


def taken(method: str, path: str, routes: tuple[Route, ...] = ROUTES) -> Match:
    found = match(method, path, routes)
    assert found is not None
    return found


def test_every_route_is_reached_by_a_path_made_from_it():
    for route in ROUTES:
        path = re.sub(r"\{(\w+)\}", r"a-\1", route.path)
        method = "GET" if route.method == "ANY" else route.method
        found = taken(method, path)
        assert found.route == route
        assert found.path_parameters == {name: f"a-{name}" for name in re.findall(r"\{(\w+)\}", route.path)}


def test_no_two_routes_have_one_key():
    keys = [route.key for route in ROUTES]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("method", "path", "function"),
    [
        ("GET", "/api/clients", "clients_api"),
        ("POST", "/api/clients/acme-corp/import", "intake_api"),
        ("GET", "/api/clients/acme-corp/products/product-a/image", "clients_api"),
        ("PUT", STUDIO, "studios_api"),
        ("POST", f"{STUDIO}/duplicate", "studios_api"),
        ("PATCH", f"{STUDIO}/slots/slot-1", "slots_api"),
        ("GET", f"{STUDIO}/slots/slot-1/history/img-1/image", "slots_api"),
        ("POST", f"{STUDIO}/generate", "generation_api"),
        ("POST", f"{STUDIO}/user-scenes", "user_scenes_api"),
        ("GET", f"{STUDIO}/user-scenes/scene-1/image", "user_scenes_api"),
        ("DELETE", f"{STUDIO}/shares/share-1", "shares_api"),
        ("GET", "/api/shares/share-1", "shares_api"),
        ("GET", "/api/scenes", "web"),
        ("GET", "/scenes/living-room-modern.jpg", "web"),
    ],
)
def test_a_request_reaches_the_function_of_its_noun(method, path, function):
    assert taken(method, path).route.function == function


def test_the_route_key_is_the_method_and_the_template():
    found = taken("PATCH", f"{STUDIO}/slots/slot-1")
    template = "/api/clients/{clientId}/scene-studio/{studioId}/slots/{slotId}"
    assert found.route_key == f"PATCH {template}"
    assert found.path_parameters == {"clientId": "acme-corp", "studioId": "default", "slotId": "slot-1"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("HEAD", "/api/clients"),
        ("get", "/api/clients"),
        ("DELETE", "/api/clients"),
        ("GET", "/api/clients/"),
        ("GET", "/api//clients"),
        ("GET", "//api/clients"),
        ("GET", "/api/clients/acme-corp/products//image"),
        ("GET", "/scenes/a/b"),
        ("GET", ""),
        ("OPTIONS", "*"),
        ("GET", "api/clients"),
    ],
)
def test_what_no_route_matches_goes_to_the_default_route_without_parameters(method, path):
    found = taken(method, path)
    assert (found.route_key, found.route.function, found.path_parameters) == ("$default", "web", {})


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("/pets/list", "literal"),
        ("/pets/7", "parameter"),
        ("/pets/7/toys", "greedy"),
        ("/cats/7/toys", "greediest"),
        ("/pets/dog/name", "earlier_literal"),
        ("/cats/dog/name", "later_literal"),
        ("/", "default"),
    ],
)
def test_literals_go_before_parameters_and_those_before_greedy_ones(path, function):
    assert taken("GET", path, TABLE).route.function == function
    assert taken("GET", path, TABLE[::-1]).route.function == function


def test_a_greedy_parameter_takes_all_that_is_left():
    assert taken("GET", "/pets/7//toys/", TABLE).path_parameters == {"proxy": "7//toys/"}


def test_a_greedy_parameter_takes_no_empty_rest():
    assert match("GET", "/files/", (Route("GET", "/files/{key+}", "files"),)) is None


def test_without_a_default_route_nothing_may_match():
    assert match("GET", "/nothing", TABLE[:2]) is None


@pytest.mark.parametrize(
    ("given", "decoded"),
    [("a%2Fb", "a/b"), ("%2e%2e", ".."), ("..", ".."), ("%E2%82%AC", "€"), ("%ff", "\ufffd"), ("%zz", "%zz")],
)
def test_parameters_are_decoded_after_the_path_is_cut(given, decoded):
    found = taken("GET", f"/api/clients/{given}/products")
    assert found.path_parameters == {"clientId": decoded}


def test_an_encoded_letter_of_a_literal_segment_is_still_that_letter():
    assert taken("GET", "/api/%63lients").route.function == "clients_api"
