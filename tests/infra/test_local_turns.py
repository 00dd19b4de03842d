import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from infra.local.turns import Turns

T = TypeVar("T")

LANES = 3


def with_turns(use: Callable[[Turns], Awaitable[T]]) -> T:
    async def run() -> T:
        return await use(Turns(LANES))

    return asyncio.run(run())


async def waiting(turns: Turns, *about: str) -> list["asyncio.Task[int]"]:
    tasks = [asyncio.create_task(turns.begin(one)) for one in about]
    await asyncio.sleep(0)
    return tasks


async def all_taken(turns: Turns) -> dict[str, int]:
    """The lanes of three things that keep to a lane each, and whose turns have begun."""
    lanes: dict[int, str] = {}
    for number in range(1000):
        turn = Turns(LANES)
        lanes.setdefault(await turn.begin(f"thing {number}"), f"thing {number}")
        if len(lanes) == LANES:
            break
    return {about: await turns.begin(about) for about in lanes.values()}


def test_nobody_waits_while_a_lane_is_free():
    async def use(turns: Turns) -> set[int]:
        async with asyncio.timeout(1):
            return {await turns.begin("one thing") for _ in range(LANES)}

    assert with_turns(use) == set(range(LANES))


def test_one_thing_gets_the_same_lane_again_whatever_came_between():
    async def use(turns: Turns) -> set[int]:
        lanes = set()
        for number in range(20):
            lane = await turns.begin("one thing")
            lanes.add(lane)
            other = await turns.begin(f"thing {number}")
            turns.end(lane)
            turns.end(other)
        return lanes

    assert len(with_turns(use)) == 1


def test_a_lane_that_ends_is_given_to_who_waits_for_it_and_else_to_who_came_first():
    async def use(turns: Turns) -> tuple[list[int], dict[str, int]]:
        kept = await all_taken(turns)
        first, second, third = kept
        tasks = await waiting(turns, first, second, third, third)
        for about in (second, third, first):
            turns.end(kept[about])
        turns.end(kept[first])
        return [await task for task in tasks], kept

    lanes, kept = with_turns(use)
    first, second, third = kept.values()
    assert lanes == [first, second, third, first]


def test_who_is_about_nothing_in_particular_takes_the_turn_that_comes():
    async def use(turns: Turns) -> tuple[int, int]:
        kept = await all_taken(turns)
        tasks = await waiting(turns, "")
        lane = kept.popitem()[1]
        turns.end(lane)
        return await tasks[0], lane

    given, ended = with_turns(use)
    assert given == ended


@pytest.mark.parametrize("ends_first", [True, False])
def test_who_gives_up_waiting_takes_no_turn_away(ends_first):
    async def use(turns: Turns) -> int:
        kept = await all_taken(turns)
        [gives_up] = await waiting(turns, "")
        [waits] = await waiting(turns, "")
        lane = kept.popitem()[1]
        if ends_first:
            turns.end(lane)
        gives_up.cancel()
        if not ends_first:
            turns.end(lane)
        with pytest.raises(asyncio.CancelledError):
            await gives_up
        async with asyncio.timeout(1):
            return await waits - lane

    assert with_turns(use) == 0
