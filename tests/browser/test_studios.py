"""Whole studios: the list with its covers, copies, and those that were deleted."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Open
from tests.browser.studio import imported, picture
from tests.browser.test_page import assert_accessible
from tests.support.service import Service

LONG_NAME = "Everything for the terrace, the balcony and the winter garden " * 3
LISTED = re.compile(r"status of 404 .*/api/clients/nobody-at-all")
"""What a browser itself logs of the answer that there is no such client."""


def with_picture() -> dict[str, Any]:
    made = {
        "id": "image-1",
        "url": picture("teal"),
        "timestamp": 1_760_000_000_000,
        "productIds": ["product-1"],
        "productNames": ["Armchair"],
        "settings": {"style": "Modern"},
    }
    return {"id": "slot-1", "productIds": ["product-1"], "history": [made], "outputImage": made["url"]}


def choose(page: Page, studio: str, what: str) -> None:
    """Choose from the menu of a studio in the list."""
    page.get_by_role("button", name=f"More about {studio}", exact=True).click()
    page.get_by_role("menuitem", name=what).click()


def listed(page: Page, name: str) -> None:
    """See that a studio of this name is in the list."""
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_a_studio_is_renamed_and_copied_with_its_pictures_from_the_list(
    windows: Callable[..., BrowserContext], service: Service, studio_id: str
) -> None:
    client = imported(service, studio_id, [with_picture()])
    page = windows().new_page()
    page.goto(f"{service.address}/{client}/scene-studio")
    choose(page, "Summer", "Rename")
    page.get_by_label("Name", exact=True).fill(LONG_NAME)
    page.keyboard.press("Enter")
    listed(page, LONG_NAME.strip())
    choose(page, LONG_NAME.strip(), "Duplicate")
    page.get_by_label("Name", exact=True).fill("Autumn")
    page.get_by_label("With all its pictures").check()
    page.get_by_role("dialog").get_by_role("button", name="Duplicate").click()
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("heading", name="Autumn")).to_be_visible()
    shown = page.get_by_role("img", name="The picture of slot 1")
    expect(shown).to_be_visible()
    assert shown.evaluate("one => one.decode().then(() => one.naturalWidth)") == 64
    page.get_by_role("link", name="Consolidated Furniture").click()
    listed(page, "Autumn")
    covers = page.locator(".cover-picture img")
    expect(covers).to_have_count(2)
    assert "/history/image-1/image" in (covers.first.get_attribute("src") or "")


def test_a_deleted_studio_is_brought_back_by_who_deleted_it_and_later_by_anybody(
    windows: Callable[..., BrowserContext], service: Service, studio_id: str, tab: Open, complaints: list[str]
) -> None:
    client = imported(service, studio_id, [{"id": "slot-1", "productIds": ["product-1"]}])
    address = f"{service.address}/{client}/scene-studio"
    page = windows().new_page()
    page.goto(address)
    choose(page, "Summer", "Delete")
    expect(page.get_by_text("No studios yet")).to_be_visible()
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    listed(page, "Summer")
    choose(page, "Summer", "Delete")
    expect(page.get_by_text("No studios yet")).to_be_visible()

    elsewhere = tab(client=client).page
    expect(elsewhere.get_by_text("This studio is deleted")).to_be_visible()
    assert_accessible(elsewhere)
    elsewhere.get_by_role("link", name="All studios").click()
    elsewhere.get_by_text("Recently deleted").click()
    expect(elsewhere.get_by_text("kept until")).to_be_visible()
    assert_accessible(elsewhere)
    elsewhere.get_by_role("button", name="Restore Summer").click()
    listed(elsewhere, "Summer")
    expect(elsewhere.get_by_role("button", name="Restore Summer")).to_have_count(0)
    elsewhere.get_by_role("link", name="Summer").click()
    expect(elsewhere.locator(".stage")).to_have_count(1)
    complaints[:] = [one for one in complaints if "status of 410" not in one]


def test_an_address_of_nothing_and_a_list_that_cannot_be_read_say_so(
    windows: Callable[..., BrowserContext], service: Service, studio_id: str, complaints: list[str]
) -> None:
    page = windows().new_page()
    page.goto(f"{service.address}/nobody-at-all/scene-studio")
    expect(page.get_by_text("There is nothing at this address")).to_be_visible()
    assert_accessible(page)
    page.goto(f"{service.address}/nobody-at-all/scene-studio/default")
    expect(page.get_by_text("There is nothing at this address")).to_be_visible()
    for path, status in {"/nowhere": 404, "/no%20id/scene-studio": 422, "/shared/-": 422}.items():
        document = page.goto(service.address + path)
        assert (document and document.status) == status
        expect(page.get_by_text("There is nothing at this address")).to_be_visible()
        expect(page.get_by_role("link", name="all clients")).to_have_attribute("href", "/")
        complaints[:] = [one for one in complaints if f"status of {status}" not in one]
    complaints[:] = [one for one in complaints if not LISTED.search(one)]

    client = imported(service, studio_id, [])
    page.route(f"**/{client}/scene-studio?*", lambda route: route.abort("connectionfailed"), times=1)
    page.goto(f"{service.address}/{client}/scene-studio")
    expect(page.get_by_text("The studios could not be read")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Try again").click()
    listed(page, "Summer")
    complaints[:] = [one for one in complaints if "ERR_CONNECTION_FAILED" not in one]
