"""What each operation asks of S3, in a container that knows the documents and in a new one.

The studio remembers as many requests as it can, and the client has as many studios as a page of their list
shows. Bytes are those at S3's sockets, headers and all.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from scene_studio import runtime
from scene_studio.model.document import RING_SIZE
from scene_studio.model.intent import Result
from scene_studio.store.pacing import within
from tests.bench.figures import Benchmark, Figure, Goal, Say
from tests.bench.metered_s3 import MeteredS3
from tests.bench.site import SLOT, cool_down, done, functions, open_studio, warm_up
from tests.support.api import CLIENT, STUDIO
from tests.support.histories import CLIENT as CLIENT_ID
from tests.support.histories import STUDIO as STUDIO_ID
from tests.support.histories import revision
from tests.support.queues import WorkingQueue

Work = Callable[[], object]


class Size(NamedTuple):
    """How large everything is.

    Attributes:
        slots: of the studio.
        revisions: of each slot; more than stand in the document, so that there are pages.
        studios: of the client.
        together: how many results wait for each slot where several are folded.
        remembered: how many requests the studio remembers.
    """

    slots: int = 5
    revisions: int = 61
    studios: int = 24
    together: int = 4
    remembered: int = RING_SIZE


AS_TEAMS_HAVE_IT: Final = Size()


class Operation(NamedTuple):
    """Something that is measured.

    Attributes:
        name: what it is.
        prepare: does what comes before it, and gives the work itself.
        goal: how many requests it should make when the container is warm.
    """

    name: str
    prepare: Callable[[], Work]
    goal: Goal | None = None


class Operations:
    """The operations on a studio, with the queue that holds its wanted pictures for a worker."""

    def __init__(self, queue: WorkingQueue, size: Size) -> None:
        self._queue = queue
        self._size = size
        self._number = itertools.count(1)

    def all(self) -> list[Operation]:
        """Every one of them."""
        once = Goal("exactly", 1)
        studios, results = self._size.studios, self._size.slots * self._size.together
        return [
            Operation("edit of a slot", self._edit, once),
            Operation("read", lambda: lambda: done("GET", STUDIO), once),
            Operation("unchanged read", self._unchanged_read, once),
            Operation("save of all rows, from the current version", self._save),
            Operation("save of all rows, from an older version", self._save_from_older),
            Operation(f"list of {studios} studios", lambda: lambda: done("GET", f"{CLIENT}/scene-studio")),
            Operation("page of a slot's history", self._page),
            Operation("signed address of a picture", self._address),
            Operation("asking for a picture", self._ask),
            Operation("making a picture", self._make),
            Operation("fold of a result", lambda: self._fold(["slot-1"], 1)),
            Operation(f"fold of {results} results", self._fold_several),
        ]

    def _edit(self) -> Work:
        return lambda: done("PATCH", SLOT, {"settings": {"style": self._text()}})

    def _unchanged_read(self) -> Work:
        etag = done("GET", STUDIO).etag
        return lambda: done("GET", STUDIO, headers={"if-none-match": etag})

    def _save(self) -> Work:
        read = done("GET", STUDIO)
        rows = read.json["outputSlots"]
        rows[0]["settings"]["style"] = self._text()
        return lambda: done("PATCH", STUDIO, {"outputSlots": rows}, {"if-match": read.etag})

    def _save_from_older(self) -> Work:
        save = self._save()
        done("PATCH", SLOT, {"settings": {"lighting": self._text()}})
        return save

    def _page(self) -> Work:
        history = f"{SLOT}/history?limit=20"
        cursor = done("GET", history).json["nextCursor"]
        return lambda: done("GET", f"{history}&cursor={cursor}")

    def _address(self) -> Work:
        self._make()()
        image = done("GET", f"{SLOT}/history?limit=1").json["items"][0]["id"]
        return lambda: done("GET", f"{SLOT}/history/{image}/image")

    def _ask(self, slots: Sequence[str] = ("slot-1",), count: int = 1) -> Work:
        self._queue.work()
        body = {"slotIds": list(slots), "count": count}
        return lambda: done("POST", f"{STUDIO}/generate", body, {"prefer": "respond-async"})

    def _make(self) -> Work:
        self._ask()()
        return self._queue.work

    def _fold(self, slots: Sequence[str], count: int) -> Work:
        self._ask(slots, count)()
        self._queue.waiting.clear()
        asked = runtime.studios().read(CLIENT_ID, STUDIO_ID).document.output_slots
        for slot in asked:
            for intent in slot.intents:
                made = revision(next(self._number)).replace(id=intent.id)
                result = Result(slot_id=slot.id, id=intent.id, attempt=intent.attempt, revision=made)
                runtime.inbox().put(CLIENT_ID, STUDIO_ID, result, runtime.unique_name())
        return lambda: runtime.inbox().fold(CLIENT_ID, STUDIO_ID, runtime.now_milliseconds(), within(20))

    def _fold_several(self) -> Work:
        slots = [f"slot-{number}" for number in range(1, self._size.slots + 1)]
        return self._fold(slots, self._size.together)

    def _text(self) -> str:
        return f"Style {next(self._number):04}"


def operations(say: Say, size: Size = AS_TEAMS_HAVE_IT) -> Iterator[Figure]:
    """Every operation, warm and cold."""
    with MeteredS3().running() as s3, functions(s3) as queue:
        say(f"a studio of {size.slots} slots with {size.revisions} pictures each")
        open_studio(size.slots, size.revisions, remembered=size.remembered)
        for number in range(2, size.studios + 1):
            done("PUT", f"{CLIENT}/scene-studio/campaign-{number:02}", {})
        for operation in Operations(queue, size).all():
            for state, bring in (("warm", warm_up), ("cold", cool_down)):
                name = f"{state} {operation.name}"
                say(name)
                work = operation.prepare()
                bring()
                traffic = s3.traffic_of(work)
                goal = operation.goal if state == "warm" else None
                yield Figure(name, traffic.requests, "requests", goal)
                yield Figure(name, traffic.sent, "bytes sent")
                yield Figure(name, traffic.received, "bytes received")
                if name == "warm unchanged read":
                    yield Figure(name, traffic.content, "bytes of bodies received", Goal("exactly", 0))


BENCHMARK: Final[Benchmark] = operations
