"""The inbox: results of machines, each written once, that wait to be folded into a document.

A machine that ends puts its result here before it touches the document, so the result is safe whatever
happens next; and whoever folds first folds for all that wait, so many that end together need few commits.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from pydantic_core import to_json

from scene_studio.model.errors import Busy, OutcomeUnknown, SceneStudioError
from scene_studio.model.results import AnyResult, parse_result
from scene_studio.store import keys
from scene_studio.store.commit import unavailable_is_busy
from scene_studio.store.folders import Folders
from scene_studio.store.object_store import ObjectStore, all_names
from scene_studio.store.pacing import Pacing

_MANY: Final = 4
"""So many results wait at once only where many workers end together."""
_PAUSE_SECONDS: Final = 0.02
"""For each that waits: with a hundred, about ten workers are still at it when the first commits stand."""
_LONGEST_PAUSE_SECONDS: Final = 2.0


class Folded(NamedTuple):
    """What a look into the inbox came to.

    Attributes:
        results: how many results were taken out.
        unreadable: the keys of those that are no results; they stay, for somebody to look at.
    """

    results: int = 0
    unreadable: tuple[str, ...] = ()


class Inbox:
    """The inboxes of all folders."""

    def __init__(self, objects: ObjectStore, folders: Folders) -> None:
        self._objects = objects
        self._folders = folders

    def put(self, client_id: str, studio_id: str, result: AnyResult, unique: str) -> str:
        """Put a result in, definitely.

        Args:
            client_id: whose folder.
            studio_id: the studio, or `keys.LIBRARY` for the client's products.
            result: the result.
            unique: a name that no result of this picture had before.

        Returns:
            Its key.

        Raises:
            Busy: it is not known to be there.
        """
        key = keys.result(client_id, studio_id, result.id, unique)
        body = to_json(result, by_alias=True, exclude_none=True)
        with unavailable_is_busy():
            self._objects.put_once(key, body, content_type="application/json")
        return key

    def fold(self, client_id: str, studio_id: str, now: int, pacing: Pacing, own: str | None = None) -> Folded:
        """Fold all that waits into the document, in one commit, and take it out.

        What the document does not wait for is taken out too. It is deleted only after a definite commit, or
        after a document that was read since the listing had no use for it.

        Args:
            client_id: whose folder.
            studio_id: the studio, or `keys.LIBRARY` for the client's products.
            now: milliseconds since the Unix epoch.
            pacing: how long to try.
            own: the key of the caller's own result; if another has folded it, nothing is left to do.

        Raises:
            Busy: nothing was folded by this call.
            OutcomeUnknown: it may have been; the results stay in the inbox.
        """
        refused: SceneStudioError | None = None
        seen: dict[str, AnyResult | None] = {}
        for attempt in pacing.attempt():
            if attempt and self._has_no_use_for(client_id, studio_id, seen.get(own or "")):
                with unavailable_is_busy():
                    self._objects.delete_all([own] if own else [])
                return Folded()
            names = self._names(client_id, studio_id)
            if own is not None and len(names) > _MANY:
                # One of so many will fold for all; whoever comes a little later finds nothing left to do.
                pacing.sleep(pacing.uniform(0, min(_LONGEST_PAUSE_SECONDS, len(names) * _PAUSE_SECONDS)))
                there = self._read([own], seen)
                if not there or self._has_no_use_for(client_id, studio_id, seen[own]):
                    return Folded()  # it is in, or unwanted; whoever folds next takes it out
                names = self._names(client_id, studio_id)
            if not names or (own is not None and own not in names):
                return Folded()
            names = self._read(names, seen)
            results = {name: result for name in names if (result := seen[name]) is not None}
            try:
                self._commit(client_id, studio_id, list(results.values()), now, replace(pacing, attempts=1))
            except (Busy, OutcomeUnknown) as error:
                refused = error  # others were first; by now more may wait, and theirs may hold ours
                continue
            with unavailable_is_busy():
                self._objects.delete_all(list(results))
            return Folded(len(results), tuple(name for name in names if seen[name] is None))
        raise refused or Busy("There was no time to fold results in; they wait for whoever comes next.")

    def _names(self, client_id: str, studio_id: str) -> Sequence[str]:
        with unavailable_is_busy():
            # One behind the first part of a long listing must not pass for folded by another.
            return all_names(self._objects, keys.inbox(client_id, studio_id))

    def _read(self, names: Sequence[str], seen: dict[str, AnyResult | None]) -> Sequence[str]:
        """Read what was not `seen` yet, None standing for what is no result; give the keys still there."""
        new = [name for name in names if name not in seen]
        with unavailable_is_busy():
            found = self._objects.get_all(new) if new else []
        gone = set()
        for name, stored in zip(new, found, strict=True):
            if stored is None:
                gone.add(name)
            else:
                seen[name] = parse_result(stored.body)
        return [name for name in names if name not in gone]

    def _has_no_use_for(self, client_id: str, studio_id: str, result: AnyResult | None) -> bool:
        """Whether the document holds this result already, or does not want it any more.

        It is read in any case, so that the next commit does not begin on what has gone stale.
        """
        folder = self._folders.folder(client_id, studio_id)
        document = folder.read()
        return document is not None and result is not None and not folder.rules.takes(document, result)

    def _commit(
        self, client_id: str, studio_id: str, results: Sequence[AnyResult], now: int, pacing: Pacing
    ) -> None:
        self._folders.folder(client_id, studio_id).fold(results, now, pacing)
