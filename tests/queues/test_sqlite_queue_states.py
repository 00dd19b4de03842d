"""Any sequence of requests does to a queue what it does to a simple model, whatever the clock does."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from scene_studio.queues.sqlite_queue import Depth, SqliteQueue
from tests.queues.clock import Clock

VISIBILITY = 60
MAX_RECEIVES = 3
LONGEST = 200
"""No message is hidden for longer, in seconds."""


@dataclass
class Modelled:
    """What should be known of a message."""

    body: str
    sent: int
    receives: int = 0
    first_received: int | None = None
    hidden: tuple[int, int] = (0, 0)
    receipt: str = ""
    dead: bool = False

    def visible(self, now: int) -> bool:
        return not self.dead and not self.hidden[0] <= now < self.hidden[1]


class QueueAgainstModel(RuleBasedStateMachine):
    """Keeps beside the queue what should be in it; every run has a name of its own in one file."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__()
        self.clock = Clock()
        options: dict[str, Any] = {"max_receives": MAX_RECEIVES, "clock": self.clock}
        self.queue = SqliteQueue(path, name, visibility_seconds=VISIBILITY, **options)
        self.messages: dict[str, Modelled] = {}
        self.receipts: list[tuple[str, str]] = [("", "nobody:1")]
        self.numbers = itertools.count()

    @property
    def now(self) -> int:
        return int(self.clock.now) * 1000

    @rule(count=st.integers(0, 3))
    def send(self, count: int) -> None:
        bodies = [f"body-{next(self.numbers)}" for _ in range(count)]
        self.queue.send(bodies)
        self.messages |= {body: Modelled(body, self.now) for body in bodies}

    @rule(limit=st.integers(1, 4))
    def receive(self, limit: int) -> None:
        visible = {body for body, message in self.messages.items() if message.visible(self.now)}
        spent = {body for body in visible if self.messages[body].receives == MAX_RECEIVES}
        given = self.queue.receive(limit)
        assert len(given) == min(limit, len(visible - spent))
        for message in given:
            model = self.messages[message.body]
            assert message.body in visible - spent
            visible.remove(message.body)
            model.receives += 1
            if model.first_received is None:
                model.first_received = self.now
            model.hidden = (self.now, self.now + VISIBILITY * 1000)
            model.receipt = message.receipt
            assert (message.receives, message.sent) == (model.receives, model.sent)
            assert message.first_received == model.first_received
            assert (message.body, message.receipt) not in self.receipts
            self.receipts.append((message.body, message.receipt))
        self._bury(spent, all_of_them=len(given) < limit)

    def _bury(self, spent: set[str], *, all_of_them: bool) -> None:
        """Take over which of the spent messages were met, which is all of them if there was room for more."""
        known = {body for body, message in self.messages.items() if message.dead}
        dead = {message.body for message in self.queue.dead_letters()}
        assert known <= dead <= known | spent
        assert not all_of_them or dead == known | spent
        for body in dead:
            self.messages[body].dead = True

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        body, receipt = data.draw(st.sampled_from(self.receipts))
        self.queue.delete(receipt)
        model = self.messages.get(body)
        if model is not None and model.receipt == receipt and not model.dead:
            del self.messages[body]

    @rule(data=st.data(), seconds=st.sampled_from([0, 10, LONGEST]))
    def release(self, data: st.DataObject, seconds: int) -> None:
        body, receipt = data.draw(st.sampled_from(self.receipts))
        self.queue.release(receipt, seconds)
        model = self.messages.get(body)
        if model is not None and model.receipt == receipt and not model.dead and not model.visible(self.now):
            model.hidden = (self.now, self.now + seconds * 1000)

    @rule(seconds=st.sampled_from([1, 10, 59, 60, 61, -1, -60, -100_000]))
    def pass_time(self, seconds: int) -> None:
        self.clock.now += seconds

    @invariant()
    def depth_tells_what_there_is(self) -> None:
        visible = sum(message.visible(self.now) for message in self.messages.values())
        dead = sum(message.dead for message in self.messages.values())
        assert self.queue.depth() == Depth(visible, len(self.messages) - visible - dead, dead)

    def teardown(self) -> None:
        """Nothing is lost and nothing stuck: within the longest time each message is given or dead.

        It need not be visible at the end of that time: the clock may only just have jumped back to before
        the message was hidden.
        """
        given = self.queue.receive(1000)
        self.clock.now += LONGEST
        given += self.queue.receive(1000)
        found = {message.body for message in given + self.queue.dead_letters()}
        assert found == set(self.messages)
        self.queue.close()


def test_any_sequence_of_requests_leaves_what_the_model_holds(path: Path) -> None:
    runs = itertools.count()

    class Machine(QueueAgainstModel):
        def __init__(self) -> None:
            super().__init__(path, f"run-{next(runs)}")

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
