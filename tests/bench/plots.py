"""The plots of the README: the same bytes for the same figures, and legible on light pages and dark ones."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill
from typing import Any, Final, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

Series = Mapping[str, Mapping[int, float]]
"""Lines by their names, each from x to y."""


class Look(NamedTuple):
    """How a line looks."""

    colour: str
    dashes: str = "-"


_OURS: Final = "#0b6e4f"
_PLAIN: Final = "#b85c00"
_SEED: Final = "#5c6b73"
_INK: Final = "#2b2f33"
_STYLE: Final[dict[str, Any]] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "scene-studio",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titlepad": 10,
    "grid.color": "#dfe3e6",
    "grid.linewidth": 0.7,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "lines.linewidth": 1.8,
    "lines.markersize": 3.5,
}
_LABEL_WIDTH: Final = 20


def draw_edits(total: Series, requests: Series, path: Path) -> None:
    """Bytes and requests of an edit against the length of the history: ours, warm and cold, and two others."""
    looks = (Look(_OURS), Look(_OURS, ":"), Look(_PLAIN), Look(_SEED))
    with _drawing(path, (8.2, 5.2)) as figure:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
        _lines(above, total, looks)
        above.set_title("Bytes between the functions and S3 for one edit of a slot")
        above.set_yscale("log")
        above.yaxis.set_major_formatter(FuncFormatter(_bytes))
        above.yaxis.set_minor_locator(NullLocator())
        _lines(below, requests, looks)
        below.set_title("Requests")
        below.set_ylim(0, 2.5)
        below.yaxis.set_major_locator(FixedLocator([0, 1, 2]))
        below.set_xscale("log")
        below.set_xlim(0.8, _last(total))
        below.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        below.xaxis.set_minor_locator(NullLocator())
        below.set_xlabel("revisions of the slot")


def draw_drain(seconds: Series, path: Path) -> None:
    """How long results take that end together, against how many they are: ours, and a loop with two tempers."""
    with _drawing(path, (8.2, 3.6)) as figure:
        axes = figure.subplots()
        _lines(axes, seconds, (Look(_OURS), Look(_PLAIN), Look(_PLAIN, ":")))
        axes.set_title("Seconds until all results are in the studio")
        axes.set_xlim(0, _last(seconds))
        axes.set_ylim(bottom=0)
        axes.set_xlabel("workers that end within 200 ms")


@contextmanager
def _drawing(path: Path, inches: tuple[float, float]) -> Iterator[Figure]:
    """A figure that is written as SVG in the end."""
    with mpl.rc_context(_STYLE):
        layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12)
        figure = Figure(figsize=inches, facecolor="white", layout=layout)
        yield figure
        FigureCanvasSVG(figure).print_svg(path, metadata={"Date": None, "Creator": None})


def _lines(axes: Axes, series: Series, looks: Sequence[Look]) -> None:
    """Draw lines, and where each ends its name; lines that end in one point share one label."""
    ends: dict[float, list[str]] = {}
    for (name, points), look in zip(series.items(), looks, strict=True):
        xs, ys = list(points), list(points.values())
        axes.plot(xs, ys, look.dashes, marker="o", color=look.colour, clip_on=False)
        ends.setdefault(points[max(points)], []).append(name)
    colours = dict(zip(series, (look.colour for look in looks), strict=True))
    for end, names in ends.items():
        axes.annotate(
            fill(names[0], _LABEL_WIDTH) if len(names) == 1 else "all others",
            (_last(series), end),
            xytext=(8, 0),
            textcoords="offset points",
            verticalalignment="center",
            color=colours[names[0]] if len(names) == 1 else _INK,
        )
    axes.grid(visible=True, axis="y")


def _last(series: Series) -> int:
    return max(max(points) for points in series.values())


def _bytes(value: float, _position: int) -> str:
    return f"{value / 1e6:g} MB" if value >= 1e6 else f"{value / 1e3:g} kB"
