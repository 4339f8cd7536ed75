"""Which calls the figures are of, as an address says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from starlette.requests import Request

from inspector.errors import UsageError
from inspector.web.console import console_of

__all__ = ["Period", "period_of"]

USUAL_DAYS, MOST_DAYS = 28, 366


@dataclass(frozen=True, slots=True)
class Period:
    """Business dates, both included. ``team``: of it alone; None: whatever the caller may see."""

    first: date
    last: date
    team: str | None = None

    @property
    def days(self) -> tuple[date, date]:
        return self.first, self.last

    @property
    def before(self) -> tuple[date, date]:
        """As many days, just before."""
        length = self.last - self.first + timedelta(days=1)
        return self.first - length, self.last - length

    def query(self, **more: str) -> str:
        """As a query of an address."""
        team = {} if self.team is None else {"team": self.team}
        return urlencode({"from": self.first.isoformat(), "to": self.last.isoformat(), **team, **more})


def period_of(
    request: Request,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    team: Annotated[str, Query(max_length=64)] = "",
) -> Period:
    """The last 28 days unless the address says otherwise; the days in either order. Raises UsageError for too many."""
    console = console_of(request)
    last = last or console.store.business_day(console.clock())
    first = first or max(last, date.min + timedelta(days=USUAL_DAYS)) - timedelta(days=USUAL_DAYS - 1)
    first, last = sorted((first, last))
    if (last - first).days >= MOST_DAYS or first.toordinal() <= MOST_DAYS:
        raise UsageError(f"figures are of at most {MOST_DAYS} days", "choose a shorter period")
    return Period(first, last, team.strip() or None)
