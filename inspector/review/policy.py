"""What the bank lays down for reviews and what follows from them: its settings and its working days."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.alerts.calendar import WorkCalendar
from inspector.config import ReviewSettings

__all__ = ["ReviewPolicy"]


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """Whatever happens to reviews, decisions, violations and tasks goes by this."""

    settings: ReviewSettings
    calendar: WorkCalendar
