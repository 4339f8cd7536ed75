"""Figures about groups of alerts: what became of each rule's, and how the open ones stand. Counted in the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from statistics import median

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select, true

from inspector.alerts.group import AlertState, GroupState
from inspector.storage import tables
from inspector.storage.alert_tables import alert_group, alert_step
from inspector.storage.alerts.reading import OPEN_STATES, GroupFilter, groups_like

__all__ = ["Hygiene", "Standing", "hygiene", "standing"]


@dataclass(frozen=True, slots=True)
class Hygiene:
    """The alerts of one rule: how many were raised, are open, were false, and how many somebody took notice of before
    they went up. ``silent``: those whose group ended or went up with nobody taking notice; ``found_late``: those whose
    group owed a step that was overdue when it was found.

    ``noticed``: groups with one of them that somebody took notice of; ``noticed_after_s``: the median from when they
    were opened until then, None where nobody did.
    """

    rule_id: str
    raised: int
    open: int
    false: int
    in_time: int
    silent: int
    found_late: int
    noticed: int
    noticed_after_s: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The open groups by class, of those that wait and of those that somebody has, and by team. ``overdue``: how many
    owe a step that is late; ``due_at``: when the first of those that wait is due; ``ended``: how many came to an end
    since. ``lag_s``: from the words of the alert found last until it was found; None: nobody knows."""

    waiting: Counter[str]
    taken: Counter[str]
    teams: Counter[str]
    overdue: int
    due_at: datetime | None
    ended: int
    lag_s: float | None


def hygiene(connection: Connection, first: date | None, last: date | None) -> tuple[Hygiene, ...]:
    """Every rule that raised alerts on calls of these days (both included, None = open), most alerts first."""
    alert, call, group = tables.alert, tables.call, alert_group
    day = call.c.business_date
    within = and_(true() if first is None else day >= first, true() if last is None else day <= last)
    unseen = and_(group.c.acknowledged_at.is_(None), group.c.notices > 0)
    found_late = exists().where(alert_step.c.group_id == group.c.id, alert_step.c.due_at < alert_step.c.found_at)
    went_up = exists().where(alert_step.c.group_id == group.c.id, alert_step.c.escalated > 0)
    counted = (
        select(
            alert.c.rule_id,
            func.count().label("raised"),
            _many(alert.c.state == AlertState.OPEN.value).label("open"),
            _many(alert.c.state == AlertState.FALSE_ALARM.value).label("false"),
            _many(group.c.acknowledged_at <= group.c.acknowledge_by).label("in_time"),
            _many(and_(unseen, or_(went_up, group.c.state.not_in(OPEN_STATES)))).label("silent"),
            _many(found_late).label("found_late"),
        )
        .join(group, group.c.id == alert.c.group_id)
        .join(call, call.c.id == alert.c.call_id)
        .where(within)
        .group_by(alert.c.rule_id)
        .order_by(func.count().desc(), alert.c.rule_id)
    )
    rows = connection.execute(counted).all()
    waits = _waits_s(connection, within)
    return tuple(
        Hygiene(**row._mapping, noticed=len(of := waits[row.rule_id]), noticed_after_s=median(of) if of else None)
        for row in rows
    )


def standing(connection: Connection, within: frozenset[str] | None, now: datetime, since: datetime) -> Standing:
    """How the groups stand that are about these teams (None = all); ``since``: from when on ended ones count."""
    group, seen = alert_group, GroupFilter(teams=within)
    late = _many(group.c.due_at < now).label("late")
    kind = (group.c.alert_class, group.c.state)
    counted = select(*kind, func.count().label("n"), late, func.min(group.c.due_at).label("due"))
    rows = connection.execute(counted.where(groups_like(seen)).group_by(*kind)).all()
    waiting = [row for row in rows if row.state == GroupState.OPEN.value]
    ended = select(func.count()).select_from(group)
    ended = ended.where(groups_like(replace(seen, ended=True)), group.c.closed_at >= since)
    return Standing(
        Counter({row.alert_class: row.n for row in waiting}),
        Counter({row.alert_class: row.n for row in rows if row.state == GroupState.TAKEN.value}),
        _teams(connection, seen),
        sum(row.late for row in rows),
        min((row.due for row in waiting if row.due), default=None),
        connection.scalar(ended) or 0,
        _lag_s(connection, seen),
    )


def _teams(connection: Connection, seen: GroupFilter) -> Counter[str]:
    """A group of a customer's calls with several teams counts for each of them, as far as they are asked for."""
    alert, group = tables.alert.alias(), alert_group
    named = alert.c.team.is_not(None) if seen.teams is None else alert.c.team.in_(seen.teams)
    pairs = select(alert.c.group_id, alert.c.team).distinct().join(group, group.c.id == alert.c.group_id)
    of = pairs.where(groups_like(seen), named).subquery()
    rows = connection.execute(select(of.c.team, func.count().label("n")).group_by(of.c.team))
    return Counter({row.team: row.n for row in rows})


def _waits_s(connection: Connection, within: ColumnElement[bool]) -> dict[str, list[float]]:
    """How long groups waited for somebody to take notice, by rule."""
    alert, call, group = tables.alert, tables.call, alert_group
    found = (
        select(alert.c.rule_id, group.c.id, group.c.opened_at, group.c.acknowledged_at)
        .distinct()
        .join(group, group.c.id == alert.c.group_id)
        .join(call, call.c.id == alert.c.call_id)
        .where(within, group.c.acknowledged_at.is_not(None))
    )
    waits: dict[str, list[float]] = defaultdict(list)
    for row in connection.execute(found):
        waits[row.rule_id].append((row.acknowledged_at - row.opened_at).total_seconds())
    return waits


def _lag_s(connection: Connection, seen: GroupFilter) -> float | None:
    alert, group = tables.alert.alias(), alert_group
    said = select(alert.c.said_at, alert.c.created_at).join(group, group.c.id == alert.c.group_id)
    newest = said.where(groups_like(seen), alert.c.said_at.is_not(None)).order_by(alert.c.created_at.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else max((row.created_at - row.said_at).total_seconds(), 0.0)


def _many(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))
