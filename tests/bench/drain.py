"""Results that end together: what it takes until all are in their studio, by the inbox and by plain loops.

All in virtual time over a store that takes as long as S3 does, so that a seed gives the same figures anywhere.
A write that another came before is refused after its whole time, as S3 does with 412, and with 409 where it
cannot tell. Nothing but that bounds how often one key can be written: a loop that never waits comes to 18 times
a second here, and about 15 have been measured of S3, so the loops are not shown slower than they are.
"""

import random
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from pydantic_core import from_json

from scene_studio.model.generation import ask
from scene_studio.model.intent import Intent, Result
from scene_studio.model.studio import new_slot, new_studio
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache
from scene_studio.store.clients import Clients
from scene_studio.store.folders import Folders
from scene_studio.store.inbox import Inbox
from scene_studio.store.pacing import Pacing
from scene_studio.store.studios import Studios
from tests.bench.designs import Pause, StudioDocument, at_once, delivered, full_jitter, studio_json
from tests.bench.figures import Benchmark, Figure, Goal, Say
from tests.simulation.world import World
from tests.support.histories import CLIENT, NOW, STUDIO, plain_revision
from tests.support.latency import SlowStore

WORKERS: Final = (1, 2, 5, 10, 20, 50, 100)
TOLD: Final = (1, 20, 100)
SEEDS: Final = range(10)
PLOT: Final = Path(__file__).with_name("drain.svg")

SPREAD_SECONDS: Final = 0.2
"""Within which the results end."""
_READ_MICROS: Final = 0.4
_WRITE_MICROS: Final = 5.0
"""For a request to S3, in millionths of a dollar (list prices of us-east-1); a listing costs as a write."""
_SLOTS: Final = tuple(f"slot-{number}" for number in range(1, 6))
_PROMPT: Final = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where workers end.

    Attributes:
        world: their time.
        store: what they share.
        chance: the source of all that is left to chance.
    """

    world: World
    store: SlowStore
    chance: random.Random

    @property
    def slow(self) -> Any:
        """The store, at its pace."""
        return self.store

    @property
    def at_hand(self) -> Any:
        """The same store, to prepare it and to look into it in no time."""
        return self.store._store


Deliver = Callable[[int], None]
"""Delivers the result of this number."""


class Way(Protocol):
    """A way in which results come into a studio that waits for them."""

    def worker(self) -> Deliver:
        """A worker, from before its picture is there."""
        ...

    def images(self) -> set[str]:
        """The pictures that the studio has."""
        ...


class Inboxes:
    """Scene Studio's: a result goes into the inbox, and whoever comes first folds all that wait."""

    def __init__(self, place: Place, count: int) -> None:
        self._place = place
        asked = []
        for slot_id in _SLOTS:
            intents = [_intent(number) for number in range(count) if _slot(number) == slot_id]
            asked.append((new_slot(slot_id), intents))
        studio = new_studio(CLIENT, STUDIO, None, NOW)
        studios = Studios(place.at_hand, DocumentCache())
        studios.commit(CLIENT, STUDIO, lambda _: ask(studio, asked, 0), None, self._pacing())

    def worker(self) -> Deliver:
        """See `Way.worker`; it knows the studio as it was when the picture was begun."""
        place = self._place
        studios = Studios(place.slow, DocumentCache())
        inbox = Inbox(place.slow, Folders(studios, Clients(place.slow, DocumentCache())))
        studios.read(CLIENT, STUDIO)

        def deliver(number: int) -> None:
            revision = plain_revision(number, _PROMPT)
            result = Result(slot_id=_slot(number), id=revision.id, attempt=1, revision=revision)
            own = inbox.put(CLIENT, STUDIO, result, f"{place.chance.getrandbits(96):024x}")
            inbox.fold(CLIENT, STUDIO, place.world.milliseconds(), self._pacing(), own=own)

        return deliver

    def images(self) -> set[str]:
        """See `Way.images`."""
        studio = Studios(self._place.at_hand, DocumentCache()).read(CLIENT, STUDIO).document
        return {revision.id for slot in studio.output_slots for revision in slot.history}

    def _pacing(self) -> Pacing:
        world, chance = self._place.world, self._place.chance
        return Pacing(until=1e18, monotonic=world.monotonic, sleep=world.pause, uniform=chance.uniform)


