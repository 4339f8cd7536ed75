"""What people heard in calls drawn at random, without the machine's answer: all that speaks for calls nobody heard."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from inspector.review.records import Answer, Origin, ReviewState
from inspector.review.statistics.strata import Stratum, without
from inspector.sampling.draw import DrawKind
from inspector.storage import tables
from inspector.storage.figures.bases import fired_in
from inspector.storage.figures.words import Days, of_days
from inspector.storage.queues import Reason
from inspector.storage.review_tables import decision, mark, review

__all__ = ["Sampled", "sampled"]


@dataclass(frozen=True, slots=True)
class Sampled:
    """``listed``: calls by stratum. ``heard``: the stratum of each call that was heard well enough. ``fired`` and
    ``missed``: call and rule, of the calls heard."""

    listed: dict[str, int]
    heard: dict[str, str]
    fired: frozenset[tuple[str, str]]
    missed: frozenset[tuple[str, str]]

    def of_all(self, rule_id: str, hits: frozenset[tuple[str, str]]) -> list[Stratum]:
        """By stratum, in how many of all its calls something of a rule was a hit. Strata nobody heard are left out."""
        heard = Counter(self.heard.values())
        counted = Counter(self.heard[call_id] for call_id, of_rule in hits if of_rule == rule_id)
        return [Stratum(self.listed[name], count, counted[name]) for name, count in sorted(heard.items())]

    def not_fired(self, rule_id: str, fired_calls: int) -> list[Stratum]:
        """By stratum, the calls that a rule did not fire at. ``fired_calls``: at how many of all those listed it did;
        they are taken from the strata by their sizes."""
        silent = Counter(name for call_id, name in self.heard.items() if (call_id, rule_id) not in self.fired)
        missed = Counter(self.heard[call_id] for call_id, of_rule in self.missed if of_rule == rule_id)
        strata = [Stratum(self.listed[name], count, missed[name]) for name, count in sorted(silent.items())]
        return without(fired_calls, sum(self.listed.values()), strata)


def sampled(connection: Connection, days: Days) -> Sampled:
    """Of the random draws for these business dates."""
    draw, item, entry = tables.draw, tables.draw_item, tables.review_item
    drawn = (
        select(item.c.stratum, func.max(item.c.stratum_listed).label("listed"))
        .join(draw, draw.c.id == item.c.draw_id)
        .where(draw.c.kind == DrawKind.RANDOM.value, of_days(draw.c.business_date, days))
        .group_by(item.c.draw_id, item.c.stratum)
        .subquery()
    )
    listed = select(drawn.c.stratum, func.sum(drawn.c.listed)).group_by(drawn.c.stratum)
    heard = (
        select(review.c.call_id, item.c.stratum)
        .join(entry, entry.c.id == review.c.item_id)
        .join(item, and_(item.c.draw_id == entry.c.draw_id, item.c.call_id == review.c.call_id))
        .join(draw, draw.c.id == item.c.draw_id)
        .where(review.c.state == ReviewState.SUBMITTED.value, review.c.in_estimate.is_(True))
        .where(review.c.reason == Reason.RANDOM.value, of_days(draw.c.business_date, days))
    )
    strata = {row.call_id: row.stratum for row in connection.execute(heard)}
    fired = fired_in(connection, days, heard.with_only_columns(review.c.call_id))
    sizes = {stratum: int(count) for stratum, count in connection.execute(listed)}
    return Sampled(sizes, strata, fired, _missed(connection, strata) - fired)


def _missed(connection: Connection, heard: dict[str, str]) -> frozenset[tuple[str, str]]:
    """What was marked blind where the rule did not fire, unless it was decided otherwise since."""
    decided = and_(
        decision.c.call_id == mark.c.call_id,
        decision.c.rule_id == mark.c.rule_id,
        decision.c.origin == Origin.MARK.value,
    )
    found = (
        select(mark.c.call_id, mark.c.rule_id)
        .join(review, review.c.id == mark.c.review_id)
        .outerjoin(decision, decided)
        .where(review.c.state == ReviewState.SUBMITTED.value, review.c.in_estimate.is_(True))
        .where(mark.c.missed.is_(True), mark.c.blind.is_(True))
        .where(func.coalesce(decision.c.answer, Answer.CONFIRMED.value) == Answer.CONFIRMED.value)
    )
    return frozenset((call_id, rule_id) for call_id, rule_id in connection.execute(found) if call_id in heard)
