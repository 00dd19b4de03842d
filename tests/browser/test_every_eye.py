"""What is chosen, focused and named is seen as people read it: in their colours and scripts, without motion."""

from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import Open
from tests.browser.studio import imported, long_history
from tests.support.service import Service

ARABIC = "كرسي من خشب البلوط بذراعين وظهر مرتفع ومقعد منسوج يدويا"

FIRST_LETTER_IS_SEEN = """(element) => {
  const letter = document.createRange();
  letter.setStart(element.firstChild, 0);
  letter.setEnd(element.firstChild, 1);
  const [at, box] = [letter.getBoundingClientRect(), element.getBoundingClientRect()];
  return element.scrollWidth > element.clientWidth && at.left >= box.left && at.right <= box.right;
}"""


def outline(element: Locator) -> str:
    style: str = element.evaluate("(element) => getComputedStyle(element).outlineStyle")
    return style


def paint(element: Locator) -> str:
    color: str = element.evaluate("(element) => getComputedStyle(element).backgroundColor")
    return color


def test_what_is_chosen_and_focused_is_seen_in_forced_colours(
    tab: Open, service: Service, studio_id: str
) -> None:
    picture = f"{service.address}/scenes/living-room-modern.jpg"
    slots = [long_history(2, picture), {"id": "slot-2", "productIds": []}]
    studio = tab(client=imported(service, studio_id, slots), forced_colors="active")
    studio.choose(1)
    assert [outline(studio.slot(number)) for number in (1, 2)] == ["solid", "none"]
    assert outline(studio.page.locator(".thing .thing-picture")) == "solid"
    chips = studio.panel.locator(".chip").filter(has_text=":")
    assert paint(chips.filter(has_text="1:1").first) != paint(chips.filter(has_text="4:5").first)
    tabs = studio.panel.get_by_role("tab")
    lines = tabs.evaluate_all("(all) => all.map((one) => getComputedStyle(one).borderBottomColor)")
    assert len(set(lines)) == 2
    studio.page.get_by_role("button", name="More about slot 1").press("Enter")
    item = studio.page.get_by_role("menuitem", name="Open")
    expect(item).to_be_focused()
    assert outline(item) == "solid"
    studio.page.keyboard.press("Escape")
    tabs.last.click()
    studio.panel.get_by_role("button", name="Revision of").last.click()
    faces = studio.panel.locator(".revision-face")
    expect(faces.last).to_have_attribute("aria-pressed", "true")
    assert [outline(face) for face in faces.all()] == ["none", "solid"]


def test_a_long_name_that_is_read_from_the_right_begins_with_its_first_letter(
    tab: Open, service: Service, studio_id: str
) -> None:
    client = imported(service, studio_id, [], name=ARABIC)
    studio = tab(client=client)
    title = studio.page.locator("h1")
    expect(title).to_have_text(ARABIC)
    title.evaluate("(element) => element.style.width = '8rem'")
    assert title.evaluate(FIRST_LETTER_IS_SEEN)


def test_who_asks_for_less_motion_sees_none(tab: Open) -> None:
    studio = tab(slot_of="product-a", reduced_motion="reduce")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    studio.page.route("**/generate", hold)
    studio.execute()
    expect(studio.page.get_by_role("progressbar", name="Asking for a picture")).to_be_visible()
    moving = "() => document.getAnimations().length"
    assert studio.page.evaluate(moving) == 0
    studio.page.emulate_media(reduced_motion="no-preference")
    assert studio.page.evaluate(moving) > 0
    held.pop().abort("aborted")
