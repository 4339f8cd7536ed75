"""What is decided when a review comes in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from inspector.review.policy import ReviewPolicy
from inspector.review.records import Submitted

__all__ = ["after_review"]


def after_review(connection: Connection, submitted: Submitted, policy: ReviewPolicy, now: datetime) -> None:
    """Writes what is decided now, opens the looks that are due, and lets follow what follows from what is settled."""
