"""Completeness: every row of the list has one end, or is named. Pure.

::

    listed = judged + rejected(reason) + excluded(rule) + quarantined + open + unaccounted
               ├ with unheard speech
               └ uninspectable
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from inspector.enums import WorkState
from inspector.night.records import Fate, NightCall

__all__ = ["MOST_NAMED", "Balance", "Ending", "Tally", "ending_of"]

MOST_NAMED = 1000
"""Of rows that are named one by one."""

_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Ending:
    """How far a row is: ``judged``, ``rejected``, ``excluded``, ``quarantined``, ``open`` or ``unaccounted``."""

    kind: str
    reason: str | None = None


def ending_of(call: NightCall) -> Ending:
    """The one end of a row of the list. ``unaccounted``: what is on record of it contradicts itself."""
    if call.fate is Fate.EXCLUDED:
        return Ending("excluded", call.reason)
    if call.fate is Fate.FAULTY:
        return Ending("rejected", call.reason)
    match call.state:
        case WorkState.WAITING | WorkState.RUNNING:
            return Ending("open")
        case WorkState.QUARANTINED:
            return Ending("quarantined")
        case WorkState.REJECTED:
            return Ending("rejected", call.faults[0] if call.faults else _UNKNOWN)
        case WorkState.DONE if call.by_rule is not None:
            return Ending("judged")
    return Ending("unaccounted")


@dataclass(frozen=True, slots=True)
class Balance:
    """The numbers of a list. ``unaccounted``: the rows that balance nowhere."""

    listed: int
    judged: int
    with_unheard: int
    uninspectable: int
    rejected: Mapping[str, int]
    excluded: Mapping[str, int]
    quarantined: int
    open: int
    unaccounted: int
    named: tuple[str, ...]

    @property
    def sum(self) -> int:
        ended = self.judged + sum(self.rejected.values()) + sum(self.excluded.values())
        return ended + self.quarantined + self.open + self.unaccounted

    @property
    def is_balanced(self) -> bool:
        return self.listed == self.sum and not self.unaccounted


@dataclass(slots=True)
class Tally:
    """Counts rows as they come."""

    _ends: Counter[str] = field(default_factory=Counter)
    _rejected: Counter[str] = field(default_factory=Counter)
    _excluded: Counter[str] = field(default_factory=Counter)
    _unheard: int = 0
    _uninspectable: int = 0
    _named: list[str] = field(default_factory=list)

    def add(self, call: NightCall) -> Ending:
        """Counts one row of the list; returns its end."""
        end = ending_of(call)
        self._ends[end.kind] += 1
        if end.kind == "judged":
            self._unheard += call.unheard_s > 0
            self._uninspectable += call.is_uninspectable
        elif end.kind == "rejected":
            self._rejected[end.reason or _UNKNOWN] += 1
        elif end.kind == "excluded":
            self._excluded[end.reason or _UNKNOWN] += 1
        elif end.kind == "unaccounted" and len(self._named) < MOST_NAMED:
            self._named.append(call.item)
        return end

    def balance(self, listed: int) -> Balance:
        """``listed``: how many rows there are, counted on their own."""
        return Balance(
            listed=listed,
            judged=self._ends["judged"],
            with_unheard=self._unheard,
            uninspectable=self._uninspectable,
            rejected=dict(sorted(self._rejected.items())),
            excluded=dict(sorted(self._excluded.items())),
            quarantined=self._ends["quarantined"],
            open=self._ends["open"],
            unaccounted=self._ends["unaccounted"],
            named=tuple(self._named),
        )
