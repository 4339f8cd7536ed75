"""The order in which rows of work are locked."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, func, select

from inspector.storage import tables

__all__ = ["lock"]


def lock(connection: Connection, *which: ColumnElement[bool]) -> None:
    """Locks rows of work in the order of their calls, before they are changed.

    Two who change the same calls in different orders would wait for each other on PostgreSQL.
    """
    if connection.dialect.name == "postgresql":
        work = tables.work
        rows = select(work.c.call_id).where(*which).order_by(work.c.call_id).with_for_update().subquery()
        connection.execute(select(func.count()).select_from(rows))
