"""Rows of the list and of the switch's list, written; parts opened, signed off and closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from inspector.enums import WorkState
from inspector.night.records import CdrCall, Fate, Listed, Pending
from inspector.storage import tables
from inspector.storage.engine import take_turn
from inspector.storage.night_tables import cdr_call, listed, run, run_part
from inspector.storage.rows import append_audit, equal, insert_new, put

__all__ = [
    "NIGHT",
    "begin",
    "close",
    "forget_faults",
    "open_items",
    "pending",
    "put_cdr",
    "put_rows",
    "read_through",
    "sign_off",
]

NIGHT = "night"
"""The kind of a run."""


def begin(connection: Connection, day: date, actor: str, now: datetime) -> bool:
    """Makes the run of a day with its first part, once, and a further part when calls are worked off again that were
    at an end. Whether the run is new."""
    take_turn(connection, f"{NIGHT} {day}")
    key = {"kind": NIGHT, "business_date": day}
    new = insert_new(connection, run).values({**key, "read": {}, "created_at": now})
    if not connection.execute(new).rowcount:
        if _unsigned(connection, day):
            _open_part(connection, day, now)
        return False
    connection.execute(insert(run_part).values({**key, "part": 1, "opened_at": now}))
    append_audit(connection, actor, "night_begin", f"{day}", {})
    return True


def pending(connection: Connection, day: date, items: Sequence[str]) -> dict[str, Pending]:
    """What is on record of those items that are listed."""
    work = tables.work
    found = (
        select(listed.c.item, listed.c.fate, listed.c.digest, work.c.state)
        .outerjoin(work, work.c.call_id == listed.c.item)
        .where(listed.c.business_date == day, listed.c.item.in_(items))
    )
    return {
        row.item: Pending(Fate(row.fate), row.digest, None if row.state is None else WorkState(row.state))
        for row in connection.execute(found)
    }


def put_rows(connection: Connection, day: date, rows: Sequence[Listed], now: datetime) -> None:
    """Lists rows. A new one, or one that gets another fate, is of the open part, which is made where there is none.

    What was accepted stays so: it is heard whatever a later list says.
    """
    take_turn(connection, f"{NIGHT} {day}")
    known = pending(connection, day, [row.item for row in rows])
    fresh = {row.item: row for row in rows if row.item not in known}
    changed = [row for row in rows if row.item in known and _differs(known[row.item], row)]
    if not fresh and not changed:
        return
    part = _open_part(connection, day, now)
    if fresh:
        connection.execute(insert(listed), [_values(day, part, row) for row in fresh.values()])
    for row in changed:
        key = {"business_date": day, "item": row.item}
        values = {name: value for name, value in _values(day, part, row).items() if name not in key}
        connection.execute(update(listed).where(equal(listed, key)).values(values))


def _differs(known: Pending, row: Listed) -> bool:
    if known.fate is Fate.ACCEPTED and row.fate is not Fate.ACCEPTED:
        return False
    if row.fate is Fate.FAULTY and known.fate is not Fate.FAULTY:
        return False  # one of several rows of a call that is listed by the others
    return (known.fate, known.digest) != (row.fate, row.digest)


def _values(day: date, part: int, row: Listed) -> dict[str, Any]:
    return {
        "business_date": day,
        "item": row.item,
        "part": part,
        "is_call": row.is_call,
        "source_call_id": row.source_call_id,
        "line_no": row.line_no,
        "fate": row.fate.value,
        "reason": row.reason,
        "digest": row.digest,
        "signed": False,
    }


def _open_part(connection: Connection, day: date, now: datetime) -> int:
    """The part that new rows are of."""
    of_day = and_(run_part.c.kind == NIGHT, run_part.c.business_date == day)
    found = select(run_part.c.part, run_part.c.closed_at).where(of_day).order_by(run_part.c.part.desc()).limit(1)
    last = connection.execute(found).one()
    if last.closed_at is None:
        return int(last.part)
    row = {"kind": NIGHT, "business_date": day, "part": last.part + 1, "opened_at": now}
    connection.execute(insert(run_part).values(row))
    return int(last.part) + 1


def read_through(connection: Connection, day: date, digest: str, elsewhere: int) -> None:
    """Notes that a list was read to its end, with how many of its rows are of other dates."""
    key = {"kind": NIGHT, "business_date": day}
    take_turn(connection, f"{NIGHT} {day}")
    read = connection.execute(select(run.c.read).where(equal(run, key))).scalar_one()
    connection.execute(update(run).where(equal(run, key)).values(read={**read, digest: elsewhere}))


def put_cdr(connection: Connection, day: date, calls: Sequence[CdrCall]) -> int:
    """Keeps calls of the switch's list; the last word counts. Returns how many are new."""
    new = 0
    for call in calls:
        values = asdict(call)
        key = {"business_date": day, "call_id": values.pop("call_id")}
        new += put(connection, cdr_call, key, values, {})
    return new


def open_items(day: date) -> Any:
    """The items of a day whose calls are at no end, as a query."""
    work = tables.work
    still = work.c.state.in_((WorkState.WAITING.value, WorkState.RUNNING.value))
    of_day = and_(listed.c.business_date == day, listed.c.fate == Fate.ACCEPTED.value)
    return select(listed.c.item).join(work, work.c.call_id == listed.c.item).where(of_day, still)


def _unsigned(connection: Connection, day: date) -> int:
    """How many calls are open that nobody signed off."""
    still = open_items(day).where(listed.c.signed.is_(False)).subquery()
    return connection.execute(select(func.count()).select_from(still)).scalar_one()


def sign_off(connection: Connection, day: date, actor: str, reason: str, now: datetime) -> int | None:
    """Says that what is open is not waited for. Returns how many calls that is, None when no part is open."""
    take_turn(connection, f"{NIGHT} {day}")
    still = and_(run_part.c.kind == NIGHT, run_part.c.business_date == day, run_part.c.closed_at.is_(None))
    part = connection.scalar(select(run_part.c.part).where(still))
    if part is None:
        return None
    mine = and_(listed.c.business_date == day, listed.c.item.in_(open_items(day)))
    signed = connection.execute(update(listed).where(mine).values(signed=True)).rowcount
    connection.execute(update(run_part).where(still).values(signed_by=actor, reason=reason))
    append_audit(connection, actor, "night_sign_off", f"{day}/{part}", {"open": signed, "reason": reason})
    return signed


def close(connection: Connection, day: date, numbers: Mapping[str, Any], actor: str, now: datetime) -> int | None:
    """Closes the open part with its numbers when nothing is open that was not signed off. Returns it; None: not."""
    take_turn(connection, f"{NIGHT} {day}")
    still = and_(run_part.c.kind == NIGHT, run_part.c.business_date == day, run_part.c.closed_at.is_(None))
    part = connection.scalar(select(run_part.c.part).where(still))
    if part is None or _unsigned(connection, day):
        return None
    connection.execute(update(run_part).where(still).values(closed_at=now, numbers=dict(numbers)))
    append_audit(connection, actor, "night_close", f"{day}/{part}", numbers)
    return int(part)


def forget_faults(connection: Connection, day: date) -> None:
    """Before a list is read again: its rows of no known call in an open part will be found anew, or were corrected."""
    still = and_(run_part.c.kind == NIGHT, run_part.c.business_date == day, run_part.c.closed_at.is_(None))
    of_part = listed.c.part.in_(select(run_part.c.part).where(still))
    connection.execute(delete(listed).where(listed.c.business_date == day, listed.c.is_call.is_(False), of_part))
