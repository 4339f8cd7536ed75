"""What of decisions counts against somebody: asked of one row, and as a condition of a query (a test holds the two)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from inspector.enums import Kind, Outcome, Status
from inspector.review.records import ACCUSING, Answer, DecisionState, Origin, counts_against
from inspector.storage.review_tables import decision

__all__ = ["counting", "counts", "decision_of"]


def decision_of(connection: Connection, call_id: str, rule_id: str) -> Row[Any] | None:
    """What holds of a rule in a call."""
    found = select(decision).where(decision.c.call_id == call_id, decision.c.rule_id == rule_id)
    return connection.execute(found).one_or_none()


def counts(row: Row[Any], state: DecisionState | None = None) -> bool:
    """Whether a decision counts against a person; ``state``: whether it would in that one."""
    return counts_against(
        Origin(row.origin),
        Kind(row.kind),
        Status(row.status),
        Outcome(row.outcome),
        Answer(row.answer),
        state or DecisionState(row.state),
    )


def counting() -> ColumnElement[bool]:
    """``counts_against`` of the records, for a query of decisions: who it counts against is another question."""
    return (
        or_(decision.c.origin == Origin.MARK.value, decision.c.outcome == Outcome.FIRES.value)
        & (decision.c.answer == Answer.CONFIRMED.value)
        & (decision.c.state == DecisionState.FINAL.value)
        & decision.c.kind.in_([kind.value for kind in ACCUSING])
        & (decision.c.status == Status.STABLE.value)
    )
