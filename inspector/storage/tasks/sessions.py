"""Calibration sessions as they are read: who said what of which rule in which call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, true

from inspector.enums import Severity
from inspector.errors import UsageError
from inspector.review.cards.scoring import score
from inspector.review.records import Answer
from inspector.review.tasks.calibration import Place, Said, Standing, said_of
from inspector.storage.decisions.scores import history
from inspector.storage.review_tables import mark, verdict
from inspector.storage.task_tables import calibration as table
from inspector.storage.task_tables import calibration_item as item_table
from inspector.storage.task_tables import calibration_note as note_table
from inspector.storage.task_tables import calibration_person as person_table

__all__ = ["Note", "Session", "load_notes", "load_session", "load_totals"]


@dataclass(frozen=True, slots=True)
class Note:
    """What was agreed of a rule in a call, and how the rule is to be read; whoever shows ``note`` masks it.

    ``card_item``: of the score card, where one is meant. ``written_by``, ``written_at``: None before it is kept.
    """

    call_id: str
    rule_id: str
    agreed: Said
    note: str
    card_item: str | None = None
    written_by: str | None = None
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """``judged``: by call and rule, what each who has judged the call says; only rules that somebody named.

    ``missing``: (call, person) not judged yet. ``fatal``: ids of critical rules among them. ``standings``: everybody
    beside what was agreed, once it is closed.
    """

    id: str
    title: str
    led_by: str
    opened_at: datetime
    closed_at: datetime | None
    version: int
    calls: tuple[str, ...]
    people: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]
    judged: Mapping[Place, Mapping[str, Said]]
    fatal: frozenset[str]
    notes: tuple[Note, ...]
    standings: tuple[Standing, ...]

    def hidden(self) -> Session:
        """As who takes part sees it before it is closed: nobody's name, nothing that was said."""
        return replace(self, people=(), missing=(), judged={}, fatal=frozenset(), notes=(), standings=())


def load_session(connection: Connection, session_id: str) -> Session:
    """Raises UsageError when it is not there."""
    row = connection.execute(select(table).where(table.c.id == session_id)).one_or_none()
    if row is None:
        raise UsageError(f"there is no session {session_id}", "list them: inspector calibration list")
    of = item_table.c.session_id == session_id
    items = connection.execute(select(item_table).where(of).order_by(item_table.c.call_id, item_table.c.person)).all()
    judged, fatal = _judged(connection, items)
    beside = select(person_table).where(person_table.c.session_id == session_id).order_by(person_table.c.person)
    people = connection.execute(beside).all()
    notes = select(note_table).where(note_table.c.session_id == session_id)
    written = connection.execute(notes.order_by(note_table.c.call_id, note_table.c.rule_id))
    return Session(
        **row._mapping,
        calls=tuple(sorted({one.call_id for one in items})),
        people=tuple(one.person for one in people),
        missing=tuple((one.call_id, one.person) for one in items if one.review_id is None),
        judged=judged,
        fatal=fatal,
        notes=tuple(map(_note, written)),
        standings=tuple(
            Standing(one.person, one.fatal_items, one.fatal_share, one.points_off)
            for one in people
            if one.outside is not None
        ),
    )


def load_totals(connection: Connection, session_id: str) -> dict[tuple[str, str], float]:
    """Points by call and person, as each scored on his own: no decision bears on them."""
    found = select(item_table).where(item_table.c.session_id == session_id, item_table.c.review_id.is_not(None))
    totals = {}
    for row in connection.execute(found).all():
        versions = history(connection, row.review_id)
        total = score(versions[-1].card, versions[-1].human).total if versions else None
        if total is not None:
            totals[row.call_id, row.person] = total
    return totals


def load_notes(connection: Connection, rule_id: str | None, limit: int) -> tuple[Note, ...]:
    """Of closed sessions, the latest first."""
    which = true() if rule_id is None else note_table.c.rule_id == rule_id
    found = (
        select(note_table)
        .join(table, table.c.id == note_table.c.session_id)
        .where(which, table.c.closed_at.is_not(None))
        .order_by(note_table.c.written_at.desc(), note_table.c.rule_id, note_table.c.call_id)
        .limit(limit)
    )
    return tuple(map(_note, connection.execute(found)))


def _judged(connection: Connection, items: Sequence[Row[Any]]) -> tuple[dict[Place, dict[str, Said]], frozenset[str]]:
    """What everybody who has judged a call says of each rule that anybody named in it, and the critical rules."""
    of_review = {one.review_id: one for one in items if one.review_id is not None}
    answers: dict[tuple[Place, str], list[Answer]] = defaultdict(list)
    fatal = set()
    for source in (verdict, mark):
        for row in connection.execute(select(source).where(source.c.review_id.in_(list(of_review)))):
            answer = Answer(row.answer) if source is verdict else Answer.CONFIRMED
            answers[(row.call_id, row.rule_id), of_review[row.review_id].person].append(answer)
            if row.severity == Severity.CRITICAL.value:
                fatal.add(row.rule_id)
    judges = defaultdict(set)
    for one in of_review.values():
        judges[one.call_id].add(one.person)
    judged = {
        place: {person: said_of(answers.get((place, person), ())) for person in sorted(judges[place[0]])}
        for place in sorted({place for place, _ in answers})
    }
    return judged, frozenset(fatal)


def _note(row: Row[Any]) -> Note:
    return Note(row.call_id, row.rule_id, Said(row.agreed), row.note, row.card_item, row.written_by, row.written_at)
