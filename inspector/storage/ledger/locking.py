"""The order in which rows of work are locked.

Relay, workers, reconciler and intake change several calls at once, in orders of their own: on PostgreSQL two of them
would wait for each other. Everybody takes the rows in the order of their calls; on SQLite there is one writer anyway.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, select

from inspector.storage import tables

__all__ = ["in_order", "locked"]


def locked(*columns: ColumnElement[Any], where: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    """Columns of the rows of work for which all of ``where`` is true, kept from others until the transaction ends."""
    return select(*columns).where(*where).order_by(tables.work.c.call_id).with_for_update()


def in_order(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same rows of work, as the condition of an update."""
    call_id = tables.work.c.call_id
    return call_id.in_(locked(call_id, where=which))
