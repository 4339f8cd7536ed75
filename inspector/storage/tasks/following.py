"""What tasks take notice of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from inspector.review.policy import ReviewPolicy
from inspector.review.records import Submitted
from inspector.storage.decisions.counting import counts, decision_of
from inspector.storage.task_tables import coaching, coaching_follow_up
from inspector.storage.tasks.calibration import collect
from inspector.storage.tasks.follow_ups import heard, settle
from inspector.storage.tasks.rectification import came_again

__all__ = ["after_final", "calibration_submitted", "follow_up_submitted"]


def after_final(connection: Connection, call_id: str, rule_id: str, policy: ReviewPolicy, now: datetime) -> None:
    """A confirmed decision became final: what was struck off may have come back, and coaching may not have helped.

    Nothing happens for a decision that does not count against anybody. To say so twice changes nothing more.
    """
    row = decision_of(connection, call_id, rule_id)
    if row is None or not counts(row):
        return
    came_again(connection, row, policy, now)
    follow = coaching_follow_up
    of_rule = select(coaching.c.id).join(follow, follow.c.coaching_id == coaching.c.id)
    tasks = of_rule.where(follow.c.call_id == call_id, coaching.c.rule_id == rule_id).order_by(coaching.c.id)
    for task_id in connection.scalars(tasks.with_for_update(of=coaching)).all():
        settle(connection, task_id, now)


def calibration_submitted(connection: Connection, submitted: Submitted, policy: ReviewPolicy, now: datetime) -> None:
    """Somebody has judged a call of a calibration session."""
    collect(connection, submitted)


def follow_up_submitted(connection: Connection, submitted: Submitted, policy: ReviewPolicy, now: datetime) -> None:
    """One of an agent's next calls after coaching was heard."""
    heard(connection, submitted, now)
