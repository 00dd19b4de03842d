"""What a browser asks before a page of another origin may call: it comes without a token, to any address."""

from pathlib import Path

import pytest

from infra.routes import ROUTES, Route
from scene_studio import runtime
from tests.support.api import STUDIO, call
from tests.support.problems import assert_problem

ASKED = {"origin": "https://studio.example", "access-control-request-method": "PATCH"}


@pytest.fixture
def guarded(local_service: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service behind the default: nothing said about tenancy."""
    monkeypatch.delenv("SCENE_STUDIO_TENANCY")
    runtime.environment.cache_clear()


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_a_preflight_is_answered_with_success_at_every_address_without_a_token(route: Route) -> None:
    path = "/nowhere" if route.path == "$default" else route.path.replace("{", "").replace("}", "")
    answer = call("OPTIONS", path, headers=ASKED)
    assert (answer.status, answer.body) == (204, b"")


@pytest.mark.usefixtures("guarded")
def test_which_origins_may_call_is_for_the_gateway_alone_to_say() -> None:
    answer = call("OPTIONS", STUDIO, headers=ASKED)
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("left_out", ASKED)
def test_other_requests_for_options_are_as_any_method_that_there_is_not(left_out: str) -> None:
    headers = {name: value for name, value in ASKED.items() if name != left_out}
    assert_problem(call("OPTIONS", STUDIO, headers=headers), 401, "unauthenticated")
    assert_problem(call("OPTIONS", "/nowhere", headers=headers), 404, "no-such-route")
