"""What tasks take notice of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from inspector.review.policy import ReviewPolicy
from inspector.review.records import Submitted

__all__ = ["after_final", "calibration_submitted", "follow_up_submitted"]


def after_final(connection: Connection, call_id: str, rule_id: str, policy: ReviewPolicy, now: datetime) -> None:
    """A confirmed decision became final: what was struck off may have come back."""


def calibration_submitted(connection: Connection, submitted: Submitted, policy: ReviewPolicy, now: datetime) -> None:
    """Somebody has judged a call of a calibration session."""


def follow_up_submitted(connection: Connection, submitted: Submitted, policy: ReviewPolicy, now: datetime) -> None:
    """One of an agent's next calls after coaching was heard."""
