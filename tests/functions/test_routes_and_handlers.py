import importlib
import inspect
import re

import pytest

from infra.routes import DEFAULT_PATH, ROUTES
from scene_studio.http.api import Api

FUNCTIONS = sorted({route.function for route in ROUTES})


def app_of(function: str) -> Api:
    app = importlib.import_module(f"{function}.handler").app
    assert isinstance(app, Api)
    return app


def handled(function: str) -> set[tuple[str, str]]:
    app = app_of(function)
    routes = [*app._static_routes, *app._dynamic_routes]
    return {(route.method, re.sub(r"<(\w+)>", r"{\1}", route.path)) for route in routes}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_exactly_the_routes_that_the_table_sends_it(function: str) -> None:
    sent = {
        (route.method, route.path)
        for route in ROUTES
        if route.function == function and route.path != DEFAULT_PATH
    }
    assert handled(function) == sent


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_takes_every_parameter_of_its_path(function: str) -> None:
    app = app_of(function)
    for route in app._dynamic_routes:
        named = set(re.findall(r"<(\w+)>", route.path))
        taken = set(inspect.signature(route.func).parameters)
        snake = {re.sub(r"[A-Z]", lambda match: "_" + match[0].lower(), name) for name in named}
        assert snake <= taken, route.path


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_handler_says_what_it_does(function: str) -> None:
    app = app_of(function)
    for route in [*app._static_routes, *app._dynamic_routes]:
        assert inspect.getdoc(route.func), route.path


def test_what_no_function_takes_goes_to_one_that_says_so() -> None:
    assert [route.function for route in ROUTES if route.path == DEFAULT_PATH] == ["web"]
