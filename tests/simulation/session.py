"""A client's side of requests: which container, how often, and what to believe of the answers."""

from collections.abc import Callable
from typing import Final

from scene_studio.http.requests import Change
from scene_studio.model.errors import Busy, OutcomeUnknown, RefusedAsItStands, SceneStudioError
from scene_studio.store.pacing import MAX_ATTEMPTS, Pacing
from tests.simulation.checker import STUDIO_KEY, Checker
from tests.simulation.containers import Container, Platform
from tests.simulation.requests import Answer, Request, Run
from tests.simulation.runs import MachineRun
from tests.simulation.state import State
from tests.simulation.store import Version
from tests.simulation.world import Crashed, World

_TRIES: Final = 4

Call = Callable[[Container, Change], Answer]


class Service:
    """The containers, and the network in front of them.

    Attributes:
        runs: what each actor is running.
    """

    def __init__(
        self,
        world: World,
        platform: Platform,
        checker: Checker,
        *,
        containers: int,
        attempts: int,
        seconds: float,
    ) -> None:
        self.world = world
        self.platform = platform
        self.store = platform.store
        self.checker = checker
        self.runs: dict[object, Run | MachineRun] = {}
        self.store.sender = lambda: self.runs.get(world.running())
        self.store.read = self._read
        self._containers = [Container(platform) for _ in range(containers)]
        self._attempts = attempts
        self._seconds = seconds

    def container(self) -> Container:
        """A container that is free; one more if none is."""
        free = [container for container in self._containers if not container.busy]
        if not free:
            free = [Container(self.platform)]
            self._containers += free
        return self.world.random.choice(free)

    def _read(self, version: Version) -> None:
        run = self.runs.get(self.world.running())
        if isinstance(run, MachineRun) and version.key == STUDIO_KEY:
            run.seen = self.checker.state(version.named.version_id)
            run.seen_at = self.world.milliseconds()

    def machine(self) -> MachineRun:
        """The machine's run that is running."""
        run = self.runs[self.world.running()]
        assert isinstance(run, MachineRun)
        return run

    def request_pacing(self) -> Pacing:
        """How long a run of a request may try."""
        return self.pacing(self._seconds, self._attempts)

    def pacing(self, seconds: float, attempts: int = MAX_ATTEMPTS) -> Pacing:
        """A budget of time and of attempts on the world's clock."""
        world = self.world
        return Pacing(world.now + seconds, attempts, world.monotonic, world.pause, world.random.uniform)


class Session:
    """One client: sends requests, repeats those that were not answered, and remembers nothing else."""

    def __init__(self, name: str, service: Service) -> None:
        self.name = name
        self.service = service
        self.running: Run | None = None
        self._sent = 0

    def new_key(self) -> str:
        """A key for a new request."""
        self._sent += 1
        return f"{self.name}-{self._sent}"

    def send(self, request: Request, scope: str, call: Call) -> Answer | State | None:
        """Send a request until it is answered, or until patience ends.

        Returns:
            The answer; the current version if it was refused with that; None otherwise.
        """
        world = self.service.world
        for _ in range(_TRIES):
            answer = self._run(request, scope, call)
            if isinstance(answer, SceneStudioError):
                current = answer.current if isinstance(answer, RefusedAsItStands) else None
                return current and self.service.checker.state(current.version.version_id)
            if answer is not None and world.random.random() >= self.service.store.faults.unheard:
                return answer
            if answer is not None:
                world.note(self.name, "does not hear the answer to", request.key)
            world.pause(world.random.choice((0.01, 1.0, 30.0)) * world.random.random())
        return None

    def read(self, tag: str | None = None) -> State | None:
        """Read the studio; None if it cannot be read or is what the tag names."""
        request = Request("read", "", tag or "")
        answer = self._run(request, "GET", lambda container, _: container.read(tag, ""))
        if not isinstance(answer, Answer):
            return None
        if answer.unchanged:
            assert tag is not None
            assert self.running is not None
            self.service.checker.unchanged(self.running, tag)
        return self.service.checker.shown(answer)

    def _run(self, request: Request, scope: str, call: Call) -> Answer | SceneStudioError | None:
        service, checker, world = self.service, self.service.checker, self.service.world
        container = service.container()
        run = self.running = Run(request, len(checker.states), world.milliseconds())
        change = Change(request.key, scope, request.body, run.now, service.request_pacing(), has_own_key=True)
        world.note(self.name, "sends", request)
        container.busy = True
        service.runs[world.running()] = run
        try:
            answer = call(container, change)
        except Crashed:
            container.restart()
            world.note(self.name, "hears nothing of", request.key, "for its container died")
            return None
        except OutcomeUnknown:
            world.note(self.name, "is told that the outcome is unknown of", request.key)
            return None
        except Busy:
            world.note(self.name, "is told that the store is busy for", request.key)
            if request.kind in {"edit", "generate", "cancel", "retry", "await", "delete", "undelete"}:
                checker.unwritten(run)
            return None
        except SceneStudioError as refusal:
            world.note(self.name, "is refused", request.key, str(refusal))
            checker.refused(run, refusal)
            return refusal
        finally:
            container.busy = False
            service.runs.pop(world.running(), None)
        world.note(self.name, "is answered", request.key)
        checker.answered(run, answer)
        return answer
