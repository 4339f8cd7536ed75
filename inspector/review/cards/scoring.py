"""What a card's answers add up to, what the machine would answer, and what decisions leave of a person's answers. Pure.

Points are whole numbers and the sums exact fractions, so that the order of items cannot matter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from inspector.enums import Outcome
from inspector.review.cards.records import WHOLE, Card, Given, Item, Section, SectionKind, Tick

__all__ = ["Score", "follow", "prefill", "refuse_wrong", "score"]


@dataclass(frozen=True, slots=True)
class Score:
    """``total``: 0 … 100, to one decimal; None: nothing of the card applies. ``fatal``: the items that made it 0."""

    total: float | None
    fatal: tuple[str, ...]


def score(card: Card, answers: Mapping[str, Given]) -> Score:
    """What these answers add up to. An item without an answer is not scored, like one that does not apply."""
    fatal = tuple(sorted(item.id for item in card.fatal if answers.get(item.id) is Tick.MISSED))
    if fatal:
        return Score(0.0, fatal)
    parts = [(section.points, share) for section in card.sections if (share := _share(section, answers)) is not None]
    if not parts:
        return Score(None, ())
    earned = sum((points * share for points, share in parts), Fraction(0))
    total = WHOLE * earned / sum(points for points, _ in parts)
    total += sum(item.points for item in card.bonus if answers.get(item.id) is Tick.MET)
    return Score(float(round(min(total, Fraction(WHOLE)), 1)), ())


def prefill(card: Card, outcomes: Mapping[str, Outcome]) -> dict[str, Given]:
    """What the machine would answer. ``outcomes``: by rule, without what rules on trial found.

    What it cannot tell, or a rule of an item did not answer, has no answer.
    """
    unsaid = Outcome.UNDETERMINED
    found = ((item, [outcomes.get(rule, unsaid) for rule in item.rules]) for item in card.items)
    ticks = ((item.id, _machine(told, item)) for item, told in found)
    return {item_id: tick for item_id, tick in ticks if tick is not None}


def follow(card: Card, answers: Mapping[str, Given], confirmed: Collection[str]) -> dict[str, Given]:
    """A person's answers as far as decisions bear them: of an item with rules, ✘ needs one that is confirmed, and one
    that is confirmed makes it ✘. Items without rules stay as they are."""
    return {item.id: _borne(item, answers[item.id], confirmed) for item in card.items if item.id in answers}


def refuse_wrong(card: Card, answers: Mapping[str, Given]) -> None:
    """Raises ValueError naming what is no item, has no answer, or has one that the item cannot have."""
    items = {item.id: item for item in card.items}
    counted = {
        item.id for section in card.sections if section.kind is SectionKind.DEDUCTING for item in section.items
    }
    if unknown := sorted(answers.keys() - items.keys()):
        raise ValueError(f"no items of card {card.id}: {', '.join(unknown)}")
    if missing := sorted(items.keys() - answers.keys()):
        raise ValueError(f"without an answer: {', '.join(missing)}")
    for item_id, given in answers.items():
        if isinstance(given, Tick):
            if given is Tick.NOT_APPLICABLE and not items[item_id].may_not_apply:
                raise ValueError(f"{item_id} always applies")
        elif item_id not in counted or given < 0:
            raise ValueError(f"{item_id}: only what is deducted can be counted, from 0")


def _share(section: Section, answers: Mapping[str, Given]) -> Fraction | None:
    """How much of its points a section earns, 0 … 1; None: an additive one of which nothing applies."""
    given = [(item.points, answers.get(item.id, Tick.NOT_APPLICABLE)) for item in section.items]
    if section.kind is SectionKind.DEDUCTING:
        off = sum(points * _times(tick) for points, tick in given)
        return 1 - Fraction(min(off, section.cap), section.points)
    applying = sum(points for points, tick in given if tick is not Tick.NOT_APPLICABLE)
    met = sum(points for points, tick in given if tick is Tick.MET)
    return Fraction(met, applying) if applying else None


def _times(given: Given) -> int:
    return int(given is Tick.MISSED) if isinstance(given, Tick) else given


def _machine(outcomes: Collection[Outcome], item: Item) -> Tick | None:
    if Outcome.FIRES in outcomes:
        return Tick.MISSED
    if not outcomes or Outcome.UNDETERMINED in outcomes:
        return None
    if Outcome.SILENT in outcomes:
        return Tick.MET
    return Tick.NOT_APPLICABLE if item.may_not_apply else None


def _borne(item: Item, given: Given, confirmed: Collection[str]) -> Given:
    if not item.rules:
        return given
    wrong = given is Tick.MISSED or (not isinstance(given, Tick) and given > 0)
    if any(rule in confirmed for rule in item.rules):
        return given if wrong else Tick.MISSED
    return Tick.MET if wrong else given
