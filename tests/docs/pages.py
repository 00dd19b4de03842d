"""The pages that people read, and what stands in their tables."""

import re
from typing import Final

from tests.support.service import ROOT

README: Final = (ROOT / "README.md").read_text()
HOW_IT_WORKS: Final = (ROOT / "functions" / "README.md").read_text()


def table(page: str, *heads: str) -> list[list[str]]:
    """The rows of the one table with these heads, cell by cell."""
    line = re.escape("| " + " | ".join(heads) + " |")
    found = re.findall(rf"^{line}\n\|[-|]+\|\n((?:\|.*\|\n)+)", page, re.MULTILINE)
    assert len(found) == 1, f"{len(found)} tables with {heads}"
    return [[cell.strip() for cell in re.split(r"(?<=\s)\|(?=\s)", row[1:-1])] for row in found[0].splitlines()]


def names(cell: str) -> list[str]:
    """What a cell has in backticks."""
    return re.findall(r"`([^`]*)`", cell)


def column(rows: list[list[str]], number: int = 0) -> list[str]:
    """What the cells of a column have in backticks, from top to bottom."""
    return [name for row in rows for name in names(row[number])]
