"""Checking a whole store without writing to it: that all that is named is there, and as it was stored.

People may work meanwhile. The keys of a folder are listed before its document is read, so that what comes in
between is not taken for an orphan; and what a document names was there before it. Of one studio at a time the
keys are held in memory, and of a few objects the bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from pydantic import ValidationError

from infra.operators import machinery, pictures
from infra.operators.contents import Contents, fetch_from
from infra.operators.documents import (
    NoDocument,
    awaits_something,
    contradictions,
    is_on_its_way_out,
    parse_client,
    parse_studio,
)
from infra.operators.listing import names
from scene_studio.model.client import Client
from scene_studio.model.errors import SceneStudioError
from scene_studio.model.identifiers import is_id, iso_time
from scene_studio.model.studio import Studio
from scene_studio.store import clients, keys, studios
from scene_studio.store.object_store import ObjectStore, StoredObject
from scene_studio.store.summaries import contradicts
from shares_api.links import Destination


class Finding(NamedTuple):
    """Something to be told.

    Attributes:
        key: the object that it is about.
        said: what is wrong with it; None for an orphan, which nobody names, and which is no fault.
    """

    key: str
    said: str | None

    def __str__(self) -> str:
        return f"orphan {self.key}" if self.said is None else f"broken {self.key} {self.said}"


class _Place(NamedTuple):
    """A folder with a document; as everywhere, `keys.LIBRARY` for the client itself."""

    client_id: str
    studio_id: str

    @property
    def is_client(self) -> bool:
        return self.studio_id == keys.LIBRARY

    @property
    def key(self) -> str:
        """The document's."""
        return keys.client(self.client_id) if self.is_client else keys.studio(*self)


@dataclass(slots=True)
class Check:
    """One check of a store.

    Attributes:
        store: what is checked; nothing is written to it.
        now: the time, in milliseconds since the Unix epoch.
        progress: told of each document and of each object that it names, with its size.
    """

    store: ObjectStore
    now: int
    progress: Callable[[int], object] = lambda _: None
    _client_id: str | None = None

    def findings(self) -> Iterator[Finding]:
        """What is wrong, and what nobody names, as it is found.

        Raises:
            Unavailable: the store could not be read.
        """
        for place, found in groupby(names(self.store, ""), _folder_of):
            if isinstance(place, _Place):
                yield from self._folder(place, list(found))
            elif machinery.is_known(place):
                fetch = fetch_from(self.store)
                yield from (Finding(*one) for one in machinery.faults(place, found, fetch))
            else:
                yield from map(_orphan, found)

    def _folder(self, place: _Place, listed: Sequence[str]) -> Iterator[Finding]:
        stored = self.store.get(place.key)
        if not isinstance(stored, StoredObject):
            # Without older versions it is the beginning of an import or of a copy, or the end of a studio.
            if self.store.list_versions(place.key, limit=1):
                yield Finding(place.key, "is not there any more; older versions of it are")
            yield from map(_orphan, listed)
            return
        self.progress(len(stored.body))
        if place.is_client:
            self._client_id = place.client_id
        try:
            document = _parsed(place, stored.body)
        except NoDocument as error:
            yield Finding(place.key, str(error))
            return
        if is_on_its_way_out(document):
            return
        for said in self._faults(place, document, stored):
            yield Finding(place.key, said)
        contents = Contents(fetch_from(self.store))
        for item in contents.of(document):
            self.progress(len(item.body))
            if pictures.is_picture(item.key) and (fault := pictures.fault_of(*item)):
                yield Finding(item.key, fault)
        yield from (Finding(problem.key, problem.said) for problem in contents.problems)
        yield from (_orphan(name) for name in listed if name != place.key and name not in contents.named)

    def _faults(self, place: _Place, document: Client | Studio, stored: StoredObject) -> Iterator[str]:
        """What is wrong with a document itself, or with what has to be beside it."""
        yield from contradictions(document)
        yield from _faults_of_summary(document, stored)
        if place.client_id != self._client_id:
            yield "is of a client that there is not"
        if awaits_something(document) and not self._is_reminded(place, stored):
            yield "awaits pictures, and no reminder has the janitor look after them"
        if isinstance(document, Studio):
            yield from self._faults_of_shares(document)

    def _is_reminded(self, place: _Place, stored: StoredObject) -> bool:
        """Whether there is a reminder; if not, what was awaited may have come since the document was read."""
        if self.store.list_names(keys.reminders_of(*place), limit=1).names:
            return True
        (head,) = self.store.heads([place.key])
        return head is None or head.version != stored.version

    def _faults_of_shares(self, studio: Studio) -> Iterator[str]:
        for share in studio.shares:
            if not share.is_live(iso_time(self.now)):
                continue
            link = self.store.get(keys.share(share.id, share.secret_sha256))
            if not isinstance(link, StoredObject) or not _leads_to(studio, link.body):
                yield f"has the guest link {share.id}, which does not lead to it"


def _folder_of(key: str) -> "_Place | str":
    """The folder with a document that an object belongs to, or else its folder at the top of the store."""
    top, *path = key.split("/")
    if top != "clients" or len(path) < 2 or not is_id(path[0]):
        return top
    match path[1:]:
        case ["client.json"] | ["products", _, *_]:
            return _Place(path[0], keys.LIBRARY)
        case ["scene-studios", studio_id, _, *_] if is_id(studio_id):
            return _Place(path[0], studio_id)
    return top


def _parsed(place: _Place, body: bytes) -> Client | Studio:
    return parse_client(body, place.client_id) if place.is_client else parse_studio(body, *place)


def _faults_of_summary(document: Client | Studio, stored: StoredObject) -> Iterator[str]:
    try:
        prepared = (
            clients.prepare(document) if isinstance(document, Client) else studios.prepare(document)
        ).metadata
        if contradicts(stored.metadata, prepared):
            yield "has a summary in its metadata that tells something else"
    except (TypeError, ValueError):
        yield "has a summary in its metadata that cannot be read"
    except SceneStudioError as error:
        yield f"could not be written as it is: {error.detail}"


def _leads_to(studio: Studio, link: bytes) -> bool:
    try:
        return Destination.model_validate_json(link).place() == (studio.client_id, studio.id)
    except ValidationError:
        return False


def _orphan(key: str) -> Finding:
    return Finding(key, None)
