"""What is to be sent to the workers, and who may send it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from inspector.enums import WorkQueue, WorkState
from inspector.storage import tables
from inspector.storage.ledger.locking import in_order
from inspector.storage.ledger.records import Unsent
from inspector.storage.rows import insert_new

__all__ = ["elect", "mark_sent", "resign", "unsent"]


def unsent(connection: Connection, queue: WorkQueue, limit: int) -> tuple[Unsent, ...]:
    """The ``limit`` longest calls of a queue that wait and are in no job."""
    work = tables.work
    found = (
        select(work.c.call_id, work.c.audio_s, work.c.alone)
        .where(work.c.state == WorkState.WAITING.value, work.c.queue == queue.value, work.c.sent_at.is_(None))
        .order_by(work.c.audio_s.desc(), work.c.call_id)
        .limit(limit)
    )
    return tuple(Unsent(row.call_id, row.audio_s, row.alone) for row in connection.execute(found))


def mark_sent(connection: Connection, call_ids: Sequence[str], now: datetime) -> None:
    """Notes that a job was made for them; those that do not wait any more stay as they are."""
    work = tables.work
    waiting = work.c.call_id.in_(call_ids), work.c.state == WorkState.WAITING.value
    connection.execute(update(work).where(in_order(*waiting)).values(sent_at=now, sends=work.c.sends + 1))


def elect(connection: Connection, name: str, owner: str, lease_s: float, now: datetime) -> bool:
    """Whether ``owner`` is the one now: it was, or nobody is. To be asked again before ``lease_s`` is over."""
    lease = tables.lease
    until = now + timedelta(seconds=lease_s)
    free = or_(lease.c.owner == owner, lease.c.until < now)
    taken = update(lease).where(lease.c.name == name, free).values(owner=owner, until=until, fence=lease.c.fence + 1)
    if connection.execute(taken).rowcount:
        return True
    if connection.execute(select(1).where(lease.c.name == name)).first() is not None:
        return False
    first = insert_new(connection, lease).values(name=name, owner=owner, fence=1, until=until)
    return connection.execute(first).rowcount == 1


def resign(connection: Connection, name: str, owner: str, now: datetime) -> None:
    """Lets the next one begin at once."""
    lease = tables.lease
    connection.execute(update(lease).where(lease.c.name == name, lease.c.owner == owner).values(until=now))
