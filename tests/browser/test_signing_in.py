"""Signing in: at a real issuer, in the browser, before a gateway that lets nobody in without a good token."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import jwt
import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from tests.browser.conftest import Open
from tests.browser.studio import StudioPage
from tests.browser.test_page import assert_accessible
from tests.support.issuer import CLIENT_ID, Issuer
from tests.support.service import Service

TOKENS = "sessionStorage.getItem('scene-studio/tokens')"
UNAUTHORIZED = re.compile(r"status of 401 .*/api/")
"""What a browser itself logs of the answer by which the page learns that its token is not good any more."""


@pytest.fixture(scope="module")
def people() -> Iterator[Issuer]:
    with Issuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(people: Issuer) -> Issuer:
    people.lifetime, people.nonce = 3600, ""
    return people


@pytest.fixture(scope="module")
def signing_in(tmp_path_factory: pytest.TempPathFactory, people: Issuer) -> Iterator[Service]:
    yield from signing_in_at(people, tmp_path_factory.mktemp("signing-in"))


def signing_in_at(issuer: Issuer, folder: Path) -> Iterator[Service]:
    """A service whose page has people sign in."""
    service = Service(
        folder / "data",
        SCENE_STUDIO_SIGN_IN_ISSUER=issuer.name,
        SCENE_STUDIO_SIGN_IN_CLIENT_ID=CLIENT_ID,
    ).start()
    yield service
    service.kill()


class Gateway:
    """Stands where API Gateway's authorizer does: the local server itself lets everybody in."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer.name
        self._keys = jwt.PyJWKClient(f"{issuer.address}/keys")
        self.admitted = 0
        self.refused = 0

    def __call__(self, route: Route) -> None:
        token = route.request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            claims = jwt.decode(token, key, algorithms=["RS256"], issuer=self._issuer)
            assert claims["token_use"] == "access"
        except jwt.PyJWTError:
            self.refused += 1
            route.fulfill(status=401, json={"message": "Unauthorized"})
        else:
            self.admitted += 1
            route.continue_()


@pytest.fixture
def gateway(issuer: Issuer) -> Gateway:
    return Gateway(issuer)


@pytest.fixture
def window(windows: Callable[..., BrowserContext], gateway: Gateway) -> BrowserContext:
    window = windows()
    window.route("**/api/clients/**", gateway)
    return window


def sign_in(page: Page) -> None:
    page.get_by_role("button", name="Sign in as Ada").click()


def signed_in(tab: Open, window: BrowserContext, signing_in: Service) -> StudioPage:
    studio = tab(window, address=signing_in.address)
    sign_in(studio.page)
    expect(studio.page.get_by_role("heading", name="Main Studio")).to_be_visible()
    return studio


def test_people_sign_in_and_come_back_to_the_studio_which_then_asks_with_their_token(
    tab: Open, window: BrowserContext, signing_in: Service, gateway: Gateway, issuer: Issuer, studio_id: str
) -> None:
    asked: list[Request] = []

    def listen(request: Request) -> None:  # a built-in method is not taken
        asked.append(request)

    window.on("request", listen)
    redeemed = issuer.redeemed
    studio = signed_in(tab, window, signing_in)
    expect(studio.product("Oak Chair").locator("img")).to_have_attribute("src", re.compile("^blob:"))
    assert urlsplit(studio.page.url).path == f"/acme-corp/scene-studio/{studio_id}"
    studio.add_slot_of("Ceramic Vase")
    assert issuer.redeemed == redeemed + 1
    assert gateway.admitted > 3
    assert gateway.refused == 0
    token = json.loads(studio.page.evaluate(TOKENS))["access"]
    sent = {one.headers.get("authorization") for one in asked if "/api/clients" in one.url}
    assert sent == {f"Bearer {token}"}
    assert not [one.url for one in asked if token in one.url]
    assert "code=" not in studio.page.evaluate("performance.getEntriesByType('navigation')[0].name")


