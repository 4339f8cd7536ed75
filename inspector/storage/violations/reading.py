"""Violations and appeals from their rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Label, Row, select, true

from inspector.enums import Severity
from inspector.errors import UsageError
from inspector.review.appeals.records import Appeal, AppealState, CaseStep, Mitigation, Violation, ViolationState
from inspector.storage.review_tables import decision as decision_table
from inspector.storage.review_tables import review, verdict
from inspector.storage.rows import equal
from inspector.storage.tables import call, finding
from inspector.storage.violation_tables import appeal as appeal_table
from inspector.storage.violation_tables import violation as violation_table

__all__ = [
    "ViolationFilter",
    "appeals_of",
    "called_at",
    "find_appeals",
    "find_violations",
    "load_violation",
    "told_of",
]


@dataclass(frozen=True, slots=True)
class ViolationFilter:
    """``agent``, ``state``: None for all. ``teams``: None for all. ``unknown``: only those of nobody (坐席未知).
    ``overdue_at``: only those that should be remedied (溯源整改) by then and are not handled. ``noticed``: only those
    that were told from the one time until before the other."""

    agent: str | None = None
    state: ViolationState | None = None
    teams: Collection[str] | None = None
    unknown: bool = False
    overdue_at: datetime | None = None
    rule_id: str | None = None
    noticed: tuple[datetime, datetime] | None = None


def find_violations(connection: Connection, which: ViolationFilter, limit: int) -> tuple[Violation, ...]:
    """The first ``limit``, those whose time to appeal ends first at the top."""
    table = violation_table
    conditions: list[ColumnElement[bool]] = [true()]
    if which.agent is not None:
        conditions.append(table.c.agent == which.agent)
    if which.state is not None:
        conditions.append(table.c.state == which.state.value)
    if which.teams is not None:
        conditions.append(table.c.team.in_(which.teams))
    if which.rule_id is not None:
        conditions.append(table.c.rule_id == which.rule_id)
    if which.noticed is not None:
        conditions += [table.c.noticed_at >= which.noticed[0], table.c.noticed_at < which.noticed[1]]
    if which.unknown:
        conditions.append(table.c.agent.is_(None))
    if which.overdue_at is not None:
        undone = table.c.step.in_([CaseStep.FOUND.value, CaseStep.REPORTED.value])
        conditions += [table.c.remedy_by < which.overdue_at, undone, table.c.state != ViolationState.OVERTURNED.value]
    found = (
        select(table).where(*conditions).order_by(table.c.appeal_until, table.c.call_id, table.c.rule_id).limit(limit)
    )
    return tuple(_violation(row) for row in connection.execute(found))


def load_violation(connection: Connection, call_id: str, rule_id: str) -> Violation:
    """Raises UsageError when nothing of that call and rule was ever confirmed."""
    row = connection.execute(select(violation_table).where(_of(violation_table, call_id, rule_id))).one_or_none()
    if row is None:
        raise UsageError(f"no violation of {rule_id} in call {call_id}", "list them: inspector violations list")
    return _violation(row)


def appeals_of(connection: Connection, call_id: str, rule_id: str) -> tuple[Appeal, ...]:
    """All, oldest first, with why they were decided so."""
    found = select(appeal_table, _ruling()).where(_of(appeal_table, call_id, rule_id))
    rows = connection.execute(found.order_by(appeal_table.c.notice, appeal_table.c.level))
    return tuple(_appeal(row) for row in rows)


def find_appeals(
    connection: Connection, teams: Collection[str] | None, late_at: datetime | None, limit: int
) -> tuple[Appeal, ...]:
    """The first ``limit`` open ones, what is due first at the top; ``late_at``: only what was due before it."""
    table = appeal_table
    found = (
        select(table)
        .join(violation_table, equal_keys(table, violation_table))
        .where(table.c.state == AppealState.OPEN.value)
        .where(true() if late_at is None else table.c.due_at < late_at)
        .where(true() if teams is None else violation_table.c.team.in_(teams))
        .order_by(table.c.due_at, table.c.call_id, table.c.rule_id)
        .limit(limit)
    )
    return tuple(_appeal(row) for row in connection.execute(found))


def told_of(connection: Connection, call_id: str, rule_id: str) -> str | None:
    """The finding as JSON that the violation rests on; None for what a person marked. It holds words of the call."""
    newest = (
        select(finding.c.data)
        .join(review, review.c.inspection_id == finding.c.inspection_id)
        .join(decision_table, decision_table.c.call_id == review.c.call_id)
        .where(_of(decision_table, call_id, rule_id), finding.c.id == decision_table.c.finding_id)
        .order_by(review.c.inspected_at.desc())
        .limit(1)
    )
    return connection.scalar(newest)


def called_at(connection: Connection, call_id: str) -> datetime | None:
    """When the call began; None when nobody said."""
    start = connection.scalar(select(call.c.facts["start"].as_string()).where(call.c.id == call_id))
    return None if start is None else datetime.fromisoformat(start)


def equal_keys(one: Any, other: Any) -> ColumnElement[bool]:
    """That two rows are of the same rule in the same call."""
    same: ColumnElement[bool] = (one.c.call_id == other.c.call_id) & (one.c.rule_id == other.c.rule_id)
    return same


def _of(table: Any, call_id: str, rule_id: str) -> Any:
    return equal(table, {"call_id": call_id, "rule_id": rule_id})


def _violation(row: Row[Any]) -> Violation:
    fields = {
        **row._mapping,
        "severity": Severity(row.severity),
        "state": ViolationState(row.state),
        "step": CaseStep(row.step),
    }
    return Violation(**fields)


def _ruling() -> Label[str | None]:
    """What the review that decided an appeal notes beside its verdict."""
    of_appeal = [review.c.item_id == appeal_table.c.item_id, verdict.c.rule_id == appeal_table.c.rule_id]
    noted = select(verdict.c.note).join(review, review.c.id == verdict.c.review_id)
    noted = noted.where(*of_appeal, review.c.submitted_at.is_not(None), verdict.c.note.is_not(None))
    return noted.order_by(verdict.c.finding_id).limit(1).scalar_subquery().label("ruling")


def _appeal(row: Row[Any]) -> Appeal:
    left_out = {"item_id", "decision_version", "decided_by"}
    fields = {name: value for name, value in row._mapping.items() if name not in left_out}
    mitigation = tuple(map(Mitigation, row.mitigation))
    return Appeal(**{**fields, "state": AppealState(row.state), "mitigation": mitigation})
