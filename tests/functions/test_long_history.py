"""Five hundred generations into one slot: nothing grows that every edit has to carry."""

from pathlib import Path

import pytest

from tests.support.api import STUDIO, call
from tests.support.models import StubModel
from tests.support.pages import all_items
from tests.support.seed import SETTINGS
from tests.support.stored import STUDIO_KEY, newest_version, stored_bytes_of, stored_objects

SLOT = f"{STUDIO}/slots/slot-1"
STOPS = (61, 500, 501)


def bytes_of_an_edit(store: Path, style: str) -> int:
    """What an edit of the slot writes, of whatever objects."""
    before = newest_version(store)
    assert call("PATCH", SLOT, {"settings": {"style": style}}).status == 200
    return stored_bytes_of(store, before)


def test_an_edit_at_501_revisions_writes_no_more_than_one_at_61(
    ready: Path, model: StubModel, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[str] = []
    sizes: dict[int, int] = {}
    while len(made) < 501:
        count = min(8, next(stop for stop in STOPS if stop > len(made)) - len(made))
        body = {"slotId": "slot-1", "settings": SETTINGS, "count": count}
        answer = call("POST", f"{STUDIO}/generate", body)
        assert answer.status == 200
        made += [image["id"] for image in answer.json["images"]]
        if len(made) in STOPS:
            # As many requests are remembered at either time, so that only the history can differ.
            for number in range(100):
                call("PATCH", STUDIO, {"name": f"Name {number:03}"})
            sizes[len(made)] = bytes_of_an_edit(ready, "Coastal")
            call("PATCH", SLOT, {"settings": {"style": "Modern"}})
        if len(made) == 500:
            config = len(stored_objects(ready)[STUDIO_KEY].body)
            listed = [item["id"] for item in all_items(f"{SLOT}/history", 100)]
            assert listed == made[::-1]
    ratio = sizes[501] / sizes[61]
    with capsys.disabled():
        print(
            f"\nconfig.json at 500 revisions: {config} bytes; an edit of the slot writes {sizes[61]} bytes "
            f"at 61 revisions and {sizes[501]} at 501, {ratio:.4f} times as many"
        )
    assert model.calls == 501
    assert config < 96 * 1024
    assert ratio <= 1.05
