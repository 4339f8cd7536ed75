"""Shifts of people on duty (值班): who is on duty, where a plan has gaps, and where two have the same task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Shift", "Stretch", "gaps", "on_duty", "overlaps"]

_LONGEST_DAYS = 7


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody is on duty for an audience of alerts, from ``starts_at`` until before ``ends_at``.

    ``deputy``: who stands in for him.
    """

    id: str
    person: str
    audience: str
    starts_at: datetime
    ends_at: datetime
    deputy: str | None = None

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("a shift begins and ends at a time with a zone")
        if not self.starts_at < self.ends_at or (self.ends_at - self.starts_at).days >= _LONGEST_DAYS:
            raise ValueError(f"a shift lasts up to {_LONGEST_DAYS} days and ends after it begins")
        if self.deputy == self.person:
            raise ValueError("nobody is his own deputy")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which nobody is on duty, or more than one. ``people``: in order of their shifts, empty in a gap."""

    audience: str
    starts_at: datetime
    ends_at: datetime
    people: tuple[str, ...] = ()


def on_duty(shifts: Iterable[Shift], at: datetime) -> tuple[Shift, ...]:
    """The shifts that run at that time."""
    return tuple(shift for shift in shifts if shift.starts_at <= at < shift.ends_at)


def gaps(shifts: Iterable[Shift], audience: str, first: datetime, last: datetime) -> tuple[Stretch, ...]:
    """The stretches between two times in which nobody is on duty for an audience."""
    found, covered = [], first
    for shift in sorted((one for one in shifts if one.audience == audience), key=lambda one: one.starts_at):
        if shift.starts_at >= last:
            break
        if shift.starts_at > covered:
            found.append(Stretch(audience, covered, shift.starts_at))
        covered = max(covered, shift.ends_at)
    if covered < last:
        found.append(Stretch(audience, covered, last))
    return tuple(found)


def overlaps(shifts: Iterable[Shift]) -> tuple[Stretch, ...]:
    """The stretches that two shifts of one audience share."""
    ordered = sorted(shifts, key=lambda one: (one.audience, one.starts_at, one.ends_at, one.id))
    return tuple(
        Stretch(one.audience, other.starts_at, min(one.ends_at, other.ends_at), (one.person, other.person))
        for place, one in enumerate(ordered)
        for other in ordered[place + 1 :]
        if other.audience == one.audience and other.starts_at < one.ends_at
    )
