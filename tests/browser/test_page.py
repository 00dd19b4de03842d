"""The page as a whole: by keyboard alone, for everybody, quick to load, and quick when there is much in it."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.conftest import Open
from tests.browser.studio import MAKING_SECONDS, imported, long_history, many_slots
from tests.support.service import Service

MOST_SCRIPT = 100_000
MANY_SLOTS = 100
MANY_REVISIONS = 2_000


def assert_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in {"serious", "critical"}]
    told = [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in serious]
    assert told == []


def requests_of(page: Page) -> list[Request]:
    """All that the page asks for from now on."""
    asked: list[Request] = []

    def heard(request: Request) -> None:
        asked.append(request)

    page.on("request", heard)
    return asked


def changing(act: str, within: str) -> str:
    """A function of the page that does something, and gives the elements in a part of it that it changed."""
    return f"""async () => {{
      const touched = new Set();
      const watch = new MutationObserver((records) => records.forEach((one) => touched.add(one.target)));
      const all = {{ subtree: true, childList: true, attributes: true, characterData: true }};
      watch.observe(document.querySelector('{within}'), all);
      ({act})();
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      watch.disconnect();
      const elements = [...touched].map((one) => (one.nodeType === Node.TEXT_NODE ? one.parentNode : one));
      return [...new Set(elements)].map((one) => one.getAttribute('class') ?? one.localName).sort();
    }}"""


def test_a_picture_is_made_with_the_keyboard_alone(tab: Open) -> None:
    studio = tab()
    page, keys = studio.page, studio.page.keyboard
    expect(studio.product("Oak Chair")).to_be_visible()
    keys.press("p")
    expect(studio.product("Oak Chair")).to_be_focused()
    keys.press("Enter")
    expect(studio.slots).to_have_count(1)
    keys.press("n")
    expect(studio.slots).to_have_count(2)
    keys.press("p")
    keys.press("Tab")
    keys.press("Tab")
    expect(studio.product("Ceramic Vase")).to_be_focused()
    keys.press("Enter")
    expect(studio.slots.last).to_have_accessible_name("Slot 2: Ceramic Vase")
    keys.press("e")
    expect(page.get_by_role("img", name="The picture of slot 2")).to_be_visible(timeout=MAKING_SECONDS * 1000)

    studio.slots.last.focus()
    keys.press("ArrowLeft")
    expect(studio.slots.first).to_be_focused()
    expect(studio.slots.first).to_have_attribute("aria-pressed", "true")
    keys.press("ArrowRight")
    keys.press("f")
    expect(studio.slot(2).get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    keys.press("Alt+ArrowLeft")
    expect(studio.slots.first).to_have_accessible_name("Slot 1: Ceramic Vase")
    keys.press("Enter")
    viewer = page.get_by_role("dialog", name="Slot 1: Ceramic Vase")
    expect(viewer).to_be_visible()
    keys.press("Escape")
    expect(viewer).to_be_hidden()
    expect(studio.slots.first).to_be_focused()
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    keys.press("Escape")
    studio.is_saved()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_there_is_nothing_that_keeps_anybody_out(tab: Open, scheme: str) -> None:
    studio = tab(color_scheme=scheme)
    page = studio.page
    expect(studio.product("Oak Chair")).to_be_visible()
    assert_accessible(page)
    studio.add_slot_of("Oak Chair")
    studio.execute()
    studio.has_revisions(1)
    studio.panel.get_by_text("More settings").click()
    assert_accessible(page)
    page.locator(".library").get_by_role("tab", name="Scenes").click()
    studio.panel.get_by_role("tab", name="Revisions").click()
    expect(page.get_by_text("From stock")).to_be_visible()
    assert_accessible(page)
    for opening, name in (("Enter", "Slot 1: Oak Chair"), ("h", "History"), ("?", "Keyboard shortcuts")):
        studio.slots.first.press(opening)
        dialog = page.get_by_role("dialog", name=name)
        expect(dialog).to_be_visible()
        assert_accessible(page)
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()


def test_the_lists_of_clients_and_studios_keep_nobody_out_and_lead_to_a_studio(
    tab: Open, service: Service, studio_id: str
) -> None:
    client = imported(service, studio_id, [])
    studio = tab(client=client)
    page = studio.page
    expect(page.get_by_role("heading", name="Summer")).to_be_visible()
    page.get_by_role("link", name="Consolidated Furniture").click()
    expect(page.get_by_role("link", name="Summer")).to_be_visible()
    assert_accessible(page)
    page.goto(f"{service.address}/")
    expect(page.get_by_role("link", name="ACME Corporation")).to_be_visible()
    assert_accessible(page)
    page.locator(f"a[href='/{client}/scene-studio']").click()
    page.get_by_role("link", name="Summer").click()
    expect(page.get_by_role("heading", name="Summer")).to_be_visible()


def test_the_first_load_takes_under_100_kb_of_script_and_asks_for_the_studio_once_that_is_there(
    tab: Open, windows: Callable[..., BrowserContext], service: Service, studio_id: str
) -> None:
    tab().is_saved()
    page = windows().new_page()
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()"))
    asked = requests_of(page)
    page.goto(f"{service.address}/acme-corp/scene-studio/{studio_id}")
    expect(page.get_by_role("heading", name="Main Studio")).to_be_visible()
    page.clock.run_for(1000)  # those parts come that are shown, and no others
    expect(page.get_by_text("No slot chosen")).to_be_visible()

    scripts = [one for one in asked if one.resource_type == "script"]
    assert len(scripts) > 20
    assert 0 < sum(one.sizes()["responseBodySize"] for one in scripts) < MOST_SCRIPT
    paths = [one.url.removeprefix(service.address) for one in asked]
    first = next(number for number, path in enumerate(paths) if path.startswith("/api/"))
    links = page.locator("link[rel=modulepreload], script[src]")
    named = links.evaluate_all("(all) => all.map((one) => one.getAttribute('href') ?? one.getAttribute('src'))")
    needed = {one.url.removeprefix(service.address) for one in asked[:first] if one in scripts}
    assert needed <= set(named)  # or some would be asked for only once others are there
    assert sorted(paths[first : first + 3]) == [
        "/api/clients/acme-corp",
        f"/api/clients/acme-corp/scene-studio/{studio_id}",
        "/api/scenes",
    ]


def test_a_key_changes_none_of_a_hundred_slots_and_twenty_keys_are_one_save(
    tab: Open, service: Service, studio_id: str
) -> None:
    studio = tab(client=imported(service, studio_id, many_slots(MANY_SLOTS)))
    expect(studio.slots).to_have_count(MANY_SLOTS)
    studio.choose(1)
    prompt = studio.panel.get_by_label("Prompt")
    prompt.press_sequentially("one ")
    studio.is_saved()
    key = """() => {
      const field = document.querySelector('.slot-pane textarea');
      field.value += 'x';
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }"""
    assert studio.page.evaluate(changing(key, ".slots")) == []
    studio.is_saved()
    asked = requests_of(studio.page)
    studio.page.clock.install()
    studio.page.clock.pause_at(studio.page.evaluate("Date.now() + 1000"))
    prompt.press_sequentially(20 * "y")
    studio.page.clock.run_for(2000)
    studio.is_saved()
    studio.page.clock.resume()
    assert [one.method for one in asked if one.method != "GET"] == ["PATCH"]
    expect(prompt).to_have_value("one x" + 20 * "y")
    studio.slots.first.press("End")
    expect(studio.slots.last).to_be_in_viewport()


def test_two_thousand_revisions_are_paged_through_as_one_scrolls_and_a_swap_touches_two_of_them(
    tab: Open, service: Service, studio_id: str
) -> None:
    url = "https://pictures.invalid/none.jpg"
    client = imported(service, studio_id, [long_history(MANY_REVISIONS, url)])
    studio = tab(client=client)
    studio.page.route(f"{url}*", lambda route: route.fulfill(content_type="image/svg+xml", body="<svg/>"))
    studio.choose(1)
    studio.panel.get_by_role("tab", name=f"Revisions {MANY_REVISIONS}").click()
    revisions = studio.panel.get_by_role("button", name="Revision of")
    shown = 0
    while shown < 400:
        revisions.last.scroll_into_view_if_needed()
        expect(revisions.nth(shown)).to_be_attached()
        expect(revisions).not_to_have_count(shown)
        shown = revisions.count()
    assert shown < MANY_REVISIONS
    revisions.nth(1).click()
    touched = studio.page.evaluate(
        changing("() => document.querySelectorAll('.revision-face')[2].click()", ".revisions")
    )
    assert (touched.count("revision"), touched.count("revision-face")) == (2, 2)
