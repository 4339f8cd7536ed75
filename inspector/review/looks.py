"""What holds of one rule in one call after the reviewers who looked so far, and which look is due. Pure.

::

    first ─── no second look ───────────────────────────────► settled
      └─ second look due (provisional) ─► second ─ agrees ──► settled
                                             └─ differs (provisional) ─► arbitration ─► settled

Only whether it is confirmed can differ. Nothing here makes anything final: that is what an appeal, or none, does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from inspector.enums import Kind, Outcome, Severity, Status
from inspector.review.records import ACCUSING, Answer, DecisionState, Mark, Origin, Stage, Verdict

__all__ = ["Claim", "Held", "after_arbitration", "after_first", "after_second", "claims_of", "differs", "needs_second"]

_SPACE = 2**64


@dataclass(frozen=True, slots=True)
class Claim:
    """What one review says of one rule. ``outcome``: of the machine; of a mark, whether the rule fired anywhere."""

    rule_id: str
    rule_version: int
    origin: Origin
    finding_id: str | None
    kind: Kind
    status: Status
    severity: Severity
    outcome: Outcome
    answer: Answer


@dataclass(frozen=True, slots=True)
class Held:
    """What holds now: the answer, who gave it, and whether the reviewers are done."""

    answer: Answer
    stage: Stage
    state: DecisionState

    @property
    def due(self) -> Stage | None:
        """The look that has to come before it is settled."""
        if self.state is not DecisionState.PROVISIONAL:
            return None
        return Stage.SECOND if self.stage is Stage.FIRST else Stage.ARBITRATION


def claims_of(verdicts: Sequence[Verdict], marks: Sequence[Mark]) -> dict[str, Claim]:
    """By rule, what a review says. A confirmation weighs most, one of a finding before a mark; then doubt."""
    found: dict[str, Claim] = {}
    for claim in (*map(_of_verdict, verdicts), *map(_of_mark, marks)):
        kept = found.get(claim.rule_id)
        if kept is None or _WEIGHT.index(claim.answer) < _WEIGHT.index(kept.answer):
            found[claim.rule_id] = claim
    return dict(sorted(found.items()))


def needs_second(
    review_id: str, claims: Collection[Claim], fatal: Collection[str], share: Decimal, at: datetime
) -> bool:
    """Whether somebody else looks at the whole review again: whatever is fatal and confirmed, ``share`` of the rest.

    ``fatal``: rules of the fatal items of the call's card. The rest is chosen by a digest of the review and the month
    of ``at``: again and again the same, and nobody's choice.
    """
    if not claims:
        return False
    if any(claim.answer is Answer.CONFIRMED and _grave(claim, fatal) for claim in claims):
        return True
    digest = hashlib.sha256(f"second look\0{at:%Y-%m}\0{review_id}".encode()).digest()
    return Decimal(int.from_bytes(digest[:8])) < share * _SPACE


def after_first(answer: Answer, second_due: bool) -> Held:
    """Somebody has looked for the first time."""
    return Held(answer, Stage.FIRST, DecisionState.PROVISIONAL if second_due else DecisionState.SETTLED)


def after_second(kept: Held, answer: Answer | None) -> Held:
    """Somebody else has looked again. None: he neither confirms nor denies it, so he does not confirm it.

    Raises ValueError when no second look is due.
    """
    if kept.due is not Stage.SECOND:
        raise ValueError("no second look is due")
    said = answer or Answer.CANNOT_TELL
    if differs(kept.answer, said):
        return Held(said, Stage.SECOND, DecisionState.PROVISIONAL)
    return Held(max(kept.answer, said, key=_CARE.index), Stage.SECOND, DecisionState.SETTLED)


def after_arbitration(answer: Answer | None) -> Held:
    """A third person has decided. None: he does not confirm it."""
    return Held(answer or Answer.CANNOT_TELL, Stage.ARBITRATION, DecisionState.SETTLED)


def differs(one: Answer, other: Answer) -> bool:
    """Whether only one of them confirms."""
    return (one is Answer.CONFIRMED) is not (other is Answer.CONFIRMED)


_WEIGHT = (Answer.CONFIRMED, Answer.CANNOT_TELL, Answer.FALSE_ALARM)
_CARE = (Answer.CONFIRMED, Answer.FALSE_ALARM, Answer.CANNOT_TELL)
"""Of two that do not differ, the later one here holds."""


def _grave(claim: Claim, fatal: Collection[str]) -> bool:
    critical = claim.severity is Severity.CRITICAL and (claim.origin is Origin.MARK or claim.kind in ACCUSING)
    return critical or claim.rule_id in fatal


def _of_verdict(said: Verdict) -> Claim:
    return Claim(
        said.rule_id,
        said.rule_version,
        Origin.FINDING,
        said.finding_id,
        said.kind,
        said.status,
        said.severity,
        said.outcome,
        said.answer,
    )


def _of_mark(mark: Mark) -> Claim:
    outcome = Outcome.SILENT if mark.missed else Outcome.FIRES
    return Claim(
        mark.rule_id,
        mark.rule_version,
        Origin.MARK,
        None,
        mark.kind,
        mark.status,
        mark.severity,
        outcome,
        Answer.CONFIRMED,
    )
