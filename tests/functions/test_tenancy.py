"""Who may see and change which client. The default is refusal."""

import re
from pathlib import Path
from typing import Any

import pytest

from infra.routes import ROUTES, Route
from scene_studio import runtime
from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.problems import assert_problem
from tests.support.stored import stored_objects

TENANT_ROUTES = [route for route in ROUTES if route.path.startswith("/api/clients")]
OWN_ROUTES = [route for route in TENANT_ROUTES if "{clientId}" in route.path]
ACME = {"token_use": "access", "cognito:groups": "[editors client:acme-corp]"}


@pytest.fixture
def guarded(seeded: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The seed's client behind the default: nothing said about tenancy."""
    monkeypatch.delenv("SCENE_STUDIO_TENANCY")
    runtime.environment.cache_clear()
    return seeded


def path_of(route: Route, client: str = "acme-corp") -> str:
    return re.sub(r"\{(\w+)\}", lambda match: client if match[1] == "clientId" else "some-id", route.path)


def ask(route: Route, claims: Any = None, client: str = "acme-corp") -> Answer:
    return call(route.method, path_of(route, client), None if route.method == "GET" else {}, claims=claims)


def test_no_route_about_clients_answers_without_a_verified_token(guarded: Path) -> None:
    before = stored_objects(guarded)
    for route in TENANT_ROUTES:
        answer = ask(route)
        assert_problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert stored_objects(guarded) == before


def test_no_route_about_another_client_tells_whether_there_is_one(guarded: Path) -> None:
    others = ACME | {"cognito:groups": "[client:somebody-else]"}
    before = stored_objects(guarded)
    for route in OWN_ROUTES:
        existing, missing = (ask(route, others, client) for client in ("acme-corp", "nobody"))
        assert_problem(existing, 403, "forbidden")
        assert existing.body.replace(b"acme-corp", b"nobody") == missing.body
        assert existing.headers == missing.headers
    assert stored_objects(guarded) == before


@pytest.mark.parametrize("use", ["id", "refresh", ""])
def test_a_token_of_another_use_is_refused_everywhere(guarded: Path, use: str) -> None:
    for route in TENANT_ROUTES:
        assert_problem(ask(route, ACME | {"token_use": use}), 401, "unauthenticated")


@pytest.mark.parametrize(
    "groups",
    [
        "[client:acme-corp]",
        "[a client:acme-corp b]",
        "client:acme-corp",
        ["client:acme-corp"],
        ["x", "client:acme-corp"],
    ],
)
def test_the_claim_is_read_as_a_list_or_as_text_in_brackets(guarded: Path, groups: Any) -> None:
    for claims in ({"cognito:groups": groups}, {"cognito:groups": groups, "token_use": "access"}):
        assert call("GET", STUDIO, claims=claims).status == 200


@pytest.mark.parametrize(
    "groups",
    [
        None,
        "",
        "[]",
        [],
        "[client:acme]",
        "[client:acme-corp2]",
        "[CLIENT:acme-corp]",
        "[client:ACME-CORP]",
        "[acme-corp]",
        "[client: acme-corp]",
        "[xclient:acme-corp]",
        "[client:*]",
        ["client:other client:acme-corp"],
        "[client:acme-corp,client:other]",
    ],
)
def test_only_the_exact_group_opens_the_client(guarded: Path, groups: Any) -> None:
    claims = {"token_use": "access"} | ({} if groups is None else {"cognito:groups": groups})
    assert_problem(call("GET", CLIENT, claims=claims), 403, "forbidden")


def test_with_its_group_a_caller_sees_and_changes_its_client(guarded: Path) -> None:
    assert call("GET", CLIENT, claims=ACME).json["name"] == "ACME Corporation"
    assert call("PATCH", STUDIO, {"name": "Ours"}, claims=ACME).json["name"] == "Ours"


def seen(claims: Any) -> list[str]:
    return [item["id"] for item in call("GET", "/api/clients", claims=claims).json["items"]]


def test_the_list_of_clients_shows_only_those_that_the_token_names(guarded: Path) -> None:
    both = {"cognito:groups": ["client:other", "client:acme-corp", "client:nobody", "client:"]}
    assert call("PUT", "/api/clients/other", {}, claims=both).status == 201
    assert seen(both) == ["acme-corp", "other"]
    assert seen(ACME) == ["acme-corp"]
    assert seen({"cognito:groups": "[editors]"}) == []


@pytest.mark.parametrize(
    "path", ["/api/clients/acme-corp%2Fscene-studio", "/api/clients/other%2F..%2Facme-corp"]
)
def test_an_encoded_slash_leads_into_no_other_client(guarded: Path, path: str) -> None:
    for claims in (ACME, {"cognito:groups": "[client:other]"}):
        assert call("GET", path, claims=claims).status in {403, 422}


def test_another_issuers_claim_is_read_instead_where_it_is_named(
    guarded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCENE_STUDIO_TENANT_CLAIM", "tenants")
    runtime.environment.cache_clear()
    assert call("GET", CLIENT, claims={"tenants": ["client:acme-corp"]}).status == 200
    assert_problem(call("GET", CLIENT, claims=ACME), 403, "forbidden")


def test_what_is_about_no_client_is_open_to_all(guarded: Path) -> None:
    for path in ("/api/health", "/api/scenes", "/scenes/living-room-modern.jpg"):
        assert call("GET", path).status == 200


@pytest.mark.parametrize("value", ["none", "OFF", "", "0", "false"])
def test_tenancy_cannot_be_switched_off_by_a_slip(
    seeded: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SCENE_STUDIO_TENANCY", value)
    runtime.environment.cache_clear()
    with pytest.raises(RuntimeError, match="SCENE_STUDIO_TENANCY"):
        call("GET", CLIENT)
