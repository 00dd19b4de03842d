"""The page as the tests use it: by what a person sees, never by what it is made of."""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.support.service import Service

MAKING_SECONDS = 60
"""How long pictures may take on a busy machine."""


@dataclass(frozen=True)
class StudioPage:
    """A tab that shows a studio."""

    page: Page

    @property
    def panel(self) -> Locator:
        """The settings and revisions of the slot that is chosen."""
        return self.page.locator("aside.slot-pane")

    @property
    def slots(self) -> Locator:
        """The slots' pictures, which are buttons that choose them."""
        return self.page.locator(".stage")

    def slot(self, number: int) -> Locator:
        """The whole card of a slot."""
        return self.page.locator("li.slot").nth(number - 1)

    def product(self, name: str) -> Locator:
        """A product of the library."""
        return self.page.locator(".library").get_by_role("button", name=f"Add {name}")

    def add_slot_of(self, product: str) -> None:
        """Make a slot with a product in it."""
        before = self.slots.count()
        self.page.get_by_role("button", name="New slot", exact=True).click()
        expect(self.slots).to_have_count(before + 1)
        self.product(product).click()
        self.is_saved()

    def choose(self, number: int) -> None:
        """Choose a slot."""
        self.slots.nth(number - 1).click()

    def set(self, setting: str, value: str) -> None:
        """Choose one of what is suggested for a setting of the chosen slot."""
        self.panel.get_by_label(setting, exact=True).select_option(value)

    def shows(self, setting: str, value: str) -> None:
        """See that a setting of the chosen slot has this value."""
        expect(self.panel.get_by_label(setting, exact=True)).to_have_value(value)

    def execute(self, count: int = 1) -> None:
        """Execute the chosen slot, and see how many revisions it has in the end."""
        for _ in range(count - 1):
            self.panel.get_by_role("button", name="More").click()
        self.panel.get_by_role("button", name="Execute").click()

    def has_revisions(self, count: int) -> None:
        """See that the chosen slot has so many revisions, once all pictures are there."""
        tab = self.panel.get_by_role("tab", name=f"Revisions {count}", exact=False)
        expect(tab).to_be_visible(timeout=MAKING_SECONDS * 1000)

    def save_state(self, words: str) -> None:
        """See what the save state says."""
        expect(self.page.locator(".save-state")).to_contain_text(words)

    def is_saved(self) -> None:
        """See that everything is saved."""
        self.save_state("Saved")


def eventually(is_so: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for what no page shows, such as what a page that is gone has saved."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not become so"
        time.sleep(0.05)


def put_slot(api: str, product_id: str) -> None:
    """Make the studio at this address of the API, with a slot: quicker than by the page."""
    httpx.put(api, headers={"if-none-match": "*"}, json={}).raise_for_status()
    httpx.post(f"{api}/slots", json={"id": "slot-1", "productIds": [product_id]}).raise_for_status()


def picture(color: str) -> str:
    file = BytesIO()
    Image.new("RGB", (64, 64), color).save(file, "JPEG")
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


def imported(service: Service, studio_id: str, slots: list[dict[str, Any]], name: str = "Summer") -> str:
    """Bring in a client of this test's own with a studio of these slots, and give its id."""
    client = {
        "id": f"client-{studio_id}"[:60].strip("-"),
        "name": "Consolidated Furniture Manufactories of the Upper Rhine",
        "products": [{"id": "product-1", "name": "Handwoven Lounge Armchair", "imageUrl": picture("tan")}],
        "clientSessions": [],
        "sceneStudios": [{"id": studio_id, "name": name, "outputSlots": slots}],
    }
    answer = httpx.post(f"{service.address}/api/clients/{client['id']}/import", json=client, timeout=60)
    assert answer.status_code == 200, answer.text
    return str(client["id"])


def many_slots(count: int) -> list[dict[str, Any]]:
    """So many slots to import, each with the product in it."""
    return [{"id": f"slot-{number}", "productIds": ["product-1"]} for number in range(1, count + 1)]


def long_history(count: int, url: str) -> dict[str, Any]:
    """A slot to import, with so many revisions that show one picture, the newest first."""
    history = [
        {
            "id": f"image-{number}",
            "url": f"{url}?{number}",
            "timestamp": 1_760_000_000_000 + number * 60_000,
            "productIds": ["product-1"],
            "productNames": ["Armchair"],
            "settings": {"style": "Modern"},
        }
        for number in range(count, 0, -1)
    ]
    return {"id": "slot-1", "productIds": ["product-1"], "history": history}
