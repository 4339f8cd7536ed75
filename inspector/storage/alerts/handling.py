"""What people do to a group of alerts. A change holds the group's row: of two who want the same, one is second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from inspector.alerts.clocks import ACKNOWLEDGE
from inspector.alerts.group import AlertGroup, AlertState, GroupState
from inspector.alerts.grouping import clocks_to_start
from inspector.alerts.policy import AlertPolicy, RulePolicy
from inspector.alerts.refusals import DeedMisusedError, DeedRefusedError, Refusal
from inspector.delivery.notice import NoticeKind
from inspector.roles import Actor
from inspector.storage import tables
from inspector.storage.alert_tables import alert_group
from inspector.storage.alerts import clocks
from inspector.storage.alerts.reading import load_groups
from inspector.storage.alerts.telling import tell
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.rows import append_audit

__all__ = ["Change", "acknowledge", "assign", "close", "false_alarm", "hold", "meet", "named", "take"]


@dataclass(frozen=True, slots=True)
class Change:
    """A group that is being changed, in a transaction that holds its row; ``group``: as it was before."""

    connection: Connection
    group: AlertGroup
    actor: Actor
    policy: AlertPolicy
    now: datetime

    def settle(self, done: EventKind, action: str, values: Mapping[str, object], **told: object) -> None:
        """Writes what changed of the group, who did it, and that it happened: the last of a change."""
        group, connection = self.group, self.connection
        seen = func.coalesce(alert_group.c.acknowledged_at, max(self.now, group.opened_at))
        clocks.settle(connection, group.id, {"acknowledged_at": seen, **values})
        append_audit(connection, self.actor.name, action, group.id, told)
        append_events(connection, self.now, done, [(group.alerts[0].call_id, {"group_id": group.id, **told})])


def hold(connection: Connection, group_id: str) -> AlertGroup:
    """A group, kept from others until the transaction ends. Raises UsageError like :func:`named`."""
    found = named(connection, group_id)
    connection.execute(select(alert_group.c.id).where(alert_group.c.id == found).with_for_update())
    return load_groups(connection, [found])[0]


def named(connection: Connection, group_id: str) -> str:
    """The group of that id, or the only one whose id begins so. Raises UsageError when there is none or several."""
    group = alert_group
    found = select(group.c.id).where(group.c.id.startswith(group_id, autoescape=True)).limit(2)
    ids = connection.scalars(found).all()
    if len(ids) != 1 or not group_id:
        many = "several groups of alerts begin" if ids else "no group of alerts begins"
        told, remedy = f"{many} with: {group_id}", "look it up: inspector queue alerts list"
        raise DeedMisusedError(Refusal.NO_GROUP, told, remedy)
    (found_id,) = ids
    return str(found_id)


def take(change: Change) -> None:
    """Raises PolicyError when somebody else has it, or it came to an end."""
    _check_open(change)
    _check_handler(change)
    clocks.meet(change.connection, change.group.id, {ACKNOWLEDGE}, change.actor.name, change.policy, change.now)
    change.settle(EventKind.ALERT_TAKEN, "alert_take", _held_by(change.actor.name))


def acknowledge(change: Change) -> None:
    """Seen, but not taken: nobody is told any more that nobody looks at it. Raises PolicyError when it is at an end."""
    _check_open(change)
    clocks.meet(change.connection, change.group.id, {ACKNOWLEDGE}, change.actor.name, change.policy, change.now)
    change.settle(EventKind.ALERT_SEEN, "alert_acknowledge", {})


def assign(change: Change, to: str) -> None:
    """Gives it to somebody, whoever has it now. Raises PolicyError when it is at an end."""
    _check_open(change)
    clocks.meet(change.connection, change.group.id, {ACKNOWLEDGE}, change.actor.name, change.policy, change.now)
    tell(change.connection, change.group.id, NoticeKind.ASSIGNED, [change.group.audience], change.now)
    change.settle(EventKind.ALERT_ASSIGNED, "alert_assign", _held_by(to), to=to)


def meet(change: Change, step_id: str) -> None:
    """A step is done. Raises PolicyError when somebody else has it, UsageError when no such step is owed."""
    _check_open(change)
    _check_handler(change)
    by = change.actor.name
    met = clocks.meet(change.connection, change.group.id, {step_id, ACKNOWLEDGE}, by, change.policy, change.now)
    if step_id not in met:
        owed = ", ".join(sorted({step.id for step in change.group.steps if step.is_owed}))
        told = f"group {change.group.id} owes no step {step_id}"
        raise DeedMisusedError(Refusal.NOT_OWED, told, f"owed are: {owed or 'none'}")
    change.settle(EventKind.ALERT_STEP, "alert_step", _held_by(by), step=step_id)


def close(change: Change, result: str, note: str | None, version: int | None) -> None:
    """Ends it; what was owed is done. Raises PolicyError when somebody else has it, it is at an end or it is not the
    ``version`` that was seen, UsageError for a result that the policy does not know."""
    _check_open(change)
    _check_handler(change)
    if version not in (None, change.group.version):
        told = f"group {change.group.id} changed since you saw it"
        raise DeedRefusedError(Refusal.CHANGED, told, "look at it again")
    if result not in change.policy.results:
        known = ", ".join(change.policy.results)
        raise DeedMisusedError(Refusal.NO_RESULT, f"unknown result: {result}", f"use: {known}")
    owed = {step.id for step in change.group.steps if step.is_owed}
    clocks.meet(change.connection, change.group.id, owed, change.actor.name, change.policy, change.now)
    _set_alerts(change, {"state": AlertState.CLOSED.value}, None)
    ended = _ended(change, GroupState.CLOSED)
    change.settle(EventKind.ALERT_CLOSED, "alert_close", {**ended, "result": result, "note": note}, result=result)


def false_alarm(change: Change, call_id: str, rule_id: str, reason: str) -> None:
    """One alert was none. Its group goes on by what is left, and ends when nothing is.

    Raises PolicyError when somebody else has the group or it is at an end.
    """
    _check_open(change)
    _check_handler(change)
    told = {"false_by": change.actor.name, "false_at": change.now, "false_reason": reason}
    _set_alerts(change, {"state": AlertState.FALSE_ALARM.value, **told}, (call_id, rule_id))
    left = [one for one in change.group.raised if (one.call_id, one.finding.rule_id) != (call_id, rule_id)]
    if left:
        worst = min((one.alert_class for one in left), key=lambda found: found.rank)
        policies = [change.policy.rules.get(one.finding.rule_id) for one in left]
        wanting = [
            (
                RulePolicy(one.alert_class, rule.clock if rule else None),
                min(one.said_at or one.created_at, one.created_at),
            )
            for one, rule in zip(left, policies, strict=True)
        ]
        starts = clocks_to_start(wanting, None, change.policy)
        clocks.stop(change.connection, change.group.id, frozenset(starts))
        steps = clocks.rows_of(change.group.id, change.group.audience, starts, change.policy, change.now)
        clocks.start(change.connection, change.group.id, steps)
        clocks.meet(change.connection, change.group.id, {ACKNOWLEDGE}, change.actor.name, change.policy, change.now)
        values = {"alert_class": worst.value, **_held_by(change.actor.name)}
    else:
        clocks.stop(change.connection, change.group.id)
        values = _ended(change, GroupState.FALSE_ALARM)
    change.settle(EventKind.ALERT_FALSE, "alert_false_alarm", values, call_id=call_id, rule_id=rule_id)


def _held_by(name: str) -> dict[str, Any]:
    return {"state": GroupState.TAKEN.value, "handler": name}


def _ended(change: Change, state: GroupState) -> dict[str, Any]:
    at = max(change.now, change.group.opened_at)
    return {"state": state.value, "closed_at": at, "closed_by": change.actor.name}


def _set_alerts(change: Change, values: Mapping[str, object], only: tuple[str, str] | None) -> None:
    alert = tables.alert
    which = [alert.c.group_id == change.group.id, alert.c.state == AlertState.OPEN.value]
    if only is not None:
        which += [alert.c.call_id == only[0], alert.c.rule_id == only[1]]
    if not change.connection.execute(update(alert).where(*which).values(values)).rowcount and only is not None:
        told = f"the alert {only[1]} on call {only[0]} is not open any more"
        raise DeedRefusedError(Refusal.NOT_OPEN, told, "look at it: list --ended")


def _check_open(change: Change) -> None:
    group = change.group
    if group.state.is_end:
        told = f"group {group.id} was ended by {group.closed_by or 'nobody known'} ({group.state})"
        raise DeedRefusedError(Refusal.ENDED, told, "nothing is left to do", group.closed_by)


def _check_handler(change: Change) -> None:
    group = change.group
    if group.handler not in (None, change.actor.name):
        told = f"group {group.id} is in the hands of {group.handler}"
        raise DeedRefusedError(Refusal.HELD, told, "ask them, or assign it first", group.handler)
