"""Calibration sessions: opened by the QA lead, judged by several people blind, agreed on and closed by the lead."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert, select, true, update

from inspector.errors import PolicyError, UsageError
from inspector.review.records import Submitted
from inspector.review.tasks.calibration import FEWEST_PEOPLE, MOST_CALLS, Place, Said, medians, standings
from inspector.roles import Actor, Deed, may, require
from inspector.storage import tables
from inspector.storage.engine import storage_errors
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.people_tables import person as person_table
from inspector.storage.queues import Reason, State
from inspector.storage.reviews.items import NewItem, open_item
from inspector.storage.rows import append_audit, equal, put
from inspector.storage.task_tables import calibration as table
from inspector.storage.task_tables import calibration_item as item_table
from inspector.storage.task_tables import calibration_note as note_table
from inspector.storage.task_tables import calibration_person as person_of
from inspector.storage.tasks.sessions import Note, Session, load_notes, load_session, load_totals

__all__ = ["Calibration", "collect"]


class Calibration:
    """Every method raises StorageError when the database fails, PolicyError when the actor may not, and UsageError for
    a session that is not there.

    Until a session is closed, who takes part sees that it is open, and not who said what.
    """

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def open(
        self, actor: Actor, title: str, call_ids: Collection[str], people: Collection[str], now: datetime
    ) -> Session:
        """Gives each of the people each of the calls. UsageError: too many calls, too few people, or unknown ones."""
        require(actor, Deed.CALIBRATE)
        calls, names = sorted(set(call_ids)), sorted(set(people))
        _check(title, calls, names)
        with storage_errors(self._writer), self._writer.begin() as connection:
            days = _known_calls(connection, calls)
            _check_people(connection, names)
            session_id = uuid4().hex[:12]
            row = {"id": session_id, "title": title.strip(), "led_by": actor.name, "opened_at": now, "version": 1}
            connection.execute(insert(table).values(row))
            connection.execute(insert(person_of), [{"session_id": session_id, "person": name} for name in names])
            for call_id in calls:
                for name in names:
                    key = f"{session_id}\0{name}"
                    new = NewItem(call_id, Reason.CALIBRATION, key, days[call_id], assigned_to=name)
                    given = {"session_id": session_id, "call_id": call_id, "person": name}
                    connection.execute(insert(item_table).values(item_id=open_item(connection, new, now), **given))
            told = {"calls": len(calls), "people": names}
            append_audit(connection, actor.name, "calibration_open", session_id, told)
            return load_session(connection, session_id)

    def get(self, actor: Actor, session_id: str) -> Session:
        """A session: whole once it is closed, and before for who leads calibrations unless he has still to judge."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return _as_seen(actor, load_session(connection, session_id))

    def latest(self, actor: Actor, limit: int) -> tuple[Session, ...]:
        """The ``limit`` latest that the actor leads or takes part in."""
        mine = select(person_of.c.session_id).where(person_of.c.person == actor.name)
        which = true() if may(actor, Deed.CALIBRATE) else table.c.id.in_(mine)
        found = select(table.c.id).where(which).order_by(table.c.opened_at.desc(), table.c.id).limit(limit)
        with storage_errors(self._reader), self._reader.connect() as connection:
            ids = connection.scalars(found).all()
            return tuple(_as_seen(actor, load_session(connection, one)) for one in ids)

    def agree(self, actor: Actor, session_id: str, note: Note, now: datetime) -> Session:
        """Keeps what was agreed of a rule in a call, in the place of what was agreed before. UsageError: without
        words, or of a call that is not in the session; PolicyError: it is closed."""
        if not note.note.strip() or not note.rule_id.strip():
            raise UsageError("an interpretation needs a rule and words", "name them")
        with self._leading(actor, session_id) as (connection, session):
            if note.call_id not in session.calls:
                raise UsageError(f"call {note.call_id} is not in the session", "look: inspector calibration show")
            key = {"session_id": session_id, "call_id": note.call_id, "rule_id": note.rule_id}
            values = {"agreed": note.agreed.value, "note": note.note.strip(), "card_item": note.card_item}
            put(connection, note_table, key, {**values, "written_by": actor.name, "written_at": now}, {})
            told = {"call_id": note.call_id, "rule_id": note.rule_id, "agreed": note.agreed.value}
            append_audit(connection, actor.name, "calibration_agree", session_id, told)
            return _as_seen(actor, load_session(connection, session_id))

    def close(self, actor: Actor, session_id: str, now: datetime) -> Session:
        """Ends a session: who has not judged is told as missing, and everybody is put beside what was agreed; his
        totals by the score card beside the median of a call."""
        with self._leading(actor, session_id) as (connection, session):
            agreed: dict[Place, Said] = {(one.call_id, one.rule_id): one.agreed for one in session.notes}
            totals = load_totals(connection, session_id)
            for one in standings(session.judged, agreed, session.fatal, totals, medians(totals)):
                values = asdict(one) | {"outside": one.outside, "session_id": session_id}
                of = {"session_id": session_id, "person": one.person}
                connection.execute(update(person_of).where(equal(person_of, of)).values(values))
            item = tables.review_item
            left = item.c.id.in_(select(item_table.c.item_id).where(item_table.c.session_id == session_id))
            withdrawn = {"state": State.WITHDRAWN.value, "closed_at": now, "closed_by": actor.name}
            connection.execute(update(item).where(left, item.c.state == State.OPEN.value).values(withdrawn))
            changed = {"closed_at": now, "version": session.version + 1}
            connection.execute(update(table).where(table.c.id == session_id).values(changed))
            told = {"session_id": session_id, "calls": len(session.calls), "missing": len(session.missing)}
            append_audit(connection, actor.name, "calibration_close", session_id, told)
            append_events(connection, now, EventKind.CALIBRATION_CLOSED, [(None, told)])
            return load_session(connection, session_id)

    def notes(self, actor: Actor, rule_id: str | None, limit: int) -> tuple[Note, ...]:
        """The latest interpretations of closed sessions, of one rule when it is given: for all who review or lead."""
        if not may(actor, Deed.CALIBRATE):
            require(actor, Deed.REVIEW)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return load_notes(connection, rule_id, limit)

    def to_retrain(self, actor: Actor) -> tuple[str, ...]:
        """Who was outside in both of the last two closed sessions he took part in: a hint for the lead, no more."""
        require(actor, Deed.CALIBRATE)
        found = (
            select(person_of.c.person, person_of.c.outside)
            .join(table, table.c.id == person_of.c.session_id)
            .where(table.c.closed_at.is_not(None), person_of.c.outside.is_not(None))
            .order_by(table.c.closed_at.desc(), table.c.id)
        )
        last: dict[str, list[bool]] = {}
        with storage_errors(self._reader), self._reader.connect() as connection:
            for name, outside in connection.execute(found):
                last.setdefault(name, []).append(outside)
        return tuple(sorted(name for name, of in last.items() if of[:2] == [True, True]))

    @contextmanager
    def _leading(self, actor: Actor, session_id: str) -> Iterator[tuple[Connection, Session]]:
        require(actor, Deed.CALIBRATE)
        with storage_errors(self._writer), self._writer.begin() as connection:
            connection.execute(select(table.c.id).where(table.c.id == session_id).with_for_update())
            session = load_session(connection, session_id)
            if session.closed_at is not None:
                raise PolicyError(f"session {session_id} is closed", "look at it: inspector calibration show")
            yield connection, session


