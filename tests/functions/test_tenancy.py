"""Who may see and change which client, by way of every route of the table. The default is refusal."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.routes import ROUTES, Route
from scene_studio import runtime
from scene_studio.http.admission import check_tenant, is_open
from scene_studio.model.errors import Forbidden, Unauthenticated
from tests.support.api import CLIENT, STUDIO, Answer, call
from tests.support.problems import assert_problem

ABOUT_CLIENTS = [route for route in ROUTES if route.path.startswith("/api/clients")]
OF_A_CLIENT = [route for route in ABOUT_CLIENTS if "{clientId}" in route.path]
GROUP = "cognito:groups"
ACME = {"token_use": "access", GROUP: "[editors client:acme-corp]"}

every_route_about_clients = pytest.mark.parametrize("route", ABOUT_CLIENTS, ids=lambda route: route.key)
every_route_of_a_client = pytest.mark.parametrize("route", OF_A_CLIENT, ids=lambda route: route.key)


@pytest.fixture
def guarded(seeded: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The original product's client behind the default: nothing said about tenancy."""
    monkeypatch.delenv("SCENE_STUDIO_TENANCY")
    runtime.environment.cache_clear()
    return seeded


@pytest.fixture
def untouched(local_service: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of a store that answers nothing, behind the default."""
    asked: list[str] = []

    class Untouchable:
        def __init__(self, _path: Path, **_options: Any) -> None:
            """Opening is no reading."""

        def close(self) -> None:
            """Nothing was opened."""

        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            raise AssertionError(name)

    monkeypatch.setattr("scene_studio.store.sqlite.SqliteObjectStore", Untouchable)
    monkeypatch.delenv("SCENE_STUDIO_TENANCY")
    runtime.environment.cache_clear()
    return asked


def path_of(route: Route, client: str = "acme-corp") -> str:
    return re.sub(r"\{(\w+)\}", lambda match: client if match[1] == "clientId" else "some-id", route.path)


BODIES: Mapping[str, dict[str, Any]] = {
    "/import": {"id": "acme-corp", "name": "ACME"},
    "/products/{productId}": {"name": "Chair"},
    "/generate": {"slotId": "slot-1"},
    "/restore": {"version": "1"},
    "/user-scenes": {"contentType": "image/jpeg", "size": 1000},
    "/image": {"contentType": "image/jpeg", "size": 1000},
}


def ask(route: Route, claims: Any = None, client: str = "acme-corp") -> Answer:
    body = next((body for end, body in BODIES.items() if route.path.endswith(end)), {})
    return call(route.method, path_of(route, client), None if route.method == "GET" else body, claims=claims)


def grouped(groups: Any, **more: Any) -> dict[str, Any]:
    """The claims of an access token that names these groups."""
    return {"token_use": "access", GROUP: groups, **more}


def event_of(path: str, claims: Any = None, stage: str = "$default") -> dict[str, Any]:
    """What the check looks at of an event."""
    return {"rawPath": path, "requestContext": {"stage": stage, "authorizer": {"jwt": {"claims": claims}}}}


def test_the_routes_that_need_no_token_are_those_of_guests_and_of_the_web(untouched: list[str]) -> None:
    answered = {route.key for route in ROUTES if ask(route).status not in {401, 403}}
    guests = {"GET /api/shares/{shareId}", "PUT /api/shares/{shareId}/favorites"}
    assert answered == guests | {route.key for route in ROUTES if route.function == "web"}
    assert untouched == []


def test_what_of_the_api_is_not_listed_as_open_is_closed() -> None:
    closed = ("/api/", "/api/shares", "/api/scenes/", "/api/healthy", "/api/clientele", "/api/clients/")
    assert [path for path in closed if is_open(path)] == []
    for path in closed:
        with pytest.raises(Unauthenticated):
            check_tenant(event_of(path), GROUP)
        with pytest.raises(Forbidden):
            check_tenant(event_of(path, grouped(["client:acme-corp", "client:None"])), GROUP)


@pytest.mark.parametrize(
    "claims",
    [
        None,
        grouped("[client:acme-corp]", token_use="id"),
        grouped("[client:acme-corp]", token_use="refresh"),
        grouped("[client:acme-corp]", token_use=""),
        grouped("[client:acme-corp]", token_use=None),
        grouped("[client:acme-corp]", token_use=["access"]),
        grouped("[client:acme-corp]", token_use="Access"),
        {GROUP: "[client:acme-corp]"},
    ],
    ids=repr,
)
def test_whoever_does_not_come_with_an_access_token_is_refused_before_anything_is_read(
    untouched: list[str], claims: Any
) -> None:
    for route in ABOUT_CLIENTS:
        answer = ask(route, claims)
        assert_problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert untouched == []


@pytest.mark.parametrize("claims", ["[client:acme-corp]", ["client:acme-corp"], 1, {}], ids=repr)
def test_claims_of_a_shape_that_no_gateway_sends_are_none(claims: Any) -> None:
    with pytest.raises(Unauthenticated):
        check_tenant(event_of(CLIENT, claims), GROUP)


OTHERS = [
    "",
    "[]",
    [],
    None,
    0,
    True,
    {"client:acme-corp": True},
    "[client:somebody-else]",
    ["client:somebody-else"],
    "[client:acme]",
    "[client:acme-corp2]",
    "[client:acme-corp-]",
    "[client:acme-corp/]",
    "[client:acme-corp/scene-studio]",
    "[CLIENT:acme-corp]",
    "[client:ACME-CORP]",
    "[Client:Acme-Corp]",
    "[client:acme\u2010corp]",
    "[acme-corp]",
    "[:acme-corp]",
    "[client: acme-corp]",
    "[client:\u00a0acme-corp]",
    "[xclient:acme-corp]",
    "[client:client:acme-corp]",
    "[client:*]",
    "[client:]",
    "[*]",
    "[client:None]",
    "client:acme-corp]",
    "[client:acme-corp",
    "[client:acme-corp2",
    "[[client:acme-corp]]",
    "[[client:acme-corp] client:other]",
    "[client:acme-corp,client:other]",
    '["client:acme-corp"]',
    ["client:other client:acme-corp"],
    ["[client:acme-corp]"],
    ["client:acme-corp "],
    ["client:acme-corp\n"],
    [["client:acme-corp"]],
]


@every_route_of_a_client
def test_only_the_exact_group_opens_a_client_and_nothing_is_read_for_another(
    untouched: list[str], route: Route
) -> None:
    for groups in OTHERS:
        existing, missing = (ask(route, grouped(groups), client) for client in ("acme-corp", "nobody"))
        assert_problem(existing, 403, "forbidden")
        assert existing.body.replace(b"acme-corp", b"nobody") == missing.body, groups
        assert existing.headers == missing.headers
    for name in ("groups", "cognito:group", "Cognito:Groups", "custom:groups", "scope", "client_id", "sub"):
        assert_problem(ask(route, {"token_use": "access", name: "[client:acme-corp]"}), 403, "forbidden")
    assert untouched == []


OWN = ["[client:acme-corp]", "[a client:acme-corp client:b]", "client:acme-corp", ["x", "client:acme-corp"]]


@every_route_about_clients
def test_the_group_in_a_list_or_in_text_in_brackets_opens_its_client(
    untouched: list[str], route: Route
) -> None:
    for groups in OWN:
        untouched.clear()
        assert ask(route, grouped(groups)).status not in {401, 403}
        assert untouched != []  # so the store does tell when it is touched


def test_each_of_several_groups_opens_its_client_and_no_other(guarded: Path) -> None:
    claims = grouped("[client:acme-corp client:b]")
    for client, status in (("acme-corp", 200), ("b", 404), ("c", 403)):
        assert call("GET", f"/api/clients/{client}", claims=claims).status == status


@pytest.mark.parametrize(
    "client", ["0", "a" * 64, "acme-corp-", "acme-corp--", "a_b-C", "clients", "None", "api"]
)
def test_an_id_that_looks_like_something_else_is_a_client_like_any_other(guarded: Path, client: str) -> None:
    path = f"/api/clients/{client}"
    assert_problem(call("PUT", path, {"name": "Theirs"}, claims=ACME), 403, "forbidden")
    own = grouped(f"[client:{client}]")
    assert call("PUT", path, {"name": "Own"}, claims=own).json["id"] == client
    assert call("GET", path, claims=own).json["name"] == "Own"
    assert_problem(call("GET", CLIENT, claims=own), 403, "forbidden")
    assert seen(own) == [client]


TRICKS = ["%0A", "%0D%0A", "%00", "%2F", "/", "%3F", "%23", ";", "%2F..", "/..%2F..", "%E2%80%A8"]


@every_route_of_a_client
def test_no_bent_address_leads_around_the_check(untouched: list[str], route: Route) -> None:
    own = grouped("[client:somebody-else]")
    whole = path_of(route)
    head, client, tail = whole.partition("acme-corp")
    for trick in TRICKS:
        for path in (
            whole + trick,
            head + client + trick + tail,
            head + "somebody-else" + trick + "/.." + tail,
        ):
            answer = call(route.method, path, None if route.method == "GET" else {}, claims=own)
            assert answer.status in {401, 403, 404, 422}, path
    assert untouched == []


def test_a_line_feed_behind_an_address_leads_into_no_other_client(guarded: Path) -> None:
    call("PATCH", STUDIO, {"name": "Hidden"}, claims=ACME)
    new, old = (item["version"] for item in call("GET", f"{STUDIO}/versions", claims=ACME).json["items"])
    path = f"{STUDIO}/versions/{old}/compare/{new}"
    assert call("GET", path, claims=ACME).json["changes"] != []
    for tail in ("", "%0A"):
        answer = call("GET", path + tail, claims=grouped("[client:somebody-else]"))
        assert_problem(answer, 403, "forbidden")


@pytest.mark.parametrize("stage", ["prod", "api", "api/clients"])
def test_a_stage_with_a_name_of_its_own_is_guarded_like_the_default_one(stage: str) -> None:
    path = f"/{stage}{CLIENT}"
    with pytest.raises(Unauthenticated):
        check_tenant(event_of(path, None, stage), GROUP)
    with pytest.raises(Forbidden):
        check_tenant(event_of(path, grouped("[client:other]"), stage), GROUP)
    check_tenant(event_of(path, grouped("[client:acme-corp]"), stage), GROUP)


def test_with_its_group_a_caller_sees_and_changes_its_client(guarded: Path) -> None:
    assert call("GET", CLIENT, claims=ACME).json["name"] == "ACME Corporation"
    assert call("PATCH", STUDIO, {"name": "Ours"}, claims=ACME).json["name"] == "Ours"


def seen(claims: Any) -> list[str]:
    return [item["id"] for item in call("GET", "/api/clients", claims=claims).json["items"]]


def test_the_list_of_clients_shows_only_those_that_the_token_names(guarded: Path) -> None:
    both = grouped(["client:other", "client:acme-corp", "client:nobody", "client:"])
    assert call("PUT", "/api/clients/other", {}, claims=both).status == 201
    assert seen(both) == ["acme-corp", "other"]
    assert seen(ACME) == ["acme-corp"]
    for groups in ("[editors]", "[client:*]", "[client:acme]", "[client:ACME-CORP]", "", None):
        assert seen(grouped(groups)) == []


@pytest.mark.parametrize("claims", [{"tenants": ["client:acme-corp"]}, {"tenants": "client:acme-corp"}])
def test_another_issuers_claim_is_read_instead_where_it_is_named(
    guarded: Path, monkeypatch: pytest.MonkeyPatch, claims: Any
) -> None:
    monkeypatch.setenv("SCENE_STUDIO_TENANT_CLAIM", "tenants")
    runtime.environment.cache_clear()
    assert call("GET", CLIENT, claims=claims).status == 200
    assert call("GET", CLIENT, claims={**claims, "token_use": "access"}).status == 200
    assert_problem(call("GET", CLIENT, claims={**claims, "token_use": "id"}), 401, "unauthenticated")
    assert_problem(call("GET", CLIENT, claims=ACME), 403, "forbidden")


def test_what_is_about_no_client_is_open_to_all(guarded: Path) -> None:
    for path in ("/api/health", "/api/openapi.json", "/api/scenes", "/scenes/living-room-modern.jpg"):
        assert call("GET", path).status == 200
    assert call("GET", "/nothing/here").status == 404


@pytest.mark.parametrize("value", ["none", "OFF", "", "0", "false"])
def test_tenancy_cannot_be_switched_off_by_a_slip(
    seeded: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SCENE_STUDIO_TENANCY", value)
    runtime.environment.cache_clear()
    with pytest.raises(RuntimeError, match="SCENE_STUDIO_TENANCY"):
        call("GET", CLIENT)
