"""The ledger: what was accepted, who works at it, how it ended. Redis may lose everything, this may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, true

from inspector.alerts.policy import AlertPolicy
from inspector.enums import WorkQueue, WorkState
from inspector.errors import RecordingError
from inspector.model import Facts, Hearing, Inspection, to_json
from inspector.storage import tables
from inspector.storage.engine import storage_errors
from inspector.storage.inspections import HEARING
from inspector.storage.ledger import accepting, claims, recovery, sending
from inspector.storage.ledger.events import append_events, read_events
from inspector.storage.ledger.records import (
    Acceptance,
    Claim,
    Counts,
    Event,
    EventKind,
    Intake,
    QueueCount,
    Unsent,
    WorkEntry,
)
from inspector.storage.rows import put
from inspector.storage.saving import Kept, contradicts, save_inspection

__all__ = ["COURIER", "RELAY", "Ledger"]

RELAY = "relay"
"""The name of the lease of whoever sends."""
COURIER = "courier"
"""The name of the lease of whoever tells alerts outside."""

_CONFLICT = {
    "kind": "conflict",
    "message": "another recording of this call was inspected meanwhile; that one is kept",
    "remedy": "correct the call id or the segment number in the manifest, then submit again",
}


class Ledger:
    """Each method is one transaction and raises StorageError when the database fails: whether it was written is then
    not known, and every method can simply be asked again."""

    def __init__(
        self, reader: Engine, writer: Engine, business_date: Callable[[Facts], date | None], policy: AlertPolicy
    ) -> None:
        self._reader, self._writer, self._business_date, self._policy = reader, writer, business_date, policy

    def accept(self, intakes: Sequence[Intake]) -> list[Acceptance]:
        """Accepts calls: once this returns they are on the disk and will come to an end. An answer for each, in order.

        Raises ValueError when a start has no zone.
        """
        with self._writing() as (connection, now):
            return accepting.accept(connection, intakes, self._business_date, now)

    # ---- workers -----------------------------------------------------------------------------------------------------

    def claim(self, call_ids: Sequence[str], owner: str, lease_s: float) -> tuple[Claim, ...]:
        """Takes those of the calls that wait, for ``lease_s`` seconds; the others are somebody else's or at an end."""
        with self._writing() as (connection, now):
            return claims.claim(connection, call_ids, owner, lease_s, now)

    def renew(self, owner: str, fences: Mapping[str, int], lease_s: float) -> frozenset[str]:
        """Lets the leases last ``lease_s`` from now. Returns the calls that are still held by their fence."""
        with self._writing() as (connection, now):
            held = claims.renew(connection, owner, list(fences), lease_s, now)
        return frozenset(call_id for call_id, fence in fences.items() if held.get(call_id) == fence)

    def release(self, fences: Mapping[str, int]) -> int:
        """Gives calls back without blame, to be sent again at once. Returns how many were still held."""
        with self._writing() as (connection, now):
            return claims.release(connection, fences, now)

    def checkpoint(self, call_id: str, fence: int, hearing: Hearing, digest: str) -> bool:
        """Keeps what was heard of one recording, so that another attempt begins after it. False: no longer held."""
        with self._writing() as (connection, now):
            if not claims.holds(connection, call_id, fence):
                append_events(connection, now, EventKind.STALE, [(call_id, {"fence": fence})])
                return False
            key = {"recording_id": hearing.recording.id, "stage": HEARING, "digest": digest}
            put(connection, tables.stage_result, key, {"data": to_json(hearing)}, {"created_at": now})
            return True

    def finish(self, fence: int, inspection: Inspection, kept: Kept, faults: Sequence[RecordingError] = ()) -> bool:
        """Keeps an inspection with its alerts and reviews and ends the call, all or nothing. False: no longer held.

        Asked again after the answer got lost, it is True and changes nothing; so is :meth:`reject`. ``faults``: of
        those of its recordings that could not be heard. A call whose recordings contradict what is kept ends as
        rejected.
        """
        call_id = inspection.call.id
        with self._writing() as (connection, now):
            conflict = contradicts(connection, inspection, kept)
            state = WorkState.REJECTED if conflict else WorkState.DONE
            told = [_CONFLICT] if conflict else [_fault(one) for one in faults]
            # First of all: on PostgreSQL this row is then locked against whoever would take the call away.
            if not claims.end(connection, call_id, fence, state, told, now):
                return claims.ended_before(connection, call_id, fence, now)
            if conflict:
                append_events(connection, now, EventKind.REJECTED, [(call_id, {"fence": fence})])
                return True
            day = self._business_date(inspection.call.facts)
            done = save_inspection(connection, inspection, kept, day, self._policy, now)
            append_events(connection, now, EventKind.DONE, [(call_id, {"fence": fence})])
            opened = ((call_id, {"rule_id": rule_id}) for rule_id in done.alerted)
            append_events(connection, now, EventKind.ALERT_OPENED, opened)
            return True

    def reject(self, call_id: str, fence: int, faults: Sequence[RecordingError]) -> bool:
        """Ends a call of which nothing can be heard. False: no longer held."""
        with self._writing() as (connection, now):
            if not claims.end(connection, call_id, fence, WorkState.REJECTED, [_fault(one) for one in faults], now):
                return claims.ended_before(connection, call_id, fence, now)
            append_events(connection, now, EventKind.REJECTED, [(call_id, {"fence": fence})])
            return True

    # ---- relay and reconciler ----------------------------------------------------------------------------------------

    def elect(self, name: str, owner: str, lease_s: float) -> bool:
        """Whether ``owner`` is the one for ``lease_s`` seconds from now."""
        with self._writing() as (connection, now):
            return sending.elect(connection, name, owner, lease_s, now)

    def resign(self, name: str, owner: str) -> None:
        """Ends an election early."""
        with self._writing() as (connection, now):
            sending.resign(connection, name, owner, now)

    def unsent(self, queue: WorkQueue, limit: int) -> tuple[Unsent, ...]:
        """The ``limit`` longest calls of a queue that are in no job."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return sending.unsent(connection, queue, limit)

    def mark_sent(self, call_ids: Sequence[str]) -> None:
        """Notes that jobs were made for them, after they were."""
        with self._writing() as (connection, now):
            sending.mark_sent(connection, call_ids, now)

    def expire(self, crashes_alone: int) -> int:
        """Takes calls back whose lease is over: to wait again, or quarantined. Returns how many."""
        with self._writing() as (connection, now):
            return recovery.expire(connection, crashes_alone, now)

    def abandon(self, owner: str, crashes_alone: int) -> int:
        """Takes the calls of a process back that has ended for sure. Returns how many."""
        with self._writing() as (connection, now):
            return recovery.abandon(connection, owner, crashes_alone, now)

    def send_again(self, queue: WorkQueue, resend_s: float) -> int:
        """Marks what was sent so long ago and not taken as unsent, more patient each time. Returns how many."""
        with self._writing() as (connection, now):
            return recovery.send_again(connection, queue, resend_s, now)

    def forget_sent(self) -> int:
        """Marks all that waits as unsent, because the queue lost its data. Returns how many were thought to be sent."""
        with self._writing() as (connection, _):
            return recovery.forget_sent(connection)

    def after_restore(self) -> int:
        """Lets everything that was worked at when a backup was made wait again. Returns how many."""
        with self._writing() as (connection, now):
            return recovery.after_restore(connection, now)

    # ---- people ------------------------------------------------------------------------------------------------------

    def requeue(self, call_ids: Sequence[str], actor: str) -> list[str]:
        """Lets ended calls be worked off again; leaves a trace. Returns those that were at an end."""
        with self._writing() as (connection, now):
            return recovery.requeue(connection, call_ids, actor, now)

    def quarantine(self, call_ids: Sequence[str], reason: str, actor: str) -> list[str]:
        """Puts calls aside that are not at an end; leaves a trace. Returns those moved."""
        with self._writing() as (connection, now):
            return recovery.put_aside(connection, call_ids, reason, actor, now)

    def counts(self) -> Counts:
        """The ledger at a glance."""
        work, event, lease = tables.work, tables.event, tables.lease
        waiting = work.c.state == WorkState.WAITING.value
        grouped = select(work.c.queue, work.c.state, func.count(), func.sum(work.c.audio_s))
        with storage_errors(self._reader), self._reader.connect() as connection:
            rows = connection.execute(grouped.group_by(work.c.queue, work.c.state)).all()
            oldest = connection.scalar(select(func.min(work.c.accepted_at)).where(waiting))
            unsent = select(func.count()).select_from(work).where(waiting, work.c.sent_at.is_(None))
            stale = select(func.count()).select_from(event).where(event.c.kind == EventKind.STALE.value)
            relay = select(lease.c.owner).where(lease.c.name == RELAY, lease.c.until > datetime.now(UTC))
            return Counts(
                tuple(QueueCount(WorkQueue(q), WorkState(s), calls, audio_s) for q, s, calls, audio_s in sorted(rows)),
                oldest,
                connection.execute(unsent).scalar_one(),
                connection.execute(stale).scalar_one(),
                connection.scalar(relay),
            )

    def entries(
        self, limit: int, state: WorkState | None = None, queue: WorkQueue | None = None
    ) -> tuple[WorkEntry, ...]:
        """The ``limit`` calls accepted last, of one state and queue when they are given."""
        work, call = tables.work, tables.call
        found = (
            select(work, call.c.source_call_id)
            .join(call, call.c.id == work.c.call_id)
            .where(true() if state is None else work.c.state == state.value)
            .where(true() if queue is None else work.c.queue == queue.value)
            .order_by(work.c.accepted_at.desc(), work.c.call_id)
            .limit(limit)
        )
        with storage_errors(self._reader), self._reader.connect() as connection:
            return tuple(_entry(row) for row in connection.execute(found))

    def events(self, after_seq: int, limit: int) -> tuple[Event, ...]:
        """The first ``limit`` events after ``after_seq``, in the order they were committed."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return read_events(connection, after_seq, limit)

    def last_seq(self) -> int:
        """Of the last event; 0 while nothing happened. Whoever wants only what is new follows from here."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return connection.scalar(select(func.max(tables.event.c.seq))) or 0

    @contextmanager
    def _writing(self) -> Iterator[tuple[Connection, datetime]]:
        with storage_errors(self._writer), self._writer.begin() as connection:
            yield connection, datetime.now(UTC)


def _fault(error: RecordingError) -> dict[str, str]:
    return {"kind": error.kind.value, "message": error.message, "remedy": error.remedy}


def _entry(row: Any) -> WorkEntry:
    return WorkEntry(
        row.call_id,
        row.source_call_id,
        WorkState(row.state),
        WorkQueue(row.queue),
        row.audio_s,
        row.attempt,
        row.crashes,
        tuple(row.faults),
        row.accepted_at,
        row.ended_at,
    )
