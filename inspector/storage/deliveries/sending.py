"""What may be sent to a receiver now, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, or_, select, update

from inspector.delivery.notice import Notice
from inspector.delivery.records import DeliveryState, Told, Waiting
from inspector.storage.delivery_tables import delivery, notice
from inspector.storage.rows import read

__all__ = ["due", "note"]

LONGEST_WAIT = timedelta(hours=2)
"""No attempt is put off for so long: one that seems to be was put off before the clock was set back."""


def due(
    connection: Connection, name: str, under_way: Collection[str], only_first: bool, limit: int, now: datetime
) -> tuple[Waiting, ...]:
    """See :meth:`Deliveries.due`. What is bound to a message is never cut in two by ``limit``."""
    earlier = delivery.alias()
    before = and_(
        earlier.c.group_id == delivery.c.group_id,
        earlier.c.receiver == delivery.c.receiver,
        earlier.c.number < delivery.c.number,
        earlier.c.state == DeliveryState.PENDING.value,
    )
    in_the_way = before if only_first else and_(before, _not_now(earlier.c, under_way, now))
    may = (
        delivery.c.receiver == name,
        delivery.c.state == DeliveryState.PENDING.value,
        ~_not_now(delivery.c, under_way, now),
        ~exists().where(in_the_way),
    )
    first = select(delivery.c.notice_id, delivery.c.message_id).where(*may)
    rows = connection.execute(first.order_by(delivery.c.alert_class, delivery.c.since).limit(limit)).all()
    messages = {row.message_id for row in rows if row.message_id is not None}
    pending = delivery.c.receiver == name, delivery.c.state == DeliveryState.PENDING.value
    wanted = or_(delivery.c.notice_id.in_([row.notice_id for row in rows]), delivery.c.message_id.in_(messages))
    columns = delivery.c.since, delivery.c.tries, delivery.c.message_id, notice.c.data
    whole = select(*columns).join(notice, notice.c.id == delivery.c.notice_id).where(*pending, wanted)
    found = connection.execute(whole.order_by(delivery.c.since, delivery.c.group_id, delivery.c.number))
    return tuple(Waiting(read(Notice, row.data), row.since, row.tries, row.message_id) for row in found)


def note(connection: Connection, outcomes: Sequence[Told]) -> None:
    """Notes what came of attempts."""
    if not outcomes:
        return
    one = update(delivery).where(
        delivery.c.notice_id == bindparam("of_notice"),
        delivery.c.receiver == bindparam("of_receiver"),
        delivery.c.state == DeliveryState.PENDING.value,
    )
    values: dict[str, Any] = {
        name: bindparam(name) for name in ("state", "next_at", "fault_kind", "fault_status", "sent_at")
    }
    changed = one.values(**values, tries=delivery.c.tries + 1)
    in_order = sorted(outcomes, key=lambda told: (told.notice_id, told.receiver))
    connection.execute(changed, [_values(told) for told in in_order])


def _values(told: Told) -> dict[str, object]:
    has_it = told.state in (DeliveryState.SENT, DeliveryState.GROUPED)
    return {
        "of_notice": told.notice_id,
        "of_receiver": told.receiver,
        "state": told.state.value,
        "next_at": told.next_at,
        "fault_kind": None if told.fault is None else told.fault.kind.value,
        "fault_status": None if told.fault is None else told.fault.status,
        "sent_at": told.at if has_it else None,
    }


def _not_now(columns: Any, under_way: Collection[str], now: datetime) -> ColumnElement[bool]:
    """It is being sent, or waits for its next attempt."""
    later = and_(columns.next_at > now, columns.next_at < now + LONGEST_WAIT)
    return or_(later, columns.notice_id.in_(under_way))
