"""Workers that end at the same time, in virtual time, over a store that takes as long as S3 does."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scene_studio.generation.claims import Claims
from scene_studio.generation.image_model import ImageRequest, ImageResult
from scene_studio.generation.message import WantedPicture
from scene_studio.generation.timing import Timing
from scene_studio.generation.work import Worker
from scene_studio.model.generation import ask
from scene_studio.model.intent import IntendedProduct, Intent
from scene_studio.model.results import AnyResult, fold_into_studio
from scene_studio.model.settings import SceneGenerationSettings
from scene_studio.model.studio import Studio, new_slot, new_studio
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache, Versioned
from scene_studio.store.clients import Clients
from scene_studio.store.folders import Folders
from scene_studio.store.inbox import Folded, Inbox
from scene_studio.store.object_store import Conflict
from scene_studio.store.pacing import Pacing
from scene_studio.store.studios import Studios
from tests.simulation.world import World
from tests.support.models import SIZE, StubModel, stub_jpeg
from tests.support.scripted_store import MemoryStore

READ_SECONDS: Final = 0.025
WRITE_SECONDS: Final = 0.060
_AT_ONCE: Final = 16
"""How many requests of one call run in parallel, as in the store over S3."""
_CLIENT, _STUDIO = "acme-corp", "default"
_KEY: Final = keys.studio(_CLIENT, _STUDIO)


class SlowStore:
    """A store in memory whose every request takes virtual time; it takes effect half-way.

    Attributes:
        requests: how many were made, by the name of the store's method.
        commits: when each version of the studio was written.
        refused: how many writes of the studio were refused, because another came first.
    """

    def __init__(self, world: World) -> None:
        self.requests: Counter[str] = Counter()
        self.commits: list[float] = []
        self.refused = 0
        self._world = world
        self._store = MemoryStore()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Every method of the store, slowed down."""
        writes = name.startswith(("put", "delete"))

        def call(what: Any, *arguments: Any, **more: Any) -> Any:
            count = len(what) if name in {"get_all", "heads"} else 1
            seconds = (WRITE_SECONDS if writes else READ_SECONDS) * -(-count // _AT_ONCE)
            self.requests[name] += count
            self._world.pause(seconds / 2)
            try:
                answer = getattr(self._store, name)(what, *arguments, **more)
            except Conflict:
                self.refused += what == _KEY
                self._world.pause(seconds / 2)
                raise
            if writes and what == _KEY:
                self.commits.append(self._world.now)
            self._world.pause(seconds / 2)
            return answer

        return call

    def forget(self) -> None:
        """Count from here."""
        self.requests.clear()
        self.commits.clear()
        self.refused = 0


class _OneByOne(Inbox):
    """What a worker would do that knows no inbox: commit its own result, again and again until it is in."""

    def __init__(self, studios: Studios) -> None:
        self._of = studios
        self._own: AnyResult | None = None

    def put(self, _client_id: str, _studio_id: str, result: AnyResult, _unique: str) -> str:
        self._own = result
        return ""

    def fold(self, client_id: str, studio_id: str, now: int, pacing: Pacing, own: str | None = None) -> Folded:
        def take(current: Versioned[Studio] | None) -> Studio | None:
            assert current is not None
            assert self._own is not None
            return fold_into_studio(current.document, [self._own], now)

        self._of.commit(client_id, studio_id, take, None, pacing)
        return Folded(1)


class _TimedModel(StubModel):
    """An image model whose pictures are all stored within a short span of time."""

    def __init__(self, world: World, ready_at: float) -> None:
        super().__init__()
        self._world = world
        self._ready_at = ready_at

    def generate(self, request: ImageRequest) -> ImageResult:
        self.requests.append(request)
        self._world.pause(max(0.0, self._ready_at - self._world.now))
        return ImageResult(stub_jpeg(request.seed), *SIZE, request.seed)


@dataclass(frozen=True, slots=True)
class Drained:
    """How it went.

    Attributes:
        commits: how many versions of the studio the results took, without the one that asked for them.
        refused: how many writes of the studio came too late and had to be made again.
        requests: how many requests the workers made of the store.
        seconds: virtual time from the first picture to the last that is a revision.
        studio: the studio at the end.
    """

    commits: int
    refused: int
    requests: int
    seconds: float
    studio: Studio


def drain(seed: int, pictures: dict[str, int], *, spread: float, combining: bool = True) -> Drained:
    """Have one worker for each picture end within `spread` seconds, and fold all results in.

    Args:
        seed: for everything that is left to chance.
        pictures: how many pictures of each slot.
        spread: over how many seconds the pictures become ready.
        combining: whether workers use the inbox; otherwise each commits its own result.
    """
    world, chance = World(seed), random.Random(seed)
    store = SlowStore(world)
    names = _ask(store, pictures)
    world.now = 0.0
    store.forget()
    ended: list[float] = []
    begin = 10.0
    for name in names:
        worker = _worker(world, store, begin + chance.uniform(0, spread), chance, combining=combining)

        def work(worker: Worker = worker, name: WantedPicture = name) -> None:
            worker.run(name, seconds=100.0, last=False)
            ended.append(world.now)

        world.spawn(work, chance.uniform(0, 1))
    world.run()
    found = Studios(store._store, DocumentCache()).read(_CLIENT, _STUDIO)
    return Drained(
        len(store.commits), store.refused, store.requests.total(), max(ended) - begin, found.document
    )


def _ask(store: SlowStore, pictures: dict[str, int]) -> Sequence[WantedPicture]:
    studio = new_studio(_CLIENT, _STUDIO, None, "2024-01-01T12:00:00.000Z")
    asked = []
    for slot_id, count in pictures.items():
        settings = SceneGenerationSettings(style=f"Style of {slot_id}")
        intents = [
            Intent(
                id=f"{slot_id}-{number}",
                asked_at=0,
                asked_rev=0,
                queued_at=0,
                deadline=10**13,
                products=(IntendedProduct(id=f"product-of-{slot_id}", name="Chair"),),
                settings=settings,
                prompt=f"Prompt of {slot_id}",
                seed=number,
            )
            for number in range(count)
        ]
        asked.append((new_slot(slot_id, (), settings), intents))
    studios = Studios(store._store, DocumentCache())
    studios.commit(_CLIENT, _STUDIO, lambda _: ask(studio, asked, 0), None, Pacing(until=1e18))
    return [
        WantedPicture(client_id=_CLIENT, studio_id=_STUDIO, slot_id=slot.id, image_id=intent.id)
        for slot, intents in asked
        for intent in intents
    ]


def _worker(
    world: World, store: SlowStore, ready_at: float, chance: random.Random, *, combining: bool
) -> Worker:
    objects: Any = store
    studios = Studios(objects, DocumentCache())
    folders = Folders(studios, Clients(objects, DocumentCache()))
    return Worker(
        objects=objects,
        studios=studios,
        inbox=Inbox(objects, folders) if combining else _OneByOne(studios),
        claims=Claims(objects, Timing(120).lease),
        model=lambda: _TimedModel(world, ready_at),
        clock=world.milliseconds,
        unique=lambda: f"{chance.getrandbits(96):024x}",
        pacing=lambda: Pacing(
            until=1e18, attempts=10_000, monotonic=world.monotonic, sleep=world.pause, uniform=chance.uniform
        ),
    )
