"""The table of figures in the README: its rows are chosen there, and what they say comes from the results."""

import re
from collections.abc import Sequence
from itertools import starmap
from typing import Final

from tests.bench.figures import Figure
from tests.bench.report import quantity, singular, told_goals

HEADING: Final = "## What it costs, measured"
_TABLE: Final = re.compile(r"(?<=\n\| what \| figure \| goal \|\n\|---\|---\|---\|\n)(?:\|.*\n)+")


def requoted(readme: str, figures: Sequence[Figure]) -> str:
    """The README with the figures as they are: each row keeps its name and its units, and gets their values.

    Raises:
        ValueError: there is no such table, or a row quotes what was not measured.
    """
    before, heading, section = readme.partition(HEADING)
    table = _TABLE.search(section)
    if table is None:
        raise ValueError(f"the README has no table of figures under {HEADING!r}")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[0].splitlines()]
    measured = {(figure.name, singular(figure.unit)): figure for figure in figures}

    def row(name: str, quoted: str, _goal: str) -> str:
        found = [_of(measured, name, one) for one in quoted.split(", ")]
        return f"| {name} | {', '.join(map(quantity, found))} | {told_goals(found)} |\n"

    quoted = "".join(starmap(row, rows))
    return before + heading + section[: table.start()] + quoted + section[table.end() :]


def _of(measured: dict[tuple[str, str], Figure], name: str, quoted: str) -> Figure:
    unit = singular(quoted.partition(" ")[2])
    if (name, unit) not in measured:
        raise ValueError(f"the README quotes {quoted!r} of {name!r}, which was not measured")
    return measured[name, unit]
