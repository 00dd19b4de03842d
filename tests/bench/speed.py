"""What a handler takes of the processor for a warm request, against bare parse-and-dump of the same document.

A request counts from the event, as Lambda's runtime hands it over, to the answer that goes back to it, with
validation, the log's context and the metric. Not counted is the store, which lies in memory here and is
measured apart; and the runtime's own JSON around event and answer, which no handler can help. The document
remembers as many requests as it can, and stands in the container's cache, so each request is one to the store.
"""

import contextlib
import gc
import importlib
import io
import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any, Final
from unittest.mock import patch

from infra.local.events import HttpRequest, build_event
from infra.local.worker import Context
from infra.routes import match
from scene_studio import runtime
from scene_studio.model import addresses
from scene_studio.store import keys
from scene_studio.store.object_store import StoredObject
from tests.bench.figures import Benchmark, Figure, Goal, Say
from tests.bench.speed_rounds import Cost, busy, side_by_side, told
from tests.bench.speed_studio import SLOTS, seeds_campaign
from tests.support.histories import CLIENT, STUDIO
from tests.support.runtime import forget
from tests.support.scripted_store import MemoryStore

MOST_SLOTS: Final = 100
GOAL: Final = Goal("at most", 3)

_ENVIRONMENT: Final = {
    "SCENE_STUDIO_STORE": "s3:in-memory",
    "SCENE_STUDIO_TENANCY": "off",
    "POWERTOOLS_METRICS_DISABLED": "false",
}
_PATH: Final = addresses.studio(CLIENT, STUDIO)
_HEADERS: Final = ((b"content-type", b"application/json"), (b"accept", b"application/json"))


class _Metered:
    """A store that knows how much of the processor's time went into it."""

    def __init__(self, inner: MemoryStore) -> None:
        self.seconds = 0.0
        self._inner = inner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._inner, name)

        def call(*arguments: Any, **more: Any) -> Any:
            before = time.process_time()
            try:
                return method(*arguments, **more)
            finally:
                self.seconds += time.process_time() - before

        return call


class _Handlers:
    """The handlers over a studio of so many slots; each operation tells what of the processor it took."""

    def __init__(self, slots: int) -> None:
        self._objects = MemoryStore()
        seeds_campaign(self._objects, STUDIO, slots)
        self._store = _Metered(self._objects)
        self._count = 0
        self._rows: list[dict[str, Any]] = []

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Have the functions of this process use the store; what they print is thrown away."""
        with (
            patch.dict(os.environ, _ENVIRONMENT),
            patch.object(runtime, "object_store", lambda: self._store),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            forget()
            try:
                yield
            finally:
                forget()

    def read(self) -> float:
        """The whole studio is read."""
        return self._asked("GET", _PATH)[0]

    def edit(self) -> float:
        """A text of one slot is changed."""
        return self._asked("PATCH", f"{_PATH}/slots/slot-1", {"settings": {"promptText": self._text()}})[0]

    def save(self) -> float:
        """All rows are sent back, as they were answered last, with a text of one changed."""
        if not self._rows:
            self._rows = self._asked("GET", _PATH)[1]["outputSlots"]
        self._rows[0]["settings"]["promptText"] = self._text()
        seconds, studio = self._asked("PATCH", _PATH, {"outputSlots": self._rows})
        self._rows = studio["outputSlots"]
        return seconds

    def parse_and_dump(self) -> float:
        """The document as it stands is parsed and dumped by Python's own JSON."""
        found = self._objects.get(keys.studio(CLIENT, STUDIO))
        assert isinstance(found, StoredObject)
        before = time.process_time()
        json.dumps(json.loads(found.body))
        return time.process_time() - before

    def _text(self) -> str:
        self._count += 1
        return f"Morning light from the left, take {self._count}"

    def _asked(self, method: str, path: str, body: Any = None) -> tuple[float, Any]:
        found = match(method, path)
        assert found is not None
        sent = b"" if body is None else json.dumps(body).encode()
        request = HttpRequest(method, path, headers=_HEADERS, body=sent)
        event = build_event(request, found, 1_700_000_000_000, "request")
        handler = importlib.import_module(f"{found.route.function}.handler").lambda_handler
        context = Context(found.route.function, "request", 29)
        self._store.seconds, before = 0.0, time.process_time()
        answer = handler(event, context)
        seconds = time.process_time() - before - self._store.seconds
        if answer["statusCode"] != 200:
            raise RuntimeError(f"{method} {path}: {answer['body']}")
        return seconds, json.loads(answer["body"])


def handlers(
    say: Say, *, sizes: tuple[int, ...] = (SLOTS, MOST_SLOTS), rounds: int = 15, work: int = 50
) -> Iterator[Figure]:
    """Measure reading, editing and saving.

    Args:
        say: tells what is being measured.
        sizes: of the studio, in slots; there is a goal at `SLOTS`.
        rounds: how many ratios are taken of each.
        work: how often each is done in a round, for each slot of the studio the less.
    """
    for slots in sizes:
        site = _Handlers(slots)
        goal = GOAL if slots == SLOTS else None
        for name, cost in {
            "GET of a studio": site.read,
            "PATCH of a slot": site.edit,
            "PATCH of all rows": site.save,
        }.items():
            say(f"{name}, {slots} slots; {busy()}")
            yield from _measured(f"handler CPU, {name}, {slots} slots", site, cost, rounds, work // slots, goal)


def _measured(
    name: str, site: _Handlers, cost: Cost, rounds: int, times: int, goal: Goal | None
) -> Iterator[Figure]:
    with site.running():
        cost()  # imports the handler and reads the studio
        gc.collect()
        gc.freeze()  # a container has not all that the benchmarks import, and looks through less of it
        try:
            ratio = side_by_side(cost, site.parse_and_dump, rounds=rounds, times=max(2, times))
        finally:
            gc.unfreeze()
    yield from told(name, ratio, "times bare parse and dump", goal)


BENCHMARK: Final[Benchmark] = handlers
