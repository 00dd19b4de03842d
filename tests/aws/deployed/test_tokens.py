"""Every route but the open ones is closed to whoever has no right token, and tells nothing about others."""

import base64
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.http_api import needs_token
from infra.routes import ROUTES, Route
from tests.support.deployment import Deployment
from tests.support.signed_in import Person, Tokens, sign_in

CLOSED = [route for route in ROUTES if needs_token(route)]
OF_A_CLIENT = [route for route in CLOSED if "{clientId}" in route.path]
OPEN = {"GET /api/health", "GET /api/openapi.json", "GET /api/scenes"}
"""What anybody may ask of the API itself; the page and its files are not under `/api/`."""
GUESTS = {"GET /api/shares/{shareId}", "PUT /api/shares/{shareId}/favorites"}


@dataclass(frozen=True, slots=True)
class Signer:
    """What signs as the user pool does: with the pool's own keys, or with others."""

    key: Any
    headers: Mapping[str, str]
    claims: Mapping[str, Any]

    def sign(self, **changed: Any) -> str:
        """The token with some claims changed, or, where the value is None, left out."""
        claims = {name: value for name, value in {**self.claims, **changed}.items() if value is not None}
        return jwt.encode(claims, self.key, algorithm="RS256", headers=dict(self.headers))


@pytest.fixture(scope="module")
def group() -> str:
    return f"team-{uuid.uuid4().hex[:10]}"


@pytest.fixture(scope="module")
def tokens(open_deployment: Deployment, group: str) -> Tokens:
    return sign_in(open_deployment, f"client:{group}")


@pytest.fixture(scope="module")
def signer(open_deployment: Deployment, tokens: Tokens) -> Signer:
    """Signs with the key of the pool's access tokens."""
    pool = open_deployment.outputs["UserPoolId"]
    kept = open_deployment.cloud.folder / "state" / "cognito-pool-keys" / f"{pool}-access.pem"
    claims = jwt.decode(tokens.access, options={"verify_signature": False})
    return Signer(kept.read_bytes(), {"kid": jwt.get_unverified_header(tokens.access)["kid"]}, claims)


def test_a_token_that_is_signed_as_the_pool_signs_is_let_in(
    open_deployment: Deployment, signer: Signer, group: str
) -> None:
    person = Person(open_deployment, signer.sign(jti="another"), group)
    assert person.see(404, "GET", person.client).json()["type"].endswith("not-found")


def _no_token(_signer: Signer, _tokens: Tokens) -> str | None:
    return None


def _junk(_signer: Signer, _tokens: Tokens) -> str:
    return "a.b.c"


def _expired(signer: Signer, _tokens: Tokens) -> str:
    return signer.sign(exp=int(time.time()) - 60)


def _of_another_client_of_the_pool(signer: Signer, _tokens: Tokens) -> str:
    return signer.sign(client_id="another")


def _of_another_issuer(signer: Signer, _tokens: Tokens) -> str:
    return signer.sign(iss=signer.claims["iss"] + "x")


def _signed_by_another_key(signer: Signer, _tokens: Tokens) -> str:
    another = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return Signer(another, signer.headers, signer.claims).sign()


def _not_signed(signer: Signer, _tokens: Tokens) -> str:
    header = {"alg": "none", "typ": "JWT", **signer.headers}
    return f"{_part(header)}.{_part(signer.claims)}."


def _hmac_with_the_public_key(signer: Signer, tokens: Tokens) -> str:
    header = {"alg": "HS256", "typ": "JWT", **signer.headers}
    return f"{_part(header)}.{_part(signer.claims)}.{tokens.access.split('.')[2]}"


def _tampered(signer: Signer, tokens: Tokens) -> str:
    head, _, signature = tokens.access.split(".")
    return f"{head}.{_part({**signer.claims, 'cognito:groups': ['client:acme-corp']})}.{signature}"


UNVERIFIED: list[Callable[[Signer, Tokens], str | None]] = [
    _no_token,
    _junk,
    _expired,
    _of_another_client_of_the_pool,
    _of_another_issuer,
    _signed_by_another_key,
    _not_signed,
    _hmac_with_the_public_key,
    _tampered,
]


