"""Whose turn it is: few invocations at once, each where what it is about is known already."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    lane: int | None
    turn: "asyncio.Future[int]"


class Turns:
    """Lanes, in each of which one invocation at a time may begin.

    Invocations about one thing keep to one lane while others wait there too: the process that serves a lane
    keeps the documents it used last, and what another process writes makes them useless. Nobody waits while
    a lane is free.
    """

    def __init__(self, lanes: int) -> None:
        self._lanes = lanes
        self._free = list(range(lanes))
        self._waiting: list[_Waiting] = []

    async def begin(self, about: str) -> int:
        """Wait for a turn, and give the lane it is in.

        Args:
            about: what the invocation is about; empty if that is nothing in particular.
        """
        lane = hash(about) % self._lanes if about else None
        if self._free:
            return self._free.pop(self._free.index(lane) if lane in self._free else 0)
        waiting = _Waiting(lane, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            return await waiting.turn
        except asyncio.CancelledError:
            if not waiting.turn.cancelled():
                self.end(waiting.turn.result())  # it came in the same moment
            raise

    def end(self, lane: int) -> None:
        """End the turn in a lane; the next begins there, if anybody waits."""
        self._waiting = [one for one in self._waiting if not one.turn.cancelled()]
        if not self._waiting:
            self._free.append(lane)
            return
        chosen = next((one for one in self._waiting if one.lane == lane), self._waiting[0])
        self._waiting.remove(chosen)
        chosen.turn.set_result(lane)
