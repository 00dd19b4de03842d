"""People who sign in to a deployed stack, and what they ask of it over HTTP."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from tests.support.deployment import Deployment

_PASSWORD: Final = "Correct-horse-1-battery"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the user pool gives a person who signs in."""

    access: str
    id: str


def sign_in(deployment: Deployment, *groups: str, app_client: str | None = None) -> Tokens:
    """The tokens of a new person in these groups of the stack's user pool.

    Args:
        deployment: the stack.
        groups: the groups, made where they are not there yet.
        app_client: to which client of the pool; without one, to the page's.
    """
    pool, cognito = deployment.outputs["UserPoolId"], deployment.cloud.client("cognito-idp")
    name = f"{uuid.uuid4().hex}@example.com"
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=name,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": name}],
    )
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=_PASSWORD, Permanent=True)
    known = {group["GroupName"] for group in cognito.list_groups(UserPoolId=pool)["Groups"]}
    for group in groups:
        if group not in known:
            cognito.create_group(UserPoolId=pool, GroupName=group)
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=group)
    given = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=app_client or deployment.outputs["UserPoolClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": _PASSWORD},
    )["AuthenticationResult"]
    return Tokens(given["AccessToken"], given["IdToken"])


class Person:
    """Somebody with a token, or without one, at the deployed API.

    Attributes:
        client_id: the client of the service that the token is for.
        headers: what goes along with every request: the host's name, and the token.
        studio: the address of that client's first studio.
    """

    def __init__(self, deployment: Deployment, token: str | None, client_id: str) -> None:
        self.headers = {"host": deployment.host}
        if token is not None:
            self.headers["authorization"] = f"Bearer {token}"
        self._cloud = deployment.cloud
        self.client_id = client_id
        self.client = f"/api/clients/{client_id}"
        self.studio = f"{self.client}/scene-studio/default"

    def ask(self, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        """Send a request; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = self._cloud.address + path
        return self._cloud.http.request(method, address, json=json, headers=self.headers | named)

    def see(self, status: int, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        """Send a request, and see this status come back."""
        answer = self.ask(method, path, json, **headers)
        assert answer.status_code == status, (
            f"{method} {path}: {answer.status_code}, not {status}\n{answer.text}\n{self._cloud.complaints()}"
        )
        return answer

    def wait(
        self, path: str, until: Callable[[Any], bool], *, seconds: float = 60, what: str = "what was awaited"
    ) -> Any:
        """Read a resource again and again until it is so; gives it.

        Raises:
            AssertionError: it took too long; the message has what was seen last.
        """
        end = time.monotonic() + seconds
        while not until(seen := self.see(200, "GET", path).json()):
            assert time.monotonic() < end, f"not {what}: {seen}\n{self._cloud.complaints()}"
            time.sleep(0.1)
        return seen

    def picture(self, path: str) -> bytes:
        """The bytes that a picture's address leads to."""
        return self.follow(self.see(302, "GET", path).headers["location"]).content

    def follow(self, address: str) -> httpx.Response:
        """What a signed address gives to somebody who shows no token."""
        found = self._cloud.http.get(address)
        assert found.status_code == 200, f"{address}: {found.status_code}\n{found.text}"
        return found


def team(deployment: Deployment) -> Person:
    """Somebody of a new client that nobody else works for."""
    client_id = f"team-{uuid.uuid4().hex[:10]}"
    tokens = sign_in(deployment, f"client:{client_id}")
    person = Person(deployment, tokens.access, client_id)
    person.see(201, "PUT", person.client, {"name": "A team"})
    return person


def slot_of(studio: Mapping[str, Any], slot_id: str) -> Any:
    """A slot of a studio's document."""
    (found,) = [slot for slot in studio["outputSlots"] if slot["id"] == slot_id]
    return found
