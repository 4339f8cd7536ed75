"""New signals to incidents and repeated contacts, in the transaction of whoever looks."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from inspector.alerts.cross_call import AROUND, Episode, IncidentLimits, Signal, episodes, repeats, unusual, usual_of
from inspector.alerts.cross_call_rules import CrossCallRules, IncidentRule, RepeatRule
from inspector.alerts.policy import AlertPolicy
from inspector.model import Call, Facts, Finding, Kind, Outcome, Party, Severity, Status
from inspector.storage import tables
from inspector.storage.alerts.opening import put_alerts
from inspector.storage.engine import take_turn
from inspector.storage.incident_tables import call_signal, incident, incident_call
from inspector.storage.queues import put_repeat
from inspector.storage.rows import read, record
from inspector.storage.signals import customers_of, earliest, often, stream

__all__ = ["Look", "Opened", "open_incidents", "put_repeats"]

_WEEK = timedelta(days=7)
_SLOT_S = 600
"""What is usual is counted once in so many seconds."""

_CARRIERS = 50
"""So many of its newest calls are asked for one that can carry the alert."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An incident that is new, the call that completed it and the one that carries its alert.

    ``alerted`` None: all of its calls have an alert of that rule already.
    """

    incident_id: str
    completed_by: str
    calls: int
    alerted: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """One look at what is new: by which rules, how fast people must act on an incident, and when."""

    connection: Connection
    rules: CrossCallRules
    policy: AlertPolicy
    now: datetime


def open_incidents(look: Look, new: Iterable[Signal]) -> list[Opened]:
    """Writes the incidents that new signals complete, with their alerts, and attaches calls to those that go on."""
    by_trouble: dict[tuple[str, str], list[Signal]] = defaultdict(list)
    for signal in new:
        by_trouble[signal.topic, signal.key].append(signal)
    opened = []
    for (topic, _), signals in sorted(by_trouble.items()):
        if (rule := look.rules.incident(topic)) is not None:
            opened += _of_trouble(look, signals, rule)
    return opened


def put_repeats(connection: Connection, new: Iterable[Signal], rule: RepeatRule, now: datetime) -> None:
    """Opens a review for each call that is once too often, be it a new one or an earlier one that came late."""
    seen: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for signal in new:
        if signal.customer is not None and rule.holds(signal.topic):
            seen[signal.customer, signal.topic].append(signal.at)
    for customer, topic in often(connection, seen.keys(), rule.limits.contacts):
        at = seen[customer, topic]
        span = call_signal.c.at.between(min(at) - rule.limits.within, max(at) + rule.limits.within)
        found = stream(connection, call_signal.c.customer_key == customer, call_signal.c.topic == topic, span)
        for repeat in repeats(found, rule.limits):
            if repeat.signal.at >= min(at):
                title = f"{rule.title}：{rule.limits.within.days} 天内第 {repeat.contacts} 次"
                put_repeat(connection, repeat.signal.call_id, {topic: title}, rule.severity, now)


def _of_trouble(look: Look, new: Sequence[Signal], rule: IncidentRule) -> list[Opened]:
    connection, limits = look.connection, look.rules.limits
    topic, key = new[0].topic, new[0].key
    first, last = new[0].at - limits.window, new[-1].at + 2 * limits.window
    same, at = (call_signal.c.topic == topic, call_signal.c.key == key), call_signal.c.at
    usual = _usual(connection, topic, key, limits)
    near = incident.c.first_at <= last, incident.c.hot_until >= first - limits.window
    kept = connection.execute(select(incident).where(incident.c.topic == topic, incident.c.key == key, *near))
    known = [_episode(row) for row in kept.all()]
    going_on = _going_on(connection, new, known, usual, limits)
    if going_on is not None:
        known = [going_on]
    else:
        known = list(episodes(stream(connection, *same, at.between(first, last)), usual, limits, known))
    opened = []
    for one in known:
        if one.incident_id is None:
            opened.append(_open(look, one, rule))
        else:
            span = {"first_at": one.first_at, "hot_until": one.hot_until}
            connection.execute(update(incident).where(incident.c.id == one.incident_id).values(span))
            _attach(connection, one.incident_id, one.calls)
    return opened


def _going_on(
    connection: Connection,
    new: Sequence[Signal],
    known: Sequence[Episode],
    usual: Callable[[datetime], float | None],
    limits: IncidentLimits,
) -> Episode | None:
    """The incident that these signals simply carry on, being the latest of all: nothing before need be read again.

    None where it takes a closer look. A trouble may bring tens of thousands of signals in an hour.
    """
    last, at = new[-1].at, call_signal.c.at
    end = last - limits.window
    one = next(
        (one for one in known if one.first_at <= new[0].at and one.hot_until < last <= one.hot_until + limits.window),
        None,
    )
    same = call_signal.c.topic == new[0].topic, call_signal.c.key == new[0].key
    if one is None or stream(connection, *same, at > last, at <= last + 2 * limits.window):
        return None
    customers = customers_of(connection, *same, at > end, at <= last, count_unknown=limits.count_unknown)
    if not unusual(customers, usual(last), limits):
        return None
    return replace(one, hot_until=last, calls=tuple(new))


def _open(look: Look, one: Episode, rule: IncidentRule) -> Opened:
    connection, trouble = look.connection, one.calls[0]
    named = trouble.topic, trouble.key, one.completed_by, one.first_at.isoformat()
    incident_id = hashlib.sha256("\0".join(named).encode()).hexdigest()[:24]
    row = {
        "id": incident_id,
        "kind": rule.kind,
        "title": rule.title,
        "topic": trouble.topic,
        "key": trouble.key,
        "first_at": one.first_at,
        "completed_at": one.completed_at,
        "completed_by": one.completed_by,
        "hot_until": one.hot_until,
        "customers": one.customers,
        "usual": one.usual,
        "found_at": look.now,
        "late": look.now - one.completed_at > look.rules.limits.late,
    }
    connection.execute(insert(incident).values(row))
    _attach(connection, incident_id, one.calls)
    alert = look.rules.alert
    carrier = _carrier(connection, one, alert.rule)
    if carrier is not None:
        take_turn(connection, carrier)  # as whoever saves an inspection of that call does
        finding = _finding(connection, carrier, one, rule, look.rules)
        audiences = {alert.rule: alert.audience}
        put_alerts(connection, _call(connection, carrier), [finding], audiences, look.policy, look.now)
    return Opened(incident_id, one.completed_by, len(one.calls), carrier)


def _attach(connection: Connection, incident_id: str, calls: Sequence[Signal]) -> None:
    if not calls:
        return
    of = incident_call.c
    attached = set(connection.scalars(select(of.call_id).where(of.incident_id == incident_id, of.at >= calls[0].at)))
    rows = [
        {"incident_id": incident_id, "call_id": one.call_id, "at": one.at, "team": one.team}
        for one in calls
        if one.call_id not in attached
    ]
    if rows:
        connection.execute(insert(incident_call), rows)


def _carrier(connection: Connection, one: Episode, rule_id: str) -> str | None:
    """The call that completed it; where it has an alert of the same rule already, the newest one that has none."""
    others = [call.call_id for call in one.calls[::-1][:_CARRIERS] if call.call_id != one.completed_by]
    asked = [one.completed_by, *others]
    alert = tables.alert
    taken = set(
        connection.scalars(select(alert.c.call_id).where(alert.c.rule_id == rule_id, alert.c.call_id.in_(asked)))
    )
    return next((call_id for call_id in asked if call_id not in taken), None)


def _call(connection: Connection, call_id: str) -> Call:
    row = connection.execute(select(tables.call).where(tables.call.c.id == call_id)).one()
    return Call(row.source, row.source_call_id, record(Facts, row.facts))


def _finding(connection: Connection, call_id: str, one: Episode, rule: IncidentRule, rules: CrossCallRules) -> Finding:
    """What the alert says, with the words that this call adds to it."""
    trouble, limits = one.calls[0], rules.limits
    finding, of_call = tables.finding, (call_signal.c.call_id == call_id, call_signal.c.topic == trouble.topic)
    same = (finding.c.inspection_id == call_signal.c.inspection_id) & (finding.c.id == call_signal.c.finding_id)
    data = connection.scalar(select(finding.c.data).join(call_signal, same).where(*of_call))
    usual = "" if one.usual is None else f"，通常 {one.usual:.1f} 名"
    minutes = limits.window // timedelta(minutes=1)
    return Finding(
        id=hashlib.sha256(f"{call_id}\0{rules.alert.rule}\0{rule.kind}".encode()).hexdigest()[:24],
        rule_id=rules.alert.rule,
        rule_version=1,
        kind=Kind.SIGNAL,
        status=Status.STABLE,
        severity=Severity.CRITICAL,
        title=f"{rule.title}：{trouble.key}" if trouble.key else rule.title,
        outcome=Outcome.FIRES,
        undetermined_because=None,
        party=Party.CUSTOMER,
        why=f"{minutes} 分钟内 {one.customers} 名客户命中 {trouble.topic}{usual}",
        remedy=rules.alert.remedy,
        evidence=() if data is None else read(Finding, data).evidence[:1],
        coverage=None,
    )


def _usual(connection: Connection, topic: str, key: str, limits: IncidentLimits) -> Callable[[datetime], float | None]:
    """How many customers a window has as a rule, from the same time of the weeks before that are on record."""
    known: dict[int, float | None] = {}
    since = earliest(connection)

    def usual(at: datetime) -> float | None:
        slot = int(at.timestamp()) // _SLOT_S
        if slot not in known:
            end = datetime.fromtimestamp(slot * _SLOT_S, UTC) + AROUND
            ends = [end - week * _WEEK for week in range(1, limits.weeks + 1)]
            counted = [
                customers_of(
                    connection,
                    call_signal.c.topic == topic,
                    call_signal.c.key == key,
                    call_signal.c.at.between(one - limits.stretch, one),
                    count_unknown=limits.count_unknown,
                )
                for one in ends
                if since is not None and one - limits.stretch >= since
            ]
            known[slot] = usual_of(counted, limits)
        return known[slot]

    return usual


def _episode(row: Row[Any]) -> Episode:
    return Episode(row.first_at, row.completed_at, row.hot_until, row.completed_by, row.customers, row.usual, row.id)
