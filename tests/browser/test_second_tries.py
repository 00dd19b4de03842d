"""What fails or is not meant is told and taken back: tried again it goes on as if it had not failed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open
from tests.browser.studio import imported, long_history, many_slots
from tests.browser.test_saving import WITHOUT_ANSWER
from tests.support.service import Service

CHAIR = "product-a"
UNREACHABLE = "The service cannot be reached at the moment."
REVISIONS = 100

DROPPED = """(element) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(['x'], 'chair.png', { type: 'image/png' }));
  return ['dragover', 'drop'].map((name) => {
    const event = new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer });
    element.dispatchEvent(event);
    return event.defaultPrevented;
  });
}"""
"""Drops a file; gives whether the page keeps the browser from opening it in the place of the page."""


@contextmanager
def unreachable(page: Page, path: str, complaints: list[str]) -> Iterator[None]:
    """Have requests for these addresses fail; the browser itself logs that they do."""
    address = re.compile(path)
    page.route(address, lambda route: route.abort())
    yield
    page.unroute(address)
    complaints[:] = [one for one in complaints if "net::ERR_FAILED" not in one]


def test_a_guest_link_that_could_not_be_made_is_shown_once_it_is(tab: Open, complaints: list[str]) -> None:
    page = tab(slot_of=CHAIR).page
    page.clock.install()
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share")
    expect(dialog.get_by_role("button", name="Make a link")).to_be_visible()
    page.wait_for_load_state("networkidle")
    with unreachable(page, "/shares$", complaints):
        dialog.get_by_role("button", name="Make a link").click()
        expect(dialog.get_by_text(UNREACHABLE).first).to_be_visible()
    dialog.get_by_role("button", name="Try again").click()
    page.clock.fast_forward(WITHOUT_ANSWER)
    expect(dialog.get_by_label("Link for the guest")).to_have_value(re.compile("/shared/.+#.+"))
    expect(dialog.get_by_role("button", name="Withdraw")).to_be_visible()


def test_what_is_waited_for_is_said_until_it_is_answered(tab: Open) -> None:
    page = tab(slot_of=CHAIR).page
    dialog = page.get_by_role("dialog", name="Share")
    waits = page.get_by_role("status").get_by_text("Waiting for the service…")
    page.get_by_role("button", name="Share").click()
    expect(dialog.get_by_role("button", name="Make a link")).to_be_visible()
    page.wait_for_load_state("networkidle")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile("/shares$"), hold)
    dialog.get_by_role("button", name="Make a link").click()
    expect(waits).to_be_visible()
    held.pop().continue_()
    expect(dialog.get_by_label("Link for the guest")).to_be_visible()
    expect(waits).to_be_hidden()


def test_older_revisions_that_could_not_be_read_are_asked_for_again(
    tab: Open, service: Service, studio_id: str, complaints: list[str]
) -> None:
    picture = f"{service.address}/scenes/living-room-modern.jpg"
    studio = tab(client=imported(service, studio_id, [long_history(REVISIONS, picture)]))
    studio.choose(1)
    with unreachable(studio.page, "/history[?]", complaints):
        studio.panel.get_by_role("tab", name=f"Revisions {REVISIONS}").click()
        revisions = studio.panel.get_by_role("button", name="Revision of")
        revisions.last.scroll_into_view_if_needed()
        expect(studio.panel.get_by_text(UNREACHABLE)).to_be_visible()
    studio.panel.get_by_role("button", name="Try again").click()
    expect(revisions).to_have_count(60)
    revisions.last.scroll_into_view_if_needed()
    expect(revisions).to_have_count(REVISIONS)


def test_a_history_that_cannot_be_read_does_not_look_like_an_empty_one(
    tab: Open, complaints: list[str]
) -> None:
    page = tab(slot_of=CHAIR).page
    dialog = page.get_by_role("dialog", name="History")
    with unreachable(page, "/versions[?]", complaints):
        page.get_by_role("button", name="History").click()
        expect(dialog.get_by_text(UNREACHABLE).first).to_be_visible()
        expect(dialog.get_by_text("No versions")).to_be_hidden()
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog.get_by_text("The oldest version that is kept")).to_be_visible()


def test_a_file_that_is_dropped_beside_its_place_does_not_take_the_place_of_the_page(tab: Open) -> None:
    studio = tab(slot_of=CHAIR)
    for place in (studio.page.locator("main"), studio.page.locator(".top"), studio.panel):
        assert place.evaluate(DROPPED) == [True, True]
    studio.page.get_by_role("button", name="New product").click()
    assert studio.page.locator("input[type=file]").evaluate(DROPPED) == [False, False]


def test_escape_leaves_a_setting_as_it_was_and_the_keyboard_stays_where_it_is(tab: Open) -> None:
    studio = tab(slot_of=CHAIR)
    style = studio.panel.get_by_label("Style", exact=True)
    style.select_option(label="Other…")
    style.fill("Brutalist")
    style.press("Escape")
    studio.shows("Style", "Modern")
    expect(style).to_be_focused()
    style.select_option(label="Other…")
    style.fill("Brutalist")
    style.press("Enter")
    studio.shows("Style", "Brutalist")
    expect(style).to_be_focused()


def test_who_renamed_a_product_by_keyboard_is_still_at_that_product(tab: Open) -> None:
    studio = tab()
    more = studio.page.get_by_role("button", name="More about Oak Chair")
    name = studio.page.get_by_label("Name of the product")
    for key in ("Escape", "Enter"):
        more.press("Enter")
        studio.page.get_by_role("menuitem", name="Rename").press("Enter")
        name.press(key)
        expect(name).to_be_hidden()
        expect(more).to_be_focused()


def test_a_studio_that_is_full_says_so_before_there_is_a_slot_that_cannot_be_saved(
    tab: Open, service: Service, studio_id: str
) -> None:
    studio = tab(client=imported(service, studio_id, many_slots(100)))
    expect(studio.slots).to_have_count(100)
    studio.page.get_by_role("button", name="New slot", exact=True).click()
    expect(studio.page.get_by_text("A studio has at most 100 slots. Delete one first")).to_be_visible()
    expect(studio.slots).to_have_count(100)
    studio.choose(1)
    studio.set("Style", "Rustic")
    studio.is_saved()