@pytest.mark.parametrize("forge", UNVERIFIED, ids=lambda forge: forge.__name__.strip("_"))
def test_every_closed_route_refuses_a_token_that_cannot_be_verified(
    open_deployment: Deployment, signer: Signer, tokens: Tokens, group: str, forge: Any
) -> None:
    person = Person(open_deployment, forge(signer, tokens), group)
    for route in CLOSED:
        answer = person.ask(route.method, _address(route, group), _body(route))
        assert (route.key, 401) == (route.key, answer.status_code), answer.text
        assert {"message": "Unauthorized"} == answer.json()


WITHOUT_RIGHT = {
    "an id token": lambda signer, tokens, group: tokens.id,
    "no groups": lambda signer, tokens, group: signer.sign(**{"cognito:groups": None}),
    "another's group": lambda signer, tokens, group: signer.sign(**{"cognito:groups": [f"client:{group}x"]}),
    "a group that begins alike": lambda signer, tokens, group: signer.sign(
        **{"cognito:groups": [f"client:{group[:-1]}"]}
    ),
    "groups as one text": lambda signer, tokens, group: signer.sign(
        **{"cognito:groups": f"[client:x{group} {group}]"}
    ),
}


@pytest.mark.parametrize("kind", WITHOUT_RIGHT)
def test_every_route_of_a_client_refuses_a_verified_token_without_the_right(
    open_deployment: Deployment, signer: Signer, tokens: Tokens, group: str, kind: str
) -> None:
    person = Person(open_deployment, WITHOUT_RIGHT[kind](signer, tokens, group), group)
    refused = {401, 403} if kind == "an id token" else {403}
    for route in OF_A_CLIENT:
        answer = person.ask(route.method, _address(route, group), _body(route))
        assert answer.status_code in refused, (kind, route.key, answer.status_code, answer.text)


def test_a_client_that_is_not_there_and_one_of_others_are_refused_with_the_same_answer(
    open_deployment: Deployment, tokens: Tokens, group: str
) -> None:
    theirs = f"team-{uuid.uuid4().hex[:10]}"
    owner = Person(open_deployment, sign_in(open_deployment, f"client:{theirs}").access, theirs)
    owner.see(201, "PUT", owner.client, {"name": "Theirs"})
    owner.see(201, "PUT", owner.studio, {}, if_none_match="*")
    stranger = Person(open_deployment, tokens.access, group)
    nobodys = f"team-{uuid.uuid4().hex[:10]}"
    for route in OF_A_CLIENT:
        seen = []
        for client_id in (theirs, nobodys):
            answer = stranger.ask(route.method, _address(route, client_id), _body(route))
            seen.append(_comparable(answer, client_id))
        assert seen[0] == seen[1], route.key
        assert 403 == seen[0][0], (route.key, seen[0])


def test_listing_clients_shows_only_ones_own(open_deployment: Deployment, group: str, tokens: Tokens) -> None:
    person = Person(open_deployment, tokens.access, group)
    assert [] == person.see(200, "GET", "/api/clients").json()["items"]


def test_what_is_open_is_known_and_a_guests_secret_is_asked_for(open_deployment: Deployment) -> None:
    not_closed = [route for route in ROUTES if not needs_token(route)]
    assert OPEN | GUESTS == {route.key for route in not_closed if route.path.startswith("/api/")}
    assert {"web"} == {route.function for route in not_closed if route.key not in GUESTS}
    nobody = Person(open_deployment, None, "nobody")
    nobody.see(200, "GET", "/api/health")
    for route in ROUTES:
        if route.key in GUESTS:
            body: Any = None if route.method == "GET" else {"favorites": []}
            nobody.see(404, route.method, _address(route, "nobody"), body, x_share_token="guessed")


def _address(route: Route, client_id: str) -> str:
    named = {"clientId": client_id, "studioId": "default", "slotId": "slot-1", "before": "a", "after": "b"}
    path = route.path
    for name in _parameters(path):
        path = path.replace(f"{{{name}}}", named.get(name, f"{name.lower()}-1"))
    return path


def _parameters(path: str) -> Iterator[str]:
    return (part[1:-1] for part in path.split("/") if part.startswith("{"))


def _body(route: Route) -> dict[str, str] | None:
    return None if route.method in {"GET", "DELETE"} else {}


def _comparable(answer: Any, client_id: str) -> tuple[int, Mapping[str, str], str]:
    """The whole answer less what names the request and the time."""
    body = answer.json()
    ids = {str(body.pop("requestId"))}
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"date", "apigw-requestid"} and value not in ids
    }
    return answer.status_code, headers, json.dumps(body, sort_keys=True).replace(client_id, "CLIENT")


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(dict(value)).encode()).rstrip(b"=").decode()
