"""Groups of alerts as records, and the figures about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, func, or_, select, true

from inspector.alerts.group import Alert, AlertGroup, AlertState, FalseAlarm, GroupState, GroupStep
from inspector.enums import AlertClass
from inspector.model import Finding
from inspector.storage import tables
from inspector.storage.alert_tables import alert_group, alert_step
from inspector.storage.rows import read

__all__ = ["OPEN_STATES", "GroupFilter", "Hygiene", "count_groups", "find_groups", "hygiene", "load_groups", "teams_of"]

OPEN_STATES = tuple(state.value for state in GroupState if not state.is_end)


@dataclass(frozen=True, slots=True)
class GroupFilter:
    """Which groups; None: all. ``day``: a business date of one of its calls; ``audience``: whom one of its alerts
    tells; ``teams``: whose calls it is about; ``ended``: those that came to an end, instead of the open ones;
    ``handler``: who has it, or had."""

    day: date | None = None
    audience: str | None = None
    teams: frozenset[str] | None = None
    ended: bool = False
    alert_class: AlertClass | None = None
    state: GroupState | None = None
    handler: str | None = None


@dataclass(frozen=True, slots=True)
class Hygiene:
    """The alerts of one rule: how many were raised, are open, were false, and how many somebody took notice of before
    they went up. ``silent``: those whose group ended or went up with nobody taking notice; ``found_late``: those whose
    group owed a step that was overdue when it was found."""

    rule_id: str
    raised: int
    open: int
    false: int
    in_time: int
    silent: int
    found_late: int


def find_groups(connection: Connection, which: GroupFilter, limit: int) -> tuple[AlertGroup, ...]:
    """The first ``limit`` groups: open ones by class, then by what is due first; ended ones newest first."""
    group = alert_group
    order = (
        [group.c.closed_at.desc(), group.c.id]
        if which.ended
        else [group.c.alert_class, group.c.due_at.is_(None), group.c.due_at, group.c.opened_at, group.c.id]
    )
    ids = connection.scalars(select(group.c.id).where(_those(which)).order_by(*order).limit(limit)).all()
    return load_groups(connection, ids)


def count_groups(connection: Connection, which: GroupFilter) -> int:
    """How many there are."""
    return connection.execute(select(func.count()).select_from(alert_group).where(_those(which))).scalar_one()


def teams_of(connection: Connection, within: frozenset[str] | None) -> tuple[str, ...]:
    """The teams that open groups are about; ``within``: only these, None = all."""
    alert, group = tables.alert, alert_group
    found = select(alert.c.team).distinct().join(group, group.c.id == alert.c.group_id)
    named = alert.c.team.is_not(None) if within is None else alert.c.team.in_(within)
    return tuple(connection.scalars(found.where(group.c.state.in_(OPEN_STATES), named).order_by(alert.c.team)))


def load_groups(connection: Connection, ids: Sequence[str]) -> tuple[AlertGroup, ...]:
    """These groups in their order. Raises StorageError when a finding was written by another version."""
    alert, call, step = tables.alert, tables.call, alert_step
    raised = (
        select(alert, call.c.source_call_id, call.c.business_date, call.c.facts)
        .join(call, call.c.id == alert.c.call_id)
        .where(alert.c.group_id.in_(ids))
        .order_by(alert.c.group_id)
    )
    alerts = {key: list(map(_alert, rows)) for key, rows in _by_group(connection.execute(raised).all())}
    owed = select(step).where(step.c.group_id.in_(ids)).order_by(step.c.group_id, step.c.clock, step.c.place)
    steps = {key: tuple(map(_step, rows)) for key, rows in _by_group(connection.execute(owed).all())}
    rows = {row.id: row for row in connection.execute(select(alert_group).where(alert_group.c.id.in_(ids)))}
    return tuple(_group(rows[one], alerts[one], steps.get(one, ())) for one in ids)


def hygiene(connection: Connection, first: date | None, last: date | None) -> tuple[Hygiene, ...]:
    """Every rule that raised alerts on calls of these days (both included, None = open), most alerts first."""
    alert, call, group = tables.alert, tables.call, alert_group
    day = call.c.business_date
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
        .where(true() if first is None else day >= first, true() if last is None else day <= last)
        .group_by(alert.c.rule_id)
        .order_by(func.count().desc(), alert.c.rule_id)
    )
    return tuple(Hygiene(*row) for row in connection.execute(counted))


def _many(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))


def _those(which: GroupFilter) -> ColumnElement[bool]:
    alert, call, group = tables.alert, tables.call, alert_group
    of_group = alert.c.group_id == group.c.id
    conditions: list[ColumnElement[bool]] = [
        group.c.state.not_in(OPEN_STATES) if which.ended else group.c.state.in_(OPEN_STATES)
    ]
    if which.day is not None:
        on_day = and_(call.c.id == alert.c.call_id, call.c.business_date == which.day)
        conditions.append(exists().where(of_group, on_day))
    if which.audience is not None:
        conditions.append(exists().where(of_group, alert.c.audience == which.audience))
    if which.teams is not None:
        conditions.append(exists().where(of_group, alert.c.team.in_(which.teams)))
    if which.alert_class is not None:
        conditions.append(group.c.alert_class == which.alert_class.value)
    if which.state is not None:
        conditions.append(group.c.state == which.state.value)
    if which.handler is not None:
        conditions.append(group.c.handler == which.handler)
    return and_(*conditions)


def _by_group(rows: Sequence[Row[Any]]) -> Any:
    return groupby(rows, key=lambda row: row.group_id)


def _alert(row: Any) -> Alert:
    said_false = FalseAlarm(row.false_by, row.false_at, row.false_reason) if row.false_by else None
    return Alert(
        call_id=row.call_id,
        source_call_id=row.source_call_id,
        business_date=row.business_date,
        team=row.team,
        agent=row.facts.get("agent"),
        alert_class=AlertClass(row.alert_class),
        audience=row.audience,
        at_s=row.at_s,
        said_at=row.said_at,
        created_at=row.created_at,
        finding=read(Finding, row.data),
        state=AlertState(row.state),
        false_alarm=said_false,
    )


def _step(row: Any) -> GroupStep:
    return GroupStep(
        clock=row.clock,
        id=row.id,
        owner=row.owner,
        started_at=row.started_at,
        found_at=row.found_at,
        due_at=row.due_at,
        met_at=row.met_at,
        met_by=row.met_by,
        escalated=row.escalated,
        calendar=row.calendar,
        provisional=row.provisional,
        stopped=row.stopped,
    )


def _group(row: Any, alerts: list[Alert], steps: tuple[GroupStep, ...]) -> AlertGroup:
    return AlertGroup(
        id=row.id,
        state=GroupState(row.state),
        alert_class=AlertClass(row.alert_class),
        audience=row.audience,
        opened_at=row.opened_at,
        handler=row.handler,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        result=row.result,
        note=row.note,
        version=row.version,
        alerts=tuple(sorted(alerts, key=lambda alert: alert.rank)),
        steps=steps,
    )
