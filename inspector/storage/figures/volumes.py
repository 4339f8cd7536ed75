"""How many calls there were, how they went, and what counts against whom: counted by the database, for plots.

Of each call the newest inspection counts. Every question is of a period of business dates, which the index of calls
finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, case, distinct, func, select, true

from inspector.enums import Outcome
from inspector.review.records import ReviewState
from inspector.roles import Actor, Deed, reach_of, require
from inspector.storage import tables
from inspector.storage.decisions.counting import counting
from inspector.storage.engine import storage_errors
from inspector.storage.figures.bases import newest
from inspector.storage.review_tables import decision, review
from inspector.storage.violations.numbers import FEWEST_REVIEWED, reviewed_calls

__all__ = ["EDGES", "AgentRules", "DayVolume", "Measures", "Volumes"]

Period = tuple[date, date]

EDGES: Mapping[str, tuple[float, ...]] = {
    "silence_s": (5, 15, 30, 60, 120),
    "interruptions": (1, 2, 3, 5, 10),
    "agent_rate_cpm": (180, 220, 260, 300, 340),
}
"""Where the classes of each measure begin, but for the first, which has all below."""


@dataclass(frozen=True, slots=True)
class DayVolume:
    """Calls of one business date: ``inspected`` ones, those where a rule ``fired``, those that people ``reviewed``;
    and ``alerts``, of which a call may have several."""

    day: date
    calls: int
    inspected: int
    fired: int
    alerts: int
    reviewed: int


@dataclass(frozen=True, slots=True)
class Measures:
    """Of so many inspected ``calls``: ``classes`` has, by measure, how many lie in each class of :data:`EDGES`;
    ``unmeasured``, how many could not be measured. ``unheard_s`` of ``speech_s`` was not heard."""

    calls: int
    classes: Mapping[str, tuple[int, ...]]
    unmeasured: Mapping[str, int]
    unheard_s: float
    speech_s: float


@dataclass(frozen=True, slots=True)
class AgentRules:
    """What counts against an agent, in the end, by rule, in calls; ``reviewed``: calls of his that people heard."""

    agent: str
    team: str | None
    reviewed: int
    by_rule: Mapping[str, int]

    @property
    def ranked(self) -> bool:
        """Whether enough was reviewed to compare."""
        return self.reviewed >= FEWEST_REVIEWED


class Volumes:
    """``team``: of it alone; None: of all that the actor may see. Every method raises StorageError when the database
    fails, and PolicyError when the actor may not."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader

    def days(self, actor: Actor, period: Period, team: str | None = None) -> tuple[DayVolume, ...]:
        """Every day of the period, also one without calls."""
        teams = _teams(actor, team)
        first, last = period
        with storage_errors(self._reader), self._reader.connect() as connection:
            calls = _by_day(connection, _calls(period, teams))
            inspected = _by_day(connection, _inspected(period, teams))
            alerts = _by_day(connection, _alerts(period, teams))
            reviewed = _by_day(connection, _reviewed(period, teams))
        none = (0, 0)
        found = []
        for day in (first + timedelta(days=past) for past in range((last - first).days + 1)):
            counts = (alerts.get(day, none)[0], reviewed.get(day, none)[0])
            found.append(DayVolume(day, calls.get(day, none)[0], *inspected.get(day, none), *counts))
        return tuple(found)

    def measures(self, actor: Actor, period: Period, team: str | None = None) -> Measures:
        """How long it was quiet, how often somebody was interrupted, how fast agents spoke."""
        teams = _teams(actor, team)
        with storage_errors(self._reader), self._reader.connect() as connection:
            rows = connection.execute(_measured(period, teams)).all()
        counted: dict[str, Counter[int | None]] = {name: Counter() for name in EDGES}
        for row in rows:
            for name in EDGES:
                counted[name][getattr(row, name)] += row.calls
        return Measures(
            sum(row.calls for row in rows),
            {name: tuple(counted[name][at] for at in range(len(edges) + 1)) for name, edges in EDGES.items()},
            {name: counted[name][None] for name in EDGES},
            sum(row.unheard_s or 0.0 for row in rows),
            sum(row.speech_s or 0.0 for row in rows),
        )

    def agents(self, actor: Actor, period: Period, team: str | None = None) -> tuple[AgentRules, ...]:
        """Every agent with a reviewed call or a final violation, by number. Nothing that only the machine found."""
        teams = _teams(actor, team)
        of = (decision.c.agent, decision.c.team, decision.c.rule_id)
        final = select(*of, func.count(distinct(decision.c.call_id)).label("calls")).where(
            counting(), decision.c.agent.is_not(None), decision.c.business_date.between(*period)
        )
        with storage_errors(self._reader), self._reader.connect() as connection:
            against = connection.execute(final.group_by(*of)).all()
            heard = {(row.agent, row.team): row.reviewed for row in connection.execute(reviewed_calls(*period))}
        by_rule: dict[tuple[str, str | None], dict[str, int]] = {}
        for row in against:
            by_rule.setdefault((row.agent, row.team), {})[row.rule_id] = row.calls
        seen = [key for key in by_rule.keys() | heard.keys() if teams is None or key[1] in teams]
        return tuple(
            AgentRules(agent, of_team, heard.get((agent, of_team), 0), by_rule.get((agent, of_team), {}))
            for agent, of_team in sorted(seen, key=lambda key: (key[0], key[1] or ""))
        )


