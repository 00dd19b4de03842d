"""Figures as a table for people, and as JSON for whoever compares them with others."""

import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from tests.bench.figures import Figure, Goal

_HEADINGS: Final = ("what", "figures", "goal", "met")


def table(figures: Sequence[Figure]) -> Iterator[str]:
    """The lines of a table with a row for each name; figures of one name that follow each other share it."""
    rows = [_HEADINGS, *(_row(name, list(group)) for name, group in groupby(figures, lambda one: one.name))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def told(value: float) -> str:
    """A figure as people read it: counts whole, small ratios and times to a thousandth."""
    if float(value).is_integer() or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def quantity(figure: Figure) -> str:
    """A figure with its unit, which is a plural unless it is one."""
    return f"{told(figure.value)} {singular(figure.unit) if figure.value == 1 else figure.unit}"


def singular(unit: str) -> str:
    """A unit as it is told of one."""
    return re.sub(r"^(\w+)s\b", r"\1", unit)


def told_goals(figures: Sequence[Figure]) -> str:
    """The goals of the figures of one row, each with its unit if it might be of another figure."""
    goals = []
    for figure in figures:
        if figure.goal is not None:
            unit = singular(figure.unit) if figure.goal.value == 1 else figure.unit
            told_unit = f" {unit}" if len(figures) > 1 else ""
            goals.append(f"{figure.goal.bound} {figure.goal.value:g}{told_unit}")
    return ", ".join(goals)


def entry(figures: Sequence[Figure]) -> dict[str, Any]:
    """What one run of a benchmark gave, and on what it ran, as JSON."""
    return {
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.system(),
            "architecture": platform.machine(),
        },
        "figures": [_json(figure) for figure in figures],
    }


def figures_of(results: Mapping[str, Any]) -> list[Figure]:
    """The figures of all benchmarks in a file of results."""
    return [_figure(one) for run in results.values() for one in run["figures"]]


def _json(figure: Figure) -> dict[str, Any]:
    members: dict[str, Any] = {"name": figure.name, "value": figure.value, "unit": figure.unit}
    if figure.goal is not None:
        members["goal"] = {"bound": figure.goal.bound, "value": figure.goal.value}
        members["met"] = figure.goal.met_by(figure.value)
    return members


def _figure(members: Mapping[str, Any]) -> Figure:
    goal = Goal(**members["goal"]) if "goal" in members else None
    return Figure(members["name"], members["value"], members["unit"], goal)


def _row(name: str, figures: Sequence[Figure]) -> tuple[str, str, str, str]:
    met = all(figure.goal is None or figure.goal.met_by(figure.value) for figure in figures)
    goals = told_goals(figures)
    return name, ", ".join(map(quantity, figures)), goals, ("yes" if met else "NO") if goals else ""
