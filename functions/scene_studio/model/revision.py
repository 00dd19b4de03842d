"""GeneratedSceneImage, the inline window of the newest revisions, and the pages of older ones.

A slot's revisions are numbered from 0, the oldest. The newest stand in the studio document; the older ones
lie in pages that are written once and each name the page before. So an edit costs the same however long
the history grows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from scene_studio.model.base import Items, Model, Text
from scene_studio.model.identifiers import Id
from scene_studio.model.settings import SceneGenerationSettings

INLINE_LIMIT: Final = 40
PAGE_SIZE: Final = 20

MAX_DEBUG_PROMPT: Final = 10_000
MAX_PRODUCTS_IN_SLOT: Final = 16

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256, in hexadecimal."""

PageName = Sha256
"""That of a page's bytes."""

MAX_MILLISECONDS: Final = 253_402_300_799_999
Milliseconds = Annotated[int, Field(ge=0, le=MAX_MILLISECONDS, strict=True)]
"""Since the Unix epoch, as JavaScript's `Date.now()`; at most the end of the year 9999."""


class GeneratedSceneImage(Model):
    """A generated picture with all that made it.

    Attributes:
        url: only for a picture that lies elsewhere; those of our own have an address made from their ids.
        took_milliseconds: how long making it took; absent if that is not known.
        cost_micros: what the image model said that it cost, in millionths of a US dollar; likewise.
        sha256: of the picture as it is stored.
        product_image_ids: the picture used of each of `productIds`, null where there was none; absent if it
            is not known what the picture was made of.
        scene_sha256: of the scene picture used.
    """

    id: Id
    url: Annotated[str, Field(max_length=2048)] | None = None
    timestamp: Milliseconds
    product_ids: Annotated[tuple[Id, ...], Items(MAX_PRODUCTS_IN_SLOT)] = ()
    product_names: Annotated[
        tuple[Annotated[str, Text(200, empty=True)], ...], Items(MAX_PRODUCTS_IN_SLOT)
    ] = ()
    settings: SceneGenerationSettings = SceneGenerationSettings()
    debug_prompt: Annotated[str, Text(MAX_DEBUG_PROMPT, empty=True, multiline=True)] | None = None
    model: str | None = None
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    took_milliseconds: int | None = None
    cost_micros: Annotated[int, Field(ge=0)] | None = None
    sha256: Sha256 | None = None
    product_image_ids: Annotated[tuple[Id | None, ...], Items(MAX_PRODUCTS_IN_SLOT)] | None = None
    scene_sha256: Sha256 | None = None


class HistoryPage(Model):
    """A run of a slot's older revisions, newest first.

    Attributes:
        slot_id: whose they are.
        start: the number of the oldest revision here.
        older: the page that ends at `start`, or None when `start` is 0.
    """

    slot_id: Id
    start: Annotated[int, Field(ge=0)]
    revisions: tuple[GeneratedSceneImage, ...]
    older: PageName | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A slot's revisions: those inline, newest first; how many there are in all; the newest page."""

    inline: tuple[GeneratedSceneImage, ...]
    count: int
    older: str | None

    def add(self, revisions: Sequence[GeneratedSceneImage]) -> "History":
        """This history with newer revisions, newest first, put at its head."""
        return History((*revisions, *self.inline), self.count + len(revisions), self.older)

    def oldest_page(self, slot_id: str, size: int) -> HistoryPage:
        """The page that holds the `size` oldest inline revisions."""
        return HistoryPage(
            slot_id=slot_id,
            start=self.count - len(self.inline),
            revisions=self.inline[-size:],
            older=self.older,
        )

    def without_oldest(self, size: int, page_name: str) -> "History":
        """This history when its `size` oldest inline revisions have gone into the page of this name."""
        return History(self.inline[:-size], self.count, page_name)
