"""Months as people write them."""

from __future__ import annotations

from datetime import date, timedelta

from inspector.errors import UsageError

__all__ = ["YEARS", "days_of_month"]

YEARS = range(1970, 2200)
"""Whose days are times everywhere."""


def days_of_month(month: str) -> tuple[date, date]:
    """The first and the last day of a month (``YYYY-MM``). Raises UsageError for anything else."""
    try:
        first = date.fromisoformat(f"{month}-01")
        if first.year not in YEARS:
            raise ValueError(first)
    except ValueError as error:
        raise UsageError(f"no month: {month}", "write it as 2025-03") from error
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
