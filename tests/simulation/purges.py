"""A studio that is deleted for good: when it may be, by whom, and in which order."""

from datetime import datetime
from typing import Final

from scene_studio.store import keys
from tests.simulation.containers import CLIENT, STUDIO
from tests.simulation.requests import Run
from tests.simulation.runs import MachineRun
from tests.simulation.state import State
from tests.simulation.store import MemoryStore, Version
from tests.simulation.world import Violation, World

DAY: Final = 86_400.0
_PROMISED_DAYS: Final = 30
_DOCUMENT: Final = keys.studio(CLIENT, STUDIO)
_OWN: Final = tuple(
    prefix(CLIENT, STUDIO) for prefix in (keys.studio_folder, keys.inbox, keys.claims, keys.uploads)
)


class Purges:
    """Follows a studio from its tombstone to its end, and those that come after it under its id.

    Attributes:
        is_gone: whether there was a studio, and is none.
    """

    def __init__(self, world: World, store: MemoryStore) -> None:
        self.is_gone = False
        self._world = world
        self._store = store
        self._state: State | None = None
        self._ended = -1.0
        self._absences: list[list[float]] = []

    def studio_is_now(self, run: Run | MachineRun | None, before: State | None, after: State) -> None:
        """There is a new version of the studio, or a new studio.

        Raises:
            Violation: it must not be.
        """
        if self.is_gone:
            self.is_gone = False
            self._absences[-1][1] = self._world.now
            if len(after.raw["applied"]) > 1:
                raise Violation("a new studio remembers requests of the one before")
        if before is not None and before.purging:
            raise Violation(f"a studio that is being cleared away is written by {run}")
        if after.purging:
            self._may_go(after)
            if not isinstance(run, MachineRun) or not run.is_janitor:
                raise Violation(f"{run} marks the studio")
            if before is None or _without_mark(before) != _without_mark(after):
                raise Violation("more than the mark was changed by it")
        self._state = after

    def deleted(self, version: Version) -> None:
        """A version was deleted for good.

        Raises:
            Violation: it must not be.
        """
        if version.written <= self._ended:
            return  # it was of a studio that is gone, and somebody comes late
        state = self._state
        if state is None or not state.purging or not version.key.startswith(_OWN):
            raise Violation(f"{version.key} is deleted for good, and nothing says that it may be")
        self._may_go(state)
        if version.named.version_id == state.version_id:
            if left := self.left():
                raise Violation(f"the mark goes before {left}")
            self.is_gone, self._ended = True, self._world.now
            self._absences.append([self._world.now, float("inf")])

    @property
    def is_deleted(self) -> bool:
        """Whether there is a studio that is to go some day."""
        return not self.is_gone and self._state is not None and self._state.deleted

    def left(self) -> list[str]:
        """The keys of what there is of the studio."""
        return [key for prefix in _OWN for key in self._store.kept(prefix)]

    def was_absent(self, since: float) -> bool:
        """Whether at some time since that moment, in seconds, there was no studio any more."""
        return any(until >= since for _, until in self._absences)

    def check_end(self) -> None:
        """Hold what there is, long after all have gone home, to what became of the studio.

        Raises:
            Violation: it is gone, and a part of it is there.
        """
        if self.is_gone and (left := self.left()):
            raise Violation(f"the studio is gone, and there is {left}")

    def _may_go(self, state: State) -> None:
        if not state.deleted:
            raise Violation("a studio goes that nobody has deleted")
        deleted = datetime.fromisoformat(state.raw["deletedAt"]).timestamp()
        if self._world.milliseconds() / 1000 < deleted + _PROMISED_DAYS * DAY:
            raise Violation("a studio goes that people were promised")


def _without_mark(state: State) -> dict[str, object]:
    return {name: value for name, value in state.raw.items() if name not in {"purgingAt", "rev"}}
