"""What is told outside of a group, numbered, in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, update

from inspector.alerts.group import notice_of
from inspector.delivery.notice import NoticeKind
from inspector.storage.alert_tables import alert_group
from inspector.storage.alerts.reading import load_groups
from inspector.storage.deliveries.notices import put_notice

__all__ = ["tell"]


def tell(connection: Connection, group_id: str, kind: NoticeKind, audiences: Iterable[str], now: datetime) -> None:
    """One notice to each audience. The group's row is held by the transaction already."""
    (group,) = load_groups(connection, [group_id])
    told = tuple(dict.fromkeys(audiences))
    counted = update(alert_group).where(alert_group.c.id == group_id)
    counted = counted.values(notices=alert_group.c.notices + len(told))
    last = connection.execute(counted.returning(alert_group.c.notices)).scalar_one()
    for number, audience in enumerate(told, start=last - len(told) + 1):
        put_notice(connection, notice_of(group, kind, number, audience), now)
