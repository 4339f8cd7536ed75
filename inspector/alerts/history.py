"""What became of a group of alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["Happened", "Happening"]


class Happened(StrEnum):
    """Done by a person, but for ``escalated``."""

    SEEN = "seen"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    STEP_DONE = "step_done"
    ESCALATED = "escalated"
    FALSE_ALARM = "false_alarm"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Happening:
    """``at``: UTC. ``by``: a person, None = by itself. ``about``: given to whom, which step, which audience it
    went up to, which rule, which result."""

    at: datetime
    what: Happened
    by: str | None
    about: str | None
