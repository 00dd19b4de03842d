"""The one read-decide-write loop that changes documents.

A conditional PUT has three outcomes, not two: it stood, it did not, or nobody knows. The third is why every
document remembers the requests that it holds, why each attempt looks for its own before it decides
anything, and why this loop never reports as failed what may have landed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Generic, NamedTuple, TypeVar

from pydantic_core import to_json

from scene_studio.model.document import RING_SIZE, Document, RequestKey
from scene_studio.model.errors import Busy, OutcomeUnknown, SceneStudioError
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.object_store import (
    ABSENT,
    Conflict,
    ObjectStore,
    StoredObject,
    Unavailable,
    Unchanged,
    WriteUnsettled,
)
from scene_studio.store.pacing import Pacing

D = TypeVar("D", bound=Document)

Operation = Callable[[Versioned[D] | None], D | None]
"""A pure function from the document as it stands (None if there is none) to the document wanted, or None for
nothing to do. It raises a `SceneStudioError` to refuse. It may be called several times."""

RETRY_AFTER_SECONDS: Final = 2


class Page(NamedTuple):
    """An object that is written, definitely, before the document that names it."""

    key: str
    body: bytes


class Encoded(NamedTuple, Generic[D]):
    """A document ready to be written."""

    document: D
    body: bytes
    metadata: Mapping[str, str] = {}
    pages: Sequence[Page] = ()


class Effect(Enum):
    """What a commit did."""

    WRITTEN = auto()
    """The document was replaced."""
    NOTHING_TO_DO = auto()
    """The document was already as wanted."""
    REPEATED = auto()
    """An earlier request under the same key had done it."""


@dataclass(frozen=True, slots=True)
class Commit(Generic[D]):
    """A commit that is known to stand.

    Attributes:
        current: the document with the version that holds the commit, or a later one.
        effect: what was done.
        replaced: the store's id of the version that was replaced; empty at a creation or without effect.
    """

    current: Versioned[D]
    effect: Effect
    replaced: str = ""


@contextmanager
def unavailable_is_busy() -> Iterator[None]:
    """Tell callers of a store that cannot be reached to come back later.

    For reads, and for writes of objects that nothing names yet.

    Raises:
        Busy: the store could not be reached.
    """
    try:
        yield
    except Unavailable as error:
        raise Busy(
            f"The store is out of reach and this attempt changed nothing; try again in {RETRY_AFTER_SECONDS} "
            "seconds, with the same Idempotency-Key if you sent one."
        ) from error


def encode(document: Document) -> bytes:
    """The document's JSON as it is stored."""
    return to_json(document, by_alias=True, exclude_none=True)


