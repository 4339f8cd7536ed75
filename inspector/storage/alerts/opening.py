"""New alerts, written with the inspection that raised them: into their group, its clocks started, told outside."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from inspector.alerts.group import AlertState, GroupState
from inspector.alerts.grouping import JOINS_WITHIN, Raised, clocks_to_start, raised
from inspector.alerts.policy import AlertPolicy
from inspector.delivery.notice import NoticeKind
from inspector.enums import AlertClass
from inspector.model import Call, Finding, to_json
from inspector.storage import tables
from inspector.storage.alert_tables import alert_group, alert_step
from inspector.storage.alerts import clocks
from inspector.storage.alerts.reading import OPEN_STATES
from inspector.storage.alerts.telling import tell
from inspector.storage.engine import take_turn

__all__ = ["put_alerts"]


def put_alerts(
    connection: Connection,
    call: Call,
    findings: Sequence[Finding],
    audiences: Mapping[str, str],
    policy: AlertPolicy,
    now: datetime,
) -> tuple[str, ...]:
    """Writes the alerts of one call. One that is there stays as it was sent, whatever became of it.

    Nobody else writes alerts of this call until the transaction ends. Returns the rules whose alerts are new. Raises
    KeyError for a rule without audience.
    """
    alert = tables.alert
    known = set(connection.scalars(select(alert.c.rule_id).where(alert.c.call_id == call.id)))
    if known:
        again = (alert.c.call_id == call.id, alert.c.rule_id.in_([finding.rule_id for finding in findings]))
        connection.execute(update(alert).where(*again).values(detected_at=now))
    fresh = [finding for finding in findings if finding.rule_id not in known]
    if not fresh:
        return ()
    new = [raised(call, finding, audiences[finding.rule_id], policy, now) for finding in fresh]
    new.sort(key=lambda one: (one.alert_class.rank, one.finding.severity.rank))
    kept = _open_group(connection, call, new[0], now)
    if kept is None:
        _open(connection, call, new, policy, now)
    else:
        _join(connection, kept, call, new, policy, now)
    return tuple(finding.rule_id for finding in fresh)


def _open_group(connection: Connection, call: Call, worst: Raised, now: datetime) -> Any:
    """The open group that alerts of this call join, held until the transaction ends: nobody closes it meanwhile; None
    where there is none."""
    alert, group = tables.alert, alert_group
    customer_key = call.facts.customer_key
    of_call: ColumnElement[bool] = group.c.id.in_(select(alert.c.group_id).where(alert.c.call_id == call.id))
    which = of_call
    if customer_key is not None:
        take_turn(connection, f"alerts of {customer_key}")  # two calls of one customer at once make one group
        same = (group.c.customer_key == customer_key, group.c.audience == worst.audience)
        which = or_(of_call, and_(*same, group.c.opened_at > now - JOINS_WITHIN))
    found = (
        select(group.c.id, group.c.alert_class, group.c.audience)
        .where(which, group.c.state.in_(OPEN_STATES))
        .order_by(of_call.desc(), group.c.opened_at, group.c.id)
        .limit(1)
        .with_for_update()
    )
    return connection.execute(found).first()


def _open(connection: Connection, call: Call, new: Sequence[Raised], policy: AlertPolicy, now: datetime) -> None:
    worst = new[0]
    group_id = hashlib.sha256(f"{call.id}\0{worst.finding.rule_id}".encode()).hexdigest()[:24]
    steps = clocks.rows_of(group_id, worst.audience, _starts(new, None, policy), policy, now)
    row = {
        "id": group_id,
        "call_id": call.id,
        "customer_key": call.facts.customer_key,
        "audience": worst.audience,
        "alert_class": worst.alert_class.value,
        "state": GroupState.OPEN.value,
        "opened_at": now,
        "acknowledge_by": min((step["escalate_at"] for step in steps if step["escalate_at"]), default=None),
        "due_at": min(step["due_at"] for step in steps),
        "version": 1,
        "notices": 0,
    }
    connection.execute(insert(alert_group).values(row))
    _insert(connection, group_id, call, new, now)
    connection.execute(insert(alert_step), steps)
    tell(connection, group_id, NoticeKind.OPENED, (one.audience for one in new), now)


def _join(
    connection: Connection,
    kept: Any,
    call: Call,
    new: Sequence[Raised],
    policy: AlertPolicy,
    now: datetime,
) -> None:
    """Told are only those whom a rule that the group does not have yet, or a worse class, concerns."""
    alert, before, worst = tables.alert, AlertClass(kept.alert_class), new[0].alert_class
    rules = set(connection.scalars(select(alert.c.rule_id).where(alert.c.group_id == kept.id)))
    _insert(connection, kept.id, call, new, now)
    clocks.start(connection, kept.id, clocks.rows_of(kept.id, kept.audience, _starts(new, before, policy), policy, now))
    worse = worst.rank < before.rank
    clocks.settle(connection, kept.id, {"alert_class": (worst if worse else before).value})
    told = [one.audience for one in new if one.finding.rule_id not in rules or one.alert_class.rank < before.rank]
    if told:
        tell(connection, kept.id, NoticeKind.JOINED, told, now)


def _starts(new: Sequence[Raised], before: AlertClass | None, policy: AlertPolicy) -> dict[str, datetime]:
    return clocks_to_start([(one.policy, one.started_at) for one in new], before, policy)


def _insert(connection: Connection, group_id: str, call: Call, new: Sequence[Raised], now: datetime) -> None:
    rows = [
        {
            "call_id": call.id,
            "rule_id": one.finding.rule_id,
            "finding_id": one.finding.id,
            "rule_version": one.finding.rule_version,
            "severity": one.finding.severity.value,
            "audience": one.audience,
            "at_s": one.at_s,
            "state": AlertState.OPEN.value,
            "created_at": now,
            "detected_at": now,
            "data": to_json(one.finding),
            "group_id": group_id,
            "alert_class": one.alert_class.value,
            "team": call.facts.team,
            "said_at": one.said_at,
        }
        for one in new
    ]
    connection.execute(insert(tables.alert), rows)
