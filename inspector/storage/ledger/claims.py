"""A worker's hold on calls: claimed, renewed, and given back or ended only by whoever still has the fencing token.

::

    worker A  claim, fence 7 ├──── stopped for longer than its lease ────┤ finish with fence 7: refused
    reconciler                          lease over: waiting again
    worker B                              claim, fence 8 ├── finish with fence 8: done

After Kleppmann, "How to do distributed locking" (2016).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update

from inspector.enums import WorkState
from inspector.model import Call, Facts
from inspector.storage import tables
from inspector.storage.ledger.accepting import BATCH_ORIGIN, leg_of
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.locking import in_order
from inspector.storage.ledger.records import Claim, EventKind, IntakeLeg
from inspector.storage.rows import record

__all__ = ["claim", "end", "ended_before", "holds", "release", "renew"]

NO_OWNER: dict[str, Any] = {"owner": None, "lease_until": None}
TO_SEND: dict[str, Any] = {"state": WorkState.WAITING.value, "sent_at": None, "sends": 0, **NO_OWNER}


def claim(
    connection: Connection, call_ids: Sequence[str], owner: str, lease_s: float, now: datetime
) -> tuple[Claim, ...]:
    """Takes those of the calls that wait, in the order they are named."""
    work = tables.work
    waiting = work.c.call_id.in_(call_ids), work.c.state == WorkState.WAITING.value
    taken = (
        update(work)
        .where(in_order(*waiting))
        .values(
            state=WorkState.RUNNING.value,
            fence=work.c.fence + 1,
            attempt=work.c.attempt + 1,
            owner=owner,
            lease_until=now + timedelta(seconds=lease_s),
        )
        .returning(work.c.call_id, work.c.fence, work.c.attempt, work.c.alone)
    )
    held = {row.call_id: row for row in connection.execute(taken)}
    calls, legs = _calls(connection, list(held)), _legs(connection, list(held))
    append_events(
        connection,
        now,
        EventKind.CLAIMED,
        ((one, {"fence": row.fence, "attempt": row.attempt}) for one, row in held.items()),
    )
    return tuple(
        Claim(calls[one], legs[one], held[one].fence, held[one].attempt, held[one].alone)
        for one in dict.fromkeys(call_ids)
        if one in held
    )


def renew(connection: Connection, owner: str, call_ids: Sequence[str], lease_s: float, now: datetime) -> dict[str, int]:
    """Lets the leases last ``lease_s`` from now; the fence of every call that the owner still has."""
    work = tables.work
    mine = work.c.owner == owner, work.c.state == WorkState.RUNNING.value, work.c.call_id.in_(call_ids)
    longer = update(work).where(in_order(*mine)).values(lease_until=now + timedelta(seconds=lease_s))
    return {row.call_id: row.fence for row in connection.execute(longer.returning(work.c.call_id, work.c.fence))}


def release(connection: Connection, fences: Mapping[str, int], now: datetime) -> int:
    """Gives calls back that were not begun or not finished; nobody is to blame. Returns how many were still held."""
    given = [call_id for call_id, fence in sorted(fences.items()) if _update(connection, call_id, fence, TO_SEND)]
    append_events(connection, now, EventKind.RETURNED, ((one, {"why": "released"}) for one in given))
    return len(given)


def holds(connection: Connection, call_id: str, fence: int) -> bool:
    """Whether the fence is that of the call, and stays it until the transaction ends."""
    return connection.execute(select(1).where(_held(call_id, fence)).with_for_update()).first() is not None


def end(
    connection: Connection,
    call_id: str,
    fence: int,
    state: WorkState,
    faults: Sequence[Mapping[str, str]],
    now: datetime,
) -> bool:
    """Brings a held call to an end. False when it is not held."""
    values = {"state": state.value, "faults": [dict(one) for one in faults], "ended_at": now, "crashes": 0, **NO_OWNER}
    return _update(connection, call_id, fence, values)


def ended_before(connection: Connection, call_id: str, fence: int, now: datetime) -> bool:
    """Of a call that is not held: whether it was ended by this very fence, whose holder did not get the answer.

    If not, an event says that somebody came too late.
    """
    work = tables.work
    ends = (WorkState.DONE.value, WorkState.REJECTED.value)
    by_us = and_(work.c.call_id == call_id, work.c.fence == fence, work.c.state.in_(ends))
    if connection.execute(select(1).where(by_us)).first() is not None:
        return True
    append_events(connection, now, EventKind.STALE, [(call_id, {"fence": fence})])
    return False


def _update(connection: Connection, call_id: str, fence: int, values: Mapping[str, object]) -> bool:
    return connection.execute(update(tables.work).where(_held(call_id, fence)).values(values)).rowcount == 1


def _held(call_id: str, fence: int) -> ColumnElement[bool]:
    work = tables.work
    return and_(work.c.call_id == call_id, work.c.fence == fence, work.c.state == WorkState.RUNNING.value)


def _calls(connection: Connection, call_ids: Sequence[str]) -> dict[str, Call]:
    call = tables.call
    return {
        row.id: Call(row.source, row.source_call_id, record(Facts, row.facts))
        for row in connection.execute(select(call).where(call.c.id.in_(call_ids)))
    }


def _legs(connection: Connection, call_ids: Sequence[str]) -> dict[str, tuple[IntakeLeg, ...]]:
    intake = tables.intake
    found = (
        select(intake)
        .where(intake.c.call_id.in_(call_ids), intake.c.origin == BATCH_ORIGIN)
        .order_by(intake.c.call_id, intake.c.segment_no)
    )
    legs: dict[str, tuple[IntakeLeg, ...]] = dict.fromkeys(call_ids, ())
    for row in connection.execute(found):
        legs[row.call_id] += (leg_of(row),)
    return legs