class Documents(Generic[D]):
    """The documents of one kind in a store: read them, and change them by commits."""

    def __init__(
        self,
        store: ObjectStore,
        kind: type[D],
        cache: DocumentCache[D],
        prepare: Callable[[D], Encoded[D]],
    ) -> None:
        """Keep documents in a store.

        Args:
            store: where they are.
            kind: what they are.
            cache: those that this process read lately.
            prepare: makes a document ready to be written; pure.
        """
        self._store = store
        self._kind = kind
        self._cache = cache
        self._prepare = prepare

    def cached(self, key: str) -> Versioned[D] | None:
        """The document as this process knew it last, perhaps long since replaced."""
        return self._cache.get(key)

    def read(self, key: str) -> Versioned[D] | None:
        """The document as it stands now: one request, without a body if it is known already.

        Raises:
            Busy: the store could not be read; what is kept here is never given instead.
        """
        with unavailable_is_busy():
            return self._read(key)

    def read_version(self, key: str, version_id: str) -> Versioned[D] | None:
        """The document as it was in one version; None if the store no longer has it.

        Raises:
            Busy: the store could not be read.
        """
        with unavailable_is_busy():
            found = self._store.get(key, version_id=version_id)
        return self._parsed(found) if isinstance(found, StoredObject) else None

    def repeated(self, key: str, request: RequestKey) -> Commit[D] | None:
        """The commit of this request, if the document holds it.

        Raises:
            IdempotencyKeyReused: the key stands for another request.
            Busy: the store could not be read.
        """
        current = self.read(key)
        return _find(current, request) if current is not None else None

    def commit(
        self, key: str, operation: Operation[D], request: RequestKey | None, pacing: Pacing
    ) -> Commit[D]:
        """Apply an operation to a document, exactly once.

        The first attempt is made on the document as it was known last; whatever comes of it but a successful
        write is decided again on the document as it stands.

        Args:
            key: the document's.
            operation: what to do.
            request: the person's request it stands for; None for a machine's, whose operations know from the
                document itself whether they are done.
            pacing: how long to try.

        Raises:
            SceneStudioError: the operation refused; nothing was written.
            IdempotencyKeyReused: the key stands for another request.
            Busy: nothing was written.
            OutcomeUnknown: it may have been written.
        """
        doubt: _Doubt | None = None
        known = self._cache.get(key)
        # What is known may have been replaced long ago; that this is found out is no sign of a crowd.
        for attempt in pacing.attempt(lambda: known is not None and self._cache.get(key) is None):
            try:
                current, decision = self._decided(key, operation, request, first=attempt == 0)
            except Unavailable:
                continue
            doubt = _unsettled(doubt, current)
            if isinstance(decision, Encoded):
                if doubt is not None and doubt.is_past_settling_by(current):
                    break
                try:
                    return self._write(key, current, decision)
                except WriteUnsettled:
                    doubt = _Doubt.about(current)
                except (Conflict, Unavailable):
                    continue
            elif isinstance(decision, Commit):
                if doubt is None or decision.effect is Effect.REPEATED:
                    return decision
            elif doubt is None:
                raise decision
        raise _gave_up(in_doubt=doubt is not None)

    def _decided(
        self, key: str, operation: Operation[D], request: RequestKey | None, *, first: bool
    ) -> tuple[Versioned[D] | None, Encoded[D] | Commit[D] | SceneStudioError]:
        """What to do, and the document that says so: the one known here only if it leads to a write."""
        known = self._cache.get(key) if first else None
        if known is not None:
            decision = self._decide(known, operation, request)
            if isinstance(decision, Encoded):
                return known, decision
        current = self._read(key)
        return current, self._decide(current, operation, request)

    def _decide(
        self, current: Versioned[D] | None, operation: Operation[D], request: RequestKey | None
    ) -> Encoded[D] | Commit[D] | SceneStudioError:
        try:
            if current is not None and request is not None:
                applied = _find(current, request)
                if applied is not None:
                    return applied
            wanted = operation(current)
            if wanted is not None:
                rev = current.document.rev if current else 0
                replaced = current.version.version_id if current else ""
                return self._prepare(wanted.after(rev, request, replaced))
        except SceneStudioError as refusal:
            return refusal
        if current is None:
            raise RuntimeError("an operation must make or refuse a document that does not exist")
        return Commit(current, Effect.NOTHING_TO_DO)

    def _write(self, key: str, current: Versioned[D] | None, encoded: Encoded[D]) -> Commit[D]:
        for page in encoded.pages:
            self._store.put_once(page.key, page.body, content_type="application/json")
        try:
            version = self._store.put(
                key,
                encoded.body,
                expected=current.version.etag if current else ABSENT,
                content_type="application/json",
                metadata=encoded.metadata,
            )
        except Conflict:
            self._cache.keep(key, None)  # it was replaced
            raise
        written = Versioned(encoded.document, version, len(encoded.body))
        self._cache.keep(key, written)
        return Commit(written, Effect.WRITTEN, current.version.version_id if current else "")

    def _read(self, key: str) -> Versioned[D] | None:
        known = self._cache.get(key)
        found = self._store.get(key, unless_etag=known.version.etag if known else None)
        if isinstance(found, Unchanged):
            return known
        entry = self._parsed(found) if found is not None else None
        self._cache.keep(key, entry)
        return entry

    def _parsed(self, found: StoredObject) -> Versioned[D]:
        return Versioned(self._kind.model_validate_json(found.body), found.version, len(found.body))


def _find(current: Versioned[D], request: RequestKey) -> Commit[D] | None:
    applied = current.document.repeated_request(request)
    return Commit(current, Effect.REPEATED, applied.replaced) if applied else None


class _Doubt(NamedTuple):
    """A write without an answer, by the state that it was to replace (no etag: no document)."""

    etag: str | None
    rev: int

    @classmethod
    def about(cls, current: Versioned[D] | None) -> "_Doubt":
        return cls(current.version.etag, current.document.rev) if current else cls(None, 0)

    def is_settled_by(self, current: Versioned[D] | None) -> bool:
        """Whether this state, in which the request was not found, proves that the write can never land.

        Once the entity tag has moved, its condition can never hold again. But a document remembers only so
        many requests: after as many commits, not finding one proves nothing.
        """
        return self._has_moved(current) and not self.is_past_settling_by(current)

    def is_past_settling_by(self, current: Versioned[D] | None) -> bool:
        """Whether the write may have landed and been forgotten since, so that another might double it."""
        return self._has_moved(current) and current is not None and current.document.rev - self.rev > RING_SIZE

    def _has_moved(self, current: Versioned[D] | None) -> bool:
        return (current.version.etag if current else None) != self.etag


def _unsettled(doubt: _Doubt | None, current: Versioned[D] | None) -> _Doubt | None:
    return None if doubt is None or doubt.is_settled_by(current) else doubt


def _gave_up(*, in_doubt: bool) -> SceneStudioError:
    seconds = RETRY_AFTER_SECONDS
    if in_doubt:
        return OutcomeUnknown(
            f"The store did not answer in time and the change may have been made; repeat the request with the "
            f"same Idempotency-Key in {seconds} seconds to find out."
        )
    return Busy(
        f"The store was too busy and this attempt changed nothing; try again in {seconds} seconds, with the "
        "same Idempotency-Key if you sent one."
    )
