"""Items as who hands them out sees them: filtered, by page, with counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from inspector.enums import Severity
from inspector.review.reasons import Reason, State
from inspector.storage import tables

__all__ = ["Item", "ItemFilter", "count_items", "find_items"]


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items. None: all. ``person``: who has it or to whom it is assigned; ``overdue``: whose due date is over."""

    state: State = State.OPEN
    day: date | None = None
    reason: Reason | None = None
    person: str | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """``owner``: who has it now, ``lease_until`` when the hold ends (also in the past, as long as nobody else came)."""

    id: str
    call_id: str
    source_call_id: str
    business_date: date | None
    reason: Reason
    state: State
    severity: Severity | None
    created_at: datetime
    due_at: datetime | None
    assigned_to: str | None
    owner: str | None
    lease_until: datetime | None
    minutes: float | None


def find_items(connection: Connection, which: ItemFilter, limit: int, now: datetime) -> tuple[Item, ...]:
    """The first ``limit`` items, worst first and of equals the newest."""
    item, call, drawn = tables.review_item, tables.call, tables.draw_item
    page = (
        select(item)
        .where(*_conditions(which, now))
        .order_by(item.c.urgency.desc(), item.c.created_at.desc(), item.c.id.desc())
        .limit(limit)
        .subquery()
    )
    named = (
        select(page, func.coalesce(call.c.source_call_id, drawn.c.source_call_id, page.c.call_id).label("named"))
        .outerjoin(call, call.c.id == page.c.call_id)
        .outerjoin(drawn, and_(drawn.c.draw_id == page.c.draw_id, drawn.c.call_id == page.c.call_id))
        .order_by(page.c.urgency.desc(), page.c.created_at.desc(), page.c.id.desc())
    )
    return tuple(_item(row) for row in connection.execute(named))


def count_items(connection: Connection, which: ItemFilter, now: datetime) -> dict[Reason, int]:
    """How many of them there are, by reason."""
    item = tables.review_item
    counted = select(item.c.reason, func.count()).where(*_conditions(which, now)).group_by(item.c.reason)
    return {Reason(reason): count for reason, count in connection.execute(counted)}


def _conditions(which: ItemFilter, now: datetime) -> list[ColumnElement[bool]]:
    item = tables.review_item
    conditions = [item.c.state == which.state.value]
    if which.day is not None:
        conditions.append(item.c.business_date == which.day)
    if which.reason is not None:
        conditions.append(item.c.reason == which.reason.value)
    if which.person is not None:
        conditions.append(or_(item.c.owner == which.person, item.c.assigned_to == which.person))
    if which.overdue:
        conditions.append(item.c.due_at < now)
    return conditions


def _item(row: Row[Any]) -> Item:
    return Item(
        id=row.id,
        call_id=row.call_id,
        source_call_id=row.named,
        business_date=row.business_date,
        reason=Reason(row.reason),
        state=State(row.state),
        severity=None if row.severity is None else Severity(row.severity),
        created_at=row.created_at,
        due_at=row.due_at,
        assigned_to=row.assigned_to,
        owner=row.owner,
        lease_until=row.lease_until,
        minutes=row.minutes,
    )
