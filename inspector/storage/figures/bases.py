"""How many calls each rule answered in which way: counted by the database, of the newest inspection of each call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, Subquery, func, select, true

from inspector.enums import Outcome
from inspector.storage import tables
from inspector.storage.figures.words import Days, of_days

__all__ = ["Base", "bases", "by_rule", "fired_in", "inspected", "newest"]


@dataclass(slots=True)
class Base:
    """How a rule answered some calls. ``applicable``: those that it could be judged in, and was."""

    answers: dict[Outcome, int] = field(default_factory=dict)

    @property
    def fired(self) -> int:
        return self.answers.get(Outcome.FIRES, 0)

    @property
    def undetermined(self) -> int:
        return self.answers.get(Outcome.UNDETERMINED, 0)

    @property
    def applicable(self) -> int:
        return self.fired + self.answers.get(Outcome.SILENT, 0)

    def add(self, other: Base) -> None:
        """Counts what ``other`` counted, too."""
        for outcome, count in other.answers.items():
            self.answers[outcome] = self.answers.get(outcome, 0) + count


def newest(days: Days, calls: Select[Any] | None = None) -> Subquery:
    """Id, call, team and business date of the newest inspection of each call of these business dates; only of those
    whose ids ``calls`` finds, where it is given."""
    made, call = tables.inspection, tables.call
    nth = func.row_number().over(partition_by=made.c.call_id, order_by=(made.c.made_at.desc(), made.c.id))
    team = call.c.facts["team"].as_string().label("team")
    numbered = (
        select(made.c.id, made.c.call_id, team, call.c.business_date, nth.label("nth"))
        .join(call, call.c.id == made.c.call_id)
        .where(of_days(call.c.business_date, days), true() if calls is None else made.c.call_id.in_(calls))
        .subquery()
    )
    columns = (numbered.c.id, numbered.c.call_id, numbered.c.team, numbered.c.business_date)
    return select(*columns).where(numbered.c.nth == 1).subquery()


def bases(connection: Connection, days: Days) -> dict[tuple[str, str | None], Base]:
    """By rule and team; None: calls of no known team."""
    made, last = tables.inspection, newest(days)
    each = func.json_each_text if connection.dialect.name == "postgresql" else func.json_each
    answer = each(made.c.by_rule).table_valued("key", "value", name="answer")
    counted = (
        select(answer.c.key, last.c.team, answer.c.value, func.count())
        .select_from(last.join(made, made.c.id == last.c.id).join(answer, true()))
        .group_by(answer.c.key, last.c.team, answer.c.value)
    )
    found: dict[tuple[str, str | None], Base] = {}
    for rule_id, team, outcome, count in connection.execute(counted):
        found.setdefault((rule_id, team), Base()).answers[Outcome(outcome)] = count
    return found


def by_rule(of_teams: dict[tuple[str, str | None], Base]) -> dict[str, Base]:
    """The same over all teams."""
    found: dict[str, Base] = {}
    for (rule_id, _), base in of_teams.items():
        found.setdefault(rule_id, Base()).add(base)
    return found


def inspected(connection: Connection, days: Days) -> int:
    """How many calls of these business dates have an inspection."""
    return connection.execute(select(func.count()).select_from(newest(days))).scalar_one()


def fired_in(connection: Connection, days: Days, calls: Select[Any]) -> frozenset[tuple[str, str]]:
    """Call and rule of what fires in those calls of these business dates whose ids ``calls`` finds."""
    last, found = newest(days, calls), tables.finding
    fired = (
        select(last.c.call_id, found.c.rule_id)
        .join(found, found.c.inspection_id == last.c.id)
        .where(found.c.outcome == Outcome.FIRES.value)
    )
    return frozenset((call_id, rule_id) for call_id, rule_id in connection.execute(fired))