def collect(connection: Connection, submitted: Submitted) -> None:
    """Somebody has judged a call of a session: it is noted which review it is. One that is closed takes no more."""
    is_open = item_table.c.session_id.in_(select(table.c.id).where(table.c.closed_at.is_(None)))
    values = {"review_id": submitted.review_id, "submitted_at": submitted.at}
    which = item_table.c.item_id == submitted.item_id, item_table.c.person == submitted.reviewer
    connection.execute(update(item_table).where(*which, is_open).values(values))


def _as_seen(actor: Actor, session: Session) -> Session:
    """Whoever has still to judge sees nothing of what others said, a lead neither."""
    leads = may(actor, Deed.CALIBRATE)
    if not leads and actor.name not in session.people:
        require(actor, Deed.CALIBRATE)
    judges = actor.name in {person for _, person in session.missing}
    return session.hidden() if session.closed_at is None and (judges or not leads) else session


def _check(title: str, calls: list[str], names: list[str]) -> None:
    if not title.strip() or not 1 <= len(calls) <= MOST_CALLS or len(names) < FEWEST_PEOPLE:
        raise UsageError(
            f"a session has a title, 1 to {MOST_CALLS} calls and at least {FEWEST_PEOPLE} people",
            f"given were {len(calls)} calls and {len(names)} people",
        )


def _known_calls(connection: Connection, calls: list[str]) -> dict[str, date | None]:
    call = tables.call
    found = select(call.c.id, call.c.business_date).where(call.c.id.in_(calls))
    days = {row.id: row.business_date for row in connection.execute(found)}
    if unknown := [call_id for call_id in calls if call_id not in days]:
        raise UsageError(f"{len(unknown)} calls are not on record: {', '.join(unknown)}", "name calls by their ids")
    return days


def _check_people(connection: Connection, names: list[str]) -> None:
    active = set(connection.scalars(select(person_table.c.name).where(person_table.c.active)))
    if unknown := [name for name in names if name not in active]:
        raise UsageError(f"not on the list, or not active: {', '.join(unknown)}", "look: inspector people list")
