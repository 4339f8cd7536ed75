"""What the bank lays down for reviews and what follows from them: its settings and its working days."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.alerts.calendar import WorkCalendar
from inspector.config import ReviewSettings
from inspector.model import Facts
from inspector.review.cards.choice import card_for
from inspector.review.cards.records import Card

__all__ = ["ReviewPolicy"]


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """Whatever happens to reviews, decisions, violations and tasks goes by this."""

    settings: ReviewSettings
    calendar: WorkCalendar
    cards: tuple[Card, ...] = ()

    def fatal_rules(self, facts: Facts) -> frozenset[str]:
        """Rules that prefill a fatal item of the card for such a call."""
        card = card_for(self.cards, facts)
        return frozenset() if card is None else frozenset(rule for item in card.fatal for rule in item.rules)
