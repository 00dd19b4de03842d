"""One service and one Chromium for all tests of the page; each test has a window and a studio of its own."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, expect, sync_playwright

from tests.browser.studio import StudioPage, put_slot
from tests.support.service import Service

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FIRST_VISIT = re.compile(r"status of 404 .*/api/clients/[\w-]+/scene-studio/[\w-]+$")
"""A browser itself logs this answer, by which the page learns that there is no such studio yet."""

PATIENCE = 20
"""How many seconds the page has for what is expected of it: a busy machine takes several."""

Open = Callable[..., StudioPage]


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("browser") / "data").start()
    yield service
    service.kill()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:  # of this package alone: Playwright holds the thread with an event loop
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console has against the page."""
    return []


@pytest.fixture
def windows(chromium: Browser, complaints: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """Makes windows that share nothing with one another, as those of two people; all are closed at the end.

    A test fails if the console of one of them complains of anything.
    """
    made: list[BrowserContext] = []

    def heard(message: ConsoleMessage) -> None:
        said = f"{message.text} {message.location['url']}"
        if message.type in {"error", "warning"} and not FIRST_VISIT.search(said):
            complaints.append(said)

    def window(**how: object) -> BrowserContext:
        context = chromium.new_context(**how)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        context.on("console", heard)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        made.append(context)
        return context

    yield window
    for context in made:
        context.close()
    assert complaints == []


@pytest.fixture
def studio_id(request: pytest.FixtureRequest) -> str:
    return re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower())[:50].strip("-")


@pytest.fixture
def tab(service: Service, windows: Callable[..., BrowserContext], studio_id: str) -> Open:
    """Opens the test's studio in a tab; with `slot_of`, it has one slot of that product, which is chosen."""

    def opened(
        window: BrowserContext | None = None,
        *,
        address: str = "",
        client: str = "acme-corp",
        slot_of: str = "",
        **how: object,
    ) -> StudioPage:
        if slot_of:
            put_slot(f"{address or service.address}/api/clients/{client}/scene-studio/{studio_id}", slot_of)
        studio = StudioPage((window or windows(**how)).new_page())
        studio.page.goto(f"{address or service.address}/{client}/scene-studio/{studio_id}")
        if slot_of:
            studio.choose(1)
            expect(studio.panel.get_by_label("Prompt")).to_be_visible()
        return studio

    return opened


@pytest.fixture
def api(service: Service, studio_id: str) -> str:
    """The address of the test's studio in the API."""
    return f"{service.address}/api/clients/acme-corp/scene-studio/{studio_id}"


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    return tmp_path / "downloads"
