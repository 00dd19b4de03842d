"""What pictures cost: by month, in millionths of a US dollar, so that sums are exact."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from scene_studio.model.identifiers import iso_time

MONTHS_KEPT: Final = 24
"""How many months a studio remembers."""

Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
"""A calendar month in UTC, such as `2026-11`."""

Micros = Annotated[int, Field(ge=0, le=10**15, strict=True)]
"""Millionths of a US dollar."""


def month_of(milliseconds: int) -> str:
    """The month of a moment, in milliseconds since the Unix epoch."""
    return iso_time(milliseconds)[:7]


def last_months(milliseconds: int, count: int) -> list[str]:
    """The month of a moment and those before it, newest first."""
    year, month = map(int, month_of(milliseconds).split("-"))
    numbers = [year * 12 + month - 1 - back for back in range(count)]
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers]


def with_cost(costs: Mapping[str, int], milliseconds: int, micros: int) -> dict[str, int]:
    """The costs by month with one more, and without months of long ago."""
    month = month_of(milliseconds)
    added = {**costs, month: costs.get(month, 0) + micros}
    return dict(sorted(added.items())[-MONTHS_KEPT:])
