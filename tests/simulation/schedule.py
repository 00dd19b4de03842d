"""One seed, one schedule: a studio, the people around it, and what comes of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from janitor import uploads as looked_after
from scene_studio.generation.timing import Timing
from scene_studio.model import document, generation, upload
from scene_studio.model.client import Product, new_client
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.studio import add_revisions, new_slot, new_studio
from scene_studio.store import commit, keys, studios
from scene_studio.store.object_store import ABSENT
from tests.simulation.afterwards import Afterwards
from tests.simulation.browsers import PRODUCT_IDS
from tests.simulation.checker import STUDIO_KEY, Checker, Excused, Limits
from tests.simulation.containers import CLIENT, STUDIO, Platform
from tests.simulation.faults import Faults
from tests.simulation.files import Tally
from tests.simulation.machines import Machines
from tests.simulation.painter import Painter
from tests.simulation.people import Person
from tests.simulation.pictures import Counts
from tests.simulation.profiles import USUAL, Profile
from tests.simulation.queue import MessageQueue
from tests.simulation.session import Service, Session
from tests.simulation.store import MemoryStore
from tests.simulation.timing import ShortTiming
from tests.simulation.world import Violation, World

_NOW: Final = "2024-01-01T12:00:00.000Z"
_LATE_MILLISECONDS: Final = 200_000
_FILE_LIVES: Final = 15
_FILE_AGAIN: Final = 3
"""Time limits of ingestion: how many a file may take, and after how many it is sent for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a schedule.

    Attributes:
        pictures: what became of the pictures that were asked for, if the schedule came to its end.
        files: what became of the files that were asked for, likewise.
        violation: what happened that must not; None if nothing did.
        story: everything that happened.
    """

    seed: int
    acknowledged: int
    commits: int
    pictures: Counts
    files: Tally
    violation: str | None
    story: list[tuple[Any, ...]]
    digest: str


def run_schedule(seed: int, profile: Profile = USUAL, *, digest: bool = False) -> Outcome:
    """Run the schedule of a seed; answers must have been made light."""
    world = World(seed)
    source = world.random
    limits = Limits(
        inline=source.choice((2, 3, 4)),
        page=source.choice((1, 2)),
        ring=source.choice((100, 100, 100, profile.ring)),
        late=_LATE_MILLISECONDS,
    )
    timing = ShortTiming(source.choice((2, 4, 10)), source.choice(profile.lives))
    with _small(limits, timing):
        store = MemoryStore(world, Faults())
        checker = Checker(world, store, timing, limits)
        platform = _platform(world, store, timing, source.choice((2, 3, 5)))
        checker.follow(store, platform.painter)
        _begin(store, source.choice((1, 2, 3)), made=source.random() < 0.95)
        store.faults = Faults.drawn(source, profile.faults)
        service = Service(
            world,
            platform,
            checker,
            containers=source.choice((1, 2, 3)),
            attempts=source.choice((2, 3)) if profile.hasty else source.choice((3, 6, 30)),
            seconds=source.choice((3.0, 20.0)),
        )
        platform.painter.asking = service.machine
        world.note("a world with", store.faults, limits, timing)
        people = _people(service, profile)
        machines = Machines(service, period=source.choice(profile.periods) * timing.worker_seconds)
        world.spawn(lambda: machines.look_after(lambda: any(not one.gone for one in people)), 0)
        if source.random() < profile.expiring:
            for _ in range(3):
                keep = source.choice((1, 2, 4))
                world.later(source.uniform(1, 60), lambda keep=keep: store.expire(STUDIO_KEY, keep))  # type: ignore[misc]
        told = _run(world, checker.check_end)
        if told.counts is not None and source.random() < profile.afterwards:
            counts = told.counts
            afterwards = Afterwards(service, machines, people, Faults.drawn(source, profile.faults))
            world.spawn(afterwards.live, 0)
            told = _run(world, lambda: counts)
    commits = len(checker.states)
    pictures, files = told.counts or (Counts(), Tally())
    sealed = world.digest() if digest else ""
    return Outcome(seed, checker.acknowledged, commits, pictures, files, told.violation, world.story, sealed)


def _platform(world: World, store: MemoryStore, timing: Timing, deliveries: int) -> Platform:
    queue = MessageQueue(world, store, deliveries=deliveries, visibility=timing.visibility / 1000)
    uploads = MessageQueue(world, store, deliveries=deliveries, visibility=timing.visibility / 1000)
    names = count(1)
    return Platform(store, queue, uploads, Painter(world, store), timing, lambda: f"name{next(names)}")


def _people(service: Service, profile: Profile) -> list[Person]:
    source = service.world.random
    values = count(1)
    people = []
    for number in range(source.choice((2, 3, 4))):
        session = Session(f"person-{number + 1}", service)
        person = Person(session, profile, values, source.choice((1, 1, 2)), source.randrange(3, 8))
        service.world.spawn(person.live, source.uniform(0, 1))
        people.append(person)
    return people


class _Told(NamedTuple):
    """What came of a part of a schedule.

    Attributes:
        counts: what it came to; None if it did not come to its end.
        violation: what happened that must not; None if nothing did.
    """

    counts: tuple[Counts, Tally] | None = None
    violation: str | None = None


def _run(world: World, check: Callable[[], tuple[Counts, Tally]]) -> _Told:
    """Run until nothing is left to happen, and check what there is then."""
    try:
        world.run()
        return _Told(check())
    except Excused:
        world.note("a request is repeated that the document has forgotten; the rest proves nothing")
    except Violation as violation:
        return _Told(violation=str(violation))
    except Exception as error:  # noqa: BLE001 - whatever it is, the product should not have raised it
        return _Told(violation=f"{type(error).__name__}: {error}")
    return _Told()


@contextmanager
def _small(limits: Limits, timing: Timing) -> Iterator[None]:
    """Few revisions inline, small pages, short waits, and perhaps a short memory: limits are met often."""
    with (
        patch.object(studios, "INLINE_LIMIT", limits.inline),
        patch.object(studios, "PAGE_SIZE", limits.page),
        patch.object(document, "RING_SIZE", limits.ring),
        patch.object(commit, "RING_SIZE", limits.ring),
        patch.object(generation, "LATE_MILLISECONDS", limits.late),
        patch.object(upload, "UPLOAD_MILLISECONDS", _FILE_LIVES * timing.worker_seconds * 1000),
        patch.object(looked_after, "UPLOAD_QUEUE_AGAIN", _FILE_AGAIN * timing.worker_seconds * 1000),
    ):
        yield


def _begin(store: MemoryStore, slots: int, *, made: bool) -> None:
    """A client with products, and perhaps a studio with a few slots that have a revision each."""
    products = tuple(Product(id=one, name=f"Product {one}") for one in PRODUCT_IDS)
    client = new_client(CLIENT, "Acme", _NOW).replace(products=products)
    studio = new_studio(CLIENT, STUDIO, None, _NOW)
    for number in range(slots):
        slot_id = f"s{number}"
        revision = GeneratedSceneImage(id=f"r{number}", timestamp=1)
        studio = studio.with_slot(new_slot(slot_id, ("p1",)))
        studio = add_revisions(studio, slot_id, [revision], 0, _NOW) or studio
        store.put_once(
            keys.revision(CLIENT, STUDIO, slot_id, revision.id), b"picture", content_type="image/jpeg"
        )
    for key, body in (
        (keys.client(CLIENT), commit.encode(client.after(0, None, ""))),
        (keys.studio(CLIENT, STUDIO), commit.encode(studio.after(0, None, ""))),
    ):
        if made or key != STUDIO_KEY:
            store.put(key, body, expected=ABSENT, content_type="application/json")
