"""Importing a bundle: first it is seen to be whole, then what it names is written, and its documents last.

Everything is only ever created, so what is in the store stays as it is, and an import that stopped half-way is
completed by another. A document that is there already, deleted or not, is left alone with all that belongs to
it, unless it is the very one of the bundle: then what has been lost of it comes back.

What was under way when the bundle was made is left to the janitor, for which a reminder is written: a picture
whose time has not run out is made, and what nobody can bring any more ends with a reason.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from infra.operators.bundle import Bundle, content_type_of
from infra.operators.contents import AT_ONCE, Item, batched
from infra.operators.documents import awaits_something
from infra.operators.relocating import Relocated
from infra.operators.verifying import Part, verified
from scene_studio.http.uploads import remind
from scene_studio.model.client import Client
from scene_studio.model.identifiers import iso_time
from scene_studio.model.studio import Studio
from scene_studio.store import clients, keys, studios
from scene_studio.store.commit import Encoded, encode
from scene_studio.store.object_store import (
    ABSENT,
    Conflict,
    ObjectStore,
    StoredObject,
    Unavailable,
    WriteUnsettled,
)
from scene_studio.store.pacing import within
from shares_api.links import Destination, store_link

_CREATE_SECONDS: Final = 30.0


class ImportRefused(Exception):
    """The store holds other objects under keys that the bundle wants; nothing was written.

    Attributes:
        keys: theirs.
    """

    def __init__(self, clashing: Sequence[str]) -> None:
        lines = [f"{key} holds another object already" for key in clashing]
        super().__init__("\n".join([*lines, "nothing was imported: import it under another id"]))
        self.keys = tuple(clashing)


class Effect(Enum):
    """What became of a document."""

    CREATED = "created"
    UNCHANGED = "there already, as it is in the bundle"
    LEFT = "there already and another; left as it is"


class Imported(NamedTuple):
    """A document that was imported, or was not.

    Attributes:
        key: its key in the store.
        effect: what became of it.
    """

    key: str
    effect: Effect


class _Plan(NamedTuple):
    """What is to be done about a document.

    Attributes:
        part: it, as it is to be stored.
        encoded: likewise, ready to be written.
        effect: what is to become of it.
        absent: the keys in the bundle of what it names and the store does not have.
    """

    part: Relocated
    encoded: Encoded[Any]
    effect: Effect
    absent: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """One import of a bundle.

    Attributes:
        bundle: what is imported.
        store: where to.
        client_id: the client that it is to be, that of the bundle or another.
        now: the time, in milliseconds since the Unix epoch.
        unique: gives a name that was never used before.
        progress: told of each object, with its size.
    """

    bundle: Bundle
    store: ObjectStore
    client_id: str
    now: int
    unique: Callable[[], str]
    progress: Callable[[int], object] = lambda _: None

    def run(self) -> list[Imported]:
        """Import the bundle, and say what became of each of its documents.

        Raises:
            BundleRefused: it is not sound; nothing was written.
            ImportRefused: the store holds other objects under its keys; nothing was written.
            SceneStudioError: a document would be too large under this id, and nothing was written; or the store
                was out of reach.
            Unavailable: likewise; what is missing comes with the next import.
        """
        clashing: list[str] = []
        plans = [self._planned(part, clashing) for part in verified(self.bundle)]
        if clashing:
            raise ImportRefused(clashing)
        return [Imported(plan.part.key, self._carried_out(plan)) for plan in plans]

    def _planned(self, part: Part, clashing: list[str]) -> _Plan:
        relocated = Relocated(self.bundle, part, self.client_id)
        document = relocated.document
        encoded = clients.prepare(document) if isinstance(document, Client) else studios.prepare(document)
        effect = self._effect(relocated.key, encoded.document)
        if effect is Effect.LEFT:
            return _Plan(relocated, encoded, effect)
        absent: list[str] = []
        for names in batched(part.named, AT_ONCE):
            items = [relocated.item(name) for name in names]
            there = self.store.get_all([item.key for item in items])
            for name, item, stored in zip(names, items, there, strict=True):
                if stored is None:
                    absent.append(name)
                elif stored.body != item.body:
                    clashing.append(item.key)
        return _Plan(relocated, encoded, effect, absent)

    def _effect(self, key: str, document: Client | Studio) -> Effect:
        stored = self.store.get(key)
        if not isinstance(stored, StoredObject):
            return Effect.CREATED
        return Effect.UNCHANGED if _is(document, stored.body) else Effect.LEFT

    def _carried_out(self, plan: _Plan) -> Effect:
        if plan.effect is Effect.LEFT:
            return plan.effect
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for names in batched(plan.absent, AT_ONCE):
                list(pool.map(self._write, [plan.part.item(name) for name in names]))
        for page in plan.encoded.pages:
            self._write(Item(*page))
        if plan.effect is Effect.UNCHANGED:
            return plan.effect
        self._announce(plan.encoded.document)
        return self._create(plan.part.key, plan.encoded)

    def _write(self, item: Item) -> None:
        self.store.put_once(item.key, item.body, content_type=content_type_of(item.key))
        self.progress(len(item.body))

    def _announce(self, document: Client | Studio) -> None:
        """Leave word of what a document awaits, and of where its guest links lead, before it is there."""
        place = document.id if isinstance(document, Studio) else keys.LIBRARY
        for share in document.shares if isinstance(document, Studio) else ():
            if share.is_live(iso_time(self.now)):
                store_link(self.store, share, Destination(client_id=self.client_id, studio_id=place))
        if awaits_something(document):
            remind(self.store, self.client_id, place, self.now, self.unique())

    def _create(self, key: str, encoded: Encoded[Any]) -> Effect:
        """Write a document where there is none.

        Raises:
            Unavailable: it is not known to stand.
        """
        for _ in within(_CREATE_SECONDS).attempt():
            try:
                self.store.put(
                    key,
                    encoded.body,
                    expected=ABSENT,
                    content_type="application/json",
                    metadata=encoded.metadata,
                )
            except (WriteUnsettled, Unavailable):
                continue
            except Conflict:
                stored = self.store.get(key)
                if isinstance(stored, StoredObject):
                    return Effect.CREATED if stored.body == encoded.body else Effect.LEFT
            else:
                return Effect.CREATED
        raise Unavailable(f"{key} is not known to stand")


def _is(document: Client | Studio, stored: bytes) -> bool:
    """Whether these bytes are this document, but for what each store knows of the versions it had."""
    try:
        found = type(document).model_validate_json(stored)
    except ValidationError:
        return False
    return encode(found.replace(applied=())) == encode(document.replace(applied=()))
