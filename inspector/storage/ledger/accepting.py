"""Taking calls in: many in one transaction, each new, known, or in conflict with what is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, case, insert, select, text, update

from inspector.enums import WorkQueue, WorkState
from inspector.model import Facts
from inspector.storage import tables
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.locking import locked
from inspector.storage.ledger.records import Acceptance, EventKind, Intake, IntakeLeg
from inspector.storage.rows import equal, insert_new, put

__all__ = ["BATCH_ORIGIN", "accept", "leg_of"]

BATCH_ORIGIN = "batch"
AT_ONCE = 400  # parameters of one statement are limited

Legs = dict[int, IntakeLeg]

_LOCK = text("SELECT pg_advisory_xact_lock(7312042)")


@dataclass(slots=True)
class _Known:
    """What the database has of the calls in question, and what it will have."""

    facts: dict[str, dict[str, Any]] = field(default_factory=dict)  # of every call there is
    legs: dict[str, Legs] = field(default_factory=dict)  # of accepted ones
    heard: dict[tuple[str, int], str] = field(default_factory=dict)  # recordings inspected without being accepted
    work: dict[str, tuple[str, str]] = field(default_factory=dict)  # state and queue of accepted ones


def accept(
    connection: Connection,
    intakes: Sequence[Intake],
    business_date: Callable[[Facts], date | None],
    now: datetime,
) -> list[Acceptance]:
    """What became of each, in order. Two intakes of one call may stand in one list."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)  # two who accept one new call would fail on it; SQLite has one writer anyway
    answers: list[Acceptance] = []
    fresh: list[Intake] = []
    known = _Known()
    call_ids = sorted({intake.call.id for intake in intakes})
    for at in range(0, len(call_ids), AT_ONCE):
        _look_up(connection, known, call_ids[at : at + AT_ONCE])
    for intake in intakes:
        answer = _compare(known, intake)
        answers.append(answer)
        if answer is Acceptance.NEW:
            fresh.append(intake)
        elif answer is Acceptance.UPDATED:
            _insert(connection, fresh, known, business_date, now)
            fresh.clear()
            _renew(connection, intake, business_date(intake.call.facts), now)
            known.facts[intake.call.id] = intake.call.facts.known() or known.facts[intake.call.id]
        if answer in (Acceptance.NEW, Acceptance.UPDATED):
            _note(known, intake)
    _insert(connection, fresh, known, business_date, now)
    taken = ((i.call.id, {"queue": i.queue, "how": a}) for i, a in zip(intakes, answers, strict=True) if _is_taken(a))
    append_events(connection, now, EventKind.ACCEPTED, taken)
    return answers


def _note(known: _Known, intake: Intake) -> None:
    """What a later intake of the same list is compared with."""
    placed = (replace(leg, path=leg.path and leg.path.absolute()) for leg in intake.legs)
    known.legs.setdefault(intake.call.id, {}).update({leg.segment_no: leg for leg in placed})
    _, before = known.work.get(intake.call.id, ("", intake.queue.value))
    urgent = WorkQueue.URGENT.value in (before, intake.queue)
    known.work[intake.call.id] = (WorkState.WAITING.value, (WorkQueue.URGENT if urgent else WorkQueue.BATCH).value)


def _is_taken(answer: Acceptance) -> bool:
    return answer in (Acceptance.NEW, Acceptance.UPDATED)


def _look_up(connection: Connection, known: _Known, call_ids: Sequence[str]) -> None:
    call, intake, recording = tables.call, tables.intake, tables.recording
    work = tables.work
    rows = locked(work.c.call_id, work.c.state, work.c.queue, where=(work.c.call_id.in_(call_ids),))
    known.work.update((call_id, (state, queue)) for call_id, state, queue in connection.execute(rows))
    for call_id, facts in connection.execute(select(call.c.id, call.c.facts).where(call.c.id.in_(call_ids))):
        known.facts[call_id] = facts
    of_calls = (intake.c.call_id.in_(call_ids), intake.c.origin == BATCH_ORIGIN)
    for row in connection.execute(select(intake).where(*of_calls)):
        known.legs.setdefault(row.call_id, {})[row.segment_no] = leg_of(row)
    bytes_of = select(recording.c.call_id, recording.c.segment_no, recording.c.id)
    inspected = (recording.c.call_id.in_(call_ids), recording.c.origin == BATCH_ORIGIN)
    for call_id, segment_no, sha256 in connection.execute(bytes_of.where(*inspected)):
        known.heard[call_id, segment_no] = sha256


def leg_of(row: Any) -> IntakeLeg:
    """The recording of a row of ``intake``."""
    spans = tuple((start_s, end_s) for start_s, end_s in row.hold_spans)
    path = None if row.path is None else Path(row.path)
    return IntakeLeg(row.segment_no, path, row.sha256, row.size_bytes, row.agent, spans)