def _teams(actor: Actor, team: str | None) -> Collection[str] | None:
    if team is None:
        return reach_of(actor, Deed.SEE_FIGURES)
    require(actor, Deed.SEE_FIGURES, frozenset({team}))
    return (team,)


def _by_day(connection: Connection, counted: Select[Any]) -> dict[date, tuple[int, int]]:
    return {row.business_date: (row.first, row.second) for row in connection.execute(counted)}


def _of_teams(column: ColumnElement[Any], teams: Collection[str] | None) -> ColumnElement[bool]:
    return true() if teams is None else column.in_(teams)


def _calls(period: Period, teams: Collection[str] | None, counted: ColumnElement[int] | None = None) -> Select[Any]:
    """Counts calls of the period by day, or what ``counted`` says of what is joined to them."""
    call = tables.call
    count = func.count() if counted is None else counted
    return (
        select(call.c.business_date, count.label("first"), func.count().label("second"))
        .where(call.c.business_date.between(*period), _of_teams(call.c.facts["team"].as_string(), teams))
        .group_by(call.c.business_date)
    )


def _alerts(period: Period, teams: Collection[str] | None) -> Select[Any]:
    return _calls(period, teams).join(tables.alert, tables.alert.c.call_id == tables.call.c.id)


def _reviewed(period: Period, teams: Collection[str] | None) -> Select[Any]:
    found = _calls(period, teams, func.count(distinct(review.c.call_id)))
    submitted = review.c.state == ReviewState.SUBMITTED.value
    return found.join(review, (review.c.call_id == tables.call.c.id) & submitted)


def _inspected(period: Period, teams: Collection[str] | None) -> Select[Any]:
    last, found = newest(period), tables.finding
    fires = found.c.outcome == Outcome.FIRES.value
    fired = select(found.c.id).where(found.c.inspection_id == last.c.id, fires).exists()
    return (
        select(last.c.business_date, func.count().label("first"), func.sum(case((fired, 1), else_=0)).label("second"))
        .where(_of_teams(last.c.team, teams))
        .group_by(last.c.business_date)
    )


def _measured(period: Period, teams: Collection[str] | None) -> Select[Any]:
    """Calls by the classes that their measures lie in."""
    last, made = newest(period), tables.inspection
    names = (*EDGES, "speech_unheard_s", "agent_talk_s", "customer_talk_s")
    values = (
        select(*(made.c.metrics[name].as_float().label(name) for name in names))
        .select_from(last.join(made, made.c.id == last.c.id))
        .where(_of_teams(last.c.team, teams))
        .cte("measured")
        .prefix_with("MATERIALIZED")  # else the JSON is read anew for each edge
    )
    classes = [_class_of(values.c[name], edges).label(name) for name, edges in EDGES.items()]
    unheard, *talked = (func.coalesce(values.c[name], 0.0) for name in names[len(EDGES) :])
    sums = (func.sum(unheard).label("unheard_s"), func.sum(talked[0] + talked[1]).label("speech_s"))
    return select(*classes, func.count().label("calls"), *sums).group_by(*classes)


def _class_of(value: ColumnElement[Any], edges: Sequence[float]) -> ColumnElement[Any]:
    """Its number, from 0; NULL for what was not measured."""
    return case((value.is_(None), None), *((value < edge, at) for at, edge in enumerate(edges)), else_=len(edges))
