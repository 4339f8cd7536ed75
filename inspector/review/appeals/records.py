"""A violation from the notice to its end.

::

    NOTIFIED ──────── appeal time over ─────────────────────► FINAL
       │  ▲ withdrawn                                           ▲
       ▼  │                                                     │ time over, or upheld again
    APPEALED ── upheld ──► UPHELD ── final appeal ──► APPEALED ─┤
       └────── false alarm, cannot tell ────────────────────────┴► OVERTURNED
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inspector.enums import Severity
from inspector.model import Finding
from inspector.review.records import Answer, Origin, Submitted

__all__ = [
    "LONGEST_TEXT",
    "Appeal",
    "AppealState",
    "CaseFile",
    "CaseStep",
    "Mitigation",
    "Violation",
    "ViolationState",
    "answer_to",
    "next_step",
]

LONGEST_TEXT = 2_000
"""Characters of an appeal or of a note."""


class ViolationState(StrEnum):
    """How far it is with the agent. While ``appealed`` the score is frozen."""

    NOTIFIED = "notified"
    APPEALED = "appealed"
    UPHELD = "upheld"
    FINAL = "final"
    OVERTURNED = "overturned"


class AppealState(StrEnum):
    """What became of an appeal. ``superseded``: what it was against was decided anew."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    SUPERSEDED = "superseded"


class Mitigation(StrEnum):
    """客户辱骂, 系统故障, 话务高峰, 线路质量."""

    ABUSE = "abuse"
    SYSTEM_FAULT = "system_fault"
    PEAK = "peak"
    LINE = "line"


class CaseStep(StrEnum):
    """发现, 上报, 处理, 责任认定, 归档, 反馈: in this order."""

    FOUND = "found"
    REPORTED = "reported"
    HANDLED = "handled"
    ACCOUNTABILITY = "accountability"
    FILED = "filed"
    FED_BACK = "fed_back"


@dataclass(frozen=True, slots=True)
class Violation:
    """``agent`` None: 坐席未知, so nobody is told or counted. ``appeal_until``: inclusive; ``provisional``: a year's
    calendar is missing in it. ``notice``: how often it was told. ``level``: appeals so far, 0 to 2.

    ``remedy_by``: of critical ones only (溯源整改). ``step``: the last one of the case.
    """

    call_id: str
    rule_id: str
    agent: str | None
    team: str | None
    severity: Severity
    topic: str
    state: ViolationState
    notice: int
    level: int
    noticed_at: datetime
    appeal_until: datetime
    provisional: bool
    remedy_by: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    step: CaseStep

    @property
    def frozen(self) -> bool:
        """Whether no score may move on account of it."""
        return self.state is ViolationState.APPEALED

    def may_be_appealed(self, now: datetime) -> bool:
        """Up to the last moment of ``appeal_until``: the time is over only after it."""
        return self.state in (ViolationState.NOTIFIED, ViolationState.UPHELD) and now <= self.appeal_until


@dataclass(frozen=True, slots=True)
class Appeal:
    """``text``: in the agent's words, ``ruling``: in those of who decided, both to be shown masked. ``due_at``: when it
    should be decided."""

    call_id: str
    rule_id: str
    notice: int
    level: int
    state: AppealState
    lodged_by: str
    lodged_at: datetime
    text: str
    mitigation: tuple[Mitigation, ...]
    due_at: datetime
    escalated_at: datetime | None
    decided_at: datetime | None
    ruling: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All that is told of a violation. ``found``: what it rests on, unmasked; None for what a person marked.
    ``called_at``: when its call began; None: nobody said. ``appeals``: the oldest first."""

    told: Violation
    found: Finding | None
    called_at: datetime | None
    appeals: tuple[Appeal, ...]


def answer_to(submitted: Submitted, rule_id: str, origin: Origin) -> Answer | None:
    """What a review says of an appealed rule; None: nothing. Who hears a call and does not mark what somebody else had
    marked, has not found it."""
    if any(mark.rule_id == rule_id for mark in submitted.marks):
        return Answer.CONFIRMED
    answers = {verdict.answer for verdict in submitted.verdicts if verdict.rule_id == rule_id}
    if not answers:
        return Answer.FALSE_ALARM if origin is Origin.MARK else None
    return next(answer for answer in (Answer.CONFIRMED, Answer.CANNOT_TELL, Answer.FALSE_ALARM) if answer in answers)


def next_step(step: CaseStep) -> CaseStep | None:
    """The step that a case takes after this one; None: it is closed."""
    steps = list(CaseStep)
    place = steps.index(step) + 1
    return steps[place] if place < len(steps) else None
