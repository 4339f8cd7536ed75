"""Which card a call is scored by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from inspector.model import Facts
from inspector.review.cards.records import Card, Line
from inspector.rules.facts import holds

__all__ = ["card_for"]


def card_for(cards: Sequence[Card], facts: Facts, *, drafts: bool = False) -> Card | None:
    """The version in force on the call's own day: of cards whose conditions hold that of the narrowest line, then the
    first by id, else one without conditions. None: there is none, or nobody said when the call was. ``drafts``: those
    without signatures too."""
    if facts.start is None:
        return None
    day = datetime.fromisoformat(facts.start).date()
    newest: dict[str, Card] = {}
    for card in sorted(cards, key=lambda card: (card.effective_from, card.version)):
        if card.effective_from <= day and (drafts or not card.is_draft):
            newest[card.id] = card
    in_turn = sorted(newest.values(), key=lambda card: (list(Line).index(card.line), card.id))
    fitting = [card for card in in_turn if card.when and holds(facts, card.when)]
    return next(iter((*fitting, *(card for card in in_turn if not card.when))), None)
