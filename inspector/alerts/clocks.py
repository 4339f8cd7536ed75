"""Clocks: the steps that follow an alert, when each is due, and who is told when it is missed. Pure.

::

    said 10:00      found 03:00 the next day
    │   ├ due 10:15 (what is owed: missed before anybody knew)      … ├ missed 03:15, deputy told
    └─ clock runs from here                                           └ people are given the same time from here

A clock starts when it was said, not when it was found: what was overdue when found is counted as such. Whom it goes up
to is reckoned from when it was found, or everybody would be woken at once for what nobody could have done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from inspector.alerts.calendar import WorkCalendar
from inspector.alerts.data_file import SHIPPED, Section, read_section

__all__ = [
    "ACKNOWLEDGE",
    "Base",
    "Deadline",
    "Escalation",
    "Label",
    "Profile",
    "Since",
    "Step",
    "deadlines",
    "load_clocks",
]

ACKNOWLEDGE = "acknowledge"
"""The step that is met when somebody takes the alert."""

Label = tuple[str, str]
"""Simplified Chinese, English."""


class Base(StrEnum):
    """What a length counts. Working hours and days are those of the calendar."""

    NATURAL_HOURS = "natural_hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"


class Since(StrEnum):
    """What a step's length begins with: the words themselves, or that the step before was done."""

    STATEMENT = "statement"
    STEP_BEFORE = "step_before"


@dataclass(frozen=True, slots=True)
class Escalation:
    """Whom a missed step goes up to, so many minutes after it was missed."""

    to: str
    after_min: int


@dataclass(frozen=True, slots=True)
class Step:
    """``length``: minutes, of working days whole days. ``owner``: an audience, None = that of the alert."""

    id: str
    label: Label
    base: Base
    length: int
    since: Since
    owner: str | None
    missed: tuple[Escalation, ...]

    def due(self, start: datetime, calendar: WorkCalendar) -> datetime:
        """When it is due if its time begins at ``start``."""
        if self.base is Base.NATURAL_HOURS:
            return start + timedelta(minutes=self.length)
        if self.base is Base.WORKING_HOURS:
            return calendar.add_minutes(start, self.length)
        return calendar.add_days(start, self.length)


@dataclass(frozen=True, slots=True)
class Profile:
    """A clock by its name; the steps in order."""

    name: str
    label: Label
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A step with its times, UTC. ``escalations``: when it goes up to whom unless it is met, earliest first.

    ``calendar``: version of the calendar it was computed with, None where it needs none. ``provisional``: a year of the
    calendar was missing, Monday to Friday was taken.
    """

    step: Step
    due_at: datetime
    escalations: tuple[tuple[datetime, str], ...]
    calendar: str | None
    provisional: bool


def deadlines(
    profile: Profile,
    started_at: datetime,
    found_at: datetime,
    calendar: WorkCalendar,
    met: Mapping[str, datetime] | None = None,
) -> tuple[Deadline, ...]:
    """The deadlines of a clock that started at ``started_at`` and that people know of since ``found_at``.

    ``met``: when steps were done. A step that follows one which is not yet done is reckoned from when that one is due.
    """
    done = met or {}
    made: list[Deadline] = []
    before = started_at, found_at  # when the step before was done: as it is owed, and as people can
    for step in profile.steps:
        start, known = before if step.since is Since.STEP_BEFORE else (started_at, max(started_at, found_at))
        due_at, missed_at = step.due(start, calendar), step.due(known, calendar)
        escalations = tuple((missed_at + timedelta(minutes=one.after_min), one.to) for one in step.missed)
        natural = step.base is Base.NATURAL_HOURS
        provisional = not natural and not calendar.is_known(start, due_at)
        made.append(Deadline(step, due_at, escalations, None if natural else calendar.version, provisional))
        before = (done[step.id], done[step.id]) if step.id in done else (due_at, missed_at)
    return tuple(made)


def load_clocks(path: Path | None, audiences: Mapping[str, Label]) -> dict[str, Profile]:
    """The profiles of a file by name, or those that ship. Raises ConfigError naming what is wrong where."""
    section = read_section(path or SHIPPED / "clocks.toml")
    return {name: _profile(name, one, audiences) for name, one in section.sections()}


def _profile(name: str, section: Section, audiences: Mapping[str, Label]) -> Profile:
    section.only("zh", "en", "steps")
    steps = tuple(_step(one, audiences) for one in section.listed("steps"))
    if not steps or len({step.id for step in steps}) != len(steps):
        raise section.wrong("a clock needs steps, each with an id of its own", "correct the steps")
    if steps[0].since is Since.STEP_BEFORE:
        raise section.wrong("the first step has none before it", 'write from = "statement"')
    return Profile(name, _label(section), steps)


def _step(section: Section, audiences: Mapping[str, Label]) -> Step:
    section.only("id", "zh", "en", "base", "minutes", "hours", "days", "from", "owner", "missed")
    base, since = section.get("base", str), section.get("from", str)
    if base not in list(Base) or since not in list(Since):
        raise section.wrong(f"base {base} from {since} is unknown", f"use: {', '.join([*Base, *Since])}")
    owner = section.get("owner", str, "") or None
    missed = tuple(_escalation(one) for one in section.listed("missed"))
    for audience in [one.to for one in missed] + ([owner] if owner else []):
        if audience not in audiences:
            raise section.wrong(f"unknown audience: {audience}", "name one of the policy's audiences, or add it there")
    if _waits(missed) != sorted(_waits(missed)):
        raise section.wrong("missed is not in the order of its minutes", "sort it")
    length = _length(section, Base(base))
    return Step(section.get("id", str), _label(section), Base(base), length, Since(since), owner, missed)


def _waits(missed: Sequence[Escalation]) -> list[int]:
    return [one.after_min for one in missed]


def _length(section: Section, base: Base) -> int:
    names = {"days": 1} if base is Base.WORKING_DAYS else {"minutes": 1, "hours": 60}
    given = [name for name in ("minutes", "hours", "days") if name in section.values]
    if len(given) != 1 or given[0] not in names or section.get(given[0], int) < 1:
        raise section.wrong(f"{base} needs a whole length of 1 or more", f"write one of: {', '.join(names)}")
    return section.get(given[0], int) * names[given[0]]


def _escalation(section: Section) -> Escalation:
    section.only("to", "minutes")
    after_min = section.get("minutes", int)
    if after_min < 0:
        raise section.wrong("minutes must not be negative", "correct it")
    return Escalation(section.get("to", str), after_min)


def _label(section: Section) -> Label:
    return section.get("zh", str), section.get("en", str)
