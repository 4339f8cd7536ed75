"""What brings calls back to the queue, or puts them aside, when nobody works at them any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from inspector.enums import WorkQueue, WorkState
from inspector.storage import tables
from inspector.storage.ledger.claims import NO_OWNER, TO_SEND
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.locking import in_order, locked
from inspector.storage.ledger.records import EventKind
from inspector.storage.rows import append_audit

__all__ = ["abandon", "after_restore", "expire", "forget_sent", "put_aside", "requeue", "send_again"]

AT_ONCE = 10_000
"""Ids in one statement: PostgreSQL takes 65,535 values."""

LONGEST_BACK_OFF = 64  # times the first wait
_CRASHED = {
    "kind": "crashed_its_worker",
    "message": "each of its last workers ended while it worked at this call alone",
    "remedy": "look at the recording; then inspector jobs requeue",
}


def expire(connection: Connection, crashes_alone: int, now: datetime) -> int:
    """Takes calls back whose lease is over. Returns how many."""
    return _take_back(connection, tables.work.c.lease_until < now, crashes_alone, now)


def abandon(connection: Connection, owner: str, crashes_alone: int, now: datetime) -> int:
    """Takes the calls of a process back that has ended for sure. Returns how many."""
    return _take_back(connection, tables.work.c.owner == owner, crashes_alone, now)


def _take_back(connection: Connection, which: ColumnElement[bool], crashes_alone: int, now: datetime) -> int:
    """A call that was the only one its worker had is to blame for the end of it; of several, each is asked alone.

    ::

        job of A B C   ends its worker with B, C under way    B alone, C alone
        job of B       ends its worker                         B: 1 crash … after ``crashes_alone`` B is quarantined
        job of C       done
    """
    work = tables.work
    running = and_(work.c.state == WorkState.RUNNING.value, which)
    columns = work.c.call_id, work.c.fence, work.c.owner, work.c.crashes
    lost = connection.execute(locked(*columns, where=(running,))).all()
    of_owner: dict[str | None, list[Any]] = {}
    for row in lost:
        of_owner.setdefault(row.owner, []).append(row)
    returned: list[tuple[str, dict[str, object]]] = []
    quarantined: list[tuple[str, dict[str, object]]] = []
    for rows in of_owner.values():
        alone = len(rows) == 1
        for row in rows:
            crashes = row.crashes + alone
            told = {"crashes": crashes, "fence": row.fence}
            if crashes >= crashes_alone:
                values = {"state": WorkState.QUARANTINED.value, "faults": [_CRASHED], "ended_at": now, **NO_OWNER}
            else:
                values = {**TO_SEND, "alone": True}
            held = and_(work.c.call_id == row.call_id, work.c.fence == row.fence, running)
            if connection.execute(update(work).where(held).values(**values, crashes=crashes)).rowcount:
                (quarantined if crashes >= crashes_alone else returned).append((row.call_id, told))
    append_events(connection, now, EventKind.RETURNED, returned)
    append_events(connection, now, EventKind.QUARANTINED, quarantined)
    return len(returned) + len(quarantined)


def send_again(connection: Connection, queue: WorkQueue, resend_s: float, now: datetime) -> int:
    """Marks what was sent and not taken for so long as unsent; each time it may take twice as long. Returns how many.

    A queue that is merely long looks the same as one that lost a job: sent twice does no harm, only the first is taken.
    """
    work = tables.work
    sent = work.c.sent_at.is_not(None)
    waits = and_(work.c.state == WorkState.WAITING.value, work.c.queue == queue.value, sent)
    long_ago = []
    sends, times = 1, 1
    while times <= LONGEST_BACK_OFF:
        so_often = work.c.sends == sends if times < LONGEST_BACK_OFF else work.c.sends >= sends
        long_ago.append(and_(so_often, work.c.sent_at < now - timedelta(seconds=resend_s * times)))
        sends, times = sends + 1, times * 2
    return connection.execute(update(work).where(in_order(waits, or_(*long_ago))).values(sent_at=None)).rowcount


def forget_sent(connection: Connection) -> int:
    """Marks all that waits as unsent: the queue lost its data. Returns how many were thought to be sent."""
    work = tables.work
    waits = and_(work.c.state == WorkState.WAITING.value, work.c.sent_at.is_not(None))
    return connection.execute(update(work).where(in_order(waits)).values(sent_at=None, sends=0)).rowcount


def after_restore(connection: Connection, now: datetime) -> int:
    """Takes back what was worked at when the backup was made, without blame. Returns how many."""
    work = tables.work
    running = work.c.state == WorkState.RUNNING.value
    ids = connection.scalars(select(work.c.call_id).where(running)).all()
    connection.execute(update(work).where(running).values(**TO_SEND, fence=work.c.fence + 1))
    forget_sent(connection)
    append_events(connection, now, EventKind.RETURNED, ((one, {"why": "restored"}) for one in ids))
    return len(ids)


def requeue(connection: Connection, call_ids: Sequence[str], actor: str, now: datetime) -> list[str]:
    """Lets ended calls be worked off again, each alone at first. Returns those that were at an end."""
    ended = (WorkState.DONE, WorkState.REJECTED, WorkState.QUARANTINED)
    again = {**TO_SEND, "crashes": 0, "alone": True, "faults": [], "ended_at": None}
    moved = _move(connection, call_ids, ended, again)
    _told(connection, moved, EventKind.RETURNED, {"why": "requeued"}, (actor, "requeue", now))
    return moved


def put_aside(connection: Connection, call_ids: Sequence[str], reason: str, actor: str, now: datetime) -> list[str]:
    """Quarantines calls that are not at an end; whoever has one of them loses it. Returns those moved."""
    fault = {"kind": "put_aside", "message": reason, "remedy": "inspector jobs requeue"}
    values = {"state": WorkState.QUARANTINED.value, "faults": [fault], "ended_at": now, **NO_OWNER}
    moved = _move(connection, call_ids, (WorkState.WAITING, WorkState.RUNNING), values)
    _told(connection, moved, EventKind.QUARANTINED, {"why": "put_aside"}, (actor, "quarantine", now))
    return moved


def _move(
    connection: Connection, call_ids: Sequence[str], states: Iterable[WorkState], values: Mapping[str, object]
) -> list[str]:
    work = tables.work
    moved: list[str] = []
    for begin in range(0, len(call_ids), AT_ONCE):
        these = work.c.call_id.in_(call_ids[begin : begin + AT_ONCE])
        found = these, work.c.state.in_([state.value for state in states])
        changed = update(work).where(in_order(*found)).values(**values, fence=work.c.fence + 1)
        moved += connection.scalars(changed.returning(work.c.call_id))
    return sorted(moved)


def _told(
    connection: Connection,
    call_ids: Sequence[str],
    kind: EventKind,
    data: Mapping[str, object],
    who: tuple[str, str, datetime],
) -> None:
    actor, action, now = who
    for call_id in call_ids:
        append_audit(connection, actor, f"work_{action}", call_id, {})
    append_events(connection, now, kind, ((call_id, data) for call_id in call_ids))