class Loops:
    """A plain loop over one document: read it, add the picture, write it unless somebody came in between."""

    def __init__(self, place: Place, count: int) -> None:
        self._place = place
        StudioDocument(place.at_hand).begin([studio_json(STUDIO, dict.fromkeys(_SLOTS, ()))])

    def worker(self) -> Deliver:
        """See `Way.worker`."""
        design = StudioDocument(self._place.slow, self._pause())
        return lambda number: design.change(STUDIO, delivered(_slot(number), plain_revision(number, _PROMPT)))

    def images(self) -> set[str]:
        """See `Way.images`."""
        studio = from_json(self._place.at_hand.get(keys.studio(CLIENT, STUDIO)).body)
        return {revision["id"] for slot in studio["outputSlots"] for revision in slot["history"]}

    def _pause(self) -> Pause:
        return at_once


class PatientLoops(Loops):
    """The same, waiting longer and longer between attempts, as is advised."""

    def _pause(self) -> Pause:
        return full_jitter(self._place.world.pause, self._place.chance.uniform)


OURS: Final = "Scene Studio"
WAYS: Final[Mapping[str, Callable[[Place, int], Way]]] = {
    OURS: Inboxes,
    "one document, retried at once": Loops,
    "one document, retried with jitter": PatientLoops,
}


class Drained(NamedTuple):
    """What it took until all results were in.

    Attributes:
        commits: how many versions of the studio.
        requests: how many requests of the workers.
        micros: what S3 takes for these, in millionths of a US dollar.
        seconds: virtual time from when the first result was ready to when the last was in the studio.
    """

    commits: float
    requests: float
    micros: float
    seconds: float


def storms(
    say: Say,
    *,
    workers: Sequence[int] = WORKERS,
    told: Sequence[int] = TOLD,
    seeds: Sequence[int] = SEEDS,
    plot: Path | None = PLOT,
) -> Iterator[Figure]:
    """What each way takes, at its median over some seeds; of commits, at its worst.

    Args:
        say: tells what is being measured.
        workers: how many workers end together, for the plot.
        told: for which of these there are figures.
        seeds: the seeds.
        plot: where to draw it; None for nowhere.
    """
    drained: dict[str, dict[int, Drained]] = {}
    for name, way in WAYS.items():
        drained[name] = {}
        for count in workers:
            say(f"{_results(count)}, {name}")
            runs = [drain(way, count, seed) for seed in seeds]
            middle = Drained(*map(statistics.median, zip(*runs, strict=True)))
            drained[name][count] = middle._replace(commits=max(run.commits for run in runs))
    for count in told:
        for name, by_count in drained.items():
            yield from _figures(f"{_results(count)}, {name}", by_count[count], _goal(name, count))
    if plot is not None:
        from tests.bench.plots import draw_drain

        say(f"drawing {plot.name}")
        seconds = {name: {n: one.seconds for n, one in by_count.items()} for name, by_count in drained.items()}
        draw_drain(seconds, plot)


BENCHMARK: Final[Benchmark] = storms


def _figures(name: str, drained: Drained, goal: Goal | None) -> Iterator[Figure]:
    yield Figure(name, drained.commits, "commits", goal)
    yield Figure(name, drained.requests, "requests")
    yield Figure(name, drained.micros, "millionths of a dollar")
    yield Figure(name, drained.seconds, "seconds")


def _results(count: int) -> str:
    return "one result" if count == 1 else f"{count} results at once"


def _goal(name: str, count: int) -> Goal | None:
    return Goal("at most", 5) if name == OURS and count == max(TOLD) else None


def drain(way: Callable[[Place, int], Way], count: int, seed: int) -> Drained:
    """Have so many workers end, and see that all their pictures come in.

    Raises:
        RuntimeError: one did not.
    """
    world, chance = World(seed), random.Random(seed)
    store = SlowStore(world)
    studio = way(Place(world, store, chance), count)
    workers = [studio.worker() for _ in range(count)]
    world.now = 0.0
    store.forget()
    ends = sorted(chance.uniform(0, SPREAD_SECONDS) for _ in workers)
    for number, (deliver, end) in enumerate(zip(workers, ends, strict=True)):
        world.spawn(partial(deliver, number), end)
    world.run()
    if len(studio.images()) != count:
        raise RuntimeError(f"{len(studio.images())} of {count} results came in")
    made, read = store.requests.total(), store.requests["get"] + store.requests["get_all"]
    price = read * _READ_MICROS + (made - read) * _WRITE_MICROS
    return Drained(len(store.commits), made, price, store.commits[-1] - ends[0])


def _intent(number: int) -> Intent:
    return Intent(id=f"r{number}", asked_at=0, asked_rev=0, queued_at=0, deadline=10**13, seed=number)


def _slot(number: int) -> str:
    return _SLOTS[number % len(_SLOTS)]
