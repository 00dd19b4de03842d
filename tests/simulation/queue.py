"""A queue that does to messages what a standard queue of SQS may do to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scene_studio.queues.queue import QueueUnavailable
from tests.simulation.store import MemoryStore
from tests.simulation.world import World


@dataclass(slots=True, eq=False)
class Message:
    """A message.

    Attributes:
        receives: how often it was given to a worker.
        done: whether a worker dealt with it.
    """

    number: int
    body: str
    receives: int = 0
    done: bool = False


class MessageQueue:
    """A `Queue` whose messages may be refused, late, doubled and out of order, and come until they are done.

    Attributes:
        deliver: gives a message to a worker.
        deliveries: how often a message is given to workers before it goes to the dead letters.
    """

    def __init__(self, world: World, store: MemoryStore, *, deliveries: int, visibility: float) -> None:
        """Begin.

        Args:
            world: whose queue.
            store: what is reached through the same network.
            deliveries: see above.
            visibility: for how many seconds a message that was given out stays invisible.
        """
        self.deliver: Callable[[Message], None] = lambda _: None
        self.deliveries = deliveries
        self._world = world
        self._store = store
        self._visibility = visibility
        self._sent = 0

    def send(self, bodies: Sequence[str]) -> None:
        """See `Queue`."""
        self._store.flight()
        source = self._world.random
        fails = source.random() < self._store.faults.unsent
        for body in bodies[: source.randrange(len(bodies) + 1) if fails else None]:
            self.take(body)
        self._store.flight()
        if fails:
            raise QueueUnavailable("some messages were taken, or all, or none")

    def take(self, body: str) -> None:
        """Put a message into the queue."""
        source, faults = self._world.random, self._store.faults
        self._sent += 1
        message = Message(self._sent, body)
        late = source.random() < faults.tardy
        self._world.later(source.uniform(0, 40) if late else source.uniform(0.01, 0.2), self._receipt(message))
        if source.random() < faults.twice:
            seconds = source.uniform(0, source.choice((0.3, 2 * self._visibility)))
            self._world.later(seconds, self._receipt(message, again=True))

    def _receipt(self, message: Message, *, again: bool = False) -> Callable[[], None]:
        """What happens when a message is received; one that was doubled comes even if it is done."""

        def receive() -> None:
            if message.done and not again:
                return
            message.receives += 1
            if message.receives > self.deliveries:
                self._world.note("queue", "message", message.number, "goes to the dead letters")
                return
            self._world.later(self._visibility, self._receipt(message))
            self.deliver(message)

        return receive
