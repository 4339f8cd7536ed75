"""Which time is working time: public holidays, weekends that are worked (调休), and opening hours, as dated data.

::

    Fri 15:00 ──── + 2 working days ────────────► Tue 15:00
    Sat 11:00, as if Fri 18:00 ── + 2 days ─────► Tue 18:00
    Fri 17:00 ── + 90 working minutes ──► Mon 09:30
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from inspector.alerts.data_file import SHIPPED, Section, read_section
from inspector.errors import ConfigError

__all__ = ["Hours", "WorkCalendar", "load_calendar"]

MIN_WORKING_DAYS = 150
"""A year with fewer is a mistake in its file, and a deadline would never be found in a year without any."""

REMIND_IN_MONTH = 12
"""From then on next year's file is missed. The State Council publishes it in November."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a working day begins and ends, local time."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError(f"a day that opens at {self.opens} cannot close at {self.closes}")


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """``working``: the dates that differ from Monday to Friday, by whether they are worked. ``years``: those whose file
    is there. ``version``: first 12 hex digits of the sha256 over the digests of the files, in order of the years.

    All times are aware; what comes back is UTC.
    """

    zone: ZoneInfo
    hours: Hours
    working: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    version: str = ""

    def is_working(self, day: date) -> bool:
        """By the file of its year; where that is missing, Monday to Friday."""
        return self.working.get(day, day.weekday() < 5)

    def is_known(self, start: datetime, end: datetime) -> bool:
        """Whether the files of all years from ``start`` to ``end`` are there."""
        return set(range(self.day_of(start).year, self.day_of(end).year + 1)) <= self.years

    def missing_next(self, now: datetime) -> int | None:
        """The year whose file is missing and needed soon or already; None when all is well."""
        today = self.day_of(now)
        wanted = [today.year] + ([today.year + 1] if today.month >= REMIND_IN_MONTH else [])
        return next((year for year in wanted if year not in self.years), None)

    def day_of(self, at: datetime) -> date:
        """The date that it is at the business."""
        return at.astimezone(self.zone).date()

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """``minutes`` of opening hours later; 0: the first moment from ``start`` on that is one."""
        left = timedelta(minutes=minutes)
        day = self.day_of(start)
        while True:
            begins, ends = self._from(day, start), self._at(day, self.hours.closes)
            if self.is_working(day) and begins <= ends:
                if begins + left <= ends:
                    return begins + left
                left -= ends - begins
            day += _DAY

    def add_days(self, start: datetime, days: int) -> datetime:
        """The same time of day so many working days later, the day of ``start`` not counted; 0: as ``add_minutes``.

        Whoever comes before opening comes at opening; after closing or on a free day, at the last closing before.
        """
        if not days:
            return self.add_minutes(start, 0)
        day, clock = self._served(start)
        while days:
            day += _DAY
            days -= self.is_working(day)
        return self._at(day, clock)

    def _served(self, start: datetime) -> tuple[date, time]:
        local = start.astimezone(self.zone)
        day, clock = local.date(), local.time()
        if not self.is_working(day):
            return day, self.hours.closes
        return day, min(max(clock, self.hours.opens), self.hours.closes)

    def _from(self, day: date, start: datetime) -> datetime:
        return max(start.astimezone(UTC), self._at(day, self.hours.opens))

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


def load_calendar(directory: Path | None, hours: Hours, zone: ZoneInfo) -> WorkCalendar:
    """The calendars of a directory (``YYYY.toml``), or those that ship. A year without a file is no fault.

    Raises ConfigError naming what is wrong in which file.
    """
    place = directory or SHIPPED / "calendars"
    if not place.is_dir():
        raise ConfigError(f"no directory of calendars: {place}", "correct alerts.calendars or unset it")
    working: dict[date, bool] = {}
    files = {path: read_section(path) for path in sorted(place.glob("*.toml"))}
    years = frozenset(_read_year(path, section, working) for path, section in files.items())
    digest = hashlib.sha256("".join(section.sha256 for section in files.values()).encode())
    return WorkCalendar(zone, hours, working, years, digest.hexdigest()[:12])


def _read_year(path: Path, section: Section, working: dict[date, bool]) -> int:
    section.only("year", "holidays", "working_days")
    year = section.get("year", int)
    if path.stem != str(year) or not date.min.year < year < date.max.year:
        raise section.wrong(f"year {year} stands in a file of another name", f"name it {year}.toml or correct the year")
    for name, worked in (("holidays", False), ("working_days", True)):
        for day in section.get(name, list):
            if type(day) is not date or day.year != year or day in working:
                raise section.wrong(f"{name}: {day} is no date of {year}, or is there twice", "correct it")
            working[day] = worked
    first = date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))
    if sum(working.get(day, day.weekday() < 5) for day in days) < MIN_WORKING_DAYS:
        raise section.wrong(f"fewer than {MIN_WORKING_DAYS} working days in {year}", "correct the holidays")
    return year
