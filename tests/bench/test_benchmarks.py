"""Every benchmark runs, at a size that takes no time, and gives figures that mean something."""

import math
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest

from scene_studio import runtime
from tests.bench.__main__ import BENCHMARKS
from tests.bench.drain import OURS, WAYS, drain, storms
from tests.bench.edits import PLAIN, WARM, edits
from tests.bench.figures import Figure
from tests.bench.operations import Size, operations
from tests.support.models import StubModel


def ignore(_what: str) -> None:
    pass


def by_name(figures: Sequence[Figure], unit: str) -> dict[str, float]:
    assert all(math.isfinite(figure.value) for figure in figures)
    return {figure.name: figure.value for figure in figures if figure.unit == unit}


def test_operations_are_counted_warm_and_cold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "image_model", StubModel)
    size = Size(slots=2, revisions=41, studios=3, together=2, remembered=1)
    figures = list(operations(ignore, size))
    asked, sent = by_name(figures, "requests"), by_name(figures, "bytes sent")
    received = by_name(figures, "bytes received")
    assert asked["warm edit of a slot"] == asked["warm read"] == asked["warm unchanged read"] == 1
    assert asked["cold edit of a slot"] == 2
    assert asked["warm list of 3 studios"] == 5
    # LIST, each of four results, the studio, and one DELETE of them all
    assert asked["warm fold of 4 results"] == 7
    assert by_name(figures, "bytes of bodies received") == {"warm unchanged read": 0}
    assert sent["warm edit of a slot"] > received["cold read"] > 40_000
    assert received["warm unchanged read"] < 200
    for name, requests in asked.items():
        assert sent[name] > 500 * requests
        assert received[name] > 50 * requests
    assert all(figure.goal is None or figure.goal.met_by(figure.value) for figure in figures)


def test_an_edit_grows_with_the_history_in_the_plain_designs_alone() -> None:
    figures = list(edits(ignore, revisions=(21, 41), told=(21, 41), remembered=30, plot=None))
    weights, asked = by_name(figures, "bytes"), by_name(figures, "requests")
    for design in PLAIN:
        assert weights[f"edit at 41 revisions, {design}"] > 1.5 * weights[f"edit at 21 revisions, {design}"]
        assert asked[f"edit at 41 revisions, {design}"] == 2
    assert asked[f"edit at 41 revisions, {WARM}"] == 1
    ratio = by_name(figures, "times those at 21")
    assert ratio["bytes of an edit at 41 revisions"] == pytest.approx(1, abs=0.01)
    assert 1.01 < ratio["bytes of an edit at 41 revisions, a request remembered for each"] < 1.1


def test_a_storm_of_results_is_measured_in_every_way() -> None:
    figures = list(storms(ignore, workers=(1, 6), told=(6,), seeds=range(2), plot=None))
    commits = by_name(figures, "commits")
    for way in WAYS:
        assert (commits[f"6 results at once, {way}"] < 6) == (way == OURS)
    for unit in ("requests", "millionths of a dollar", "seconds"):
        assert all(value > 0 for value in by_name(figures, unit).values())


@pytest.mark.parametrize("way", WAYS)
def test_a_storm_is_the_same_for_the_same_seed(way: str) -> None:
    assert drain(WAYS[way], 5, 1) == drain(WAYS[way], 5, 1) != drain(WAYS[way], 5, 2)


def test_a_single_result_takes_the_time_of_its_requests() -> None:
    # PUT to the inbox, LIST, GET of the result, and half of the PUT of the studio, which then has it
    assert drain(WAYS[OURS], 1, 1).seconds == pytest.approx(0.060 + 0.025 + 0.025 + 0.030)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_of_the_list_can_be_run(name: str) -> None:
    module = import_module(f"tests.bench.{name}")
    assert callable(module.BENCHMARK)


def test_plots_are_small_and_the_same_for_the_same_figures(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from tests.bench.plots import draw_drain, draw_edits

    lengths = {1: 10_000.0, 10: 20_000.0, 100: 5_000_000.0}
    total = dict.fromkeys(("ours", "ours, cold", "plain", "seed"), lengths)
    seconds = {name: {1: 0.1, 100: 7.0} for name in ("ours", "at once", "with jitter")}
    for name in ("one", "two"):
        draw_edits(total, {name: {1: 1, 10: 2, 100: 1} for name in total}, tmp_path / f"{name}-edits.svg")
        draw_drain(seconds, tmp_path / f"{name}-drain.svg")
    for plot in ("edits", "drain"):
        one, two = ((tmp_path / f"{name}-{plot}.svg").read_bytes() for name in ("one", "two"))
        assert one == two
        assert len(one) < 60_000
        assert b"dc:date" not in one
