"""Folders: the documents that machines write to, and the rules by which they do.

Whoever brings a result, or looks after what is awaited, need not know whether it is a studio's or belongs to
the client itself.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, TypeVar

from scene_studio.model.client import Client
from scene_studio.model.document import Document, RequestKey
from scene_studio.model.errors import NotFound
from scene_studio.model.product_pictures import awaited_product_uploads, product_uploads_queued
from scene_studio.model.results import (
    AnyResult,
    client_takes,
    fold_into_client,
    fold_into_studio,
    studio_takes,
)
from scene_studio.model.studio import Studio
from scene_studio.model.upload import AwaitedUpload
from scene_studio.model.user_scenes import awaited_uploads, uploads_queued
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.commit import Commit, Operation
from scene_studio.store.pacing import Pacing
from scene_studio.store.studios import Studios

D = TypeVar("D", bound=Document)


@dataclass(frozen=True, slots=True)
class Rules(Generic[D]):
    """What machines do to a kind of document; pure functions.

    Attributes:
        fold: the document with these results in it; None for nothing to do.
        takes: whether it waits for this result.
        uploads: the uploads that it waits for.
        queued: the document with a note that events about these uploads were sent now.
    """

    fold: Callable[[D, Sequence[AnyResult], int], D | None]
    takes: Callable[[D, AnyResult], bool]
    uploads: Callable[[D], list[AwaitedUpload]]
    queued: Callable[[D, Collection[str], int], D | None]


_OF_STUDIOS: Final[Rules[Studio]] = Rules(fold_into_studio, studio_takes, awaited_uploads, uploads_queued)
_OF_CLIENTS: Final[Rules[Client]] = Rules(
    fold_into_client, client_takes, awaited_product_uploads, product_uploads_queued
)


@dataclass(frozen=True, slots=True)
class Folder(Generic[D]):
    """A document that machines write to; deleted or not, and gone for good it takes nothing.

    Attributes:
        rules: what they do to it.
        reads: reads it.
        commits: changes it.
    """

    rules: Rules[D]
    reads: Callable[[], Versioned[D]]
    commits: Callable[[Operation[D], RequestKey | None, Pacing], Commit[D]]

    def read(self) -> D | None:
        """The document as it stands; None if there is none.

        Raises:
            Busy: the store could not be read.
        """
        try:
            return self.reads().document
        except NotFound:
            return None

    def fold(self, results: Sequence[AnyResult], now: int, pacing: Pacing) -> None:
        """Fold these results into the document; see `Documents.commit`."""
        self._change(lambda document: self.rules.fold(document, results, now), pacing)

    def note_queued(self, upload_ids: Collection[str], now: int, pacing: Pacing) -> None:
        """Note that events about these uploads were sent now; see `Documents.commit`."""
        self._change(lambda document: self.rules.queued(document, upload_ids, now), pacing)

    def _change(self, change: Callable[[D], D | None], pacing: Pacing) -> None:
        def apply(current: Versioned[D] | None) -> D | None:
            if current is None:
                raise NotFound("document", "")
            return change(current.document)

        try:
            self.commits(apply, None, pacing)
        except NotFound:
            return


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of all clients: one for each studio, and one for the library."""

    studios: Studios
    clients: Clients

    def folder(self, client_id: str, studio_id: str) -> Folder[Any]:
        """The folder of a studio, or for `keys.LIBRARY` in place of a studio's id that of the client itself."""
        if studio_id == keys.LIBRARY:
            clients = self.clients
            return Folder(_OF_CLIENTS, partial(clients.read, client_id), partial(clients.commit, client_id))
        place = client_id, studio_id
        return Folder(_OF_STUDIOS, partial(self.studios.read_any, *place), partial(self.studios.commit, *place))
