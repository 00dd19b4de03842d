"""Holds every version and every answer to the design, while they come."""

from dataclasses import dataclass, replace
from typing import Any, Final

from scene_studio.generation.timing import Timing
from scene_studio.model.errors import SceneStudioError
from scene_studio.store.cache import Versioned
from scene_studio.store.commit import encode
from tests.simulation.containers import CLIENT, STUDIO
from tests.simulation.generations import after_cancelling, after_retrying
from tests.simulation.histories import Histories
from tests.simulation.intents import Intents
from tests.simulation.oracle import Expected, expected, order_fault
from tests.simulation.painter import Painter
from tests.simulation.pictures import Counts, Pictures
from tests.simulation.refusals import Refused, justified
from tests.simulation.requests import Answer, Request, Run
from tests.simulation.runs import MachineRun
from tests.simulation.state import ORDER, State, read_state
from tests.simulation.store import MemoryStore, Version
from tests.simulation.transitions import Transitions, base_of, compare
from tests.simulation.world import Violation, World

CLIENT_KEY: Final = f"clients/{CLIENT}/client.json"
STUDIO_KEY: Final = f"clients/{CLIENT}/scene-studios/{STUDIO}/config.json"


class Excused(Exception):
    """What has to be allowed, and after which nothing more is proved.

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
    """

    def __init__(self, world: World, store: MemoryStore, timing: Timing, limits: Limits) -> None:
        self.states: list[State] = []
        self.acknowledged = 0
        self._world = world
        self._store = store
        self._histories = Histories(store, limits.inline)
        self._ring = limits.ring
        self._by_id: dict[str, State] = {}
        self._pictures = Pictures(world, store, timing)
        self._transitions = Transitions(
            self._by_id, Intents(self._pictures, self._histories, self.states, limits.late)
        )
        self._client_rev = 0
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
        store.removed = self._pictures.removed
        painter.begun = self._pictures.calls.begun

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        self._pictures.calm()

    def rested(self) -> bool:
        """Whether machines have nothing left to do."""
        return self._pictures.rested()

    def check_end(self) -> Counts:
        """Hold what there is, when all have gone home, to what was asked for.

        Raises:
            Violation: something is missing.
        """
        last = self.states[-1] if self.states else None
        slots = last.machines if last is not None else ()
        return self._pictures.check_end({one: self._histories.of(self.states[-1], one) for one in slots})

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
            self._pictures.stored(version)

    def _studio_written(self, version: Version, run: Run | MachineRun | None) -> None:
        before = self.states[-1] if self.states else None
        state = read_state(len(self.states), version.named.version_id, version.body)
        request = run.request if isinstance(run, Run) else None
        self._world.note("version", state.tag, "by", request or run or "the simulator")
        if any(other.named.etag == version.named.etag for other in self._store.lineage(version.key)[:-1]):
            raise Violation("two versions share their bytes")
        if state.rev != (before.rev if before else 0) + 1:
            raise Violation(f"rev {state.rev} follows rev {before.rev if before else 0}")
        made = self._histories.check(before, state)
        if isinstance(run, Run):
            self._count(run, state)
        if before is not None and isinstance(run, Run):
            self._transitions.check(run, before, state, made)
        elif before is not None and run is not None:
            self._transitions.check_machine(run, before, state, made)
        asking = request if request is not None and request.kind in {"generate", "retry"} else None
        asked = dict.fromkeys(asking.wish.slots, state.rev) if asking is not None else {}
        state = replace(state, asked={**(before.asked if before else {}), **asked})
        self.states.append(state)
        self._by_id[state.version_id] = state
        self._pictures.is_now(state, asking)

    def _client_written(self, version: Version, run: Run | MachineRun | None) -> None:
        self._client_rev += 1
        if f'"rev":{self._client_rev},'.encode() not in version.body:
            raise Violation("a client's rev does not rise by one")
        if isinstance(run, MachineRun):
            raise Violation(f"a client is changed by {run}")
        if run is not None:
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
            self._reported(run, answer)
        elif not request.writes:
            self._needless(run)

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
        if not any(state.tag == tag for state in self._since(run)):
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
        bases = [self._base(request, state) for state in self._since(run)]
        there = Refused(request, refusal, self._since(run), bases, self.gone, run.started > 0)
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

    def _base(self, request: Request, current: State) -> State:
        return base_of(request.intent, current, self._by_id)

    def _since(self, run: Run) -> list[State]:
        """The versions that were current at some time while it ran."""
        return self.states[max(0, run.started - 1) :]

    def _reported(self, run: Run, answer: Answer) -> None:
        request = run.request
        reported = {(one.slot_id, one.field) for one in answer.saved.conflicts} if answer.saved else set()
        if answer.saved is not None and answer.saved.ignored:
            raise Violation(f"a part was ignored {answer.saved.ignored}: {request}")
        if request.writes and request.expected is None:
            raise Violation(f"an edit made the studio: {request}")
        if request.writes:
            assert request.expected is not None
            self._conflicts(reported, request.expected, request, self.states[request.writes[0] - 1])
            return
        possible: list[State] = self._since(run)
        if answer.entry is not None:
            possible = [self._by_id[answer.entry.version.version_id]]
        if not any(self._is_done(request, state, reported) for state in possible):
            raise Violation(f"acknowledged with {sorted(map(str, reported))} and not done: {request}")

    def _conflicts(self, reported: set[Any], result: Expected, request: Request, replaced: State) -> None:
        missing = result.conflicts - reported
        excess = reported - result.conflicts - {(None, ORDER)}
        base = request.intent.base
        known = not self.gone(replaced.version_id) and (base is None or not self.gone(base))
        old = request.intent.restore
        if self.states[-1].deleted or (old is not None and self.gone(old[0].version_id)):
            known = False  # the edit cannot be made again, and all is listed
        if not known:
            # Then what the edit touched is listed, but not that it kept a slot which others had deleted, nor
            # what it emptied: those cannot be told without its base. The slot is named all the same.
            slots = {slot_id for slot_id, _ in reported}
            missing = frozenset(one for one in missing if one[0] not in slots)
        if missing or (excess and known):
            raise Violation(
                f"conflicts not reported {sorted(map(str, missing))}, reported without being "
                f"{sorted(map(str, excess))}: {request}"
            )

    def _is_done(self, request: Request, state: State, reported: set[Any]) -> bool:
        base = self._base(request, state)
        result = expected(request.intent, base, state)
        if result.picked or (request.strict and result.conflicts):
            return False
        if result.conflicts != reported - {(None, ORDER)} | (result.conflicts & {(None, ORDER)}):
            return False
        try:
            compare(result.people, state.people, request)
        except Violation:
            return False
        return order_fault(request.intent, base, state, state) is None

    def _needless(self, run: Run) -> None:
        request = run.request
        for state in self._since(run):
            if request.wish.slots:
                done = _is_wished(request, state)
            elif request.kind == "import":
                done = set(request.imported) <= set(state.people.slots) or state.deleted
            else:
                done = request.kind != "create" and state.deleted == (request.kind == "delete")
            if done:
                return
        raise Violation(f"acknowledged and not done: {request}")


def _for_expiry(refused: str) -> bool:
    return refused.startswith(("VersionGone", "NotFound: There is no version"))


def _is_wished(request: Request, state: State) -> bool:
    """Whether there is nothing left to cancel, or to retry."""
    (slot_id,), ids = request.wish.slots, request.wish.image_ids
    intents = state.intents(slot_id)
    if request.kind == "cancel":
        return after_cancelling(intents, ids) == list(intents)
    return after_retrying(intents, ids, 0, 0, 0) == list(intents)
