"""What is decided when a review comes in, in the transaction of the review."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from inspector.review.policy import ReviewPolicy
from inspector.review.reasons import Reason
from inspector.review.records import Submitted
from inspector.storage.decisions.deciding import Deciding, arbitrated, first, second
from inspector.storage.decisions.scores import rescore
from inspector.storage.engine import take_turn
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.tasks.following import calibration_submitted, follow_up_submitted
from inspector.storage.violations.consequences import after_settled, appeal_decided

__all__ = ["after_review"]

_STEPS = {Reason.SECOND_LOOK: second, Reason.ARBITRATION: arbitrated}


def after_review(connection: Connection, submitted: Submitted, policy: ReviewPolicy, now: datetime) -> None:
    """Writes what is decided now, opens the looks that are due, and lets follow what follows from what is settled.

    Of reviews of one call that come in at once, one waits for the other.
    """
    take_turn(connection, f"decisions of {submitted.call_id}")
    reason = Reason(submitted.reason)
    if reason in (Reason.APPEAL, Reason.FINAL_APPEAL):
        appeal_decided(connection, submitted, policy, now)
    elif reason is Reason.CALIBRATION:
        calibration_submitted(connection, submitted, policy, now)
    else:
        settled = _STEPS.get(reason, first)(Deciding.of(connection, submitted, policy, now))
        _follow(connection, submitted, settled, policy, now)
    if reason is Reason.FOLLOW_UP:
        follow_up_submitted(connection, submitted, policy, now)
    rescore(connection, submitted.call_id, now)


def _follow(
    connection: Connection, submitted: Submitted, settled: list[str], policy: ReviewPolicy, now: datetime
) -> None:
    if settled:
        after_settled(connection, submitted.call_id, settled, policy, now)
        told = [(submitted.call_id, {"rule_id": rule_id}) for rule_id in settled]
        append_events(connection, now, EventKind.DECISION_SETTLED, told)
