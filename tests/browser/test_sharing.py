"""Guests, who come by a link."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Open
from tests.browser.test_page import assert_accessible


def test_a_guest_sees_the_pictures_marks_favourites_and_is_out_once_the_link_is_withdrawn(
    tab: Open, windows: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    studio = tab(slot_of="product-a")
    page = studio.page
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
    guest.reload()
    expect(guest.get_by_text("This link does not lead anywhere")).to_be_visible()
    assert_accessible(guest)
    complaints[:] = [one for one in complaints if "/api/shares/" not in one]
