"""The benchmark of the page at a tiny size, in the Chromium of the other tests: that it measures, not what."""

import math

from playwright.sync_api import Browser

from tests.bench.page import measured
from tests.support.service import Service


def test_the_page_is_measured_beside_something_bare(service: Service, chromium: Browser) -> None:
    said: list[str] = []
    figures = list(measured(said.append, service, chromium, slots=2, revisions=61, rounds=1))
    assert all(math.isfinite(figure.value) and figure.value > 0 for figure in figures)
    assert len(said) == 3
    assert [figure.unit for figure in figures if figure.goal] == ["bytes of script", "milliseconds"]
    assert {figure.name for figure in figures} == {
        "first load of a studio",
        "first contentful paint of a studio",
        "a key in a prompt, 2 slots",
        "a key in a prompt, 2 slots, work of the main thread",
        "a swap among 61 thumbnails",
        "a swap among 61 thumbnails, work of the main thread",
    }
