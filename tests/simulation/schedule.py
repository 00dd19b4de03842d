"""One seed, one schedule: a studio, the people around it, and what comes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from unittest.mock import patch

from scene_studio.model import document
from scene_studio.model.client import Product, new_client
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.studio import add_revisions, new_slot, new_studio
from scene_studio.store import commit, keys, studios
from scene_studio.store.object_store import ABSENT
from tests.simulation.browsers import PRODUCT_IDS
from tests.simulation.checker import STUDIO_KEY, Checker, Excused
from tests.simulation.containers import CLIENT, STUDIO
from tests.simulation.faults import Faults
from tests.simulation.people import Person
from tests.simulation.profiles import USUAL, Profile
from tests.simulation.session import Service, Session
from tests.simulation.store import MemoryStore
from tests.simulation.world import Violation, World

_NOW = "2024-01-01T12:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a schedule.

    Attributes:
        violation: what happened that must not; None if nothing did.
        story: everything that happened.
    """

    seed: int
    acknowledged: int
    commits: int
    violation: str | None
    story: list[tuple[Any, ...]]
    digest: str


def run_schedule(seed: int, profile: Profile = USUAL, *, digest: bool = False) -> Outcome:
    """Run the schedule of a seed; answers must have been made light."""
    world = World(seed)
    source = world.random
    inline = source.choice((2, 3, 4))
    page = source.choice((1, 2))
    ring = source.choice((100, 100, 100, profile.ring))
    with _small(inline, page, ring):
        store = MemoryStore(world, Faults())
        checker = Checker(world, store, inline, ring)
        store.written = checker.written
        _begin(store, source.choice((1, 2, 3)), made=source.random() < 0.95)
        store.faults = Faults.drawn(source, profile.faults)
        service = Service(
            world,
            store,
            checker,
            containers=source.choice((1, 2, 3)),
            attempts=source.choice((2, 3)) if profile.hasty else source.choice((3, 6, 30)),
            seconds=source.choice((3.0, 20.0)),
        )
        world.note("a world with", store.faults, "inline", inline, "page", page, "ring", ring)
        values = count(1)
        for number in range(source.choice((2, 3, 4))):
            session = Session(f"person-{number + 1}", service)
            person = Person(session, profile, values, source.choice((1, 1, 2)), source.randrange(3, 8))
            world.spawn(person.live, source.uniform(0, 1))
        if source.random() < profile.expiring:
            for _ in range(3):
                keep = source.choice((1, 2, 4))
                world.later(source.uniform(1, 60), lambda keep=keep: store.expire(STUDIO_KEY, keep))  # type: ignore[misc]
        violation = _run(world)
    commits = len(checker.states)
    return Outcome(
        seed, checker.acknowledged, commits, violation, world.story, world.digest() if digest else ""
    )


def _run(world: World) -> str | None:
    try:
        world.run()
    except Excused:
        world.note("a request is repeated that the document has forgotten; the rest proves nothing")
    except Violation as violation:
        return str(violation)
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None


@contextmanager
def _small(inline: int, page: int, ring: int) -> Iterator[None]:
    """Few revisions inline, small pages, and perhaps a short memory, so that limits are met often."""
    with (
        patch.object(studios, "INLINE_LIMIT", inline),
        patch.object(studios, "PAGE_SIZE", page),
        patch.object(document, "RING_SIZE", ring),
        patch.object(commit, "RING_SIZE", ring),
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
