"""Decisions as people see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from inspector.enums import Kind, Outcome, Severity, Status
from inspector.review.records import Answer, DecisionState, Origin, Stage, counts_against
from inspector.storage.review_tables import decision

__all__ = ["Decision", "DecisionFilter", "find_decisions"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What holds of one rule in one call. ``version``: 1 more with every change."""

    call_id: str
    rule_id: str
    rule_version: int
    origin: Origin
    kind: Kind
    status: Status
    severity: Severity
    outcome: Outcome
    agent: str | None
    team: str | None
    business_date: date | None
    answer: Answer
    stage: Stage
    state: DecisionState
    review_id: str
    settled_at: datetime | None
    final_at: datetime | None
    version: int

    @property
    def counts(self) -> bool:
        """Whether it counts against a person."""
        return counts_against(self.origin, self.kind, self.status, self.outcome, self.answer, self.state)


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Which decisions. None: whatever it is. ``teams``: only of these."""

    call_id: str | None = None
    rule_id: str | None = None
    agent: str | None = None
    state: DecisionState | None = None
    answer: Answer | None = None
    teams: Collection[str] | None = None


def find_decisions(connection: Connection, which: DecisionFilter, limit: int) -> tuple[Decision, ...]:
    """The first ``limit`` of them, the newest business date first."""
    wanted = {
        decision.c.call_id: which.call_id,
        decision.c.rule_id: which.rule_id,
        decision.c.agent: which.agent,
        decision.c.state: which.state and which.state.value,
        decision.c.answer: which.answer and which.answer.value,
    }
    found = select(decision).where(*(column == value for column, value in wanted.items() if value is not None))
    if which.teams is not None:
        found = found.where(decision.c.team.in_(which.teams))
    in_turn = found.order_by(decision.c.business_date.desc(), decision.c.call_id, decision.c.rule_id).limit(limit)
    return tuple(_decision(row) for row in connection.execute(in_turn))


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        row.call_id,
        row.rule_id,
        row.rule_version,
        Origin(row.origin),
        Kind(row.kind),
        Status(row.status),
        Severity(row.severity),
        Outcome(row.outcome),
        row.agent,
        row.team,
        row.business_date,
        Answer(row.answer),
        Stage(row.stage),
        DecisionState(row.state),
        row.review_id,
        row.settled_at,
        row.final_at,
        row.version,
    )
