"""The decisions that tasks may come from: final ones that count against somebody, and no others."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Connection, Row, select

from inspector.errors import PolicyError
from inspector.review.policy import ReviewPolicy
from inspector.storage import tables
from inspector.storage.decisions.counting import counts, decision_of

__all__ = ["called_at", "final_of"]


def final_of(connection: Connection, call_id: str, rule_id: str) -> Row[Any]:
    """The decision, when it counts against somebody. Raises PolicyError when it does not, or there is none."""
    row = decision_of(connection, call_id, rule_id)
    if row is None or not counts(row):
        raise PolicyError(
            f"rule {rule_id} on call {call_id} is no final finding that counts",
            "wait until it is confirmed and past appeal",
        )
    return row


def called_at(connection: Connection, call_id: str, policy: ReviewPolicy) -> datetime | None:
    """When a call began; of one without a start, the end of its business date; None when nobody knows."""
    call = tables.call
    row = connection.execute(select(call.c.facts, call.c.business_date).where(call.c.id == call_id)).one_or_none()
    if row is None:
        return None
    if row.facts.get("start"):
        return datetime.fromisoformat(row.facts["start"]).astimezone(UTC)
    if row.business_date is None:
        return None
    return datetime.combine(row.business_date, time.max, policy.calendar.zone).astimezone(UTC)
