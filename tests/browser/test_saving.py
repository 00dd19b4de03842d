"""Nothing that was typed is lost: closed tabs, two people, a sleeping tab, a stopped server, no network."""

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.conftest import Open
from tests.browser.studio import StudioPage, eventually
from tests.browser.test_page import assert_accessible
from tests.support.service import ROOT, Service

CHAIR = "product-a"
WITHOUT_ANSWER = 31_000
"""Milliseconds after which a request that was never answered may be sent again."""


NETWORK = re.compile("net::ERR_(CONNECTION_REFUSED|INTERNET_DISCONNECTED|CONNECTION_RESET|EMPTY_RESPONSE)")


def settings(api: str, number: int = 1) -> dict[str, str]:
    found: dict[str, str] = httpx.get(api).json()["outputSlots"][number - 1]["settings"]
    return found


def forgive_network(complaints: list[str]) -> None:
    """What the browser itself logs of requests that could not be sent."""
    complaints[:] = [one for one in complaints if not NETWORK.search(one)]


def has_all_parts(studio: StudioPage) -> None:
    """See that all is there that can be opened, when nothing more can be loaded."""
    named = {path.name for path in (ROOT / "functions/web/static/views").glob("*.js")}
    ours = named - {"client-list.js", "guest-view.js", "studio-list.js"}  # of other pages
    studio.page.wait_for_function(
        """(names) => {
          const loaded = performance.getEntriesByType('resource').map((one) => one.name.split('/').at(-1));
          return names.every((name) => loaded.includes(name));
        }""",
        arg=sorted(ours),
    )


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Service]:
    """A service that a test may stop; started again, it has the address that it had."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    service = Service(tmp_path / "data", PORT=str(port)).start()
    yield service
    service.kill()


def test_a_tab_that_is_left_right_after_typing_has_saved_what_was_typed(
    tab: Open, windows: Callable[..., BrowserContext], api: str
) -> None:
    window = windows()
    studio = tab(window, slot_of=CHAIR)
    studio.panel.get_by_label("Prompt").fill("a cat on the chair")
    studio.page.goto("about:blank")
    eventually(lambda: settings(api)["promptText"] == "a cat on the chair")
    again = tab(window)
    again.choose(1)
    expect(again.panel.get_by_label("Prompt")).to_have_value("a cat on the chair")
    again.is_saved()


def test_two_tabs_that_change_different_settings_keep_both(tab: Open, api: str) -> None:
    mine = tab(slot_of=CHAIR)
    theirs = tab()
    theirs.choose(1)
    theirs.set("Lighting", "Golden Hour")
    theirs.is_saved()
    mine.set("Style", "Rustic")
    mine.shows("Lighting", "Golden Hour")
    mine.is_saved()
    assert settings(api).items() >= {"style": "Rustic", "lighting": "Golden Hour"}.items()


def test_what_two_people_changed_at_once_is_shown_and_one_click_takes_either_side(tab: Open, api: str) -> None:
    mine = tab(slot_of=CHAIR)
    theirs = tab()
    theirs.choose(1)
    theirs.set("Style", "Coastal")
    theirs.is_saved()
    mine.set("Style", "Rustic")
    mine.save_state("1 conflict")
    mine.page.get_by_role("button", name="1 conflict").click()
    dialog = mine.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Style")
    expect(dialog).to_contain_text("Rustic")
    expect(dialog).to_contain_text("Coastal")
    expect(dialog).to_contain_text("Before: Modern")
    assert_accessible(mine.page)
    dialog.get_by_role("button", name="Take theirs").click()
    expect(dialog).to_be_hidden()
    mine.shows("Style", "Coastal")
    mine.is_saved()
    assert settings(api)["style"] == "Coastal"


def test_what_somebody_is_typing_stays_when_a_change_of_others_comes_in(tab: Open, api: str) -> None:
    mine = tab(slot_of=CHAIR)
    theirs = tab()
    theirs.choose(1)
    theirs.set("Style", "Coastal")
    theirs.is_saved()
    prompt = mine.panel.get_by_label("Prompt")
    prompt.press_sequentially("morning light, ", delay=30)
    mine.shows("Style", "Coastal")
    prompt.press_sequentially("long shadows", delay=30)
    expect(prompt).to_have_value("morning light, long shadows")
    mine.is_saved()
    assert settings(api)["promptText"] == "morning light, long shadows"


def test_a_tab_that_was_asleep_while_another_worked_takes_that_in_before_it_saves(tab: Open, api: str) -> None:
    asleep = tab(slot_of=CHAIR)
    expect(asleep.panel.get_by_text("1 picture, free")).to_be_visible()  # of what is saved, so it saves
    asleep.page.clock.install()
    asleep.page.clock.pause_at(asleep.page.evaluate("Date.now() + 1000"))
    asleep.panel.get_by_label("Prompt").fill("typed before it fell asleep")
    other = tab()
    other.choose(1)
    other.set("Style", "Industrial")
    other.is_saved()
    asleep.page.clock.fast_forward("01:00:00")
    asleep.page.clock.resume()
    asleep.is_saved()
    asleep.shows("Style", "Industrial")
    assert settings(api).items() >= {"style": "Industrial", "promptText": "typed before it fell asleep"}.items()


def test_a_server_that_stops_in_mid_save_loses_nothing_and_what_is_typed_meanwhile_is_saved_once_it_is_back(
    tab: Open, own_service: Service, studio_id: str, complaints: list[str]
) -> None:
    studio = tab(address=own_service.address, slot_of=CHAIR)
    has_all_parts(studio)
    studio.page.clock.install()

    def stop(route: Route) -> None:
        if route.request.method != "PATCH":
            return route.continue_()
        route.fetch()  # it is saved, and nobody hears of it
        own_service.kill()
        return route.abort("connectionreset")

    studio.page.route("**/api/**", stop)
    studio.set("Style", "Rustic")
    studio.save_state("Offline")
    studio.page.unroute_all()
    studio.set("Lighting", "Evening")
    studio.panel.get_by_label("Prompt").fill("while nobody listened")
    own_service.start()
    studio.page.clock.fast_forward(WITHOUT_ANSWER)
    studio.is_saved()
    forgive_network(complaints)
    found = settings(f"{own_service.address}/api/clients/acme-corp/scene-studio/{studio_id}")
    wanted = {"style": "Rustic", "lighting": "Evening", "promptText": "while nobody listened"}
    assert found.items() >= wanted.items()


def test_edits_made_offline_survive_a_closed_tab_and_are_sent_when_it_is_opened_again(
    tab: Open, windows: Callable[..., BrowserContext], api: str, complaints: list[str]
) -> None:
    window = windows()
    studio = tab(window, slot_of=CHAIR)
    window.set_offline(True)
    studio.set("Style", "Scandinavian")
    studio.save_state("Offline")
    studio.page.close()
    assert settings(api)["style"] == "Modern"
    window.set_offline(False)
    again = tab(window)
    again.choose(1)
    again.shows("Style", "Scandinavian")
    again.is_saved()
    forgive_network(complaints)
    assert settings(api)["style"] == "Scandinavian"


def test_going_offline_is_said_and_coming_back_saves(
    tab: Open, windows: Callable[..., BrowserContext], api: str, complaints: list[str]
) -> None:
    window = windows()
    studio = tab(window, slot_of=CHAIR)
    has_all_parts(studio)
    window.set_offline(True)
    studio.set("Style", "Minimalist")
    studio.save_state("Offline")
    studio.shows("Style", "Minimalist")
    studio.slots.first.press("?")  # what is opened for the first time is there without a network
    expect(studio.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    studio.page.keyboard.press("Escape")
    window.set_offline(False)
    studio.is_saved()
    forgive_network(complaints)
    assert settings(api)["style"] == "Minimalist"


def test_a_change_is_taken_back_with_one_key(tab: Open, api: str) -> None:
    studio = tab(slot_of=CHAIR)
    studio.set("Style", "Rustic")
    studio.is_saved()
    studio.slots.first.press("Control+z")
    studio.shows("Style", "Modern")
    studio.is_saved()
    assert settings(api)["style"] == "Modern"


def test_a_deleted_slot_comes_back_with_undo(tab: Open, api: str) -> None:
    studio = tab(slot_of=CHAIR)
    studio.slots.first.press("Delete")
    expect(studio.slots).to_have_count(0)
    studio.is_saved()
    studio.page.get_by_role("button", name="Undo", exact=True).click()
    expect(studio.slots.first).to_have_accessible_name("Slot 1: Oak Chair")
    studio.is_saved()
    assert [slot["productIds"] for slot in httpx.get(api).json()["outputSlots"]] == [["product-a"]]


def test_an_old_version_is_looked_at_restored_and_the_restore_taken_back(tab: Open, api: str) -> None:
    studio = tab(slot_of=CHAIR)
    page = studio.page
    studio.set("Style", "Rustic")
    studio.is_saved()
    studio.add_slot_of("Ceramic Vase")
    page.get_by_role("button", name="History").click()
    history = page.get_by_role("dialog", name="History")
    expect(history.get_by_text("Slot 1: style changed from Modern to Rustic")).to_be_visible()
    entry = history.get_by_role("listitem").filter(has_text="Slot 1: style changed from Modern to Rustic")
    entry.get_by_role("button", name="Look").click()
    expect(page.get_by_text("as it was on")).to_be_visible()
    expect(studio.slots).to_have_count(1)
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_text("The studio is as it was on")).to_be_visible()
    expect(studio.slots).to_have_count(1)
    assert len(httpx.get(api).json()["outputSlots"]) == 1
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(studio.slots).to_have_count(2)
    studio.is_saved()
    assert len(httpx.get(api).json()["outputSlots"]) == 2
