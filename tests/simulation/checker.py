"""Holds every version and every answer to the design, while they come."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic_core import from_json

from scene_studio.generation.timing import Timing
from scene_studio.model.errors import SceneStudioError
from scene_studio.store import keys
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import encode
from scene_studio.store.object_store import UPLOADS
from tests.simulation.answers import Answers, since
from tests.simulation.containers import CLIENT, STUDIO
from tests.simulation.files import Files, Tally
from tests.simulation.histories import Histories
from tests.simulation.intents import Intents
from tests.simulation.painter import Painter
from tests.simulation.pictures import Counts, Pictures
from tests.simulation.purges import Purges
from tests.simulation.refusals import Refused, justified
from tests.simulation.requests import Answer, Request, Run
from tests.simulation.runs import MachineRun
from tests.simulation.state import State, read_state
from tests.simulation.store import MemoryStore, Version
from tests.simulation.transitions import Transitions, base_of
from tests.simulation.world import EPOCH_MILLISECONDS, Violation, World

CLIENT_KEY: Final = f"clients/{CLIENT}/client.json"
STUDIO_KEY: Final = f"clients/{CLIENT}/scene-studios/{STUDIO}/config.json"


class Excused(BaseException):
    """What has to be allowed, and after which nothing more is proved; the product may not catch it.

    - A request is repeated when the document has forgotten it.
    - The base of an edit expires between two tries, of which the first lands only after the second is refused.
    """


@dataclass(frozen=True, slots=True)
class Limits:
    """What is small here, so that it matters within one schedule.

    Attributes:
        inline: how many revisions of a slot stand in the document.
        page: how many are in a page.
        ring: how many requests a document remembers.
        late: how long after its deadline a picture may still come, in milliseconds.
    """

    inline: int
    page: int
    ring: int
    late: int


class Checker:
    """Knows every version of the studio and every request.

    Attributes:
        states: all versions, the oldest first.
        acknowledged: how many changing requests were answered as done.
        files: what is known of each file.
        purges: what is known of the studio's end.
    """

    def __init__(self, world: World, store: MemoryStore, timing: Timing, limits: Limits) -> None:
        self.states: list[State] = []
        self.acknowledged = 0
        self._world = world
        self._store = store
        self._histories = Histories(store, limits.inline)
        self._ring = limits.ring
        self._by_id: dict[str, State] = {}
        self._answers = Answers(self.states, self._by_id, self.gone)
        self._pictures = Pictures(world, store, timing)
        self._transitions = Transitions(
            self._by_id, Intents(self._pictures, self._histories, self.states, limits.late)
        )
        self.files = Files(world, store)
        self.purges = Purges(world, store)
        self._client: Mapping[str, Any] = {}
        self._compared = 0

    def state(self, version_id: str) -> State:
        """The version of this id."""
        return self._by_id[version_id]

    def shown(self, answer: Answer) -> State | None:
        """The version that an answer shows."""
        return None if answer.entry is None else self._by_id[answer.entry.version.version_id]

    def gone(self, version_id: str) -> bool:
        """Whether the store has dropped this version."""
        version = self._store.named(version_id)
        return version is None or version.expired

    def follow(self, store: MemoryStore, painter: Painter) -> None:
        """Be told of all that is written, deleted, and asked of the image model."""
        store.written = self.written
        store.removed = self._removed
        store.purged = self.purges.deleted
        painter.begun = self._pictures.calls.begun

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        self._pictures.calm()
        self.files.calm()

    def rested(self) -> bool:
        """Whether machines have nothing left to do."""
        return self._pictures.rested() and self.files.rested()

    def check_end(self) -> tuple[Counts, Tally]:
        """Hold what there is, when all have gone home, to what was asked for.

        Raises:
            Violation: something is missing.
        """
        last = self.states[-1] if self.states else None
        slots = last.machines if last is not None else ()
        histories = {one: self._histories.of(self.states[-1], one) for one in slots}
        return self._pictures.check_end(histories), self.files.check_end()

    # Versions ------------------------------------------------------------------------------------------

    def written(self, version: Version) -> None:
        """A document has a new version.

        Raises:
            Violation: it must not be.
            Excused: it may be, but what follows proves nothing.
        """
        run: Run | MachineRun | None = version.sender
        if version.key == CLIENT_KEY:
            self._client_written(version, run)
        elif version.key == STUDIO_KEY:
            self._studio_written(version, run)
        elif "/history/" not in version.key:
            (self.files if self.files.concerns(version) else self._pictures).stored(version)

    def _removed(self, key: str) -> None:
        is_result = key.startswith(keys.inboxes())
        about_file = is_result and b'"kind":"upload"' in self._store.lineage(key)[-1].body
        if about_file or key.startswith(UPLOADS):
            self.files.removed(key)
        else:
            self._pictures.removed(key)

    def _studio_written(self, version: Version, run: Run | MachineRun | None) -> None:
        before = self.states[-1] if self.states and not self.purges.is_gone else None
        state = read_state(len(self.states), version.named.version_id, version.body)
        request = run.request if isinstance(run, Run) else None
        self._world.note("version", state.tag, "by", request or run or "the simulator")
        if any(other.named.etag == version.named.etag for other in self._store.lineage(version.key)[:-1]):
            raise Violation("two versions share their bytes")
        if state.rev != (before.rev if before else 0) + 1:
            raise Violation(f"rev {state.rev} follows rev {before.rev if before else 0}")
        self.purges.studio_is_now(run, before, state)
        made = self._histories.check(before, state)
        if isinstance(run, Run):
            self._count(run, state)
        if before is not None and isinstance(run, Run):
            self._transitions.check(run, before, state, made)
        elif before is not None and isinstance(run, MachineRun):
            self._transitions.check_machine(run, before, state, made)
        self.files.studio_is_now(run, before.raw if before else {}, state.raw)
        asking = request if request is not None and request.kind in {"generate", "retry"} else None
        asked = dict.fromkeys(asking.wish.slots, state.rev) if asking is not None else {}
        state = replace(state, asked={**(before.asked if before else {}), **asked})
        self.states.append(state)
        self._by_id[state.version_id] = state
        self._pictures.is_now(state, asking)

    def _client_written(self, version: Version, run: Run | MachineRun | None) -> None:
        before, self._client = self._client, from_json(version.body)
        if self._client["rev"] != before.get("rev", 0) + 1:
            raise Violation("a client's rev does not rise by one")
        if before:
            self.files.client_is_now(run, before, self._client)
        if isinstance(run, Run):
            run.request.clients_written += 1
            if run.request.clients_written > 1:
                raise Violation(f"applied twice to the client: {run.request}")

    def _count(self, run: Run, state: State) -> None:
        request = run.request
        if self._forgotten(request):
            raise Excused
        if request.writes:
            raise Violation(f"applied twice: {request}")
        if request.refused is not None and _for_expiry(request.refused):
            raise Excused
        if request.refused is not None:
            raise Violation(f"applied after it was refused with {request.refused}: {request}")
        if run.said_unwritten:
            raise Violation(f"written after the answer that nothing was: {request}")
        request.writes.append(state.number)
        run.wrote = True

    def _forgotten(self, request: Request) -> bool:
        return bool(request.writes) and len(self.states) - request.writes[0] > self._ring

    # Answers -------------------------------------------------------------------------------------------

    def answered(self, run: Run, answer: Answer) -> None:
        """A request was answered as done.

        Raises:
            Violation: it must not be, or not so.
            Excused: it may be, but what follows proves nothing.
        """
        request = run.request
        if answer.entry is not None:
            shown = self._by_id.get(answer.entry.version.version_id)
            version = self._store.named(answer.entry.version.version_id)
            if shown is None or version is None or not self._is_named(answer.entry, version):
                raise Violation(f"an answer shows a document that its version does not name, to {request}")
            if shown.number < run.started - 1 and "version" not in request.body:
                raise Violation(f"time runs backwards: {shown.tag} is shown to {request}")
        if request.kind == "read":
            return
        if self._forgotten(request):
            raise Excused
        self.acknowledged += 1
        if answer.rev is not None and answer.rev < self.states[max(0, run.started - 1)].rev:
            raise Violation(f"time runs backwards: rev {answer.rev} is shown to {request}")
        if request.kind == "generate":
            self._pictures.acknowledged(request, answer.images)
        elif request.kind == "edit":
            self._answers.reported(run, answer)
        elif not request.writes and not (request.place and request.clients_written):
            self._answers.needless(run)

    def _is_named(self, entry: Versioned[Any], version: Version) -> bool:
        """Whether a document is that of a version; to the byte only now and then, for that takes long."""
        self._compared += 1
        rev: int = entry.document.rev
        if self._compared % 4:
            return rev == self._by_id[version.named.version_id].rev
        return encode(entry.document) == version.body

    def unchanged(self, run: Run, tag: str) -> None:
        """A reader was told that what it holds is still current.

        Raises:
            Violation: it is not.
        """
        if not any(state.tag == tag for state in since(self.states, run)):
            raise Violation(f"304 for {tag}, long since replaced")

    def refused(self, run: Run, refusal: SceneStudioError) -> None:
        """A request was refused.

        Raises:
            Violation: it was applied, or there is no reason.
            Excused: it may be, but what follows proves nothing.
        """
        request = run.request
        request.refused = f"{type(refusal).__name__}: {refusal.detail}"
        if self._forgotten(request):
            raise Excused
        if request.writes and _for_expiry(request.refused) and request.writes[0] >= run.started:
            raise Excused
        if request.writes:
            raise Violation(f"applied, and refused all the same with {request.refused}: {request}")
        bases = [base_of(request, state, self._by_id) for state in since(self.states, run)]
        existed = run.started > 0 and not self.purges.was_absent((run.now - EPOCH_MILLISECONDS) / 1000)
        there = Refused(request, refusal, since(self.states, run), bases, self.gone, existed)
        if not justified(there):
            raise Violation(f"refused without a reason with {request.refused}: {request}")

    def unwritten(self, run: Run) -> None:
        """A request was answered that nothing was written.

        Raises:
            Violation: something was.
        """
        if run.wrote:
            raise Violation(f"written, and answered that nothing was: {run.request}")
        run.said_unwritten = True


def _for_expiry(refused: str) -> bool:
    return refused.startswith(("VersionGone", "NotFound: There is no version"))
