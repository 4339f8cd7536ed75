"""What became of a group: people's deeds from the audit, what went up from the notices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from inspector.alerts.history import Happened, Happening
from inspector.delivery.notice import Notice, NoticeKind
from inspector.storage import tables
from inspector.storage.delivery_tables import notice
from inspector.storage.rows import read

__all__ = ["read_history"]

# By the action of the audit: what it was, and which of its details it was about.
_DEEDS: dict[str, tuple[Happened, str]] = {
    "alert_acknowledge": (Happened.SEEN, ""),
    "alert_take": (Happened.TAKEN, ""),
    "alert_assign": (Happened.ASSIGNED, "to"),
    "alert_step": (Happened.STEP_DONE, "step"),
    "alert_false_alarm": (Happened.FALSE_ALARM, "rule_id"),
    "alert_close": (Happened.CLOSED, "result"),
}


def read_history(connection: Connection, group_id: str) -> tuple[Happening, ...]:
    """In the order in which it happened."""
    audit = tables.audit
    deeds = select(audit).where(audit.c.subject == group_id, audit.c.action.in_(_DEEDS)).order_by(audit.c.seq)
    found = [_deed(row) for row in connection.execute(deeds)]
    told = select(notice.c.made_at, notice.c.audience, notice.c.data).where(notice.c.group_id == group_id)
    found += [
        Happening(row.made_at, Happened.ESCALATED, None, row.audience)
        for row in connection.execute(told.order_by(notice.c.number))
        if read(Notice, row.data).kind is NoticeKind.ESCALATED
    ]
    return tuple(sorted(found, key=lambda one: one.at))


def _deed(row: Any) -> Happening:
    what, detail = _DEEDS[row.action]
    return Happening(row.at, what, row.actor, row.detail.get(detail))
