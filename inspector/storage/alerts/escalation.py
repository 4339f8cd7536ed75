"""What nobody does in time goes up by itself. Any number of processes may look at the same time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from inspector.delivery.notice import NoticeKind
from inspector.storage.alert_tables import alert_group, alert_step
from inspector.storage.alerts.reading import OPEN_STATES
from inspector.storage.alerts.telling import tell
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.rows import equal

__all__ = ["AT_ONCE", "escalate"]

AT_ONCE = 100
"""Groups in one transaction, so that whoever writes besides is not kept waiting."""


def escalate(connection: Connection, now: datetime) -> int:
    """Tells whom the steps that are missed by now go up to, each level once. Returns how many steps went up.

    Levels that were missed together (nobody looked for a while) go up together, and an audience is told once.
    """
    group, step = alert_group, alert_step
    due = select(step.c.group_id).where(step.c.escalate_at <= now)
    held = (
        select(group.c.id, group.c.call_id)
        .where(group.c.id.in_(due), group.c.state.in_(OPEN_STATES))
        .order_by(group.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    events: list[tuple[str, dict[str, object]]] = []
    for group_id, call_id in connection.execute(held).all():
        missed = select(step).where(step.c.group_id == group_id, step.c.escalate_at <= now)
        for row in connection.execute(missed.order_by(step.c.escalate_at, step.c.clock, step.c.place)).all():
            audiences = _go_up(connection, row, now)
            tell(connection, group_id, NoticeKind.ESCALATED, audiences, now)
            events.append((call_id, {"group_id": group_id, "step": row.id, "clock": row.clock, "to": audiences}))
    append_events(connection, now, EventKind.ALERT_ESCALATED, events)
    return len(events)


def _go_up(connection: Connection, row: Any, now: datetime) -> list[str]:
    """Notes the levels that are due as done. Returns whom they tell."""
    levels = [(datetime.fromisoformat(at), to) for at, to in row.escalations]
    reached = sum(at <= now for at, _ in levels)
    ahead = levels[reached][0] if reached < len(levels) else None
    key = {"group_id": row.group_id, "clock": row.clock, "id": row.id}
    changed = {"escalated": reached, "escalate_at": ahead}
    connection.execute(update(alert_step).where(equal(alert_step, key)).values(changed))
    return list(dict.fromkeys(to for _, to in levels[row.escalated : reached]))
