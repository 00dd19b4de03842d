"""The three flows of the product description, start to end."""

from collections.abc import Callable
from pathlib import Path

import httpx
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Open
from tests.browser.studio import MAKING_SECONDS, imported
from tests.browser.test_page import assert_accessible
from tests.support.service import Service


def test_a_first_visit_makes_main_studio_and_all_work_is_still_there_on_return(
    tab: Open, api: str, windows: Callable[..., BrowserContext]
) -> None:
    studio = tab()
    expect(studio.page.get_by_role("heading", name="Main Studio")).to_be_visible()
    studio.product("Oak Chair").drag_to(studio.page.locator("main.slots-pane"))
    studio.product("Ceramic Vase").drag_to(studio.slot(1))
    expect(studio.slots.first).to_have_accessible_name("Slot 1: Oak Chair, Ceramic Vase")
    studio.execute()
    picture = studio.page.get_by_role("img", name="The picture of slot 1")
    expect(picture).to_be_visible(timeout=MAKING_SECONDS * 1000)
    studio.is_saved()
    studio.page.context.close()

    later = tab()
    expect(later.page.get_by_role("img", name="The picture of slot 1")).to_be_visible()
    expect(later.slots.first).to_have_accessible_name("Slot 1: Oak Chair, Ceramic Vase")
    assert httpx.get(api).json()["outputSlots"][0]["productIds"] == ["product-a", "product-b"]


def test_two_campaigns_each_keep_their_own_slots_settings_and_best_pictures(
    tab: Open, service: Service, studio_id: str
) -> None:
    studio = tab(client=imported(service, studio_id, []))
    page = studio.page
    for name, style in (("Summer 2024", "Coastal"), ("Fall 2024", "Rustic")):
        page.get_by_role("button", name="Studio", exact=True).click()
        page.get_by_role("menuitem", name="New studio").click()
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Create").click()
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        for _ in range(2):
            studio.add_slot_of("Handwoven Lounge Armchair")
            studio.set("Style", style)
    page.get_by_role("button", name="Studio", exact=True).press("Enter")
    page.get_by_role("menuitem", name="Summer 2024").press("Enter")
    expect(page.get_by_role("heading", name="Summer 2024")).to_be_visible()
    page.get_by_role("group", name="Pictures for each slot").get_by_role("button", name="More").click()
    page.get_by_role("button", name="Execute all").click()
    for number in (1, 2):
        studio.choose(number)
        studio.has_revisions(2)
        studio.shows("Style", "Coastal")
        favourite = studio.slot(number).get_by_role("button", name="Favourite")
        favourite.click()
        expect(favourite).to_have_attribute("aria-pressed", "true")
    studio.is_saved()
    page.reload()
    expect(page.get_by_role("button", name="Favourite", pressed=True)).to_have_count(2)
    page.go_back()
    expect(page.get_by_role("heading", name="Fall 2024")).to_be_visible()
    studio.choose(1)
    studio.shows("Style", "Rustic")
    studio.has_revisions(0)


def test_every_revision_is_kept_to_swap_compare_and_download(tab: Open, downloads: Path) -> None:
    studio = tab(slot_of="product-a")
    page = studio.page
    studio.execute()
    studio.has_revisions(1)
    studio.set("Style", "Industrial")
    studio.execute()
    studio.has_revisions(2)
    shown = page.get_by_role("img", name="The picture of slot 1")
    newest = shown.get_attribute("src")

    studio.panel.get_by_role("tab", name="Revisions").click()
    revisions = studio.panel.get_by_role("button", name="Revision of")
    expect(revisions).to_have_count(2)
    expect(revisions.first).to_have_attribute("aria-pressed", "true")
    revisions.last.click()
    expect(revisions.last).to_have_attribute("aria-pressed", "true")
    expect(shown).not_to_have_attribute("src", newest or "")

    revisions.last.dblclick()
    viewer = page.get_by_role("dialog")
    expect(viewer.get_by_text("A professional product photograph of Oak Chair")).to_be_visible()
    with page.expect_download() as download:
        viewer.get_by_role("button", name="Download the original").click()
    download.value.save_as(downloads / "picture.jpg")
    assert (downloads / "picture.jpg").read_bytes()[:2] == b"\xff\xd8"

    viewer.get_by_role("button", name="Compare").click()
    expect(viewer.get_by_role("img")).to_have_count(2)
    style = viewer.get_by_role("row", name="Style")
    expect(style).to_contain_text("Modern")
    expect(style).to_contain_text("Industrial")
    slider = viewer.get_by_role("slider", name="Where the left picture ends")
    for key, value in (("ArrowLeft", "49"), ("PageUp", "59"), ("Home", "0"), ("End", "100")):
        slider.press(key)
        expect(slider).to_have_value(value)
    assert_accessible(page)


def test_slots_are_put_into_another_order_by_dragging(tab: Open, service: Service, studio_id: str) -> None:
    styles = ["Coastal", "Modern", "Rustic"]
    slots = [
        {"id": f"slot-{style}", "productIds": ["product-1"], "settings": {"style": style}} for style in styles
    ]
    studio = tab(client=imported(service, studio_id, slots))
    expect(studio.slot(1)).to_contain_text("Coastal")
    studio.slots.first.drag_to(studio.slots.last)
    for number, style in enumerate(("Modern", "Rustic", "Coastal"), 1):
        expect(studio.slot(number)).to_contain_text(style)
    studio.is_saved()
    studio.page.reload()
    for number, style in enumerate(("Modern", "Rustic", "Coastal"), 1):
        expect(studio.slot(number)).to_contain_text(style)
