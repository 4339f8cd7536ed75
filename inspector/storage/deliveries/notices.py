"""Notices: put where what they tell of is written, and given to the receivers that are to have them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from inspector.delivery.notice import Notice
from inspector.delivery.records import Address, DeliveryState
from inspector.model import to_json
from inspector.storage.delivery_tables import delivery, notice
from inspector.storage.rows import insert_new

__all__ = ["fan_out", "put_notice"]


def put_notice(connection: Connection, told: Notice, now: datetime) -> None:
    """Puts a notice in the transaction of ``connection``; one that is there already stays as it is."""
    row = {
        "id": told.id,
        "group_id": told.group_id,
        "number": told.number,
        "alert_class": told.alert_class.value,
        "audience": told.audience,
        "made_at": now,
        "data": to_json(told),
    }
    connection.execute(insert_new(connection, notice).values(row))


def fan_out(connection: Connection, receivers: Mapping[str, Address], limit: int, now: datetime) -> int:
    """Lets up to ``limit`` notices wait for the receivers (by name) that are to have them. Returns how many."""
    found = (
        select(notice)
        .where(notice.c.fanned_at.is_(None))
        .order_by(notice.c.made_at, notice.c.id)
        .limit(limit)
        .with_for_update()
    )
    rows = connection.execute(found).all()
    waiting = [
        _waiting(row, name, now)
        for row in rows
        for name, address in receivers.items()
        if address.wants(row.audience, row.alert_class)
    ]
    if waiting:
        connection.execute(insert(delivery), waiting)
    if rows:
        done = update(notice).where(notice.c.id == bindparam("of")).values(fanned_at=now)
        connection.execute(done, [{"of": row.id} for row in rows])
    return len(rows)


def _waiting(row: Any, receiver: str, now: datetime) -> dict[str, object]:
    return {
        "notice_id": row.id,
        "receiver": receiver,
        "group_id": row.group_id,
        "number": row.number,
        "alert_class": row.alert_class,
        "state": DeliveryState.PENDING.value,
        "since": row.made_at,
        "tries": 0,
        "next_at": now,
    }
