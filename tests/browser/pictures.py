"""Take the README's pictures of the page, of a studio that is filled for them.

`python -m tests.browser.pictures folder`, or `make page-pictures`.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.studio import StudioPage
from tests.support.service import Service

_LAPTOP: Final = {"width": 1440, "height": 900}
_PHONE: Final = {"width": 390, "height": 760}
_MADE: Final = 180
_BOTH: Final = ["product-a", "product-b"]
_VASE: Final = ["product-b"]
_CHAIR: Final = ["product-a"]

SLOTS: Final = (
    (_BOTH, {"roomType": "Living Room", "style": "Modern", "props": ["Plants", "Books"]}),
    (_BOTH, {"roomType": "Patio", "style": "Coastal", "lighting": "Golden Hour", "props": ["Plants"]}),
    (_VASE, {"roomType": "Kitchen", "style": "Rustic", "colorScheme": "Earth Tones"}),
    (_CHAIR, {"roomType": "Office", "style": "Industrial", "lighting": "Dramatic"}),
    (_BOTH, {"roomType": "Bedroom", "style": "Scandinavian", "colorScheme": "Pastels"}),
    (_VASE, {"roomType": "Bathroom", "style": "Minimalist", "lighting": "Soft Studio"}),
)
"""The products and settings of each slot."""


def fill(api: str) -> None:
    """Make the studio with its slots, and a picture of each; of the first, a second one in another look."""
    studio = f"{api}/scene-studio/summer"
    with httpx.Client(timeout=60) as client:
        client.put(studio, headers={"if-none-match": "*"}, json={"name": "Summer Campaign"}).raise_for_status()
        for number, (products, settings) in enumerate(SLOTS, 1):
            slot = {"id": f"slot-{number}", "productIds": products, "settings": settings}
            client.post(f"{studio}/slots", json=slot).raise_for_status()
            _execute(client, studio, f"slot-{number}")
        changed = {"settings": {"style": "Industrial", "lighting": "Golden Hour"}}
        client.patch(f"{studio}/slots/slot-1", json=changed).raise_for_status()
        newest = _execute(client, studio, "slot-1")
        client.patch(f"{studio}/slots/slot-1", json={"favorites": [newest]}).raise_for_status()


def _execute(client: httpx.Client, studio: str, slot_id: str) -> str:
    made = client.post(f"{studio}/generate", json={"slotId": slot_id})
    made.raise_for_status()
    for _ in range(_MADE):
        images = made.json()["images"]
        if images:
            return str(images[0]["id"])
        made = client.get(made.headers["location"])
        made.raise_for_status()
    raise RuntimeError(f"no picture of {slot_id} was made")


@contextmanager
def window(browser: Browser, address: str, size: dict[str, int], **how: object) -> Iterator[StudioPage]:
    """A window of this size that shows the studio with all its pictures."""
    context = browser.new_context(viewport=size, **how)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/acme-corp/scene-studio/summer")
    expect(page.locator(".stage")).to_have_count(len(SLOTS))
    yield StudioPage(page)
    context.close()


def shot(page: Page) -> Image.Image:
    """The window as it is, once all its pictures are there."""
    page.wait_for_load_state("networkidle")
    page.evaluate(
        """() => Promise.all([...document.images]
          .filter((one) => one.checkVisibility() && one.getBoundingClientRect().top < innerHeight)
          .map((one) => one.decode()))"""
    )
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def keep(picture: Image.Image, path: Path) -> None:
    """Store a picture as the README shows it."""
    picture.save(path, "JPEG", quality=86, optimize=True)


def take(browser: Browser, address: str, folder: Path) -> None:
    """Take all pictures."""
    with window(browser, address, _LAPTOP) as studio:
        studio.choose(1)
        keep(shot(studio.page), folder / "page-studio.jpg")
    with window(browser, address, _LAPTOP, color_scheme="dark") as studio:
        studio.choose(1)
        studio.slots.first.press("c")
        expect(studio.page.get_by_role("row", name="Style")).to_be_visible()
        keep(shot(studio.page), folder / "page-compare.jpg")
    with window(browser, address, _LAPTOP) as mine, window(browser, address, _LAPTOP) as theirs:
        theirs.choose(2)
        theirs.set("Style", "Mid-Century")
        theirs.is_saved()
        mine.choose(2)
        mine.set("Style", "Rustic")
        mine.page.get_by_role("button", name="1 conflict").click()
        expect(mine.page.get_by_role("button", name="Take theirs")).to_be_visible()
        keep(shot(mine.page), folder / "page-conflict.jpg")
        mine.page.get_by_role("button", name="Take theirs").click()
        mine.is_saved()
    phone: dict[str, object] = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2}
    with window(browser, address, _PHONE, **phone) as studio:
        page = studio.page
        sheet = [shot(page)]
        studio.choose(1)
        for pane in ("Settings", "Library"):
            page.get_by_role("navigation", name="Panes").get_by_role("button", name=pane).click()
            sheet.append(shot(page))
        page.get_by_role("navigation", name="Panes").get_by_role("button", name="Slots").click()
        page.get_by_role("button", name="2 revisions").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        sheet.append(shot(page))
        keep(_side_by_side(sheet), folder / "page-phone.jpg")


def _side_by_side(pictures: list[Image.Image], gap: int = 24) -> Image.Image:
    width = sum(one.width for one in pictures) + gap * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, pictures[0].height), "white")
    left = 0
    for one in pictures:
        sheet.paste(one, (left, 0))
        left += one.width + gap
    return sheet.resize((sheet.width // 2, sheet.height // 2), Image.Resampling.LANCZOS)


def main(folder: Path) -> None:
    """Start a service, fill a studio, and take the pictures."""
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        service = Service(Path(data) / "data").start()
        try:
            fill(f"{service.address}/api/clients/acme-corp")
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            take(browser, service.address, folder)
            browser.close()
        finally:
            service.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
