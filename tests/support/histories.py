"""Studios with long histories, as teams make them, and what holds of every stored history."""

import hashlib
import itertools
from collections.abc import Sequence
from typing import Final

from scene_studio.generation.prompt import build_prompt
from scene_studio.model.document import RequestKey
from scene_studio.model.identifiers import derive, digest
from scene_studio.model.revision import GeneratedSceneImage, HistoryPage
from scene_studio.model.settings import ResolvedSettings, SceneGenerationSettings
from scene_studio.model.studio import Studio, add_revisions, new_slot, new_studio
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.commit import Commit, Operation
from scene_studio.store.object_store import ObjectStore, StoredObject
from scene_studio.store.studios import Studios
from tests.support.scripted_store import FakeTime

NOW: Final = "2024-01-01T12:00:00.000Z"
CLIENT: Final = "acme-corp"
STUDIO: Final = "default"

_PRODUCTS: Final = ("lounge-chair-oak", "side-table-round")
_NAMES: Final = ("Lounge Chair Oak", "Side Table Round")
_TYPED: Final = (
    "Warm late-afternoon light through tall windows, the chair slightly turned to the left, a linen curtain "
    "moving, no people, keep the oak floor visible in front."
)


def revision(number: int, *, debug_prompt: str | None = None) -> GeneratedSceneImage:
    """A revision with all its members, as the service makes them."""
    settings = ResolvedSettings.model_validate(
        {
            "scene": {
                "id": "living-room-modern",
                "name": "Modern Living Room",
                "imageUrl": "/scenes/living-room-modern.jpg",
            },
            "props": ["Plants", "Books", "Rug"],
            "promptText": _TYPED,
        }
    )
    return GeneratedSceneImage(
        id=derive("image", str(number)),
        timestamp=1_700_000_000_000 + number * 60_000,
        product_ids=_PRODUCTS,
        product_names=_NAMES,
        settings=SceneGenerationSettings.model_validate(settings.to_json()),
        debug_prompt=build_prompt(settings, _NAMES, number) if debug_prompt is None else debug_prompt,
        model="compositor",
        seed=2**31 + number * 7919,
        width=1024,
        height=1024,
    )


def plain_revision(number: int, size: int) -> GeneratedSceneImage:
    """A revision with little in it but a prompt of so many characters."""
    return GeneratedSceneImage(id=f"r{number}", timestamp=number, debug_prompt="p" * size)


class Team:
    """People who work in one studio.

    Attributes:
        studios: the studios, through which they work.
    """

    def __init__(self, store: ObjectStore, *slots: str, studio_id: str = STUDIO) -> None:
        """Open a studio with these slots."""
        self.store = store
        self.studios = Studios(store, DocumentCache[Studio]())
        self._id = studio_id
        self._requests = itertools.count()
        studio = new_studio(CLIENT, studio_id, None, NOW)
        for slot_id in slots:
            studio = studio.with_slot(new_slot(slot_id, _PRODUCTS))
        self.change(lambda _: studio)

    def change(self, operation: Operation[Studio], *, by_machine: bool = False) -> Commit[Studio]:
        """Commit an operation, as a request of its own or without a trace in the ring of keys."""
        number = str(next(self._requests))
        request = RequestKey(digest(number, length=12), digest(number, length=6))
        return self.studios.commit(
            CLIENT, self._id, operation, None if by_machine else request, FakeTime().pacing()
        )

    def edit(self, name: str, *, by_machine: bool = False) -> Commit[Studio]:
        """Give the studio a name."""

        def rename(current: Versioned[Studio] | None) -> Studio:
            return _document(current).replace(name=name)

        return self.change(rename, by_machine=by_machine)

    def add(
        self, slot_id: str, revisions: Sequence[GeneratedSceneImage], *, by_machine: bool = False
    ) -> Commit[Studio]:
        """Add revisions, newest first, to a slot."""

        def add(current: Versioned[Studio] | None) -> Studio | None:
            studio = _document(current)
            return add_revisions(studio, slot_id, revisions, studio.rev, NOW)

        return self.change(add, by_machine=by_machine)

    def studio(self) -> Studio:
        """The studio as it stands, read by somebody who knows nothing yet."""
        return Studios(self.store, DocumentCache[Studio]()).read(CLIENT, self._id).document


def _document(current: Versioned[Studio] | None) -> Studio:
    assert current is not None
    return current.document


def tiled_history(store: ObjectStore, studio: Studio, slot_id: str) -> list[str]:
    """The ids of a slot's revisions, newest first, after checking that its pages tile the history."""
    slot = studio.slot(slot_id)
    ids = [one.id for one in slot.history]
    start = slot.history_count - len(slot.history)
    name = slot.older_history
    while name is not None:
        found = store.get(keys.history_page(studio.client_id, studio.id, slot_id, name))
        assert isinstance(found, StoredObject)
        assert hashlib.sha256(found.body).hexdigest() == name
        page = HistoryPage.model_validate_json(found.body)
        assert page.slot_id == slot_id
        assert page.revisions
        assert page.start + len(page.revisions) == start
        ids.extend(one.id for one in page.revisions)
        start, name = page.start, page.older
    assert start == 0
    return ids
