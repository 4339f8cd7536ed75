"""Incidents: found in what was inspected, listed for people."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, select, true

from inspector.alerts.cross_call import Surge, surges
from inspector.alerts.cross_call_rules import CrossCallRules
from inspector.alerts.policy import AlertPolicy
from inspector.errors import UsageError
from inspector.roles import Actor, Deed, may, require
from inspector.storage import tables
from inspector.storage.engine import storage_errors, take_turn
from inspector.storage.incident_tables import call_signal, incident, incident_call
from inspector.storage.incidents.looking import Look, open_incidents, put_repeats
from inspector.storage.incidents.records import Incident, IncidentCall
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.signals import is_new, take_new

__all__ = ["Incidents"]

_WEEK = timedelta(days=7)


class Incidents:
    """Every method raises StorageError when the database fails."""

    def __init__(self, reader: Engine, writer: Engine, rules: CrossCallRules, policy: AlertPolicy) -> None:
        self._reader, self._writer, self._rules, self._policy = reader, writer, rules, policy

    def look(self, now: datetime) -> tuple[Incident, ...]:
        """Looks at what was inspected since the last look and returns the incidents that are new by it.

        Incident, calls, alert and events are one transaction; many processes may look, one after the other. Costs one
        question where nothing is new, and looks at some thousand signals at a time: ask again while there is more.
        """
        with storage_errors(self._reader), self._reader.connect() as connection:
            if not is_new(connection):
                return ()
        with storage_errors(self._writer), self._writer.begin() as connection:
            take_turn(connection, "incidents")
            new = take_new(connection, self._rules)
            opened = open_incidents(Look(connection, self._rules, self._policy, now), new)
            put_repeats(connection, new, self._rules.repeat, now)
            found = _incidents(connection, incident.c.id.in_([one.incident_id for one in opened]))
            alerted = [(one.alerted, {"rule_id": self._rules.alert.rule}) for one in opened if one.alerted]
            append_events(connection, now, EventKind.ALERT_OPENED, alerted)
            told = [(one.completed_by, {"incident_id": one.incident_id, "calls": one.calls}) for one in opened]
            append_events(connection, now, EventKind.INCIDENT_OPENED, told)
        return found

    def latest(self, actor: Actor, limit: int) -> tuple[Incident, ...]:
        """The ``limit`` latest that ``actor`` may see."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            newest = select(incident.c.id).order_by(incident.c.first_at.desc(), incident.c.id)
            found: list[Incident] = []
            for ids in connection.scalars(newest).partitions(limit):
                found += [one for one in _incidents(connection, incident.c.id.in_(ids)) if _sees(actor, one)]
                if len(found) >= limit:
                    break
        return tuple(found[:limit])

    def get(self, actor: Actor, incident_id: str) -> tuple[Incident, tuple[IncidentCall, ...]]:
        """An incident and its calls in order of time. Raises UsageError when there is none, PolicyError when
        ``actor`` may not see it."""
        call, of = tables.call, incident_call
        calls = select(of, call.c.source_call_id).join(call, call.c.id == of.c.call_id)
        with storage_errors(self._reader), self._reader.connect() as connection:
            found = _incidents(connection, incident.c.id == incident_id)
            if not found:
                require(actor, Deed.SEE_ALERTS, actor.teams)
                raise UsageError("there is no such incident", "look at: inspector queue incidents list")
            require(actor, Deed.SEE_ALERTS, found[0].teams)
            rows = connection.execute(calls.where(of.c.incident_id == incident_id).order_by(of.c.at, of.c.call_id))
            return found[0], tuple(IncidentCall(row.call_id, row.source_call_id, row.at, row.team) for row in rows)

    @property
    def surge_due(self) -> timedelta:
        """So long after the week the knowledge base is brought up to a topic that surged."""
        return self._rules.surge.due

    def surges(self, actor: Actor, until: datetime) -> tuple[Surge, ...]:
        """The topics that surge in the week before ``until``. Raises PolicyError when ``actor`` may not ask."""
        require(actor, Deed.SEE_ALERTS)
        with storage_errors(self._reader), self._reader.connect() as connection:
            week, before = _topics(connection, until), _topics(connection, until - _WEEK)
        return surges(week, before, self._rules.surge)


def _sees(actor: Actor, one: Incident) -> bool:
    return may(actor, Deed.SEE_ALERTS, one.teams)


def _topics(connection: Connection, until: datetime) -> dict[str, int]:
    """Calls by topic in the week before ``until``."""
    within = call_signal.c.looked == true(), call_signal.c.at >= until - _WEEK, call_signal.c.at < until
    counted = select(call_signal.c.topic, func.count().label("calls")).where(*within).group_by(call_signal.c.topic)
    return {row.topic: row.calls for row in connection.execute(counted)}


def _incidents(connection: Connection, which: ColumnElement[bool]) -> tuple[Incident, ...]:
    """Latest first."""
    rows = connection.execute(select(incident).where(which).order_by(incident.c.first_at.desc(), incident.c.id)).all()
    of = incident_call
    grouped = select(of.c.incident_id, of.c.team, func.count()).where(of.c.incident_id.in_([row.id for row in rows]))
    calls: dict[str, dict[str | None, int]] = defaultdict(dict)
    for incident_id, team, count in connection.execute(grouped.group_by(of.c.incident_id, of.c.team)):
        calls[incident_id][team] = count
    return tuple(_incident(row, calls[row.id]) for row in rows)


def _incident(row: Row[Any], calls: dict[str | None, int]) -> Incident:
    teams = frozenset(team for team in calls if team is not None)
    return Incident(**row._mapping, calls=sum(calls.values()), teams=teams)
