"""An image model that fails in every way it may, and what is known of each time that it was asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from scene_studio.generation.image_model import Capabilities, ImageRequest, ImageResult
from scene_studio.images.inspect import ImageInfo
from scene_studio.images.provenance import Provenance
from scene_studio.model.errors import GenerationRefused, ModelUnavailable
from scene_studio.model.settings import ASPECT_RATIOS
from tests.simulation.runs import MachineRun
from tests.simulation.store import MemoryStore
from tests.simulation.world import World


class Broken(Exception):
    """What nobody foresaw."""


@dataclass(slots=True, eq=False)
class Call:
    """One time that the model was asked for a picture.

    Attributes:
        number: counts the calls, from 1.
        run: who asked.
        attempt: the attempt that it belongs to.
        jpeg: what it made; None while there is nothing.
        failure: how it failed: `refused`, `unavailable` or `broken`; empty if it did not.
    """

    number: int
    run: MachineRun
    attempt: int = 0
    jpeg: bytes | None = None
    failure: str = ""

    @property
    def is_final(self) -> bool:
        """Whether what came of it ends the attempt."""
        return not self.failure or self.failure == "refused" or self.run.last


class Painter:
    """An `ImageModel` whose pictures are a few bytes that tell the picture, the call, the seed and the prompt.

    Attributes:
        begun: called as each call begins.
        asking: tells whose run is asking.
    """

    capabilities: Final = Capabilities("stub", ASPECT_RATIOS, 16, seeded=False, price_micros=0)

    def __init__(self, world: World, store: MemoryStore) -> None:
        self.begun: Callable[[Call], None] = lambda _: None
        self.asking: Callable[[], MachineRun]
        self._world = world
        self._store = store
        self._calls = 0

    def generate(self, request: ImageRequest) -> ImageResult:
        """See `ImageModel`."""
        self._calls += 1
        call = Call(self._calls, self.asking())
        self._world.note(call.run, "asks the model, call", call.number)
        self.begun(call)
        source, faults = self._world.random, self._store.faults
        lengthy = source.random() < faults.lengthy
        self._world.pause(request.seconds * source.uniform(*(0.8, 1.6) if lengthy else (0.02, 0.8)))
        self._store.flight()
        luck = source.random()
        if luck < faults.refused:
            call.failure = "refused"
            raise GenerationRefused(f"Call {call.number} is refused.")
        luck -= faults.refused
        if 0 <= luck < faults.unavailable:
            call.failure = "unavailable"
            raise ModelUnavailable(f"Call {call.number} comes at a bad time.")
        luck -= faults.unavailable
        if 0 <= luck < faults.broken:
            call.failure = "broken"
            raise Broken
        call.jpeg = f"{call.run.image_id} {call.number} {request.seed} {request.prompt}".encode()
        return ImageResult(call.jpeg, call.number, 1, request.seed)


def inspected(jpeg: bytes) -> ImageInfo:
    """What is seen of a picture when it is opened: its width is the number of its call."""
    return ImageInfo("JPEG", int(jpeg.split()[1]), 1)


_MADE: Final[dict[bytes, Provenance]] = {}


def described(jpeg: bytes, made: Provenance) -> bytes:
    """The picture itself; how it was made is kept beside it."""
    _MADE[jpeg] = made
    return jpeg


def description(jpeg: bytes) -> Provenance | None:
    """How a picture was made, if `described` was told."""
    return _MADE.get(jpeg)


def thumbnail(jpeg: bytes) -> bytes:
    """A small version of a picture."""
    return b"small " + jpeg
