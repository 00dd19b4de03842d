"""The benchmarks of speed at a tiny size: that they measure, not what."""

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.aws.cold_starts import ColdStart, Run
from tests.bench import cold_starts, peers
from tests.bench.figures import Figure
from tests.bench.peers_servers import POCKETBASE
from tests.bench.pictures import pictures
from tests.bench.speed import handlers
from tests.bench.speed_rounds import Ratio, side_by_side, told


@pytest.fixture
def said() -> list[str]:
    return []


def assert_finite(figures: Iterable[Figure]) -> dict[str, list[Figure]]:
    named: dict[str, list[Figure]] = {}
    for figure in figures:
        assert math.isfinite(figure.value), figure
        assert figure.value > 0, figure
        named.setdefault(figure.name, []).append(figure)
    return named


def costs(*seconds: float) -> Callable[[], float]:
    ordered = iter(seconds)
    return lambda: next(ordered)


def test_a_ratio_is_the_median_of_its_rounds_and_tells_their_extremes() -> None:
    ratio = side_by_side(costs(2, 2, 9, 1, 1, 1), costs(1, 1, 1, 1, 2, 2), rounds=3, times=2)
    assert ratio == Ratio(2, 0.5, 5)
    assert [figure.value for figure in told("x", ratio, "times")] == [2, 0.5, 5]


def test_the_two_that_are_compared_take_turns_in_coming_first() -> None:
    order: list[str] = []

    def cost(name: str) -> Callable[[], float]:
        def work() -> float:
            order.append(name)
            return 1.0

        return work

    side_by_side(cost("a"), cost("b"), rounds=2, times=2)
    assert "".join(order) == "abba" * 2


def test_each_handler_is_measured_at_each_size(said: list[str]) -> None:
    named = assert_finite(handlers(said.append, sizes=(5, 7), rounds=2, work=4))
    assert len(named) == len(said) == 6
    assert [name for name, figures in named.items() if figures[0].goal] == [*named][:3]


def test_a_handler_that_fails_is_not_measured(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.speed._PATH", "/api/clients/acme-corp/scene-studio/none")
    with pytest.raises(RuntimeError, match="404"):
        list(handlers(said.append, sizes=(1,), rounds=1, work=1))


def test_a_picture_is_measured_in_time_and_memory(said: list[str]) -> None:
    named = assert_finite(pictures(said.append, aspect_ratios=["21:9"], products=[1], rounds=1))
    [(ratio, highest, memory)] = named.values()
    assert ratio.value == highest.value
    assert memory.unit == "MB of memory"


def test_without_its_peer_the_local_server_is_compared_with_the_disk_alone(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "POCKETBASE", Path("/nowhere"))
    named = assert_finite(peers.peers(said.append, rounds=1, seconds=0.1, people=2))
    assert [name for name in named if "disk" in name] == [*named]
    assert any("not installed" in one for one in said)


@pytest.mark.skipif(not POCKETBASE.exists(), reason="`make bench` installs PocketBase")
def test_with_its_peer_it_is_compared_with_that_too(said: list[str]) -> None:
    named = assert_finite(peers.peers(said.append, rounds=1, seconds=0.1, people=2))
    assert len(named) == 5
    assert all("PocketBase" in figures[0].unit for name, figures in named.items() if "disk" not in name)


def test_a_first_request_is_told_as_the_median_of_its_rounds(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(functions: tuple[str, ...], rounds: int) -> Iterator[ColdStart]:
        yield ColdStart("web", [Run(2, 100, 1000)], [1.5, 1, 2], [3, 3, 3])

    monkeypatch.setattr(cold_starts, "cold_starts", measured)
    [(ratio, lowest, highest)] = assert_finite(cold_starts.first_requests(said.append)).values()
    assert (ratio.value, lowest.value, highest.value) == (1.5, 1, 2)
    assert ratio.goal is not None
    assert said[1].startswith("web")
