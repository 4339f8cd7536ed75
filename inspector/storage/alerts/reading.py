"""Groups of alerts as records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, select

from inspector.alerts.group import Alert, AlertGroup, AlertState, FalseAlarm, GroupState, GroupStep
from inspector.enums import AlertClass
from inspector.model import Finding
from inspector.storage import tables
from inspector.storage.alert_tables import alert_group, alert_step
from inspector.storage.rows import read

__all__ = ["OPEN_STATES", "GroupFilter", "count_groups", "find_groups", "groups_like", "load_groups", "teams_of"]

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


def find_groups(connection: Connection, which: GroupFilter, limit: int) -> tuple[AlertGroup, ...]:
    """The first ``limit`` groups: open ones by class, then by what is due first; ended ones newest first."""
    group = alert_group
    order = (
        [group.c.closed_at.desc(), group.c.id]
        if which.ended
        else [group.c.alert_class, group.c.due_at.is_(None), group.c.due_at, group.c.opened_at, group.c.id]
    )
    ids = connection.scalars(select(group.c.id).where(groups_like(which)).order_by(*order).limit(limit)).all()
    return load_groups(connection, ids)


def count_groups(connection: Connection, which: GroupFilter) -> int:
    """How many there are."""
    return connection.execute(select(func.count()).select_from(alert_group).where(groups_like(which))).scalar_one()


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


def groups_like(which: GroupFilter) -> ColumnElement[bool]:
    """That a row of the table of groups is one of them."""
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