def _compare(known: _Known, intake: Intake) -> Acceptance:
    call_id = intake.call.id
    accepted = known.legs.get(call_id)
    for leg in intake.legs:
        kept = accepted.get(leg.segment_no) if accepted else None
        sha256 = (kept and kept.sha256) or known.heard.get((call_id, leg.segment_no))
        if sha256 and leg.sha256 and sha256 != leg.sha256:
            return Acceptance.CONFLICT
    if accepted is None:
        return Acceptance.NEW
    more = any(
        leg.segment_no not in accepted or (leg.sha256 and not accepted[leg.segment_no].sha256) for leg in intake.legs
    )
    told = intake.call.facts.known()
    if more or (told and told != known.facts.get(call_id, told)) or _hastens(known, intake):
        return Acceptance.UPDATED
    return Acceptance.SAME


def _hastens(known: _Known, intake: Intake) -> bool:
    """Whether a call that waits has become urgent, or one that was rejected lies elsewhere now."""
    state, queue = known.work.get(intake.call.id, (WorkState.WAITING.value, intake.queue.value))
    if state == WorkState.WAITING.value and (intake.queue, queue) == (WorkQueue.URGENT, WorkQueue.BATCH.value):
        return True
    legs = known.legs[intake.call.id]
    elsewhere = (leg.path and leg.path.absolute() != legs[leg.segment_no].path for leg in intake.legs if leg.sha256)
    return state == WorkState.REJECTED.value and any(elsewhere)


def _insert(
    connection: Connection,
    intakes: Sequence[Intake],
    known: _Known,
    business_date: Callable[[Facts], date | None],
    now: datetime,
) -> None:
    """Writes calls that were never accepted; some may be there already because they were inspected."""
    if not intakes:
        return
    calls = []
    for intake in intakes:
        call = intake.call
        facts, day = call.facts.known(), business_date(call.facts)
        row = {"facts": facts, "business_date": day, "created_at": now}
        if call.id not in known.facts:
            calls.append({"id": call.id, "source": call.source, "source_call_id": call.source_call_id, **row})
        elif facts:
            _put_facts(connection, intake, day)
        known.facts[call.id] = facts
    if calls:
        connection.execute(insert_new(connection, tables.call), calls)
    connection.execute(insert(tables.intake), [_leg_row(i.call.id, leg, now) for i in intakes for leg in i.legs])
    connection.execute(insert(tables.work), [_work_row(intake, now) for intake in intakes])


def _renew(connection: Connection, intake: Intake, day: date | None, now: datetime) -> None:
    """Adds recordings and facts to a known call and lets it be worked off again, by whom ever had it or not."""
    call_id, work = intake.call.id, tables.work
    queue = case((work.c.queue == WorkQueue.URGENT.value, work.c.queue), else_=intake.queue.value)
    again = {"state": WorkState.WAITING.value, "queue": queue, "fence": work.c.fence + 1}
    nothing: dict[str, Any] = dict.fromkeys(("owner", "lease_until", "sent_at", "ended_at"))
    clean: dict[str, Any] = {**nothing, "sends": 0, "crashes": 0, "faults": []}
    longest_s = case((work.c.audio_s > intake.audio_s, work.c.audio_s), else_=intake.audio_s)
    connection.execute(update(work).where(work.c.call_id == call_id).values(**again, **clean, audio_s=longest_s))
    for leg in intake.legs:
        row = _leg_row(call_id, leg, now)
        key = {name: row.pop(name) for name in ("call_id", "origin", "segment_no")}
        if leg.sha256 is not None or not _has(connection, key):
            put(connection, tables.intake, key, row, {})
    if intake.call.facts.known():
        _put_facts(connection, intake, day)


def _has(connection: Connection, key: dict[str, Any]) -> bool:
    return connection.execute(select(1).where(equal(tables.intake, key))).first() is not None


def _put_facts(connection: Connection, intake: Intake, day: date | None) -> None:
    values = {"facts": intake.call.facts.known(), "business_date": day}
    connection.execute(update(tables.call).where(tables.call.c.id == intake.call.id).values(values))


def _leg_row(call_id: str, leg: IntakeLeg, now: datetime) -> dict[str, Any]:
    return {
        "call_id": call_id,
        "origin": BATCH_ORIGIN,
        "segment_no": leg.segment_no,
        "path": None if leg.path is None else str(leg.path.absolute()),
        "sha256": leg.sha256,
        "size_bytes": leg.size_bytes,
        "agent": leg.agent,
        "hold_spans": [list(span) for span in leg.hold_spans],
        "created_at": now,
    }


def _work_row(intake: Intake, now: datetime) -> dict[str, Any]:
    nothing = dict.fromkeys(("owner", "lease_until", "sent_at", "ended_at"))
    zero = dict.fromkeys(("attempt", "crashes", "fence", "sends"), 0)
    return {
        "call_id": intake.call.id,
        "state": WorkState.WAITING.value,
        "queue": intake.queue.value,
        "audio_s": intake.audio_s,
        "alone": False,
        "faults": [],
        "accepted_at": now,
        **nothing,
        **zero,
    }
