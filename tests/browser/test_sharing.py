"""Who else comes in: guests by a link, and people who sign in."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Request, Route, expect

from tests.browser.conftest import Open
from tests.browser.test_page import assert_accessible
from tests.support.service import Service

ISSUER = "https://issuer.example"


def test_a_guest_sees_the_pictures_marks_favourites_and_is_out_once_the_link_is_withdrawn(
    tab: Open, windows: Callable[..., BrowserContext], service: Service
) -> None:
    studio = tab()
    page = studio.page
    studio.add_slot_of("Oak Chair")
    studio.execute()
    studio.has_revisions(1)
    page.get_by_role("button", name="Share").click()
    sharing = page.get_by_role("dialog", name="Share")
    sharing.get_by_label("For whom the link is").fill("Agency")
    sharing.get_by_role("button", name="Make a link").click()
    address = sharing.get_by_label("Link for the guest")
    expect(address).to_have_value(re.compile(r"/shared/[\w-]+#[\w-]{43}$"))
    assert_accessible(page)

    guest = windows().new_page()
    asked: list[str] = []
    guest.on("request", lambda request: asked.append(request.url))
    guest.goto(address.input_value())
    expect(guest.get_by_role("heading", name="Main Studio")).to_be_visible()
    assert_accessible(guest)
    guest.get_by_role("button", name="Favourite").click()
    expect(guest.get_by_text("1 favourite")).to_be_visible()
    expect(guest.get_by_text("saving…")).to_be_hidden()
    guest.reload()
    expect(guest.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    guest.get_by_role("button", name="Oak Chair").click()
    expect(guest.get_by_role("dialog").get_by_role("img", name="Oak Chair")).to_be_visible()
    secret = address.input_value().partition("#")[2]
    assert not [url for url in asked if secret in url.partition("#")[0]]

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Share").click()
    expect(sharing.get_by_text("1 favourite")).to_be_visible()
    sharing.get_by_role("button", name="Withdraw").click()
    expect(sharing.get_by_text("1 favourite")).to_be_hidden()
    guest.route("**/api/shares/**", lambda route: route.continue_())
    guest.reload()
    expect(guest.get_by_text("This link does not lead anywhere")).to_be_visible()


@pytest.fixture
def signing_in(tmp_path: Path) -> Iterator[Service]:
    """A service whose page has people sign in; who comes in is the gateway's business and not tested here."""
    service = Service(
        tmp_path / "data",
        SCENE_STUDIO_SIGN_IN_ISSUER=ISSUER,
        SCENE_STUDIO_SIGN_IN_CLIENT_ID="the-page",
    ).start()
    yield service
    service.kill()


class Issuer:
    """An OpenID Connect issuer that lets everybody in, as far as the page sees of it."""

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}
        self.exchanged: dict[str, str] = {}

    def answer(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        headers = {"access-control-allow-origin": "*"}
        if url.path.endswith("openid-configuration"):
            places = {"authorization_endpoint": f"{ISSUER}/authorize", "token_endpoint": f"{ISSUER}/token"}
            route.fulfill(json=places, headers=headers)
        elif url.path == "/authorize":
            self.asked = dict(parse_qsl(url.query))
            back = f"{self.asked['redirect_uri']}?code=the-code&state={self.asked['state']}"
            route.fulfill(status=302, headers={"location": back})
        else:
            self.exchanged = dict(parse_qsl(route.request.post_data or ""))
            tokens = {"access_token": "the-token", "expires_in": 3600, "token_type": "Bearer"}
            route.fulfill(body=json.dumps(tokens), headers={**headers, "content-type": "application/json"})


def test_people_sign_in_and_come_back_to_the_studio_which_then_asks_with_their_token(
    tab: Open, windows: Callable[..., BrowserContext], signing_in: Service, studio_id: str
) -> None:
    window = windows()
    issuer = Issuer()
    window.route(f"{ISSUER}/**", issuer.answer)
    asked: list[Request] = []

    def listen(request: Request) -> None:  # a built-in method is not taken
        asked.append(request)

    window.on("request", listen)
    studio = tab(window, address=signing_in.address)
    expect(studio.product("Oak Chair").locator("img")).to_have_attribute("src", re.compile("^blob:"))
    assert urlsplit(studio.page.url).path == f"/acme-corp/scene-studio/{studio_id}"
    assert issuer.asked["code_challenge_method"] == "S256"
    assert issuer.exchanged["code"] == "the-code"
    assert len(issuer.exchanged["code_verifier"]) >= 43
    to_clients = [one for one in asked if "/api/clients" in one.url]
    assert len(to_clients) > 2
    assert {one.headers.get("authorization") for one in to_clients} == {"Bearer the-token"}
    assert not [one.url for one in asked if "the-token" in one.url]
    studio.add_slot_of("Ceramic Vase")
