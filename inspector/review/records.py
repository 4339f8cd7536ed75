"""What people say of calls, as it travels: verdicts, what the machine missed, corrections, and what is decided from it.

::

    item ── claim ──► review: OPEN ─┬────────────────────────► SUBMITTED ──► verdicts, marks, corrections
                                    └─ blind: ──► REVEALED ──►     │
                                                                   ▼
    decision, one per call and rule:   PROVISIONAL ──► SETTLED ──► FINAL     (only the last may count against anybody)
                                       second look,    appeal
                                       arbitration     may come
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inspector.enums import Kind, Outcome, Party, Severity, Status

__all__ = [
    "ACCUSING",
    "Answer",
    "Correction",
    "DecisionState",
    "FalseBecause",
    "Mark",
    "Origin",
    "ReviewState",
    "Stage",
    "Submitted",
    "Verdict",
    "counts_against",
]

ACCUSING = frozenset({Kind.REQUIRED, Kind.FORBIDDEN, Kind.METRIC})
"""Kinds of rules that say that somebody did something wrong. A signal is about the customer's trouble."""


class Answer(StrEnum):
    """What a person says of a finding: 违规成立, 误报, 无法判定."""

    CONFIRMED = "confirmed"
    FALSE_ALARM = "false_alarm"
    CANNOT_TELL = "cannot_tell"


class FalseBecause(StrEnum):
    """Closed list of why a finding is a false alarm, or why nobody can tell: it says whose work it is to mend it."""

    MISHEARD = "misheard"
    WRONG_PARTY = "wrong_party"
    SAID_ELSEWHERE = "said_elsewhere"
    NEGATED = "negated"
    QUOTED = "quoted"
    NOT_APPLICABLE = "not_applicable"
    LAWFUL = "lawful"
    SYSTEM_FAULT = "system_fault"
    INAUDIBLE = "inaudible"
    OTHER = "other"


class ReviewState(StrEnum):
    """How far one person's review of one item is. ``revealed``: his own verdict is in, the machine's findings are
    shown. ``dropped``: given back, or the lease ended and somebody else went on; what was typed stays."""

    OPEN = "open"
    REVEALED = "revealed"
    SUBMITTED = "submitted"
    DROPPED = "dropped"


class Stage(StrEnum):
    """Who decided last."""

    FIRST = "first"
    SECOND = "second"
    ARBITRATION = "arbitration"
    APPEAL = "appeal"
    FINAL_APPEAL = "final_appeal"


class DecisionState(StrEnum):
    """``provisional``: further looks are due; ``settled``: the reviewers are done, an appeal may come; ``final``."""

    PROVISIONAL = "provisional"
    SETTLED = "settled"
    FINAL = "final"


class Origin(StrEnum):
    """Who found it: a rule, or a person who heard what no rule found."""

    FINDING = "finding"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says of one finding. ``because``: of anything but a confirmation. ``note``: in his own words."""

    finding_id: str
    rule_id: str
    rule_version: int
    kind: Kind
    status: Status
    severity: Severity
    outcome: Outcome
    answer: Answer
    because: FalseBecause | None
    note: str | None = None

    def __post_init__(self) -> None:
        if (self.answer is Answer.CONFIRMED) != (self.because is None):
            raise ValueError("whatever is not confirmed needs its reason, and only that has one")


@dataclass(frozen=True, slots=True)
class Mark:
    """A violation that a person heard between two seconds of the call. ``blind``: before he saw what the machine found.

    ``missed``: the rule did not fire in this call. ``rule_version`` … ``severity``: of the rule when it was marked.
    """

    rule_id: str
    rule_version: int
    kind: Kind
    status: Status
    severity: Severity
    start_s: float
    end_s: float
    party: Party
    blind: bool
    missed: bool
    note: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start_s < self.end_s:
            raise ValueError(f"a span needs 0 <= start < end, got {self.start_s} … {self.end_s}")


@dataclass(frozen=True, slots=True)
class Correction:
    """What was really said where the recogniser wrote ``heard``. Both hold words of the call."""

    recording_id: str
    party: Party
    start_s: float
    end_s: float
    heard: str
    said: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A review that is in. ``reason``: of its item. ``of_review``: the review that was looked at again, if any.

    ``in_estimate``: whole-call, blind and heard well enough to speak for the calls that nobody hears.
    """

    review_id: str
    item_id: str
    call_id: str
    inspection_id: str
    reviewer: str
    reason: str
    of_review: str | None
    in_estimate: bool
    at: datetime
    verdicts: tuple[Verdict, ...]
    marks: tuple[Mark, ...]


def counts_against(
    origin: Origin, kind: Kind, status: Status, outcome: Outcome, answer: Answer, state: DecisionState
) -> bool:
    """Whether a decision counts against a person: a final confirmation, by people, of what a stable rule surely found
    or a person heard. What nobody could tell, signals, and rules on trial never do."""
    told = origin is Origin.MARK or outcome is Outcome.FIRES
    sure = answer is Answer.CONFIRMED and state is DecisionState.FINAL
    return told and sure and kind in ACCUSING and status is Status.STABLE
