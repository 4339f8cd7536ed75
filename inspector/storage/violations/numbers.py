"""What counts against agents. These are the only numbers of agents that there are, and they trigger nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Select, distinct, func, select

from inspector.review.appeals.classes import ViolationClass, class_of
from inspector.review.records import ReviewState
from inspector.storage.decisions.counting import counting
from inspector.storage.months import days_of_month
from inspector.storage.review_tables import decision, review
from inspector.storage.tables import call
from inspector.storage.task_tables import coaching

__all__ = ["FEWEST_REVIEWED", "AgentNumbers", "agent_numbers", "reviewed_calls"]

FEWEST_REVIEWED = 30
"""Calls of an agent that people must have reviewed before he is compared with others (样本过少，不排名)."""


@dataclass(frozen=True, slots=True)
class AgentNumbers:
    """Of one agent, team and month: ``calls`` with a final violation, by class too, out of the ``reviewed`` ones.

    ``so_far``: calls with a final violation up to the month's end (首次, 二次, 三次): a report, and no more.
    ``after_coaching``: calls of the month that broke a rule again which the agent was coached because of before.
    """

    agent: str
    team: str | None
    month: str
    reviewed: int
    calls: int
    by_class: Mapping[ViolationClass, int]
    so_far: int
    after_coaching: int

    @property
    def ranked(self) -> bool:
        """Whether enough was reviewed to compare."""
        return self.reviewed >= FEWEST_REVIEWED


def agent_numbers(connection: Connection, month: str) -> tuple[AgentNumbers, ...]:
    """Every agent with a reviewed call in the month (``YYYY-MM``), by number; nobody for whom no number is known.

    Raises UsageError for what is no month.
    """
    first, last = days_of_month(month)
    within = decision.c.business_date.between(first, last)
    found = select(decision.c.agent, decision.c.team, decision.c.call_id, decision.c.rule_id, decision.c.business_date)
    rows = connection.execute(found.where(counting(), within, decision.c.agent.is_not(None))).all()
    coached = _coached(connection)
    calls: dict[tuple[str, str | None], set[str]] = {}
    again: dict[tuple[str, str | None], set[str]] = {}
    classes: dict[tuple[str, str | None], set[tuple[str, ViolationClass]]] = {}
    for row in rows:
        calls.setdefault((row.agent, row.team), set()).add(row.call_id)
        classes.setdefault((row.agent, row.team), set()).add((row.call_id, class_of(row.rule_id)))
        if coached.get((row.agent, row.rule_id), date.max) < row.business_date:
            again.setdefault((row.agent, row.team), set()).add(row.call_id)
    reviewed = {(row.agent, row.team): row.reviewed for row in connection.execute(reviewed_calls(first, last))}
    so_far = _so_far(connection, last)
    return tuple(
        AgentNumbers(
            agent,
            team,
            month,
            reviewed.get((agent, team), 0),
            len(calls.get((agent, team), ())),
            Counter(topic for _, topic in classes.get((agent, team), ())),
            so_far.get(agent, 0),
            len(again.get((agent, team), ())),
        )
        for agent, team in sorted(calls.keys() | reviewed.keys(), key=lambda one: (one[0], one[1] or ""))
    )


def reviewed_calls(first: date, last: date) -> Select[tuple[str, str, int]]:
    """How many calls of these business dates people reviewed, by agent and team."""
    agent, team = call.c.facts["agent"].as_string(), call.c.facts["team"].as_string()
    return (
        select(agent.label("agent"), team.label("team"), func.count(distinct(review.c.call_id)).label("reviewed"))
        .join(call, call.c.id == review.c.call_id)
        .where(review.c.state == ReviewState.SUBMITTED.value, agent.is_not(None))
        .where(call.c.business_date.between(first, last))
        .group_by(agent, team)
    )


def _coached(connection: Connection) -> dict[tuple[str, str], date]:
    """When an agent was first coached because of a rule, by agent and rule."""
    of = (coaching.c.agent, coaching.c.rule_id)
    found = select(*of, func.min(coaching.c.done_at).label("at")).where(coaching.c.done_at.is_not(None)).group_by(*of)
    return {(row.agent, row.rule_id): row.at.date() for row in connection.execute(found)}


def _so_far(connection: Connection, last: date) -> dict[str, int]:
    counted = (
        select(decision.c.agent, func.count(distinct(decision.c.call_id)).label("calls"))
        .where(counting(), decision.c.agent.is_not(None), decision.c.business_date <= last)
        .group_by(decision.c.agent)
    )
    return {row.agent: row.calls for row in connection.execute(counted)}
