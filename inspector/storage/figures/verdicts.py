"""What verdicts say of rules, teams and reviewers. ``days``: business dates of the calls, both included; None: all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, func, select

from inspector.review.records import Answer
from inspector.review.statistics.drift import Change, alarms
from inspector.review.statistics.figures import (
    AgreementFigure,
    DriftFigure,
    FalseFires,
    PrecisionFigure,
    RateFigure,
    RecallFigure,
    false_fires,
    rate_figure,
    recall_figure,
)
from inspector.review.statistics.recall import Fired
from inspector.roles import Actor, Deed, may, require
from inspector.storage.decisions.counting import counting
from inspector.storage.engine import storage_errors
from inspector.storage.figures import gate
from inspector.storage.figures.bases import Base, bases, by_rule, inspected
from inspector.storage.figures.disagreements import CorrectedText, Disagreement, corrections, disagreements
from inspector.storage.figures.pairs import agreements
from inspector.storage.figures.sampled import sampled
from inspector.storage.figures.words import Days, Word, of_days, words
from inspector.storage.review_tables import decision

__all__ = ["Verdicts"]

WEEKS_BEFORE = 8


class Verdicts:
    """Every method raises StorageError when the database fails, and PolicyError when the actor may not."""

    def __init__(self, reader: Engine, writer: Engine, business_day: Callable[[datetime], date]) -> None:
        self._reader = reader
        self._writer = writer
        self._business_day = business_day

    def precisions(self, actor: Actor, days: Days) -> tuple[PrecisionFigure, ...]:
        """By rule, of what people checked; a rule that nobody judged is not in it."""
        require(actor, Deed.SEE_FIGURES)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return gate.precisions(connection, days)

    def false_fires(self, actor: Actor, days: Days) -> tuple[FalseFires, ...]:
        """By rule that fired or was judged: how often wrongly."""
        require(actor, Deed.SEE_FIGURES)
        with storage_errors(self._reader), self._reader.connect() as connection:
            sample, total = sampled(connection, days), inspected(connection, days)
            false = [(word.call_id, word.rule_id) for word in words(connection, days) if _is_false(word)]
        heard_false = frozenset(false) & sample.fired
        found = Counter(rule_id for _, rule_id in false)
        rules = sorted(found.keys() | {rule_id for _, rule_id in sample.fired})
        return tuple(false_fires(one, sample.of_all(one, heard_false), found[one], total) for one in rules)

    def recalls(self, actor: Actor, days: Days) -> tuple[RecallFigure, ...]:
        """By rule that fired or was found missing: which share of what it should find it finds."""
        require(actor, Deed.SEE_FIGURES)
        with storage_errors(self._reader), self._reader.connect() as connection:
            sample = sampled(connection, days)
            of_rules = by_rule(bases(connection, days))
            judged = Counter((word.rule_id, word.answer) for word in words(connection, days))
        rules = {one for one, base in of_rules.items() if base.fired} | {rule_id for _, rule_id in sample.missed}
        found = []
        for rule_id in sorted(rules):
            confirmed = judged[rule_id, Answer.CONFIRMED]
            told = confirmed + judged[rule_id, Answer.FALSE_ALARM]
            calls = max(of_rules.get(rule_id, Base()).fired, told)
            strata = sample.not_fired(rule_id, calls)
            found.append(recall_figure(rule_id, Fired(calls, told, confirmed), strata))
        return tuple(found)

    def rates(self, actor: Actor, days: Days) -> tuple[RateFigure, ...]:
        """By rule and team; whose reach is his teams sees those alone."""
        require(actor, Deed.SEE_FIGURES, actor.teams)
        with storage_errors(self._reader), self._reader.connect() as connection:
            of_teams, final = bases(connection, days), _final(connection, days)
        seen = [key for key in of_teams if may(actor, Deed.SEE_FIGURES, frozenset(filter(None, key[1:])))]
        return tuple(
            rate_figure(rule_id, team, base.applicable, base.undetermined, (base.fired, final[rule_id, team]))
            for rule_id, team in sorted(seen, key=lambda key: (key[0], key[1] or ""))
            if (base := of_teams[rule_id, team]).applicable or base.undetermined
        )

    def agreements(self, actor: Actor, days: Days) -> tuple[AgreementFigure, ...]:
        """By pair of reviewers, over all rules and by rule."""
        require(actor, Deed.SEE_FIGURES)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return agreements(connection, days)

    def drifts(self, actor: Actor, through: date) -> tuple[DriftFigure, ...]:
        """By rule and measure: the seven days that end with ``through`` beside the eight weeks before them."""
        require(actor, Deed.SEE_FIGURES)
        ends = [through - timedelta(weeks=past) for past in range(WEEKS_BEFORE + 1)]
        with storage_errors(self._reader), self._reader.connect() as connection:
            now, *before = (_shares(connection, (end - timedelta(days=6), end)) for end in ends)
        none = (0, 0)
        keys = now.keys() | {key for week in before for key in week}
        changes = {key: Change(now.get(key, none), tuple(week.get(key, none) for week in before)) for key in keys}
        alarming = alarms(changes)
        return tuple(DriftFigure(*key, changes[key], key in alarming) for key in sorted(changes))

    def disagreements(self, actor: Actor, days: Days) -> tuple[Disagreement, ...]:
        """Where people and rules disagree in the end."""
        require(actor, Deed.EXPORT_REVIEWS)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(disagreements(connection, days))

    def corrections(self, actor: Actor, days: Days) -> tuple[CorrectedText, ...]:
        """What people heard otherwise than the recogniser: words of calls, unmasked."""
        require(actor, Deed.EXPORT_REVIEWS)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return corrections(connection, days)

    def states(self, actor: Actor) -> tuple[gate.RuleState, ...]:
        """What weekly looks and people decided of rules, by rule and version."""
        require(actor, Deed.SEE_FIGURES)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(state for _, state in sorted(gate.states(connection).items()))

    def demoted(self) -> frozenset[tuple[str, int]]:
        """Rule and version of all that count as ``test``; whoever judges calls asks."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return gate.demoted(connection)

    def look(self, now: datetime) -> tuple[str, ...]:
        """The weekly look at the gate, once a week whoever asks. Returns the rules that it demoted."""
        today = self._business_day(now)
        with storage_errors(self._reader), self._reader.connect() as connection:
            if gate.looked(connection, today):
                return ()
        with storage_errors(self._writer), self._writer.begin() as connection:
            return gate.look(connection, now, today)

    def promote(self, actor: Actor, rule_id: str, now: datetime) -> PrecisionFigure:
        """Lets a demoted rule that passes again count as its pack says. UsageError, PolicyError: see ``gate.py``."""
        require(actor, Deed.GATE_RULES)
        with storage_errors(self._writer), self._writer.begin() as connection:
            return gate.promote(connection, actor, rule_id, now)


def _is_false(word: Word) -> bool:
    return word.answer is Answer.FALSE_ALARM


def _final(connection: Connection, days: Days) -> Counter[tuple[str, str | None]]:
    """By rule and team, how often something counts against somebody."""
    of = (decision.c.rule_id, decision.c.team)
    found = select(*of, func.count().label("times")).where(counting(), of_days(decision.c.business_date, days))
    return Counter({(row.rule_id, row.team): row.times for row in connection.execute(found.group_by(*of))})


def _shares(connection: Connection, days: Days) -> dict[tuple[str, str], tuple[int, int]]:
    """By rule and measure, how many of how many."""
    of_rules = by_rule(bases(connection, days))
    shares = {(one, "fire_rate"): (base.fired, base.applicable) for one, base in of_rules.items() if base.applicable}
    judged = Counter((word.rule_id, word.answer) for word in words(connection, days))
    for rule_id in {rule_id for rule_id, _ in judged}:
        confirmed = judged[rule_id, Answer.CONFIRMED]
        shares[rule_id, "precision"] = (confirmed, confirmed + judged[rule_id, Answer.FALSE_ALARM])
    return shares
