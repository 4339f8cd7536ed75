"""What becomes of a case (违规案件), step by step."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from inspector.errors import PolicyError, UsageError
from inspector.review.appeals.records import LONGEST_TEXT, CaseStep, Violation, ViolationState, next_step
from inspector.roles import Actor
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.rows import append_audit, equal
from inspector.storage.violation_tables import violation, violation_step

__all__ = ["take_step"]


def take_step(
    connection: Connection, told: Violation, step: CaseStep, actor: Actor, note: str | None, now: datetime
) -> None:
    """``step`` is done. Raises UsageError when it is not the next one or the note is too long, and PolicyError for a
    case that was overturned, 责任认定 before it is final, or by who handled it."""
    if note is not None and len(note) > LONGEST_TEXT:
        raise UsageError(f"a note has at most {LONGEST_TEXT} characters", "shorten it")
    if told.state is ViolationState.OVERTURNED:
        raise PolicyError(f"{told.call_id}/{told.rule_id} is no violation any more", "nothing is to be handled")
    if next_step(told.step) is not step:
        raise UsageError(
            f"{told.call_id}/{told.rule_id} stands at {told.step}: {step} does not follow",
            f"the next one is {next_step(told.step) or 'none, the case is closed'}",
        )
    key = {"call_id": told.call_id, "rule_id": told.rule_id}
    if step is CaseStep.ACCOUNTABILITY:
        if told.state is not ViolationState.FINAL:
            raise PolicyError("responsibility is established only for what is final", "wait until no appeal can come")
        handled = {**key, "step": CaseStep.HANDLED.value}
        by = connection.scalar(select(violation_step.c.by).where(equal(violation_step, handled)))
        if by == actor.name:
            raise PolicyError(f"{actor.name} handled the case", "another person establishes the responsibility")
    seen = update(violation).where(equal(violation, {**key, "step": told.step.value, "state": told.state.value}))
    if not connection.execute(seen.values(step=step.value)).rowcount:
        raise UsageError(f"{told.call_id}/{told.rule_id} changed meanwhile", "look at it again")
    row = {**key, "step": step.value, "by": actor.name, "at": now, "note": note}
    connection.execute(insert(violation_step).values(row))
    told_as = {"rule_id": told.rule_id, "step": step.value}
    append_audit(connection, actor.name, "violation_step", told.call_id, told_as)
    append_events(connection, now, EventKind.VIOLATION_STEP, [(told.call_id, told_as)])
