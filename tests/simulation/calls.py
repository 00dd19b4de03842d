"""Every time that the image model is asked for a picture, and whether it may be."""

from collections.abc import Callable

from tests.simulation.painter import Call
from tests.simulation.runs import MachineRun
from tests.simulation.store import MemoryStore
from tests.simulation.world import EPOCH_MILLISECONDS, Violation


class Calls:
    """Knows every call.

    A picture is paid for once in each attempt, unless a run died, or lost the store, in or after its call
    and before its picture was stored; or unless the model itself could not make it then.

    Attributes:
        made: how many calls there were.
    """

    def __init__(self, store: MemoryStore, key_of: Callable[[MachineRun], str]) -> None:
        self.made = 0
        self._store = store
        self._key_of = key_of
        self._of_image: dict[str, list[Call]] = {}

    def begun(self, call: Call) -> None:
        """The model is asked.

        Raises:
            Violation: it must not be.
        """
        self.made += 1
        run = call.run
        self._is_wanted(call)
        earlier = self._of_image.setdefault(run.image_id, [])
        stored = self._store.current(self._key_of(run))
        looked = run.began if run.claimed_at is None else run.claimed_at
        if stored is not None and EPOCH_MILLISECONDS + stored.written * 1000 < looked:
            raise Violation(f"{run} pays for a picture that is there")
        for other in earlier:
            if not other.run.ended and not other.failure:
                raise Violation(f"{run} and {other.run} make the same picture")
            if other.attempt == call.attempt and other.is_final and other.run.ended in {"", "done"}:
                raise Violation(f"{run} asks again for what {other.run} has ended")
        earlier.append(call)

    def last_of(self, run: MachineRun) -> Call | None:
        """The last call of a run."""
        calls = [call for call in self._of_image.get(run.image_id, ()) if call.run is run]
        return calls[-1] if calls else None

    def is_picture(self, run: MachineRun, jpeg: bytes) -> bool:
        """Whether these bytes are what the model made for this run."""
        call = self.last_of(run)
        return call is not None and call.jpeg == jpeg

    def _is_wanted(self, call: Call) -> None:
        run = call.run
        intents = run.seen.intents(run.slot_id) if run.seen is not None else ()
        intent = next((one for one in intents if one["id"] == run.image_id), None)
        if intent is None or "error" in intent:
            raise Violation(f"{run} asks for a picture that nobody waits for")
        if run.seen_at >= intent["deadline"]:
            raise Violation(f"{run} asks for a picture past its deadline")
        call.attempt = intent["attempt"]
