"""How soon the page of a studio is there, and how soon it shows what is done to it when there is much in it.

Every time is taken in turn with that of something bare, in the same Chromium: beside the first load, an answer
of the same function that the browser shows as one line of text; beside a key and a swap, that line's document
with nothing in it but a field, or as many buttons. Something is shown once the frame that follows is painted,
which is never much less than the sixtieth of a second that a frame takes; the work of the page's main thread
tells more, and is told apart.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.bench.figures import Benchmark, Figure, Goal, Say
from tests.bench.page_scripts import BARE_FIELD, BARE_THUMBNAILS, FIRST_LOAD, KEY, SWAP, shown
from tests.bench.speed_rounds import busy, side_by_side, told
from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.studio import StudioPage, imported, long_history, many_slots
from tests.support.service import Service

MOST_SCRIPT: Final = Goal("at most", 100_000)
SOON: Final = Goal("at most", 1_000)
PATIENCE_MILLISECONDS: Final = 60_000

_BARE_PAGE: Final = "times a line of text from the same server"


def page(say: Say) -> Iterator[Figure]:
    """Measure in a service and a Chromium of its own."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        service = Service(Path(folder, "data")).start()
        stack.callback(service.kill)
        chromium = stack.enter_context(sync_playwright()).chromium
        browser = chromium.launch(executable_path=CHROMIUM, args=QUIET)
        stack.callback(browser.close)
        yield from measured(say, service, browser)


def measured(
    say: Say, service: Service, browser: Browser, *, slots: int = 100, revisions: int = 2_000, rounds: int = 15
) -> Iterator[Figure]:
    """Measure the page of this service in this browser.

    Args:
        say: tells what is being measured.
        service: a studio is made in it for each measurement.
        browser: gets windows of its own.
        slots: of the studio in which keys are pressed.
        revisions: of the slot in which they are swapped.
        rounds: how many ratios are taken of each.
    """
    yield from _first_load(say, service, browser, rounds)
    yield from _key(say, service, browser, slots, rounds)
    yield from _swap(say, service, browser, revisions, rounds)


def _first_load(say: Say, service: Service, browser: Browser, rounds: int) -> Iterator[Figure]:
    say(f"first load; {busy()}")
    studio = f"{service.address}/acme-corp/scene-studio/first-load"
    loads: list[dict[str, float]] = []

    def painted(address: str, what: str) -> dict[str, float]:
        window = browser.new_context()  # with nothing kept of what was loaded before
        tab = window.new_page()
        tab.goto(address)
        tab.locator(what).wait_for()
        tab.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
        load: dict[str, float] = tab.evaluate(FIRST_LOAD)
        window.close()
        return load

    def ours() -> float:
        loads.append(painted(studio, ".new-slot"))
        return loads[-1]["painted"]

    def bare() -> float:
        return painted(f"{service.address}/api/health", "pre")["painted"]

    ours()  # the studio is made, and functions are imported
    loads.clear()
    ratio = side_by_side(ours, bare, rounds=rounds)
    name = "first load of a studio"
    quickest = min(loads, key=lambda load: load["modules"])  # in a slow one, parts have come that are for later
    yield Figure(name, quickest["sent"], "bytes of script", MOST_SCRIPT)
    yield Figure(name, quickest["modules"], "modules")
    name = "first contentful paint of a studio"
    yield Figure(name, median(load["painted"] for load in loads), "milliseconds", SOON)
    yield from told(name, ratio, _BARE_PAGE)


def _key(say: Say, service: Service, browser: Browser, slots: int, rounds: int) -> Iterator[Figure]:
    name = f"a key in a prompt, {slots} slots"
    say(f"{name}; {busy()}")
    tab = browser.new_page()
    client = imported(service, "key", many_slots(slots))
    studio = StudioPage(tab)
    tab.goto(f"{service.address}/{client}/scene-studio/key")
    studio.choose(1)
    expect(studio.panel.get_by_label("Prompt")).to_be_visible()
    bare = _bare_page(browser, service)
    bare.evaluate(BARE_FIELD)
    yield from _compared(name, tab, bare, KEY, "times the same in a bare field", rounds)
    tab.close()
    bare.close()


def _swap(say: Say, service: Service, browser: Browser, revisions: int, rounds: int) -> Iterator[Figure]:
    name = f"a swap among {revisions:,} thumbnails"
    say(f"{name}; {busy()}")
    tab = browser.new_page()
    client = imported(
        service, "swap", [long_history(revisions, f"{service.address}/scenes/living-room-modern.jpg")]
    )
    studio = StudioPage(tab)
    tab.goto(f"{service.address}/{client}/scene-studio/swap")
    studio.choose(1)
    studio.panel.get_by_role("tab", name=f"Revisions {revisions}").click()
    thumbnails = studio.panel.locator(".revision")
    known = 0
    while known < revisions:
        thumbnails.last.scroll_into_view_if_needed()
        expect(thumbnails.nth(known)).to_be_attached(timeout=PATIENCE_MILLISECONDS)
        known = thumbnails.count()
    thumbnails.first.scroll_into_view_if_needed()
    bare = _bare_page(browser, service)
    bare.evaluate(BARE_THUMBNAILS, revisions)
    yield from _compared(name, tab, bare, SWAP, "times the same among bare buttons", rounds)
    tab.close()
    bare.close()


def _bare_page(browser: Browser, service: Service) -> Page:
    tab = browser.new_page()
    tab.goto(f"{service.address}/api/health")
    return tab


def _compared(name: str, tab: Page, bare: Page, act: str, unit: str, rounds: int) -> Iterator[Figure]:
    ours, theirs = _Window(tab, act), _Window(bare, act)
    ratio = side_by_side(ours.worked, theirs.worked, rounds=rounds)
    mine = median(ours.shown)
    yield Figure(name, mine, "milliseconds until it is shown")
    yield Figure(name, mine / median(theirs.shown), unit)
    yield from told(f"{name}, work of the main thread", ratio, unit)


class _Window:
    """A window in which the same is done again and again.

    Attributes:
        shown: milliseconds until it was shown, one number for each time.
    """

    def __init__(self, tab: Page, act: str) -> None:
        self.shown: list[float] = []
        self._tab = tab
        self._act = act
        self._devtools = tab.context.new_cdp_session(tab)
        self._devtools.send("Performance.enable")

    def worked(self) -> float:
        """Do it ten times; gives the seconds for which the main thread was at work."""
        self._tab.bring_to_front()  # what is hidden is not painted
        before = self._at_work()
        self.shown += self._tab.evaluate(shown(self._act), 10)
        return self._at_work() - before

    def _at_work(self) -> float:
        metrics = self._devtools.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


BENCHMARK: Final[Benchmark] = page
