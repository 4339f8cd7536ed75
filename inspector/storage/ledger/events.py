"""The one stream of all that happened, in the order it was committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select, text

from inspector.storage import tables
from inspector.storage.ledger.records import Event, EventKind

__all__ = ["append_events", "lock_events", "read_events"]

_LOCK = text("SELECT pg_advisory_xact_lock(7312041)")


def append_events(
    connection: Connection, now: datetime, kind: EventKind, of: Iterable[tuple[str | None, Mapping[str, object]]]
) -> None:
    """Appends one event for each call id (None: of no call), in the transaction of ``connection``: its last deed.

    PostgreSQL gives numbers in the order they are asked for, not in that of the commits: without the lock, whoever
    follows the stream would pass over an event that is committed after a later one. SQLite has one writer anyway.
    """
    rows = [{"at": now, "kind": kind.value, "call_id": call_id, "data": dict(data)} for call_id, data in of]
    if not rows:
        return
    lock_events(connection)
    connection.execute(insert(tables.event), rows)


def lock_events(connection: Connection) -> None:
    """Lets nobody else append until the transaction ends: first of all where it will append, and holds rows that others
    want after they have appended. Else two would wait for each other."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def read_events(connection: Connection, after_seq: int, limit: int) -> tuple[Event, ...]:
    """The first ``limit`` events after ``after_seq``, oldest first."""
    event = tables.event
    found = select(event).where(event.c.seq > after_seq).order_by(event.c.seq).limit(limit)
    return tuple(Event(row.seq, row.at, row.kind, row.call_id, row.data) for row in connection.execute(found))
