"""What an edit of a slot costs as its history grows, here and in two plain designs.

The studio has one slot, and the edit chooses its style; in the original's layout the client has three such
studios.
With every edit Scene Studio writes the newest revisions, 40 at most, and what it remembers of the last 100
requests. The goals are for lengths at which it has as many of both; what a team finds that asked for each
picture by a request of its own is told beside them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from scene_studio.model.document import RING_SIZE
from tests.bench.designs import ClientDocument, Design, StudioDocument, chosen, studio_json
from tests.bench.figures import Benchmark, Figure, Goal, Say
from tests.bench.metered_s3 import MeteredS3, Traffic
from tests.bench.site import SLOT, cool_down, done, functions, open_studio
from tests.support.histories import STUDIO, revision
from tests.support.stores import loopback_store

REVISIONS: Final = (1, 3, 10, 20, 40, 61, 200, 601, 1001, 3000, 10001)
TOLD: Final = (61, 1001, 10001)
PLOT: Final = Path(__file__).with_name("edits.svg")
WARM: Final = "Scene Studio"
COLD: Final = "Scene Studio, cold"
STUDIOS: Final = 3
PLAIN: Final[Mapping[str, tuple[Callable[..., Design], int]]] = {
    "one studio document": (StudioDocument, 1),
    "the original client.json": (ClientDocument, STUDIOS),
}
"""The plain designs, and how many studios there are."""

_CHOICE: Final = {"style": "Coastal"}
_GOAL: Final = Goal("at most", 1.1)


def edits(
    say: Say,
    *,
    revisions: Sequence[int] = REVISIONS,
    told: Sequence[int] = TOLD,
    remembered: int = RING_SIZE,
    plot: Path | None = PLOT,
) -> Iterator[Figure]:
    """An edit at some lengths of the history, for each design.

    Args:
        say: tells what is being measured.
        revisions: the lengths, for the plot.
        told: for which of these there are figures.
        remembered: how many requests Scene Studio remembers when they are compared.
        plot: where to draw it; None for nowhere.
    """
    costs: dict[str, dict[int, Traffic]] = {name: {} for name in (WARM, COLD, *PLAIN)}
    as_found: dict[int, Traffic] = {}
    with MeteredS3().running() as s3:
        with functions(s3):
            for count in revisions:
                say(f"an edit at {count:,} revisions, {WARM}")
                costs[WARM][count], costs[COLD][count] = _ours(s3, count, remembered)
                full = count >= remembered or count not in told
                as_found[count] = costs[WARM][count] if full else _ours(s3, count, count)[0]
        for name, (design, studios) in PLAIN.items():
            for count in revisions:
                say(f"an edit at {count:,} revisions, {name}")
                costs[name][count] = _theirs(s3, design, studios, count)
    for count in told:
        for name, by_count in costs.items():
            yield Figure(f"edit at {count:,} revisions, {name}", by_count[count].requests, "requests")
            yield Figure(f"edit at {count:,} revisions, {name}", by_count[count].total, "bytes")
    yield from _ratios(costs, as_found, told)
    if plot is not None:
        from tests.bench.plots import draw_edits

        say(f"drawing {plot.name}")
        total = {name: {n: one.total for n, one in by_count.items()} for name, by_count in costs.items()}
        requests = {name: {n: one.requests for n, one in by_count.items()} for name, by_count in costs.items()}
        draw_edits(total, requests, plot)


BENCHMARK: Final[Benchmark] = edits


def _ours(s3: MeteredS3, revisions: int, remembered: int) -> tuple[Traffic, Traffic]:
    """What an edit asks of S3 in a warm container, and another one in a cold one."""
    s3.reset()
    cool_down()
    open_studio(1, revisions, remembered=remembered)
    warm = s3.traffic_of(lambda: done("PATCH", SLOT, {"settings": _CHOICE}))
    cool_down()
    return warm, s3.traffic_of(lambda: done("PATCH", SLOT, {"settings": {"style": "Minimal"}}))


def _theirs(s3: MeteredS3, design: Callable[..., Design], studios: int, revisions: int) -> Traffic:
    s3.reset()
    history = [revision(number) for number in reversed(range(revisions))]
    with loopback_store(s3) as store:
        place = design(store)
        ids = [STUDIO, *(f"campaign-{number}" for number in range(2, studios + 1))]
        place.begin([studio_json(studio_id, {"slot-1": history}) for studio_id in ids])
        return s3.traffic_of(lambda: place.change(STUDIO, chosen("slot-1", _CHOICE)))


def _ratios(
    costs: Mapping[str, Mapping[int, Traffic]], as_found: Mapping[int, Traffic], told: Sequence[int]
) -> Iterator[Figure]:
    first, last = told[0], told[-1]
    for count in told[1:]:
        ratio = costs[WARM][count].total / costs[WARM][first].total
        yield Figure(f"bytes of an edit at {count:,} revisions", ratio, f"times those at {first:,}", _GOAL)
    ratio = as_found[last].total / as_found[first].total
    name = f"bytes of an edit at {last:,} revisions, a request remembered for each"
    yield Figure(name, ratio, f"times those at {first:,}")
    for name in PLAIN:
        times = costs[name][last].total / costs[WARM][last].total
        yield Figure(f"bytes of an edit at {last:,} revisions, {name}", times, f"times those of {WARM}")
