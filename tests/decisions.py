"""Decisions as tests write them past the services that make them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, insert

from inspector.enums import Kind, Outcome, Severity, Status
from inspector.review.records import Answer, DecisionState, Origin, ReviewState, Stage
from inspector.storage.review_tables import decision, review
from inspector.storage.tables import review_item

__all__ = ["put_decision", "put_review"]


def put_review(connection: Connection, call_id: str, reviewer: str, now: datetime, item_id: str | None = None) -> str:
    """A submitted review; of an item of its own when none is named. Returns its id."""
    review_id = f"{call_id}-{reviewer}"
    if item_id is None:
        item_id = f"item-{review_id}"
        item = {"id": item_id, "call_id": call_id, "reason": "finding", "because": [], "state": "done"}
        connection.execute(insert(review_item).values(**item, created_at=now))
    row = {"id": review_id, "item_id": item_id, "call_id": call_id, "reviewer": reviewer, "reason": "finding"}
    state = {"state": ReviewState.SUBMITTED.value, "blind": False, "claimed_at": now, "submitted_at": now}
    heard = {"played": [], "played_speech_s": 0.0, "speech_s": 0.0, "in_estimate": False, "handling_s": 0.0}
    connection.execute(insert(review).values(**row, **state, **heard, draft={}))
    return review_id


def put_decision(connection: Connection, call_id: str, rule_id: str, review_id: str, **other: object) -> None:
    """A settled confirmation of what a stable rule found, but for ``other`` columns."""
    row = {
        "call_id": call_id,
        "rule_id": rule_id,
        "review_id": review_id,
        "origin": Origin.FINDING.value,
        "finding_id": "f",
        "rule_version": 1,
        "kind": Kind.FORBIDDEN.value,
        "status": Status.STABLE.value,
        "severity": Severity.CRITICAL.value,
        "outcome": Outcome.FIRES.value,
        "agent": "3321",
        "team": "A",
        "business_date": date(2025, 3, 3),
        "answer": Answer.CONFIRMED.value,
        "stage": Stage.FIRST.value,
        "state": DecisionState.SETTLED.value,
        "version": 1,
    }
    connection.execute(insert(decision).values({**row, **other}))
