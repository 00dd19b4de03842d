"""Workers and ingestion, one run for each message, and the janitor that comes again and again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Final

from janitor.generation import Generation
from janitor.places import Place, Places
from janitor.purge import Purge
from janitor.sweep import Sweep
from janitor.uploads import Uploads
from scene_studio.generation.message import WantedPicture
from scene_studio.generation.work import ClaimedByAnother, Worker
from scene_studio.images.forms import Purpose, TakenIn
from scene_studio.model.errors import Busy, ModelUnavailable, OutcomeUnknown
from scene_studio.queues.queue import QueueUnavailable
from scene_studio.queues.s3_notifications import read_notification
from scene_studio.store import keys
from scene_studio.store.pacing import Pacing
from tests.simulation.containers import CLIENT, STUDIO, Container
from tests.simulation.faults import Faults
from tests.simulation.painter import Broken
from tests.simulation.queue import Message
from tests.simulation.runs import MachineRun
from tests.simulation.session import Service
from tests.simulation.world import Crashed, Violation
from tests.support import words
from upload_ingestion.ingest import Ingestion

_ATTEMPTS: Final = 6
_SEEN_TO_REST: Final = 60
"""How often the janitor may come, once nobody disturbs it, until there is nothing left to do."""


class Machines:
    """All that works on pictures while nobody asks."""

    def __init__(self, service: Service, *, period: float) -> None:
        """Begin.

        Args:
            service: the containers' surroundings.
            period: every how many seconds the janitor comes, about.
        """
        self._service = service
        self._world = service.world
        self._platform = service.platform
        self._period = period
        self._containers: list[Container] = []
        self._numbers = count(1)
        self._platform.queue.deliver = self._deliver
        self._platform.uploads.deliver = self._tell

    # Workers -------------------------------------------------------------------------------------------

    def _deliver(self, message: Message) -> None:
        self._world.spawn(lambda: self._work(message), 0)

    def _work(self, message: Message) -> None:
        """Deal with a message as the worker's handler does; it comes again unless that went well."""
        wanted = WantedPicture.model_validate_json(message.body)
        platform, limit = self._platform, self._platform.timing.worker_seconds
        run = MachineRun(
            f"worker-{next(self._numbers)}",
            self._world.milliseconds(),
            wanted.slot_id,
            wanted.image_id,
            last=message.receives >= platform.queue.deliveries,
        )
        with self._container(run, limit) as container:
            worker = Worker(
                objects=platform.store,
                studios=container.studios,
                inbox=container.inbox,
                claims=container.claims,
                model=lambda: platform.painter,
                clock=self._world.milliseconds,
                unique=platform.unique,
                pacing=lambda: self._service.pacing(limit / 4, _ATTEMPTS),
            )
            try:
                outcome = worker.run(wanted, seconds=limit * 0.75, last=run.last)
            except (ClaimedByAnother, Busy, OutcomeUnknown, ModelUnavailable, Broken) as error:
                run.ended = "failed"
                self._world.note(run, "did not end well", repr(error))
            else:
                message.done = True
                self._world.note(run, "ends", outcome.value)

    # Ingestion -----------------------------------------------------------------------------------------

    def _tell(self, message: Message) -> None:
        self._world.spawn(lambda: self._take_in(message), 0)

    def _take_in(self, message: Message) -> None:
        """Deal with a message as ingestion's handler does; it comes again unless that went well."""
        (told,) = read_notification(message.body)
        platform, limit = self._platform, self._platform.timing.worker_seconds
        run = MachineRun(f"ingestion-{next(self._numbers)}", self._world.milliseconds(), takes_in=told.key)
        with self._container(run, limit) as container:
            ingestion = Ingestion(
                objects=platform.store,
                folders=container.folders,
                inbox=container.inbox,
                take_in=self._decode,
                clock=self._world.milliseconds,
                unique=platform.unique,
                pacing=lambda: self._service.pacing(limit / 4, _ATTEMPTS),
            )
            try:
                outcome = ingestion.run(told)
            except (Busy, OutcomeUnknown) as error:
                run.ended = "failed"
                self._world.note(run, "did not end well", repr(error))
            else:
                message.done = True
                self._world.note(run, "ends", outcome.value)

    def _decode(self, data: bytes, purpose: Purpose) -> TakenIn:
        """Decode a file, which takes a while, and now and then too long."""
        source, limit = self._world.random, self._platform.timing.worker_seconds
        lengthy = source.random() < self._platform.store.faults.lengthy
        self._world.pause(limit * source.uniform(*(0.5, 1.5) if lengthy else (0.01, 0.4)))
        self._platform.store.flight()
        return words.take_in(data, purpose)

    # The janitor ---------------------------------------------------------------------------------------

    def look_after(self, people_are_there: Callable[[], bool]) -> None:
        """Have the janitor come until there is rest: things go wrong only while people are there.

        Args:
            people_are_there: tells whether they are.

        Raises:
            Violation: there is no rest.
        """
        world, source = self._world, self._world.random
        while people_are_there():
            world.pause(source.uniform(0.3, 1.7) * self._period)
            self._come()
        world.note("from now on nothing goes wrong")
        self._platform.store.faults = Faults()
        self._service.checker.calm()
        for _ in range(_SEEN_TO_REST):
            world.pause(self._platform.timing.worker_seconds)
            if not self._service.checker.rested():
                self._come()
            elif world.is_idle():
                break
        else:
            raise Violation("pictures do not come to rest")
        world.pause(self._platform.timing.reminder / 1000)
        self._come()

    def _come(self) -> None:
        self._world.spawn(self._sweep, 0)

    def purge(self, skew: float) -> None:
        """Have the janitor come to the studio, with a clock that is wrong by so many seconds."""
        self._world.spawn(lambda: self._purge(skew), 0)

    def _purge(self, skew: float) -> None:
        run = MachineRun(f"janitor-{next(self._numbers)}", self._world.milliseconds())
        with self._container(run, 4 * self._platform.timing.worker_seconds) as container:
            sweep = self._sweep_of(container, run.began + int(skew * 1000))
            try:
                done = sweep.look_after(Place(CLIENT, STUDIO))
                self._world.note(run, "has purged", done.purged)
            except (Busy, OutcomeUnknown) as error:
                run.ended = "failed"
                self._world.note(run, "gives up for now", repr(error))

    def _sweep(self) -> None:
        platform = self._platform
        run = MachineRun(f"janitor-{next(self._numbers)}", self._world.milliseconds())
        with self._container(run, 4 * platform.timing.worker_seconds) as container:
            sweep = self._sweep_of(container, run.began)
            try:
                for place in sweep.places.find():
                    if place not in {(CLIENT, STUDIO), (CLIENT, keys.LIBRARY)}:
                        raise Violation(f"the janitor looks after {place}")
                    done = sweep.look_after(place)
                    if done.unreadable:
                        raise Violation(f"there are no results under {done.unreadable}")
            except (Busy, OutcomeUnknown, QueueUnavailable) as error:
                run.ended = "failed"
                self._world.note(run, "gives up for now", repr(error))

    def _sweep_of(self, container: Container, now: int) -> Sweep:
        platform = self._platform

        def pacing() -> Pacing:
            return self._service.pacing(6.0, _ATTEMPTS)

        generation = Generation(platform.store, container.studios, platform.queue, platform.timing, pacing, now)
        uploads = Uploads(platform.store, container.folders, lambda: platform.uploads, pacing, now)
        places = Places(platform.store, platform.timing.reminder)
        purge = Purge(platform.store, container.studios, container.clients, pacing, now)
        return Sweep(places, container.inbox, generation, uploads, purge, pacing, now)

    # Common --------------------------------------------------------------------------------------------

    @contextmanager
    def _container(self, run: MachineRun, seconds: float) -> Iterator[Container]:
        """A container for this run, which is stopped with it after so many seconds."""
        world = self._world
        container = next((one for one in self._containers if not one.busy), None)
        if container is None:
            container = Container(self._platform)
            self._containers.append(container)
        container.busy = True
        self._service.runs[world.running()] = run
        world.note(run, "begins")
        world.stop_after(seconds, lambda: not run.ended)
        try:
            yield container
            run.ended = run.ended or "done"
        except Crashed:
            run.ended = "died"
            world.note(run, "dies")
            container.restart()
        finally:
            container.busy = False
            del self._service.runs[world.running()]
