"""What a reviewer sees of a call. Pure; every text of the call and of people is masked.

================================  =======================  =============================================
review                            findings, why it is due  what others said
================================  =======================  =============================================
blind, own verdict not in yet     hidden                   –
any other                         shown                    that an alert of it was called false
second look                       those asked about        –
arbitration                       those asked about        the verdicts, without names, and what was decided
appeal                            those asked about        what was decided, and why it is appealed
================================  =======================  =============================================
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from inspector.enums import Because, Outcome, Severity
from inspector.facts import Facts
from inspector.model import Coverage, Evidence, Finding, Hearing, Party, Status
from inspector.redaction import Purpose, mask, mask_turns
from inspector.review.answers import Answers
from inspector.review.reasons import LOOKS_AGAIN, Reason
from inspector.review.records import Answer, DecisionState, FalseBecause, Mark, ReviewState, Stage

__all__ = ["Decided", "Said", "Sheet", "SheetFinding", "SheetTurn", "finding_of", "known_of", "shown_of", "turns_of"]

_TOLD = (
    "channel",
    "direction",
    "start",
    "talk_s",
    "skill_group",
    "queue",
    "campaign",
    "product_type",
    "product_risk_level",
    "ivr_verified",
    "ivr_recording_notice",
    "hangup_by",
)
"""Business data that a reviewer needs: nothing of the customer, not who the agent is."""


@dataclass(frozen=True, slots=True)
class SheetTurn:
    """``text`` is masked."""

    party: Party
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class SheetFinding:
    """A finding to answer, masked. ``said_false``: by whoever handled its alert; it stays the reviewer's to answer."""

    id: str
    rule_id: str
    rule_version: int
    title: str
    status: Status
    severity: Severity
    outcome: Outcome
    undetermined_because: Because | None
    party: Party
    why: str
    remedy: str
    evidence: tuple[Evidence, ...]
    coverage: Coverage | None
    said_false: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What one of those who reviewed before said of a rule. ``who``: 1 for the first of them, 2 for the second."""

    who: int
    rule_id: str
    answer: Answer
    because: FalseBecause | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What holds of a rule in this call so far. ``plea``: what an appeal says against it, masked, and what it points at
    (``mitigation``)."""

    rule_id: str
    answer: Answer
    stage: Stage
    state: DecisionState
    plea: str | None = None
    mitigation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of it. ``hidden``: nothing is shown of what the machine found until the own verdict is in. ``unheard``: why
    there are no words to read, None where there are. ``asked``: titles by rule id. ``typed``: what is kept of
    what the reviewer typed, and ``draft_version`` which version of it; ``blind_marks``: his own verdict, which is
    fixed."""

    review_id: str
    item_id: str
    call_id: str
    source_call_id: str
    reason: Reason
    state: ReviewState
    hidden: bool
    business_date: date | None
    due_at: datetime | None
    lease_until: datetime | None
    duration_s: float
    known: Mapping[str, Any]
    unheard: str | None
    turns: tuple[SheetTurn, ...]
    severity: Severity | None
    asked: tuple[tuple[str, str], ...]
    findings: tuple[SheetFinding, ...]
    said: tuple[Said, ...]
    decided: tuple[Decided, ...]
    played_share: float
    typed: Answers
    draft_version: int
    blind_marks: tuple[Mark, ...]


def shown_of(findings: Iterable[Finding], reason: Reason, asked: Collection[str]) -> tuple[Finding, ...]:
    """The findings that a reviewer answers: not of rules that are only tried out, and of those asked about where
    somebody looks again."""
    shown = tuple(finding for finding in findings if finding.status is not Status.EXPERIMENTAL)
    return tuple(one for one in shown if one.rule_id in asked) if reason in LOOKS_AGAIN else shown


def finding_of(finding: Finding, *, said_false: bool) -> SheetFinding:
    """As a reviewer sees it."""
    return SheetFinding(
        id=finding.id,
        rule_id=finding.rule_id,
        rule_version=finding.rule_version,
        title=finding.title,
        status=finding.status,
        severity=finding.severity,
        outcome=finding.outcome,
        undetermined_because=finding.undetermined_because,
        party=finding.party,
        why=mask(finding.why, Purpose.SCREEN),
        remedy=finding.remedy,
        evidence=tuple(replace(one, quote=mask(one.quote, Purpose.SCREEN)) for one in finding.evidence),
        coverage=finding.coverage,
        said_false=said_false,
    )


def turns_of(hearing: Hearing) -> tuple[SheetTurn, ...]:
    """All that was said, numbers found across the turns of a party."""
    masked: dict[int, str] = {}
    for party in Party:
        places = [place for place, turn in enumerate(hearing.turns) if turn.party is party]
        texts = mask_turns([hearing.turns[place].text for place in places], Purpose.SCREEN)
        masked |= dict(zip(places, texts, strict=True))
    return tuple(
        SheetTurn(turn.party, turn.start_s, turn.end_s, masked[place]) for place, turn in enumerate(hearing.turns)
    )


def known_of(facts: Facts) -> dict[str, Any]:
    """What a reviewer is told of the business data, by field."""
    known = facts.known()
    return {name: known[name] for name in _TOLD if name in known}
