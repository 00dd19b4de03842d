"""Scenes and products of the team's own: files dropped, on their way, ready or refused, and used."""

import base64
from io import BytesIO
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.studio import MAKING_SECONDS
from tests.browser.test_page import assert_accessible
from tests.support.service import Service

READY = 30_000
"""Milliseconds in which a file is taken in, on a busy machine."""


def photograph(side: int = 640) -> bytes:
    file = BytesIO()
    Image.effect_noise((side, side * 3 // 4), 60).convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()


def drop(page: Page, selector: str, name: str, body: bytes, content_type: str = "image/jpeg") -> None:
    """Drop a file from outside onto a place in the page."""
    carried: Any = page.evaluate_handle(
        """([name, type, body]) => {
          const carried = new DataTransfer();
          const bytes = Uint8Array.from(atob(body), (one) => one.charCodeAt(0));
          carried.items.add(new File([bytes], name, { type }));
          return carried;
        }""",
        [name, content_type, base64.b64encode(body).decode()],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event(selector, event, {"dataTransfer": carried})


def test_a_scene_that_is_dropped_becomes_ready_is_used_renamed_and_deleted(tab: Open, api: str) -> None:
    studio = tab(slot_of="product-a")
    page, library = studio.page, studio.page.locator(".library")
    library.get_by_role("tab", name="Scenes").click()
    drop(page, ".library .drop-hint", "our loft.jpg", photograph())
    scene = library.get_by_role("button", name="our loft", exact=True)
    expect(scene).to_be_enabled(timeout=READY)
    scene.click()
    expect(studio.panel.get_by_text("our loft")).to_be_visible()
    studio.execute()
    studio.has_revisions(1)
    assert httpx.get(api).json()["outputSlots"][0]["history"][0]["settings"]["scene"]["name"] == "our loft"

    library.get_by_role("button", name="More about our loft").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Name of the scene").fill("The loft")
    page.keyboard.press("Enter")
    expect(library.get_by_role("button", name="The loft", exact=True)).to_be_visible()
    library.get_by_role("button", name="More about The loft").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(library.get_by_role("button", name="The loft", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(library.get_by_role("button", name="The loft", exact=True)).to_be_visible()


def test_a_file_that_is_no_picture_is_refused_with_the_reason(tab: Open) -> None:
    studio = tab()
    library = studio.page.locator(".library")
    library.get_by_role("tab", name="Scenes").click()
    drop(studio.page, ".library .drop-hint", "broken.jpg", b"this is no picture at all")
    reason = library.get_by_role("list", name="Uploads").get_by_role("alert")
    expect(reason).to_contain_text("picture", ignore_case=True, timeout=READY)
    others = tab().page.locator(".library")
    others.get_by_role("tab", name="Scenes").click()
    scene = others.get_by_role("button", name=f"broken {reason.inner_text()}")
    expect(scene).to_be_disabled()


def test_a_slow_upload_shows_how_much_has_gone_and_can_be_cancelled(tab: Open) -> None:
    studio = tab()
    page, library = studio.page, studio.page.locator(".library")
    library.get_by_role("tab", name="Scenes").click()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 60_000}
    network.send("Network.emulateNetworkConditions", slow)
    drop(page, ".library .drop-hint", "slow.jpg", photograph(1600))
    bar = library.get_by_role("progressbar", name="Upload of slow.jpg")
    expect(bar).to_be_visible()
    expect(library.locator("progress[value]:not([value='0'])")).to_be_visible(timeout=READY)
    library.get_by_role("list", name="Uploads").get_by_role("button", name="Cancel").click()
    expect(bar).to_have_count(0)


def test_a_stock_scene_is_where_products_are_placed(tab: Open, api: str) -> None:
    studio = tab(slot_of="product-b")
    studio.page.locator(".library").get_by_role("tab", name="Scenes").click()
    studio.page.locator(".library").get_by_role("button", name="Rustic Table").click()
    expect(studio.panel.get_by_text("Rustic Table")).to_be_visible()
    studio.is_saved()
    assert (
        httpx.get(api).json()["outputSlots"][0]["settings"]["scene"]["imageUrl"] == "/scenes/table-rustic.jpg"
    )


def test_a_product_is_added_with_pictures_used_renamed_deleted_and_brought_back(
    tab: Open, service: Service
) -> None:
    client = "product-people"
    httpx.put(f"{service.address}/api/clients/{client}", json={"name": "Product People"})
    studio = tab(client=client)
    page, library = studio.page, studio.page.locator(".library")
    expect(library.get_by_text("No products yet")).to_be_visible()
    library.get_by_role("button", name="New product").click()
    page.get_by_label("Name", exact=True).fill("Stool")
    page.get_by_label("Pictures, best on a plain background").set_input_files(
        {"name": "stool.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    page.get_by_role("button", name="Add", exact=True).click()
    product = library.get_by_role("button", name="Add Stool")
    first = product.locator("img")
    expect(first).to_be_visible(timeout=READY)
    picture = first.get_attribute("src") or ""

    library.get_by_role("button", name="More about Stool").click()
    page.get_by_role("menuitem", name="Pictures").click()
    dialog = page.get_by_role("dialog", name="Stool")
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Add a picture").click()
    chooser.value.set_files({"name": "side.jpg", "mimeType": "image/jpeg", "buffer": photograph(320)})
    expect(dialog.get_by_role("button", name="Use this picture")).to_have_count(1, timeout=READY)
    assert_accessible(page)
    expect(first).not_to_have_attribute("src", picture)  # the newest is the one that is used
    dialog.get_by_role("button", name="Use this picture").click()
    expect(first).to_have_attribute("src", picture)
    dialog.get_by_role("listitem").filter(has=page.get_by_role("button", name="Use this picture")).get_by_role(
        "button", name="Delete this picture"
    ).click()
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Escape")
    product.click()
    studio.execute()
    expect(page.get_by_role("img", name="The picture of slot 1")).to_be_visible(timeout=MAKING_SECONDS * 1000)
    library.get_by_role("button", name="More about Stool").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Name of the product").fill("Bar Stool")
    page.keyboard.press("Enter")
    expect(studio.slots.first).to_have_accessible_name("Slot 1: Bar Stool")
    library.get_by_role("button", name="More about Bar Stool").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(library.get_by_text("No products yet")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(library.get_by_role("button", name="Add Bar Stool")).to_be_visible()
