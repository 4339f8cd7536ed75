"""All that is done so that it does not happen again, as the store offers it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from inspector.review.policy import ReviewPolicy
from inspector.storage.tasks.calibration import Calibration
from inspector.storage.tasks.cases import Cases
from inspector.storage.tasks.coaching import CoachingDesk
from inspector.storage.tasks.duty import Duty
from inspector.storage.tasks.rectification import Rectification

__all__ = ["Tasks"]


class Tasks:
    """``rectification``: the ledger. ``coaching``: of agents. ``cases``: to be read. ``calibration``: sessions of
    reviewers. ``duty``: shifts and what they hand over."""

    def __init__(self, reader: Engine, writer: Engine, policy: ReviewPolicy) -> None:
        self.rectification = Rectification(reader, writer, policy)
        self.coaching = CoachingDesk(reader, writer, policy)
        self.cases = Cases(reader, writer)
        self.calibration = Calibration(reader, writer)
        self.duty = Duty(reader, writer)

    def look(self, now: datetime) -> None:
        """What nobody has to ask for: overdue entries go up, the next calls of coached agents are found."""
        self.rectification.escalate(now)
        self.coaching.resample(now)
