"""What calls are looked for by and in which order, and its way to JSON and back, as searches are saved."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from inspector.errors import UsageError
from inspector.model import Outcome, Severity
from inspector.redaction.terms import words_of

__all__ = ["LONGEST_TEXT", "LONGEST_WALK_DAYS", "MOST_SORTED_DAYS", "Order", "Query", "SavedSearch"]

LONGEST_TEXT = 200
LONGEST_WALK_DAYS = 366
MOST_SORTED_DAYS = 1
"""Sorting looks at every call of the days: of so many it is quick whatever else is asked, at 30,000 calls a day."""

_FEWEST_CHARS = 2


class Order(StrEnum):
    """What comes first, other than the newest: the most of it."""

    DURATION = "duration"
    SILENCE = "silence"
    LONGEST = "longest"
    INTERRUPTIONS = "interruptions"
    SEVERITY = "severity"


@dataclass(frozen=True, slots=True)
class Query:
    """Calls of these business dates (both included) for which all that is given holds; None: whatever it is.

    ``text``: words parted by spaces, all of them said, masked; ``by_sound``: or what sounds like them. ``outcome``: of
    ``rule_id``. ``severity``: of the worst that fires, or worse. ``order``: None: the newest first. Raises UsageError
    for what cannot be looked for.
    """

    first: date
    last: date
    text: str = ""
    by_sound: bool = False
    rule_id: str | None = None
    outcome: Outcome = Outcome.FIRES
    severity: Severity | None = None
    source_call_id: str | None = None
    agent: str | None = None
    team: str | None = None
    queue: str | None = None
    direction: str | None = None
    channel: str | None = None
    least_duration_s: float | None = None
    most_duration_s: float | None = None
    least_silence_s: float | None = None
    least_longest_silence_s: float | None = None
    least_interruptions: float | None = None
    least_rate_cpm: float | None = None
    order: Order | None = None

    def __post_init__(self) -> None:
        if not 0 <= (self.last - self.first).days < LONGEST_WALK_DAYS:
            raise UsageError(
                f"{self.first} to {self.last} cannot be looked through",
                f"name at most {LONGEST_WALK_DAYS} days, the first one first",
            )
        if self.order is not None and (self.last - self.first).days >= MOST_SORTED_DAYS:
            raise UsageError(
                f"calls of more than {MOST_SORTED_DAYS} days are not sorted by {self.order}", "name fewer days"
            )
        if self.text.strip() and any(len(word) < _FEWEST_CHARS for word in self.words or ("",)):
            raise UsageError("one character alone is not looked for", "give each word two characters or more")
        if len(self.text) > LONGEST_TEXT:
            raise UsageError(f"the text is longer than {LONGEST_TEXT} characters", "look for fewer words")

    @property
    def words(self) -> tuple[str, ...]:
        return words_of(self.text)

    @property
    def given(self) -> dict[str, Any]:
        """What is given, as JSON values."""
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        dated = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return {name: value for name, value in (plain | dated).items() if value not in (None, "", False)}


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """``wanted``: as its page was asked, by the names of the form's fields."""

    id: str
    name: str
    wanted: dict[str, str]
    created_at: datetime
