"""What follows when something is decided."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from inspector.review.policy import ReviewPolicy
from inspector.review.records import Submitted

__all__ = ["after_settled", "appeal_decided"]


def after_settled(
    connection: Connection, call_id: str, rule_ids: Collection[str], policy: ReviewPolicy, now: datetime
) -> None:
    """These decisions of a call are settled: what is confirmed is told and may be appealed, the rest is final."""


def appeal_decided(connection: Connection, submitted: Submitted, policy: ReviewPolicy, now: datetime) -> None:
    """Somebody else has reviewed what was appealed."""
