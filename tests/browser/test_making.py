"""Pictures in the making, by models that take their time, cost money and refuse some: Bedrock's on loopback."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.studio import MAKING_SECONDS, StudioPage
from tests.browser.test_page import assert_accessible
from tests.support.loopback_bedrock import Fault, LoopbackBedrock
from tests.support.service import Service


@pytest.fixture(scope="module")
def models() -> Iterator[LoopbackBedrock]:
    with LoopbackBedrock().running() as bedrock:
        yield bedrock


@pytest.fixture(scope="module")
def paid_service(tmp_path_factory: pytest.TempPathFactory, models: LoopbackBedrock) -> Iterator[Service]:
    """A service whose pictures are made elsewhere, and paid for."""
    service = Service(
        tmp_path_factory.mktemp("making") / "data",
        SCENE_STUDIO_IMAGE_MODEL="bedrock-core",
        AWS_ENDPOINT_URL=models.endpoint,
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
    ).start()
    yield service
    service.kill()


@pytest.fixture
def bedrock(models: LoopbackBedrock) -> Iterator[LoopbackBedrock]:
    models.reset()
    yield models
    models.release()


@pytest.fixture
def studio(tab: Open, paid_service: Service, bedrock: LoopbackBedrock) -> StudioPage:
    return tab(address=paid_service.address, slot_of="product-a")


def test_a_picture_that_is_refused_says_why_and_is_dismissed_or_asked_for_again(
    studio: StudioPage, bedrock: LoopbackBedrock
) -> None:
    expect(studio.panel.get_by_text(re.compile(r"1 picture, \$0\.\d\d"))).to_be_visible()
    card = studio.slot(1)
    reason = card.get_by_role("alert")
    bedrock.fail(Fault.FILTERED_OUTPUT, times=2)
    studio.execute()
    expect(reason).to_contain_text("picture", timeout=MAKING_SECONDS * 1000)
    expect(reason).not_to_contain_text(re.compile("filter reason", re.IGNORECASE))
    assert_accessible(studio.page)
    card.get_by_role("button", name="Dismiss").click()
    expect(reason).to_have_count(0)
    expect(card.get_by_text("Ready to execute")).to_be_visible()
    studio.execute()
    card.get_by_role("button", name="Try again").click(timeout=MAKING_SECONDS * 1000)
    expect(card.get_by_role("img", name="The picture of slot 1")).to_be_visible(timeout=MAKING_SECONDS * 1000)
    expect(reason).to_have_count(0)
    studio.has_revisions(1)


def test_pictures_in_the_making_are_cancelled_one_by_one_and_all_at_once(
    studio: StudioPage, bedrock: LoopbackBedrock, paid_service: Service, studio_id: str
) -> None:
    bedrock.fail(Fault.HANG, times=100)  # whoever is kept waiting asks again
    studio.execute(5)
    card = studio.slot(1)
    cancel = card.get_by_role("button", name="Cancel this picture")
    expect(card.get_by_text("and 2 more")).to_be_visible()
    expect(card.locator("[data-state=running]").first).to_be_visible(timeout=MAKING_SECONDS * 1000)
    assert_accessible(studio.page)
    cancel.first.click()
    expect(card.get_by_text("and 1 more")).to_be_visible()
    card.get_by_role("button", name="Cancel all").click()
    expect(cancel).to_have_count(0)
    expect(card.get_by_text("Ready to execute")).to_be_visible()
    bedrock.release()
    address = f"{paid_service.address}/api/clients/acme-corp/scene-studio/{studio_id}"
    slot = httpx.get(address).json()["outputSlots"][0]
    assert (slot["status"], slot["generation"]) == ("EMPTY", [])
