"""The ledger of rectification: entries as people bring them forward, each step kept; what is overdue goes up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, select, true, update

from inspector.errors import PolicyError, UsageError
from inspector.review.policy import ReviewPolicy
from inspector.review.tasks import rectification as ledger
from inspector.review.tasks.rectification import Entry, EntryState
from inspector.roles import Actor, Deed, reach_of, require
from inspector.storage.engine import storage_errors
from inspector.storage.incident_tables import incident
from inspector.storage.ledger.events import append_events, lock_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.rows import append_audit
from inspector.storage.task_tables import rectification as table
from inspector.storage.task_tables import rectification_step as step_table
from inspector.storage.tasks.finals import called_at, final_of

__all__ = ["EntryStep", "NewEntry", "Rectification", "Seen", "came_again"]

AT_ONCE = 100
"""Entries that go up in one transaction, so that whoever writes besides is not kept waiting."""

Seen = tuple[str, int | None]
"""An entry's id, and its version as it was seen; None = whatever it is now."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What was checked and found. From a final finding (``call_id`` and ``rule_id``) team and rule are the finding's,
    and ``about_agent`` says that it is about its agent alone; from an incident, or free: as given.

    ``checked_at``: None = now.
    """

    content: str
    finding: str
    rule_id: str | None = None
    call_id: str | None = None
    incident_id: str | None = None
    team: str | None = None
    about_agent: bool = False
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryStep:
    """One thing that was done to an entry. ``actor``: None where it happened by itself. ``about``: the call that came
    again, or whom it went up to. ``note``: as it was typed."""

    at: datetime
    actor: str | None
    deed: str
    about: str | None
    note: str | None


class Rectification:
    """Every method raises StorageError when the database fails, PolicyError when the actor may not, and UsageError for
    an entry that is not there. ``seen``: the entry as the actor saw it; PolicyError when it changed since."""

    def __init__(self, reader: Engine, writer: Engine, policy: ReviewPolicy) -> None:
        self._reader, self._writer, self._policy = reader, writer, policy

    def add(self, actor: Actor, new: NewEntry, now: datetime) -> Entry:
        """Opens an entry; the actor is who checked. PolicyError: the finding it comes from does not count (yet)."""
        require(actor, Deed.HANDLE_LEDGER, actor.teams)
        with storage_errors(self._writer), self._writer.begin() as connection:
            entry = self._made(connection, actor, new, now)
            require(actor, Deed.HANDLE_LEDGER, _teams(entry))
            connection.execute(insert(table).values(asdict(entry)))
            _append_step(connection, entry.id, EntryStep(now, actor.name, "add", None, None))
            append_audit(connection, actor.name, "rectification_add", entry.id, {"rule_id": entry.rule_id})
            append_events(connection, now, EventKind.LEDGER_OPENED, [(entry.call_id, {"entry_id": entry.id})])
        return entry

    def measure(
        self, actor: Actor, seen: Seen, measure: str, owner: str, due_at: datetime | None, now: datetime
    ) -> Entry:
        """Sets what is to be done, by whom and until when (None: working days from now)."""
        due = due_at or self._due(now)
        with self._changing(actor, Deed.HANDLE_LEDGER, seen) as (connection, entry):
            changed = ledger.set_measure(entry, measure, owner, due, now)
            return _keep(connection, changed, EntryStep(now, actor.name, "measure", changed.owner, changed.measure))

    def done(self, actor: Actor, seen: Seen, result: str, evidence: str, now: datetime) -> Entry:
        """The measure is carried out, with this result and evidence."""
        with self._changing(actor, Deed.HANDLE_LEDGER, seen) as (connection, entry):
            changed = ledger.report_done(entry, result, evidence, actor.name, now)
            told = f"{changed.result}\n{changed.evidence}"
            return _keep(connection, changed, EntryStep(now, actor.name, "done", None, told))

    def verify(self, actor: Actor, seen: Seen, now: datetime) -> Entry:
        """Strikes it off; the actor is none of those who checked it, own it or did it."""
        with self._changing(actor, Deed.VERIFY_LEDGER, seen) as (connection, entry):
            changed = ledger.strike_off(entry, actor.name, now)
            kept = _keep(connection, changed, EntryStep(now, actor.name, "strike_off", None, None))
            append_events(connection, now, EventKind.LEDGER_CLOSED, [(entry.call_id, {"entry_id": entry.id})])
        return kept

    def reopen(self, actor: Actor, seen: Seen, why: str, now: datetime) -> Entry:
        """It was not done after all. UsageError: without a reason."""
        if not why.strip():
            raise UsageError("reopening needs a reason", "say it in words")
        with self._changing(actor, Deed.VERIFY_LEDGER, seen) as (connection, entry):
            changed = ledger.reopen(entry, self._due(now))
            kept = _keep(connection, changed, EntryStep(now, actor.name, "reopen", None, why.strip()))
            append_events(connection, now, EventKind.LEDGER_OPENED, [(entry.call_id, {"entry_id": entry.id})])
        return kept

    def get(self, actor: Actor, entry_id: str) -> tuple[Entry, tuple[EntryStep, ...]]:
        """An entry and all that was done to it, in order."""
        steps = select(step_table).where(step_table.c.entry_id == entry_id).order_by(step_table.c.place)
        with storage_errors(self._reader), self._reader.connect() as connection:
            entry = _load(connection, entry_id)
            require(actor, Deed.SEE_LEDGER, _teams(entry))
            rows = connection.execute(steps).all()
        return entry, tuple(EntryStep(row.at, row.actor, row.deed, row.about, row.note) for row in rows)

    def entries(self, actor: Actor, limit: int, state: EntryState | None = None) -> tuple[Entry, ...]:
        """The first ``limit`` that the actor may see, in one state when it is given, by what is due."""
        which = true() if state is None else table.c.state == state.value
        return self._found(actor, [which], limit)

    def overdue(self, actor: Actor, now: datetime, limit: int) -> tuple[Entry, ...]:
        """Those that the actor may see whose time is over, the longest first."""
        return self._found(actor, [table.c.due_at < now, table.c.state.not_in(_ENDED)], limit)

    def escalate(self, now: datetime) -> int:
        """Lets what is overdue go up, each level once, whoever asks. Returns how many levels were told."""
        due = select(table).where(table.c.escalate_at <= now, table.c.state.not_in(_ENDED))
        held = due.order_by(table.c.id).limit(AT_ONCE).with_for_update(skip_locked=True)
        told = 0
        with storage_errors(self._writer), self._writer.begin() as connection:
            for entry in map(_entry, connection.execute(held).all()):
                days = self._policy.settings.escalation_days
                changed, audiences = ledger.escalate(entry, now, days, self._policy.calendar)
                _write(connection, changed)
                for audience in audiences:
                    _append_step(connection, entry.id, EntryStep(now, None, "escalate", audience, None))
                told += len(audiences)
        return told

    def _made(self, connection: Connection, actor: Actor, new: NewEntry, now: datetime) -> Entry:
        team, agent = new.team, None
        if new.call_id is not None and new.rule_id is not None:
            row = final_of(connection, new.call_id, new.rule_id)
            team, agent = row.team, row.agent if new.about_agent else None
        elif new.call_id is not None or new.about_agent:
            raise UsageError("an entry from a call, or about an agent, names call and rule", "name both")
        known = select(incident.c.id).where(incident.c.id == new.incident_id)
        if new.incident_id is not None and connection.scalar(known) is None:
            raise UsageError("there is no such incident", "look at: inspector queue incidents list")
        due = self._due(now)
        try:
            return Entry(
                id=uuid4().hex[:12],
                opened_at=now,
                checked_at=new.checked_at or now,
                inspector=actor.name,
                content=new.content,
                finding=new.finding,
                due_at=due,
                rule_id=new.rule_id,
                team=team,
                agent=agent,
                call_id=new.call_id,
                incident_id=new.incident_id,
                escalate_at=due,
            )
        except ValueError as error:
            raise UsageError(str(error), "say it in words") from error

    def _due(self, now: datetime) -> datetime:
        return self._policy.calendar.add_days(now, self._policy.settings.rectification_days)

    def _found(self, actor: Actor, which: Iterable[ColumnElement[bool]], limit: int) -> tuple[Entry, ...]:
        teams = reach_of(actor, Deed.SEE_LEDGER)
        if teams is not None:
            which = [*which, table.c.team.in_(sorted(teams))]
        found = select(table).where(*which).order_by(table.c.due_at, table.c.id).limit(limit)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(map(_entry, connection.execute(found)))

    @contextmanager
    def _changing(self, actor: Actor, deed: Deed, seen: Seen) -> Iterator[tuple[Connection, Entry]]:
        entry_id, version = seen
        with storage_errors(self._writer), self._writer.begin() as connection:
            lock_events(connection)
            entry = _load(connection, entry_id, hold=True)
            require(actor, deed, _teams(entry))
            if version not in (None, entry.version):
                raise PolicyError(f"entry {entry.id} changed since you saw it", "look at it again")
            yield connection, entry


def came_again(connection: Connection, found: Row[Any], policy: ReviewPolicy, now: datetime) -> None:
    """Reopens what was done about this rule and team, or agent, when a final decision says that it did not last: once
    for each call."""
    call_id = found.call_id
    at = called_at(connection, call_id, policy) or now
    of_team = table.c.team.is_(None) | (table.c.team == found.team)
    concerned = (
        table.c.rule_id == found.rule_id,
        table.c.state.in_(_ENDED),
        (table.c.agent == found.agent) | (table.c.agent.is_(None) & of_team),
    )
    within = timedelta(days=policy.settings.recurrence_days)
    reopened = []
    held = select(table).where(*concerned).order_by(table.c.id).with_for_update()
    for entry in map(_entry, connection.execute(held).all()):
        if entry.call_id == call_id or not ledger.recurs(entry, at, within) or _has(connection, entry.id, call_id):
            continue
        due = policy.calendar.add_days(now, policy.settings.rectification_days)
        _write(connection, ledger.reopen(entry, due))
        _append_step(connection, entry.id, EntryStep(now, None, "came_again", call_id, None))
        reopened.append((call_id, {"entry_id": entry.id, "times_reopened": entry.times_reopened + 1}))
    append_events(connection, now, EventKind.LEDGER_OPENED, reopened)


_ENDED = (EntryState.DONE.value, EntryState.STRUCK_OFF.value)


def _has(connection: Connection, entry_id: str, call_id: str) -> bool:
    step = step_table
    found = select(step.c.place).where(step.c.entry_id == entry_id, step.c.about == call_id)
    return connection.execute(found.limit(1)).first() is not None


def _load(connection: Connection, entry_id: str, *, hold: bool = False) -> Entry:
    found = select(table).where(table.c.id == entry_id)
    row = connection.execute(found.with_for_update() if hold else found).one_or_none()
    if row is None:
        raise UsageError(f"there is no entry {entry_id}", "list them: inspector rectification list")
    return _entry(row)


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{**row._mapping, "state": EntryState(row.state)})


def _write(connection: Connection, entry: Entry) -> Entry:
    """One version further."""
    kept = replace(entry, version=entry.version + 1)
    connection.execute(update(table).where(table.c.id == kept.id).values(asdict(kept)))
    return kept


def _keep(connection: Connection, changed: Entry, step: EntryStep) -> Entry:
    """Writes what somebody did."""
    kept = _write(connection, changed)
    _append_step(connection, kept.id, step)
    append_audit(connection, str(step.actor), f"rectification_{step.deed}", kept.id, {"version": kept.version})
    return kept


def _append_step(connection: Connection, entry_id: str, step: EntryStep) -> None:
    so_far = select(func.count()).where(step_table.c.entry_id == entry_id)
    place = connection.execute(so_far).scalar_one()
    connection.execute(insert(step_table).values({"entry_id": entry_id, "place": place, **asdict(step)}))


def _teams(entry: Entry) -> frozenset[str] | None:
    return None if entry.team is None else frozenset({entry.team})