@pytest.fixture
def with_a_slash() -> Iterator[Issuer]:
    """An issuer whose name ends with a slash."""
    with Issuer("/") as issuer:
        yield issuer


@pytest.fixture
def signing_in_there(tmp_path: Path, with_a_slash: Issuer) -> Iterator[Service]:
    yield from signing_in_at(with_a_slash, tmp_path)


def test_people_sign_in_at_an_issuer_whose_name_ends_with_a_slash(
    signing_in_there: Service, tab: Open, windows: Callable[..., BrowserContext], with_a_slash: Issuer
) -> None:  # the service comes first, to be there until the windows are closed, which still load parts
    window = windows()
    gateway = Gateway(with_a_slash)
    window.route("**/api/clients/**", gateway)
    signed_in(tab, window, signing_in_there)
    assert (gateway.admitted > 0, gateway.refused) == (True, 0)


def test_a_token_that_is_over_is_renewed_without_asking_and_nothing_is_lost(
    tab: Open,
    window: BrowserContext,
    signing_in: Service,
    gateway: Gateway,
    issuer: Issuer,
    complaints: list[str],
) -> None:
    studio = signed_in(tab, window, signing_in)
    studio.add_slot_of("Oak Chair")
    refreshed = issuer.refreshed
    studio.page.clock.install()
    studio.page.clock.fast_forward("01:00:00")  # by the page's clock it is over, and renewed before it is used
    studio.set("Style", "Rustic")
    studio.is_saved()
    assert issuer.refreshed == refreshed + 1
    assert gateway.refused == 0

    issuer.lifetime = -1  # the next is over by the gateway's clock alone, and is found to be so by its answer
    studio.page.clock.fast_forward("01:00:00")
    studio.set("Style", "Coastal")
    studio.save_state("Sign in to save")
    assert gateway.refused > 0
    issuer.lifetime = 3600
    studio.page.get_by_role("button", name="Sign in", exact=True).click()
    sign_in(studio.page)
    studio.choose(1)
    studio.shows("Style", "Coastal")
    studio.is_saved()
    complaints[:] = [one for one in complaints if not UNAUTHORIZED.search(one)]


def test_who_comes_back_with_what_this_tab_did_not_begin_is_not_signed_in(
    tab: Open, window: BrowserContext, signing_in: Service, issuer: Issuer
) -> None:
    page = tab(window, address=signing_in.address).page
    redeemed = issuer.redeemed
    page.goto(f"{signing_in.address}/signin?code=of-somebody-else&state=made-up")
    expect(page.get_by_text("This sign-in was not begun in this tab")).to_be_visible()
    assert_accessible(page)
    assert page.url == f"{signing_in.address}/signin"
    assert issuer.redeemed == redeemed

    issuer.nonce = "of another sign-in"
    page.get_by_role("link", name="Go on").click()
    sign_in(page)
    expect(page.get_by_text("You could not be signed in")).to_be_visible()
    assert page.evaluate(TOKENS) is None

    issuer.nonce = ""
    page.get_by_role("link", name="Go on").click()
    sign_in(page)
    expect(page.get_by_role("heading", name="Studios")).to_be_visible()  # of the one client that there is


def test_who_signs_out_is_signed_out_in_this_browser_and_at_the_issuer(
    tab: Open, window: BrowserContext, signing_in: Service
) -> None:
    page = signed_in(tab, window, signing_in).page
    page.get_by_role("button", name="Signed in as Ada Löwe").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="The issuer")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="The issuer")).to_be_visible()


def test_the_page_of_a_guest_asks_nobody_to_sign_in(
    windows: Callable[..., BrowserContext], signing_in: Service
) -> None:
    studio = f"{signing_in.address}/api/clients/acme-corp/scene-studio/shared-studio"
    httpx.put(studio, headers={"if-none-match": "*"}, json={"name": "For a guest"})
    guest = windows().new_page()
    guest.goto(signing_in.address + httpx.post(f"{studio}/shares", json={}).json()["url"])
    expect(guest.get_by_role("heading", name="For a guest")).to_be_visible()
